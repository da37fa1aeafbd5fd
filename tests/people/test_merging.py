"""Two rows of one person become one: no row of any table is lost, and nobody gets what is not theirs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from db import erasure, merging
from db.accounts.models import Staff
from db.accounts.staff_queries import scope_of
from db.applications.models import Application, ApplicationStatus
from db.audit.models import AuditEntry
from db.base import Base
from db.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastStatus
from db.calendar.models import CalendarFeed
from db.clock import FrozenClock
from db.database import Database
from db.diagnostics.models import Attempt, AttemptStatus, ComponentScore, Instrument, InstrumentKind
from db.dictionaries.models import Term, TermKind
from db.documents import scans
from db.errors import DomainError, NotFoundError
from db.events.models import (
    DigitsTry,
    Event,
    EventHost,
    EventQuestion,
    HostRole,
    Registration,
    RegistrationStatus,
)
from db.mentoring.models import Mentor, MentorDirection, MentorStrength, MentorWish, Pair, PairStatus
from db.motions.models import FigureSource, Motion
from db.notices.models import Notice, NoticeStatus
from db.people.models import Claim, Consent, Invitation, MessengerAccount, Person, Role, RoleGrant
from db.plans.models import PlanLine, PlanResponsible
from db.products.models import Product, ProductAuthor
from db.requests.models import HelpFile, HelpRequest, HelpTurn, RequestStatus
from db.routes.models import Route
from db.schema import metadata
from db.scope import StaffRole
from db.sites.models import SiteMaster
from db.storage import StoredFile
from db.ties.models import Tie, TieKind
from db.uploads.models import UploadLink
from tests.commission.support import declared
from tests.diagnostics.walking import complete
from tests.practices.support import of_others
from tests.support import callers
from tests.support.panel import add_staff
from tests.support.town import add_teacher, on_paper_only
from tests.trust.planted import Planted, plant

HOME, FOREIGN = "chelyabinsky-go", "varnensky-mr"


def keys() -> list[tuple[str, str]]:
    """Every column of the database that points at a person: a table of tomorrow is among them."""
    return sorted(
        (table.name, key.parent.name)
        for table in metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "person"
    )


def rows(session: Session) -> dict[str, int]:
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in metadata.sorted_tables
        if table.name not in ("audit_entry", "audit_subject", "notice", "person_merge")
    }


def of(session: Session, number: int) -> set[tuple[str, str]]:
    """The columns in which somebody stands."""
    return {
        (name, column)
        for name, column in keys()
        if session.scalar(
            select(Base.metadata.tables[name].c[column]).where(Base.metadata.tables[name].c[column] == number).limit(1)
        )
    }


def everything(session: Session, *, now: Any, first: int, staff: int, municipality: str = HOME) -> Planted:
    """Somebody who stands in every column that points at a person."""
    has = plant(session, first=first, municipality=municipality, now=now)
    link = {"application_id": has.applications[0], "criterion": 1, "created_at": now, "expires_at": now}
    session.add(UploadLink(person_id=has.person, token_hash=str(first).rjust(64, "f"), **link))
    broadcast = Broadcast(
        text="Слово",
        status=BroadcastStatus.DONE,
        created_by=staff,
        created_at=now,
        confirmed=1,
        up_to=9,
        started_at=now,
        ended_at=now,
    )
    old = Person(created_at=now, erased_at=now, merged_into_id=has.person)
    product = Product(code=f"product-{first}", title="Сборник")
    session.add_all(
        [broadcast, old, product, Pair(mentor_id=has.other, mentee_id=has.person, started_at=now, last_contact_at=now)]
    )
    session.flush()
    session.add_all(
        [
            BroadcastRecipient(broadcast_id=broadcast.id, person_id=has.person, notice_id=has.notice),
            ProductAuthor(product_id=product.id, person_id=has.person),
            PlanResponsible(line_id=session.scalars(select(PlanLine.id)).first(), person_id=has.person),
            Route(person_id=has.person, started_at=now),
            SiteMaster(site_id=has.run_site, person_id=has.person),
            CalendarFeed(person_id=has.person, secret=f"feed{first}", made_at=now),
            Mentor(person_id=has.person, places=2, declared_at=now),
            MentorStrength(person_id=has.person, component="subject"),
            MentorDirection(
                person_id=has.person,
                direction_id=session.scalars(select(Term.id).where(Term.kind == TermKind.DIRECTION)).first(),
            ),
            MentorWish(person_id=has.person, asked_at=now),
            Tie(
                person_id=has.person,
                name="Близкая Анна",
                key=f"анна близкая {first}",
                kind=TieKind.OTHER,
                declared_at=now,
            ),
            Tie(person_id=has.person, organisation_id=has.organisation, kind=TieKind.RELATIVE, declared_at=now),
            Tie(person_id=has.other, other_id=has.person, kind=TieKind.RELATIVE, declared_at=now),
            Motion(
                proposer_id=has.person,
                group_id=has.group,
                change="Практикум",
                source=FigureSource.GROUP,
                measure="subject",
                figure_name="Предмет",
                asked={},
                word="Средний",
                people=5,
                least=5,
                version=1,
                form="x",
                submitted_at=now,
            ),
            DigitsTry(person_id=has.person, began_at=now, tries=1),
            HelpTurn(request_id=has.request, person_id=has.person, given_at=now, ended_at=now),
            HelpFile(request_id=has.request, person_id=has.person, scan_id=_scan(session, first, now)),
            HelpRequest(
                person_id=has.other,
                assignee_id=has.person,
                component="subject",
                status=RequestStatus.CLOSED,
                created_at=now,
            ),
            EventHost(event_id=has.events[0], person_id=has.person, role=HostRole.SPEAKER),
            EventQuestion(event_id=has.events[0], person_id=has.person, text="Когда?", named=False, asked_at=now),
            Claim(record_id=has.person, person_id=old.id, created_at=now, expires_at=now),
            Invitation(
                token_hash=str(first) * 8,
                role=Role.MENTOR,
                created_by=staff,
                expires_at=now,
                used_by=has.person,
                used_at=now,
            ),
        ]
    )
    session.add_all(of_others(session, has.person, has.other, now))
    declared(session, person_id=has.person, staff_id=staff, now=now)
    session.execute(update(Staff).where(Staff.id == staff).values(person_id=has.person))
    session.flush()
    return has


def _scan(session: Session, first: int, now: Any) -> int:
    stored = StoredFile("план.pdf", f"{first:032}.pdf", "application/pdf", 14, "0" * 64)
    return scans.keep(session, callers.clock(now), stored=stored)


@pytest.fixture
def admin(database: Database, clock: FrozenClock) -> int:
    return database.write(add_staff, login="admin", role=StaffRole.ADMINISTRATOR, now=clock.now())


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refusal:
        work()
    return refusal.value.code


def test_every_column_that_points_at_a_person_is_moved_and_no_row_is_lost(
    database: Database, clock: FrozenClock, admin: int
) -> None:
    now = clock.now()
    own = database.write(add_staff, login="own", role=StaffRole.READER, now=now)
    has = database.write(everything, now=now, first=3001, staff=own)
    later = now + timedelta(minutes=1)  # so that no two consents are one
    kept = database.write(add_teacher, external_id=3009, name="Новая Вера", municipality=HOME, now=later)
    assert database.read(of, has.person) == set(keys()), "whoever is moved stands everywhere"
    before = database.read(rows)
    database.write(merging.join, callers.administrator(now, admin), kept_id=kept, gone_id=has.person)
    assert database.read(of, has.person) == set()
    assert database.read(of, kept) >= set(keys())
    assert database.read(rows) == before
    gone = database.read(lambda session: session.get_one(Person, has.person))
    assert (gone.full_name, gone.organisation_id, gone.merged_into_id) == (None, None, kept)
    entry = database.read(
        lambda session: session.scalars(select(AuditEntry).where(AuditEntry.action == "people.merge")).one()
    )
    assert (entry.object_id, entry.subject_person_id) == (has.person, kept)


def test_of_two_who_have_the_same_the_better_is_theirs_and_the_other_stays_under_the_former_number(
    database: Database, clock: FrozenClock, admin: int
) -> None:
    """Both at one event, in one selection, amid a self-diagnosis, with one mentor, under one consent."""
    now = clock.now()
    one = database.write(plant, first=3001, municipality=HOME, now=now)
    kept = database.write(add_teacher, external_id=3009, name="Вера", municipality=HOME, now=now, roles=[Role.MENTOR])

    def same(session: Session) -> None:
        for event_id, status in zip(
            one.events, (RegistrationStatus.WAITING, RegistrationStatus.CANCELLED), strict=True
        ):
            place = {"event_id": event_id, "person_id": kept, "sequence": 9, "registered_at": now}
            session.add(Registration(status=status, **place))
        campaign = session.get_one(Application, one.applications[2]).campaign_id
        session.add(
            Application(
                campaign_id=campaign, person_id=kept, status=ApplicationStatus.DRAFT, created_at=now, revision=1
            )
        )
        open_ = session.get_one(Attempt, one.attempts[1])
        version = {"version_id": open_.version_id, "instrument_id": open_.instrument_id}
        session.add(Attempt(person_id=kept, started_at=now, **version))
        session.add(Pair(mentor_id=kept, mentee_id=one.other, started_at=now, last_contact_at=now))

    database.write(same)
    before = database.read(rows)
    database.write(merging.join, callers.administrator(now, admin), kept_id=kept, gone_id=one.person)
    assert database.read(rows) == before

    def mine(session: Session) -> tuple[Any, ...]:
        places = select(Registration.event_id, Registration.status).where(Registration.person_id == kept)
        events = dict(session.execute(places.where(Registration.event_id.in_(one.events))).all())  # type: ignore[arg-type]
        event = session.get_one(Event, one.events[0])
        opened = (
            select(Attempt.person_id)
            .join(Instrument)
            .where(Attempt.status == AttemptStatus.IN_PROGRESS, Instrument.kind == InstrumentKind.DIAGNOSIS)
            .order_by(Attempt.person_id)
        )
        pairs = select(Pair.status).where(Pair.mentor_id == kept).order_by(Pair.id)
        return (
            [events[number] for number in one.events],
            event.seated,
            session.get_one(Application, one.applications[2]).person_id,
            session.scalars(opened).all(),
            session.scalars(pairs).all(),
            session.scalar(select(func.count()).where(RoleGrant.person_id == kept, RoleGrant.revoked_at.is_(None))),
        )

    places, seated, applicant, opened, pairs, roles = database.read(mine)
    assert places == [RegistrationStatus.SEATED, RegistrationStatus.SEATED] and seated == 1
    assert applicant == kept and opened == sorted([kept, one.person])
    assert sorted(pairs) == [PairStatus.ACTIVE, PairStatus.FINISHED]
    assert roles == 2, "a mentor once, and an active member as the other was"


def test_of_two_results_the_later_is_the_last(database: Database, clock: FrozenClock, admin: int) -> None:
    people = [database.write(add_teacher, external_id=number, name="Вера", now=clock.now()) for number in (1, 2)]
    for number in people:
        complete(database, number, now=clock.now())
        clock.moment += timedelta(days=1)
    database.write(merging.join, callers.administrator(clock.now(), admin), kept_id=people[0], gone_id=people[1])

    def last(session: Session) -> set[int]:
        return set(session.scalars(select(ComponentScore.attempt_id).where(ComponentScore.latest)))

    attempts = database.read(lambda session: session.scalars(select(Attempt.id).order_by(Attempt.completed_at)).all())
    assert database.read(last) == {attempts[1]}


def test_of_two_merges_at_once_the_second_finds_nobody(database: Database, clock: FrozenClock, admin: int) -> None:
    now = clock.now()
    first, second, third = (
        database.write(add_teacher, external_id=number, name="Вера Ким", now=now) for number in (1, 2, 3)
    )

    def merge(pair: tuple[int, int]) -> str:
        try:
            database.write(merging.join, callers.administrator(now, admin), kept_id=pair[0], gone_id=pair[1])
        except NotFoundError:
            return "late"
        return "done"

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(merge, [(first, second), (second, first), (first, second), (second, first)]))
    assert sorted(done) == ["done", "late", "late", "late"]
    left = database.read(lambda session: session.scalars(select(Person.id).where(Person.erased_at.is_(None))).all())
    assert len(left) == 2 and third in left
    accounts = select(func.count()).where(MessengerAccount.person_id.in_(left))
    assert database.read(lambda session: session.scalar(accounts)) == 3, "nobody is unreachable"


def test_an_erasure_reaches_what_stayed_under_the_former_number(
    database: Database, clock: FrozenClock, admin: int
) -> None:
    now = clock.now()
    one = database.write(plant, first=3001, municipality=HOME, now=now)
    kept = database.write(add_teacher, external_id=3009, name="Вера", municipality=HOME, now=now)
    campaign = database.read(lambda session: session.get_one(Application, one.applications[0]).campaign_id)
    sent = {"status": ApplicationStatus.SUBMITTED, "revision": 1, "created_at": now, "submitted_at": now}
    database.write(lambda session: session.add(Application(campaign_id=campaign, person_id=kept, **sent)))
    database.write(merging.join, callers.administrator(now, admin), kept_id=kept, gone_id=one.person)
    exported = database.read(erasure.export, person_id=kept)
    assert len(exported["applications"]) == 4, "the file holds both of one selection"
    database.write(erasure.erase, callers.clock(now), person_id=one.person, requested_by="operator")

    def left(session: Session) -> tuple[Any, ...]:
        words = select(func.count()).where(
            Application.person_id.in_((kept, one.person)), Application.status == ApplicationStatus.WITHDRAWN
        )
        names = select(Person.full_name).where(Person.id.in_((kept, one.person)))
        acts = select(func.count()).where(Base.metadata.tables["erasure"].c.person_id.in_((kept, one.person)))
        return session.scalar(words), session.scalars(names).all(), session.scalar(acts)

    assert database.read(left) == (0, [None, None], 2)
    assert refused(lambda: database.read(erasure.export, person_id=kept)) == "not_found"


def test_a_methodist_merges_a_record_of_the_same_name_in_reach_and_nobody_else(
    database: Database, clock: FrozenClock, admin: int
) -> None:
    now = clock.now()
    town = database.write(add_staff, login="town", role=StaffRole.MUNICIPAL_METHODIST, municipalities=(HOME,), now=now)
    methodist = callers.staff(database.read(lambda session: scope_of(session.get_one(Staff, town))), now)
    here, other_name, foreign, second = (
        database.write(add_teacher, external_id=number, name=name, municipality=place, now=now)
        for number, name, place in (
            (1, "Ким Вера", HOME),
            (2, "Ким Ольга", HOME),
            (3, "Ким Вера", FOREIGN),
            (4, "Ким Вера", HOME),
        )
    )
    for number in (other_name, foreign):
        database.write(on_paper_only, person_id=number)

    def join(gone: int, kept: int = here) -> str:
        return refused(lambda: database.write(merging.join, methodist, kept_id=kept, gone_id=gone))

    assert join(foreign) == "not_found" and join(here) == "not_found" and join(999_999) == "not_found"
    assert join(other_name) == "merge_administrator" and join(second) == "merge_administrator"
    database.write(on_paper_only, person_id=second)
    database.write(lambda session: session.execute(update(Staff).where(Staff.id == admin).values(person_id=second)))
    assert join(second) == "merge_administrator", "an account of the panel would be theirs"
    database.write(lambda session: session.execute(update(Staff).values(person_id=None)))
    database.write(merging.join, methodist, kept_id=here, gone_id=second)
    told = select(Notice.person_id).where(Notice.kind == "people.merged", Notice.status == NoticeStatus.PENDING)
    assert database.read(lambda session: session.scalars(told).all()) == [here]


def test_two_of_one_pair_and_two_accounts_are_not_merged(database: Database, clock: FrozenClock, admin: int) -> None:
    now = clock.now()
    one, two = (database.write(add_teacher, external_id=number, name="Вера Ким", now=now) for number in (1, 2))
    caller = callers.administrator(now, admin)
    reader = database.write(add_staff, login="reader", role=StaffRole.READER, now=now)
    for staff, person in ((admin, one), (reader, two)):
        database.write(
            lambda session, s=staff, p=person: session.execute(update(Staff).where(Staff.id == s).values(person_id=p))
        )  # type: ignore[misc]

    def join() -> str:
        return refused(lambda: database.write(merging.join, caller, kept_id=one, gone_id=two))

    assert join() == "merge_accounts"
    database.write(lambda session: session.execute(update(Staff).where(Staff.id == reader).values(person_id=None)))
    database.write(lambda session: session.add(Pair(mentor_id=one, mentee_id=two, started_at=now, last_contact_at=now)))
    assert join() == "merge_pair"
    database.write(lambda session: session.execute(delete(Consent)))
    database.write(lambda session: session.execute(update(Pair).values(status=PairStatus.FINISHED)))
    database.write(merging.join, caller, kept_id=one, gone_id=two)
