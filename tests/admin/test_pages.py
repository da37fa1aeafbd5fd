"""Today, people, the journal, dictionaries, accounts: what they show, to whom, and what they change."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from db.accounts.models import Staff
from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Organisation, Term, TermKind
from db.people import roles
from db.people.models import Invitation, Person, Role
from db.scope import StaffRole
from tests.support import callers
from tests.support.panel import Visitor
from tests.support.town import add_teacher

Enter = Callable[[str], Visitor]
STATIC = Path(__file__).parents[2] / "admin" / "static"


@pytest.fixture
def people(database: Database, clock: FrozenClock) -> dict[str, int]:
    """Two of the own municipality, one of another."""
    made = [
        ("own", 11, "Ёлкина Вера Ивановна", "chelyabinsky-go"),
        ("second", 12, "Борисов Пётр Ильич", "chelyabinsky-go"),
        ("foreign", 13, "Чужова Анна Олеговна", "varnensky-mr"),
    ]
    return {
        key: database.write(add_teacher, external_id=number, name=name, municipality=place, now=clock.now())
        for key, number, name, place in made
    }


def journal(database: Database) -> list[AuditEntry]:
    return list(database.read(lambda session: session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()))


def test_today_says_kindly_that_nothing_waits(signed_in: Enter) -> None:
    text = signed_in("region").text("/")
    assert "Всё разобрано" in text
    assert "заявок ждут решения" in text


@pytest.mark.parametrize(
    ("passed", "told"),
    [
        (timedelta(hours=21, minutes=30), "21 час"),
        (timedelta(days=1, hours=23), "1 день"),
        (timedelta(days=8, hours=1), "8 дней"),
        (timedelta(days=10), "10 дней"),  # it said «1 неделя», and stood above «8 дней» in a queue sorted by age
        (timedelta(days=17), "17 дней"),
        (timedelta(days=92), "3 месяца"),
    ],
)
def test_a_length_of_time_is_told_in_full_days(app: Flask, clock: FrozenClock, passed: timedelta, told: str) -> None:
    assert app.jinja_env.filters["ago"](clock.now() - passed) == told


def test_today_shows_newcomers_of_the_own_municipality_only(signed_in: Enter, people: dict[str, int]) -> None:
    text = signed_in("town").text("/")
    assert "Ёлкина" in text
    assert "Чужова" not in text
    assert "Чужова" in signed_in("region").text("/")


@pytest.mark.parametrize("typed", ["ёлкина", "ЕЛКИНА", "елк вера", "Вера Ёлк"])
def test_search_takes_any_case_and_yo(signed_in: Enter, people: dict[str, int], typed: str) -> None:
    text = signed_in("region").get("/people/", query_string={"q": typed}).get_data(as_text=True)
    assert "Ёлкина" in text
    assert "Борисов" not in text


def test_search_takes_signs_literally(signed_in: Enter, people: dict[str, int]) -> None:
    assert "Никого не нашли" in signed_in("region").text("/people/?q=%25")


def test_filters_by_role_and_municipality(
    signed_in: Enter, people: dict[str, int], database: Database, clock: FrozenClock
) -> None:
    database.write(roles.grant, callers.clock(clock.now()), person_id=people["second"], role=Role.MENTOR)
    visitor = signed_in("region")
    text = visitor.text("/people/?role=mentor")
    assert "Борисов" in text
    assert "Ёлкина" not in text
    place = next(row.id for row in database.read(dictionaries.municipalities) if row.code == "varnensky-mr")
    text = visitor.text(f"/people/?municipality={place}")
    assert "Чужова" in text
    assert "Борисов" not in text
    few = update(Person).where(Person.id == people["second"]).values(experience_years=2)
    database.write(lambda session: session.execute(few))
    text = visitor.text("/people/?young=1")
    assert "Борисов" in text and "Ёлкина" not in text and "/people/list.xlsx?young=1" in text
    for odd in ("?role=nonsense", "?municipality=abc", "?municipality=99999999999999999999", "?page=99", "?page=-1"):
        assert visitor.get(f"/people/{odd}").status_code == 200


def test_a_municipal_methodist_never_meets_a_foreign_person(
    signed_in: Enter, people: dict[str, int], database: Database
) -> None:
    visitor = signed_in("town")
    place = next(row.id for row in database.read(dictionaries.municipalities) if row.code == "varnensky-mr")
    assert "Чужова" not in visitor.text("/people/")
    assert "Чужова" not in visitor.text(f"/people/?municipality={place}")
    assert visitor.get(f"/people/{people['foreign']}").status_code == 404
    assert visitor.post(f"/people/{people['foreign']}/roles", {"role": "mentor"}).status_code == 404
    assert visitor.post(f"/people/{people['foreign']}/roles/take", {"role": "mentor"}).status_code == 404
    assert "people.give_role" not in {entry.action for entry in journal(database)}


def test_reading_a_card_is_in_the_journal(
    signed_in: Enter, people: dict[str, int], database: Database, staff_ids: dict[str, int]
) -> None:
    text = signed_in("town").text(f"/people/{people['own']}")
    assert "Ёлкина Вера Ивановна" in text
    assert "Результат видит только сам педагог" in text
    entry = journal(database)[-1]
    assert (entry.action, entry.actor) == ("people.read", f"staff:{staff_ids['town']}")
    assert entry.subject_person_id == people["own"]
    assert "Ёлкина" in signed_in("admin").text(f"/audit/?person={people['own']}")
    assert "· Town</small>" in signed_in("admin").text(f"/people/{people['own']}"), "the account by its name"


def test_a_role_is_given_and_taken(signed_in: Enter, people: dict[str, int], database: Database) -> None:
    visitor = signed_in("town")
    card = f"/people/{people['own']}"
    assert visitor.post(f"{card}/roles", {"role": "mentor"}).headers["Location"] == card
    assert "Роль назначена" in visitor.text(card)
    visitor.post(f"{card}/roles/take", {"role": "mentor"})
    assert "Особых ролей нет" in visitor.text(card)
    actions = [entry.action for entry in journal(database)]
    assert actions.count("people.give_role") == actions.count("people.take_role") == 1


def test_an_invitation_is_shown_once_and_kept_as_a_hash(signed_in: Enter, database: Database) -> None:
    text = signed_in("town").post("/people/invite", {"role": "mentor"}).get_data(as_text=True)
    token = text.split("/start inv_")[1].split('"')[0]
    row = database.read(lambda session: session.scalars(select(Invitation)).one())
    assert row.role is Role.MENTOR
    assert token not in row.token_hash
    assert len(token) >= 43


def test_a_long_list_has_pages(signed_in: Enter, database: Database, clock: FrozenClock) -> None:
    for number in range(101):
        database.write(add_teacher, external_id=1000 + number, name=f"Номерова Анна {number:03}", now=clock.now())
    visitor = signed_in("region")
    first, last = visitor.text("/people/?q=номерова"), visitor.text("/people/?q=номерова&page=3")
    assert "1 из 3" in first
    assert "Номерова Анна 049" in first
    assert "Номерова Анна 050" not in first
    assert "Номерова Анна 100" in last
    assert "Найдено 101" in last


# --- dictionaries and rules ---


def test_dictionaries_are_read_only_unless_the_role_edits_them(signed_in: Enter, database: Database) -> None:
    term = database.read(dictionaries.terms, kind=TermKind.DIRECTION)[0]
    for login, page, code in (
        ("region", f"/settings/terms/{term.id}", 403),
        ("admin", f"/settings/terms/{term.id}", 200),
        ("region", "/settings/organisations/new", 200),
        ("town", "/settings/organisations/new", 403),
        ("reader", "/sites/new", 403),
        ("region", "/sites/new", 200),
        ("region", "/settings/rules", 403),
        ("town", "/settings/", 200),
    ):
        assert signed_in(login).get(page).status_code == code, (login, page)


def test_a_term_is_changed_and_the_journal_knows(signed_in: Enter, database: Database) -> None:
    term = database.read(dictionaries.terms, kind=TermKind.SUBJECT)[0]
    visitor = signed_in("admin")
    form = {"name": "Новое имя", "short": "Имя", "position": "3", "active": "1"}
    assert visitor.save(f"/settings/terms/{term.id}", form).status_code == 302
    stored = database.read(lambda session: session.get(Term, term.id))
    assert stored is not None
    assert (stored.name, stored.short, stored.position, stored.code) == ("Новое имя", "Имя", 3, term.code)
    assert journal(database)[-1].action == "terms.save"
    answer = visitor.save(f"/settings/terms/{term.id}", form | {"short": "слишком длинно " * 4})
    assert "30 знаков" in answer.get_data(as_text=True) or "30 знаков" in visitor.text("/settings/")


def test_a_municipal_methodist_sees_organisations_of_the_own_municipality(signed_in: Enter, database: Database) -> None:
    text = signed_in("town").text("/settings/organisations/")
    assert "Челябинский ГО" in text
    assert "Варненский" not in text


def test_a_typed_organisation_joins_a_known_one(signed_in: Enter, database: Database, people: dict[str, int]) -> None:
    def typed(session) -> tuple[int, int]:  # type: ignore[no-untyped-def]
        person = session.get(Person, people["own"])
        row = Organisation(municipality_id=person.municipality_id, name="сош 1 (вписана)", confirmed=False)
        session.add(row)
        session.flush()
        known = person.organisation_id
        person.organisation_id = row.id
        return row.id, known

    made, known = database.write(typed)
    visitor = signed_in("region")
    assert "организация на проверку" in visitor.text("/")
    assert "сош 1 (вписана)" in visitor.text("/settings/organisations/?unconfirmed=1")
    assert "Такая организация уже есть?" in visitor.text(f"/settings/organisations/{made}")
    visitor.post(f"/settings/organisations/{made}/merge", {"into": known})
    assert database.read(lambda session: session.get(Person, people["own"])).organisation_id == known  # type: ignore[union-attr]
    assert database.read(lambda session: session.get(Organisation, made)) is None


def test_rules_are_checked_and_kept(signed_in: Enter, database: Database) -> None:
    visitor = signed_in("admin")
    form = {"cut1": "20", "cut2": "45", "cut3": "70", "retest_days": "60"}
    assert visitor.save("/settings/rules", form).status_code == 302
    rules = database.read(dictionaries.rules)
    assert (rules.deficit_cuts, rules.retest_days) == ((20, 45, 70), 60)
    for wrong in ({"cut1": "50"}, {"cut3": "100"}, {"retest_days": "0"}, {"cut2": "abc"}, {"retest_days": "1e9"}):
        answer = visitor.save("/settings/rules", form | wrong)
        assert answer.status_code == 200, wrong
    assert database.read(dictionaries.rules) == rules
    assert [entry.action for entry in journal(database)].count("settings.rules") == 1


# --- accounts ---


def test_an_administrator_makes_an_account_that_works(signed_in: Enter, stranger: Visitor, database: Database) -> None:
    places = {row.code: row.id for row in database.read(dictionaries.municipalities)}
    form = {
        "login": "New.Methodist",
        "name": "Новая Методистка",
        "password": "a long password",
        "role": "municipal_methodist",
        "municipality": [str(places["varnensky-mr"])],
    }
    visitor = signed_in("admin")
    assert visitor.post("/settings/staff/new", form).status_code == 302
    row = database.read(lambda session: session.scalars(select(Staff).where(Staff.login == "new.methodist")).one())
    assert row.role is StaffRole.MUNICIPAL_METHODIST
    assert stranger.sign_in("new.methodist", "a long password").status_code == 302
    again = visitor.post("/settings/staff/new", form)
    assert again.status_code == 200
    assert "уже занят" in again.get_data(as_text=True)
    assert "a long password" not in again.get_data(as_text=True)


def test_the_last_administrator_stays(signed_in: Enter, staff_ids: dict[str, int], database: Database) -> None:
    visitor = signed_in("admin")
    answer = visitor.save(f"/settings/staff/{staff_ids['admin']}", {"name": "Админ", "role": "reader", "active": "1"})
    assert "последний администратор" in answer.get_data(as_text=True)
    assert visitor.get("/settings/staff/").status_code == 200


def test_an_administrator_gives_a_password_and_a_link(
    signed_in: Enter, staff_ids: dict[str, int], database: Database, stranger: Visitor
) -> None:
    visitor = signed_in("admin")
    page = f"/settings/staff/{staff_ids['town']}"
    visitor.post(f"{page}/password", {"password": "short"})
    assert stranger.sign_in("town").status_code == 302
    visitor.post(f"{page}/password", {"password": "a whole new password"})
    assert stranger.get("/").status_code == 302
    text = visitor.post(f"{page}/connect").get_data(as_text=True)
    assert "/start st_" in text
    actions = {entry.action for entry in journal(database)}
    assert {"staff.password", "staff.connect_link"} <= actions


def test_a_refused_form_keeps_what_was_typed(signed_in: Enter) -> None:
    answer = signed_in("admin").post("/settings/staff/new", {"login": "ab", "name": "Иванова Тамара", "role": "reader"})
    text = answer.get_data(as_text=True)
    assert "Иванова Тамара" in text
    assert "от 3 до 64 знаков" in text


def test_every_line_of_the_menu_has_its_picture(signed_in: Enter) -> None:
    """The diaries stood without one: a name that the file of pictures does not know is drawn as nothing, unsaid."""
    drawn = set(re.findall(r'<symbol id="(\w+)"', (STATIC / "icons.svg").read_text()))
    asked = set(re.findall(r"icons\.svg(?:\?[^#\"]*)?#(\w+)", signed_in("admin").text("/")))
    assert len(asked) > 10 and asked <= drawn, asked - drawn
