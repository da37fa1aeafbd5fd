"""What an application may become, lacks and risks: without a database."""

import itertools

import pytest

from db.applications.models import AnswerKind, ApplicationStatus, FilesRule
from db.applications.rules import (
    ANSWER_LIMIT,
    APPLICATION,
    Given,
    Lack,
    Risk,
    blocks,
    fits,
    lacks,
    mentions,
    open_parts,
    readiness,
)
from db.errors import ConflictError
from db.packs import load_pack

S = ApplicationStatus
ALLOWED = {
    (S.DRAFT, S.SUBMITTED),
    (S.DRAFT, S.WITHDRAWN),
    (S.SUBMITTED, S.APPROVED),
    (S.SUBMITTED, S.REJECTED),
    (S.SUBMITTED, S.RETURNED),
    (S.SUBMITTED, S.WITHDRAWN),
    (S.RETURNED, S.SUBMITTED),
    (S.RETURNED, S.WITHDRAWN),
    (S.APPROVED, S.SUBMITTED),  # undone within ten seconds
    (S.REJECTED, S.SUBMITTED),  # the same
    (S.WITHDRAWN, S.DRAFT),  # begun again
}
DIRECTIONS = [item["name"] for item in load_pack("chelyabinsk").section("dictionaries")["directions"]]
LITERACY, TALENTS = DIRECTIONS[2], DIRECTIONS[8]
LONG = "Провела для коллег района два семинара осенью и весной."


@pytest.mark.parametrize(("current", "wanted"), list(itertools.product(S, S)))
def test_transition_table_is_complete(current: S, wanted: S) -> None:
    assert set(APPLICATION.moves) == set(S)
    if (current, wanted) in ALLOWED:
        APPLICATION.check(current, wanted)
    else:
        with pytest.raises(ConflictError):
            APPLICATION.check(current, wanted)


@pytest.mark.parametrize(
    ("given", "expected", "blocking"),
    [
        (Given(1, AnswerKind.TEXT, FilesRule.OPTIONAL), (Lack.ANSWER,), True),
        (Given(1, AnswerKind.TEXT, FilesRule.OPTIONAL, documents=1), (Lack.ANSWER,), False),
        (Given(1, AnswerKind.TEXT, FilesRule.OPTIONAL, text="Да."), (Lack.SHORT,), False),
        (Given(1, AnswerKind.TEXT, FilesRule.OPTIONAL, text="ы" * (ANSWER_LIMIT + 1)), (Lack.LONG,), True),
        (Given(1, AnswerKind.TEXT, FilesRule.OPTIONAL, text=LONG), (), False),
        (Given(4, AnswerKind.TEXT, FilesRule.REQUIRED, text=LONG), (Lack.DOCUMENT,), False),
        (Given(4, AnswerKind.TEXT, FilesRule.REQUIRED), (Lack.ANSWER, Lack.DOCUMENT), True),
        (Given(2, AnswerKind.CATEGORY, FilesRule.OPTIONAL), (Lack.ANSWER,), True),
        (Given(2, AnswerKind.CATEGORY, FilesRule.OPTIONAL, choice="first"), (), False),
        (Given(6, AnswerKind.YES_NO, FilesRule.NONE, choice="no"), (Lack.NOT_READY,), False),
        (Given(6, AnswerKind.YES_NO, FilesRule.NONE, choice="yes"), (), False),
    ],
)
def test_what_a_criterion_lacks(given: Given, expected: tuple[Lack, ...], blocking: bool) -> None:
    assert lacks(given) == expected
    assert blocks(given) is blocking


def _risks() -> list[Risk]:
    return [
        Risk(
            item["reason"],
            [item["criterion"]],
            item["text"],
            bool(item.get("direction")),
            item.get("alarming", []),
            item.get("expected", []),
        )
        for item in load_pack("chelyabinsk").section("campaigns")["warnings"]
    ]


@pytest.mark.parametrize(
    ("number", "text", "warned"),
    [
        (5, "Региональная оценка компетенций, весна, уровень выше среднего", False),
        (5, "Региональная оценка компетенций, весна, результат низкий", True),
        (5, "Прошла самодиагностику в этом боте, всё хорошо", True),
        (3, "Третий год веду школьное методобъединение учителей математики", False),
        (3, "Руководитель МО, наставник двух молодых учителей", False),
        (3, "Много лет работаю учителем и люблю свою школу и детей", True),
        (3, "Опыта нет, но очень хочу попробовать себя в этом деле", True),
        (1, "Готовлю коллег к формированию функциональной грамотности, два семинара", False),
        (1, "Провела три мастер-класса для педагогов города за год", False),
        (1, "Готовлю коллег к выявлению способностей и талантов детей и молодежи", True),
    ],
)
def test_three_reasons_of_refusal_are_warned_of(number: int, text: str, warned: bool) -> None:
    given = [
        Given(1, AnswerKind.TEXT, FilesRule.OPTIONAL, text=LONG),
        Given(3, AnswerKind.TEXT, FilesRule.OPTIONAL, text="Руководитель методобъединения, шесть лет"),
        Given(5, AnswerKind.TEXT, FilesRule.REQUIRED, text="Региональная оценка, средний уровень", documents=1),
    ]
    given = [Given(g.number, g.kind, g.files, text, documents=g.documents) if g.number == number else g for g in given]
    found = readiness(given, _risks(), direction=LITERACY, category=True, directions=DIRECTIONS)
    expected = {5: 1, 3: 2, 1: 3}[number]
    assert [risk.number for risk in found.warnings] == ([expected] if warned else [])
    assert found.sendable, "a warning never forbids sending"


def test_an_empty_application_is_warned_of_everything() -> None:
    given = [
        Given(1, AnswerKind.TEXT, FilesRule.OPTIONAL),
        Given(3, AnswerKind.TEXT, FilesRule.OPTIONAL),
        Given(5, AnswerKind.TEXT, FilesRule.REQUIRED),
    ]
    found = readiness(given, _risks(), direction=None, category=False)
    assert {risk.number for risk in found.warnings} == {1, 2, 3}
    assert (found.complete, found.blocking, found.sendable) == (0, (1, 3, 5), False)


def test_direction_fits_what_names_it_and_not_what_names_another() -> None:
    assert fits("Семинары по функциональной грамотности", LITERACY, DIRECTIONS)
    assert not fits("Семинары по функциональной грамотности, задания для коллег по формированию", TALENTS, DIRECTIONS)
    assert fits("", LITERACY, DIRECTIONS)


def test_short_stems_are_whole_words() -> None:
    assert mentions("Руководитель МО", "мо")
    assert not mentions("может быть", "мо")
    assert mentions("Наставничество", "настав")


@pytest.mark.parametrize("status", S)
def test_only_remarked_parts_are_open_after_a_return(status: S) -> None:
    parts = open_parts(status, frozenset({0, 4}), range(1, 7))
    if status is S.DRAFT:
        assert (parts.direction, parts.criteria) == (True, frozenset(range(1, 7)))
    elif status is S.RETURNED:
        assert (parts.direction, parts.criteria) == (True, frozenset({4}))
        assert open_parts(status, frozenset(), range(1, 7)).criteria == frozenset(range(1, 7))
    else:
        assert (parts.direction, parts.criteria) == (False, frozenset())
