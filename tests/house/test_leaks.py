"""A failing test fails alone: what it leaves open breaks no test that comes after it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TESTS = """
import asyncio, gc
import aiohttp

async def test_fails_with_a_session_open():
    session = aiohttp.ClientSession()
    left = asyncio.ensure_future(asyncio.sleep(60))
    assert not session

def test_passes():
    gc.collect()

def test_leaks_and_passes():
    async def leak():
        aiohttp.ClientSession()
    asyncio.run(leak())
    gc.collect()
"""


@pytest.mark.parametrize(("plugin", "outcomes"), [("tests.support.leaks", "F.F"), ("timeit", "FFF")])
def test_only_the_failing_test_fails(tmp_path: Path, plugin: str, outcomes: str) -> None:
    """The control has another module in the place of ours. Who leaks and passes is caught either way."""
    (tmp_path / "test_leaking.py").write_text(TESTS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", plugin, "-c", str(ROOT / "pyproject.toml"), "-o"]
    command += ["addopts=", "-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir", str(tmp_path), str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = re.search(r"^([.FE]+) +\[100%\]$", done.stdout, re.MULTILINE)
    assert found and found[1] == outcomes, done.stdout
