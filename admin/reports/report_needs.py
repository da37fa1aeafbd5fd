"""The report of a survey of needs: what people chose, unit by unit."""

from collections.abc import Sequence
from typing import Any

from flask import abort, url_for

from admin.access import METHODISTS
from admin.base import Page
from admin.charts import Picture
from admin.paging import Paging
from admin.report import HIDDEN_NAMED, NAMES, Book, Report, opened_by
from admin.reports.report_deficits import in_words, masking
from admin.sheets import Column, Sheet, Value
from db.overviews import needs
from db.overviews.needs import NeedRow, Needs
from db.surveys.content import QuestionKind
from locales import Texts


class NeedsReport(Report[Needs | None]):
    """One question at a time over the units one level under the opened one."""

    name, asked = "needs", frozenset({"survey", "question", "centre", "municipality", "page"})

    def figures(self, ask: Page) -> Needs | None:
        """The first question of the first survey."""
        return ask.read(needs.needs)

    def query(self, ask: Page) -> Needs:
        """The asked question; answers 404 where there is no survey."""
        return self._query(ask, ask.word("question", 16) or None)

    def _query(self, ask: Page, question: str | None) -> Needs:
        found = ask.read(
            needs.needs,
            survey=ask.word("survey", 16) or None,
            question=question,
            centre_id=ask.number("centre"),
            municipality_id=ask.number("municipality"),
        )
        return found if found is not None else abort(404)

    def page(self, ask: Page, found: Needs | None) -> dict[str, Any]:
        """The table of one question, and what people wrote where it asks for words."""
        found = found if found is not None else abort(404)
        paging = Paging.asked(len(found.rows))
        return {
            "needs": found,
            "rows": found.rows[paging.offset : paging.offset + paging.limit],
            "paging": paging,
            "named": HIDDEN_NAMED,
            "masking": masking(ask.t, found.least),
            "version": version_text(ask.t, found),
            "by_words": found.question.kind is QuestionKind.WORDS,
            "surveys": ask.read(needs.surveys),
            "questions": [(one.code, one.text) for one in found.content.questions],
            "asked": opened_by(self.asked),
            "motion": _motion(ask, found),
        }

    def book(self, ask: Page, found: Needs | None) -> Book:
        """A sheet for each question."""
        found = found if found is not None else abort(404)
        every = [self._query(ask, one.code) for one in found.content.questions]
        unit = found.branch.unit
        return Book(
            f"{ask.t.plain('reports.panel.requests')}: {found.content.title}",
            [sheet(ask.t, one, number) for number, one in enumerate(every, 1)],
            [
                *([(ask.t.plain("reports.panel.unit"), unit.name)] if unit else []),
                *((one.question.text, f"{version_text(ask.t, one)} {one.question.source}") for one in every),
                (ask.t.plain("reports.panel.masking"), masking(ask.t, found.least)),
            ],
        )

    def chart(self, ask: Page, found: Needs | None, part: str) -> Picture | None:
        """None: the page's own bars tell it."""
        return None


def _motion(ask: Page, found: Needs) -> str:
    """Where an option becomes a proposal, but for the option; nothing for whom may not propose there."""
    of = found.branch.unit
    may = ask.scope.role in METHODISTS and ask.scope.can_write and (of is not None or ask.scope.is_regional)
    where: dict[str, Any] = {"unit": of.level.value, "unit_id": of.id} if of else {}
    asked: dict[str, Any] = {"survey": found.content.key, "question": found.question.code}
    return url_for("motions.new", source="survey", **where, **asked) if may else ""


def version_text(t: Texts, found: Needs) -> str:
    """By which version the figures are, and how many replies of other versions offered other options."""
    key = "reports.panel.requests.former" if found.former else "reports.panel.version.text"
    return t.plain(key, version=found.content.version, count=found.former)


def sheet(t: Texts, found: Needs, number: int) -> Sheet:
    """A question's table: units down, options across; of a question for words only how many replied, and the words."""
    masked, options = t.plain("reports.panel.masked", least=found.least), found.question.options
    columns = [
        Column(t.plain(f"reports.panel.level.{found.branch.level}"), NAMES, "text"),
        Column(t.plain("reports.panel.requests.people")),
        *(Column(one.text, 24) for one in options),
    ]

    def line(name: str, row: NeedRow) -> list[Value]:
        return [name, row.people, *(in_words(t, row.counts[one.code]) for one in options)]

    rows = [line(row.name, row) for row in found.rows]
    if found.together:
        rows.append(line(t.plain("reports.panel.together"), found.together))
    rows += [[name, masked, *(masked for _ in options)] for name in found.hidden]
    if found.words:
        rows += [[t.plain("reports.panel.requests.words"), None], *_words(found.words)]
    total = line(t.plain("reports.panel.shown_total"), found.total) if found.total else None
    return Sheet(t.plain("reports.panel.requests.sheet", number=number), columns, rows, total)


def _words(words: Sequence[str]) -> list[list[Value]]:
    return [[text, None] for text in words]
