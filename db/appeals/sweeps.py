"""What comes due: staff hear a day before an answer's term ends; an appeal that has got what it asked for is closed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.accounts.staff_queries import scope_of
from db.appeals.models import Appeal, AppealStatus
from db.appeals.queries import refusers
from db.appeals.rules import NEAR
from db.applications.models import Application, Decision
from db.caller import Caller
from db.dictionaries.rules import Rules
from db.notices import services as notices
from db.transitions import move


def remind_staff(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Tells those who may answer, once, that the term of an answer ends tomorrow; who refused is not told."""
    rows = session.execute(
        select(Appeal, Application.number)
        .join(Application, Application.id == Appeal.application_id)
        .where(
            Appeal.status == AppealStatus.WAITING,
            Appeal.due_at <= caller.now + NEAR,
            Appeal.due_at > caller.now,
            Appeal.reminded_at.is_(None),
        )
        .order_by(Appeal.due_at, Appeal.id)
        .with_for_update(of=Appeal, skip_locked=True)
    ).all()
    if not rows:
        return
    accounts = session.scalars(select(Staff).where(Staff.active, Staff.person_id.is_not(None)).order_by(Staff.id))
    judges = [one for one in accounts if (scope := scope_of(one)).is_regional and scope.can_write]
    for appeal, number in rows:
        appeal.reminded_at = caller.now
        out = refusers(session, application_id=appeal.application_id)
        for judge in judges:
            if judge.id not in out and judge.person_id is not None:
                notices.enqueue(
                    session,
                    caller,
                    key=f"appeals.due:{appeal.id}:{int(appeal.due_at.timestamp())}:{judge.id}",
                    person_id=judge.person_id,
                    kind="appeals.due",
                    params={"number": number, "until": appeal.due_at.isoformat()},
                    expires_at=appeal.due_at,
                    expected=False,
                )


def close_taken_up(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Closes as upheld what waits although its application was taken up again without it: the teacher knows already."""
    rows = session.scalars(
        select(Appeal)
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(Appeal.status == AppealStatus.WAITING, Decision.undone_at.is_not(None))
        .order_by(Appeal.id)
        .with_for_update(of=Appeal, skip_locked=True)
    )
    for row in rows.all():
        move(row, AppealStatus.UPHELD)
        row.answered_at = caller.now


EVERY_MINUTE = (remind_staff, close_taken_up)
EVERY_HOUR = ()
