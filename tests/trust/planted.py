"""Somebody with something of every noun, and a word that nobody else may ever see."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

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
from db.diagnostics import services as diagnostics
from db.dictionaries.models import Organisation
from db.events.models import Certificate, Event, EventStatus, Registration, RegistrationStatus
from db.imports.models import ImportKind, Upload
from db.mentoring.models import Meeting, MeetingStatus, Pair
from db.notices.models import Notice, NoticeStatus
from db.people.models import Claim, Person, Role
from tests.events.support import make_event
from tests.support import callers
from tests.support.town import add_teacher

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
    events: tuple[int, int]
    registrations: tuple[int, int]
    pair: int
    meetings: tuple[int, int]
    notice: int
    claim: int
    upload: int
    certificate: str
    stored: tuple[str, ...]

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
        roles=[Role.MENTOR],
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
    session.add_all([notice, claim, upload])
    session.flush()
    return Planted(
        person=person,
        other=other,
        organisation=organisation.id,
        attempts=(finished, opened),
        applications=sent,
        documents=documents,
        decision=decision,
        events=events,
        registrations=registrations,
        pair=pair.id,
        meetings=(meetings[0].id, meetings[1].id),
        notice=notice.id,
        claim=claim.id,
        upload=upload.id,
        certificate=number,
        stored=stored,
    )


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
