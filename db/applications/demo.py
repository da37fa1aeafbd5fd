"""The past campaign, whose report must print the source's figures, and the present one with its queue."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from db.active.models import Membership
from db.applications import services, staff_services
from db.applications.models import (
    AnswerKind,
    Application,
    ApplicationStatus,
    Campaign,
    Criterion,
    CriterionAnswer,
    Decision,
    Verdict,
)
from db.applications.rules import UNDO
from db.audit.models import AuditEntry
from db.audit.rules import staff_actor
from db.demo.files import draw
from db.demo.world import Someone, World, spread
from db.dictionaries.models import TermKind
from db.notices.demo import send_out
from db.people.models import Role, RoleGrant
from db.scope import StaffRole
from db.storage import MEDIA_TYPES, Storage, StoredFile

OTHER = "other"
METHODISTS = ("region", "region2")
VERDICTS = {
    ApplicationStatus.APPROVED: Verdict.APPROVE,
    ApplicationStatus.REJECTED: Verdict.REJECT,
    ApplicationStatus.RETURNED: Verdict.RETURN,
}
MANY = 2
"""From so many criteria on, a reason of return speaks of any one of them."""
FILLING = timedelta(hours=5)
STEP = timedelta(minutes=20)
TAKEN_SHARE = 0.4
"""Of those that wait, how many a methodist has taken."""


@dataclass(slots=True)
class _Plan:
    """One application to be made. Who takes it decides it."""

    person: Someone
    status: ApplicationStatus
    direction: int
    submitted_at: datetime | None
    decided_at: datetime | None = None
    reason: int | None = None
    story: dict[str, Any] = field(default_factory=dict)
    files: list[tuple[int, str]] = field(default_factory=list)
    taker: str | None = None
    id: int = 0
    revision: int = 0

    @property
    def reasons(self) -> list[int]:
        """What the decision names."""
        return self.story.get("return_reasons") or ([self.reason] if self.reason else [])


def make(world: World) -> None:
    """Both campaigns, where the recipe has them."""
    if past := world.recipe.get("campaign_2023"):
        campaign = _campaign(world, past["campaign"])
        _lay_down(world, campaign, _past(world, past), world.dice("past answers"))
    if present := world.recipe.get("campaign_current"):
        campaign = _campaign(world, present["campaign"])
        plans = _present(world, campaign, present)
        _choose_files(world, plans)
        _play(world, campaign, plans, world.dice("present answers"))


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
        world.at(-story["decided_days_ago"], 11, 5) if "decided_days_ago" in story else None,
        story=story,
    )


def _story(world: World, person: Someone, campaign: Campaign) -> dict[str, Any]:
    for story in world.stories:
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


def _lay_down(world: World, campaign: Campaign, plans: list[_Plan], dice: random.Random) -> None:
    """Writes the decided applications of the past campaign as they ended.

    It was held before this service was, and to play its 629 would take longer than all else together. Numbers go in the
    order of sending.
    """
    plans.sort(key=lambda plan: plan.submitted_at or world.now)
    campaign.last_number = len(plans)
    takers = [world.staff[dice.choice(METHODISTS)].staff_id for _ in plans]
    rows = [
        {
            "campaign_id": campaign.id,
            "person_id": plan.person.id,
            "status": plan.status,
            "direction_id": world.term(TermKind.DIRECTION, plan.direction),
            "category_id": _category(world, plan),
            "municipality_id": world.municipalities[plan.person.municipality],
            "assigned_to": taker,
            "number": number,
            "revision": 2,
            "sent_revision": 1,
            "created_at": (plan.submitted_at or world.now) - FILLING,
            "submitted_at": plan.submitted_at,
            "decided_at": plan.decided_at,
        }
        for number, (plan, taker) in enumerate(zip(plans, takers, strict=True), 1)
    ]
    ids = world.session.scalars(insert(Application).returning(Application.id, sort_by_parameter_order=True), rows)
    for plan, application_id in zip(plans, ids, strict=True):
        plan.id = application_id
    world.session.execute(
        insert(CriterionAnswer),
        [_answered(world, row, plan, dice) for plan in plans for row in campaign.criteria],
    )
    decided = [_decided(world, campaign, plan, taker) for plan, taker in zip(plans, takers, strict=True)]
    for model, found in zip((Decision, AuditEntry, RoleGrant, Membership), zip(*decided, strict=True), strict=True):
        world.session.execute(insert(model), [row for row in found if row])


def _answered(world: World, criterion: Criterion, plan: _Plan, dice: random.Random) -> dict[str, Any]:
    number = criterion.number
    told = plan.story.get("answers", {}).get(number)
    is_text = criterion.answer is AnswerKind.TEXT
    default = plan.person.qualification if criterion.answer is AnswerKind.CATEGORY else "yes"
    return {
        "application_id": plan.id,
        "number": number,
        "text": told or dice.choice(_evidence(world, plan, number)) if is_text else None,
        "choice": None if is_text else told or default,
        "updated_at": plan.submitted_at,
    }


def _decided(world: World, campaign: Campaign, plan: _Plan, taker: int) -> tuple[dict[str, Any], ...]:
    """Returns the decision, its line of the journal, and the role and membership that came of it, or nothing."""
    verdict, approved = VERDICTS[plan.status], plan.status is ApplicationStatus.APPROVED
    decision = {
        "application_id": plan.id,
        "staff_id": taker,
        "verdict": verdict,
        "reasons": plan.reasons,
        "remarks": {},
        "granted": approved,
        "decided_at": plan.decided_at,
    }
    entry = {
        "at": plan.decided_at,
        "actor": staff_actor(taker),
        "action": f"applications.{verdict.value}",
        "object_type": "application",
        "object_id": plan.id,
        "subject_person_id": plan.person.id,
        "municipality_id": world.municipalities[plan.person.municipality],
        "details": {"reasons": plan.reasons},
    }
    who = {"person_id": plan.person.id, "order_number": campaign.order_number}
    grant = who | {"role": Role.ACTIVE_MEMBER, "granted_at": plan.decided_at, "granted_by": taker}
    membership = who | {
        "campaign_id": campaign.id,
        "direction_id": world.term(TermKind.DIRECTION, plan.direction),
        "category_id": _category(world, plan),
        "since": plan.decided_at,
        "until": campaign.serves_until,
    }
    return (decision, entry, grant, membership) if approved else (decision, entry, {}, {})


def _category(world: World, plan: _Plan) -> int:
    categories = world.recipe["profiles"]["categories"]
    told = plan.story.get("category") or categories.get(plan.person.position, categories[OTHER])
    return world.term(TermKind.SUPPORT_CATEGORY, told)


def _play(world: World, campaign: Campaign, plans: list[_Plan], dice: random.Random) -> None:
    """Fills in, sends, assigns and decides, each in the order of time."""
    for plan in plans:
        waits = plan.status is ApplicationStatus.SUBMITTED and not plan.story
        if plan.status in VERDICTS or (waits and dice.random() < TAKEN_SHARE):
            plan.taker = dice.choice(METHODISTS)
    for plan in sorted(plans, key=lambda plan: plan.submitted_at or world.now):
        _fill_in(world, campaign, plan, dice)
    _assign(world, plans)
    for plan in sorted(plans, key=lambda plan: plan.decided_at or world.now):
        if plan.decided_at is not None and plan.taker is not None:
            _decide(world, campaign, plan, plan.decided_at, plan.taker)


def _fill_in(world: World, campaign: Campaign, plan: _Plan, dice: random.Random) -> None:
    session, at = world.session, (plan.submitted_at or world.now) - FILLING
    caller = world.person(plan.person.id, at)
    plan.id = services.start(session, caller, campaign_id=campaign.id).id
    direction = world.term(TermKind.DIRECTION, plan.direction)
    services.choose_direction(session, caller, application_id=plan.id, term_id=direction)
    services.choose_category(session, caller, application_id=plan.id, term_id=_category(world, plan))
    for criterion in campaign.criteria:
        at += STEP
        _answer(world, criterion, plan, at, dice)
    caller = world.person(plan.person.id, at)
    for number, name in plan.files:
        document = _file(world, name, dice)
        services.add_document(session, caller, application_id=plan.id, number=number, document=document)
    if plan.submitted_at is None:
        return
    caller = world.person(plan.person.id, plan.submitted_at)
    dossier, _ = services.submit(session, caller, application_id=plan.id)
    plan.revision = dossier.revision
    if plan.status is ApplicationStatus.WITHDRAWN:
        caller = world.person(plan.person.id, min(plan.submitted_at + timedelta(days=1), world.now))
        services.withdraw(session, caller, application_id=plan.id)


def _answer(world: World, criterion: Criterion, plan: _Plan, at: datetime, dice: random.Random) -> None:
    """Answers one criterion; of a draft some are empty yet. The category is filled in from the profile by itself."""
    number, kind = criterion.number, criterion.answer
    if plan.status is ApplicationStatus.DRAFT and number > 1 and dice.random() < 0.4:
        return
    session, caller = world.session, world.person(plan.person.id, at)
    told = plan.story.get("answers", {}).get(number)
    if kind is AnswerKind.TEXT:
        text = told or dice.choice(_evidence(world, plan, number))
        services.answer_text(session, caller, application_id=plan.id, number=number, text=text)
    elif told or kind is AnswerKind.YES_NO:
        services.answer_choice(session, caller, application_id=plan.id, number=number, choice=told or "yes")


def _evidence(world: World, plan: _Plan, number: int) -> Sequence[str]:
    weak = _weakness(world, plan)
    texts: Sequence[str] = weak["texts"] if weak.get("criterion") == number else world.recipe["evidence"][number]
    return texts


def _weakness(world: World, plan: _Plan) -> dict[str, Any]:
    rejected = plan.status is ApplicationStatus.REJECTED and plan.reason
    weak: dict[str, Any] = world.recipe["weak_evidence"][plan.reason] if rejected else {}
    return weak


def _assign(world: World, plans: list[_Plan]) -> None:
    """Has each methodist take what is theirs, soon after it was sent."""
    for plan in plans:
        if plan.taker is not None and plan.submitted_at is not None:
            caller = world.account(plan.taker, min(plan.submitted_at + STEP, world.now))
            staff_services.assign(world.session, caller, application_ids=[plan.id], to=caller.scope.staff_id)


def _decide(world: World, campaign: Campaign, plan: _Plan, at: datetime, taker: str) -> None:
    session, verdict = world.session, VERDICTS[plan.status]
    staff_services.decide(
        session,
        world.account(taker, at),
        application_id=plan.id,
        verdict=verdict,
        revision=plan.revision,
        reasons=plan.reasons,
        comment=plan.story.get("comment"),
        remarks=_remarks(campaign, plan),
    )
    if plan.person.id in world.in_messenger:
        send_out(world, at + UNDO)


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


def _choose_files(world: World, plans: list[_Plan]) -> None:
    """Two or three files each; of a draft one."""
    dice = world.dice("files")
    names: dict[int, list[str]] = world.recipe["document_names"]
    for plan in plans:
        numbers = sorted({4, 5} | {number for number in names if dice.random() < 0.25})
        chosen = dice.sample(numbers, 1) if plan.submitted_at is None else numbers
        plan.files = [(number, dice.choice(names[number])) for number in chosen]


def _file(world: World, name: str, dice: random.Random) -> StoredFile:
    """Puts a sample document of this name into the storage; the name there is the same every time."""
    content, kind = draw(name, tuple(world.recipe["document_note"])), name.rpartition(".")[2]
    stored = f"{dice.getrandbits(128):032x}.{kind}"
    target = Storage(world.data_dir).place(stored)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return StoredFile(name, stored, MEDIA_TYPES[kind], len(content), hashlib.sha256(content).hexdigest())
