"""A programme of two modules and a group of it, as a methodist opens it."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.events import staff_services as events
from db.presence.models import EventSession
from db.programmes import staff_services
from db.programmes.models import Programme
from db.programmes.staff_services import LessonDraft, ModuleLine, ProgrammeDraft, RunDraft
from db.sites.models import Site
from tests.events.support import REGION
from tests.support import callers

TITLE = "Формирование методических компетенций педагогов"


def make_programme(session: Session, *, now: datetime) -> int:
    """Twelve to eighteen months, eight hours in two modules; returns its id."""
    staff = callers.staff(REGION, now)
    draft = ProgrammeDraft(code="methodical", title=TITLE, about="", months_from=12, months_to=18, active=True)
    programme_id = staff_services.save_programme(session, staff, programme_id=None, draft=draft)
    modules = [ModuleLine(None, "Замысел урока", 4, "methodical"), ModuleLine(None, "Разбор урока", 4, "methodical")]
    staff_services.save_modules(session, staff, programme_id=programme_id, modules=modules)
    return programme_id


def make_run(
    session: Session, *, now: datetime, capacity: int | None = 8, personal: bool = False, days: int = 3
) -> int:
    """A published group with a lesson of each module, a week apart; returns its event's id."""
    staff = callers.staff(REGION, now)
    programme = session.scalars(select(Programme)).first()
    programme_id = programme.id if programme is not None else make_programme(session, now=now)
    site_id = session.scalars(select(Site.id).where(Site.active).order_by(Site.id)).first() or 0
    starts_at = now + timedelta(days=days)
    draft = RunDraft(
        programme_id=programme_id,
        site_id=site_id,
        personal=personal,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=200),
        capacity=capacity,
    )
    event_id = staff_services.open_run(session, staff, draft=draft)
    modules = session.get_one(Programme, programme_id).modules
    for number, module in enumerate(modules):
        begins = starts_at + timedelta(days=7 * number, hours=2)
        lesson = LessonDraft(
            module_id=module.id, starts_at=begins, ends_at=begins + timedelta(hours=3), hours=4, place="Кабинет 5"
        )
        staff_services.add_lesson(session, staff, event_id=event_id, draft=lesson)
    events.publish(session, staff, event_id=event_id)
    return event_id


def lessons(session: Session, *, event_id: int) -> list[EventSession]:
    """A group's lessons in their order."""
    of = select(EventSession).where(EventSession.event_id == event_id)
    return list(session.scalars(of.order_by(EventSession.starts_at)))
