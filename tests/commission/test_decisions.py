"""Who sits in a commission and who decides: the chair alone, once all reviews are in, never over each other."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.applications import bulk, services
from db.applications.models import Application, ApplicationStatus, Decision, Verdict
from db.applications.rules import OUTCOME
from db.caller import StaffCaller
from db.commission import staff_queries
from db.commission.assignment import declare, undeclare
from db.commission.models import ChangedThing, CommissionInterest, MemberSeat
from db.commission.ranking import Rehearsal, ranking
from db.commission.reviews import release
from db.commission.staff_services import (
    CommissionDraft,
    SittingDraft,
    begin,
    decide,
    decide_many,
    remove_sitting,
    save,
    seat,
    unseat,
    write_sitting,
)
from db.database import Database
from db.dictionaries.models import Organisation
from db.errors import ConflictError, DomainError, ForbiddenError
from db.mentoring.models import Pair
from db.notices.models import Notice, NoticeStatus
from db.people.models import Person
from db.scope import StaffRole
from tests.commission.support import Chamber
from tests.support import callers
from tests.support.figures import Figures
from tests.support.processes import Say, crew, engine_of, volumes

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


def test_a_word_once_said_is_not_taken_back_by_whoever_said_it(chamber: Chamber) -> None:
    """A chair declared a relative, took the word back, and decided; or left the seat and came back without it."""
    campaign = chamber.begin("one", "two", "three")
    application_id, revision = reviewed(chamber)
    author = chamber.database.read(lambda session: session.get_one(Application, application_id)).person_id
    ask = {"verdict": Verdict.APPROVE, "application_id": application_id, "revision": revision}
    chamber.database.write(declare, chamber.caller("chair"), campaign_id=campaign, person_id=author)

    def declared() -> list[CommissionInterest]:
        return chamber.database.read(lambda session: list(session.scalars(select(CommissionInterest))))

    (word,) = declared()
    own = {"campaign_id": campaign, "interest_id": word.id, "reason": "Не та однофамилица"}
    with pytest.raises(DomainError, match="interest_own"):
        chamber.database.write(undeclare, chamber.caller("chair"), **own)
    with pytest.raises(ForbiddenError):
        chamber.database.write(undeclare, chamber.caller("one"), **own)
    chamber.seat("three", MemberSeat.CHAIR, reason="Отпуск")
    chair = chamber.accounts["chair"].staff_id
    chamber.database.write(unseat, chamber.caller("three"), campaign_id=campaign, staff_id=chair, reason="Отпуск")
    chamber.seat("chair", MemberSeat.CHAIR, reason="Вернулась")
    with pytest.raises(DomainError, match="verdict_interest"):
        chamber.database.write(decide, chamber.caller("chair"), **ask)
    with pytest.raises(DomainError, match="commission_reason"):
        chamber.database.write(undeclare, chamber.caller("admin"), **{**own, "reason": " "})
    chamber.database.write(undeclare, chamber.caller("admin"), **own)
    assert not declared()
    chamber.database.write(decide, chamber.caller("chair"), **ask)
    told = chamber.database.read(staff_queries.protocol, chamber.caller("admin"), campaign_id=campaign).changes[-1]
    assert (told.what, told.member_id, told.reason) == (ChangedThing.INTEREST, chair, "Не та однофамилица")


@pytest.mark.parametrize("close", ["colleague", "mentor"])
def test_whom_the_chair_may_not_review_the_chair_does_not_decide_on(chamber: Chamber, close: str) -> None:
    """A chair was kept from reviewing a colleague or a mentee, and approved them nevertheless."""
    chamber.begin("one", "two")
    application_id, revision = reviewed(chamber)
    me = chamber.teacher(2101, "Председатель Анна")
    chamber.is_person("chair", me)

    def tie(session: Session) -> None:
        author = session.get_one(Person, session.get_one(Application, application_id).person_id)
        place = session.scalars(select(Organisation.id).limit(1)).one()
        author.organisation_id = place
        session.get_one(Person, me).organisation_id = place if close == "colleague" else None
        if close == "mentor":
            pair = {"started_at": chamber.now, "last_contact_at": chamber.now}
            session.add(Pair(mentor_id=me, mentee_id=author.id, **pair))

    chamber.database.write(tie)
    ask = {"application_id": application_id, "verdict": Verdict.APPROVE, "revision": revision}
    with pytest.raises(DomainError, match="verdict_interest"):
        chamber.database.write(decide, chamber.caller("chair"), **ask)


def test_rules_change_after_reviews_began_only_with_a_reason_that_the_protocol_tells(chamber: Chamber) -> None:
    """A chair lowered the number of reviews and decided before the second one came in."""
    campaign = chamber.begin("one", "two", "three")
    sent = chamber.sent()
    ask = {"campaign_id": campaign}

    def change(login: str, reviews: int, spread: int, places: int | None = None, reason: str = "") -> None:
        draft = CommissionDraft(reviews=reviews, spread=spread, places=places)
        chamber.database.write(save, chamber.caller(login), draft=draft, reason=reason, **ask)

    change("chair", 1, 9)
    change("chair", 2, 5)
    chamber.assign()
    for reviews, spread in ((1, 5), (2, 6)):
        with pytest.raises(DomainError, match="commission_loosened"):
            change("chair", reviews, spread, reason="Некому смотреть")
        with pytest.raises(DomainError, match="commission_reason"):
            change("admin", reviews, spread)
    with pytest.raises(DomainError, match="commission_reason"):
        change("chair", 2, 5, places=7)
    change("chair", 2, 5)  # nothing changes, so nothing is asked
    change("chair", 3, 4, places=7, reason="Спорные заявки")
    change("admin", 2, 4, places=7, reason="Двое заболели")
    mine = {"staff_id": chamber.accounts["chair"].staff_id, "seat": MemberSeat.CHAIR}
    with pytest.raises(DomainError, match="commission_reason"):
        chamber.database.write(seat, chamber.caller("chair"), cap=100, **mine, **ask)
    chamber.database.write(seat, chamber.caller("chair"), cap=100, reason="Заменяю", **mine, **ask)
    with pytest.raises(DomainError, match="commission_reason"):
        chamber.seat("three", acting=True, cap=50, reason="")
    spare = next(login for login in ("one", "two", "three") if login not in chamber.reviewers(sent.id))
    staff_id = chamber.accounts[spare].staff_id
    with pytest.raises(DomainError, match="commission_reason"):
        chamber.database.write(unseat, chamber.caller("chair"), staff_id=staff_id, **ask)
    day = SittingDraft(held_on=chamber.now.date(), present=frozenset({staff_id}), agreed=1, against=0, abstained=0)
    sitting = chamber.database.write(write_sitting, chamber.caller("chair"), draft=day, **ask)
    chamber.database.write(unseat, chamber.caller("chair"), staff_id=staff_id, reason="Уехала", **ask)
    found = chamber.database.read(staff_queries.protocol, chamber.caller("admin"), **ask)
    assert found.names == {staff_id: f"Методист {spare}"}, "who was there stays there"
    with pytest.raises(DomainError, match="commission_reason"):
        chamber.database.write(remove_sitting, chamber.caller("chair"), sitting_id=sitting)
    chamber.database.write(remove_sitting, chamber.caller("chair"), sitting_id=sitting, reason="Не тот день")
    found = chamber.database.read(staff_queries.protocol, chamber.caller("admin"), **ask)
    assert [(one.what.value, one.before, one.after, one.reason) for one in found.changes] == [
        ("reviews", "2", "3", "Спорные заявки"),
        ("spread", "5", "4", "Спорные заявки"),
        ("places", None, "7", "Спорные заявки"),
        ("reviews", "3", "2", "Двое заболели"),
        ("cap", "0", "100", "Заменяю"),
        ("seat", "member", None, "Уехала"),
        ("sitting", str(chamber.now.date()), None, "Не тот день"),
    ]


def test_the_protocol_tells_what_was_given_back_and_what_was_sent_again(chamber: Chamber) -> None:
    """By returning what had its reviews an application got other reviewers, and nobody saw it."""
    campaign = chamber.begin("one", "two", "three")
    application_id, revision = reviewed(chamber)
    author = chamber.database.read(lambda session: session.get_one(Application, application_id)).person_id
    back = {"application_id": application_id, "revision": revision, "verdict": Verdict.RETURN, "comment": "Уточните"}
    chamber.database.write(decide, chamber.caller("chair"), **back)
    chamber.now += timedelta(minutes=1)
    chamber.database.write(services.submit, callers.person(author, chamber.now), application_id=application_id)
    chamber.assign()
    login = min(chamber.reviewers(application_id))
    chamber.database.write(release, chamber.caller(login), application_id=application_id)
    found = chamber.database.read(staff_queries.protocol, chamber.caller("admin"), campaign_id=campaign)
    assert (found.given_back, found.sent_again) == (1, 1)


def test_whoever_refused_reviews_it_no_more_once_it_is_looked_at_again(chamber: Chamber) -> None:
    chamber.begin("one", "two", "three")
    sent = chamber.sent()

    def refuse(session: Session) -> None:
        said = {"verdict": Verdict.REJECT, "reasons": [], "decided_at": chamber.now, "undone_at": chamber.now}
        judge = chamber.accounts["one"].staff_id
        session.add(Decision(application_id=sent.id, staff_id=judge, undone_reason="Посмотрим ещё раз", **said))

    chamber.database.write(refuse)
    chamber.assign()
    assert chamber.reviewers(sent.id) == {"two", "three"}


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


def settle(door: Database, say: Say, caller: StaffCaller, ask: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Decides on one application in a process of its own; a refusal comes back as its code and words."""
    try:
        return door.write(decide, caller, comment="Решение", **ask).status.value, {}
    except ConflictError as refusal:
        return refusal.code, refusal.params


@volumes(rounds=(5, 100))
def test_of_two_who_decide_at_once_one_decides_and_the_other_is_told_who_and_what(
    chamber: Chamber, database_url: str, rounds: int, figures: Figures
) -> None:
    chamber.begin("one", "two", "three", cap=200)
    chamber.seat("three", acting=True, cap=0)
    verdicts = {"chair": Verdict.APPROVE, "three": Verdict.REJECT}
    wrong, won = [], Counter[str]()
    with crew(database_url, "panel", "panel") as panels:
        for turn in range(rounds):
            application_id, revision = reviewed(chamber, 2001 + turn)
            order = list(verdicts) if turn % 2 else list(reversed(verdicts))
            for panel, login in zip(panels, order, strict=True):
                ask = {"application_id": application_id, "revision": revision, "verdict": verdicts[login]}
                panel.ask(settle, chamber.caller(login), ask)
            answers = dict(zip(order, (panel.answer() for panel in panels), strict=True))
            first = next((one for one in verdicts if answers[one][0] == OUTCOME[verdicts[one]].value), "nobody")
            other = answers["three" if first == "chair" else "chair"]
            won[first] += 1
            if other != (f"application_{verdicts.get(first, '')}_by", {"name": f"Методист {first}"}):
                wrong.append(f"{turn}: {answers}")
    counted = chamber.database.read(lambda session: session.scalar(select(func.count()).select_from(Decision)))
    figures.note(
        "Two deciding at once",
        f"{engine_of(database_url)}: {rounds} rounds by two processes: {counted} decisions, "
        f"{rounds - len(wrong)} times the other was told who and what; "
        f"the chair was first {won['chair']} times, the acting one {won['three']}",
        goal="100 rounds: 100 decisions, 100 told",
        held=counted == rounds and not wrong,
    )
    assert counted == rounds and not wrong, wrong


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
