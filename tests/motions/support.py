"""What a head proposes by and to: published levels of the group, and a council of the region."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.groups.models import GroupKind, GroupScore, MethodicalGroup
from tests.groups.conftest import make_group

COUNCIL = "Совет региона"


def levels_and_council(session: Session, *, now: datetime) -> tuple[int, int]:
    """The levels of the one group there is, and a council; returns both ids."""
    group = session.scalars(select(MethodicalGroup.id)).one()
    for component, deficit in (("digital", 60), ("methodical", 25)):
        session.add(
            GroupScore(group_id=group, component=component, people=7, deficit=7 * deficit * 100, counted_at=now)
        )
    kind = session.scalars(select(GroupKind.id)).first()
    assert kind is not None
    return group, make_group(session, now=now, kind_id=kind, name=COUNCIL)
