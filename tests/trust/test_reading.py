"""Who was shown is told by the journal, and who may not learn names learns none."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from admin.access import SAFE_METHODS
from db.applications.models import Application
from db.audit import staff_queries
from db.audit.models import AuditEntry, AuditSubject
from db.audit.rules import staff_actor
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality, Term, TermKind
from db.people.models import Person
from tests.support.matrix import WORD
from tests.trust.matrix import MATRIX
from tests.trust.test_scope_matrix import OWN_WORD, Region, region, rules, words_in

__all__ = ["region"]

DIRECTION = select(Term.id).where(Term.kind == TermKind.DIRECTION).order_by(Term.id).limit(1)
PUBLIC = frozenset({"verify.index", "verify.one"})
"""Whoever holds a certificate in hand reads the name that stands on it."""


def people(region: Region) -> dict[str, int]:
    """Names of everybody planted."""
    return {
        f"{word} {name}": number
        for side, word in ((region.own, OWN_WORD), (region.foreign, WORD))
        for name, number in (("Вера Ивановна", side.has.person), ("Анна", side.has.other))
    }


def addresses(region: Region, login: str) -> list[str]:
    """Everything that an account of this name may open."""
    return [
        url
        for rule in rules(region.app)
        if rule.endpoint not in PUBLIC and (rule.methods or set()) & SAFE_METHODS
        if login in MATRIX[rule.endpoint].roles
        for side in (region.own, region.foreign)
        for url in MATRIX[rule.endpoint].urls(side)
    ]


def last(session: Session) -> int:
    return session.scalars(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1)).first() or 0


def told_since(session: Session, *, entry_id: int) -> set[int]:
    alone = session.scalars(select(AuditEntry.subject_person_id).where(AuditEntry.id > entry_id))
    listed = session.scalars(select(AuditSubject.person_id).where(AuditSubject.entry_id > entry_id))
    return {number for number in (*alone, *listed) if number is not None}


# Each walks through all pages: which engine they stand on makes no difference to who is written down or left out.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whatever_page_or_file_shows_a_name_the_journal_says_whose(region: Region) -> None:
    """Lists and exports used to leave no line, or one without anybody."""
    visitor, known = region.enter("admin"), people(region)
    silent, shown = [], 0
    for url in addresses(region, "admin"):
        before = region.database.read(last)
        page = words_in(visitor.get(url))
        there = {number for name, number in known.items() if name in page}
        shown += bool(there)
        if not there <= region.database.read(told_since, entry_id=before):
            silent.append(url)
    assert not silent, "\n".join(silent)
    assert shown >= 20, "names must have been shown, or the test proves nothing"


def test_whose_data_an_account_saw_since_a_moment(region: Region, clock: FrozenClock) -> None:
    visitor, known = region.enter("town"), people(region)
    actor = staff_actor(region.own.staff)
    visitor.get("/people/")
    clock.moment += timedelta(hours=1)
    since = clock.now()
    visitor.get(f"/people/{region.own.has.other}")
    later = region.database.read(staff_queries.seen, actor=actor, since=since, limit=10)
    total = region.database.read(staff_queries.seen_count, actor=actor, since=since)
    assert {row.person_id for row in later} >= {region.own.has.other} and total == len(later)
    ever = region.database.read(staff_queries.seen, actor=actor, since=None, limit=10)
    own = {number for name, number in known.items() if OWN_WORD in name}
    assert {row.person_id for row in ever} == own
    page = region.enter("admin").text(f"/audit/seen?actor={actor}")
    assert f"{OWN_WORD} Анна" in page and f"{WORD} Анна" not in page


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whose_data_were_seen_is_found_by_indexes(region: Region) -> None:
    """The journal only grows: neither question may walk through it."""
    asked = {
        "SELECT s.person_id FROM audit_entry e JOIN audit_subject s ON s.entry_id = e.id"
        " WHERE e.actor = 'staff:1' AND e.at >= '2026-01-01'": ("ix_audit_entry_actor_at", "audit_subject"),
        "SELECT entry_id FROM audit_subject WHERE person_id = 7": ("ix_audit_subject_person_id_entry_id",),
    }
    with region.database.engine.connect() as connection:
        for query, indexes in asked.items():
            plan = " ".join(row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}")))
            assert "SCAN" not in plan and all(index in plan for index in indexes), plan


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_reader_learns_no_name_anywhere(region: Region) -> None:
    """«Only reading» is not harmless: a reader gets reports, and lists without names."""
    visitor = region.enter("reader")
    named = []
    for url in addresses(region, "reader"):
        answer = visitor.get(url)
        page = words_in(answer)
        named += [f"{url}: {name}" for name in people(region) if name in page]
    assert not named, "\n".join(named)
    has = region.own.has
    for card in (f"/people/{has.person}", f"/applications/{has.sent}", f"/mentoring/{has.pair}"):
        assert visitor.get(card).status_code == 403, card
    assert visitor.get(f"/events/{has.events[0]}/list.xlsx").status_code == 403
    assert visitor.get("/people/").status_code == 200


def test_a_reader_cannot_ask_for_a_name_either(region: Region) -> None:
    """A list that only grows shorter when the name fits would be a way to ask."""
    visitor = region.enter("reader")
    for page in ("/people/", "/applications/", "/mentoring/"):
        everybody = visitor.text(page).count("<tr>")
        assert visitor.text(f"{page}?q=Нетникого").count("<tr>") == everybody > 1, page


def test_a_reader_cannot_ask_for_what_a_list_hides(region: Region, database: Database) -> None:
    """Who holds an application was hidden in the list, and told by its filter; the direction stood there by itself."""

    def give(session: Session) -> int:
        row = session.get_one(Application, region.own.has.sent)
        row.assigned_to, row.direction_id = region.own.staff, session.scalar(DIRECTION)
        return row.direction_id or 0

    direction = database.write(give)
    reader, chief = region.enter("reader"), region.enter("admin")
    everything, shown = reader.text("/applications/").count("<tr>"), chief.text("/applications/").count("<tr>")
    for asked in (f"assigned={region.own.staff}", "assigned=none", f"direction={direction}", "municipality=1"):
        assert reader.text(f"/applications/?{asked}").count("<tr>") == everything, asked
    assert chief.text(f"/applications/?direction={direction}").count("<tr>") < shown, "or the test proves nothing"
    name = database.read(lambda session: session.get_one(Term, direction).name)
    assert name in chief.text("/applications/") and name not in reader.text("/applications/")


def test_a_reader_gets_numbers_of_people_and_not_a_line_each(region: Region, database: Database) -> None:
    """A place, a position and a role in one line: in a village that is a name."""
    position = database.read(lambda session: session.get_one(Person, region.own.has.person).position)
    place = database.read(lambda session: session.get_one(Municipality, region.own.place).name)
    everything = region.enter("reader").text("/people/")
    assert place in everything and position is not None and position.name not in everything
    for asked in (f"municipality={region.own.place}", "role=mentor", f"q={OWN_WORD}", "page=2"):
        assert region.enter("reader").text(f"/people/?{asked}").count("<tr>") == everything.count("<tr>"), asked


def test_a_reader_is_not_shown_what_people_typed_as_their_school(region: Region) -> None:
    """Until somebody confirms it, it may be anything: a surname, a telephone."""
    typed = f"Школа {OWN_WORD}"
    for page in ("/settings/organisations/", "/settings/organisations/?unconfirmed=1", f"/search?find={OWN_WORD}"):
        assert typed in region.enter("admin").text(page), page
        assert typed not in region.enter("reader").text(page), page


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_whoever_asks_for_one_persons_lines_does_not_walk_the_whole_journal(database: Database) -> None:
    """An OR over two tables read every line: 9.8 ms of 100,000, and 0.3 ms by the two indexes."""
    statement = select(AuditEntry).where(staff_queries.about(77)).order_by(AuditEntry.at.desc()).limit(20)

    def plan(session: Session) -> str:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        asked = statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        return "\n".join(session.scalars(text(f"EXPLAIN {asked}")))

    told = database.read(plan)
    assert "ix_audit_entry_subject_person_id_at" in told and "ix_audit_subject_person_id_entry_id" in told
