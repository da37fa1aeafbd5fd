"""The demo: its past is played by all rules, its tables are the recipe's exactly, and it is the same every time."""

import hashlib
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import check
from db.accounts import services
from db.accounts.models import Staff
from db.applications.models import Application, ApplicationStatus, Campaign, Decision, Document, Verdict
from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from db.demo import fill
from db.demo.world import World
from db.diagnostics.models import Attempt
from db.dictionaries.models import Municipality, Term
from db.dictionaries.rules import Rules
from db.events.models import Certificate, Event, Registration, RegistrationStatus
from db.inspection import judge
from db.mentoring.models import Meeting, MeetingStatus, Pair
from db.notices.models import Notice, NoticeStatus
from db.packs import load_pack
from db.people.models import Consent, Person, Role, RoleGrant
from db.people.queries import visitor
from db.storage import Storage
from tests.support.demo import demo_copy
from tests.support.town import person_of

PACK = load_pack("chelyabinsk")
RECIPE = PACK.section("demo")
PAST = RECIPE["campaign_2023"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the demo's database and documents are: not where the fixture `database` keeps its own."""
    made = tmp_path / "demo"
    made.mkdir()
    return made


@pytest.fixture
def demo(folder: Path) -> Any:
    database = Database.connect(demo_copy(folder))
    yield database
    database.close()


def rows(database: Database, query: Any) -> list[Any]:
    return database.read(lambda session: list(session.execute(query)))


def past(column: Any) -> Any:
    return (
        select(column, Application.status, func.count())
        .join(Campaign, Campaign.id == Application.campaign_id)
        .join(Municipality, Municipality.id == Application.municipality_id)
        .join(Term, Term.id == Application.direction_id)
        .where(Campaign.code == "rma-2023")
        .group_by(column, Application.status)
    )


@pytest.mark.parametrize("column, table", [(Municipality.code, "by_municipality"), (Term.code, "by_direction")])
def test_both_tables_of_the_past_campaign_are_exact(demo: Database, column: Any, table: str) -> None:
    found = {(key, status): count for key, status, count in rows(demo, past(column))}
    wanted = {}
    for key, (approved, rejected) in PAST[table].items():
        wanted[str(key), ApplicationStatus.APPROVED] = approved
        wanted[str(key), ApplicationStatus.REJECTED] = rejected
    assert found == wanted
    assert sum(found.values()) == PAST["submitted"] == 629


def test_reasons_of_refusal_are_exact(demo: Database) -> None:
    given = rows(
        demo,
        select(Decision.reasons)
        .join(Application, Application.id == Decision.application_id)
        .join(Campaign, Campaign.id == Application.campaign_id)
        .where(Campaign.code == "rma-2023", Application.status == ApplicationStatus.REJECTED),
    )
    assert Counter(number for (numbers,) in given for number in numbers) == PAST["rejected_by_reason"]


def test_people_live_where_the_recipe_says(demo: Database) -> None:
    found = rows(demo, select(Municipality.code, func.count()).join(Person).group_by(Municipality.code))
    assert dict(tuple(row) for row in found) == RECIPE["people_per_municipality"]
    assert rows(demo, select(func.count(func.distinct(Person.full_name)), func.count()))[0][0] == sum(
        RECIPE["people_per_municipality"].values()
    )


def test_the_present_campaign_has_its_queue(demo: Database) -> None:
    found = rows(
        demo,
        select(Application.status, func.count())
        .join(Campaign, Campaign.id == Application.campaign_id)
        .where(Campaign.code == "rma-extra")
        .group_by(Application.status),
    )
    assert {status.value: count for status, count in found} == RECIPE["campaign_current"]["by_status"]
    waiting = rows(
        demo,
        select(Municipality.code).join(Application).where(Application.status == ApplicationStatus.SUBMITTED),
    )
    for account in RECIPE["staff"]:
        assert set(account.get("municipalities", [])) <= {code for (code,) in waiting}, account["login"]


def test_every_promise_of_the_check_holds(demo: Database, folder: Path) -> None:
    assert check.problems(demo.engine, folder) == []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_it_is_made_once_and_the_same_on_both_databases(
    database: Database, demo: Database, folder: Path, clock: FrozenClock, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    assert fill.fill(database, pack=PACK, data_dir=other, now=clock.now())
    assert check.problems(database.engine, other) == []
    before = fingerprint(database)
    assert before == fingerprint(demo), "another making of it, by the other engine"
    for filled, documents in ((database, other), (demo, folder)):
        assert not fill.fill(filled, pack=PACK, data_dir=documents, now=clock.now())
        assert fingerprint(filled) == before


def fingerprint(database: Database) -> dict[str, str]:
    """What people would see, in order; not the secrets, which are new every time."""
    queries: dict[str, Any] = {
        "people": select(Person.full_name, Person.municipality_id, Person.created_at).order_by(Person.id),
        "applications": select(
            Application.number, Application.status, Application.direction_id, Application.submitted_at
        ).order_by(Application.id),
        "documents": select(Document.stored_name, Document.sha256).order_by(Document.id),
        "attempts": select(Attempt.person_id, Attempt.completed_at).order_by(Attempt.id),
        "registrations": select(Registration.person_id, Registration.status, Registration.rating).order_by(
            Registration.id
        ),
    }
    return {
        name: hashlib.sha256("\n".join(map(str, rows(database, query))).encode()).hexdigest()
        for name, query in queries.items()
    }


def test_files_are_what_their_names_say(demo: Database, folder: Path) -> None:
    storage = Storage(folder)
    kinds = Counter()
    judged: dict[str, str] = {}  # by the content: many have the same, and each is looked at by a process of its own
    for name, stored in rows(demo, select(Document.file_name, Document.stored_name)):
        content = hashlib.sha256(storage.path(stored).read_bytes()).hexdigest()
        kind = judged.setdefault(content, "") or judge(storage.path(stored))
        judged[content] = kind
        assert kind == name.rpartition(".")[2]
        kinds[kind] += 1
    assert set(kinds) == {"pdf", "png", "jpg", "docx"}


def test_the_sandboxs_people_are_who_the_page_says(demo: Database) -> None:
    known = {
        item["id"]: demo.read(visitor, platform="telegram", external_id=item["id"]) for item in RECIPE["sandbox_people"]
    }
    assert known[1001] is None, "a newcomer has left nothing here"
    for number in (1002, 1003, 1004, 1005, 1006):
        person = known[number]
        assert person is not None and person.consented and person.profile_saved
    assert known[1003] and known[1003].roles == {Role.MENTOR}
    assert known[1004] and known[1004].roles == {Role.ACTIVE_MEMBER}
    assert known[1006] and known[1006].staff_id is not None


def test_the_stories_are_told(demo: Database) -> None:
    returned = rows(
        demo,
        select(Application.status, Decision.comment)
        .join(Person, Person.id == Application.person_id)
        .join(Decision, Decision.application_id == Application.id)
        .where(Person.id == demo.read(person_of, external_id=1002)),
    )
    assert [status for status, _ in returned] == [ApplicationStatus.RETURNED]
    waiting_application = rows(
        demo,
        select(Application.status, Application.assigned_to).where(
            Application.person_id == demo.read(person_of, external_id=1003)
        ),
    )
    assert [tuple(row) for row in waiting_application] == [(ApplicationStatus.SUBMITTED, None)], (
        "nobody of the chat page heard of a decision: of the waiting applications none was of theirs"
    )
    approved = rows(
        demo,
        select(Term.code, Municipality.code)
        .join(Application, Application.direction_id == Term.id)
        .join(Municipality, Municipality.id == Application.municipality_id)
        .join(Person, Person.id == Application.person_id)
        .where(Person.id == demo.read(person_of, external_id=1004)),
    )
    assert [tuple(row) for row in approved] == [("11", "magnitogorsky-go")]
    waiting = rows(
        demo,
        select(Event.code)
        .join(Registration)
        .join(Person, Person.id == Registration.person_id)
        .where(Person.id == demo.read(person_of, external_id=1005), Registration.status == RegistrationStatus.WAITING),
    )
    assert [code for (code,) in waiting] == ["trudny-razgovor"]
    assert rows(demo, select(func.count(Pair.id)))[0][0] == 4
    assert rows(demo, select(func.count(Meeting.id)).where(Meeting.status == MeetingStatus.PLANNED))[0][0] == 1
    assert rows(demo, select(func.count(Certificate.id)))[0][0] > 20


def test_active_members_are_those_who_were_approved(demo: Database) -> None:
    granted = rows(demo, select(RoleGrant.person_id).where(RoleGrant.role == Role.ACTIVE_MEMBER))
    approved = rows(demo, select(Application.person_id).where(Application.status == ApplicationStatus.APPROVED))
    assert {number for (number,) in granted} == {number for (number,) in approved}
    assert len(granted) == 458 + 8


def test_everybody_agreed_before_anything_was_stored(demo: Database) -> None:
    late = rows(
        demo,
        select(Person.id).join(Consent).where(Consent.given_at > Person.created_at),
    )
    assert late == []
    for moment, person in (
        (Application.created_at, Application.person_id),
        (Attempt.started_at, Attempt.person_id),
        (Registration.registered_at, Registration.person_id),
        (Pair.started_at, Pair.mentee_id),
        (RoleGrant.granted_at, RoleGrant.person_id),
    ):
        query = select(func.count()).select_from(Person).join_from(Person, person.class_, person == Person.id)
        assert rows(demo, query.where(moment < Person.created_at))[0][0] == 0, moment


def test_what_methodists_did_is_in_the_journal(demo: Database) -> None:
    written = Counter(action for (action,) in rows(demo, select(AuditEntry.action)))
    decided = rows(demo, select(func.count(Decision.id)))[0][0]
    verdicts = sum(written[f"applications.{verdict.value}"] for verdict in Verdict)
    assert verdicts == decided > 0
    assert written["events.create"] == written["events.publish"] == rows(demo, select(func.count(Event.id)))[0][0]
    assert written["mentoring.create_pair"] == rows(demo, select(func.count(Pair.id)))[0][0]
    assert written["broadcasts.start"] == 1
    assert written["diagnostics.opened"] > 10


def test_nobody_hears_now_of_what_was_said_then(demo: Database, clock: FrozenClock) -> None:
    late = select(Notice.kind, Notice.status).where(Notice.status.in_((NoticeStatus.PENDING, NoticeStatus.DEAD)))
    assert rows(demo, late) == []
    told = rows(demo, select(Notice.kind).where(Notice.status == NoticeStatus.SENT, Notice.sent_at < clock.now()))
    assert {kind for (kind,) in told} >= {"applications.decided", "mentoring.planned", "broadcasts.said"}


@pytest.mark.parametrize("today", [date(2026, 3, 2), date(2026, 11, 28), date(2026, 12, 31), date(2027, 1, 9)])
def test_nothing_is_held_on_sundays_and_at_new_year(today: date) -> None:
    world = World(Session(), PACK, datetime.combine(today, time(12), PACK.zone), Path(), "")
    world.rules = Rules.parse(PACK.about.rules)
    starts = [item["starts_in_days"] for item in PACK.section("events")["events"]]
    days = [today + timedelta(days=world.working(start)) for start in starts]
    assert not [day for day in days if day.isoweekday() == 7 or (day.month == 1 and day.day <= 8)]
    assert [day < today for day in days] == [start < 0 for start in starts], "what has been stays behind"


def test_the_printed_login_opens_the_panel(demo: Database) -> None:
    opened = demo.read(services.authenticate, login=fill.DEMO_LOGIN, password=fill.DEMO_PASSWORD)
    assert opened is not None
    assert rows(demo, select(Staff.login).where(Staff.id == opened.staff_id))[0][0] == fill.DEMO_LOGIN
