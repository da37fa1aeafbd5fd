"""Keeps programmes with their modules, opens runs of them at sites and plans the lessons of a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.dictionaries.models import Term, TermKind
from db.dictionaries.staff_services import CODE, store
from db.errors import ConflictError, DomainError, NotFoundError
from db.events import staff_services as events
from db.events.models import Event, EventMode
from db.events.staff_services import EventPlan
from db.presence import parts
from db.presence.models import EventSession
from db.presence.parts import SessionPlan
from db.programmes.models import Programme, ProgrammeLesson, ProgrammeModule, ProgrammePosition, ProgrammeRun
from db.programmes.staff_queries import programme
from db.sites.models import Site

FORMAT = "site-lesson"
"""The format that a run has, where the region's list names it."""
MOST_HOURS = 999
MOST_LESSON = 99
MOST_MONTHS = 60
MOST_MODULES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeDraft:
    """What a methodist says about a programme; `positions` by their codes."""

    code: str
    title: str
    about: str
    months_from: int | None
    months_to: int | None
    active: bool
    positions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ModuleLine:
    """A module as a methodist keeps it; a new one has no id. `component` is of the published instrument, or empty."""

    id: int | None
    title: str
    hours: int | None
    component: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDraft:
    """A run as a methodist opens it. Moments are aware; a personal one has one seat."""

    programme_id: int
    site_id: int
    personal: bool
    starts_at: datetime
    ends_at: datetime
    capacity: int | None
    signatory: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonDraft:
    """A lesson as a methodist plans it; without a `place` it is where the run is."""

    module_id: int
    starts_at: datetime
    ends_at: datetime
    hours: int | None
    place: str = ""


def save_programme(session: Session, caller: StaffCaller, *, programme_id: int | None, draft: ProgrammeDraft) -> int:
    """Adds or changes a programme and returns its id.

    Raises DomainError `dictionary_name`, `dictionary_code`, `dictionary_taken`, `letters_mixed`, `programme_months`,
    NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    if programme_id is None:
        code = draft.code.strip().lower()
        if not CODE.fullmatch(code):
            raise DomainError("dictionary_code")
        last = session.scalar(select(func.max(Programme.position))) or 0
        row = Programme(code=code, position=last + 1, hours=0)
    else:
        row = programme(session, programme_id=programme_id)
    if len(draft.title) < 3:
        raise DomainError("dictionary_name")
    first, last_month = draft.months_from, draft.months_to
    if first is None or last_month is None or not 1 <= first <= last_month <= MOST_MONTHS:
        raise DomainError("programme_months", most=MOST_MONTHS)
    row.title, row.about = texts.one_alphabet(draft.title, field="title"), draft.about
    row.months_from, row.months_to, row.active = first, last_month, draft.active
    held = {one.position_id: one for one in row.positions}
    named = select(Term.id).where(Term.kind == TermKind.POSITION, Term.code.in_(draft.positions)).order_by(Term.id)
    row.positions = [held.get(one) or ProgrammePosition(position_id=one) for one in session.scalars(named)]
    store(session, row)
    audit.record(session, caller, action="programmes.save", object_type="programme", object_id=row.id)
    return row.id


def save_modules(session: Session, caller: StaffCaller, *, programme_id: int, modules: Sequence[ModuleLine]) -> None:
    """Keeps the modules of a programme in their order; its hours are theirs together.

    A module without a title goes, unless lessons are planned of it. Raises DomainError `module_hours`, `module_title`,
    ConflictError `module_used`, NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    row = session.scalar(select(Programme).where(Programme.id == programme_id).with_for_update())
    if row is None:
        raise NotFoundError
    known = {one.id: one for one in row.modules}
    kept: list[ProgrammeModule] = []
    for line in modules[:MOST_MODULES]:
        if line.id is not None and line.id not in known:
            raise NotFoundError
        if not line.title:
            continue
        if line.hours is None or not 1 <= line.hours <= MOST_HOURS:
            raise DomainError("module_hours", title=line.title)
        if len(line.title) < 3:
            raise DomainError("module_title")
        one = known[line.id] if line.id is not None else ProgrammeModule(programme_id=programme_id)
        one.title, one.hours, one.position = line.title, line.hours, len(kept) + 1
        one.component = line.component or None
        kept.append(one)
    if sum(one.hours for one in kept) > MOST_HOURS:
        raise DomainError("module_hours", title=row.title)
    gone = [one for one in known.values() if one not in kept]
    used = select(ProgrammeLesson.module_id).where(ProgrammeLesson.module_id.in_([one.id for one in gone]))
    if session.scalar(used.limit(1)) is not None:
        raise ConflictError("module_used")
    for one in gone:
        session.delete(one)
    session.add_all(kept)
    row.hours, row.training = sum(one.hours for one in kept), False
    session.flush()
    session.expire(row, ["modules"])
    audit.record(session, caller, action="programmes.modules", object_type="programme", object_id=row.id)


def open_run(session: Session, caller: StaffCaller, *, draft: RunDraft) -> int:
    """Makes a run as a draft of an event and returns the event's id; it is published on the event's page.

    Raises DomainError `event_times`, `run_capacity`, `run_months` where its days are no term of the programme,
    NotFoundError, ForbiddenError.
    """
    row = programme(session, programme_id=draft.programme_id)
    site = session.get(Site, draft.site_id)
    if site is None or not site.active or not row.active:
        raise NotFoundError
    caller.scope.check_write(site)
    if draft.capacity is not None and draft.capacity < 1:
        raise DomainError("run_capacity")
    if (draft.ends_at - draft.starts_at).days > row.months_to * 31:
        raise DomainError("run_months", months=row.months_to)
    plan = EventPlan(
        title=row.title,
        about=row.about or site.about,
        format_id=_format(session),
        municipality_id=site.municipality_id,
        mode=EventMode.OFFLINE,
        place=", ".join(part for part in (site.organisation, site.address) if part)[:300],
        link=None,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        capacity=1 if draft.personal else draft.capacity,
        audience=None,
        organiser=site.organisation,
        open_to_all=True,
        components=tuple(dict.fromkeys(one.component for one in row.modules if one.component))
        or tuple(site.component_codes),
        signatory=draft.signatory or None,
        positions=tuple(sorted(one.position_id for one in row.positions)),
    )
    event = events.drafted(session, caller, plan=plan, by_parts=True)
    session.add(ProgrammeRun(event_id=event.id, programme_id=row.id, site_id=site.id, personal=draft.personal))
    session.flush()
    audit.record(
        session,
        caller,
        action="programmes.open_run",
        object_type="event",
        object_id=event.id,
        municipality_id=event.municipality_id,
        programme=row.id,
    )
    return event.id


def add_lesson(session: Session, caller: StaffCaller, *, event_id: int, draft: LessonDraft) -> int:
    """Plans a lesson of a module and returns its id.

    Raises DomainError `lesson_hours` (with `left`) beyond the module's hours, those of `parts.put`, NotFoundError,
    ForbiddenError.
    """
    event, run = _own(session, caller, event_id)
    module = session.get(ProgrammeModule, draft.module_id)
    if module is None or module.programme_id != run.programme_id:
        raise NotFoundError
    planned = session.scalar(
        select(func.coalesce(func.sum(EventSession.hours), 0))
        .join(ProgrammeLesson, ProgrammeLesson.session_id == EventSession.id)
        .where(EventSession.event_id == event_id, ProgrammeLesson.module_id == module.id)
    )
    left = module.hours - int(planned or 0)
    if draft.hours is None or not 1 <= draft.hours <= min(left, MOST_LESSON):
        raise DomainError("lesson_hours", left=left)
    plan = SessionPlan(module.title, draft.starts_at, draft.ends_at, draft.hours, draft.place or None)
    part = parts.put(session, caller, event=event, plan=plan)
    session.add(ProgrammeLesson(session_id=part.id, module_id=module.id))
    session.flush()
    audit.record(
        session,
        caller,
        action="programmes.add_lesson",
        object_type="event",
        object_id=event_id,
        municipality_id=event.municipality_id,
        part=part.id,
    )
    return part.id


def drop_lesson(session: Session, caller: StaffCaller, *, event_id: int, session_id: int) -> None:
    """Takes a lesson out of a run. Raises as `parts.drop`, NotFoundError, ForbiddenError."""
    event, _ = _own(session, caller, event_id)
    part = parts.part_of(session, event_id, session_id)
    lesson = session.get(ProgrammeLesson, session_id)
    if lesson is not None:
        session.delete(lesson)
        session.flush()
    parts.drop(session, caller, event=event, part=part)
    audit.record(
        session,
        caller,
        action="programmes.drop_lesson",
        object_type="event",
        object_id=event_id,
        municipality_id=event.municipality_id,
        part=session_id,
    )


def _own(session: Session, caller: StaffCaller, event_id: int) -> tuple[Event, ProgrammeRun]:
    """Locks a run's event within reach, a draft too. Raises NotFoundError, ForbiddenError."""
    run = session.get(ProgrammeRun, event_id)
    event = session.scalar(
        select(Event).where(Event.id == event_id).with_for_update(of=Event).execution_options(populate_existing=True)
    )
    if run is None or event is None:
        raise NotFoundError
    caller.scope.check_write(event)
    return event, run


def _format(session: Session) -> int:
    """The format of a run: the region's word for it, else the first of its list. Raises DomainError `run_format`."""
    formats = select(Term.id).where(Term.kind == TermKind.EVENT_FORMAT)
    known = session.scalar(formats.where(Term.code == FORMAT))
    known = known or session.scalar(formats.where(Term.active).order_by(Term.position, Term.id).limit(1))
    if known is None:
        raise DomainError("run_format")
    return known
