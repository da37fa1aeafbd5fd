"""The end of a consent and of a person's data: nothing personal is left in any noun, file or page of the database."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from bot.people import screens_export
from db import erasure
from db.appeals.models import Appeal
from db.applications.models import (
    Application,
    ApplicationStatus,
    Campaign,
    CriterionAnswer,
    Decision,
    Document,
    Verdict,
)
from db.base import Base
from db.calendar.models import CalendarFeed
from db.clock import FrozenClock
from db.database import Database
from db.diagnostics import services as diagnostics
from db.diagnostics.models import Answer, Attempt
from db.diary.models import DiaryLine
from db.diary.rules import school_year
from db.dictionaries.models import Organisation, Term, TermKind
from db.documents.models import Scan
from db.errors import DomainError, NotFoundError
from db.events.models import Event, EventMode, EventStatus, Registration, RegistrationStatus
from db.expertise.models import ExpertKind, ExpertWork
from db.groups import meetings
from db.groups import services as groups
from db.groups import staff_services as groups_staff
from db.groups.meetings import DecisionDraft, MeetingDraft
from db.inbox import services as inbox
from db.inbox.models import Dialog, IncomingUpdate
from db.inbox.queries import Received
from db.mentoring.models import Meeting, Mentor, MentorWish, Pair, PairStatus
from db.notices import roles as roles_by_hand
from db.notices import services as notices
from db.notices.models import Notice, NoticeStatus
from db.packs import load_pack
from db.people import queries, roles, services
from db.people.models import Consent, Erasure, Person, Role
from db.plans import services as plans
from db.plans.models import PlanLine, PlanResponsible
from db.products.models import Product, ProductAuthor
from db.routes.models import ItemKind, Route, RouteComment, RouteItem, RouteLook, RouteReader, RouteShare
from db.scope import Scope, StaffRole
from db.sites.models import Site, SiteMaster
from db.surveys import services as surveys
from db.surveys.rules import Reply
from db.ties.models import Tie, TieKind
from db.training.models import TrainingRecord, TrainingStatus
from db.uploads.models import UploadLink
from db.workplans import services as workplans
from locales import translator
from tests.commission.support import noted
from tests.groups.conftest import add_kind, make_group
from tests.practices.support import file_of, practice_of
from tests.support import callers
from tests.support.town import add_teacher
from tests.surveys.walking import add_survey

CANARY = "Кварцитова"
ZONE = load_pack("chelyabinsk").zone


@pytest.fixture
def now(clock: FrozenClock) -> datetime:
    return clock.now()


def plant(session: Session, *, now: datetime) -> int:
    """A teacher with the canary in every field that can hold words."""
    person_id = add_teacher(session, external_id=555_000_111, name=f"{CANARY} Вера Ивановна", now=now)
    other = add_teacher(session, external_id=555_000_112, name="Другая Анна Петровна", now=now)
    services.own_organisation(session, callers.person(person_id), name=f"Школа {CANARY}")
    roles.grant(session, callers.clock(now), person_id=person_id, role=Role.MENTOR)
    attempt = diagnostics.start_or_resume(session, callers.person(person_id, now))
    diagnostics.answer(
        session, callers.person(person_id, now), attempt_id=attempt.attempt_id, item=attempt.item.code, value=2
    )
    for number, status in enumerate((ApplicationStatus.SUBMITTED, ApplicationStatus.APPROVED)):
        campaign = session.scalars(select(Campaign).order_by(Campaign.id)).all()[number]
        application = Application(
            campaign_id=campaign.id,
            person_id=person_id,
            status=status,
            created_at=now,
            submitted_at=now,
            direction_remark=CANARY,
        )
        session.add(application)
        session.flush()
        session.add(
            CriterionAnswer(
                application_id=application.id,
                number=1,
                text=CANARY,
                previous_text=CANARY,
                remark=CANARY,
                asked_before=CANARY,
                updated_at=now,
            )
        )
        session.add(
            Document(
                application_id=application.id,
                criterion=1,
                file_name=f"{CANARY}.pdf",
                stored_name=f"{number}" * 32 + ".pdf",
                media_type="application/pdf",
                size=1,
                sha256=f"{number}" * 64,
                uploaded_at=now,
            )
        )
        noted(session, application_id=application.id, note=CANARY, now=now)
        decision = Decision(
            application_id=application.id,
            verdict=Verdict.APPROVE,
            reasons=[],
            comment=CANARY,
            remarks={"1": CANARY},
            decided_at=now,
        )
        session.add(decision)
        session.flush()
        words = {"text": CANARY, "answer": CANARY, "filed_at": now, "due_at": now}
        session.add(Appeal(decision_id=decision.id, application_id=application.id, **words))
        link = {"application_id": application.id, "criterion": 1, "created_at": now, "expires_at": now}
        session.add(UploadLink(person_id=person_id, token_hash=f"{number}" * 64, **link))
    practice = practice_of(session, person_id, now=now, word=CANARY)
    file_of(session, practice, now=now, word=CANARY, stored="d" * 32 + ".pdf")
    event = Event(
        code="canary",
        title="Семинар",
        about="",
        format_id=session.scalars(select(Term.id).where(Term.kind == TermKind.EVENT_FORMAT)).first() or 0,
        mode=EventMode.ONLINE,
        starts_at=now + timedelta(days=3),
        ends_at=now + timedelta(days=3, hours=1),
        capacity=1,
        seated=1,
        status=EventStatus.PUBLISHED,
        check_in_key="t",
        created_at=now,
    )
    session.add(event)
    session.flush()
    session.add(
        Registration(
            event_id=event.id,
            person_id=person_id,
            status=RegistrationStatus.SEATED,
            sequence=1,
            registered_at=now,
            comment=CANARY,
        )
    )
    add_survey(session, now=now)
    survey = surveys.start_or_resume(session, callers.person(person_id, now))
    surveys.reply(
        session,
        callers.person(person_id, now),
        attempt_id=survey.attempt_id,
        question="lacking",
        said=Reply(words=CANARY),
    )
    pair = Pair(mentor_id=person_id, mentee_id=other, goals=CANARY, started_at=now, last_contact_at=now)
    session.add(pair)
    session.flush()
    session.add(Meeting(pair_id=pair.id, planned_at=now + timedelta(days=1), set_at=now, topic=CANARY, outcome=CANARY))
    session.add_all([Mentor(person_id=person_id, declared_at=now), MentorWish(person_id=person_id, asked_at=now)])
    tie = {"name": CANARY, "key": CANARY, "kind": TieKind.OTHER, "declared_at": now}
    session.add_all(
        [
            Tie(person_id=person_id, **tie),
            Tie(person_id=other, other_id=person_id, kind=TieKind.RELATIVE, declared_at=now),
        ]
    )
    line_id = session.scalars(select(PlanLine.id)).first() or 0
    session.add(PlanResponsible(line_id=line_id, person_id=person_id))
    product = Product(code="planted", title="Сборник")
    session.add(product)
    session.flush()
    session.add(ProductAuthor(product_id=product.id, person_id=person_id))
    plans.done(session, callers.person(person_id, now), line_id=line_id, slot=0)
    plans.say(session, callers.person(person_id, now), line_id=line_id, slot=0, word=CANARY)
    route = Route(person_id=person_id, started_at=now)
    session.add_all([route, CalendarFeed(person_id=person_id, secret="0" * 43, made_at=now)])
    session.flush()
    learned = {"kind": ItemKind.EVENT, "event_id": event.id, "text": CANARY, "word": CANARY, "taken_at": now}
    session.add(RouteItem(route_id=route.id, **learned))
    _commented(session, person_id, route, now)
    _decided(session, person_id, now)
    _learned(session, person_id, now)
    notices.enqueue(
        session, callers.clock(now), key="k1", person_id=person_id, kind="people.test", params={"x": CANARY}
    )
    inbox.save_dialog(session, key="telegram:1:555000111:555000111", state="s", data={"typed": CANARY}, now=now)
    inbox.receive(session, platform="telegram", updates=[Received(1, 555_000_111, CANARY)], now=now)
    inbox.quarantine(session, platform="telegram", update_id=1, now=now)
    return person_id


def _commented(session: Session, person_id: int, own: Route, now: datetime) -> None:
    """Methodists have said something of the person's route, and the person of another's, as a mentor."""
    person = Person(created_at=now)
    session.add(person)
    session.flush()
    route = Route(person_id=person.id, started_at=now)
    session.add(route)
    session.flush()
    shares = [
        RouteShare(route_id=own.id, reader=RouteReader.METHODIST, opened_at=now),
        RouteShare(route_id=route.id, reader=RouteReader.MENTOR, reader_id=person_id, opened_at=now),
    ]
    session.add_all(shares)
    session.flush()
    for share, actor in zip(shares, ("staff:1", f"person:{person_id}"), strict=True):
        session.add(RouteLook(share_id=share.id, looked_by=actor, looked_at=now))
        session.add(RouteComment(share_id=share.id, written_by=actor, text=CANARY, written_at=now))


def words(session: Session) -> str:
    """Every value of every table."""
    return "\n".join(str(tuple(row)) for table in Base.metadata.sorted_tables for row in session.execute(select(table)))


def _learned(session: Session, person_id: int, now: datetime) -> None:
    """The person teaches at a site and told of a course with a file."""
    scan = Scan(
        file_name=f"{CANARY}.pdf",
        stored_name="c" * 32 + ".pdf",
        media_type="application/pdf",
        size=1,
        sha256="c" * 64,
        uploaded_at=now,
    )
    site = session.scalars(select(Site.id).order_by(Site.id)).first() or 0
    session.add_all([scan, SiteMaster(site_id=site, person_id=person_id)])
    session.flush()
    kind = session.scalars(select(ExpertKind.id)).first()
    activity = session.scalars(select(Term.id).where(Term.kind == TermKind.ACTIVITY)).first()
    day = now.date()
    session.add_all(
        [
            ExpertWork(person_id=person_id, kind_id=kind, title=CANARY, starts_on=day, ends_on=day, created_at=now),
            DiaryLine(person_id=person_id, activity_id=activity, day=day, text=CANARY, written_at=now),
        ]
    )
    session.add(
        TrainingRecord(
            person_id=person_id,
            status=TrainingStatus.SENT,
            title=CANARY,
            organisation=CANARY,
            document=CANARY,
            remark=CANARY,
            scan_id=scan.id,
            created_at=now,
        )
    )


def _decided(session: Session, person_id: int, now: datetime) -> None:
    """The person heads a group, and has done in a word what it decided."""
    kind = add_kind(session, "erased")
    group = make_group(session, now=now, kind_id=kind, name="Совет")
    groups_staff.name_head(session, callers.administrator(now), group_id=group, person_id=person_id)
    draft = MeetingDraft(at=now - timedelta(days=1), place="", link="", agenda="")
    meeting = meetings.save_meeting(session, callers.administrator(now), meeting_id=None, group_id=group, draft=draft)
    came = frozenset({person_id})
    meetings.write_minutes(
        session, callers.administrator(now), meeting_id=meeting, number="1", minutes="Слушали.", came=came
    )
    said = DecisionDraft(text="Сделать дело", responsible_id=person_id, due_on=None)
    decision = meetings.add_decision(session, callers.administrator(now), meeting_id=meeting, draft=said)
    groups.done(session, callers.person(person_id, now), decision_id=decision)
    groups.say(session, callers.person(person_id, now), decision_id=decision, word=CANARY)
    own = callers.person(person_id, now)
    line = workplans.add(session, own, group_id=group, year=school_year(now.date()), text="Открытые уроки")
    workplans.done(session, own, line_id=line, slot=0)
    workplans.say(session, own, line_id=line, slot=0, word=CANARY)


def test_after_an_erasure_the_planted_word_is_nowhere(database: Database, database_url: str, now: datetime) -> None:
    person_id = database.write(plant, now=now)
    assert database.read(words).count(CANARY) >= 12
    names = database.write(erasure.erase, callers.clock(now), person_id=person_id, requested_by="person")
    assert sorted(name[0] for name in names) == ["0", "1", "c", "d"]
    left = database.read(words)
    assert CANARY not in left
    assert "555000111" not in left
    database.scrub()
    if database_url.startswith("sqlite"):
        path = Path(str(make_url(database_url).database))
        for file in path.parent.glob(f"{path.name}*"):
            assert CANARY.encode() not in file.read_bytes(), file.name


def test_what_must_stay_stays_without_a_name(database: Database, now: datetime) -> None:
    person_id = database.write(plant, now=now)
    database.write(erasure.erase, callers.clock(now), person_id=person_id, requested_by="person")

    def look(session: Session) -> None:
        person = session.get_one(Person, person_id)
        assert (person.full_name, person.erased_at) == (None, now)
        assert queries.addresses(session, person_id=person_id) == []
        assert session.scalars(select(Application.status)).all() == [ApplicationStatus.APPROVED]
        assert session.scalar(select(func.count()).select_from(Consent).where(Consent.person_id == person_id))
        act = session.scalars(select(Erasure)).one()
        assert (act.person_id, act.done_at, act.requested_by) == (person_id, now, "person")
        for table in (Attempt, Answer, CriterionAnswer, Document, Dialog):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table
        assert session.scalars(select(Notice.id).where(Notice.person_id == person_id)).all() == []
        assert session.scalars(select(IncomingUpdate.chat_key)).all() == [0]
        registration = session.scalars(select(Registration)).one()
        assert registration.status is RegistrationStatus.CANCELLED
        assert session.get_one(Event, registration.event_id).seated == 0
        assert session.scalars(select(Pair.status)).one() is PairStatus.FINISHED

    database.read(look)


def test_erasing_twice_is_one_act_and_the_files_wait_until_they_are_gone(database: Database, now: datetime) -> None:
    person_id = database.write(plant, now=now)
    first = database.write(erasure.erase, callers.clock(now), person_id=person_id, requested_by="person")
    again = database.write(
        erasure.erase, callers.clock(now + timedelta(days=1)), person_id=person_id, requested_by="operator"
    )
    assert first == again == database.read(erasure.files_left)
    database.write(erasure.files_deleted, names=first)
    assert database.read(erasure.files_left) == []
    assert database.read(lambda session: session.scalars(select(Erasure.requested_by)).all()) == ["person"]


def test_nobody_cannot_be_erased(database: Database, now: datetime) -> None:
    with pytest.raises(NotFoundError):
        database.write(erasure.erase, callers.clock(now), person_id=404, requested_by="operator")


def consent_again(session: Session, *, now: datetime) -> int:
    version = queries.consent(session).version
    return services.give_consent(
        session, callers.clock(now), platform="telegram", external_id=555_000_111, version=version, locale="ru"
    )


def test_the_same_messenger_number_may_start_anew(database: Database, now: datetime) -> None:
    person_id = database.write(plant, now=now)
    database.write(erasure.erase, callers.clock(now), person_id=person_id, requested_by="person")
    assert database.read(queries.visitor, platform="telegram", external_id=555_000_111) is None
    anew = database.write(consent_again, now=now)
    assert anew != person_id
    assert database.read(queries.form, callers.person(anew)).field == "full_name"


def test_a_withdrawal_stops_everything_at_once(database: Database, now: datetime) -> None:
    person_id = database.write(plant, now=now)
    until = database.write(erasure.withdraw_consent, callers.person(person_id, now))
    assert now < until <= now + timedelta(hours=24)
    assert database.write(erasure.withdraw_consent, callers.person(person_id, now + timedelta(hours=1))) == until

    def look(session: Session) -> None:
        visitor = queries.visitor(session, platform="telegram", external_id=555_000_111)
        assert visitor is not None
        assert (visitor.consented, visitor.roles) == (False, frozenset())
        own = select(Notice.status).where(Notice.person_id == person_id)
        assert set(session.scalars(own)) == {NoticeStatus.CANCELLED}
        assert set(session.scalars(select(Application.status))) == {
            ApplicationStatus.WITHDRAWN,
            ApplicationStatus.APPROVED,
        }
        assert session.scalars(select(Registration.status)).one() is RegistrationStatus.CANCELLED
        assert session.get_one(Person, person_id).full_name is not None, "nothing is erased yet"
        opened = select(Attempt.id).where(Attempt.shared_with_mentor | Attempt.shared_with_methodist)
        assert session.scalars(opened).all() == [], "results are closed to others"

    database.read(look)
    everything = Scope(staff_id=None, role=StaffRole.ADMINISTRATOR, municipality_ids=None)
    for role in (Role.MENTOR, Role.ACTIVE_MEMBER):
        with pytest.raises(DomainError, match="person_withdrawn"):
            database.write(roles_by_hand.give, callers.staff(everything, now), person_id=person_id, role=role)


def test_the_erasure_follows_within_a_day_unless_consent_comes_back(database: Database, now: datetime) -> None:
    person_id = database.write(plant, now=now)
    until = database.write(erasure.withdraw_consent, callers.person(person_id, now))
    assert database.read(erasure.due, now=until - timedelta(minutes=1)) == []
    assert database.write(erasure.carry_out, callers.clock(until - timedelta(minutes=1)), person_id=person_id) == []
    assert database.read(erasure.due, now=until) == [person_id]
    assert database.write(consent_again, now=until) == person_id
    assert database.read(erasure.due, now=until) == []
    assert database.write(erasure.carry_out, callers.clock(until), person_id=person_id) == []
    assert database.read(queries.profile, callers.person(person_id)).full_name is not None

    database.write(erasure.withdraw_consent, callers.person(person_id, until))
    later = until + timedelta(days=1)
    assert len(database.write(erasure.carry_out, callers.clock(later), person_id=person_id)) == 4
    assert CANARY not in database.read(words)


def test_the_file_holds_everything_and_nobody_elses_name(database: Database, now: datetime) -> None:
    person_id = database.write(plant, now=now)
    found: dict[str, Any] = database.read(erasure.export, person_id=person_id)
    assert str(found).count(CANARY) >= 9
    assert "Другая" not in str(found)
    assert found["applications"][0]["documents"][0]["file_name"] == f"{CANARY}.pdf"
    seen = database.read(erasure.overview, person_id=person_id)
    stored = {name: count for name, count in seen.counts.items() if count and name not in ("notices", "seen")}
    before = {"attempts": 1, "surveys": 1, "registrations": 1, "applications": 2, "documents": 2}
    assert stored == before | {"pairs": 1, "plan_lines": 1, "groups": 1, "group_decisions": 1, "products": 1} | {
        "workplan_done": 1,
        "route_items": 1,
        "route_comments": 1,
        "calendar_feed": 1,
        "site_masters": 1,
        "training": 1,
        "diary": 1,
        "expertise": 1,
        "mentor": 1,
        "mentor_wishes": 1,
        "ties": 1,
        "practices": 1,
        "appeals": 2,
        "upload_links": 2,
    }


def names(value: Any) -> set[str]:
    """Every name of a value in the file."""
    if isinstance(value, list):
        return set().union(*(names(one) for one in value)) if value else set()
    if not isinstance(value, dict):
        return set()
    return set(value) | {inner for one in value.values() for inner in names(one)}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_everything_in_the_file_has_a_name_in_plain_words(database: Database, now: datetime, language: str) -> None:
    person_id = database.write(plant, now=now)
    found: dict[str, Any] = database.read(erasure.export, person_id=person_id)
    t = translator(language)
    assert [name for name in sorted(names(found)) if not t.has(f"people.export.{name}")] == []
    page = screens_export.page(t, found, ZONE, now)
    assert CANARY in page
    assert "people." not in page.replace("people.test", "")


def test_an_organisation_that_others_use_stays(database: Database, now: datetime) -> None:
    person_id = database.write(plant, now=now)
    other = database.read(queries.visitor, platform="telegram", external_id=555_000_112)
    assert other is not None
    database.write(services.own_organisation, callers.person(other.person_id), name=f"Школа {CANARY}")
    database.write(erasure.erase, callers.clock(now), person_id=person_id, requested_by="person")
    kept = database.read(
        lambda session: session.scalars(select(Organisation.name).where(Organisation.confirmed.is_(False))).all()
    )
    assert kept == [f"Школа {CANARY}"]
