"""What the demo's past has said to people: it was sent then, and is not sent now."""

from datetime import datetime

from sqlalchemy import select

from db.demo.world import World
from db.notices import outbox, services
from db.notices.models import Notice, NoticeStatus

NOWHERE = "nowhere"


def make(world: World) -> None:
    """Adds nothing: who has something said calls `send_out`."""


def send_out(world: World, at: datetime) -> None:
    """Sends what was due by then to the people of the chat page, and takes back what was for others.

    Nobody else is in the messenger: their notices would be so many dead letters.
    """
    others = select(Notice.id).where(Notice.status == NoticeStatus.PENDING, Notice.person_id.not_in(world.in_messenger))
    services.recall(world.session, notice_ids=others, why=NOWHERE)
    platform = world.recipe["sandbox_platform"]
    while taken := outbox.take(world.session, world.clock(at), platform=platform).outgoing:
        for notice in taken:
            outbox.mark_sent(world.session, world.clock(at), notice_id=notice.notice_id)
