"""What the menu knows: offers, remarks, drafts, the next event, pairs."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.people.screens_menu import menu
from db.applications.models import Application, ApplicationStatus, Campaign
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Term, TermKind
from db.events.models import Event, EventMode, EventStatus, Registration, RegistrationStatus
from db.mentoring.models import Pair
from db.overviews.home import home
from db.packs import load_pack
from db.people.queries import visitor
from locales import translator
from tests.support import callers
from tests.support.town import add_teacher

ZONE = load_pack("chelyabinsk").zone


def event(session: Session, code: str, starts_at: datetime) -> int:
    row = Event(
        code=code,
        title=f"Семинар {code}",
        about="",
        format_id=session.scalars(select(Term.id).where(Term.kind == TermKind.EVENT_FORMAT)).first() or 0,
        mode=EventMode.ONLINE,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        seated=1,
        status=EventStatus.PUBLISHED,
        check_in_key=code,
        created_at=starts_at,
    )
    session.add(row)
    session.flush()
    return row.id


def plant(session: Session, *, now: datetime) -> int:
    person_id = add_teacher(session, external_id=901, name="Тестова Вера Ивановна", now=now)
    other = add_teacher(session, external_id=902, name="Другая Анна Петровна", now=now)
    for number, (days, status, until) in enumerate(
        (
            (-3, RegistrationStatus.SEATED, None),
            (9, RegistrationStatus.SEATED, None),
            (5, RegistrationStatus.SEATED, None),
            (4, RegistrationStatus.CANCELLED, None),
            (7, RegistrationStatus.OFFERED, now + timedelta(hours=5)),
        )
    ):
        event_id = event(session, str(number), now + timedelta(days=days))
        session.add(
            Registration(
                event_id=event_id,
                person_id=person_id,
                status=status,
                sequence=1,
                registered_at=now,
                offered_until=until,
            )
        )
    campaign = session.scalars(select(Campaign.id)).first()
    session.add(
        Application(campaign_id=campaign, person_id=person_id, status=ApplicationStatus.RETURNED, created_at=now)
    )
    session.add(Pair(mentor_id=other, mentee_id=person_id, started_at=now, last_contact_at=now))
    session.flush()
    return person_id


def test_the_menu_tells_what_waits_and_what_comes_next(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    person_id = database.write(plant, now=now)
    found = database.read(home, callers.person(person_id, now))
    assert (found.offer and found.offer.title, found.next_event and found.next_event.title) == (
        "Семинар 4",
        "Семинар 2",
    )
    assert (found.remark, found.draft, found.open_attempt, found.has_mentor, found.mentees) == (
        True,
        False,
        False,
        True,
        0,
    )
    who = database.read(visitor, platform="telegram", external_id=901)
    assert who is not None
    screen = menu(translator("ru"), found, who, ZONE)
    assert len(screen.text) <= 700
    assert "2 марта 2026, 16:00 (МСК+2)" in screen.text
    assert [row[0].text for row in screen.rows[:2]] == ["Посмотреть и занять место", "Посмотреть замечания"]


def test_an_offer_that_ran_out_is_not_told(database: Database, clock: FrozenClock) -> None:
    person_id = database.write(plant, now=clock.now())
    later = clock.now() + timedelta(hours=6)
    assert database.read(home, callers.person(person_id, later)).offer is None
