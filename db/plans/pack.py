"""Loads a pack's plans: columns, stages, sections and lines in the source's words, goals, tasks and results."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator
from sqlalchemy import select

from db.dictionaries.models import Term, TermKind
from db.packs.entries import Loading
from db.packs.sections import Code, Entry, Line, Prose, Section
from db.plans.models import Period, Plan, PlanLine, PlanPoint, PlanSection, PlanStage, PointKind

Shown = Literal["number", "section", "text", "participants", "performers", "term", "result", "stages"]


class Days(Entry):
    """Bounds something by two days; none where the source gives no term that can be counted."""

    starts: date | None = None
    ends: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Days":
        if (self.starts is None) != (self.ends is None):
            raise ValueError("starts and ends: give both days or neither")
        if self.starts and self.ends and self.starts > self.ends:
            raise ValueError("starts is after ends: put them right")
        return self


class LineEntry(Days):
    """Describes a line: as written, and when it is due."""

    code: Code
    number: str = ""
    group: str = ""
    text: Prose
    participants: str = ""
    performers: str = ""
    term: str = ""
    result: str = ""
    marks: list[str] = []
    note: str = ""
    period: Period | None = None
    times: Annotated[int, Field(ge=1, le=12)] = 1
    format: Code | None = None


class PlanSectionEntry(Days):
    """Describes a section. `direction` is the number of one of the directions: its name is the title."""

    code: Code
    title: str = ""
    direction: Code | None = None
    lines: list[LineEntry] = []


class StageEntry(Days):
    """Describes a stage with its works."""

    code: Code
    name: Code
    term: Line
    works: list[Prose] = []


class PlanEntry(Days):
    """Describes a plan."""

    code: Code
    title: Line
    columns: dict[Shown, str]
    participants: list[Line] = []
    performers: list[Line] = []
    terms: list[Line] = []
    note: str = ""
    source: Line
    stages: list[StageEntry] = []
    sections: list[PlanSectionEntry] = []


class PointEntry(Entry):
    """Describes a goal, a task or a result. `note` is what the source says beside it."""

    text: Prose
    note: str = ""


class Plans(Section):
    """`plans.yaml`."""

    FILE: ClassVar[str] = "plans"

    goal: list[PointEntry] = []
    tasks: list[PointEntry] = []
    results: list[PointEntry] = []
    plans: list[PlanEntry] = []


def load(loading: Loading) -> None:
    """Loads `plans.yaml`; what staff noted as done stays."""
    section = loading.section(Plans)
    for kind, points in (
        (PointKind.GOAL, section.goal),
        (PointKind.TASK, section.tasks),
        (PointKind.RESULT, section.results),
    ):
        for position, point in enumerate(points, 1):
            _point(loading, f"{kind}-{position}", kind, position, point)
    terms = {(term.kind, term.code): term for term in loading.session.scalars(select(Term))}
    for position, item in enumerate(section.plans, 1):
        _plan(loading, position, item, terms)


def _plan(loading: Loading, position: int, item: PlanEntry, terms: Mapping[tuple[TermKind, str], Term]) -> None:
    values = item.model_dump(exclude={"code", "demo", "stages", "sections"}) | {"position": position}
    row = loading.put(Plan, item.code, {"code": item.code}, values)
    if row is None:
        return
    for place, stage in enumerate(item.stages, 1):
        values = stage.model_dump(exclude={"code", "demo", "works"}) | {"position": place, "plan_id": row.id}
        made = loading.put(PlanStage, stage.code, {"code": stage.code}, values)
        if made is None:
            continue
        for number, work in enumerate(stage.works, 1):
            point = PointEntry(text=work)
            _point(loading, f"{stage.code}-{number}", PointKind.WORK, number, point, stage_id=made.id)
    for place, part in enumerate(item.sections, 1):
        _section(loading, row, place, part, terms)


def _section(
    loading: Loading, plan: Plan, place: int, part: PlanSectionEntry, terms: Mapping[tuple[TermKind, str], Term]
) -> None:
    direction = _known(terms, TermKind.DIRECTION, part.direction)
    values: dict[str, Any] = {
        "plan_id": plan.id,
        "position": place,
        "title": part.title or (direction.name if direction else ""),
        "direction_id": direction.id if direction else None,
        "starts": part.starts,
        "ends": part.ends,
    }
    made = loading.put(PlanSection, part.code, {"code": part.code}, values)
    if made is None:
        return
    for number, line in enumerate(part.lines, 1):
        form = _known(terms, TermKind.EVENT_FORMAT, line.format)
        values = line.model_dump(exclude={"code", "demo", "format"})
        values |= {"section_id": made.id, "position": number, "format_id": form.id if form else None}
        loading.put(PlanLine, line.code, {"code": line.code}, values)


def _known(terms: Mapping[tuple[TermKind, str], Term], kind: TermKind, code: str | None) -> Term | None:
    if code is None:
        return None
    if (kind, code) not in terms:
        raise ValueError(f"there is no {kind} «{code}» in dictionaries.yaml: add it there, or mend the code")
    return terms[kind, code]


def _point(
    loading: Loading, code: str, kind: PointKind, position: int, point: PointEntry, stage_id: int | None = None
) -> None:
    values = {"kind": kind, "position": position, "text": point.text, "note": point.note, "stage_id": stage_id}
    loading.put(PlanPoint, code, {"code": code}, values)


SECTIONS = {"plans": load}
