"""Somebody with something of every noun, and a word that nobody else may ever see."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.active.models import Membership
from db.appeals.models import Appeal
from db.applications import services as applications
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
from db.commission.models import Commission, CommissionInterest, CommissionMember, MemberSeat, Review, ReviewScore
from db.diagnostics import services as diagnostics
from db.diary.models import DiaryLine
from db.diary.services import recount
from db.dictionaries.models import Organisation, Term, TermKind
from db.events.hosts import CONTEST
from db.events.models import Certificate, Event, EventStatus, Registration, RegistrationStatus
from db.expertise.models import ExpertKind, ExpertWork
from db.groups.models import (
    GroupAttendance,
    GroupDecision,
    GroupKind,
    GroupLevel,
    GroupMeeting,
    GroupMeetingStatus,
    GroupMember,
    GroupResult,
    MethodicalGroup,
)
from db.imports.models import ImportKind, Upload
from db.mentoring.models import Meeting, MeetingStatus, Pair
from db.notices.models import Notice, NoticeStatus
from db.people.models import Claim, Person, PersonMerge, Role
from db.presence.models import EventSession
from db.programmes.models import Programme, ProgrammeLesson, ProgrammeModule, ProgrammeRun
from db.requests.models import HelpMessage, HelpRequest, HelpTurn, KnowledgeLine, RequestStatus, Speaker
from db.scope import StaffRole
from db.sites.models import Site
from db.surveys import services as surveys
from db.surveys.rules import Reply
from db.ties.models import Tie, TieKind
from db.training.models import TrainingRecord, TrainingStatus
from db.workplans.models import WorkplanFulfilment, WorkplanLine
from tests.events.support import make_event
from tests.practices.support import expertise_of
from tests.routes.support import a_group_route, opened_route
from tests.support import callers
from tests.support.town import add_teacher
from tests.surveys.walking import add_survey

WORD = "Кварцитова"
ZONE = ZoneInfo("Asia/Yekaterinburg")


@dataclass(frozen=True, slots=True)
class Planted:
    """Ids of what one person has; `stored` is the name of the document's file."""

    person: int
    other: int
    organisation: int
    attempts: tuple[int, int]
    applications: tuple[int, int, int]
    documents: tuple[int, ...]
    decision: int
    appeal: int
    events: tuple[int, int]
    registrations: tuple[int, int]
    pair: int
    meetings: tuple[int, int]
    notice: int
    claim: int
    merge: int
    upload: int
    survey: int
    certificate: str
    stored: tuple[str, ...]
    group: int
    group_kind: int
    group_member: int
    group_meeting: int
    group_decision: int
    group_result: int
    workplan_line: int
    workplan_mark: int
    programme: int
    module: int
    run: int
    run_site: int
    lesson: int
    training: int
    diary: int
    expert_work: int
    tie: int
    route: int
    membership: int
    request: int
    known: int
    practice: int
    practice_expert: int
    practice_author: int
    practice_file: int
    group_route: int
    group_line: int
    commission: int
    review: int
    interest: int

    @property
    def sent(self) -> int:
        """The application that waits for a decision."""
        return self.applications[1]


def plant(session: Session, *, first: int, municipality: str, now: datetime, word: str = WORD) -> Planted:
    """A teacher and a colleague of one municipality with results, applications, events and a pair.

    `word` in every name and text. Results are opened to nobody; `first` is the external number, and the next one is
    taken too.
    """
    person = add_teacher(
        session,
        external_id=first,
        name=f"{word} Вера Ивановна",
        now=now,
        municipality=municipality,
        roles=[Role.MENTOR, Role.ACTIVE_MEMBER],
    )
    other = add_teacher(session, external_id=first + 1, name=f"{word} Анна", now=now, municipality=municipality)
    place = session.get_one(Person, person).municipality_id or 0
    organisation = Organisation(municipality_id=place, name=f"Школа {word}", confirmed=False)
    session.add(organisation)
    session.flush()
    session.get_one(Person, person).organisation_id = organisation.id
    finished = _attempt(session, person, now - timedelta(days=300), complete=True)
    opened = _attempt(session, person, now, complete=False)
    sent, documents, stored, decision = _applications(session, person, place, now, word)
    events = (
        make_event(
            session,
            now=now,
            municipality=municipality,
            open_to_all=False,
            title=f"Семинар {word}",
            place=f"Кабинет {word}",
            seated=1,
            sequence=1,
        ),
        make_event(
            session,
            now=now,
            days=-3,
            format_id=session.scalars(select(Term.id).where(Term.group == CONTEST)).first(),
            municipality=municipality,
            open_to_all=False,
            title=f"Встреча {word}",
            place=f"Зал {word}",
            seated=1,
            sequence=1,
        ),
    )
    registrations, number = _registrations(session, person, events, place, now, word)
    pair = Pair(mentor_id=person, mentee_id=other, goals=word, started_at=now, last_contact_at=now)
    session.add(pair)
    session.flush()
    meetings = [
        Meeting(pair_id=pair.id, planned_at=now + timedelta(days=1), set_at=now, topic=word),
        Meeting(
            pair_id=pair.id,
            planned_at=now - timedelta(days=1),
            set_at=now - timedelta(days=2),
            topic=word,
            outcome=word,
            status=MeetingStatus.HELD,
            logged_at=now,
        ),
    ]
    session.add_all(meetings)
    notice = Notice(
        key=f"planted:{first}",
        person_id=person,
        kind="mentoring.paired",
        params={"side": "mentor", "name": word},
        status=NoticeStatus.DEAD,
        error="blocked",
        expected=True,
        created_at=now,
        due_at=now,
        attempts=1,
    )
    claim = Claim(record_id=other, person_id=person, created_at=now, expires_at=now + timedelta(days=9))
    upload = Upload(
        kind=ImportKind.PEOPLE,
        title="list.csv",
        created_at=now,
        content={"header": ["full_name"], "rows": [[2, f"{word} Вера Ивановна"]]},
        columns={"full_name": 0},
    )
    merge = PersonMerge(kept_id=person, gone_id=other, merged_at=now, changes={"rows": []}, standing={})
    session.add_all([notice, claim, merge, upload])
    session.flush()
    return Planted(
        person=person,
        other=other,
        organisation=organisation.id,
        attempts=(finished, opened),
        applications=sent,
        documents=documents,
        decision=decision,
        appeal=_appeal(session, decision, now, word),
        events=events,
        registrations=registrations,
        pair=pair.id,
        meetings=(meetings[0].id, meetings[1].id),
        notice=notice.id,
        claim=claim.id,
        merge=merge.id,
        upload=upload.id,
        survey=_survey(session, person, now, word),
        membership=session.scalars(select(Membership.id).where(Membership.person_id == person)).one(),
        diary=_diary(session, person, now, word),
        expert_work=_expert_work(session, person, now, word, first),
        tie=_tie(session, person, now, word),
        certificate=number,
        stored=stored,
        **_group(session, first, person, other, now, word),
        **expertise_of(session, person, other, now=now, word=word, stored=f"{first:032x}.pdf"),
        **_taught(
            session,
            person,
            place=session.get_one(Person, person).municipality_id or 0,
            now=now,
            word=word,
            first=first,
        ),
        **_asked(session, person, other, place, now, word),
        **_commission(session, sent[1], first, now, word),
    )


def _appeal(session: Session, decision: int, now: datetime, word: str) -> int:
    """One that waits for its answer."""
    application = session.get_one(Decision, decision).application_id
    row = Appeal(
        decision_id=decision, application_id=application, text=word, filed_at=now, due_at=now + timedelta(days=5)
    )
    session.add(row)
    session.flush()
    return row.id


def without_commission(session: Session) -> None:
    """Leaves the selection to methodists, who score its applications themselves."""
    for table in (ReviewScore, Review, CommissionInterest, CommissionMember, Commission):
        session.execute(delete(table))


def _commission(session: Session, application_id: int, first: int, now: datetime, word: str) -> dict[str, int]:
    """A reviewer of the selection's commission who has begun a review of the application and declared its author."""
    application = session.get_one(Application, application_id)
    campaign = application.campaign_id
    if session.get(Commission, campaign) is None:
        session.add(Commission(campaign_id=campaign, created_at=now))
        session.flush()
    of_reviewer = {"role": StaffRole.REGIONAL_METHODIST, "created_at": now}
    reviewer = Staff(login=f"reviewer-{first}", name=f"Рецензент {first}", **of_reviewer)
    session.add(reviewer)
    session.flush()
    seat = {"campaign_id": campaign, "staff_id": reviewer.id}
    session.add(CommissionMember(**seat, seat=MemberSeat.MEMBER, joined_at=now))
    session.flush()
    interest = CommissionInterest(**seat, person_id=application.person_id, declared_at=now)
    review = Review(
        application_id=application_id,
        revision=application.sent_revision,
        staff_id=reviewer.id,
        note=word,
        assigned_at=now,
        scores=[ReviewScore(number=1, score=3)],
    )
    session.add_all([interest, review])
    session.flush()
    return {"commission": campaign, "review": review.id, "interest": interest.id}


def _diary(session: Session, person: int, now: datetime, word: str) -> int:
    """A line that was written by hand."""
    kind = session.scalars(select(Term.id).where(Term.kind == TermKind.ACTIVITY).order_by(Term.position)).first()
    line = DiaryLine(person_id=person, activity_id=kind, day=now.date(), text=word, hours=2, written_at=now)
    session.add(line)
    session.flush()
    recount(session, person_id=person)
    return line.id


def _tie(session: Session, person: int, now: datetime, word: str) -> int:
    named: dict[str, Any] = {"name": word, "key": word, "kind": TieKind.RELATIVE}
    row = Tie(person_id=person, declared_at=now, paper_on=now.date(), **named)
    session.add(row)
    session.flush()
    return row.id


def _expert_work(session: Session, person: int, now: datetime, word: str, first: int) -> int:
    """An invitation that waits for its answer."""
    kind = ExpertKind(code=f"kind-{first}", name="вид")
    session.add(kind)
    session.flush()
    day = now.date() + timedelta(days=9)
    row = ExpertWork(person_id=person, kind_id=kind.id, title=word, starts_on=day, ends_on=day, created_at=now)
    session.add(row)
    session.flush()
    return row.id


def _asked(session: Session, person: int, other: int, place: int, now: datetime, word: str) -> dict[str, int]:
    """A request of the person's that the other one has answered, and its answer as everybody is offered it."""
    request = HelpRequest(
        person_id=person,
        municipality_id=place,
        component="subject",
        status=RequestStatus.ANSWERED,
        question=word,
        assignee_id=other,
        created_at=now,
        asked_at=now,
        due_at=now,
        late_at=now,
    )
    session.add(request)
    session.flush()
    line = KnowledgeLine(
        request_id=request.id, component="subject", question="Вопрос", answer="Ответ", helped=0, added_at=now
    )
    said = {"request_id": request.id, "said_at": now, "text": word}
    session.add_all(
        [
            line,
            HelpTurn(request_id=request.id, person_id=other, given_at=now),
            HelpMessage(**said, speaker=Speaker.MEMBER, person_id=other),
            HelpMessage(**said, speaker=Speaker.ASKER, person_id=person),
        ]
    )
    session.flush()
    return {"request": request.id, "known": line.id}


def _group(session: Session, first: int, person: int, other: int, now: datetime, word: str) -> dict[str, int]:
    """A union of the person's school with a meeting of yesterday, which decided something."""
    school = session.get_one(Person, person)
    kind = GroupKind(code=f"kind-{first}", name="вид", level=GroupLevel.ORGANISATION)
    session.add(kind)
    session.flush()
    group = MethodicalGroup(
        kind_id=kind.id,
        name=f"Объединение {word}",
        level=GroupLevel.ORGANISATION,
        organisation_id=school.organisation_id,
        municipality_id=school.municipality_id,
        head_id=person,
        about=word,
        created_at=now,
    )
    session.add(group)
    session.flush()
    members = [GroupMember(group_id=group.id, person_id=one, since=now.date(), asked_at=now) for one in (person, other)]
    meeting = GroupMeeting(
        group_id=group.id,
        planned_at=now - timedelta(days=1),
        place=word,
        agenda=word,
        minutes=word,
        status=GroupMeetingStatus.HELD,
        called_by=f"person:{person}",
        members=2,
        needed=1,
    )
    result = GroupResult(group_id=group.id, year=now.year, text=word)
    session.add_all([*members, meeting, result])
    session.flush()
    session.add_all(GroupAttendance(meeting_id=meeting.id, person_id=one, came=True) for one in (person, other))
    decision = GroupDecision(meeting_id=meeting.id, position=1, text=word, responsible_id=person)
    line = WorkplanLine(group_id=group.id, year=now.year, text=word, term=word)
    session.add_all([decision, line])
    session.flush()
    done: dict[str, Any] = {"done_on": now.date(), "word": word, "noted_at": now, "noted_by": f"person:{person}"}
    mark = WorkplanFulfilment(line_id=line.id, slot=0, **done)
    session.add(mark)
    session.flush()
    return {
        "group": group.id,
        "workplan_line": line.id,
        "workplan_mark": mark.id,
        "group_kind": kind.id,
        "group_member": members[1].id,
        "group_meeting": meeting.id,
        "group_decision": decision.id,
        "group_result": result.id,
        "route": opened_route(session, group, other, now, word),
        **a_group_route(session, group, now, word),
    }


def _taught(session: Session, person: int, *, place: int, now: datetime, word: str, first: int) -> dict[str, int]:
    """A group of a programme with a lesson, and a record of training that waits."""
    programme = Programme(code=f"programme-{first}", title="Программа", months_from=1, months_to=12, hours=10)
    site = Site(
        code=f"of-run-{first}",
        kind="internship",
        title=f"Площадка {word}",
        organisation=word,
        municipality_id=place,
        about=word,
        contact=word,
        how_to_join=word,
        active=True,
    )
    session.add_all([programme, site])
    session.flush()
    module = ProgrammeModule(programme_id=programme.id, position=1, title="Модуль", hours=10)
    event_id = make_event(session, now=now, title=f"Семинар {word}", municipality_id=place)
    event = session.get_one(Event, event_id)
    event.by_parts = True
    lesson = EventSession(
        event_id=event_id, title=word, starts_at=event.starts_at, ends_at=event.ends_at, hours=2, place=word
    )
    record = TrainingRecord(
        person_id=person,
        status=TrainingStatus.SENT,
        title=word,
        organisation=word,
        hours=36,
        document=word,
        issued_on=now.date(),
        of_project=True,
        created_at=now,
        sent_at=now,
    )
    session.add_all(
        [module, lesson, record, ProgrammeRun(event_id=event_id, programme_id=programme.id, site_id=site.id)]
    )
    session.flush()
    session.add(ProgrammeLesson(session_id=lesson.id, module_id=module.id))
    session.flush()
    return {
        "programme": programme.id,
        "module": module.id,
        "run": event_id,
        "run_site": site.id,
        "lesson": lesson.id,
        "training": record.id,
    }


def _attempt(session: Session, person: int, now: datetime, *, complete: bool) -> int:
    step = diagnostics.start_or_resume(session, callers.person(person, now))
    while complete and step.item is not None:
        value = 1 if step.item.need else 2
        step = diagnostics.answer(
            session, callers.person(person, now), attempt_id=step.attempt_id, item=step.item.code, value=value
        )
    if complete:
        diagnostics.finish(session, callers.person(person, now), attempt_id=step.attempt_id)
    return step.attempt_id


def _survey(session: Session, person: int, now: datetime, word: str) -> int:
    """A survey of needs that waits for its last replies, with the word in one of them."""
    add_survey(session, now=now)
    caller = callers.person(person, now)
    step = surveys.start_or_resume(session, caller)
    for question, said in (("forms", Reply(("masters",))), ("lacking", Reply(words=word))):
        surveys.reply(session, caller, attempt_id=step.attempt_id, question=question, said=said)
    return step.attempt_id


def _applications(
    session: Session, person: int, place: int, now: datetime, word: str
) -> tuple[tuple[int, int, int], tuple[int, ...], tuple[str, ...], int]:
    """A draft in the open campaign, and two that were sent: one waits, one is approved."""
    open_one = session.scalars(
        select(Campaign).where(Campaign.opens_at <= now, Campaign.closes_at > now).order_by(Campaign.id)
    ).first()
    if open_one is None:
        raise LookupError("the pack has no campaign that is open at the tests' moment")
    draft = applications.start(session, callers.person(person, now), campaign_id=open_one.id).id
    applications.answer_text(session, callers.person(person, now), application_id=draft, number=1, text=f"Текст {word}")
    others = session.scalars(select(Campaign).where(Campaign.id != open_one.id).order_by(Campaign.id)).all()
    ids, documents, stored = [draft], [], []
    for campaign, status in zip(
        [*others, *_copies(session, open_one, 2 - len(others), word)][:2],
        (ApplicationStatus.SUBMITTED, ApplicationStatus.APPROVED),
        strict=True,
    ):
        application = Application(
            campaign_id=campaign.id,
            person_id=person,
            status=status,
            number=person,
            municipality_id=place,
            created_at=now,
            submitted_at=now,
            decided_at=now if status is ApplicationStatus.APPROVED else None,
        )
        session.add(application)
        session.flush()
        session.add(
            CriterionAnswer(application_id=application.id, number=1, text=word, previous_text=word, updated_at=now)
        )
        ids.append(application.id)
    for application_id in ids[:2]:
        name = f"{person:016x}{application_id:016x}.pdf"
        row = Document(
            application_id=application_id,
            criterion=1,
            file_name=f"{word}.pdf",
            stored_name=name,
            media_type="application/pdf",
            size=9,
            sha256=f"{application_id:064x}",
            uploaded_at=now,
        )
        session.add(row)
        session.flush()
        documents.append(row.id)
        stored.append(name)
    decision = Decision(
        application_id=ids[2], verdict=Verdict.APPROVE, reasons=[], comment=word, remarks={}, decided_at=now
    )
    session.add(decision)
    session.flush()
    return (ids[0], ids[1], ids[2]), tuple(documents), tuple(stored), decision.id


def _copies(session: Session, campaign: Campaign, count: int, word: str) -> Iterator[Campaign]:
    """More campaigns, where the pack has too few."""
    for number in range(count):
        values = {
            column.key: getattr(campaign, column.key)
            for column in inspect(Campaign).column_attrs
            if column.key not in ("id", "code")
        }
        copy = Campaign(**values, code=f"copy-{number}-{len(word)}")
        session.add(copy)
        session.flush()
        yield copy


def _registrations(
    session: Session, person: int, events: tuple[int, int], place: int, now: datetime, word: str
) -> tuple[tuple[int, int], str]:
    rows = [
        Registration(
            event_id=event_id,
            person_id=person,
            status=RegistrationStatus.SEATED,
            sequence=1,
            municipality_id=place,
            registered_at=now,
            seated_at=now,
            comment=word if number else None,
            rating=4 if number else None,
            attended_at=now - timedelta(days=3) if number else None,
        )
        for number, event_id in enumerate(events)
    ]
    session.add_all(rows)
    session.flush()
    number = f"PLANT-{person:04d}"
    session.add(Certificate(number=number, registration_id=rows[1].id, issued_at=now))
    session.flush()
    return (rows[0].id, rows[1].id), number


def hidden_event(session: Session, *, municipality: str, now: datetime, word: str = WORD) -> int:
    """A draft that only its own methodists may know of."""
    return make_event(
        session, now=now, municipality=municipality, title=f"Черновик {word}", place=word, status=EventStatus.DRAFT
    )


def rows_of(session: Session, *, without: frozenset[str] = frozenset()) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Every row of every table by table and key, to compare before and after."""
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name in without:
            continue
        keys = [column.name for column in table.primary_key]
        for row in session.execute(select(table)):
            values: Any = row._mapping
            found[(table.name, *(values[key] for key in keys))] = tuple(map(str, row))
    return found


def changed(before: dict[tuple[Any, ...], tuple[Any, ...]], after: dict[tuple[Any, ...], tuple[Any, ...]]) -> list[str]:
    """What is different for rows that were there before: a line each."""
    return [f"{key}: {row} -> {after.get(key)}" for key, row in before.items() if after.get(key) != row]


__all__ = ["WORD", "Event", "Planted", "changed", "hidden_event", "plant", "rows_of"]
