"""Says figures in official Russian for a memo: numerals that agree, a rise or a fall, lists of names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from babel.dates import format_date
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.memos.rules import MemoTable, cut, percent, share_trend, trend
from db.reports.rules import Portion, Trend
from locales import Texts

R = TypeVar("R")
NAMED = 12
"""Names in a sentence; the others are counted."""


def official_day(t: Texts, value: date) -> str:
    """A day as papers write it, in the genitive after any preposition."""
    return t.plain("memos.day", day=format_date(value, "d MMMM y", locale="ru"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoAsked:
    """What is asked for: since which local day, of which unit. `caller` reaches no more than that unit."""

    t: Texts
    caller: StaffCaller
    since: date
    made: date
    centre_id: int | None = None
    municipality_id: int | None = None
    group_id: int | None = None
    campaign_id: int | None = None
    kept: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, session: Session, query: Callable[..., R], **asked: Any) -> R:
        """Returns what the query of a page finds; where several parts tell of it, it is read once."""
        key = query, self.caller, *sorted(asked.items())
        if key not in self.kept:
            self.kept[key] = query(session, self.caller, **asked)
        found: R = self.kept[key]
        return found

    def n(self, noun: str, number: int) -> str:
        """A number with its noun, which agrees: «1 заявка», «2 заявки», «5 заявок»."""
        return self.t.plain(f"memos.n.{noun}", n=number)

    def say(self, key: str, n: int | None = None, **params: object) -> str:
        """A sentence."""
        return self.t.plain(f"memos.say.{key}", n, **params)

    def head(self, *keys: str) -> list[str]:
        """Headings of a table."""
        return [self.t.plain(f"memos.head.{key}") for key in keys]

    def day(self, value: date) -> str:
        """A day in words, as papers write it."""
        return official_day(self.t, value)

    def source(self, name: str) -> str:
        """What stands under a table: where its figures are from, and of which day."""
        return self.t.plain("memos.source", name=self.t.plain(f"memos.source.{name}"), day=self.day(self.made))

    def table(
        self,
        key: str,
        headings: Sequence[str],
        rows: Sequence[Sequence[str]],
        source: str,
        widths: Sequence[float] = (),
    ) -> MemoTable:
        """A table of what fits on paper."""
        shown, left = cut(rows)
        return MemoTable(key, self.t.plain(f"memos.table.{key}"), headings, shown, self.source(source), left, widths)

    def filled(
        self, key: str, headings: Sequence[str], rows: Sequence[Sequence[str]], source: str
    ) -> Sequence[MemoTable]:
        """The same, unless it has no rows."""
        return [self.table(key, headings, rows, source)] if rows else []

    def names(self, names: Sequence[str]) -> str:
        """Names in a row; many are counted beyond the first."""
        shown = ", ".join(names[:NAMED])
        return shown if len(names) <= NAMED else self.t.plain("memos.names", names=shown, more=len(names) - NAMED)

    def part_of(self, value: int | Portion | None) -> str:
        """A share of people as the pages tell it: per cent, or words where a number would tell of one person."""
        if value is None:
            return "\N{EM DASH}"
        return self.t.plain(f"reports.panel.part.{value}") if isinstance(value, Portion) else f"{value} %"

    def compared(self, what: str, before: int, after: int, then: str) -> str:
        """A sentence on a count beside the one before."""
        found = trend(before, after)
        grew = percent(abs(after - before), before)
        return self.say(
            f"count.{found}",
            what=self.t.plain(f"memos.what.{what}"),
            before=before,
            after=after,
            percent=grew,
            then=self.t.plain(f"memos.then.{then}"),
        )

    def shares(self, what: str, before: tuple[int, int], after: tuple[int, int], then: str) -> str:
        """A sentence on a share beside the one before."""
        found = share_trend(before, after) if before[1] else Trend.UNKNOWN
        return self.say(
            f"share.{found}",
            what=self.t.plain(f"memos.what.{what}"),
            before=percent(*before),
            after=percent(*after),
            then=self.t.plain(f"memos.then.{then}"),
        )
