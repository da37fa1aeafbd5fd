"""An event is held by a line of the plan, chosen of those that fit or made of it; the line notes itself in the end."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.database import Database
from db.dictionaries.rules import Rules
from db.errors import ConflictError, NotFoundError
from db.events.models import Event, EventStatus
from db.plans import staff_services as staff
from db.plans import sweeps
from db.plans.models import Period, Plan, PlanEvent, PlanFulfilment, PlanLine, PlanSection, Way
from db.scope import StaffRole
from tests.events.support import make_event
from tests.mentoring.conftest import REGION
from tests.plans.conftest import Enter
from tests.support import callers

NOW = datetime(2023, 10, 10, 5, tzinfo=UTC)
STAFF = callers.staff(REGION, NOW)


def noted(database: Database) -> list[PlanFulfilment]:
    return list(
        database.read(lambda session: session.scalars(select(PlanFulfilment).order_by(PlanFulfilment.id)).all())
    )


def later(database: Database, days: int) -> None:
    database.write(sweeps.settle_events, callers.clock(NOW + timedelta(days=days)), rules=Rules())


def test_the_events_page_offers_the_nearest_lines_and_the_line_notes_itself(enter: Enter) -> None:
    visitor, database = enter("timashevsk", now=NOW)
    event_id = database.write(make_event, now=NOW, days=3, title="Выставка методических материалов")
    assert f"/plan/events/{event_id}" in visitor.text(f"/events/{event_id}")
    page = unescape(visitor.text(f"/plan/events/{event_id}"))
    line = database.read(
        lambda session: session.scalars(select(PlanLine).where(PlanLine.text.startswith("Выставка методических"))).one()
    )
    assert page.index(line.text) == min(page.index(line.text), page.find("По этой строке"))
    visitor.post(f"/plan/events/{event_id}/line", {"line": line.id})
    assert "отметится сама" in visitor.text(f"/plan/events/{event_id}")
    later(database, 2)
    assert noted(database) == []
    for _ in range(2):
        later(database, 4)
    (made,) = noted(database)
    assert (made.line_id, made.way, made.event_id) == (line.id, Way.EVENT, event_id)
    assert "в строке это отмечено" in visitor.text(f"/plan/events/{event_id}")
    visitor.post(f"/plan/events/{event_id}/none", {})
    assert noted(database) == []


def test_a_line_is_made_of_an_event_with_one_tap(enter: Enter) -> None:
    visitor, database = enter("timashevsk", now=NOW)
    event_id = database.write(make_event, now=NOW, days=3, title="Форум новичков")
    part = database.read(lambda session: session.scalar(select(PlanSection.id).where(PlanSection.title == "2023")))
    assert f'<option value="{part}" selected' in visitor.text(f"/plan/events/{event_id}"), "of the event's own year"
    visitor.post(f"/plan/events/{event_id}/new", {"section": part})
    line = database.read(
        lambda session: session.scalars(select(PlanLine).where(PlanLine.text == "Форум новичков")).one()
    )
    assert (line.section_id, line.term, line.starts, line.ends) == (part, "13.10.2023", line.ends, line.starts)
    assert "Форум новичков" in visitor.text("/plan/?q=Форум")
    visitor.post(f"/plan/events/{event_id}/new", {"section": part})
    rows = select(PlanLine).where(PlanLine.text == "Форум новичков")
    assert len(database.read(lambda session: session.scalars(rows).all())) == 1, "an event is held by one line"


def test_only_the_regions_own_see_it(enter: Enter) -> None:
    visitor, database = enter("timashevsk", StaffRole.READER, now=NOW)
    event_id = database.write(make_event, now=NOW, days=3, title="Форум")
    assert visitor.get(f"/plan/events/{event_id}").status_code == 403
    assert "/plan/events/" not in visitor.text(f"/events/{event_id}")


def twice_a_year(session: Session, line_id: int) -> None:
    year = {"starts": datetime(2023, 1, 1).date(), "ends": datetime(2023, 12, 31).date()}
    session.execute(update(Plan).values(year))
    session.execute(update(PlanSection).values(year))
    session.execute(update(PlanLine).where(PlanLine.id == line_id).values(**year, period=Period.YEAR, times=2))


def test_the_slot_is_that_of_the_events_day_and_a_cancelled_event_notes_nothing(database: Database) -> None:
    line_id = database.read(lambda session: session.scalars(select(PlanLine.id).order_by(PlanLine.id)).first()) or 0
    database.write(twice_a_year, line_id)
    off, past, third = (database.write(make_event, now=NOW, days=days, title="Совет") for days in (1, -5, 2))
    database.write(staff.hold_by, STAFF, event_id=off, line_id=line_id)
    database.write(lambda session: session.execute(update(Event).where(Event.id == off).values(status="cancelled")))
    database.write(staff.hold_by, STAFF, event_id=past, line_id=line_id)
    later(database, 3)
    (made,) = noted(database)
    assert (made.event_id, made.slot) == (past, 1), "the half year of its day, not the first that is open"
    database.write(staff.hold_by, STAFF, event_id=third, line_id=line_id)
    later(database, 3)
    assert [one.slot for one in noted(database)] == [1, 0]
    fourth = database.write(make_event, now=NOW, days=4, title="Совет")
    with pytest.raises(ConflictError):
        database.write(staff.hold_by, STAFF, event_id=fourth, line_id=line_id)
    with pytest.raises(NotFoundError):
        database.write(staff.hold_by, STAFF, event_id=off, line_id=line_id)


def test_a_draft_waits_until_it_is_shown_and_may_be_thrown_away(database: Database) -> None:
    line_id = database.read(lambda session: session.scalars(select(PlanLine.id).order_by(PlanLine.id)).first()) or 0
    event_id = database.write(make_event, now=NOW, days=-5, title="Совет", status=EventStatus.DRAFT)
    database.write(staff.hold_by, STAFF, event_id=event_id, line_id=line_id)
    later(database, 1)
    assert noted(database) == []
    database.write(lambda session: session.delete(session.get_one(Event, event_id)))
    assert database.read(lambda session: session.scalars(select(PlanEvent)).all()) == []
