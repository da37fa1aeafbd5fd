"""Somebody who was entered by a list is met in the bot, not doubled; nothing of the record is shown before."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import merging
from db.accounts.models import Staff
from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality, Organisation
from db.dictionaries.services import keep_bot_link
from db.errors import DomainError
from db.people import claims
from db.people.models import Claim, MessengerAccount, Person, Role, RoleGrant
from db.people.queries import addresses
from db.people.rules import birth_day
from db.scope import StaffRole
from tests.people.test_first_meeting import TO_PROFILE, walk
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import Town, add_teacher, on_paper_only

HOME, FOREIGN = "chelyabinsky-go", "varnensky-mr"
NAME, BORN = "Ковалёва Анна Игоревна", date(1985, 3, 5)


def record(session: Session, *, now: Any, name: str = NAME, municipality: str = HOME, born: date | None = BORN) -> int:
    """Somebody of a list, with a consent on paper and a role; returns the id."""
    number = add_teacher(session, external_id=1, name=name, now=now, municipality=municipality, roles=[Role.MENTOR])
    on_paper_only(session, person_id=number)
    session.get_one(Person, number).birth_date = born
    session.flush()
    return number


@pytest.fixture
def town_staff(database: Database, clock: FrozenClock) -> int:
    return database.write(
        add_staff, login="town", role=StaffRole.MUNICIPAL_METHODIST, municipalities=(HOME,), now=clock.now()
    )


async def test_whoever_opens_the_link_goes_on_as_the_one_of_the_list(town: Town) -> None:
    now = town.clock.now()
    staff = town.write(add_staff, login="admin", role=StaffRole.ADMINISTRATOR, now=now)
    number = town.write(record, now=now)
    token = town.write(claims.issue, callers.administrator(now, staff), person_id=number)
    anna = await town.person(1001)
    screen = await walk(anna, f">/start cl_{token}")
    before = screen.text + (await walk(anna, "Познакомиться", "Читать дальше")).text
    assert "Ковалёва" not in before, "nothing of the record is told before the consent"
    screen = await walk(anna, "Даю согласие")
    assert "Ковалёва Анна" in screen.text and "сохранить" in " ".join(screen.buttons).lower()
    screen = await walk(anna, "сохранить")
    assert "Анна Игоревна" in screen.text

    def mine(session: Session) -> tuple[int, Any, int | None]:
        person = session.scalars(select(Person).where(Person.erased_at.is_(None))).one()
        role = session.scalars(select(RoleGrant).where(RoleGrant.revoked_at.is_(None))).one()
        return person.id, person.birth_date, role.person_id

    person, born, holder = town.read(mine)
    assert born is None and holder == person
    screen = await walk(anna, f">/start cl_{token}")
    assert "Записаться" in screen.text or screen.buttons, "again it changes nothing"
    stranger = await town.person(1002)
    screen = await walk(stranger, f">/start cl_{token}", *TO_PROFILE[1:])
    said = screen.text + " ".join(str(one) for one in await stranger.toasts())
    assert "уже открыли" in said and "Ковалёва" not in said
    assert (
        town.read(lambda session: len(session.scalars(select(Person.id).where(Person.erased_at.is_(None))).all())) == 2
    )


def newcomers(database: Database, clock: FrozenClock, count: int, name: str | None = None) -> list[int]:
    """People who have just given their consent."""

    def come(session: Session) -> list[int]:
        people = [Person(created_at=clock.now(), full_name=name) for _ in range(count)]
        session.add_all(people)
        session.flush()
        for place, person in enumerate(people):
            session.add(MessengerAccount(person_id=person.id, platform="telegram", external_id=50 + place, locale="ru"))
        return [person.id for person in people]

    return database.write(come)


def test_of_many_who_open_one_link_at_once_it_is_one_persons(
    database: Database, clock: FrozenClock, town_staff: int
) -> None:
    now = clock.now()
    number = database.write(record, now=now)
    token = database.write(claims.issue, callers.administrator(now, town_staff), person_id=number)
    stored = database.read(lambda session: session.scalars(select(Claim.token_hash)).one())
    assert token not in (stored or "")

    def open_it(person: int) -> str:
        try:
            database.write(merging.claim, callers.person(person, now), token=token)
        except DomainError as refusal:
            return refusal.code
        return "done"

    people = newcomers(database, clock, 8)
    with ThreadPoolExecutor(8) as pool:
        said = sorted(pool.map(open_it, people))
    assert said == ["claim_used"] * 7 + ["done"]


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("late", "claim_over"),
        ("renewed", "claim_over"),
        ("dismissed", "claim_over"),
        ("moved", "claim_over"),
        ("met", "claim_over"),
        ("account", "claim_over"),
        ("other_name", "claim_other"),
        ("unknown", "claim_over"),
    ],
)
def test_a_link_that_is_no_ones_any_more_gives_nothing(
    database: Database, clock: FrozenClock, town_staff: int, what: str, code: str
) -> None:
    now = clock.now()
    number = database.write(record, now=now)
    token = database.write(claims.issue, callers.administrator(now, town_staff), person_id=number)
    (person,) = newcomers(database, clock, 1, "Другая Ольга" if what == "other_name" else None)
    foreign = select(Municipality.id).where(Municipality.code == FOREIGN).scalar_subquery()
    if what == "late":
        now += claims.LINK_LASTS + timedelta(seconds=1)
    elif what == "renewed":
        database.write(claims.issue, callers.administrator(now, town_staff), person_id=number)
    elif what == "dismissed":
        database.write(lambda session: session.execute(update(Staff).values(active=False)))
    elif what == "moved":
        database.write(
            lambda session: session.execute(update(Person).where(Person.id == number).values(municipality_id=foreign))
        )
    elif what == "met":
        account = {"platform": "telegram", "external_id": 99, "locale": "ru"}
        database.write(lambda session: session.add(MessengerAccount(person_id=number, **account)))
    elif what == "account":
        database.write(lambda session: session.execute(update(Staff).values(person_id=number)))
    elif what == "unknown":
        token = "x" * 43
    with pytest.raises(DomainError) as refusal:
        database.write(merging.claim, callers.person(person, now), token=token)
    assert refusal.value.code == code
    assert database.read(lambda session: session.get_one(Person, number).erased_at) is None


def test_a_link_is_made_by_who_may_change_the_record_and_for_who_is_not_met(
    database: Database, clock: FrozenClock
) -> None:
    now = clock.now()
    number = database.write(add_teacher, external_id=1, name=NAME, now=now)
    with pytest.raises(DomainError) as refusal:
        database.write(claims.issue, callers.administrator(now), person_id=number)
    assert refusal.value.code == "claim_met"


async def test_a_newcomer_who_fits_is_asked_for_the_birth_and_a_methodist_confirms(town: Town, tmp_path: Path) -> None:
    now = town.clock.now()
    town.write(add_staff, login="town", role=StaffRole.MUNICIPAL_METHODIST, municipalities=(HOME,), now=now)
    number = town.write(record, now=now)

    def school(session: Session) -> str:
        row = session.get_one(Organisation, session.get_one(Person, number).organisation_id)
        return row.name

    anna = await town.person(1001)
    organisation = town.read(school)
    await walk(anna, *TO_PROFILE, ">ковалева анна игоревна", "Ч", "Челябинский ГО", f">{organisation}")
    screen = await anna.last()
    if "Шаг 3" in screen.text:  # several are alike
        await walk(anna, organisation[:30])
    screen = await walk(anna, "Учитель", "Математика", "6–10 лет", "Первая", "сохранить")
    assert "дату рождения" in screen.text
    for foreign in ("наставник", organisation):
        assert foreign.lower() not in screen.text.lower(), "nothing of the record is told"
    screen = await walk(anna, ">тридцатого")
    assert "не похоже на дату" in screen.text
    screen = await walk(anna, ">5.3.1985")
    assert "методист это подтвердит" in screen.text
    panel = Visitor(make_panel(town.database, town.clock, tmp_path))
    panel.sign_in("town")
    assert "похож на запись" in panel.text("/people/")
    page = panel.text("/people/claims")
    assert page.count(NAME) + page.count(NAME.replace("ё", "е")) >= 2
    claim = town.read(lambda session: session.scalars(select(Claim.id)).one())
    panel.post(f"/people/claims/{claim}/confirm")
    town.move(minutes=1)
    await town.sweep()
    screen = await anna.wait_for("Методист подтвердил")
    assert town.read(lambda session: session.get_one(Person, number).merged_into_id) is not None
    assert panel.post(f"/people/claims/{claim}/confirm").status_code == 302
    done = select(AuditEntry.action).where(AuditEntry.action == "people.claim_confirm")
    assert len(town.read(lambda session: session.scalars(done).all())) == 1, "twice is once"


@pytest.mark.parametrize(
    ("fields", "birth", "offers"),
    [
        ({}, BORN, 1),
        ({}, date(1985, 3, 6), 0),
        ({"name": "Ковалева Анна Игоревна"}, BORN, 1),
        ({"name": "Ковалёва Анна Ивановна"}, BORN, 0),
        ({"municipality": FOREIGN}, BORN, 0),
        ({"born": None}, BORN, 0),
    ],
    ids=["fits", "another day", "yo", "namesake", "elsewhere", "no day told"],
)
def test_only_name_place_and_birth_together_fit(
    database: Database, clock: FrozenClock, fields: dict[str, Any], birth: date, offers: int
) -> None:
    now = clock.now()
    database.write(record, now=now, **fields)
    person = database.write(add_teacher, external_id=2, name=NAME, now=now)
    for _ in range(2):
        database.write(claims.offer, callers.person(person, now), birth=birth)
    assert len(database.read(claims.waiting, callers.administrator(now))) == offers
    assert database.read(claims.waiting_count, callers.administrator(now)) == offers


def test_of_two_methodists_at_once_one_confirms_and_declined_is_declined(
    database: Database, clock: FrozenClock, town_staff: int
) -> None:
    now = clock.now()
    first, second = database.write(record, now=now), database.write(record, now=now)
    person = database.write(add_teacher, external_id=2, name=NAME, now=now)
    database.write(claims.offer, callers.person(person, now), birth=BORN)
    asked = {one.record_id: one.id for one in database.read(claims.waiting, callers.administrator(now))}
    database.write(merging.decline, callers.administrator(now, town_staff), claim_id=asked[second])

    def confirm(claim: int) -> str:
        try:
            database.write(merging.confirm, callers.administrator(now, town_staff), claim_id=claim)
        except DomainError:
            return "late"
        return "done"

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(confirm, [asked[first], asked[first], asked[second], asked[first]]))
    assert said == ["done", "late", "late", "late"]
    merged = database.read(lambda session: session.get_one(Person, first).merged_into_id)
    assert merged == person and database.read(lambda session: session.get_one(Person, second).merged_into_id) is None
    assert database.read(addresses, person_id=person)


def test_a_day_of_birth_is_read_as_people_type_it(clock: FrozenClock) -> None:
    for typed in ("05.03.1985", "5.3.85", "1985-03-05", "5/3/1985", " 05 03 1985 ", "05.03.1985."):
        assert birth_day(typed, clock.now()) == BORN
    for typed in ("31.02.1985", "1885-03-05", "05.03.2025", "5 марта", "", "5.3"):
        with pytest.raises(DomainError):
            birth_day(typed, clock.now())


def test_the_panel_prints_a_code_once_and_merges_on_a_plain_yes(
    database: Database, clock: FrozenClock, tmp_path: Path, town_staff: int
) -> None:
    now = clock.now()
    database.write(keep_bot_link, platform="telegram", pattern="https://t.me/opora_bot?start={payload}")
    gone = database.write(record, now=now)
    kept = database.write(add_teacher, external_id=7, name=NAME, now=now)
    panel = Visitor(make_panel(database, clock, tmp_path))
    panel.sign_in("town")
    assert "Пригласить в бот" in panel.text(f"/people/{gone}") and "Пригласить" not in panel.text(f"/people/{kept}")
    answer = panel.post(f"/people/{gone}/claim").get_data(as_text=True)
    assert "https://t.me/opora_bot?start=cl_" in answer and "<svg" in answer
    page = panel.text(f"/people/{gone}/merge")
    assert f"into={kept}" in page
    assert "Это один и тот же человек" in panel.text(f"/people/{gone}/merge?into={kept}")
    panel.post(f"/people/{gone}/merge", {"into": str(kept)})
    assert database.read(lambda session: session.get_one(Person, gone).merged_into_id) is None, (
        "without the tick nothing"
    )
    panel.post(f"/people/{gone}/merge", {"into": str(kept), "sure": "1"})
    assert database.read(lambda session: session.get_one(Person, gone).merged_into_id) == kept
    assert panel.get(f"/people/{gone}").status_code == 404
