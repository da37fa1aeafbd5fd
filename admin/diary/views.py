"""Lines of diaries within the account's reach, with how many there are of each activity."""

from datetime import date
from typing import Any

from babel.dates import format_date

from admin.access import ALL
from admin.base import Answer, Page, View, expose
from admin.diary.tables import diary_sheet
from admin.paging import Paging
from admin.report import capital
from db.diary import staff_queries
from db.diary.rules import month_before, month_of, next_month
from db.diary.staff_queries import DiaryFilter
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import TermKind
from db.overviews import diary

MONTHS = 13


class Diaries(Page):
    """What was done, by whom; words and names are for methodists and for who learns names."""

    path, endpoint, title = "/diary", "diary", "diary.panel.title"
    allowed, section, icon, order = ALL, "growth", "edit", 56

    @expose("/")
    def index(self) -> Answer:
        """The newest first, and the sums of all that are found."""
        wanted, direction, asked = self._wanted(), self.number("direction"), Paging.wanted()
        size = Paging(0).size
        found = self.read(diary.lines, wanted=wanted, direction_id=direction, limit=size, offset=(asked - 1) * size)
        self.note_reading(action="diary.list", object_type="diary_line", people=self._people(found.rows))
        return self.page(
            "diary/list.html",
            found=found,
            paging=Paging(found.total, asked, size),
            wanted=wanted,
            direction=direction,
            directions=[(one.id, f"{one.code}. {one.name}") for one in self._terms(TermKind.DIRECTION)],
            kinds=[(one.id, one.name) for one in found.sums],
            months=self._months(),
            places=self.places(),
            ours=self.read(staff_queries.ours),
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        found = self.read(diary.lines, wanted=self._wanted(), direction_id=self.number("direction"))
        book = diary_sheet(found, self.panel, names=self.scope.sees_names, words=self.scope.can_write)
        return self.taken(book, "diary", self._people(found.rows), action="diary.export")

    def _wanted(self) -> DiaryFilter:
        month = _month_of(self.word("month", 10))
        return DiaryFilter(
            person_id=self.number("person") if self.scope.sees_names else None,
            since=month,
            until=next_month(month) if month else None,
            activity_id=self.number("activity"),
            municipality_id=self.number("municipality"),
            centre_id=self.number("centre"),
            text=self.word("q", 100),
        )

    def _terms(self, kind: TermKind) -> Any:
        return self.read(dictionaries.terms, kind=kind)

    def _months(self) -> list[tuple[str, str]]:
        """The last thirteen months, so that a year ago may be set beside."""
        month, found = month_of(self.panel.local(self.now()).date()), []
        for _ in range(MONTHS):
            found.append((f"{month:%Y-%m}", capital(format_date(month, "LLLL y", locale="ru"))))
            month = month_before(month)
        return found

    def _people(self, rows: Any) -> list[int]:
        return [row.person_id for row in rows] if self.scope.sees_names else []


def _month_of(text: str) -> date | None:
    """«2026-03» as its first day; nothing for anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


VIEWS: list[View] = [Diaries]
