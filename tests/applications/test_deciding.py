"""What a methodist does, on both databases: decisions, races, undo, scope."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.active import services as active
from db.applications import queries, services, staff_queries, staff_services
from db.applications.models import Application, ApplicationStatus, Decision, Verdict
from db.applications.rules import UNDO
from db.audit.models import AuditEntry
from db.commission import reviews
from db.commission.models import ReviewScore
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.notices.models import Notice, NoticeStatus
from db.people.models import Role, RoleGrant
from db.scope import StaffRole
from locales import translator
from locales.decisions import decided_text
from tests.applications.support import World
from tests.applications.test_services import at_once
from tests.support import callers

S = ApplicationStatus


SAID = select(Notice).where(Notice.kind != "applications.sent").order_by(Notice.id)


def notices(session: Session) -> list[tuple[str, NoticeStatus]]:
    """What was put into the outbox, but for the receipt of the sending."""
    return [(row.kind, row.status) for row in session.scalars(SAID)]


def is_active(session: Session, *, person_id: int) -> bool:
    """Whether the person has the role."""
    where = (RoleGrant.person_id == person_id, RoleGrant.role == Role.ACTIVE_MEMBER, RoleGrant.revoked_at.is_(None))
    return session.scalar(select(func.count()).where(*where)) == 1


def test_approval_gives_the_role_and_one_notice_after_the_undo_window(world: World) -> None:
    person, staff = world.teacher(), world.staff()
    dossier = world.submitted(person)
    decided = world.database.write(
        staff_services.decide,
        callers.staff(staff, world.now),
        application_id=dossier.id,
        verdict=Verdict.APPROVE,
        revision=dossier.revision,
    )
    assert decided.until == world.now + UNDO
    notice = world.database.read(lambda session: session.scalars(SAID).one())
    assert (notice.kind, notice.due_at, notice.person_id) == ("applications.decided", world.now + UNDO, person)
    assert world.database.read(is_active, person_id=person)
    entry = world.database.read(
        lambda session: session.scalars(select(AuditEntry).where(AuditEntry.action == "applications.approve")).one()
    )
    assert (entry.actor, entry.subject_person_id) == (f"staff:{staff.staff_id}", person)
    card = world.database.read(
        staff_queries.opened,
        callers.staff(staff, world.now),
        application_id=dossier.id,
        wanted=staff_queries.ApplicationFilter(),
    )
    told = [(row.action, row.who) for row in card.history]
    assert told == [("applications.approve", "Методист metodist"), ("applications.submitted", None)]


def test_two_methodists_cannot_decide_over_each_other(world: World) -> None:
    person = world.teacher()
    staff = [world.staff(f"metodist{place}") for place in range(4)]
    dossier = world.submitted(person)

    def decide(place: int) -> object:
        return world.database.write(
            staff_services.decide,
            callers.staff(staff[place], world.now),
            application_id=dossier.id,
            verdict=Verdict.APPROVE if place % 2 else Verdict.REJECT,
            revision=dossier.revision,
            comment="Решение",
        )

    results = at_once(4, decide)
    refused = [result for result in results if isinstance(result, ConflictError)]
    assert len(refused) == 3 and {error.code for error in refused} <= {
        "application_approve_by",
        "application_reject_by",
    }
    assert len(world.database.read(notices)) == 1
    assert world.database.read(lambda session: session.scalar(select(func.count()).select_from(Decision))) == 1


def test_a_stale_page_decides_nothing(world: World) -> None:
    """The teacher withdrew and sent other answers while the page was open."""
    person, staff = world.teacher(), world.staff()
    dossier = world.submitted(person)
    author, own = callers.person(person, world.now), {"application_id": dossier.id}
    world.database.write(services.withdraw, author, **own)
    world.database.write(services.start, callers.person(person, world.now), campaign_id=dossier.campaign.id)
    world.database.write(services.submit, author, **own)
    with pytest.raises(ConflictError):
        world.database.write(
            staff_services.decide,
            callers.staff(staff, world.now),
            application_id=dossier.id,
            verdict=Verdict.APPROVE,
            revision=dossier.revision,
        )


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.RETURN])
def test_a_no_needs_a_reason(world: World, verdict: Verdict) -> None:
    dossier = world.submitted(world.teacher())
    methodist = callers.staff(world.staff(), world.now)
    decide = {"application_id": dossier.id, "verdict": verdict, "revision": dossier.revision}
    with pytest.raises(DomainError, match="decision_reason_needed"):
        world.database.write(staff_services.decide, methodist, reasons=[99], comment="  ", **decide)
    assert world.database.write(staff_services.decide, methodist, reasons=[2], **decide)


def test_reasons_of_a_return_open_their_parts(world: World) -> None:
    dossier = world.submitted(world.teacher())
    world.database.write(
        staff_services.decide,
        callers.staff(world.staff(), world.now),
        application_id=dossier.id,
        verdict=Verdict.RETURN,
        revision=dossier.revision,
        reasons=[2, 7],
    )
    back = world.database.read(queries.dossier, callers.clock(world.now), application_id=dossier.id)
    assert [row.number for row in back.criteria if row.open] == [1, 4]
    assert back.direction_open


@pytest.mark.parametrize("verdict", list(Verdict))
def test_undo_within_ten_seconds_takes_everything_back(world: World, verdict: Verdict) -> None:
    person, staff = world.teacher(), world.staff()
    dossier = world.submitted(person)
    decided = world.database.write(
        staff_services.decide,
        callers.staff(staff, world.now),
        application_id=dossier.id,
        verdict=verdict,
        revision=dossier.revision,
        reasons=[2],
        remarks={4: "Обрезано"},
    )
    in_time = callers.staff(staff, world.now + timedelta(seconds=9.9))
    for _ in range(2):
        assert world.database.write(staff_services.undo, in_time, decision_id=decided.decision_id) == dossier.id
    back = world.database.read(queries.dossier, callers.clock(world.now), application_id=dossier.id)
    assert (back.status, back.decision, back.decided_at) == (S.SUBMITTED, None, None)
    assert all(row.remark is None for row in back.criteria) and back.direction_remark is None
    assert world.database.read(notices) == [("applications.decided", NoticeStatus.CANCELLED)]
    assert not world.database.read(is_active, person_id=person)
    assert back.revision > dossier.revision, "whoever looks at the old page is told"


def test_undo_keeps_a_membership_that_was_there_before(world: World) -> None:
    person, staff = world.teacher(), world.staff()
    world.database.write(active.admit, callers.staff(staff, world.now), person_id=person, order_number="1")
    dossier = world.submitted(person)
    decided = world.database.write(
        staff_services.decide,
        callers.staff(staff, world.now),
        application_id=dossier.id,
        verdict=Verdict.APPROVE,
        revision=dossier.revision,
    )
    world.database.write(staff_services.undo, callers.staff(staff, world.now), decision_id=decided.decision_id)
    assert world.database.read(is_active, person_id=person)


def test_undo_is_not_for_others_nor_for_later(world: World) -> None:
    staff, other = world.staff(), world.staff("other")
    dossier = world.submitted(world.teacher())
    decided = world.database.write(
        staff_services.decide,
        callers.staff(staff, world.now),
        application_id=dossier.id,
        verdict=Verdict.APPROVE,
        revision=dossier.revision,
    )
    with pytest.raises(NotFoundError):
        world.database.write(staff_services.undo, callers.staff(other, world.now), decision_id=decided.decision_id)
    with pytest.raises(ConflictError, match="undo_too_late"):
        world.database.write(
            staff_services.undo, callers.staff(staff, world.now + UNDO), decision_id=decided.decision_id
        )


def test_undo_after_the_teacher_acted_is_refused(world: World) -> None:
    person, staff = world.teacher(), world.staff()
    dossier = world.submitted(person)
    decided = world.database.write(
        staff_services.decide,
        callers.staff(staff, world.now),
        application_id=dossier.id,
        verdict=Verdict.RETURN,
        revision=dossier.revision,
        comment="Уточните",
    )
    world.database.write(services.submit, callers.person(person, world.now), application_id=dossier.id)
    with pytest.raises(ConflictError, match="undo_too_late"):
        world.database.write(staff_services.undo, callers.staff(staff, world.now), decision_id=decided.decision_id)


def test_undo_and_its_double_happen_once(world: World) -> None:
    staff = world.staff()
    dossier = world.submitted(world.teacher())
    decided = world.database.write(
        staff_services.decide,
        callers.staff(staff, world.now),
        application_id=dossier.id,
        verdict=Verdict.APPROVE,
        revision=dossier.revision,
    )

    def undo(_: int) -> int:
        return world.database.write(
            staff_services.undo, callers.staff(staff, world.now), decision_id=decided.decision_id
        )

    assert at_once(3, undo) == [dossier.id] * 3
    undone = world.database.read(
        lambda session: session.scalar(select(func.count()).where(AuditEntry.action == "applications.undo"))
    )
    assert undone == 1


def test_a_municipal_methodist_reaches_only_own_municipalities(world: World) -> None:
    dossier = world.submitted(world.teacher())
    foreign = world.staff("far", StaffRole.MUNICIPAL_METHODIST, "magnitogorsky-go")
    near = world.staff("near", StaffRole.MUNICIPAL_METHODIST, "chelyabinsky-go")
    reader = world.staff("reader", StaffRole.READER)
    decide = {"application_id": dossier.id, "verdict": Verdict.APPROVE, "revision": dossier.revision}
    with pytest.raises(NotFoundError):
        world.database.write(staff_services.decide, callers.staff(foreign, world.now), **decide)
    with pytest.raises(NotFoundError):
        world.database.write(reviews.score, callers.staff(foreign, world.now), application_id=dossier.id, scores={1: 3})
    with pytest.raises(ForbiddenError):
        world.database.write(staff_services.decide, callers.staff(reader, world.now), **decide)
    assert (
        world.database.write(
            staff_services.assign, callers.staff(foreign, world.now), application_ids=[dossier.id], to=foreign.staff_id
        ).changed
        == 0
    )
    region = world.staff("region")
    assert (
        world.database.write(
            staff_services.assign, callers.staff(region, world.now), application_ids=[dossier.id], to=foreign.staff_id
        ).changed
        == 0
    ), "nor may it be given to somebody who can't see it"
    assert (
        world.database.write(
            staff_services.assign, callers.staff(region, world.now), application_ids=[dossier.id], to=near.staff_id
        ).changed
        == 1
    )
    with pytest.raises(DomainError, match="assign_unknown"):
        world.database.write(
            staff_services.assign, callers.staff(region, world.now), application_ids=[dossier.id], to=reader.staff_id
        )
    for verdict in (Verdict.APPROVE, Verdict.REJECT):  # who is in the regional active is the region's to say
        with pytest.raises(DomainError, match="verdict_of_region"):
            world.database.write(
                staff_services.decide,
                callers.staff(near, world.now),
                **{**decide, "verdict": verdict, "comment": "Нет"},
            )
    assert world.database.write(
        staff_services.decide,
        callers.staff(near, world.now),
        **{**decide, "verdict": Verdict.RETURN, "comment": "Уточните"},
    )


def test_nobody_decides_on_or_scores_the_own_application(world: World) -> None:
    person, staff = world.teacher(), world.staff()
    dossier = world.submitted(person)
    world.database.write(
        lambda session: session.execute(update(Staff).where(Staff.id == staff.staff_id).values(person_id=person))
    )
    caller, own = callers.staff(staff, world.now), {"application_id": dossier.id}
    for verdict in Verdict:
        with pytest.raises(DomainError, match="verdict_own"):
            world.database.write(
                staff_services.decide, caller, verdict=verdict, revision=dossier.revision, comment="Да", **own
            )
    with pytest.raises(DomainError, match="verdict_own"):
        world.database.write(reviews.score, caller, scores={1: 3}, **own)
    admin = callers.staff(world.staff("chief", StaffRole.ADMINISTRATOR), world.now)
    no = {"verdict": Verdict.REJECT, "revision": dossier.revision, "comment": "Нет"}
    world.database.write(staff_services.decide, admin, **own, **no)
    raised = update(Staff).where(Staff.id == staff.staff_id).values(role=StaffRole.ADMINISTRATOR)
    world.database.write(lambda session: session.execute(raised))
    me = callers.staff(replace(staff, role=StaffRole.ADMINISTRATOR), world.now)
    with pytest.raises(DomainError, match="verdict_own"):
        world.database.write(staff_services.reopen, me, reason="Передумали", **own)


@pytest.mark.parametrize("verdict", [Verdict.APPROVE, Verdict.REJECT])
def test_a_decision_is_taken_up_again_by_an_administrator_who_says_why(world: World, verdict: Verdict) -> None:
    person, staff = world.teacher(), world.staff()
    dossier, own = world.submitted(person), {}
    own["application_id"] = dossier.id
    world.database.write(
        staff_services.decide,
        callers.staff(staff, world.now),
        verdict=verdict,
        revision=dossier.revision,
        comment="Решили так",
        **own,
    )
    world.database.write(lambda session: session.execute(update(Notice).values(status=NoticeStatus.SENT)))
    later = world.now + timedelta(days=3)
    with pytest.raises(ForbiddenError):
        world.database.write(staff_services.reopen, callers.staff(staff, later), reason="Ошибка", **own)
    chair = callers.staff(world.staff("chair", StaffRole.ADMINISTRATOR), later)
    with pytest.raises(DomainError, match="reopen_reason"):
        world.database.write(staff_services.reopen, chair, reason="  ", **own)
    world.database.write(staff_services.reopen, chair, reason="Комиссия пересчитала баллы", **own)
    back = world.database.read(queries.dossier, callers.clock(world.now), **own)
    assert back.status is S.SUBMITTED and back.revision > dossier.revision
    assert [row.undone_reason for row in back.decisions] == ["Комиссия пересчитала баллы"]
    assert not world.database.read(is_active, person_id=person)
    assert world.database.read(notices)[-1] == ("applications.reopened", NoticeStatus.PENDING)
    with pytest.raises(ConflictError, match="application_moved_on"):
        world.database.write(staff_services.reopen, chair, reason="Ещё раз", **own)


def test_drafts_are_nobodys_business(world: World) -> None:
    dossier = world.complete(world.teacher())
    with pytest.raises(NotFoundError):
        world.database.write(
            staff_services.decide,
            callers.staff(world.staff(), world.now),
            application_id=dossier.id,
            verdict=Verdict.APPROVE,
            revision=dossier.revision,
        )


def test_scores_stay_within_their_range(world: World) -> None:
    dossier = world.submitted(world.teacher())
    staff = world.staff()
    methodist, score = callers.staff(staff, world.now), {"application_id": dossier.id}
    world.database.write(reviews.score, methodist, scores={1: 3, 2: 0, 99: 5}, **score)
    with pytest.raises(DomainError, match="score_range"):
        world.database.write(reviews.score, methodist, scores={1: 4}, **score)
    world.database.write(reviews.score, methodist, scores={2: None}, **score)
    rows = world.database.read(lambda session: session.scalars(select(ReviewScore)).all())
    found = {row.number: row.score for row in rows}
    assert found == {1: 3}
    revision = world.database.read(lambda session: session.get_one(Application, dossier.id).revision)
    assert revision == dossier.revision, "scoring disturbs no colleague's decision"


def test_a_return_by_a_comment_alone_opens_everything_and_says_so(world: World) -> None:
    dossier = world.submitted(world.teacher())
    world.database.write(
        staff_services.decide,
        callers.staff(world.staff(), world.now),
        application_id=dossier.id,
        verdict=Verdict.RETURN,
        revision=dossier.revision,
        comment="Расскажите подробнее обо всём",
    )
    back = world.database.read(queries.dossier, callers.clock(world.now), application_id=dossier.id)
    assert back.direction_open and all(row.open for row in back.criteria)
    notice = world.database.read(lambda session: session.scalars(SAID).one())
    said = decided_text(translator("ru"), notice.params)
    assert "Открыты все части" in said and "остальное в порядке" not in said
