"""What a decision asked for, how a selection resembles an earlier one, terms of appeals: pure."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from db.applications.models import (
    AnswerKind,
    ApplicationStatus,
    Criterion,
    Decision,
    FilesRule,
    LeadsTo,
    Reason,
    Verdict,
)
from db.applications.rules import (
    ANSWER_LIMIT,
    MOST_DAYS,
    Given,
    Lack,
    Parts,
    Risk,
    alike,
    appeal_terms,
    appeal_until,
    asked,
    fits,
    lacks,
    mentions,
    open_parts,
    readiness,
    risks,
    step_of,
)
from db.errors import DomainError

ZONE = ZoneInfo("Asia/Yekaterinburg")
SOME = datetime(2026, 3, 2, tzinfo=UTC)


def reason(number: int, verdict: Verdict = Verdict.REJECT, **more: object) -> Reason:
    kept = {"text": "", "short": "", "gentle": f"мягко {number}", "warning": None, "criteria": [], "direction": False}
    return Reason(number=number, verdict=verdict, **(kept | {"alarming": [], "expected": []} | more))


def test_only_refusals_with_words_for_it_are_warned_of() -> None:
    rows = [
        reason(1, warning="Осторожно", criteria=[5], direction=True, alarming=["низк"], expected=["регион"]),
        reason(2),
        reason(3, warning=""),
        reason(4, Verdict.RETURN, warning="Осторожно"),
    ]
    assert risks(rows) == [Risk(1, [5], "Осторожно", True, ["низк"], ["регион"])]


def test_one_step_is_walked_and_its_place_may_be_unknown() -> None:
    rows = [reason(1), reason(2, next_step="Пройти", leads_to=LeadsTo.TRAINING), reason(3, next_step="Иное")]
    assert step_of(rows) == ("Пройти", "training")
    assert step_of([rows[0], rows[2]]) == ("Иное", None)
    assert step_of([rows[0]]) is None is step_of([])


def criterion(number: int, title: str, answer: AnswerKind = AnswerKind.TEXT) -> Criterion:
    return Criterion(number=number, title=title, answer=answer)


def test_criteria_of_the_same_words_and_kind_are_alike_whatever_their_numbers() -> None:
    now = [criterion(1, "Опыт  наставника"), criterion(2, "Категория"), criterion(3, "Новое")]
    before = [criterion(4, "ОПЫТ наставника"), criterion(2, "Категория", AnswerKind.CATEGORY)]
    assert alike(now, before) == {1: 4}
    assert alike(before, before) == {4: 4, 2: 2} and alike(now, []) == {}


def decided(verdict: Verdict, *, undone: bool = False, **more: object) -> Decision:
    kept = {"reasons": [], "remarks": {}} | more
    return Decision(verdict=verdict, undone_at=SOME if undone else None, **kept)


REASONS = [
    reason(1, Verdict.RETURN, criteria=[3, 4]),
    reason(2, Verdict.RETURN, criteria=[4, 5]),
    reason(1, Verdict.REJECT, criteria=[6]),
]


@pytest.mark.parametrize(
    ("decisions", "said"),
    [
        ([], {}),
        ([decided(Verdict.RETURN, undone=True, remarks={"1": "Дополните"})], {}),
        ([decided(Verdict.RETURN, remarks={"1": "Дополните", "0": "Выберите"})], {1: "Дополните", 0: "Выберите"}),
        ([decided(Verdict.RETURN, remarks={"1": "Раньше"}), decided(Verdict.APPROVE)], {}),
        ([decided(Verdict.RETURN, remarks={"1": "Раньше"}), decided(Verdict.APPROVE, undone=True)], {1: "Раньше"}),
        (
            [decided(Verdict.RETURN, remarks={"1": "Раньше"}), decided(Verdict.RETURN, remarks={"2": "Потом"})],
            {2: "Потом"},
        ),
        ([decided(Verdict.RETURN, reasons=[1])], {3: "мягко 1", 4: "мягко 1"}),
        ([decided(Verdict.RETURN, reasons=[1, 2])], {3: "мягко 1", 4: "мягко 1", 5: "мягко 2"}),
        ([decided(Verdict.RETURN, reasons=[1], remarks={"3": "Своё"})], {3: "Своё", 4: "мягко 1"}),
        ([decided(Verdict.REJECT, reasons=[1])], {6: "мягко 1"}),
    ],
)
def test_what_the_last_decision_that_stands_wanted(decisions: list[Decision], said: dict[int, str]) -> None:
    assert asked(decisions, REASONS) == said


def test_an_appeal_is_possible_to_the_end_of_a_local_day() -> None:
    evening = datetime(2026, 3, 2, 20, tzinfo=UTC)  # the third in Chelyabinsk
    assert appeal_until(evening, 10, ZONE) == date(2026, 3, 13)
    assert appeal_until(evening, None, ZONE) is None is appeal_until(evening, 0, ZONE)


@pytest.mark.parametrize(
    ("days", "answer_days", "kept"),
    [
        (None, None, (None, None)),
        (0, 5, (None, None)),
        (1, 1, (1, 1)),
        (MOST_DAYS, MOST_DAYS, (MOST_DAYS, MOST_DAYS)),
        (10, 30, (10, 30)),
        (-1, 5, None),
        (MOST_DAYS + 1, 5, None),
        (5, None, None),
        (5, 0, None),
        (5, MOST_DAYS + 1, None),
    ],
)
def test_terms_of_appeals_are_both_or_none_and_within_three_months(
    days: int | None, answer_days: int | None, kept: tuple[int | None, int | None] | None
) -> None:
    if kept is not None:
        assert appeal_terms(days, answer_days) == kept
        return
    with pytest.raises(DomainError) as refusal:
        appeal_terms(days, answer_days)
    assert (refusal.value.code, refusal.value.params) == ("campaign_appeal", {"most": 90, "field": "answer_days"})


def text(number: int, said: str, documents: int = 0) -> Given:
    return Given(number, AnswerKind.TEXT, FilesRule.OPTIONAL, text=said, documents=documents)


@pytest.mark.parametrize(
    ("said", "lacking"),
    [
        ("ы" * 20, ()),
        ("ы" * 19 + "!!!", (Lack.SHORT,)),
        ("5" * 20, ()),
        ("ы " * (ANSWER_LIMIT // 2), ()),
        ("ы " * (ANSWER_LIMIT // 2) + " ", (Lack.LONG,)),
    ],
)
def test_an_answer_has_twenty_letters_and_no_more_than_is_read(said: str, lacking: tuple[Lack, ...]) -> None:
    assert lacks(text(1, said)) == lacking


def test_a_choice_that_is_no_is_no_lack_of_what_is_no_question_of_readiness() -> None:
    assert lacks(Given(2, AnswerKind.CATEGORY, FilesRule.NONE, choice="no")) == ()
    assert lacks(Given(2, AnswerKind.TEXT, FilesRule.NONE, text="ы" * 20, choice="no")) == ()


WHOLE = "Провела для коллег района два семинара осенью."


def ready(*given: Given, risk: Risk, direction: str | None = "Музыка", directions: tuple[str, ...] = ()) -> list[int]:
    found = readiness(given, [risk], direction=direction, category=True, directions=directions)
    return [one.number for one in found.warnings]


def test_a_risk_threatens_by_the_criteria_that_it_looks_at() -> None:
    plain = Risk(1, [1, 2], "Осторожно")
    assert ready(text(1, WHOLE), text(2, WHOLE), risk=plain) == []
    assert ready(text(1, WHOLE), text(2, ""), risk=plain) == [1]
    assert ready(text(1, WHOLE), text(3, ""), risk=plain) == [], "not by another, nor by one that is not asked"
    alarming = Risk(1, [1, 2], "Осторожно", alarming=["низк", "плох"])
    assert ready(text(1, WHOLE), text(2, WHOLE), risk=alarming) == []
    assert ready(text(1, WHOLE), text(2, WHOLE + " Уровень низкий"), risk=alarming) == [1]
    assert ready(text(1, WHOLE), text(2, "Низкий уровень у многих детей"), risk=alarming) == [1]
    expected = Risk(1, [1], "Осторожно", expected=["семинар", "урок"])
    assert ready(text(1, WHOLE), risk=expected) == []
    assert ready(text(1, "Много лет работаю и люблю свою школу."), risk=expected) == [1]


def test_a_risk_about_the_direction_asks_whether_the_words_fit() -> None:
    risk = Risk(1, [1], "Осторожно", direction=True)
    directions = ("Музыкальное воспитание", "Финансовая грамотность")
    music = text(1, "Музыкальные занятия с воспитанниками и концерты")
    money = text(1, "Финансовой грамотности учу второй год подряд")
    assert ready(music, risk=risk, direction=directions[0], directions=directions) == []
    assert ready(money, risk=risk, direction=directions[0], directions=directions) == [1]
    assert ready(music, risk=risk, direction=None, directions=directions) == [1]
    assert ready(money, risk=Risk(1, [1], "Осторожно"), direction=directions[0], directions=directions) == []


def test_how_ready_an_application_is() -> None:
    given = [text(1, WHOLE), text(2, ""), text(3, "", documents=1)]
    found = readiness(given, [], direction="Музыка", category=True)
    assert (found.missing, found.blocking) == ({1: (), 2: (Lack.ANSWER,), 3: (Lack.ANSWER,)}, (2,))
    assert (found.complete, found.direction, found.category, found.sendable) == (1, True, True, False)
    for direction, category in ((None, True), ("Музыка", False)):
        found = readiness(given[:1], [], direction=direction, category=category)
        assert (found.direction, found.category, found.sendable) == (direction is not None, category, False)
    assert readiness(given[:1], [], direction="Музыка", category=True).sendable


@pytest.mark.parametrize(
    ("said", "stem", "found"),
    [
        ("Низкий уровень", "низк", True),
        ("снизка", "низк", False),
        ("он МО ведёт", "мо", True),
        ("модуль", "мо", False),
        ("шмо", "шмо", True),
        ("шмоль", "шмо", False),
        ("шмольный", "шмол", True),
        ("всё плохо", "ПЛОХ", True),
        ("зелёный", "зелЕн", True),
        ("а.б", "а.б", True),
        ("абб", "а.б", False),
    ],
)
def test_a_stem_is_the_beginning_of_a_word_and_a_short_one_all_of_it(said: str, stem: str, found: bool) -> None:
    assert mentions(said, stem) is found


MUSIC, MONEY, SPORT = "Музыкальное воспитание", "Финансовая грамотность", "Спортивное воспитание"
ALL = (MUSIC, MONEY, SPORT)


@pytest.mark.parametrize(
    ("said", "direction", "fitting"),
    [
        ("", MUSIC, True),
        ("Кружок рисования", MUSIC, True),  # silence is no sign
        ("Музыкальный кружок", MUSIC, True),
        ("Финансовый кружок", MUSIC, True),  # one word in common is chance
        ("Финансовая грамотность", MUSIC, False),
        ("Музыкальный и финансовый: грамотность", MUSIC, True),  # names it, and one other besides
        ("Воспитание детей", MONEY, True),  # a word that two directions have tells neither
        ("Финансовая грамотность", MONEY, True),
    ],
)
def test_a_practice_fits_a_direction_that_it_names(said: str, direction: str, fitting: bool) -> None:
    assert fits(said, direction, ALL) is fitting
    assert fits(said, direction, [one for one in ALL if one != direction]) is fitting, "the own one is known anyway"


def test_a_practice_that_names_two_others_besides_does_not_fit() -> None:
    every = ("Музыкальное творчество", "Финансовая грамотность", "Спортивное движение")
    said = "Музыкальное творчество, финансовая грамотность"
    assert fits(said, every[0], every)
    assert not fits(said + ", спортивное движение", every[0], every)


S = ApplicationStatus


@pytest.mark.parametrize(
    ("status", "remarked", "parts"),
    [
        (S.DRAFT, {4}, Parts(True, frozenset({1, 2, 3}))),
        (S.RETURNED, set(), Parts(True, frozenset({1, 2, 3}))),
        (S.RETURNED, {2}, Parts(False, frozenset({2}))),
        (S.RETURNED, {0}, Parts(True, frozenset())),
        (S.SUBMITTED, set(), Parts(False, frozenset())),
        (S.APPROVED, {0, 1}, Parts(False, frozenset())),
    ],
)
def test_which_parts_are_open(status: S, remarked: set[int], parts: Parts) -> None:
    assert open_parts(status, frozenset(remarked), [1, 2, 3]) == parts


def test_rows_of_any_kind_are_read() -> None:
    """Reasons come from the table or from a form that was not saved yet."""
    row = SimpleNamespace(next_step="Спросить", leads_to=None)
    assert step_of([row]) == ("Спросить", None)
