"""What a failed test leaves open is nobody else's failure.

A test that fails in its middle may leave a client session, a socket or a task behind. Their warnings are errors here
(`filterwarnings`) and come when the garbage is collected: in the middle of whichever test runs then. So they are
collected, unheard, right after the test that failed; a test that passes and leaks is still caught.
"""

import gc
import sys
import warnings
from collections.abc import Generator

import pytest

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Notes which test has failed."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Clears away after a failed test, before the next one."""
    done = yield
    if item.stash.get(FAILED, False):
        # pytest keeps the last failure for a debugger, and with it the test's own frames.
        for name in ("last_type", "last_value", "last_traceback", "last_exc"):
            if hasattr(sys, name):
                delattr(sys, name)
        hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                gc.collect()
        finally:
            sys.unraisablehook = hook
    return done
