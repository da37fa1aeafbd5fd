"""Appeals in the demo: the last refusals whose term still runs, one answered by a colleague, one that waits."""

from datetime import timedelta

from sqlalchemy import select

from db.appeals import services, staff_services
from db.appeals.models import Appeal
from db.applications.models import Application, ApplicationStatus, Campaign, Decision, Verdict
from db.applications.rules import appeal_until
from db.clock import local_day
from db.demo.world import World
from db.notices.demo import send_out


def make(world: World) -> None:
    """Has refused people say what the recipe says."""
    stories = list(world.recipe.get("appeals", []))
    rows = world.session.execute(
        select(Application.id, Application.person_id, Decision.decided_at, Decision.staff_id, Campaign.appeal_days)
        .join(Decision, Decision.application_id == Application.id)
        .join(Campaign, Campaign.id == Application.campaign_id)
        .where(
            Application.status == ApplicationStatus.REJECTED,
            Decision.verdict == Verdict.REJECT,
            Decision.undone_at.is_(None),
            Campaign.appeal_days.is_not(None),
        )
        .order_by(Decision.decided_at.desc(), Application.id)
    ).all()
    for row in rows:
        until = appeal_until(row.decided_at, row.appeal_days, world.zone)
        if not stories or until is None or until < local_day(world.now, world.zone):
            break
        story = stories.pop(0)
        filed = min(row.decided_at + timedelta(hours=20), world.now)
        person = world.person(row.person_id, filed)
        services.file(world.session, person, application_id=row.id, text=story["text"])
        colleague = next((one for one in story.get("staff", ()) if world.staff[one].staff_id != row.staff_id), None)
        if colleague is not None:
            number = world.session.scalars(select(Appeal.id).where(Appeal.application_id == row.id)).one()
            answered = world.account(colleague, min(filed + timedelta(hours=5), world.now))
            staff_services.answer(world.session, answered, appeal_id=number, uphold=False, text=story["answer"])
    send_out(world, world.now)
