"""What people declare on paper: a methodist notes it under the person's page, and sees nothing said in the bot."""

from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.ties import screens
from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from db.errors import DomainError
from db.people.models import Person
from db.scope import StaffRole
from db.ties import queries, services, staff_services
from db.ties.models import Tie, TieKind
from db.ties.rules import MOST
from locales import translator
from tests.events.support import REGION
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import add_teacher

PAPER = {"kind": "relative", "paper_on": "2026-01-12"}


@pytest.fixture
def vera(database: Database, clock: FrozenClock) -> int:
    return database.write(add_teacher, external_id=1, name="Ким Вера Андреевна", now=clock.now())


@pytest.fixture
def visitor(database: Database, clock: FrozenClock, tmp_path: Path) -> Visitor:
    database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    visitor = Visitor(make_panel(database, clock, tmp_path))
    visitor.sign_in("region")
    return visitor


def posted(visitor: Visitor, path: str, **form: str) -> str:
    return unescape(visitor.post(path, form, follow_redirects=True).get_data(as_text=True))


def test_a_tie_is_noted_from_paper_and_taken_off_by_who_has_no_bot(
    database: Database, clock: FrozenClock, visitor: Visitor, vera: int
) -> None:
    """Whoever does not use the bot had nowhere to say whom not to bring together with them."""
    olga = database.write(add_teacher, external_id=2, name="Ким Ольга Ивановна", now=clock.now())

    def near() -> bool:
        return database.read(queries.close, person_id=vera, other_ids=[olga]) == {olga}

    assert f"/ties/{vera}" in visitor.text(f"/people/{vera}")
    home = f"/ties/{vera}"
    assert "полностью" in posted(visitor, f"{home}/note", name="Ольга", **PAPER)
    for day in ("", "2036-01-12"):
        said = posted(visitor, f"{home}/note", name="Ким Ольга", kind="relative", paper_on=day)
        assert "Укажите день заявления" in said
    assert not near()
    page = posted(visitor, f"{home}/note", name="Ким Ольга", **PAPER)
    assert "Записали" in page and "Ким Ольга" in page and "12 января 2026" in page
    assert near()
    tie = database.read(lambda session: session.scalars(select(Tie.id)).one())
    assert "Убрано" in posted(visitor, f"/ties/{tie}/remove")
    assert not near()
    entries = database.read(lambda session: session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all())
    told = [one for one in entries if one.action.startswith("ties.")]
    assert [one.action for one in told if one.action != "ties.read"] == ["ties.note", "ties.remove"]
    assert {one.subject_person_id for one in told} == {vera} and any(one.action == "ties.read" for one in told)
    assert "Ольга" not in str([one.details for one in told]), "the journal has no names"


def test_what_was_said_in_the_bot_stays_the_persons_own(
    database: Database, clock: FrozenClock, visitor: Visitor, vera: int
) -> None:
    """It was promised: only you see whom you name here."""
    own = callers.person(vera, clock.now())
    database.write(services.declare, own, name="Тайная Анна", kind=TieKind.OTHER)
    (tie,) = database.read(queries.own, own)
    page = unescape(visitor.text(f"/ties/{vera}"))
    assert "Тайная" not in page and "названо ещё: 1" in page
    assert visitor.post(f"/ties/{tie.id}/remove").status_code in (302, 404)
    assert database.read(queries.own, own), "nobody else takes it back"
    database.write(services.keep_place, own, organisation_id=_place(database, vera))
    assert "названо ещё: 2" in unescape(visitor.text(f"/ties/{vera}"))


def test_a_paper_with_the_same_name_neither_shows_nor_ends_what_was_said_in_the_bot(
    database: Database, clock: FrozenClock, visitor: Visitor, vera: int
) -> None:
    """Guessing a name as if from a paper, one saw whether it had been said in the bot, and could take that word off."""
    own = callers.person(vera, clock.now())
    olga = database.write(add_teacher, external_id=2, name="Ким Ольга Ивановна", now=clock.now())
    database.write(services.declare, own, name="Ким Ольга", kind=TieKind.OTHER)
    for name in ("Ольга Ким", "Тайная Анна"):
        assert "названо ещё: 1" in posted(visitor, f"/ties/{vera}/note", name=name, **PAPER), "whatever was said"
    said, *papers = database.read(queries.own, own)
    assert (said.kind, said.paper_on, len(papers)) == (TieKind.OTHER, None, 2)
    for tie in papers:
        posted(visitor, f"/ties/{tie.id}/remove")
    assert [one.id for one in database.read(queries.own, own)] == [said.id]
    assert database.read(queries.close, person_id=vera, other_ids=[olga]) == {olga}
    assert database.read(queries.close, person_id=olga, other_ids=[vera]) == {vera}


def test_what_is_said_in_the_bot_outlives_a_paper_of_the_same_name(
    database: Database, clock: FrozenClock, vera: int
) -> None:
    """Said after the paper it was the same row: whoever took the paper off took the person's own word along."""
    own, region = callers.person(vera, clock.now()), callers.staff(REGION, clock.now())
    olga = database.write(add_teacher, external_id=2, name="Ким Ольга Ивановна", now=clock.now())
    asked = {"name": "Ким Ольга", "kind": TieKind.RELATIVE}
    database.write(staff_services.note, region, person_id=vera, paper_on=clock.now().date(), **asked)
    (paper,) = database.read(queries.own, own)
    assert database.read(queries.close, person_id=olga, other_ids=[vera]) == {vera}, "a paper binds both ways"
    assert database.read(queries.close, person_id=vera, other_ids=[olga]) == {olga}
    database.write(services.declare, own, **asked)
    database.write(staff_services.remove, region, tie_id=paper.id)
    assert [one.paper_on for one in database.read(queries.own, own)] == [None]
    assert database.read(queries.close, person_id=olga, other_ids=[vera]) == {vera}


def test_papers_leave_room_for_what_is_said_in_the_bot(database: Database, clock: FrozenClock, vera: int) -> None:
    region, day = callers.staff(REGION, clock.now()), clock.now().date()
    for letter in "абвгдежзиклмнопрстуф"[:MOST]:
        asked = {"name": f"Ким Анна{letter}", "kind": TieKind.RELATIVE, "paper_on": day}
        database.write(staff_services.note, region, person_id=vera, **asked)
    with pytest.raises(DomainError, match="tie_many"):
        database.write(staff_services.note, region, person_id=vera, name="Ким Ян", kind=TieKind.OTHER, paper_on=day)
    own = callers.person(vera, clock.now())
    database.write(services.declare, own, name="Ким Ян", kind=TieKind.OTHER)
    assert len(database.read(queries.own, own)) == MOST + 1


def test_a_person_sees_what_was_noted_and_takes_it_back(database: Database, clock: FrozenClock, vera: int) -> None:
    region = callers.staff(REGION, clock.now())
    asked = {"person_id": vera, "name": "Ким Ольга", "kind": TieKind.RELATIVE, "paper_on": clock.now().date()}
    for _ in range(2):
        database.write(staff_services.note, region, **asked)
    own = callers.person(vera, clock.now())
    database.write(services.keep_place, own, organisation_id=_place(database, vera))
    found = database.read(queries.own, own)
    assert len(found) == 2, "the same name is one tie"
    for language, (paper, place) in {
        "ru": ("по вашему заявлению", "работает родственник"),
        "en": ("paper", "works"),
    }.items():
        text = str(screens.home(translator(language), found).text)
        assert paper in text and place in text
    for tie in found:
        database.write(services.withdraw, own, tie_id=tie.id)
    assert not database.read(queries.own, own)


def test_who_does_not_reach_a_person_sees_and_notes_nothing(
    database: Database, clock: FrozenClock, tmp_path: Path, vera: int
) -> None:
    roles = {"town": StaffRole.MUNICIPAL_METHODIST, "reader": StaffRole.READER, "coordinator": StaffRole.COORDINATOR}
    app = make_panel(database, clock, tmp_path)
    for login, role in roles.items():
        database.write(add_staff, login=login, role=role, now=clock.now(), municipalities=("varnensky-mr",))
        visitor = Visitor(app)
        visitor.sign_in(login)
        statuses = {
            visitor.get(f"/ties/{vera}").status_code,
            visitor.post(f"/ties/{vera}/note", {"name": "Ким Ольга", **PAPER}).status_code,
        }
        assert statuses <= {302, 403, 404}, login
        assert not database.read(lambda session: session.scalars(select(Tie.id)).all()), login


def _place(database: Database, person_id: int) -> int:
    return database.read(lambda session: session.get_one(Person, person_id).organisation_id) or 0
