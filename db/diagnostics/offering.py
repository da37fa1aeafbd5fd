"""Which instruments a person meets: those for the own position, and those that one has walked already."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import BindParameter, Integer, and_, bindparam, select
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.clock import minutes_spent
from db.diagnostics.content import Questionnaire
from db.diagnostics.models import (
    Answer,
    Attempt,
    ComponentScore,
    Instrument,
    InstrumentKind,
    InstrumentVersion,
    ItemStep,
    VersionStatus,
)
from db.diagnostics.rules import offered, retest_on
from db.dictionaries.models import Audience, Term
from db.dictionaries.queries import rules as region_rules
from db.errors import DomainError
from db.people.models import Person


@dataclass(frozen=True, slots=True)
class Offer:
    """An instrument as one person meets it: the attempt under way, the last closed one.

    `version_id` is what a new attempt begins with, empty where the instrument is for other positions.
    """

    instrument_id: int
    title: str
    version_id: int | None
    open_id: int | None
    last_id: int | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """A closed attempt in the list; `mean` of its levels, where there are any."""

    attempt_id: int
    completed_at: datetime
    mean: float | None


def offers(session: Session, *, person_id: int, kind: InstrumentKind = InstrumentKind.DIAGNOSIS) -> list[Offer]:
    """Lists what a person may begin, go on with or look at: those for the own position first."""
    own = session.scalar(_AUDIENCE, {"person": person_id}) or Audience.TEACHER
    instruments = session.execute(_INSTRUMENTS, {"kind": kind}).all()
    wanted = offered(own, {row.audience for row in instruments if row.version_id is not None})
    # The later ones replace the earlier: an open attempt is one, the last closed one is the latest.
    opened: dict[int, int] = {}
    closed: dict[int, tuple[int, datetime]] = {}
    for row in session.execute(_WALKED, {"person": person_id}):
        if row.completed_at is None:
            opened[row.instrument_id] = row.id
        else:
            closed[row.instrument_id] = (row.id, row.completed_at)
    found = [
        Offer(
            row.id,
            row.title,
            row.version_id if row.audience in wanted else None,
            opened.get(row.id),
            *closed.get(row.id, (None, None)),
        )
        for row in sorted(instruments, key=lambda row: (row.audience not in wanted, _place(wanted, row.audience)))
    ]
    return [one for one in found if one.version_id or one.open_id or one.last_id]


def stepped(session: Session, attempt: Attempt, content: Questionnaire) -> Questionnaire:
    """Gives the questionnaire of an attempt the steps that staff wrote in place of the pack's; it asks the same."""
    own = {row.item: row.text for row in session.execute(_STEPS, {"instrument": attempt.instrument_id})}
    if not own:
        return content
    items = tuple(replace(item, step=own.get(item.code, item.step)) for item in content.items)
    of = {item.code: item for item in items}
    components = tuple(
        replace(one, questions=tuple(of[item.code] for item in one.questions)) for one in content.components
    )
    return replace(content, items=items, components=components)


def own_offers(session: Session, caller: PersonCaller) -> list[Offer]:
    """Lists the instruments that a person may begin, go on with or look at."""
    return offers(session, person_id=caller.person_id)


def own_surveys(session: Session, caller: PersonCaller) -> list[Offer]:
    """Lists the surveys of needs that a person may reply to now: the last replies are as old as for a new result."""
    found = offers(session, person_id=caller.person_id, kind=InstrumentKind.SURVEY)
    if not found:
        return []
    rules, today = region_rules(session), caller.now.astimezone(caller.zone).date()

    def due(one: Offer) -> bool:
        return one.last_at is None or retest_on(one.last_at, rules, caller.zone) <= today

    return [one for one in found if one.open_id or (one.version_id and due(one))]


def _place(wanted: Sequence[Audience], audience: Audience) -> int:
    return wanted.index(audience) if audience in wanted else len(wanted)


def chosen(found: Sequence[Offer], instrument_id: int | None) -> Offer:
    """Returns the asked one of the offers, else the first.

    Raises DomainError `diagnostics_no_instrument`, or `diagnostics_not_offered` for one that is for others.
    """
    if instrument_id is None:
        if not found:
            raise DomainError("diagnostics_no_instrument")
        return found[0]
    one = next((one for one in found if one.instrument_id == instrument_id), None)
    if one is None:
        raise DomainError("diagnostics_not_offered")
    return one


def history(session: Session, caller: PersonCaller, *, instrument_id: int | None = None) -> list[AttemptRow]:
    """Returns the person's closed attempts by one instrument, else by the first, the last first: a handful."""
    if instrument_id is None:
        first = next(iter(offers(session, person_id=caller.person_id)), None)
        instrument_id = first.instrument_id if first else None
    rows = session.execute(_HISTORY, {"person": caller.person_id, "instrument": instrument_id})
    found: dict[int, tuple[datetime, list[float]]] = {}
    for attempt_id, completed_at, level in rows:
        _, levels = found.setdefault(attempt_id, (completed_at, []))
        if level is not None:
            levels.append(level)
    return [
        AttemptRow(attempt_id, completed_at, round(sum(levels) / len(levels), 1) if levels else None)
        for attempt_id, (completed_at, levels) in found.items()
    ]


# Asked whenever diagnostics are opened: built once, for building a statement costs more than running it.
_OWN: BindParameter[int] = bindparam("person", type_=Integer)
_AUDIENCE = select(Term.audience).join(Person, Person.position_id == Term.id).where(Person.id == _OWN)
_INSTRUMENTS = (
    select(Instrument.id, Instrument.title, Instrument.audience, InstrumentVersion.id.label("version_id"))
    .outerjoin(
        InstrumentVersion,
        and_(InstrumentVersion.instrument_id == Instrument.id, InstrumentVersion.status == VersionStatus.PUBLISHED),
    )
    .where(Instrument.kind == bindparam("kind", type_=Instrument.kind.type))
    .order_by(Instrument.id)
)
_WALKED = (
    select(Attempt.id, Attempt.instrument_id, Attempt.completed_at)
    .where(Attempt.person_id == _OWN)
    .order_by(Attempt.completed_at, Attempt.id)
)
_STEPS = select(ItemStep.item, ItemStep.text).where(ItemStep.instrument_id == bindparam("instrument", type_=Integer))
_HISTORY = (
    select(ComponentScore.attempt_id, ComponentScore.completed_at, ComponentScore.level)
    .join(Attempt, Attempt.id == ComponentScore.attempt_id)
    .where(ComponentScore.person_id == _OWN, Attempt.instrument_id == bindparam("instrument"))
    .order_by(ComponentScore.completed_at.desc(), ComponentScore.attempt_id.desc())
)


def spent(session: Session, attempt: Attempt) -> int:
    """Returns how many minutes a closed attempt took its person, by the moments of its taps."""
    taps = session.scalars(select(Answer.answered_at).where(Answer.attempt_id == attempt.id))
    return minutes_spent([attempt.started_at, *taps, *([attempt.completed_at] if attempt.completed_at else [])])
