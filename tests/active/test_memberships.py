"""Memberships of the active: who begins and ends them, one role for all of a person's, two at once, their end."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import check, erasure
from db.active import queries, services, staff_services
from db.active.models import Membership, MembershipEnd, MembershipStatus, SpotInvitation
from db.applications import campaigns
from db.applications import staff_services as applications
from db.applications.campaigns import CampaignDraft
from db.applications.models import Campaign, Verdict
from db.audit.models import AuditEntry
from db.caller import StaffCaller
from db.diary.staff_queries import DiaryFilter
from db.dictionaries.models import Municipality, TermKind
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.overviews import diary
from db.people.models import Role, RoleGrant
from db.scope import StaffRole
from tests.applications.support import World, campaign_id, term_id
from tests.applications.test_services import at_once
from tests.support import callers

FOREIGN = "varnensky-mr"


def region(world: World, login: str = "region") -> StaffCaller:
    return callers.staff(world.staff(login), world.now)


def approved(world: World, person: int, caller: StaffCaller) -> tuple[int, Membership]:
    """Sends an application and approves it; returns the decision and the membership."""
    dossier = world.submitted(person)
    asked = {"application_id": dossier.id, "verdict": Verdict.APPROVE, "revision": dossier.revision}
    decided = world.database.write(applications.decide, caller, **asked)
    newest = select(Membership).where(Membership.person_id == person).order_by(Membership.id.desc())
    return decided.decision_id, world.database.read(lambda session: session.scalars(newest).first())


def held(session: Session, *, person_id: int) -> bool:
    live = (RoleGrant.role == Role.ACTIVE_MEMBER, RoleGrant.revoked_at.is_(None))
    return session.scalar(select(RoleGrant.id).where(RoleGrant.person_id == person_id, *live)) is not None


def test_an_approval_makes_a_member_of_the_direction_until_the_orders_day(world: World) -> None:
    person = world.teacher()
    campaign = world.database.read(lambda session: session.get_one(Campaign, campaign_id(session)))
    assert campaign.serves_until is not None, "the example has a term"
    _, row = approved(world, person, region(world))
    direction = world.database.read(term_id, kind=TermKind.DIRECTION, code="3")
    assert (row.direction_id, row.campaign_id, row.until) == (direction, campaign.id, campaign.serves_until)
    assert row.order_number == campaign.order_number and row.category_id
    # the order is prolonged: so is everybody's term
    draft = CampaignDraft(
        **{name: getattr(campaign, name) for name in ("title", "issued_by", "order_number", "order_date", "about")},
        order_title=campaign.order_title,
        opens=campaign.opens_at.astimezone(callers.ZONE).date(),
        closes=campaigns.last_day(campaign, callers.ZONE),
        serves_until=date(2031, 5, 31),
        appeal_days=campaign.appeal_days,
        answer_days=campaign.answer_days,
    )
    admin = callers.administrator(world.now, world.staff("admin", StaffRole.ADMINISTRATOR).staff_id)
    with pytest.raises(DomainError, match="campaign_serves"):
        wrong = CampaignDraft(**{**_fields(draft), "serves_until": draft.closes})
        world.database.write(campaigns.save_campaign, admin, campaign_id=campaign.id, draft=wrong)
    world.database.write(campaigns.save_campaign, admin, campaign_id=campaign.id, draft=draft)
    assert world.database.read(queries.lines_of, person_ids=[person])[person][0].until == date(2031, 5, 31)


def _fields(draft: CampaignDraft) -> dict[str, object]:
    return {name: getattr(draft, name) for name in draft.__slots__}


def test_the_role_goes_with_the_last_membership(world: World) -> None:
    person, caller = world.teacher(), region(world)
    assert world.database.write(services.admit, caller, person_id=person, order_number="17-к")
    assert not world.database.write(services.admit, caller, person_id=person, order_number="17-к"), "once"
    decision, row = approved(world, person, caller)
    assert len(world.database.read(queries.lines_of, person_ids=None)[person]) == 2, "two directions"
    narrowed = {"wanted": DiaryFilter(), "direction_id": row.direction_id}
    told = world.database.read(diary.results, caller, **narrowed)
    assert [(one.person_id, one.directions[:2]) for one in told.rows] == [(person, "3.")]
    world.database.write(applications.undo, caller, decision_id=decision)
    assert not world.database.read(diary.results, caller, **narrowed).rows, "of the direction no more"
    undone = world.database.read(lambda session: session.get_one(Membership, row.id))
    assert undone.ended_how is MembershipEnd.UNDONE and world.database.read(held, person_id=person)
    [line] = world.database.read(queries.lines_of, person_ids=[person])[person]
    for first in (True, False):
        ended = {"membership_id": line.id, "how": MembershipEnd.TERM}
        assert world.database.write(services.end, callers.clock(world.now), **ended) is first
    assert not world.database.read(held, person_id=person)
    assert world.database.read(queries.lines_of, person_ids=[person]) == {}


def test_of_two_at_once_one_admits_and_one_ends(world: World) -> None:
    person, caller = world.teacher(), region(world)
    database = world.database
    admit = {"person_id": person, "order_number": "17-к", "campaign_id": database.read(campaign_id)}
    assert sorted(at_once(2, lambda _: database.write(services.admit, caller, **admit))) == [False, True]
    [line] = database.read(queries.lines_of, person_ids=[person])[person]
    ended = {"membership_id": line.id, "how": MembershipEnd.TERM}
    assert sorted(at_once(2, lambda _: database.write(services.end, caller, **ended))) == [False, True]
    assert not database.read(held, person_id=person)


def test_a_term_is_the_regions_to_keep_and_an_end_an_administrators(world: World) -> None:
    caller = region(world)
    _, row = approved(world, world.teacher(), caller)
    kept = {"membership_id": row.id, "until": date(2030, 1, 1), "coordinator_id": caller.scope.staff_id}
    away = callers.staff(world.staff("away", StaffRole.MUNICIPAL_METHODIST, FOREIGN), world.now)
    with pytest.raises(ForbiddenError):
        world.database.write(staff_services.keep, away, **kept)
    for code, more in {
        "membership_term": {"until": world.now.date()},
        "membership_coordinator": {"coordinator_id": 10**6},
    }.items():
        with pytest.raises(DomainError, match=code):
            world.database.write(staff_services.keep, caller, **kept | more)
    with pytest.raises(NotFoundError):
        world.database.write(staff_services.keep, caller, **kept | {"membership_id": 10**6})
    assert world.database.write(staff_services.keep, caller, **kept) == row.person_id
    with pytest.raises(ForbiddenError):
        world.database.write(staff_services.exclude, caller, membership_id=row.id, reason="x")
    admin = callers.administrator(world.now, world.staff("admin", StaffRole.ADMINISTRATOR).staff_id)
    world.database.write(staff_services.exclude, admin, membership_id=row.id, reason="Переехала", left=True)
    with pytest.raises(ConflictError, match="membership_over"):
        world.database.write(staff_services.keep, caller, **kept)
    assert world.database.read(queries.lines_of, person_ids=None) == {}


def test_an_invitation_is_remembered_once_and_taken_back(world: World) -> None:
    caller = region(world)
    place = world.database.read(
        lambda session: session.scalars(select(Municipality.id).where(Municipality.code == FOREIGN)).one()
    )
    spot = {"campaign_id": world.database.read(campaign_id), "municipality_id": place}
    assert sorted(at_once(2, lambda _: world.database.write(staff_services.invite_spot, caller, **spot))) == [
        False,
        True,
    ]
    assert world.database.write(staff_services.undo_invitation, caller, **spot)
    assert not world.database.write(staff_services.undo_invitation, caller, **spot)
    assert world.database.write(staff_services.invite_spot, caller, **spot), "again, on another day"
    town = callers.staff(world.staff("town", StaffRole.MUNICIPAL_METHODIST, FOREIGN), world.now)
    for use_case in (staff_services.invite_spot, staff_services.undo_invitation):
        with pytest.raises(ForbiddenError):
            world.database.write(use_case, town, **spot)
    rows = world.database.read(lambda session: session.scalars(select(SpotInvitation)).all())
    assert [row.undone_at is None for row in rows] == [False, True]
    lines = select(AuditEntry.action).where(AuditEntry.object_type == "municipality").order_by(AuditEntry.id)
    said = world.database.read(lambda session: session.scalars(lines).all())
    assert said == ["active.invite"] * 2 + ["active.invite_undone"] * 2 + ["active.invite"]


def test_who_takes_the_consent_back_is_no_member_and_the_row_stays_without_a_name(world: World, tmp_path: Path) -> None:
    person = world.teacher()
    _, row = approved(world, person, region(world))
    world.database.write(erasure.withdraw_consent, callers.person(person, world.now))
    ended = world.database.read(lambda session: session.get_one(Membership, row.id))
    assert ended.ended_how is MembershipEnd.LEFT and not world.database.read(held, person_id=person)
    later = callers.clock(world.now + timedelta(hours=21))
    world.database.write(erasure.erase, later, person_id=person, requested_by="person")
    assert world.database.read(queries.lines_of, person_ids=None) == {}
    assert not [one for one in check.problems(world.database.engine, tmp_path) if "membership" in one]
    back = update(Membership).values(status=MembershipStatus.ACTIVE, ended_at=None, ended_how=None)
    world.database.write(lambda session: session.execute(back))
    assert [one for one in check.problems(world.database.engine, tmp_path) if "membership" in one], "control"
