"""An event, some people and what must always be true of seats."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.dictionaries.models import Municipality, Term, TermKind
from db.dictionaries.rules import Rules
from db.events.models import Event, EventComponent, EventMode, EventStatus, Registration, RegistrationStatus
from db.events.rules import DoorCode, door_code
from db.notices.models import Notice, NoticeStatus
from db.packs import load_pack
from db.people.models import MessengerAccount, Person
from db.scope import Scope, StaffRole
from tests.support import callers

ZONE = ZoneInfo("Asia/Yekaterinburg")
RULES = Rules.parse(load_pack("chelyabinsk").about.rules)
REGION = Scope(staff_id=1, role=StaffRole.REGIONAL_METHODIST, municipality_ids=None)


def make_event(session: Session, *, now: datetime, capacity: int | None = 2, days: float = 3, **fields: Any) -> int:
    """A published event of two hours that begins in `days`; returns its id."""
    starts_at = fields.pop("starts_at", now + timedelta(days=days))
    municipality = fields.pop("municipality", None)
    components = fields.pop("components", [])
    event = Event(
        **{
            "code": secrets.token_hex(5),
            "title": "Обратная связь за две минуты",
            "about": "Разберём, что сказать ребёнку вместо «молодец» и «переделай».",
            "format_id": session.scalars(select(Term.id).where(Term.kind == TermKind.EVENT_FORMAT)).first(),
            "mode": EventMode.OFFLINE,
            "place": "Гимназия № 23, кабинет 310",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=2),
            "capacity": capacity,
            "status": EventStatus.PUBLISHED,
            "check_in_key": secrets.token_urlsafe(32),
            "created_at": now,
            "municipality_id": session.scalars(
                select(Municipality.id).where(Municipality.code == municipality)
            ).first(),
            "components": [EventComponent(component=code) for code in components],
            **fields,
        }
    )
    session.add(event)
    session.flush()
    return event.id


def make_people(session: Session, *, count: int, now: datetime, first: int = 5000, municipality: str = "") -> list[int]:
    """People with a municipality, in a messenger; returns their ids."""
    query = select(Municipality.id).order_by(Municipality.id)
    town = session.scalars(query.where(Municipality.code == municipality) if municipality else query).first()
    people = [Person(full_name=f"Педагог {number}", municipality_id=town, created_at=now) for number in range(count)]
    session.add_all(people)
    session.flush()
    session.add_all(
        MessengerAccount(platform="telegram", external_id=first + number, person_id=person.id, locale="ru")
        for number, person in enumerate(people)
    )
    session.flush()
    return [person.id for person in people]


def door(session: Session, *, event_id: int, now: datetime) -> DoorCode:
    """What the hall's screen shows at this moment."""
    return door_code(event_id, session.get_one(Event, event_id).check_in_key, callers.clock(now))


def standing(session: Session, *, event_id: int) -> dict[str, list[int]]:
    """Person ids by status, in the order of the list."""
    rows = session.scalars(
        select(Registration).where(Registration.event_id == event_id).order_by(Registration.sequence)
    )
    found: dict[str, list[int]] = {status.value: [] for status in RegistrationStatus}
    for row in rows:
        found[row.status.value].append(row.person_id)
    return found


def heard(session: Session, *, now: datetime) -> None:
    """Everything that waits has gone out."""
    going = update(Notice).where(Notice.status == NoticeStatus.PENDING)
    session.execute(going.values(status=NoticeStatus.SENT, sent_at=now))


def kinds(session: Session, *, kind: str = "") -> list[tuple[str, int, str]]:
    """Notices as (kind, person, status), oldest first, without the tickets."""
    said = (Notice.kind.startswith(kind), Notice.kind != "events.ticket")
    rows = session.scalars(select(Notice).where(*said).order_by(Notice.id))
    return [(row.kind, row.person_id, row.status.value) for row in rows]


def check_seats(session: Session, *, event_id: int, now: datetime) -> None:
    """The counter fits the list, nobody is over the capacity, no seat is empty while someone waits."""
    event = session.get_one(Event, event_id, populate_existing=True)
    for online, seated, capacity in (
        (False, event.seated, event.capacity),
        (True, event.online_seated, event.online_capacity),
    ):
        by_status = dict(
            session.execute(
                select(Registration.status, func.count())
                .where(Registration.event_id == event_id, Registration.online == online)
                .group_by(Registration.status)
            ).all()
        )
        held = by_status.get(RegistrationStatus.SEATED, 0) + by_status.get(RegistrationStatus.OFFERED, 0)
        assert seated == held
        assert capacity is None or held <= capacity
        if by_status.get(RegistrationStatus.WAITING) and now < event.starts_at:
            assert capacity is not None and held == capacity
    sequences = session.scalars(select(Registration.sequence).where(Registration.event_id == event_id)).all()
    assert len(set(sequences)) == len(sequences)
