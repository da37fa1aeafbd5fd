"""Who sits in a commission and who decides: the chair alone, once all reviews are in, never over each other."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.applications import bulk
from db.applications.models import Application, ApplicationStatus, Decision, Verdict
from db.commission import staff_queries
from db.commission.models import MemberSeat
from db.commission.ranking import Rehearsal, ranking
from db.commission.staff_services import (
    CommissionDraft,
    SittingDraft,
    begin,
    decide,
    decide_many,
    declare,
    save,
    seat,
    unseat,
    write_sitting,
)
from db.dictionaries.models import Organisation
from db.errors import ConflictError, DomainError, ForbiddenError
from db.notices.models import Notice, NoticeStatus
from db.people.models import Person
from db.scope import StaffRole
from tests.applications.test_services import at_once
from tests.commission.support import Chamber
from tests.support.processes import volumes

DRAFT = CommissionDraft(reviews=2, spread=5, places=None)


def reviewed(chamber: Chamber, external_id: int = 2001, *, value: int = 2) -> tuple[int, int]:
    """A sent application with both reviews in: its id and revision."""
    sent = chamber.sent(external_id)
    chamber.assign()
    for login in sorted(chamber.reviewers(sent.id)):
        chamber.review(login, sent.id, *(value,) * 6)
    return sent.id, sent.revision


def test_the_chair_alone_decides_and_only_once_all_reviews_are_in(chamber: Chamber) -> None:
    chamber.begin("one", "two")
    sent = chamber.sent()
    ask = {"application_id": sent.id, "verdict": Verdict.APPROVE, "revision": sent.revision}
    with pytest.raises(DomainError, match="commission_waits"):
        chamber.database.write(decide, chamber.caller("chair"), **ask)
    chamber.assign()
    chamber.review("one", sent.id, *(2,) * 6)
    with pytest.raises(DomainError, match="commission_waits"):
        chamber.database.write(decide, chamber.caller("chair"), **ask)
    chamber.review("two", sent.id, *(2,) * 6)
    for login in ("one", "admin"):
        with pytest.raises(DomainError, match="verdict_of_chair"):
            chamber.database.write(decide, chamber.caller(login), **ask)
    chamber.seat("one", acting=True, cap=5)
    assert chamber.database.write(decide, chamber.caller("one"), **ask).status is ApplicationStatus.APPROVED


@pytest.mark.parametrize("whom", ["person", "organisation"])
def test_the_chair_decides_on_nobody_whom_the_chair_declared(chamber: Chamber, whom: str) -> None:
    """A chair who «does not consider» a teacher could approve that very teacher."""
    campaign = chamber.begin("one", "two")
    application_id, revision = reviewed(chamber)

    def author(session: Session) -> Person:
        person = session.get_one(Person, session.get_one(Application, application_id).person_id)
        person.organisation_id = session.scalars(select(Organisation.id).limit(1)).one()
        session.flush()
        return person

    person = chamber.database.write(author)
    close = {"person_id": person.id} if whom == "person" else {"organisation_id": person.organisation_id}
    chamber.database.write(declare, chamber.caller("chair"), campaign_id=campaign, **close)
    ask = {"verdict": Verdict.APPROVE, "application_id": application_id, "revision": revision}
    with pytest.raises(DomainError, match="verdict_interest"):
        chamber.database.write(decide, chamber.caller("chair"), **ask)
    chamber.seat("one", acting=True, cap=5)
    assert chamber.database.write(decide, chamber.caller("one"), **ask).status is ApplicationStatus.APPROVED


def test_whoever_may_return_an_application_still_may(chamber: Chamber) -> None:
    chamber.begin("one", "two")
    sent = chamber.sent()
    done = chamber.database.write(
        decide,
        chamber.caller("one"),
        application_id=sent.id,
        verdict=Verdict.RETURN,
        revision=sent.revision,
        comment="Документ не читается",
    )
    assert done.status is ApplicationStatus.RETURNED


@volumes(rounds=(5, 100))
def test_of_two_who_decide_at_once_one_decides_and_the_other_is_told_who_and_what(
    chamber: Chamber, rounds: int
) -> None:
    chamber.begin("one", "two", "three", cap=200)
    chamber.seat("three", acting=True, cap=0)
    verdicts = {"chair": Verdict.APPROVE, "three": Verdict.REJECT}
    for turn in range(rounds):
        application_id, revision = reviewed(chamber, 2001 + turn)

        def settle(place: int, application_id: int = application_id, revision: int = revision) -> object:
            login = ("chair", "three")[place]
            return chamber.database.write(
                decide,
                chamber.caller(login),
                application_id=application_id,
                verdict=verdicts[login],
                revision=revision,
                comment="Решение",
            )

        results = at_once(2, settle)
        refused = [one for one in results if isinstance(one, ConflictError)]
        assert len(refused) == 1
        won = "three" if results[0] is refused[0] else "chair"
        verdict = verdicts[won].value
        assert (refused[0].code, refused[0].params) == (f"application_{verdict}_by", {"name": f"Методист {won}"})
    counted = chamber.database.read(lambda session: session.scalar(select(func.count()).select_from(Decision)))
    assert counted == rounds


def test_many_are_decided_by_a_typed_count_and_taken_back_together(chamber: Chamber) -> None:
    campaign = chamber.begin("one", "two")
    ids = [reviewed(chamber, 2001 + place)[0] for place in range(3)]
    late = chamber.sent(2050).id
    ask = {"campaign_id": campaign, "verdict": Verdict.REJECT, "reasons": [2]}
    with pytest.raises(DomainError, match="decide_count"):
        chamber.database.write(decide_many, chamber.caller("chair"), application_ids=ids, typed=2, **ask)
    with pytest.raises(DomainError, match="commission_waits"):
        chamber.database.write(decide_many, chamber.caller("chair"), application_ids=[*ids, late], typed=4, **ask)
    assert not chamber.database.read(lambda session: session.scalars(select(Decision.id)).all()), "all or none"
    with pytest.raises(DomainError, match="verdict_of_chair"):
        chamber.database.write(decide_many, chamber.caller("one"), application_ids=ids, typed=3, **ask)
    decision = chamber.database.write(decide_many, chamber.caller("chair"), application_ids=ids, typed=3, **ask)

    def statuses() -> list[ApplicationStatus]:
        return chamber.database.read(
            lambda session: list(session.scalars(select(Application.status).where(Application.id.in_(ids))))
        )

    assert statuses() == [ApplicationStatus.REJECTED] * 3
    pending = select(func.count()).where(Notice.kind == "applications.decided", Notice.status == NoticeStatus.PENDING)
    assert chamber.database.read(lambda session: session.scalar(pending)) == 3
    chamber.now += timedelta(seconds=5)
    assert chamber.database.write(bulk.undo_all, chamber.caller("chair"), decision_id=decision).undone == 3
    assert statuses() == [ApplicationStatus.SUBMITTED] * 3
    assert chamber.desk("one", ids[0]).open, "reviews are of what was sent: undoing keeps them"


def test_the_list_ranks_and_rehearses(chamber: Chamber) -> None:
    campaign = chamber.begin("one", "two", places=1)
    best, middle = reviewed(chamber, 2001, value=3)[0], reviewed(chamber, 2002, value=2)[0]
    chamber.sent(2003)
    ask = {"campaign_id": campaign}
    found = chamber.database.read(ranking, chamber.caller("chair"), tried=Rehearsal(), **ask)
    assert [(row.application_id, row.mean, row.above) for row in found.rows] == [(best, 18, True), (middle, 12, False)]
    assert (found.cut, found.changed, found.waiting, found.most) == (1, 0, 1, 18)
    tried = chamber.database.read(ranking, chamber.caller("chair"), tried=Rehearsal(cut=2), only_changed=True, **ask)
    assert (tried.inside, tried.changed, [row.application_id for row in tried.rows]) == (2, 1, [middle])
    town = chamber.staff("town", StaffRole.MUNICIPAL_METHODIST, "chelyabinsky-go")
    chamber.accounts["town"] = town
    with pytest.raises(ForbiddenError):
        chamber.database.read(ranking, chamber.caller("town"), tried=Rehearsal(), **ask)


def test_a_commission_has_one_chair_who_is_never_missing(chamber: Chamber) -> None:
    campaign = chamber.begin("one")
    admin = chamber.caller("admin")
    with pytest.raises(ConflictError, match="commission_there"):
        chamber.database.write(begin, admin, campaign_id=campaign, chair_id=1, draft=DRAFT)
    chair = chamber.accounts["chair"].staff_id
    with pytest.raises(DomainError, match="commission_chair"):
        chamber.database.write(unseat, admin, campaign_id=campaign, staff_id=chair)
    with pytest.raises(DomainError, match="commission_chair"):
        chamber.database.write(seat, admin, campaign_id=campaign, staff_id=chair, seat=MemberSeat.MEMBER)
    chamber.seat("one", MemberSeat.CHAIR)
    found = chamber.database.read(staff_queries.opened, admin, campaign_id=campaign)
    assert [(row.name, row.seat) for row in found.members] == [
        ("Методист one", MemberSeat.CHAIR),
        ("Методист chair", MemberSeat.MEMBER),
    ]
    reader = chamber.staff("reader", StaffRole.READER)
    ask = {"campaign_id": campaign, "staff_id": reader.staff_id}
    with pytest.raises(DomainError, match="commission_account"):
        chamber.database.write(seat, admin, seat=MemberSeat.MEMBER, **ask)
    chamber.database.write(seat, admin, seat=MemberSeat.OBSERVER, **ask)
    with pytest.raises(DomainError, match="commission_cap"):
        chamber.seat("one", MemberSeat.CHAIR, cap=1001)
    with pytest.raises(ForbiddenError):
        chamber.database.write(seat, chamber.caller("chair"), campaign_id=campaign, staff_id=1, seat=MemberSeat.MEMBER)


def test_who_has_reviews_to_make_is_not_taken_out(chamber: Chamber) -> None:
    campaign = chamber.begin("one", "two")
    chamber.sent()
    chamber.assign()
    ask = {"campaign_id": campaign, "staff_id": chamber.accounts["one"].staff_id}
    with pytest.raises(DomainError, match="commission_has_reviews"):
        chamber.database.write(unseat, chamber.caller("admin"), **ask)


def test_rules_of_a_commission_stay_within_their_bounds(chamber: Chamber) -> None:
    campaign = chamber.begin("one")
    for wrong, code in (((0, 5, None), "reviews"), ((2, 0, None), "spread"), ((2, 5, 0), "places")):
        draft = CommissionDraft(reviews=wrong[0], spread=wrong[1], places=wrong[2])
        with pytest.raises(DomainError, match=f"commission_{code}"):
            chamber.database.write(save, chamber.caller("chair"), campaign_id=campaign, draft=draft)
    with pytest.raises(ForbiddenError):
        chamber.database.write(save, chamber.caller("one"), campaign_id=campaign, draft=DRAFT)
    with pytest.raises(DomainError, match="interest_one"):
        chamber.database.write(declare, chamber.caller("one"), campaign_id=campaign)


def test_a_sitting_has_as_many_votes_as_voters(chamber: Chamber) -> None:
    campaign = chamber.begin("one", "two")
    chamber.seat("two", MemberSeat.OBSERVER)
    everybody = frozenset(one.staff_id for one in chamber.accounts.values())
    day = chamber.now.date()

    def draft(**values: object) -> SittingDraft:
        said = {"held_on": day, "present": everybody, "agreed": 2, "against": 0, "abstained": 0}
        return SittingDraft(**{**said, **values})  # type: ignore[arg-type]

    ask = {"campaign_id": campaign}
    for wrong, code in (
        (draft(agreed=3), "sitting_votes"),
        (draft(present=frozenset()), "sitting_present"),
        (draft(held_on=day + timedelta(days=2)), "sitting_day"),
    ):
        with pytest.raises(DomainError, match=code):
            chamber.database.write(write_sitting, chamber.caller("chair"), draft=wrong, **ask)
    chamber.database.write(write_sitting, chamber.caller("chair"), draft=draft(agreed=1, abstained=1), **ask)
    with pytest.raises(ForbiddenError):
        chamber.database.write(write_sitting, chamber.caller("one"), draft=draft(), **ask)
