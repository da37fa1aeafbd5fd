"""Reviews on both databases: who is given what, blind to each other, per sending; what nobody's review may be."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.applications import services, staff_services
from db.applications.models import Application, ApplicationStatus, Campaign, Verdict
from db.applications.staff_queries import ApplicationFilter
from db.audit.models import AuditEntry
from db.commission import reviews
from db.commission.assignment import declare, take_away
from db.commission.models import ChangedThing, MemberSeat, Review, ReviewScore, ReviewStatus
from db.commission.ranking import Rehearsal, ranking
from db.commission.reviews import is_close
from db.commission.staff_queries import protocol
from db.commission.staff_services import SittingDraft, write_sitting
from db.diary.models import DiaryKeeper, DiaryKeeping, DiaryLine, DiarySource
from db.dictionaries.models import Organisation
from db.errors import ConflictError, DomainError, ForbiddenError
from db.mentoring.models import Pair
from db.notices.models import Notice
from db.overviews.register import register
from db.people.models import Person, Role
from db.texts import quoted
from db.ties.services import keep_place
from tests.applications.support import campaign_id
from tests.applications.test_services import at_once
from tests.commission.support import Chamber
from tests.support import callers

CANARY = "Пересмешникова"


def test_each_application_gets_two_reviewers_by_load_and_no_more(chamber: Chamber) -> None:
    chamber.begin("one", "two", "three", cap=4)
    sent = [chamber.sent(2001 + place) for place in range(6)]
    done = chamber.assign()
    assert (done.given, done.nobody, done.incomplete) == (12, (), ())
    assert all(len(chamber.reviewers(row.id)) == 2 for row in sent)
    loads = chamber.database.read(lambda session: [row.staff_id for row in session.scalars(select(Review))])
    assert {loads.count(number) for number in loads} == {4}, "everybody has the same, up to the cap"
    late = chamber.sent(2090)
    again = chamber.assign()
    assert (again.given, again.nobody) == (0, (late.id,)), "nobody has room"


def test_two_who_give_out_at_once_give_out_once(chamber: Chamber) -> None:
    chamber.begin("one", "two")
    sent = chamber.sent()
    given = at_once(2, lambda _: chamber.assign().given)
    assert sorted(given) == [0, 2], given
    assert len(chamber.reviewers(sent.id)) == 2


def test_nobody_reviews_oneself_a_colleague_a_mentee_or_whom_they_declared(chamber: Chamber) -> None:
    campaign = chamber.begin("self", "colleague", "mentor", "relative", "place", "free", "other")
    sent = chamber.sent()
    author = sent.person_id
    chamber.is_person("self", author)
    colleague, mentor = chamber.teacher(2101, "Коллега Анна"), chamber.teacher(2102, "Наставник Анна")

    def place(session):  # type: ignore[no-untyped-def]
        where = session.get_one(Person, author).organisation_id
        session.get_one(Person, colleague).organisation_id = where
        session.get_one(Person, mentor).organisation_id = None
        session.add(Pair(mentor_id=mentor, mentee_id=author, started_at=chamber.now, last_contact_at=chamber.now))
        return where

    organisation = chamber.database.write(place)
    assert organisation is not None
    chamber.is_person("colleague", colleague)
    chamber.is_person("mentor", mentor)
    chamber.database.write(declare, chamber.caller("relative"), campaign_id=campaign, person_id=author)
    chamber.database.write(declare, chamber.caller("place"), campaign_id=campaign, organisation_id=organisation)
    assert chamber.assign().given == 2
    assert chamber.reviewers(sent.id) == {"free", "other"}


def test_who_cannot_judge_gives_it_back_and_never_gets_it_again(chamber: Chamber) -> None:
    chamber.begin("one", "two")
    sent = chamber.sent()
    chamber.assign()
    own = {"application_id": sent.id}
    chamber.database.write(reviews.score, chamber.caller("one"), scores={1: 3}, **own)
    chamber.database.write(reviews.release, chamber.caller("one"), interest=True, **own)
    assert chamber.reviewers(sent.id) == {"two"}
    assert not chamber.database.read(lambda session: session.scalars(select(ReviewScore)).all())
    assert chamber.assign().nobody == (sent.id,)
    with pytest.raises(ConflictError, match="review_moved_on"):
        chamber.database.write(reviews.release, chamber.caller("one"), **own)


def test_whom_a_reviewer_declares_later_the_reviewer_scores_no_more(chamber: Chamber) -> None:
    """What was given out before the word was said could still be scored and handed in."""
    campaign = chamber.begin("one", "two")
    sent = chamber.sent()
    chamber.assign()
    own = {"application_id": sent.id}
    chamber.database.write(reviews.score, chamber.caller("one"), scores=dict.fromkeys(range(1, 7), 3), **own)
    chamber.database.write(declare, chamber.caller("one"), campaign_id=campaign, person_id=sent.person_id)
    late = ((reviews.hand_in, {}), (reviews.score, {"scores": {1: 3}}), (reviews.write_note, {"note": "x"}))
    for use_case, said in late:
        with pytest.raises(DomainError, match="review_interest"):
            chamber.database.write(use_case, chamber.caller("one"), **own, **said)
    chamber.database.write(reviews.release, chamber.caller("one"), **own)
    assert chamber.reviewers(sent.id) == {"two"}


def test_an_incomplete_application_goes_to_nobody(chamber: Chamber) -> None:
    chamber.begin("one", "two")
    person = chamber.teacher()
    whole = chamber.complete(person)
    author = callers.person(person, chamber.now)
    document = whole.criterion(4).documents[0]
    chamber.database.write(services.remove_document, author, application_id=whole.id, document_id=document.id)
    chamber.database.write(services.submit, author, application_id=whole.id)
    done = chamber.assign()
    assert (done.given, done.incomplete) == (0, (whole.id,))


def test_a_third_reviews_where_two_lie_far_apart(chamber: Chamber) -> None:
    chamber.begin("one", "two", "three")
    sent, near = chamber.sent(), chamber.sent(2002)
    chamber.assign()
    for application, sums in ((sent, ((3,) * 6, (0,) * 6)), (near, ((2,) * 6, (3,) * 6))):
        for login, scores in zip(sorted(chamber.reviewers(application.id)), sums, strict=True):
            if application is near:
                scores = (2, 2, 2, 2, 2, scores[0])
            chamber.review(login, application.id, *scores)
    assert chamber.assign().given == 1
    assert chamber.reviewers(sent.id) == {"one", "two", "three"}
    assert len(chamber.reviewers(near.id)) == 2
    third = next(
        login
        for login in ("one", "two", "three")
        if (own := chamber.desk(login, sent.id).own) and own.status is ReviewStatus.ASSIGNED
    )
    assert not chamber.desk(third, sent.id).others, "the third is blind to the first two"
    chamber.review(third, sent.id, *(2,) * 6)
    assert len(chamber.desk(third, sent.id).others) == 2
    assert chamber.assign().given == 0, "no fourth"


def test_reviewers_are_blind_to_each_other_until_both_are_in(chamber: Chamber) -> None:
    """Canary words of the first are nowhere that anybody looks; the second one's own are the second one's."""
    campaign = chamber.begin("one", "two")
    sent = chamber.sent()
    chamber.assign()
    chamber.review("one", sent.id, 3, 1, 3, 1, 3, 1, note=CANARY)

    def seen(login: str) -> str:
        desk = chamber.desk(login, sent.id)
        rows = chamber.database.read(register, chamber.caller(login), wanted=ApplicationFilter(status=None))
        places = chamber.database.read(ranking, chamber.caller(login), campaign_id=campaign, tried=Rehearsal())
        return repr((desk.others, [(row.scores, row.total) for row in rows], places.rows, places.reviewers))

    for login in ("two", "chair", "admin"):
        assert seen(login) == repr(((), [({}, None)], [], [])), login
    journal = chamber.database.read(
        lambda session: [json.dumps(row.details) for row in session.scalars(select(AuditEntry))]
    )
    told = chamber.database.read(lambda session: [json.dumps(row.params) for row in session.scalars(select(Notice))])
    assert not [line for line in journal + told if CANARY in line or '"total"' in line or '"scores"' in line]
    own = chamber.desk("one", sent.id).own
    assert own is not None and (own.note, own.total) == (CANARY, 12)
    chamber.review("two", sent.id, *(2,) * 6)
    assert CANARY in seen("two") and CANARY in seen("chair")
    assert chamber.desk("one", sent.id).others[0].total == 12


def test_a_review_needs_every_score_and_stays_once_it_is_in(chamber: Chamber) -> None:
    chamber.begin("one", "two")
    sent = chamber.sent()
    own = {"application_id": sent.id}
    with pytest.raises(DomainError, match="review_not_yours"):
        chamber.database.write(reviews.score, chamber.caller("one"), scores={1: 3}, **own)
    chamber.assign()
    chamber.database.write(reviews.score, chamber.caller("one"), scores={1: 3}, **own)
    with pytest.raises(DomainError, match="review_unscored"):
        chamber.database.write(reviews.hand_in, chamber.caller("one"), **own)
    with pytest.raises(DomainError, match="score_range"):
        chamber.database.write(reviews.score, chamber.caller("one"), scores={2: 4}, **own)
    chamber.review("one", sent.id, *(3,) * 6)
    with pytest.raises(ConflictError, match="review_moved_on"):
        chamber.database.write(reviews.score, chamber.caller("one"), scores={1: 0}, **own)
    with pytest.raises(DomainError, match="review_not_yours"):
        chamber.database.write(reviews.hand_in, chamber.caller("chair"), **own)


def test_a_review_is_of_what_was_sent_and_a_new_sending_wants_new_ones(chamber: Chamber) -> None:
    chamber.begin("one", "two")
    sent = chamber.sent()
    chamber.assign()
    chamber.review("one", sent.id, *(3,) * 6, note=CANARY)
    chamber.database.write(
        staff_services.decide,
        chamber.caller("chair"),
        application_id=sent.id,
        verdict=Verdict.RETURN,
        revision=sent.revision,
        comment="Уточните",
    )
    chamber.now += timedelta(minutes=1)
    author = callers.person(sent.person_id, chamber.now)
    again, _ = chamber.database.write(services.submit, author, application_id=sent.id)
    assert again.status is ApplicationStatus.SUBMITTED
    assert chamber.desk("one", sent.id).own is None
    assert chamber.assign().given == 2
    kept = chamber.database.read(
        lambda session: [(row.revision, row.status) for row in session.scalars(select(Review))]
    )
    assert len(kept) == 4 and len({revision for revision, _ in kept}) == 2


def test_without_a_commission_each_has_scores_of_their_own_and_the_register_means(chamber: Chamber) -> None:
    """A second reviewer overwrote the first."""
    chamber.accounts = {login: chamber.staff(login) for login in ("one", "two")}
    sent = chamber.sent()
    for login, value in (("one", 3), ("two", 2)):
        chamber.database.write(reviews.score, chamber.caller(login), application_id=sent.id, scores={1: value, 2: 2})
    assert dict(chamber.desk("one", sent.id).scores) == {1: 3, 2: 2}
    assert [dict(row.scores) for row in chamber.desk("one", sent.id).others] == [{1: 2, 2: 2}]
    rows = chamber.database.read(register, chamber.caller("one"), wanted=ApplicationFilter())
    assert [(row.scores, row.total) for row in rows] == [({1: 2.5, 2: 2}, 4.5)]


def test_only_who_keeps_the_papers_gives_applications_out(chamber: Chamber) -> None:
    campaign = chamber.begin("one", "two")
    from db.commission.assignment import assign_reviews

    with pytest.raises(ForbiddenError):
        chamber.database.write(assign_reviews, chamber.caller("one"), campaign_id=campaign)
    chamber.seat("one", MemberSeat.SECRETARY, cap=1)
    assert chamber.database.write(assign_reviews, chamber.caller("one"), campaign_id=campaign).given == 0
    assert chamber.database.read(campaign_id) == campaign


def test_who_does_not_come_to_it_has_it_taken_away_by_the_chair(chamber: Chamber) -> None:
    chamber.begin("one", "two", "three")
    sent = chamber.sent()
    chamber.assign()
    waited = chamber.desk("chair", sent.id).waited
    assert len(waited) == 2 and not chamber.desk("one", sent.id).waited
    own: dict[str, Any] = {"review_id": waited[0][0], "reason": "Болеет второй месяц"}
    with pytest.raises(ForbiddenError):
        chamber.database.write(take_away, chamber.caller("three"), **own)
    chamber.database.write(take_away, chamber.caller("chair"), **own)
    assert chamber.assign().given == 1
    assert "three" in chamber.reviewers(sent.id)


def test_a_review_is_taken_away_only_with_a_reason_that_the_protocol_tells(chamber: Chamber) -> None:
    """A chair could take an application from whoever would judge it low, and nobody read of it."""
    campaign = chamber.begin("one", "two", "three")
    sent = chamber.sent()
    chamber.assign()
    waited = chamber.desk("chair", sent.id).waited
    for reason in ("", "  "):
        with pytest.raises(DomainError, match="commission_reason"):
            chamber.database.write(take_away, chamber.caller("chair"), review_id=waited[0][0], reason=reason)
    assert chamber.desk("chair", sent.id).waited == waited, "a refusal leaves it where it was"
    chamber.database.write(take_away, chamber.caller("chair"), review_id=waited[0][0], reason="Болеет")
    (told,) = chamber.database.read(protocol, chamber.caller("chair"), campaign_id=campaign).changes
    assert (told.what, told.before, told.after, told.reason) == (
        ChangedThing.REVIEWER,
        str(sent.number),
        None,
        "Болеет",
    )
    assert told.member is not None
    assert told.member.name == waited[0][1]


def test_an_author_who_changes_the_organisation_escapes_no_declared_interest(chamber: Chamber) -> None:
    """An interest in a school followed its people: who left it after sending came to the one who had declared it."""
    members = ("then", "now", "colleague", "free", "other")
    campaign = chamber.begin(*members)
    there, elsewhere = chamber.database.read(
        lambda session: session.scalars(select(Organisation.id).order_by(Organisation.id).limit(2)).all()
    )
    author, near = chamber.teacher(2001), chamber.teacher(2101, "Коллега Анна")
    chamber.is_person("colleague", near)
    for login, place in (("then", there), ("now", elsewhere)):
        chamber.database.write(declare, chamber.caller(login), campaign_id=campaign, organisation_id=place)

    def works(session: Session, person_id: int, place: int) -> None:
        session.get_one(Person, person_id).organisation_id = place

    for person_id in (author, near):
        chamber.database.write(works, person_id, there)
    sent = chamber.submitted(author)
    chamber.database.write(works, author, elsewhere)
    assert chamber.assign().given == 2
    assert chamber.reviewers(sent.id) == {"free", "other"}

    def close(login: str) -> bool:
        caller = chamber.caller(login)
        return chamber.database.read(lambda session: is_close(session, caller, session.get_one(Application, sent.id)))

    assert {login for login in members if close(login)} == {"then", "now", "colleague"}


def test_who_said_that_a_relative_works_at_a_school_reviews_nothing_of_it(chamber: Chamber) -> None:
    """The word was kept where expert work alone asked for it."""
    chamber.begin("near", "free", "other")
    sent = chamber.sent()
    expert = chamber.teacher(2101, "Эксперт Анна")
    place = chamber.database.read(lambda session: session.get_one(Person, sent.person_id).organisation_id)
    chamber.database.write(lambda session: setattr(session.get_one(Person, expert), "organisation_id", None))
    chamber.database.write(keep_place, callers.person(expert, chamber.now), organisation_id=place)
    chamber.is_person("near", expert)
    assert chamber.assign().given == 2
    assert chamber.reviewers(sent.id) == {"free", "other"}


def test_a_review_and_a_sitting_stand_in_the_own_diary_without_the_teacher(chamber: Chamber) -> None:
    campaign = chamber.begin("one", "two")
    sent = chamber.sent()
    chamber.assign()
    me = chamber.teacher(4001, "Рецензент Анна", roles=[Role.MENTOR])
    chamber.database.write(_works_elsewhere, me)
    for keeper in (DiaryKeeper.ACTIVE_MEMBER, DiaryKeeper.MENTOR):
        chamber.database.write(_keeps, keeper)
    chamber.is_person("one", me)
    for login in ("one", "two"):
        chamber.review(login, sent.id, *(3,) * 6, note=CANARY)
    draft = SittingDraft(
        held_on=chamber.now.date(),
        present=frozenset([chamber.accounts["one"].staff_id]),
        agreed=1,
        against=0,
        abstained=0,
    )
    chamber.seat("one", MemberSeat.SECRETARY)
    chamber.database.write(write_sitting, chamber.caller("one"), campaign_id=campaign, draft=draft)
    lines = chamber.database.read(lambda session: session.scalars(select(DiaryLine).order_by(DiaryLine.id)).all())
    title = chamber.database.read(lambda session: session.get_one(Campaign, campaign).title)
    assert [(one.person_id, one.source) for one in lines] == [(me, DiarySource.SELECTION), (me, DiarySource.SITTING)]
    assert {one.text for one in lines} == {quoted(title)[:300]}, "of which selection, and nobody's name"


def _works_elsewhere(session: Session, person_id: int) -> None:
    session.get_one(Person, person_id).organisation_id = None


def _keeps(session: Session, keeper: DiaryKeeper) -> None:
    if session.scalar(select(DiaryKeeping.id).where(DiaryKeeping.keeper == keeper)) is None:
        session.add(DiaryKeeping(keeper=keeper))
