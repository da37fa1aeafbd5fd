"""Broadcasts of the demo."""

from sqlalchemy import update

from db.broadcasts.models import Broadcast, BroadcastStatus
from db.broadcasts.staff_queries import audience_of, listeners
from db.broadcasts.staff_services import put_in
from db.caller import Caller
from db.demo.world import World
from db.notices.models import Notice, NoticeStatus
from db.people.models import Person, Role


def make(world: World) -> None:
    """Adds one that arrived and one that is being written."""
    for item in world.recipe["broadcasts"]:
        sent = None if item["days_ago"] is None else world.at(-item["days_ago"], 11)
        row = Broadcast(
            text=item["text"],
            role=Role(item["role"]) if "role" in item else None,
            created_by=world.staff[item["author"]],
            created_at=sent or world.now,
        )
        world.session.add(row)
        world.session.flush()
        if sent is None:
            continue
        people = world.session.scalars(listeners(audience_of(row)).order_by(Person.id)).all()
        row.status, row.started_at, row.ended_at = BroadcastStatus.DONE, sent, sent
        row.confirmed, row.up_to = len(people), max(people)
        told = put_in(world.session, Caller(sent, world.zone), row, people)
        world.session.execute(update(Notice).where(Notice.id.in_(told)).values(status=NoticeStatus.SENT, sent_at=sent))
