"""Reads what centres recommend to one person after a result."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, String, bindparam, case, or_, select
from sqlalchemy.orm import Session, joinedload

from db.advice.models import AdviceCategory, CentreAdvice
from db.advice.rules import Need, chosen
from db.caller import PersonCaller
from db.diagnostics.queries import Result
from db.dictionaries.models import Municipality, Term
from db.events.models import Event, EventComponent, EventMode, EventStatus
from db.events.queries import LINE, LINES, EventLine, attendable, for_whom
from db.people.models import Person


@dataclass(frozen=True, slots=True)
class Counsel:
    """One piece of advice as a person reads it: the words, the signature, and up to one way of each kind to go on.

    `event` is the nearest one that serves the component: online before the own municipality's before others.
    `site_id` and `document_id` are what the centre names itself.
    """

    id: int
    title: str
    text: str
    why: str
    signed_by: str
    signed_on: date
    training: bool
    component: str | None
    event: EventLine | None
    site_id: int | None
    site: str
    document_id: int | None
    document: str


def counsels(session: Session, caller: PersonCaller, *, result: Result) -> list[Counsel]:
    """Returns what the person's centre and the whole service recommend after an own result: at most the next three."""
    who = session.execute(_WHO, {"person": caller.person_id}).one()
    needs = [Need(line.component.code, line.level.code if line.level else None) for line in result.priorities]
    if not needs:
        return []
    codes = [need.component for need in needs]
    known = session.execute(_CATEGORIES).all()
    mine = {row.id for row in known if who.position in row.positions}
    rows = session.scalars(_ADVICE, {"centre": who.centre_id or 0, "components": codes}).all()
    found = chosen(rows, needs, mine)
    coming = _events(session, caller, {one.component for one in found if one.component}, who)
    return [
        Counsel(
            *(one.id, one.title, one.text, one.why),
            signed_by=one.centre.name if one.centre else one.signed_by,
            signed_on=one.signed_on,
            training=one.training,
            component=one.component,
            event=coming.get(one.component or ""),
            site_id=one.site_id if one.site and one.site.active else None,
            site=one.site.title if one.site else "",
            document_id=one.document_id,
            document=one.document.title if one.document else "",
        )
        for one in found
    ]


def _events(session: Session, caller: PersonCaller, components: set[str], who: object) -> dict[str, EventLine]:
    """The one event of each component that is the easiest to reach."""
    place = getattr(who, "municipality_id", None)
    found: dict[str, EventLine] = {}
    if not components:
        return found
    far = case((Event.mode != EventMode.OFFLINE, 0), (Event.municipality_id == place, 1), else_=2)
    rows = session.execute(
        LINES.add_columns(EventComponent.component)
        .join(EventComponent, EventComponent.event_id == Event.id)
        .where(
            EventComponent.component.in_(components),
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > caller.now,
            attendable(place),
            for_whom(caller.person_id),
            or_(Event.capacity.is_(None), Event.seated < Event.capacity),
        )
        .order_by(far, Event.starts_at, Event.id)
    )
    for row in rows:
        found.setdefault(row.component, EventLine(*row[:LINE]))
    return found


_WHO = (
    select(Person.municipality_id, Municipality.centre_id, Term.code.label("position"))
    .outerjoin(Municipality, Municipality.id == Person.municipality_id)
    .outerjoin(Term, Term.id == Person.position_id)
    .where(Person.id == bindparam("person", type_=Integer))
)
_CATEGORIES = select(AdviceCategory.id, AdviceCategory.positions)
_ADVICE = (
    select(CentreAdvice)
    .where(
        CentreAdvice.active,
        or_(
            CentreAdvice.component.is_(None),
            CentreAdvice.component.in_(bindparam("components", type_=String, expanding=True)),
        ),
        or_(CentreAdvice.centre_id.is_(None), CentreAdvice.centre_id == bindparam("centre", type_=Integer)),
    )
    .options(joinedload(CentreAdvice.centre), joinedload(CentreAdvice.site), joinedload(CentreAdvice.document))
)
