"""The table of `make bench` and `make soak`: what is promised, what was measured, by which command, when and where."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Figure:
    """A row. `measured` and `goal` are words with units; `held` says whether the goal was reached."""

    promise: str
    measured: str
    goal: str
    held: bool
    command: str


class Figures:
    """Collects rows while tests run; a test gets it as the fixture `figures` and calls `note`."""

    def __init__(self) -> None:
        self.rows: list[Figure] = []
        self.command = ""

    def note(self, promise: str, measured: str, *, goal: str, held: bool = True) -> None:
        """One row, kept whether the goal was reached or not: a test that judges it asserts after noting."""
        self.rows.append(Figure(promise, measured, goal, held, self.command))

    def timed(self, deeds: Mapping[str, Callable[[], object]], told: str, *, openings: int, goal: int) -> list[str]:
        """Notes the median of each deed in ms, `told` with its name; returns those that took longer than the goal."""
        slow = []
        for name, deed in deeds.items():
            times = []
            for _ in range(openings):
                began = time.perf_counter()
                deed()
                times.append(1000 * (time.perf_counter() - began))
            median = statistics.median(times)
            held = median <= goal
            self.note(told.format(name), f"{median:.0f} ms", goal=f"≤ {goal} ms", held=held)
            slow += [] if held else [f"{name}: {median:.0f} ms"]
        return slow

    def table(self) -> str:
        """All rows as a table in Markdown."""
        lines = ["| promise | measured | goal | held | command |", "|---|---|---|---|---|"]
        for row in self.rows:
            held = "yes" if row.held else "**no**"
            lines.append(f"| {row.promise} | {row.measured} | {row.goal} | {held} | `{row.command}` |")
        return "\n".join([*lines, "", self.where()])

    @staticmethod
    def where() -> str:
        """The day and the machine."""
        machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
        return f"{datetime.now(UTC):%d %B %Y}, {machine}, {platform.system()} {platform.release()}"
