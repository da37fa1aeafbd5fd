"""Clocks for tests besides the frozen one."""

from datetime import timedelta
from typing import TYPE_CHECKING

from db.clock import FrozenClock

if TYPE_CHECKING:
    from playwright.sync_api import Page

LONG_ENOUGH = 1.2
"""Seconds after which every page takes its keys: `AFTER` of admin/acts.py."""


class Hand:
    """Somebody at the panel in a browser, whose time and the server's are one and pass only when the test says so.

    Toasts that count down, buttons that keep still and what is asked for every few seconds wait for `wait`, however
    slow the machine is. Made before the page's first visit.
    """

    def __init__(self, page: "Page", clock: FrozenClock) -> None:
        self.page = page
        self.clock = clock
        page.clock.install(time=clock.moment - timedelta(hours=1))  # it runs until it is told to stand still
        page.clock.pause_at(clock.moment)

    def wait(self, seconds: float) -> None:
        """Lets time pass on both sides, with the page's timers in their order.

        A page that is still arriving has no timers yet: it would begin to count when the time has passed already.
        """
        self.page.wait_for_load_state("load")
        self.clock.moment += timedelta(seconds=seconds)
        self.page.clock.run_for(round(seconds * 1000))

    def look(self) -> None:
        """Looks at a page until it takes keys: its scripts have run, and its time has passed."""
        self.wait(LONG_ENOUGH)

    def press(self, key: str) -> None:
        """Presses a key once the page was looked at."""
        self.look()
        self.page.keyboard.press(key)
