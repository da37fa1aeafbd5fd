"""Mentoring pairs of the demo with their meetings."""

from datetime import timedelta
from typing import Any

from db.demo.world import World
from db.mentoring import meetings, mentors, staff_services
from db.notices.demo import send_out

LOGGED_AFTER = timedelta(hours=1)
AGREED_BEFORE = timedelta(days=10)
STRENGTHS = 2


def make(world: World) -> None:
    """Brings them together; a silent pair is among them. Their mentors have a card in the base, with a free place."""
    found = [one for one in world.recipe["mentoring"] if {one["mentor"], one["mentee"]} <= world.by_key.keys()]
    for key in dict.fromkeys(one["mentor"] for one in found):
        mine = [one for one in found if one["mentor"] == key]
        mentor = world.person(world.by_key[key].id, world.at(-max(one["started_days_ago"] for one in mine), 11))
        for code in list(mentors.components(world.session))[:STRENGTHS]:
            mentors.put_strength(world.session, mentor, component=code, on=True)
        mentors.put_places(world.session, mentor, places=len(mine) + 1)
    for item in found:
        _pair(world, item)


def _pair(world: World, item: dict[str, Any]) -> None:
    mentor_id = world.by_key[item["mentor"]].id
    started = world.at(-item["started_days_ago"], 12)
    pair_id = staff_services.create_pair(
        world.session,
        world.account("region", started),
        mentor_id=mentor_id,
        mentee_id=world.by_key[item["mentee"]].id,
        goals=item["goals"],
    )
    send_out(world, started)
    last = started
    for meeting in item["meetings"]:
        at = world.at(-meeting["days_ago"], 15, 30)
        agreed = world.person(mentor_id, max(at - AGREED_BEFORE, last))
        meeting_id = meetings.plan_meeting(world.session, agreed, pair_id=pair_id, at=at, topic=meeting["topic"])
        send_out(world, agreed.now)
        last = at + LOGGED_AFTER
        caller = world.person(mentor_id, last)
        meetings.log_meeting(world.session, caller, meeting_id=meeting_id, held=True)
        meetings.write_outcome(world.session, caller, meeting_id=meeting_id, text=meeting["outcome"])
    if item["next_meeting_in_days"] is not None:
        meetings.plan_meeting(
            world.session,
            world.person(mentor_id, last),
            pair_id=pair_id,
            at=world.at(item["next_meeting_in_days"], 15, 30),
            topic=item.get("next_topic"),
        )
    send_out(world, last)
