"""The table of `make bench` and `make soak`: what is promised, what was measured, by which command, when and where."""

import os
import platform
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
