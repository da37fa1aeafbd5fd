"""A route for a group: a methodist drafts it, each of its people takes or declines it line by line."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Organisation
from db.errors import DomainError
from db.events import seats
from db.groups import staff_services as group_staff
from db.notices.models import Notice
from db.overviews import group_route as overview
from db.people.models import Person
from db.reports.rules import Portion
from db.reports.sweeps import publish_facts
from db.routes import group_routes, planning, services
from db.routes import staff_services as staff_routes
from db.routes.models import GroupRoute, GroupRouteLine, ItemStatus, Route, RouteItem, RouteStatus
from db.routes.staff_queries import coverage
from db.routes.staff_services import GroupRouteDraft
from db.scope import StaffRole
from tests.diagnostics.walking import NOW
from tests.events.support import REGION, heard
from tests.programmes.support import make_run
from tests.routes.support import every
from tests.routes.test_conversation import tap
from tests.routes.test_sharing import union
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.region import sheet
from tests.support.town import Town, add_teacher, person_of

STAFF = callers.staff(REGION, NOW)
ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LATER = date(2026, 10, 20)


def drafted(database: Database, **whom: object) -> int:
    """A route of two lines."""
    draft = GroupRouteDraft(title="Читаем вместе", **whom)
    number = database.write(staff_routes.draft_group_route, STAFF, draft=draft)
    for text in ("Провести открытый урок", "Разобрать его с коллегой"):
        database.write(staff_routes.add_group_line, STAFF, group_route_id=number, text=text, due_on=LATER)
    return number


def offer(database: Database, number: int) -> int:
    return database.write(staff_routes.offer_group_route, STAFF, group_route_id=number)


def teachers(database: Database, count: int) -> list[int]:
    """So many people with a profile and a consent."""
    names = (f"Юная Вера {number}" for number in range(count))
    return [database.write(add_teacher, external_id=7000 + n, name=name, now=NOW) for n, name in enumerate(names)]


def told(database: Database) -> list[int]:
    """Whom it was said to, in order."""
    kind = select(Notice.person_id).where(Notice.kind == "routes.group")
    return sorted(database.read(lambda session: list(session.scalars(kind))))


def test_everybody_is_offered_it_once_and_who_comes_later_too(database: Database) -> None:
    """Two methodists press at once; what was declined is not offered anew; nobody has a route by somebody's else will.

    ACCEPTANCE, timashevsk 4: the group's day stays, one's own month moves.
    """
    people = teachers(database, 4)
    head, *members = people
    group_id = union(database, head)
    for one in members[:2]:
        database.write(group_staff.add_member, STAFF, group_id=group_id, person_id=one, since=None)
    mine = callers.person(members[0], NOW)
    database.write(planning.add_own, mine, text="Своя строка")
    database.write(planning.agree, mine)
    number = drafted(database, group_id=group_id)
    assert told(database) == [], "a draft is nobody's business"
    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(lambda _: offer(database, number), range(2)))
    inside = len(database.read(lambda s: group_routes.people_of(s, s.get_one(GroupRoute, number))))
    assert sorted(counts) == [0, inside] and len(told(database)) == inside
    assert database.read(lambda s: s.scalar(select(func.count()).select_from(RouteItem))) == 2 * inside + 1
    lines = database.read(planning.year, mine).lines
    first, second = (one for one in lines if one.line_id is not None)
    assert (first.status, first.due_on, first.term) == (ItemStatus.PROPOSED, LATER, LATER.replace(day=1))
    other = callers.person(members[1], NOW)
    draft = database.read(planning.year, other).route
    assert draft is not None and draft.status is RouteStatus.DRAFT, "of two, the other has none of one's own yet"
    assert database.read(coverage, STAFF).routes == 0
    database.write(planning.accept, mine, item_id=first.id)
    moved = database.write(planning.postpone, mine, item_id=first.id)
    assert moved.due_on == LATER and moved.term == date(2026, 11, 1)
    database.write(services.drop, mine, item_id=second.id)
    database.write(group_staff.add_member, STAFF, group_id=group_id, person_id=members[2], since=None)
    assert offer(database, number) == 1, "who came later; what was declined stays declined"
    assert members[2] in told(database)
    database.write(publish_facts, callers.clock(NOW + timedelta(days=80)))
    page = database.read(overview.group_route, STAFF, group_route_id=number)
    assert page.lines[0].taken is None, "fewer than five are not told"
    database.write(services.finish, mine)
    assert offer(database, number) == 0, "nor is it offered again for a new route"


def refused(database: Database, code: str, use_case: Callable[..., object], **asked: object) -> None:
    with pytest.raises(DomainError) as caught:
        database.write(use_case, STAFF, **asked)
    assert caught.value.code == code


@ONE_ENGINE
def test_what_a_draft_refuses(database: Database) -> None:
    draft, line, offered = staff_routes.draft_group_route, staff_routes.add_group_line, staff_routes.offer_group_route
    people = teachers(database, 1)
    group_id = union(database, people[0])
    refused(database, "group_route_title", draft, draft=GroupRouteDraft(title="Ч", group_id=group_id))
    refused(database, "group_route_whom", draft, draft=GroupRouteDraft(title="Читаем"))
    both = GroupRouteDraft(title="Читаем", group_id=group_id, organisation="Школа")
    refused(database, "group_route_whom", draft, draft=both)
    for nowhere in ("Нигде", "9" * 40):
        refused(database, "staff_organisation", draft, draft=GroupRouteDraft(title="Читаем", organisation=nowhere))
    number = database.write(draft, STAFF, draft=GroupRouteDraft(title="Читаем", group_id=group_id))
    refused(database, "group_route_empty", offered, group_route_id=number)
    about = {"group_route_id": number, "due_on": LATER}
    refused(database, "group_route_text", line, text="У", **about)
    refused(database, "group_route_past", line, **about | {"text": "Урок", "due_on": NOW.date() - timedelta(days=2)})
    for place in range(12):
        database.write(line, STAFF, text=f"Строка {place}", **about)
    refused(database, "group_route_full", line, text="Ещё одна", **about)
    first = database.read(every, GroupRouteLine.id)[0]
    database.write(staff_routes.drop_group_line, STAFF, group_route_id=number, line_id=first)
    offer(database, number)
    refused(database, "group_route_offered", line, text="Позже", **about)
    refused(database, "group_route_offered", staff_routes.drop_group_line, group_route_id=number, line_id=first + 1)
    empty = database.write(make_run, now=NOW)
    refused(database, "group_route_nobody", offered, group_route_id=drafted(database, event_id=empty))


async def test_a_school_and_a_programmes_group_get_theirs_in_the_bot(town: Town) -> None:
    town.clock.moment = NOW
    teacher = await town.teacher(2001, "Юная Вера Ивановна")
    who = town.read(person_of, external_id=2001)
    run = town.write(make_run, now=NOW)
    town.write(seats.register, callers.person(who, NOW), event_id=run)
    town.write(heard, now=NOW)
    assert offer(town.database, drafted(town.database, event_id=run)) == 1
    await town.sweep()
    await teacher.wait_for("предлагает вашей группе маршрут «Читаем вместе»: 2 строки")
    assert "Провести открытый урок" in await tap(teacher, "Посмотреть план")
    card = await tap(teacher, "Провести открытый")
    assert "срок 20 октября" in card
    await tap(teacher, "Беру")
    assert town.read(every, RouteItem.status) == [ItemStatus.OPEN, ItemStatus.PROPOSED]
    school = town.read(lambda s: s.scalars(select(Organisation.id).where(Organisation.confirmed)).first())
    assert school is not None
    town.write(lambda s: setattr(s.get_one(Person, who), "organisation_id", school))
    assert offer(town.database, drafted(town.database, organisation=str(school))) == 1


@ONE_ENGINE
def test_a_methodist_drafts_it_on_pages_and_offers_it(database: Database, tmp_path: Path) -> None:
    people = teachers(database, 6)
    group_id = union(database, people[0])
    for one in people[1:]:
        database.write(group_staff.add_member, STAFF, group_id=group_id, person_id=one, since=None)
    database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=NOW)
    panel = Visitor(make_panel(database, FrozenClock(NOW), tmp_path))
    assert panel.sign_in("region").status_code == 302
    assert f"/routes/groups/new?group={group_id}" in panel.text(f"/groups/{group_id}")
    assert panel.post("/routes/groups/new", {"title": "Читаем вместе", "group": group_id}).status_code == 302
    number = database.read(every, GroupRoute.id)[0]
    address = f"/routes/groups/{number}"
    assert "30 февраля" not in panel.text(address)
    panel.post(f"{address}/lines", {"text": "Открытый урок", "due_on": "2027-02-30"})
    assert database.read(every, GroupRouteLine.id) == []
    panel.post(f"{address}/lines", {"text": "Открытый урок", "due_on": "2027-03-20"})
    assert panel.post(f"{address}/offer", {}).status_code == 302
    for one in people[1:]:
        own = callers.person(one, NOW)
        (line,) = database.read(planning.year, own).lines
        database.write(planning.accept, own, item_id=line.id)
    page = panel.text(address)
    assert "Открытый урок" in page and "Предложить новым участникам" in page
    (found,) = database.read(overview.group_route, STAFF, group_route_id=number).lines
    assert (found.answered, found.taken) == (0, None) and "почти все" not in page, "not before a week"
    database.write(publish_facts, callers.clock(NOW + timedelta(days=8)))
    (found,) = database.read(overview.group_route, STAFF, group_route_id=number).lines
    assert (found.taken, found.declined) == (Portion.ALMOST_ALL, Portion.HARDLY_ANY), "five of five tells of each"
    assert "почти все" in panel.text(address)
    last = callers.person(people[5], NOW)
    database.write(services.drop, last, item_id=database.read(planning.year, last).lines[0].id)
    database.write(publish_facts, callers.clock(NOW + timedelta(days=80)))
    (later,) = database.read(overview.group_route, STAFF, group_route_id=number).lines
    assert (later.answered, later.taken, later.declined) == (5, found.taken, found.declined), "one is no group"
    assert [row[:3] for row in sheet(panel, "/routes/groups.xlsx")[1:]] == [["Читаем вместе", "Объединение", 1]]
    deeds = [one for one in database.read(every, AuditEntry.action) if one.startswith("routes.")]
    assert deeds == ["routes.draft_group", "routes.group_line", "routes.offer_group", "routes.export_groups"]
    assert database.read(every, Route.status) == [RouteStatus.DRAFT] * 6
