"""Mentoring pairs of the demo with their meetings."""

from datetime import timedelta

from db.demo.world import World
from db.mentoring.models import Meeting, MeetingStatus, Pair, ReminderStep

DONE_BY_MEETING = timedelta(hours=1)
AGREED_BEFORE = timedelta(days=10)


def make(world: World) -> None:
    """Adds them; a silent one is among them."""
    for item in world.recipe["mentoring"]:
        held = [world.at(-meeting["days_ago"], 15, 30) for meeting in item["meetings"]]
        started = world.at(-item["started_days_ago"], 12)
        pair = Pair(
            mentor_id=world.by_key[item["mentor"]].id,
            mentee_id=world.by_key[item["mentee"]].id,
            goals=item["goals"],
            started_at=started,
            last_contact_at=max([started, *held]),
        )
        world.session.add(pair)
        world.session.flush()
        for meeting, moment in zip(item["meetings"], held, strict=True):
            world.session.add(
                Meeting(
                    pair_id=pair.id,
                    planned_at=moment,
                    set_at=moment - AGREED_BEFORE,
                    said=ReminderStep.ASKED,
                    status=MeetingStatus.HELD,
                    topic=meeting["topic"],
                    outcome=meeting["outcome"],
                    logged_at=moment + DONE_BY_MEETING,
                )
            )
        if item["next_meeting_in_days"] is not None:
            planned = world.at(item["next_meeting_in_days"], 15, 30)
            world.session.add(
                Meeting(
                    pair_id=pair.id,
                    planned_at=planned,
                    set_at=max(held, default=started) + DONE_BY_MEETING,
                    status=MeetingStatus.PLANNED,
                    topic=item.get("next_topic"),
                )
            )
