"""The commission of the decided selection with its reviews, and scores that methodists gave in the present one.

Who sat in the commission, who was there and how they voted no source tells: the members are the demo's accounts, and
the commission is marked as such.
"""

import random
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from db.applications.models import Application, ApplicationStatus, Campaign, Decision
from db.commission import staff_services
from db.commission.models import MemberSeat, Review, ReviewScore, ReviewStatus
from db.commission.rules import REVIEWING, total
from db.commission.staff_services import CommissionDraft, SittingDraft
from db.demo.world import World

GOOD, WEAK = (2, 3), 0
DECIDED = (ApplicationStatus.APPROVED, ApplicationStatus.REJECTED)
BEFORE = timedelta(hours=2)
"""So long before the decision the last review came in."""


def make(world: World) -> None:
    """A commission where the recipe has one; scores of what was decided in the present selection."""
    if recipe := world.recipe.get("commission"):
        _past(world, recipe)
    if present := world.recipe.get("campaign_current"):
        _present(world, _campaign(world, present["campaign"]))


def _campaign(world: World, code: str) -> Campaign:
    return world.session.scalars(select(Campaign).where(Campaign.code == code)).one()


def _past(world: World, recipe: dict[str, Any]) -> None:
    session, campaign = world.session, _campaign(world, recipe["campaign"])
    began = campaign.closes_at
    chair = next(login for login, seat in recipe["members"].items() if seat == MemberSeat.CHAIR)
    staff_services.begin(
        session,
        world.account("admin", began),
        campaign_id=campaign.id,
        chair_id=world.staff[chair].staff_id,
        draft=CommissionDraft(reviews=recipe["reviews"], spread=recipe["spread"], places=recipe["places"]),
        training=True,
    )
    for login, name in recipe["members"].items():
        staff_services.seat(
            session,
            world.account("admin", began),
            campaign_id=campaign.id,
            staff_id=world.staff[login].staff_id,
            seat=MemberSeat(name),
            cap=recipe["cap"] if MemberSeat(name) in REVIEWING else 0,
        )
    _lay_down(world, campaign, [world.staff[login].staff_id for login in recipe["reviewers"]], world.dice("reviews"))
    last = session.scalars(
        select(Decision.decided_at)
        .join(Application, Application.id == Decision.application_id)
        .where(Application.campaign_id == campaign.id)
        .order_by(Decision.decided_at.desc())
        .limit(1)
    ).one()
    voters = [login for login, name in recipe["members"].items() if MemberSeat(name) in REVIEWING]
    staff_services.write_sitting(
        session,
        world.account(chair, last),
        campaign_id=campaign.id,
        draft=SittingDraft(
            held_on=last.astimezone(world.zone).date(),
            present=frozenset(world.staff[login].staff_id for login in voters),
            agreed=len(voters),
            against=0,
            abstained=0,
        ),
    )


def _lay_down(world: World, campaign: Campaign, reviewers: list[int], dice: random.Random) -> None:
    """Writes two reviews of each decided application as they ended, like the applications themselves."""
    weights = {one.number: one.weight for one in campaign.criteria}
    rows, scores = list[dict[str, Any]](), list[dict[int, int]]()
    for application, reasons, decided_at in world.session.execute(
        select(Application, Decision.reasons, Decision.decided_at)
        .join(Decision, Decision.application_id == Application.id)
        .where(Application.campaign_id == campaign.id, Application.status.in_(DECIDED))
        .order_by(Application.id)
    ):
        for staff_id in dice.sample(reviewers, 2):
            given = _given(world, list(weights), reasons, dice)
            scores.append(given)
            rows.append(
                {
                    "application_id": application.id,
                    "revision": application.sent_revision,
                    "staff_id": staff_id,
                    "status": ReviewStatus.DONE,
                    "total": total(given, weights),
                    "note": "",
                    "assigned_at": application.submitted_at,
                    "done_at": decided_at - BEFORE,
                }
            )
    _write(world, rows, scores)


def _present(world: World, campaign: Campaign) -> None:
    """Scores by whoever decided, before the decision: this selection has no commission."""
    dice = world.dice("present scores")
    decided = world.session.execute(
        select(Application, Decision.staff_id, Decision.reasons)
        .join(Decision, Decision.application_id == Application.id)
        .where(Application.campaign_id == campaign.id, Application.status.in_(DECIDED))
        .order_by(Application.id)
    ).all()
    numbers = [one.number for one in campaign.criteria]
    rows, scores = list[dict[str, Any]](), list[dict[int, int]]()
    for application, staff_id, reasons in decided:
        scores.append(_given(world, numbers, reasons, dice))
        rows.append(
            {
                "application_id": application.id,
                "revision": application.sent_revision,
                "staff_id": staff_id,
                "status": ReviewStatus.FREE,
                "note": "",
                "assigned_at": application.decided_at,
            }
        )
    _write(world, rows, scores)


def _write(world: World, rows: list[dict[str, Any]], scores: list[dict[int, int]]) -> None:
    if not rows:
        return
    ids = world.session.scalars(insert(Review).returning(Review.id, sort_by_parameter_order=True), rows)
    world.session.execute(
        insert(ReviewScore),
        [
            {"review_id": number, "number": criterion, "score": value}
            for number, given in zip(ids, scores, strict=True)
            for criterion, value in given.items()
        ],
    )


def _given(world: World, numbers: list[int], reasons: list[int], dice: random.Random) -> dict[int, int]:
    """Returns good scores, and a weak one where the refusal says what was weak."""
    weak = world.recipe["weak_evidence"].get(reasons[0], {}).get("criterion") if reasons else None
    return {number: WEAK if number == weak else dice.choice(GOOD) for number in numbers}
