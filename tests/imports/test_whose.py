"""Whose data a list that came in changed, and whose went when it was taken back, stands in the journal: by number."""

from pathlib import Path

from sqlalchemy import select

from db.audit import staff_queries as journal
from db.audit.models import AuditEntry
from db.caller import StaffCaller
from db.clock import FrozenClock
from db.database import Database
from db.imports import queries, services, whole
from db.people.models import Person
from tests.imports.test_imports import ANNA, HEAD, OLGA, admin, grid, kept, town
from tests.support.panel import Visitor, make_panel
from tests.training.test_lists import COURSE, teacher
from tests.training.test_lists import kept as courses

__all__ = ["admin", "town"]


def touched(database: Database, action: str) -> list[set[int]]:
    """Whose data each entry of this kind touched, the first entry first."""
    of = select(AuditEntry.id, AuditEntry.actor).where(AuditEntry.action == action).order_by(AuditEntry.id)
    asked = [
        {"entry_id": row.id, "actor": row.actor, "since": None, "limit": 100}
        for row in database.read(lambda session: session.execute(of).all())
    ]
    return [{one.person_id for one in database.read(journal.seen, **entry)} for entry in asked]


def test_whose_rows_a_list_added_changed_and_took_back_is_in_the_journal(
    database: Database, admin: StaffCaller, tmp_path: Path
) -> None:
    """The journal held how many rows there were: whose data an account had changed, nobody could say."""
    first = kept(database, admin, grid(tmp_path, HEAD, ANNA, OLGA))
    whole.apply(database, admin, upload_id=first)
    anna, olga = database.read(lambda s: s.scalars(select(Person.id).order_by(Person.full_name.desc())).all())
    assert touched(database, "imports.apply") == [{anna, olga}], "added"
    again = kept(database, admin, grid(tmp_path, HEAD, ANNA.replace(";12;", ";13;"), OLGA))
    whole.apply(database, admin, upload_id=again)
    assert touched(database, "imports.apply")[1:] == [{anna}], "what was there already was not touched"
    whole.undo(database, admin, upload_id=again)
    whole.undo(database, admin, upload_id=first)
    assert touched(database, "imports.undo") == [{anna}, {anna, olga}]


def test_a_row_of_another_table_is_of_its_person(database: Database, clock: FrozenClock, admin: StaffCaller) -> None:
    there = {"now": clock.now(), "school": "Школа № 2"}
    people = [database.write(teacher, name=name, **there) for name in ("Ель Анна", "Дуб Инна", "Ива Нина")]
    number = courses(database, admin, *[(name, "", "Школа № 2", *COURSE) for name in ("Ель Анна", "Дуб Инна")])
    whole.apply(database, admin, upload_id=number)
    assert touched(database, "imports.apply") == [set(people[:2])]
    whole.undo(database, admin, upload_id=number)
    assert touched(database, "imports.undo") == [set(people[:2])]


def test_whoever_goes_on_with_a_list_has_an_entry_with_what_they_brought_in(
    database: Database, clock: FrozenClock, admin: StaffCaller, town: StaffCaller, tmp_path: Path
) -> None:
    """A piece is under the name of whoever brought it in, not of whoever had begun; and the page says so."""
    number = kept(database, town, grid(tmp_path, HEAD, ANNA, OLGA))
    turn = database.write(services.begin, town, upload_id=number)
    plan = database.read(queries.preview, town, upload_id=number).plan
    assert plan is not None
    piece = [one for one in plan.changes if "Ким" not in one.label]
    database.write(services.put, town, upload_id=number, turn=turn, changes=piece)
    whole.apply(database, admin, upload_id=number)
    anna, olga = database.read(lambda s: s.scalars(select(Person.id).order_by(Person.full_name.desc())).all())
    assert touched(database, "imports.apply") == [{anna}, {olga}]
    actors = select(AuditEntry.actor).where(AuditEntry.action == "imports.apply").order_by(AuditEntry.id)
    assert database.read(lambda s: s.scalars(actors).all()) == [town.actor, admin.actor]
    panel = Visitor(make_panel(database, clock, tmp_path))
    panel.sign_in("admin")
    assert "Королёва Анна" in panel.text(f"/audit/seen?actor={town.actor}")
