"""Brings lines of a plan in from a table in the source's column order: kept, looked at, put in, undone.

Only what is not there yet comes in: what differs from a line of the plan is told, and the plan's own words stay.
"""

import enum
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.errors import DomainError, NotFoundError
from db.plans.models import (
    Plan,
    PlanEvent,
    PlanFulfilment,
    PlanLine,
    PlanResponsible,
    PlanSection,
    PlanUpload,
    PlanUploadStatus,
)
from db.plans.terms import Reading, days_of, read_term
from db.spreadsheet import Grid
from db.texts import comparable
from db.transitions import move

ALIKE = 86
MOST = 5_000
LONGEST = {"text": 2000, "participants": 2000, "performers": 2000, "result": 2000, "term": 300, "number": 64}
STAGES = "stages"


class RowFate(enum.StrEnum):
    """What becomes of a row of the file, the most pressing first."""

    WRONG = "wrong"
    DIFFERS = "differs"
    NEW = "new"
    TWICE = "twice"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A row as it would come in. `why` is the code of a refusal; an unread term is kept as written, without days."""

    line: int
    fate: RowFate
    section: PlanSection | None
    values: Mapping[str, str]
    marks: Sequence[str] = ()
    reading: Reading | None = None
    why: str = ""

    @property
    def unread(self) -> bool:
        """Whether there are words of a term that no days could be made of."""
        return self.fate is RowFate.NEW and bool(self.values.get("term")) and self.reading is None


@dataclass(frozen=True, slots=True)
class UploadLook:
    """A file with what it would do; no rows where it does not wait any more."""

    upload: PlanUpload
    plan: Plan
    rows: Sequence[FileRow]
    counts: Mapping[RowFate, int]
    unread: int


def columns_of(plan: Plan, header: Sequence[str]) -> dict[str, int]:
    """Returns in which column each of the plan's own stands; a stage is found by its name alone."""
    names = [comparable(name) for name in header]
    found: dict[str, int] = {}
    for field, heading in plan.columns.items():
        likely = [
            (fuzz.ratio(comparable(heading), name), -place)
            for place, name in enumerate(names)
            if name and place not in found.values()
        ]
        score, place = max(likely, default=(0.0, 0))
        if field != STAGES and score >= ALIKE:
            found[field] = -place
    for stage in plan.stages if STAGES in plan.columns else []:
        if comparable(stage.name) in names:
            found[stage.name] = names.index(comparable(stage.name))
    return found


def keep(session: Session, caller: StaffCaller, *, plan_id: int, title: str, grid: Grid, silent: str) -> int:
    """Keeps a file that was read until it is looked at and returns its id. `silent` is said of an empty section.

    Raises DomainError `plan_upload_columns`, `plan_upload_empty`, `plan_upload_long`, NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    plan = session.get(Plan, plan_id)
    if plan is None:
        raise NotFoundError
    if not grid.rows:
        raise DomainError("plan_upload_empty")
    if "text" not in (columns := columns_of(plan, grid.header)):
        raise DomainError("plan_upload_columns", column=plan.columns["text"])
    if len(grid.rows) > MOST:
        raise DomainError("plan_upload_long", most=MOST)
    rows = [[line, *cells] for line, cells in grid.rows if comparable(" ".join(cells).strip()) != comparable(silent)]
    if not rows:
        raise DomainError("plan_upload_empty")
    upload = PlanUpload(
        plan_id=plan_id,
        title=title[:300],
        content={"rows": rows, "columns": columns},
        created_by=caller.scope.staff_id,
        created_at=caller.now,
    )
    session.add(upload)
    session.flush()
    audit.record(session, caller, action="plans.upload", object_type="plan_upload", object_id=upload.id, rows=len(rows))
    return upload.id


def uploads(session: Session, caller: StaffCaller) -> Sequence[PlanUpload]:
    """Lists the newest files for whoever changes plans. Raises ForbiddenError."""
    caller.scope.check_region()
    return session.scalars(select(PlanUpload).order_by(PlanUpload.id.desc()).limit(20)).all()


def look(session: Session, caller: StaffCaller, *, upload_id: int) -> UploadLook:
    """Returns a file with what becomes of each of its rows. Raises NotFoundError, ForbiddenError."""
    upload = _upload(session, caller, upload_id)
    plan = session.get_one(Plan, upload.plan_id)
    waits = upload.status is PlanUploadStatus.WAITING
    rows = list(_rows(session, plan, upload.content)) if waits else []
    fates = list(RowFate)
    ordered = sorted(rows, key=lambda row: (fates.index(row.fate), row.line))
    return UploadLook(upload, plan, ordered, Counter(row.fate for row in rows), sum(row.unread for row in rows))


def put_in(session: Session, caller: StaffCaller, *, upload_id: int) -> int:
    """Puts the new lines into the plan and returns how many. Raises ConflictError `plan_upload_moved_on` twice."""
    upload = _upload(session, caller, upload_id, locked=True)
    plan = session.get_one(Plan, upload.plan_id, with_for_update=True)
    content = upload.content
    move(upload, PlanUploadStatus.DONE)
    last = _last_positions(session, plan)
    made: list[PlanLine] = []
    for row in _rows(session, plan, content):
        if row.fate is not RowFate.NEW or row.section is None:
            continue
        section = row.section
        last[section.id] = last.get(section.id, 0) + 1
        made.append(_line(row, section, last[section.id], upload))
    session.add_all(made)
    session.flush()
    upload.content, upload.applied_at = {"made": {str(line.id): _digest(line) for line in made}}, caller.now
    audit.record(session, caller, action="plans.put_in", object_type="plan_upload", object_id=upload_id, rows=len(made))
    return len(made)


def undo_upload(session: Session, caller: StaffCaller, *, upload_id: int) -> tuple[int, int]:
    """Takes the lines out again; returns how many went and how many stay, for somebody has used or changed them."""
    upload = _upload(session, caller, upload_id, locked=True)
    made: dict[str, str] = upload.content.get("made", {})
    move(upload, PlanUploadStatus.UNDONE)
    done = exists().where(PlanFulfilment.line_id == PlanLine.id)
    held = exists().where(PlanEvent.line_id == PlanLine.id)
    used = done | held | exists().where(PlanResponsible.line_id == PlanLine.id)
    mine = select(PlanLine).where(PlanLine.upload_id == upload_id)
    gone = [
        line
        for line in session.scalars(mine.where(~used).order_by(PlanLine.id).with_for_update())
        if _digest(line) == made.get(str(line.id))
    ]
    for line in gone:
        session.delete(line)
    session.flush()
    stay = session.scalar(select(func.count()).select_from(PlanLine).where(PlanLine.upload_id == upload_id)) or 0
    upload.content, upload.undone_at = {}, caller.now
    audit.record(session, caller, action="plans.undo_upload", object_type="plan_upload", object_id=upload_id, rows=stay)
    return len(gone), stay


def drop_upload(session: Session, caller: StaffCaller, *, upload_id: int) -> None:
    """Forgets a file that waits."""
    upload = _upload(session, caller, upload_id, locked=True)
    move(upload, PlanUploadStatus.DROPPED)
    upload.content = {}
    audit.record(session, caller, action="plans.drop_upload", object_type="plan_upload", object_id=upload_id)


def _upload(session: Session, caller: StaffCaller, upload_id: int, *, locked: bool = False) -> PlanUpload:
    caller.scope.check_region()
    upload = session.get(PlanUpload, upload_id, with_for_update=locked or None, populate_existing=locked)
    if upload is None:
        raise NotFoundError
    return upload


def _rows(session: Session, plan: Plan, content: Mapping[str, Any]) -> Iterator[FileRow]:
    """Says of each row what becomes of it; a heading of a section or a group is none."""
    there, texts_there = _there(session, plan)
    parts = session.scalars(
        select(PlanSection).where(PlanSection.plan_id == plan.id).order_by(PlanSection.position)
    ).all()
    titles = {comparable(part.title): part for part in parts}
    section = parts[0] if len(parts) == 1 else None
    columns, group, seen = content["columns"], "", set[tuple[int, str, str]]()
    stages = [stage.name for stage in plan.stages if stage.name in columns]
    for line, *cells in content["rows"]:
        values = {field: cells[place].strip() if place < len(cells) else "" for field, place in columns.items()}
        alone = [cell.strip() for cell in cells if cell.strip()]
        if len(alone) == 1 and (comparable(alone[0]) in titles or alone[0].endswith(":")):
            if part := titles.get(comparable(alone[0])):
                section, group = part, ""
            else:
                group = alone[0].removesuffix(":")[:300]
            continue
        if named := values.pop("section", ""):
            part = titles.get(comparable(named))
            group = group if part is section else ""
            section = part
        marks = [stage for stage in stages if values.pop(stage)]
        if why := _wrong(values, section):
            yield FileRow(line=line, fate=RowFate.WRONG, section=section, values=values, why=why)
            continue
        assert section is not None  # noqa: S101  _wrong has said so
        key = (section.id, comparable(values["text"]), comparable(values.get("term", "")))
        reading = read_term(values.get("term", ""), days_of(section))
        fate = RowFate.NEW
        if there[key] > 0:
            fate, there[key] = RowFate.SAME, there[key] - 1
        elif key in seen:
            fate = RowFate.TWICE
        elif key[:2] in texts_there:
            fate = RowFate.DIFFERS
        seen.add(key)
        said = {**values, "group": group}
        yield FileRow(line=line, fate=fate, section=section, values=said, marks=marks, reading=reading)


def _there(session: Session, plan: Plan) -> tuple[Counter[tuple[int, str, str]], set[tuple[int, str]]]:
    rows = session.execute(
        select(PlanLine.section_id, PlanLine.text, PlanLine.term)
        .join(PlanSection)
        .where(PlanSection.plan_id == plan.id)
    )
    known = Counter((section_id, comparable(text), comparable(term)) for section_id, text, term in rows)
    return known, {key[:2] for key in known}


def _wrong(values: Mapping[str, str], section: PlanSection | None) -> str:
    if section is None:
        return "plan_row_section"
    if len(values["text"]) < 3:
        return "plan_text"
    if any(len(text) > LONGEST[field] for field, text in values.items()):
        return "plan_row_long"
    try:
        texts.one_alphabet(values["text"], field="text")
    except DomainError:
        return "plan_row_letters"
    return ""


def _line(row: FileRow, section: PlanSection, position: int, upload: PlanUpload) -> PlanLine:
    reading = row.reading
    return PlanLine(
        **{**row.values, "text": texts.one_alphabet(row.values["text"], field="text")},
        code=f"{section.code}-own-{position}",
        section_id=section.id,
        position=position,
        marks=list(row.marks),
        starts=reading.starts if reading else None,
        ends=reading.ends if reading else None,
        period=reading.period if reading else None,
        times=reading.times if reading else 1,
        upload_id=upload.id,
    )


def _last_positions(session: Session, plan: Plan) -> dict[int, int]:
    last = func.max(PlanLine.position).label("last")
    rows = select(PlanLine.section_id, last).join(PlanSection).where(PlanSection.plan_id == plan.id)
    return {row.section_id: row.last for row in session.execute(rows.group_by(PlanLine.section_id))}


def _digest(line: PlanLine) -> str:
    said = (line.text, line.participants, line.performers, line.term, line.result, line.active)
    when = (line.starts, line.ends, line.period and line.period.value, line.times)
    return hashlib.sha256(repr((said, when)).encode()).hexdigest()[:16]
