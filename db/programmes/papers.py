"""What papers say of a person's internships: programmes that were gone through at a site, with hours and the paper."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.events.models import Certificate, Event, EventStatus, Registration
from db.events.queries import was_there
from db.papers import PaperKind, PaperLine, PaperReader
from db.programmes.models import Programme, ProgrammeRun
from db.sites.models import Site


def lines(session: Session, caller: Caller, *, person_id: int, reader: PaperReader) -> Iterator[PaperLine]:
    """Lists the groups in which all that is asked was attended."""
    rows = session.execute(
        select(Event, Programme, Site.title, Certificate.number)
        .join(ProgrammeRun, ProgrammeRun.event_id == Event.id)
        .join(Programme, Programme.id == ProgrammeRun.programme_id)
        .join(Site, Site.id == ProgrammeRun.site_id)
        .join(Registration, Registration.event_id == Event.id)
        .outerjoin(Certificate, Certificate.registration_id == Registration.id)
        .where(
            Registration.person_id == person_id,
            was_there(caller),
            Event.status == EventStatus.PUBLISHED,
        )
        .order_by(Event.ends_at, Event.id)
    )
    for event, programme, site, number in rows:
        yield PaperLine(
            PaperKind.INTERNSHIP,
            event.ends_at,
            programme.title,
            note=site,
            number=number or "",
            payload=f"ev_{event.code}",
            hours=event.hours or programme.hours or None,
        )
