"""The past campaign, whose report must print the source's figures, and the present one with its queue."""

import hashlib
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from db.applications.models import (
    AnswerKind,
    Application,
    ApplicationStatus,
    Campaign,
    CriterionAnswer,
    Decision,
    Document,
    Verdict,
)
from db.audit.models import AuditEntry
from db.audit.rules import staff_actor
from db.demo.files import draw
from db.demo.world import Someone, World, spread
from db.dictionaries.models import TermKind
from db.people.models import Role, RoleGrant
from db.scope import StaffRole
from db.storage import MEDIA_TYPES, Storage

OTHER = "other"
VERDICTS = {
    ApplicationStatus.APPROVED: Verdict.APPROVE,
    ApplicationStatus.REJECTED: Verdict.REJECT,
    ApplicationStatus.RETURNED: Verdict.RETURN,
}
GOOD_SCORES, WEAK_SCORE = (2, 3), 0
MANY = 2
"""From so many criteria on, a reason of return speaks of any one of them."""


@dataclass(slots=True)
class _Plan:
    """One application to be made."""

    person: Someone
    status: ApplicationStatus
    direction: int
    submitted_at: datetime | None
    decided_at: datetime | None = None
    reason: int | None = None
    story: dict[str, Any] = field(default_factory=dict)
    id: int = 0
    number: int | None = None


def make(world: World) -> None:
    """Both campaigns."""
    past, present = world.recipe["campaign_2023"], world.recipe["campaign_current"]
    _write(world, _campaign(world, past["campaign"]), _past(world, past), world.dice("past answers"))
    campaign = _campaign(world, present["campaign"])
    plans = _present(world, campaign, present)
    dice = world.dice("present answers")
    _write(world, campaign, plans, dice)
    _add_documents(world, plans, dice, world.data_dir)


def _campaign(world: World, code: str) -> Campaign:
    return world.session.scalars(select(Campaign).where(Campaign.code == code)).one()


def _past(world: World, past: dict[str, Any]) -> list[_Plan]:
    dice = world.dice("past campaign")
    campaign = _campaign(world, past["campaign"])
    reasons = spread(past["rejected_by_reason"])
    dice.shuffle(reasons)
    first, last = (campaign.closes_at + timedelta(days=days) for days in past["decided_after_days"])
    plans = []
    for person in world.people:
        if person.direction is None:
            continue
        status = ApplicationStatus.APPROVED if person.approved else ApplicationStatus.REJECTED
        plan = _Plan(
            person,
            status,
            person.direction,
            _working_hour(world, dice, campaign.opens_at + timedelta(days=1), campaign.closes_at),
            _working_hour(world, dice, first, last),
            None if person.approved else reasons.pop(),
            _story(world, person, campaign),
        )
        plans.append(plan)
    return plans


def _present(world: World, campaign: Campaign, present: dict[str, Any]) -> list[_Plan]:
    dice = world.dice("present campaign")
    told = [person for person in world.people if _story(world, person, campaign)]
    free = [person for person in world.people if person.key is None and not person.approved and not person.newcomer]
    dice.shuffle(free)
    free = _every_methodist_first(world, free)
    plans = [_told(world, person, _story(world, person, campaign)) for person in told]
    newest, oldest = present["submitted_days_ago"]
    # The queue comes first: every municipal methodist has something to look at.
    for name in ("submitted", *present["by_status"]):
        status = ApplicationStatus(name)
        there = sum(1 for plan in plans if plan.status is status)
        for _ in range(present["by_status"][name] - there):
            person = free.pop(0)
            age = dice.uniform(newest if status is ApplicationStatus.SUBMITTED else newest + 4, oldest)
            submitted = None if status is ApplicationStatus.DRAFT else world.now - timedelta(days=age, minutes=30)
            decided = world.now - timedelta(days=dice.uniform(0.5, age - 1)) if status in VERDICTS else None
            reason = None
            if status in (ApplicationStatus.REJECTED, ApplicationStatus.RETURNED):
                reason = dice.choice([row.number for row in campaign.reasons if row.verdict is VERDICTS[status]])
            plans.append(_Plan(person, status, _direction(world, dice, person), submitted, decided, reason))
    return plans


def _every_methodist_first(world: World, people: list[Someone]) -> list[Someone]:
    own = [
        code
        for item in world.recipe["staff"]
        if item["role"] == StaffRole.MUNICIPAL_METHODIST
        for code in item["municipalities"]
    ]
    first = [next(person for person in people if person.municipality == code) for code in own]
    return first + [person for person in people if person not in first]


def _told(world: World, person: Someone, story: dict[str, Any]) -> _Plan:
    return _Plan(
        person,
        ApplicationStatus(story["status"]),
        story["direction"],
        world.at(-story["submitted_days_ago"], 17, 20),
        world.at(-story["decided_days_ago"], 11, 5),
        story=story,
    )


def _story(world: World, person: Someone, campaign: Campaign) -> dict[str, Any]:
    for story in world.recipe["stories"]:
        application: dict[str, Any] = story.get("application", {})
        if story["person"] == person.key and application.get("campaign") == campaign.code:
            return application
    return {}


def _direction(world: World, dice: random.Random, person: Someone) -> int:
    fitting = world.recipe["profiles"]["by_direction"]
    totals: dict[int, int] = {
        number: sum(pair)
        for number, pair in world.recipe["campaign_2023"]["by_direction"].items()
        if person.position in fitting.get(number, [person.position])
    }
    return dice.choices(list(totals), list(totals.values()))[0]


def _working_hour(world: World, dice: random.Random, first: datetime, last: datetime) -> datetime:
    day = first + (last - first) * dice.random()
    local = day.astimezone(world.zone).replace(hour=dice.randint(9, 17), minute=dice.randint(0, 59))
    return min(max(local, first), last)


def _write(world: World, campaign: Campaign, plans: list[_Plan], dice: random.Random) -> None:
    """Applications with numbers in the order they were sent, their answers, decisions, roles and audit."""
    session = world.session
    sent = sorted((plan for plan in plans if plan.submitted_at is not None), key=lambda plan: str(plan.submitted_at))
    for number, plan in enumerate(sent, 1):
        plan.number = number
    campaign.last_number = len(sent)
    methodists = [world.staff[login] for login in ("region", "region2")]
    rows = [_row(world, campaign, plan, dice, methodists) for plan in plans]
    ids = session.scalars(insert(Application).returning(Application.id, sort_by_parameter_order=True), rows).all()
    for plan, number in zip(plans, ids, strict=True):
        plan.id = number
    session.execute(insert(CriterionAnswer), [row for plan in plans for row in _answers(world, campaign, plan, dice)])
    decided = [plan for plan in plans if plan.decided_at is not None]
    decided.sort(key=lambda plan: str(plan.decided_at))
    takers = [dice.choice(methodists) for _ in decided]
    decisions = [_decision(campaign, plan, staff) for plan, staff in zip(decided, takers, strict=True)]
    session.execute(insert(Decision), decisions)
    session.execute(
        insert(AuditEntry), [_audit(world, plan, staff) for plan, staff in zip(decided, takers, strict=True)]
    )
    grants = [
        {"person_id": plan.person.id, "role": Role.ACTIVE_MEMBER, "granted_at": plan.decided_at, "granted_by": staff}
        | {"order_number": campaign.order_number}
        for plan, staff in zip(decided, takers, strict=True)
        if plan.status is ApplicationStatus.APPROVED
    ]
    session.execute(insert(RoleGrant), grants)


def _row(world: World, campaign: Campaign, plan: _Plan, dice: random.Random, methodists: list[int]) -> dict[str, Any]:
    categories = world.recipe["profiles"]["categories"]
    category = plan.story.get("category") or categories.get(plan.person.position, categories[OTHER])
    waits = plan.status is ApplicationStatus.SUBMITTED
    taken = dice.random() < 0.4 if waits else plan.status in VERDICTS
    assigned = dice.choice(methodists) if taken else None
    remark = _remarks(campaign, plan).get(0)
    return {
        "campaign_id": campaign.id,
        "person_id": plan.person.id,
        "status": plan.status,
        "direction_id": world.term(TermKind.DIRECTION, plan.direction),
        "category_id": world.term(TermKind.SUPPORT_CATEGORY, category),
        "municipality_id": world.municipalities[plan.person.municipality] if plan.number else None,
        "assigned_to": assigned,
        "number": plan.number,
        "direction_remark": remark,
        "revision": 1 + bool(plan.number) + bool(plan.decided_at),
        "created_at": (plan.submitted_at or world.now) - timedelta(hours=5),
        "submitted_at": plan.submitted_at,
        "decided_at": plan.decided_at,
    }


def _answers(world: World, campaign: Campaign, plan: _Plan, dice: random.Random) -> list[dict[str, Any]]:
    evidence, weak = world.recipe["evidence"], world.recipe["weak_evidence"]
    told = plan.story.get("answers", {})
    remarks = _remarks(campaign, plan)
    weakness = weak[plan.reason] if plan.status is ApplicationStatus.REJECTED and plan.reason else None
    rows = []
    for criterion in campaign.criteria:
        number = criterion.number
        if plan.status is ApplicationStatus.DRAFT and number > 1 and dice.random() < 0.4:
            continue
        text, choice = None, None
        if criterion.answer is AnswerKind.TEXT:
            text = told.get(number) or dice.choice(evidence[number])
            if weakness and weakness["criterion"] == number:
                text = dice.choice(weakness["texts"])
        elif criterion.answer is AnswerKind.CATEGORY:
            choice = told.get(number) or plan.person.qualification
        else:
            choice = told.get(number) or "yes"
        score = None
        if plan.status in (ApplicationStatus.APPROVED, ApplicationStatus.REJECTED):
            failed = weakness is not None and weakness["criterion"] == number
            score = WEAK_SCORE if failed else dice.choice(GOOD_SCORES)
        rows.append(
            {
                "application_id": plan.id,
                "number": number,
                "text": text,
                "choice": choice,
                "remark": remarks.get(number),
                "score": score,
                "updated_at": plan.submitted_at or world.now - timedelta(hours=1),
            }
        )
    return rows


def _remarks(campaign: Campaign, plan: _Plan) -> dict[int, str]:
    """What a returned application has to mend, by criterion; 0 is the direction."""
    if plan.status is not ApplicationStatus.RETURNED:
        return {}
    if plan.story:
        return dict(plan.story["remarks"])
    reason = next(row for row in campaign.reasons if row.verdict is Verdict.RETURN and row.number == plan.reason)
    criteria = reason.criteria[-1:] if len(reason.criteria) > MANY else reason.criteria
    remarks = dict.fromkeys(criteria, reason.gentle)
    return remarks | ({0: reason.gentle} if reason.direction else {})


def _decision(campaign: Campaign, plan: _Plan, staff: int) -> dict[str, Any]:
    reasons = plan.story.get("return_reasons") or ([plan.reason] if plan.reason else [])
    return {
        "application_id": plan.id,
        "staff_id": staff,
        "verdict": VERDICTS[plan.status],
        "reasons": reasons,
        "comment": plan.story.get("comment"),
        "remarks": {str(number): text for number, text in _remarks(campaign, plan).items()},
        "granted": plan.status is ApplicationStatus.APPROVED,
        "decided_at": plan.decided_at,
    }


def _audit(world: World, plan: _Plan, staff: int) -> dict[str, Any]:
    return {
        "at": plan.decided_at,
        "actor": staff_actor(staff),
        "action": f"applications.{VERDICTS[plan.status].value}",
        "object_type": "application",
        "object_id": plan.id,
        "subject_person_id": plan.person.id,
        "municipality_id": world.municipalities[plan.person.municipality],
        "details": {"reasons": plan.story.get("return_reasons") or ([plan.reason] if plan.reason else [])},
    }


def _add_documents(world: World, plans: list[_Plan], dice: random.Random, data_dir: Path) -> None:
    """Two or three files each, drawn once for each name and copied."""
    names: dict[int, list[str]] = world.recipe["document_names"]
    lines = tuple(world.recipe["document_note"])
    drawn = {name: draw(name, lines) for group in names.values() for name in group}
    rows: list[dict[str, Any]] = []
    for plan in plans:
        numbers = {4, 5} | {number for number in names if dice.random() < 0.25}
        for number in sorted(numbers if plan.number else set(dice.sample(sorted(numbers), 1))):
            name = dice.choice(names[number])
            content, kind = drawn[name], name.rpartition(".")[2]
            stored = f"{dice.getrandbits(128):032x}.{kind}"
            _keep(data_dir, stored, content)
            rows.append(
                {
                    "application_id": plan.id,
                    "criterion": number,
                    "file_name": name,
                    "stored_name": stored,
                    "media_type": MEDIA_TYPES[kind],
                    "size": len(content),
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "uploaded_at": (plan.submitted_at or world.now) - timedelta(hours=2),
                }
            )
    world.session.execute(insert(Document), rows)


def _keep(data_dir: Path, stored_name: str, content: bytes) -> None:
    target = Storage(data_dir).place(stored_name)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
