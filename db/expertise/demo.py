"""Diaries and expert work in the demo: what somebody hosted and wrote down by hand, who examined what.

Here, and not with the diary: who keeps one is known only when selections are decided.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from db.accounts.staff_queries import own_person
from db.demo.world import World
from db.diary import services as diary
from db.dictionaries.models import TermKind
from db.events.hosts import add_host
from db.events.models import Event, HostRole
from db.expertise import services
from db.expertise.models import ExpertKind
from db.expertise.staff_services import ExpertDraft, invite, write_down
from db.notices.demo import send_out


def make(world: World) -> None:
    """Has people host events and write into their diaries, then examine."""
    for item in world.recipe.get("diary", []):
        if item["person"] in world.by_key:
            _diary(world, item)
    kinds = {one.code: one.id for one in world.session.scalars(select(ExpertKind))}
    for item in world.recipe.get("expertise", []):
        _work(world, item, kinds[item["kind"]])
    send_out(world, world.now)


def _diary(world: World, item: dict[str, Any]) -> None:
    session, person = world.session, world.by_key[item["person"]].id
    for code in item.get("hosts", []):
        event = session.scalars(select(Event.id).where(Event.code == code)).one()
        staff = world.account("region", world.at(-100))
        add_host(session, staff, event_id=event, role=HostRole.LEADER, person_id=person, name="")
    for line in item["lines"]:
        kind = TermKind.ACTIVITY if "activity" in line else TermKind.WORK_LINE
        activity = world.term(kind, line.get("activity") or line["work_line"])
        who = world.person(person, world.at(-line["days_ago"], 18))
        diary.add(session, who, activity_id=activity, text=line["text"])


def _work(world: World, item: dict[str, Any], kind_id: int) -> None:
    """Done by so many people of the demo, one after another; with `person`, an invitation to one of the chat page."""
    session, today = world.session, world.now.astimezone(world.zone).date()
    starts = today + timedelta(days=item["in_days"])
    draft = ExpertDraft(
        kind_id=kind_id,
        title=item["title"],
        organisation_id=None,
        starts_on=starts,
        ends_on=starts + timedelta(days=item.get("lasts", 1) - 1),
        hours=item["hours"],
    )
    if "person" in item:
        if item["person"] not in world.by_key:
            return
        person = world.by_key[item["person"]].id
        work = invite(session, world.account("region", world.at(-1)), person_id=person, draft=draft)
        if item.get("accepted"):
            services.accept(session, world.person(person, world.at(-1, 18)), work_id=work)
        return
    staff = world.account("region", world.at(item["in_days"] + item.get("lasts", 1), 12))
    own = own_person(session, staff.scope)
    known = [one.id for one in world.people if not one.newcomer and one.id != own]
    for person in known[item["from"] : item["from"] + item["people"]]:
        write_down(session, staff, person_id=person, draft=draft)
