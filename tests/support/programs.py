"""A program of the product that is expected to end by itself, in a process of its own.

code, said = ended("bot", DATABASE_URL=url, BOT_TOKEN=token)
"""

import importlib
import os
import sys
import tempfile

from tests.support.processes import CONTEXT


def ended(program: str, **settings: str) -> tuple[int, str]:
    """Runs `python -m bot` or `python -m admin`; returns its exit code and what it said on stderr."""
    with tempfile.NamedTemporaryFile() as said:
        process = CONTEXT.Process(target=_run, args=(program, said.name, {**os.environ, **settings}), daemon=True)
        process.start()
        process.join(240)
        if process.is_alive():
            process.kill()
            raise AssertionError(f"{program} has not ended")
        assert process.exitcode is not None
        return process.exitcode, said.read().decode()


def _run(program: str, said: str, environment: dict[str, str]) -> None:
    with open(said, "ab") as output:
        os.dup2(output.fileno(), 2)
    os.environ.clear()  # the server that it was forked from kept a token that was set when it started
    os.environ.update(environment)
    sys.exit(importlib.import_module(f"{program}.__main__").main())
