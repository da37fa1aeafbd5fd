"""Loads who keeps a diary in a region, and which of its activities each source is a line of."""

from typing import ClassVar, Self

from pydantic import model_validator
from sqlalchemy import select

from db.diary.models import DiaryKeeper, DiaryKeeping, DiaryMeaning, DiarySource
from db.dictionaries.models import Term, TermKind
from db.packs.entries import Loading
from db.packs.sections import Code, Entry, Section, unknown


class MeaningEntry(Entry):
    """What a source is a line of: an activity or a line of work, by its code in `dictionaries.yaml`."""

    source: DiarySource
    activity: Code | None = None
    work_line: Code | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.activity is None) == (self.work_line is None):
            raise ValueError("write `activity: …` or `work_line: …`, one of them")
        return self


class DiarySection(Section):
    """`diary.yaml`."""

    FILE: ClassVar[str] = "diary"

    keepers: list[DiaryKeeper] = []
    diary: list[MeaningEntry] = []


def load(loading: Loading) -> None:
    """Loads `diary.yaml`."""
    section = loading.section(DiarySection)
    for keeper in section.keepers:
        loading.put(DiaryKeeping, keeper, {"keeper": keeper}, {})
    for item in section.diary:
        kind = TermKind.ACTIVITY if item.activity else TermKind.WORK_LINE
        code = item.activity or item.work_line or ""
        known = {
            term.code: term.id for term in loading.session.scalars(select(Term).where(Term.kind == kind, Term.active))
        }
        if code not in known:
            raise ValueError(f"«{item.source}» is a line of «{code}», which is none: {unknown(code, known)}")
        values = {"activity_id": known[code], "training": section.demo or item.demo}
        loading.put(DiaryMeaning, item.source, {"source": item.source}, values)


SECTIONS = {"diary": load}
