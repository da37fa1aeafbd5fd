"""A process of its own that kills itself, as kill -9 does, where a named call would begin.

killed(verb, "restore", "opora.tar.gz", at="db.erasure:erase", DATABASE_URL=url, DATA_DIR=str(folder))
"""

import importlib
import os
import signal
from collections.abc import Callable
from typing import Any

from tests.support.processes import CONTEXT


def killed(work: Callable[..., object], *arguments: Any, at: str, **settings: str) -> None:
    """Does the work, a function of a module's top level, until the call `module:function`."""
    process = CONTEXT.Process(target=_run, args=(work, arguments, at, settings), daemon=True)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL, f"it ended with {process.exitcode} and never came to {at}"


def verb(*arguments: str) -> int:
    """`python -m db VERB`, for `killed`."""
    from db.__main__ import main

    return main(list(arguments))


def _run(work: Callable[..., object], arguments: tuple[Any, ...], at: str, settings: dict[str, str]) -> None:
    def die(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    os.environ.update(settings)
    module, _, name = at.partition(":")
    setattr(importlib.import_module(module), name, die)
    work(*arguments)
