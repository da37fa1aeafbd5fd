"""The walk through a survey and what is typed into it, as pure functions."""

import pytest

from db.diagnostics.models import InstrumentKind
from db.errors import DomainError
from db.surveys.content import Question, QuestionKind, SurveyContent, SurveyOption
from db.surveys.rules import (
    WORDS_LENGTH,
    Reply,
    choose,
    counted,
    next_question,
    previous_question,
    typed_reply,
)

LETTERS = "абвгде"
OPTIONS = tuple(
    SurveyOption(code=code, text=text, short=text[:30])
    for code, text in (("masters", "Мастер-классы"), ("visits", "Открытые уроки"), ("talks", "Разговор с наставником"))
)


def question(code: str, kind: QuestionKind, *, most: int = 2) -> Question:
    options = () if kind is QuestionKind.WORDS else OPTIONS
    return Question(code=code, kind=kind, text="Что помогло бы?", source="план службы", most=most, options=options)


ONE, MANY, WORDS = (
    question(code, kind)
    for code, kind in (("first", QuestionKind.ONE), ("forms", QuestionKind.MANY), ("lacking", QuestionKind.WORDS))
)
SURVEY = SurveyContent(
    kind=InstrumentKind.SURVEY,
    key="needs",
    version=1,
    title="Запросы",
    minutes=5,
    intro="Три вопроса.",
    declined="Не хочу отвечать",
    finish="Спасибо!",
    questions=[ONE, MANY, WORDS],
)


@pytest.mark.parametrize(
    ("replied", "after", "code"),
    [
        ([], None, "first"),
        (["first"], None, "forms"),
        ([], "first", "forms"),
        (["forms"], "first", "lacking"),
        (["lacking", "forms"], "forms", "first"),  # round to what was passed over
        (["forms"], "lacking", "first"),
        ([], "gone", "first"),
        (["first", "forms", "lacking"], None, None),
        (["first", "forms", "lacking"], "first", None),
    ],
)
def test_the_next_question_is_the_next_without_a_reply(replied: list[str], after: str | None, code: str | None) -> None:
    found = next_question(SURVEY, replied, after)
    assert (found and found.code) == code


def test_one_goes_back_to_the_first_and_no_further() -> None:
    assert previous_question(SURVEY, "lacking") is MANY and previous_question(SURVEY, "forms") is ONE
    assert previous_question(SURVEY, "first") is None


def test_a_tap_chooses_or_takes_off_in_the_questions_order_and_no_more_than_it_admits() -> None:
    assert choose(MANY, ["talks"], "masters", on=True) == ("masters", "talks")
    assert choose(MANY, ["masters", "talks"], "masters", on=False) == ("talks",)
    assert choose(MANY, ["masters", "talks"], "talks", on=True) == ("masters", "talks"), "again changes nothing"
    assert choose(MANY, [], "visits", on=False) == ()
    with pytest.raises(DomainError, match=r"^surveys_most$") as refused:
        choose(MANY, ["masters", "talks"], "visits", on=True)
    assert refused.value.params["most"] == 2
    assert choose(ONE, ["masters"], "visits", on=True) == ("visits",), "of one the last tap counts"
    for one in (ONE, MANY):
        with pytest.raises(DomainError, match=r"^stale_button$"):
            choose(one, [], "gone", on=True)


@pytest.mark.parametrize(
    ("asked", "said", "chosen"),
    [
        (ONE, "2", ("visits",)),
        (ONE, " в ", ("talks",)),
        (ONE, "А", ("masters",)),
        (ONE, "открытые уроки", ("visits",)),
        (MANY, "1, 3", ("masters", "talks")),
        (MANY, "3 1", ("masters", "talks")),
        (MANY, "1;2.", ("masters", "visits")),
        (MANY, "(а) в", ("masters", "talks")),
        (MANY, "2 2", ("visits",)),
    ],
)
def test_what_is_typed_is_options_by_number_letter_or_wording(
    asked: Question, said: str, chosen: tuple[str, ...]
) -> None:
    assert typed_reply(asked, said, letters=LETTERS) == Reply(chosen)


def test_an_option_is_known_by_its_short_name_too() -> None:
    talk = SurveyOption(code="talk", text="Разговор с наставником", short="Беседа")
    asked = question("first", QuestionKind.ONE).model_copy(update={"options": (OPTIONS[0], talk)})
    for said in ("беседа", "разговор с наставником"):
        assert typed_reply(asked, said, letters=LETTERS) == Reply(("talk",))


@pytest.mark.parametrize(
    ("asked", "said", "code"),
    [
        (ONE, "1 2", "surveys_unclear"),
        (ONE, "4", "surveys_unclear"),
        (ONE, "г", "surveys_unclear"),
        (ONE, "0", "surveys_unclear"),
        (ONE, "1 а", "surveys_unclear"),
        (MANY, "аб", "surveys_unclear"),
        (MANY, "всё сразу", "surveys_unclear"),
        (MANY, "...", "surveys_unclear"),
        (MANY, "1 2 3", "surveys_most"),
    ],
)
def test_what_names_no_option_for_certain_is_asked_about(asked: Question, said: str, code: str) -> None:
    with pytest.raises(DomainError, match=f"^{code}$") as refused:
        typed_reply(asked, said, letters=LETTERS)
    if code == "surveys_unclear":
        assert refused.value.params["typed"] == said
        with pytest.raises(DomainError) as long:
            typed_reply(asked, "ы" * 70, letters=LETTERS)
        assert long.value.params["typed"] == "ы" * 60


def test_words_are_kept_as_they_are_up_to_their_length() -> None:
    assert typed_reply(WORDS, "1, 3", letters=LETTERS) == Reply(words="1, 3")
    assert typed_reply(WORDS, "я" * WORDS_LENGTH, letters=LETTERS).words == "я" * WORDS_LENGTH
    with pytest.raises(DomainError, match=r"^text_too_long$") as refused:
        typed_reply(WORDS, "я" * (WORDS_LENGTH + 1), letters=LETTERS)
    assert refused.value.params == {"length": WORDS_LENGTH + 1, "limit": WORDS_LENGTH, "start": "я" * 60}


def test_a_report_counts_each_question_and_nothing_of_what_was_left_unanswered() -> None:
    replies = {"first": Reply(("visits",)), "lacking": Reply(words="Времени"), "forms": Reply()}
    found = counted(SURVEY, replies)
    assert [(one.component, one.deficit, one.point_deficits) for one in found] == [
        ("first", 0.0, ("visits",)),
        ("forms", None, ()),
        ("lacking", 0.0, ()),
    ]
    assert {(one.level, one.need, one.priority, one.borderline) for one in found} == {(None, None, None, False)}
    assert [one.deficit for one in counted(SURVEY, {})] == [None] * 3
    assert not Reply() and Reply(words="да") and Reply(("a",))
