"""Chromium for tests: which one, how it is started, and that it stays on this machine."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
ARGUMENTS = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
]
# A methodist's desk: Russian, in the region's time zone.
CONTEXT: dict[str, Any] = {
    "locale": "ru-RU",
    "timezone_id": "Asia/Yekaterinburg",
    "viewport": {"width": 1280, "height": 900},
}
PATIENCE = 90.0
"""Seconds that a page is waited for on a busy machine: a limit only ends what is hopeless."""
LOCAL = {"127.0.0.1", "localhost", "::1"}


class NoBrowser(Exception):
    """There is no browser and none could be installed; the text says what was tried."""


@cache
def find() -> str:
    """The browser to start: CHROMIUM, the system's, Debian's package, Playwright's own. Raises NoBrowser."""
    named = os.environ.get("CHROMIUM")
    if named:
        if shutil.which(named):
            return named
        raise NoBrowser(f"CHROMIUM={named} is no program")
    with _one_at_a_time():
        found = _system() or _playwright()
        if found:
            return found
        tried = []
        for install in (_install_debian, _install_playwright):
            tried.append(install())
            found = _system() or _playwright()
            if found:
                return found
    raise NoBrowser(
        "These tests need Chromium, and there is none. Install chromium or google-chrome, or name one in CHROMIUM. "
        "Tried: " + "; ".join(tried)
    )


def patient(browser: "Browser") -> "Browser":
    """Has whatever is opened in this browser wait as long as a busy machine needs."""
    new_context = browser.new_context

    def opened(**options: Any) -> "BrowserContext":
        context = new_context(**options)
        context.set_default_timeout(1000 * PATIENCE)
        return context

    browser.new_context = opened  # type: ignore[method-assign]
    return browser


def is_local(url: str) -> bool:
    """Whether a page may ask for this without leaving the machine."""
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob", "about", "chrome", "chrome-extension") or parts.hostname in LOCAL


def launch_options() -> dict[str, Any]:
    """What Playwright's `chromium.launch` gets."""
    return {"executable_path": find(), "headless": True, "args": ARGUMENTS}


def _system() -> str | None:
    return next((path for name in (*NAMES, *MACOS) if (path := shutil.which(name))), None)


def _playwright() -> str | None:
    # Asked in a process of its own: Playwright's sync interface leaves an event loop behind.
    code = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    path = done.stdout.strip()
    return path if path and Path(path).exists() else None


def _install_debian() -> str:
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return "apt-get install chromium: not root on Debian"
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    packages = ["chromium", "fonts-dejavu-core", "fonts-noto-color-emoji"]
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        problem = _attempt(["apt-get", "-qq", *command], environment)
        if problem:
            return problem
    return "apt-get install chromium: done, but no chromium appeared"


def _install_playwright() -> str:
    return _attempt([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ)) or (
        "playwright install chromium: done, but no chromium appeared"
    )


def _attempt(command: list[str], environment: dict[str, str]) -> str | None:
    shown = " ".join(command[-3:])
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=240,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{shown}: {error}"
    if done.returncode:
        return f"{shown}: {(done.stderr or done.stdout).strip()[-300:]}"
    return None


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Test processes run side by side; one installs, the others wait and find it."""
    with (Path(tempfile.gettempdir()) / f"opora-browser-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
