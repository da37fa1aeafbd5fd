"""What papers say of a person's events: where one came, what one led, what one wrote about it."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.dictionaries.models import Term
from db.events.models import Certificate, Event, EventHost, EventStatus, Registration
from db.events.queries import was_there
from db.papers import PaperKind, PaperLine, PaperReader


def lines(session: Session, caller: Caller, *, person_id: int, reader: PaperReader) -> Iterator[PaperLine]:
    """Lists attended events, those that the person had a part in once they are over, and the own words about them."""
    came = session.execute(
        select(Registration, Event, Certificate.number, Term.name)
        .join(Event, Event.id == Registration.event_id)
        .outerjoin(Certificate, Certificate.registration_id == Registration.id)
        .outerjoin(Term, Term.id == Registration.result_id)
        .where(
            Registration.person_id == person_id,
            was_there(caller),
            Event.status == EventStatus.PUBLISHED,
        )
        .order_by(Event.starts_at, Event.id)
    )
    for place, event, number, result in came:
        yield PaperLine(
            PaperKind.EVENT,
            event.starts_at,
            event.title,
            note=", ".join(one for one in (result, event.organiser) if one),
            number=number or "",
            payload=f"ev_{event.code}",
            hours=event.hours,
            components=tuple(sorted(one.component for one in event.components)),
        )
        if place.comment and place.feedback_at and reader is PaperReader.OWNER:
            yield PaperLine(
                PaperKind.WORD, place.feedback_at, event.title, note=place.comment, payload=f"ev_{event.code}"
            )
    led = session.execute(
        select(Event, EventHost.role)
        .join(EventHost, EventHost.event_id == Event.id)
        .where(EventHost.person_id == person_id, Event.status == EventStatus.PUBLISHED, Event.ends_at <= caller.now)
        .order_by(Event.starts_at, Event.id)
    )
    for event, role in led:
        yield PaperLine(
            PaperKind.HOSTED,
            event.starts_at,
            event.title,
            note=event.organiser or "",
            role=role.value,
            payload=f"ev_{event.code}",
            components=tuple(sorted(one.component for one in event.components)),
        )
