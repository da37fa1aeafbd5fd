"""Check-in means presence: the code in the hall turns, lives two minutes and is no use to whoever is elsewhere."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.errors import DomainError, NotFoundError
from db.events import services
from db.events.models import DigitsTry, Event, Registration
from db.events.rules import CODE_LIVES, door_code, lives
from tests.events.support import check_seats, door, make_event, make_people
from tests.support import callers
from tests.support.town import Town, person_of

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda one: one.replace(tzinfo=UTC))
SEEN = st.floats(0, 29.9)


@pytest.fixture
def hall(database: Database, clock: FrozenClock) -> tuple[int, datetime]:
    """An event that begins now, with as many seats as one likes."""
    event_id = database.write(make_event, now=clock.now(), capacity=None, starts_at=clock.now())
    return event_id, clock.now()


@given(MOMENTS, SEEN, st.floats(0, 89))
def test_whoever_saw_the_screen_has_a_minute_and_a_half_at_least(moment: datetime, seen: float, later: float) -> None:
    step = moment - timedelta(seconds=moment.timestamp() % 30)
    code = door_code(7, "key", callers.clock(step + timedelta(seconds=seen)))
    at = step + timedelta(seconds=seen + later)
    proof = code.token.partition("-")[2]
    assert lives(proof, "key", at) and lives(code.digits, "key", at)
    assert code.turns_at == step + timedelta(seconds=30)


@given(MOMENTS, SEEN, st.floats(0, 1e7))
def test_two_minutes_after_it_was_shown_it_is_no_code(moment: datetime, seen: float, later: float) -> None:
    shown = moment + timedelta(seconds=seen)
    code = door_code(7, "key", callers.clock(shown))
    proof = code.token.partition("-")[2]
    assert not lives(proof, "key", shown + CODE_LIVES + timedelta(seconds=later))
    assert not lives(proof, "another event's key", shown)


def test_two_hundred_people_in_a_slow_line_all_pass(database: Database, hall: tuple[int, datetime]) -> None:
    """Nine seconds a person, and what each sent reaches a busy bot minutes later: nobody is sent back."""
    event_id, begins = hall
    people = database.write(make_people, count=200, now=begins)
    for place, person in enumerate(people):
        at = begins + timedelta(seconds=9 * place)
        code = database.read(door, event_id=event_id, now=at)
        told = callers.person(person, at + timedelta(seconds=place % 400))
        scanned = at + timedelta(seconds=place % 80)
        if scanned > told.now:
            told = callers.person(person, scanned)
        if place % 3:
            database.write(services.check_in, told, token=code.token, sent_at=scanned)
        else:
            typed = f"{code.digits[:3]} {code.digits[3:]}"
            database.write(services.check_in_by_digits, told, event_id=event_id, digits=typed, sent_at=scanned)
    came = select(func.count()).where(Registration.attended_at.is_not(None))
    assert database.read(lambda session: session.scalar(came)) == 200
    database.read(check_seats, event_id=event_id, now=begins)


def test_a_forwarded_code_marks_nobody(database: Database, hall: tuple[int, datetime]) -> None:
    event_id, begins = hall
    here, elsewhere = database.write(make_people, count=2, now=begins)
    code = database.read(door, event_id=event_id, now=begins)
    late = begins + CODE_LIVES + timedelta(seconds=1)
    database.write(services.check_in, callers.person(here, begins), token=code.token)
    for sent_at in (None, late, begins - timedelta(days=3)):
        with pytest.raises(DomainError, match="check_in_stale"):
            database.write(services.check_in, callers.person(elsewhere, late), token=code.token, sent_at=sent_at)
    caller = callers.person(elsewhere, late)
    assert database.write(services.check_in_by_digits, caller, event_id=event_id, digits=code.digits) is None
    listed = select(Registration.person_id)
    assert database.read(lambda session: session.scalars(listed).all()) == [here]
    again = database.write(services.check_in, callers.person(here, late), token=code.token)
    assert not again.changed, "who is marked is told so, whatever the code"


def test_digits_are_not_found_by_trying(database: Database, hall: tuple[int, datetime]) -> None:
    """After five wrong ones the right ones do not help either, until the minute is over."""
    event_id, begins = hall
    guesser, honest = database.write(make_people, count=2, now=begins)

    def typed(person: int, digits: str, seconds: float) -> services.CheckedIn | None:
        caller = callers.person(person, begins + timedelta(seconds=seconds))
        return database.write(services.check_in_by_digits, caller, event_id=event_id, digits=digits)

    right = database.read(door, event_id=event_id, now=begins).digits
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for second in range(5):
        assert typed(guesser, wrong, second) is None
    for second in (6, 59):
        with pytest.raises(DomainError, match="check_in_often"):
            typed(guesser, right, second)
    assert typed(honest, right, 7) is not None, "somebody else is not held up"
    assert typed(guesser, right, 61) is not None
    for second in range(62, 67):  # who is marked already guesses nothing
        assert typed(guesser, wrong, second) is not None
    database.write(services.forget_tries, callers.clock(begins + timedelta(hours=1)))
    assert not database.read(lambda session: session.scalars(select(DigitsTry.tries)).all())


def test_a_link_of_before_is_refused_in_words_and_opens_nothing(database: Database, hall: tuple[int, datetime]) -> None:
    _, begins = hall
    person = database.write(make_people, count=1, now=begins)[0]
    old = "l0HrJc4J1xOcbZ2G1m_t-w"
    database.write(lambda session: session.execute(update(Event).values(check_in_token=old)))
    with pytest.raises(DomainError, match="check_in_stale"):
        database.write(services.check_in, callers.person(person, begins), token=old)
    for unknown in ("nothing", "99999-abcdefghijkl", "", "²-abcdefghijkl"):
        with pytest.raises(NotFoundError):
            database.write(services.check_in, callers.person(person, begins), token=unknown)


def test_what_a_newcomer_holds_is_no_use_in_another_chat(database: Database, hall: tuple[int, datetime]) -> None:
    event_id, begins = hall
    first, second = database.write(make_people, count=2, now=begins, first=700)
    token = database.read(door, event_id=event_id, now=begins).token
    held = database.read(services.hold, token=token, sent_at=begins, platform="telegram", external_id=700)
    later = begins + timedelta(minutes=20)
    with pytest.raises(DomainError, match="check_in_stale"):
        database.write(services.check_in, callers.person(second, later), token=held)
    assert database.write(services.check_in, callers.person(first, later), token=held).changed
    late = {"platform": "telegram", "external_id": 701}
    assert database.read(services.hold, token=token, sent_at=later, **late) == token, "an old code is not held"


async def test_a_newcomer_scans_makes_a_profile_and_is_marked(town: Town) -> None:
    """The consent and the profile take longer than a code lives."""
    now = town.clock.now()
    event_id = town.write(make_event, now=now, starts_at=now, code="hall")
    token = town.read(door, event_id=event_id, now=now).token
    vera = await town.person(1001)
    await (await vera.start(f"ci_{token}")).settle()
    town.move(minutes=6)
    for deed in ("Познакомиться", "Читать дальше", "Даю согласие"):
        await vera.tap(deed)
        await vera.settle()
    for said in (">ковалёва анна игоревна", "Ч", "Челябинский ГО", ">школа 67", "Учитель", "Математика", "6–10 лет"):
        await (vera.send(said[1:]) if said.startswith(">") else vera.tap(said))
        await vera.settle()
    for said in ("Первая", "сохранить"):
        await vera.tap(said)
        await vera.settle()
    await vera.wait_for("отметили вас")
    person = town.read(person_of, external_id=1001)
    assert town.read(_came, event_id=event_id) == [person]


async def test_digits_typed_in_the_chat(town: Town) -> None:
    now = town.clock.now()
    event_id = town.write(make_event, now=now, starts_at=now, code="hall")
    vera = await town.teacher()
    await (await vera.start("ev_hall")).settle()
    await vera.tap("Я на месте")
    await vera.settle()
    assert "шесть цифр" in (await vera.last()).text
    digits = town.read(door, event_id=event_id, now=now).digits
    wrong = f"{(int(digits) + 1) % 10**6:06}"
    await (await vera.send(wrong)).settle()
    assert "на экране сейчас нет" in (await vera.last()).text
    await (await vera.send_odd("sticker")).settle()
    await (await vera.send(f"{digits[:3]} {digits[3:]}")).settle()
    assert "отметили вас" in (await vera.last()).text
    await (await vera.start("ev_hall")).settle()
    assert "Я на месте" not in (await vera.last()).buttons
    assert town.read(_came, event_id=event_id)


def _came(session: Session, *, event_id: int) -> list[int]:
    came = select(Registration.person_id).where(
        Registration.event_id == event_id, Registration.attended_at.is_not(None)
    )
    return list(session.scalars(came))
