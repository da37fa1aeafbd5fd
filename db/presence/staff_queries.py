"""Reading the door of one's own event for the panel: its helpers, guests on paper, parts and who sat in each."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.errors import NotFoundError
from db.events.models import Event, EventStatus, Registration
from db.people.models import Person
from db.presence.models import DoorHelper, EventSession, PaperGuest, SessionMark
from db.presence.parts import may_sit


@dataclass(frozen=True, slots=True)
class GuestRow:
    """A guest on paper. `name` is empty when its term is over, `helper` where a methodist wrote it."""

    id: int
    name: str | None
    marked_at: datetime
    helper: str | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A part of an event; `came` are those of the list who sat in it."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    came: int


@dataclass(frozen=True, slots=True)
class DoorPage:
    """The door of one event."""

    event: Event
    helpers: list[DoorHelper]
    guests: list[GuestRow]
    sessions: list[SessionRow]


@dataclass(frozen=True, slots=True)
class Sitter:
    """Somebody who came to the event, and whether to this part of it."""

    registration_id: int
    person_id: int
    name: str | None
    here: bool


def door(session: Session, caller: StaffCaller, *, event_id: int) -> DoorPage:
    """Reads the door of an event within reach. Raises NotFoundError, for a draft too."""
    event = own(session, caller, event_id)
    helpers = session.scalars(select(DoorHelper).where(DoorHelper.event_id == event_id).order_by(DoorHelper.id)).all()
    return DoorPage(event, list(helpers), guests(session, event_id=event_id), sessions(session, event_id=event_id))


def guests(session: Session, *, event_id: int) -> list[GuestRow]:
    """Lists the guests on paper, as they came; whoever asks has looked whose event it is."""
    rows = session.execute(
        select(PaperGuest.id, PaperGuest.name, PaperGuest.marked_at, DoorHelper.label)
        .outerjoin(DoorHelper, DoorHelper.id == PaperGuest.helper_id)
        .where(PaperGuest.event_id == event_id)
        .order_by(PaperGuest.marked_at, PaperGuest.id)
    )
    return [GuestRow(*row) for row in rows]


def sessions(session: Session, *, event_id: int) -> list[SessionRow]:
    """Lists the parts of an event in their order, with how many sat in each."""
    rows = session.execute(
        select(
            EventSession.id,
            EventSession.title,
            EventSession.starts_at,
            EventSession.ends_at,
            func.count(SessionMark.registration_id),
        )
        .outerjoin(SessionMark, SessionMark.session_id == EventSession.id)
        .where(EventSession.event_id == event_id)
        .group_by(EventSession.id, EventSession.title, EventSession.starts_at, EventSession.ends_at)
        .order_by(EventSession.starts_at, EventSession.id)
    )
    return [SessionRow(*row) for row in rows]


def sitters(
    session: Session, caller: StaffCaller, *, event_id: int, session_id: int
) -> tuple[EventSession, list[Sitter]]:
    """Lists who came to the event, with a mark where they sat in this part. Raises NotFoundError."""
    event = own(session, caller, event_id)
    part = session.get(EventSession, session_id)
    if part is None or part.event_id != event_id:
        raise NotFoundError
    rows = session.execute(
        select(Registration.id, Registration.person_id, Person.full_name, SessionMark.session_id)
        .join(Person, Person.id == Registration.person_id)
        .outerjoin(
            SessionMark, (SessionMark.registration_id == Registration.id) & (SessionMark.session_id == session_id)
        )
        .where(Registration.event_id == event_id, may_sit(event))
        .order_by(Person.full_name, Registration.id)
    )
    return part, [Sitter(number, person, name, mark is not None) for number, person, name, mark in rows]


def own(session: Session, caller: StaffCaller, event_id: int) -> Event:
    """Returns an event whose people this account may see. Raises NotFoundError."""
    event = session.get(Event, event_id)
    if event is None or event.status is EventStatus.DRAFT or not caller.scope.sees(event):
        raise NotFoundError
    if not caller.scope.sees_names:
        raise NotFoundError
    return event
