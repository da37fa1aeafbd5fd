"""What papers say of a person's groups: in which one came to meetings with minutes, as their head or a member."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.groups.models import GroupAttendance, GroupMeeting, GroupMeetingStatus, MethodicalGroup
from db.papers import PaperKind, PaperLine, PaperReader


def lines(session: Session, caller: Caller, *, person_id: int, reader: PaperReader) -> Iterator[PaperLine]:
    """Lists the groups with how many held meetings the person came to."""
    rows = session.execute(
        select(
            MethodicalGroup,
            func.min(GroupMeeting.planned_at),
            func.max(GroupMeeting.planned_at),
            func.count(),
        )
        .join(GroupMeeting, GroupMeeting.group_id == MethodicalGroup.id)
        .join(GroupAttendance, GroupAttendance.meeting_id == GroupMeeting.id)
        .where(
            GroupAttendance.person_id == person_id,
            GroupAttendance.came,
            GroupMeeting.status == GroupMeetingStatus.HELD,
        )
        .group_by(MethodicalGroup.id)
        .order_by(MethodicalGroup.id)
    )
    for group, first, last, times in rows:
        yield PaperLine(
            PaperKind.GROUP,
            last,
            group.name,
            role="head" if group.head_id == person_id else "member",
            payload=f"group_{group.id}",
            times=times,
            since=first,
        )
