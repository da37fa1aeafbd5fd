"""The rules of reviews and of the ranked list, counted by hand."""

import pytest

from db.commission.models import MemberSeat
from db.commission.rules import (
    Place,
    Reviewed,
    ReviewLoad,
    above,
    changed,
    least_loaded,
    ranked,
    rounded,
    seats_of,
    strictness,
    tied,
    total,
    wanted,
    wide,
)
from db.scope import StaffRole

A, B, C = 1, 2, 3


def one(number: int, **totals: int) -> Reviewed:
    return Reviewed(number * 10, number, {{"a": A, "b": B, "c": C}[name]: total for name, total in totals.items()})


LIST = [one(1, a=10, b=14), one(2, a=8, b=12), one(3, a=12, c=12), one(4, b=18)]


def test_strictness_is_the_mean_difference_from_the_others_on_shared_applications() -> None:
    """By hand: A is 4 below B twice and level with C once: (-4 - 4 + 0) / 3; B is 4 above A twice."""
    found = strictness(LIST)
    assert found[A].deviation == pytest.approx(-8 / 3) and found[A].shared == 3
    assert (found[B].deviation, found[B].shared) == (4.0, 2), "what nobody else saw says nothing"
    assert (found[C].deviation, found[C].shared) == (0.0, 1)


def test_what_one_reviewer_saw_alone_says_nothing_of_the_others_wherever_it_stands() -> None:
    assert strictness([LIST[3], *LIST[:3]]) == strictness(LIST)
    assert {staff_id: row.staff_id for staff_id, row in strictness(LIST).items()} == {A: A, B: B, C: C}


def test_with_three_reviewers_each_is_measured_by_the_mean_of_the_other_two() -> None:
    found = strictness([one(1, a=6, b=12, c=18)])
    assert [found[who].deviation for who in (A, B, C)] == [-9.0, 0.0, 9.0]


def test_the_list_goes_by_means_and_of_equal_ones_by_the_earlier_number() -> None:
    places = ranked(LIST, 2)
    assert [(row.application_id, row.mean) for row in places] == [(40, 18.0), (10, 12.0), (30, 12.0), (20, 10.0)]
    assert above(places) == {40, 10}
    assert tied(places) == 1, "the third has the mean of the second"
    assert tied(ranked(LIST, 3)) == 0 == tied(ranked(LIST, 0)) == tied(ranked([], 5))


def test_moving_the_cut_off_and_evening_strictness_change_who_is_above_it() -> None:
    now = ranked(LIST, 2)
    assert changed(now, ranked(LIST, 3)) == {30}
    even = ranked(LIST, 2, moved={number: row.deviation for number, row in strictness(LIST).items()})
    # By hand: 1: (24 + 8/3 - 4) / 2 = 11 1/3; 2: 9 1/3; 3: (24 + 8/3) / 2 = 13 1/3; 4: 18 - 4 = 14.
    assert [row.application_id for row in even] == [40, 30, 10, 20]
    assert [row.mean for row in even] == pytest.approx([14, 40 / 3, 34 / 3, 28 / 3])
    assert changed(now, even) == {10, 30}


def test_one_more_review_is_wanted_where_two_lie_far_apart() -> None:
    assert not wide([], 5) and not wide([9], 5) and not wide([10, 15], 5) and wide([10, 16], 5)
    assert wanted([10], reviews=2, spread=5) == 2
    assert wanted([10, 16], reviews=2, spread=5) == 3
    assert wanted([10, 11], reviews=2, spread=5) == 2
    assert wanted([10, 16], reviews=3, spread=5) == 3, "the third is not in yet"
    assert wanted([10, 16, 11], reviews=2, spread=5) == 3, "no fourth"


def test_a_sum_goes_by_weights_and_what_is_no_criterion_counts_nothing() -> None:
    assert total({1: 3, 2: 2, 9: 3}, {1: 2, 2: 1, 3: 5}) == 8
    assert total({}, {1: 2}) == 0


def test_points_are_read_with_one_digit_or_none() -> None:
    assert [str(rounded(points)) for points in (12.0, 12.34, 12.05, 0.0, 11 / 3)] == ["12", "12.3", "12.1", "0", "3.7"]


def test_what_nobody_reviewed_has_no_place_and_equal_means_stand_by_number() -> None:
    found = ranked([one(3, a=5), one(2), one(1, b=5), one(4, a=6)], 2)
    assert found == [Place(1, 40, 6.0, True), Place(2, 10, 5.0, True), Place(3, 30, 5.0, False)]
    assert ranked([one(1, a=6, b=4)], 1, moved={A: 2.0}) == [Place(1, 10, 4.0, True)], "who is not named is not moved"
    assert tied(found) == 1
    assert tied(ranked([one(1, a=6), one(2, a=5), one(3, a=4), one(4, a=4), one(5, a=3)], 3)) == 1


def test_the_next_review_goes_to_the_smallest_part_of_a_cap() -> None:
    loads = [ReviewLoad(A, 3, 4), ReviewLoad(B, 5, 10), ReviewLoad(C, 0, 0)]
    found = least_loaded(loads, ())
    assert found is not None and found.staff_id == B
    assert least_loaded(loads, {B}) is loads[0]
    assert least_loaded([ReviewLoad(A, 4, 4)], ()) is None is least_loaded([], ())
    equal = [ReviewLoad(B, 2, 4), ReviewLoad(A, 1, 2)]
    assert least_loaded(equal, ()) is equal[1], "of equal parts the account that was there first"


@pytest.mark.parametrize(
    ("role", "seats"),
    [
        (StaffRole.ADMINISTRATOR, set(MemberSeat)),
        (StaffRole.REGIONAL_METHODIST, set(MemberSeat)),
        (StaffRole.MUNICIPAL_METHODIST, {MemberSeat.SECRETARY, MemberSeat.MEMBER, MemberSeat.OBSERVER}),
        (StaffRole.READER, {MemberSeat.OBSERVER}),
        (StaffRole.AUDITOR, set()),
        (StaffRole.COORDINATOR, set()),
        (StaffRole.ORGANISATION, set()),
    ],
)
def test_which_seats_an_account_may_take(role: StaffRole, seats: set[MemberSeat]) -> None:
    assert seats_of(role) == seats
