"""Every screen of every question and result, in both languages, within what a phone and the messenger take."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.diagnostics import notices, screens, screens_details, screens_results, screens_sharing
from bot.diagnostics.callbacks import BeginTap, GoOnTap, HistoryTap
from bot.retests.screens import line as retest_line
from bot.ui.screens import Screen
from db.diagnostics import rules as scoring
from db.diagnostics.content import DECLINED, Item, Questionnaire
from db.diagnostics.models import ComponentScore
from db.diagnostics.offering import AttemptRow
from db.diagnostics.queries import Result, Step, lines
from db.dictionaries.models import Municipality
from db.dictionaries.rules import Rules
from db.events.models import EventMode, EventStatus
from db.events.queries import EventLine
from db.overviews.after_result import Help
from db.packs import load_pack
from db.retests.queries import RetestResult
from db.retests.rules import Compared
from db.routes.rules import step_offers
from db.sites.models import Site
from locales import Texts, languages, translator
from tests.diagnostics.walking import NOW, ZONE, Mark, questionnaire, twos

CONTENT = questionnaire()
TODAY = date(2026, 3, 2)


@pytest.fixture(params=languages())
def t(request: pytest.FixtureRequest) -> Texts:
    return translator(request.param)


def fits(screen: Screen, limit: int = 700) -> None:
    """Within the limits; no id of a text is shown in place of it."""
    text = str(screen.text)
    assert len(text) <= limit, (len(text), text)
    assert not re.search(r"diagnostics\.[a-z_]+|errors\.[a-z_]+", text), text
    assert screen.rows, text
    shown = [button for row in screen.rows for button in row]
    for button in shown:
        assert 0 < len(button.text) <= 30, button.text
        assert button.tap is not None and len(button.tap.pack().encode()) <= 64
        assert "diagnostics." not in button.text
    assert len(screen.rows) <= 10


def answered(mark: Mark, upto: int = 36) -> dict[str, int | None]:
    return {item.code: mark(item) for item in CONTENT.items[:upto]}


def made(mark: Mark, before: Mark | None = None, content: Questionnaire = CONTENT, **changes: object) -> Result:
    """A result as the query gives it, without a database."""

    def rows(marks: Mark) -> list[ComponentScore]:
        scores = scoring.score(content, {item.code: marks(item) for item in content.items}, Rules())
        return [
            ComponentScore(
                component=one.component,
                level=one.level,
                deficit=one.deficit,
                need=one.need,
                priority=one.priority,
                point_deficits=list(one.point_deficits),
            )
            for one in scores
        ]

    given = {item.code: mark(item) for item in content.items}
    was = {item.code: before(item) for item in content.items} if before else {}
    result = Result(
        attempt_id=2_000_000_000,
        instrument_id=2_000_000_000,
        person_id=1,
        questionnaire=content,
        completed_at=NOW,
        components=lines(content, rows(mark), rows(before) if before else [], Rules(), given, None, was),
        previous_at=datetime(2025, 11, 12, tzinfo=UTC) if before else None,
        shared_with_mentor=False,
        shared_with_methodist=False,
        retest_on=date(2026, 5, 31),
        last=True,
        answers=given,
    )
    return replace(result, **changes)  # type: ignore[arg-type]


def zeros(item: Item) -> int | None:
    return 3 if item.need else 0


def fours(item: Item) -> int | None:
    return 0 if item.need else 4


def absent(item: Item) -> int | None:
    return 0 if item.need else None


def mixed(item: Item) -> int | None:
    return CONTENT.place(item.code) % 4


def edges(item: Item) -> int | None:
    """Everything near a cut, with difficulties everywhere."""
    return 1 if item.need or CONTENT.place(item.code) % 6 == 0 else 2


def dropping(item: Item) -> int | None:
    return 2 if item.need else CONTENT.place(item.code) % 5


MARKS = (zeros, fours, absent, mixed, edges, dropping, twos)


def support() -> Help:
    event = EventLine(
        id=2_000_000_000,
        code="x",
        title="Практико-ориентированный семинар о формирующем оценивании",
        format="Семинар",
        mode=EventMode.OFFLINE,
        municipality=None,
        starts_at=NOW,
        ends_at=NOW,
        capacity=None,
        seated=0,
        status=EventStatus.PUBLISHED,
    )
    site = Site(id=2_000_000_000, title="Ступеньки успеха: когда ребёнку трудно")
    return Help([event] * 3, [site] * 2)


@pytest.mark.parametrize("item", CONTENT.items, ids=lambda item: item.code)
def test_every_question_fits_whatever_was_answered(t: Texts, item: Item) -> None:
    for upto in (0, CONTENT.place(item.code), 36):
        for resumed in (False, True):
            now = Step(2_000_000_000, CONTENT, item, answered(fours, upto))
            screen = screens.step(t, now, resumed=resumed)
            fits(screen)
            assert str(now.questionnaire.component(item.component).title) in screen.text  # type: ignore[union-attr]
            values = [
                button.tap.value  # type: ignore[union-attr]
                for row in screen.rows
                for button in row
                if hasattr(button.tap, "value")
            ]
            assert values == ([0, 1, 2, 3] if item.need else [0, 1, 2, 3, 4, None, DECLINED])


def test_the_question_says_where_one_is() -> None:
    item = CONTENT.items[CONTENT.place("methodical_3")]
    text = str(screens.step(translator("ru"), Step(1, CONTENT, item, {})).text)
    assert text.startswith("Раздел 2 из 6 · вопрос 3 из 6\n<i>Методика занятия</i>")
    assert all(anchor in text for anchor in item.options)


def test_a_pause_is_offered_where_a_section_ends() -> None:
    t = translator("ru")
    item = CONTENT.items[6]
    buttons = [button.text for row in screens.step(t, Step(1, CONTENT, item, answered(twos, 6))).rows for button in row]
    assert buttons[-1] == "Сделать паузу"
    within = screens.step(t, Step(1, CONTENT, CONTENT.items[7], answered(twos, 7)))
    assert [button.text for row in within.rows for button in row][-1] == "Выйти"


def test_the_answer_given_before_has_a_mark() -> None:
    t = translator("ru")
    for value, shown in ((0, "А ✓"), (4, "Д ✓"), (None, "Не про мою работу ✓"), (DECLINED, "Не хочу отвечать ✓")):
        screen = screens.step(t, Step(1, CONTENT, CONTENT.items[0], {"subject_1": value}))
        assert [button.text for row in screen.rows for button in row if "✓" in button.text] == [shown]
    fresh = screens.step(t, Step(1, CONTENT, CONTENT.items[0], {}))
    assert not any("✓" in button.text for row in fresh.rows for button in row)


def test_the_first_and_the_last_pages_fit(t: Texts) -> None:
    fits(screens.intro(t, CONTENT, BeginTap(instrument=2_000_000_000)))
    fits(screens.intro(t, CONTENT, GoOnTap(attempt=2_000_000_000)))
    fits(screens.missing(t))
    all_done = Step(1, CONTENT, None, answered(twos))
    for screen in (screens.step(t, all_done), screens.paused(t, all_done)):
        fits(screen)
    for render in notices.NOTICES.values():
        fits(render(t, {"attempt_id": 1}, ZONE))


@pytest.mark.parametrize("before", [None, *MARKS], ids=lambda mark: mark.__name__ if mark else "first")
@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: mark.__name__)
def test_every_result_fits(t: Texts, mark: Mark, before: Mark | None) -> None:
    one = replace(made(mark, before), minutes=999)
    caption = screens_results.receipt(t, one, ZONE)
    fits(caption, 1024)
    for component in CONTENT.components:
        assert component.title in caption.text
    fits(screens_results.result(t, one, support(), today=TODAY, zone=ZONE))
    fits(screens_results.result(t, one, Help(), today=date(2026, 6, 1), zone=ZONE))
    for number in range(6):
        for found in (Help(), support()):
            fits(screens_details.detail(t, one, number, found, ZONE))
    chart = screens_results.chart(t, one, ZONE)
    assert len(chart.labels) == len(chart.now) == 6


@pytest.mark.parametrize("before", [None, *MARKS], ids=lambda mark: mark.__name__ if mark else "first")
@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: mark.__name__)
def test_a_retest_is_told_however_much_else_there_is_to_say(t: Texts, mark: Mark, before: Mark | None) -> None:
    """Beside what helps and what moved there was no room for it: who had just rated it anew found no word of that."""
    one = made(mark, before)
    for number, line in enumerate(one.components):
        compared = Compared(before=70, now=55, steady=True, band=17, moves=(), then=None)
        again = RetestResult(1, 1, number, line.component, NOW, NOW, compared, None, TODAY)
        screen = screens_details.detail(t, one, number, support(), ZONE, [again])
        fits(screen)
        assert str(retest_line(t, again, ZONE)) in str(screen.text)


def test_the_caption_has_the_six_numbers_and_a_personal_sentence() -> None:
    one = made(lambda item: 2 + CONTENT.place(item.code) // 6 % 2 if not item.need else 1, zeros)
    text = str(screens_results.receipt(translator("ru"), one, ZONE).text)
    for line in one.components:
        assert f"{line.component.title}: <b>{line.score.level:.0f}</b> (+{line.change:.0f})" in text
    assert one.strongest is not None and one.strongest.component.strong in text
    assert "Над чем поработать: <b>" not in text and "<b>Над чем поработать:</b> Предмет и содержание, 50." in text


def test_a_result_names_the_border_and_the_single_difficulties() -> None:
    text = str(screens_results.result(translator("ru"), made(edges), Help(), today=TODAY, zone=ZONE).text)
    assert "Во всех разделах числа примерные" in text
    assert "«Понятные примеры», «Смена видов работы», «Ясно, что значит хорошо» и ещё 3" in text


def test_fifteen_points_more_are_no_progress() -> None:
    """Three steps in fifteen answers are what one good day gives; four are more than chance."""

    def better_by(steps: int) -> Mark:
        codes = {item.code for item in CONTENT.components[5].items[:steps]}
        return lambda item: (twos(item) or 0) + (item.code in codes)

    t = translator("ru")
    steady, moved = made(better_by(3), twos), made(better_by(4), twos)
    text = str(screens_results.receipt(t, steady, ZONE).text)
    assert "Цифровые помощники: <b>65</b>, " in text and "+" not in text
    assert "С прошлого раза всё в пределах обычных колебаний." in text
    said = str(screens_details.detail(t, steady, 5, Help(), ZONE).text)
    assert "ноября 2025: 50. Это в пределах обычных колебаний." in said.replace("12 ", "")
    text = str(screens_results.receipt(t, moved, ZONE).text)
    assert "Цифровые помощники: <b>70</b> (+20), " in text
    assert "колебаний" not in text, "the other five did not move at all"


@pytest.mark.parametrize("minutes", [0, 11])
def test_a_teacher_reads_how_much_time_it_took_where_it_is_known(minutes: int) -> None:
    t, one = translator("ru"), replace(made(edges), minutes=minutes)
    texts = (
        screens_results.result(t, one, Help(), today=TODAY, zone=ZONE, fresh=True).text,
        screens_results.receipt(t, one, ZONE, thanks=one.questionnaire.finish).text,
    )
    assert [("Это заняло 11 минут" in text) for text in texts] == [minutes == 11] * 2
    later = screens_results.result(t, one, Help(), today=TODAY, zone=ZONE), screens_results.receipt(t, one, ZONE)
    assert not any("Это заняло" in text.text for text in later), "thanked for half a year, at every look at a result"


def test_of_six_equal_sides_none_is_the_strong_one_and_a_step_is_there_to_choose() -> None:
    """«Сильная сторона: Предмет и содержание, 50» stood over «Все разделы идут вровень», and no step followed."""
    t = translator("ru")
    middle, highest = made(twos), made(fours)
    for one in (middle, highest):
        screen = screens_results.result(t, one, Help(), today=TODAY, zone=ZONE)
        said = str(screen.text) + str(screens_results.receipt(t, one, ZONE).text)
        assert "Сильная сторона" not in said
        assert not any(component.strong in said for component in CONTENT.components)
        offered = "Выбрать шаг" in [button.text for row in screen.rows for button in row]
        assert offered is (one is middle)
    assert "Все разделы идут вровень" in str(screens_results.result(t, middle, Help(), today=TODAY, zone=ZONE).text)
    assert len(step_offers([one.component for one in middle.in_order], middle.answers, taken=())) > 1


def test_what_a_button_cuts_stands_in_the_text() -> None:
    found = support()
    text = str(screens_results.result(translator("ru"), made(edges), found, today=TODAY, zone=ZONE).text)
    assert found.events[0].title in text


def test_praise_is_only_for_a_strength() -> None:
    """«Вы хорошо знаете своё дело» under 20 of 100 would not be believed."""
    t = translator("ru")
    for mark in (zeros, lambda item: 1):
        one = made(mark)
        said = (
            str(screens_results.result(t, one, Help(), today=TODAY, zone=ZONE).text)
            + screens_results.receipt(t, one, ZONE).text
        )
        assert not any(component.strong in said for component in CONTENT.components)
        assert "Не беритесь за всё сразу" in said
    one = made(lambda item: 1 if item.component != "digital" or item.need else 0)
    assert (
        "Лучше всего получается: <b>Предмет и содержание</b>, 25"
        in screens_results.result(t, one, Help(), today=TODAY, zone=ZONE).text
    )


def test_again_is_offered_when_its_day_has_come() -> None:
    t = translator("ru")

    def buttons(one: Result, today: date) -> list[str]:
        return [
            button.text for row in screens_results.result(t, one, Help(), today=today, zone=ZONE).rows for button in row
        ]

    assert "Пройти ещё раз" not in buttons(made(twos), date(2026, 5, 30))
    assert "Пройти ещё раз" in buttons(made(twos), date(2026, 5, 31))
    assert "Пройти ещё раз" not in buttons(made(twos, last=False), date(2026, 5, 31))


def test_sharing_says_who_sees_it_now(t: Texts) -> None:
    seen = set()
    for mentor in (False, True):
        for methodist in (False, True):
            screen = screens_sharing.sharing(
                t, made(twos, shared_with_mentor=mentor, shared_with_methodist=methodist), has_mentor=True
            )
            fits(screen)
            seen.add(str(screen.text))
    assert len(seen) == 4


def test_the_history_is_paged(t: Texts) -> None:
    rows = [AttemptRow(number, NOW, 50.4 if number % 2 else None) for number in range(20)]
    for page in (-1, 0, 1, 2, 9):
        fits(screens_results.history(t, rows, HistoryTap(page=page, instrument=2_000_000_000), ZONE))
    fits(screens_results.history(t, [], HistoryTap(page=0, instrument=2_000_000_000), ZONE))


def test_every_site_of_the_pack_fits(t: Texts) -> None:
    towns = {town["code"]: town["name"] for town in load_pack("chelyabinsk").section("dictionaries")["municipalities"]}
    for item in load_pack("chelyabinsk").section("sites")["sites"]:
        site = Site(
            title=item["title"],
            kind=item["kind"],
            organisation=item["organisation"],
            about=item["about"],
            months=item.get("months"),
            how_to_join=item["how_to_join"],
            contact=item["contact"],
        )
        site.municipality = Municipality(name=towns[item["municipality"]])
        fits(screens_results.site(t, site, 2_000_000_000))


def test_words_from_a_file_are_escaped() -> None:
    first = CONTENT.components[0]
    hostile = replace(first.questions[0], text="<b>&", options=("<i>", *first.questions[0].options[1:]))
    component = replace(first, questions=(hostile, *first.questions[1:]), title="<x>")
    content = replace(CONTENT, components=(component, *CONTENT.components[1:]), intro="<script>")
    text = str(screens.step(translator("ru"), Step(1, content, hostile, {})).text)
    assert "&lt;b&gt;&amp;" in text and "&lt;i&gt;" in text and "&lt;x&gt;" in text
    assert "&lt;script&gt;" in screens.intro(translator("ru"), content, BeginTap(instrument=1)).text
