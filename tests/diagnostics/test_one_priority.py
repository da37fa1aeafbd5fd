"""One priority wherever a result is told: caption, screen, details, suggestion and file never disagree."""

import re
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diagnostics import screens_details, screens_file, screens_results
from bot.diagnostics.callbacks import ResultFileTap, ResultMoreTap
from bot.people.callbacks import HelpTap
from bot.routes.callbacks import RouteTakeTap
from bot.ui.screens import Screen
from db.diagnostics.content import DECLINED, Questionnaire, parse
from db.diagnostics.queries import Result
from db.diagnostics.rules import DIFFICULT
from db.overviews.after_result import Help
from db.packs import load_pack
from db.routes.rules import step_offers
from locales import INNER, translator
from tests.diagnostics.test_screens import made
from tests.diagnostics.walking import ZONE

PACKS = ("belgorod", "chelyabinsk", "terek", "timashevsk", "sverdlovsk")
CONTENTS = {
    one["key"]: parse(one)
    for name in PACKS
    for one in load_pack(name).instruments()
    if one.get("kind", "diagnosis") == "diagnosis"
}
TODAY = date(2026, 3, 2)
T = translator("ru")
MARKS = st.sampled_from([None, DECLINED, 0, 1, 2, 3, 4])
HIGH = st.sampled_from([None, 2, 3, 4, 4, 4])


@st.composite
def sheets(draw: st.DrawFn) -> tuple[str, dict[str, int | None]]:
    """The key of any instrument with any answers; every other sheet is of somebody who is strong."""
    key = draw(st.sampled_from(sorted(CONTENTS)))
    marks = HIGH if draw(st.booleans()) else MARKS
    return key, {item.code: draw(st.integers(0, 3) if item.need else marks) for item in CONTENTS[key].items}


def result_of(content: Questionnaire, answers: dict[str, int | None]) -> Result:
    return made(lambda item: answers[item.code], content=content)


def marked(one: Result) -> dict[str, int]:
    """What was answered of every item but the wishes."""
    asked = [item for component in one.questionnaire.components for item in component.items]
    given = ((item.code, one.answers[item.code]) for item in asked)
    return {code: mark for code, mark in given if mark is not None and mark != DECLINED}


def plain(text: object) -> str:
    return re.sub(r"<[^>]+>", "", str(text)).replace("&amp;", "&").replace("&#34;", '"').replace("&#39;", "'")


def taps(screen: Screen, kind: type) -> list[object]:
    return [button.tap for row in screen.rows for button in row if isinstance(button.tap, kind)]


def advised(one: Result, said: str) -> set[str]:
    """The items whose step stands in a text."""
    asked = [item for component in one.questionnaire.components for item in component.items]
    found = set()
    for item in asked:
        mark = marked(one).get(item.code)
        rung = item.options[mark + 1] if mark is not None and mark + 1 < len(item.options) else None
        if (item.step and item.step in said) or (not item.step and rung and f"«{rung}»" in said):
            found.add(item.code)
    return found


@settings(max_examples=80, deadline=None)
@given(sheets())
def test_whatever_was_answered_everything_names_the_same_component_item_and_step(
    sheet: tuple[str, dict[str, int | None]],
) -> None:
    one = result_of(CONTENTS[sheet[0]], sheet[1])
    caption = plain(screens_results.receipt(T, one, ZONE).text)
    screen = screens_results.result(T, one, Help(), today=TODAY, zone=ZONE)
    shown = plain(screen.text)
    details = [screens_details.detail(T, one, number, Help(), ZONE) for number in range(len(one.components))]
    file = " ".join(screens_file.words(T, one, "x", ZONE).said)
    begin = plain(screens_results.start(T, one))
    assert begin in shown and (begin in caption or not (one.first or one.strongest))
    assert begin in file or not (one.first or one.strongest)
    assert taps(screen, ResultMoreTap) and taps(screens_results.more(T, one, ZONE), ResultFileTap)

    marks = sorted(marked(one).values())
    step = one.step.hardest if one.step else None
    everywhere = set().union(
        *(advised(one, said) for said in (caption, shown, file, *(plain(d.text) for d in details)))
    )
    assert everywhere <= ({step.code} if step else set()), "one step, the same wherever it is told"
    if step is not None:
        mark = marked(one)[step.code]
        assert mark <= marks[:2][-1], "it is one of the two hardest items"
        assert mark <= DIFFICULT or mark == marks[0], "never what goes well while something does not"
        named = step.short.translate(INNER)
        assert named in shown and named in caption and named in file
        place = next(number for number, line in enumerate(one.components) if line is one.step)
        assert advised(one, plain(details[place].text)) <= {step.code}
        for tap in taps(screen, RouteTakeTap):
            assert isinstance(tap, RouteTakeTap) and tap.item == step.code
        offers = step_offers([line.component for line in one.in_order], one.answers, taken=())
        if step.step:
            assert offers[0].item is step, "the route suggests what the result names"
    else:
        assert not taps(screen, RouteTakeTap)


@settings(max_examples=80, deadline=None)
@given(sheets())
def test_a_wish_alone_leads_to_help_and_a_strong_result_invites_to_share(
    sheet: tuple[str, dict[str, int | None]],
) -> None:
    one = result_of(CONTENTS[sheet[0]], sheet[1])
    for number, line in enumerate(one.components):
        if line.score.need:
            assert taps(screens_details.detail(T, one, number, Help(), ZONE), HelpTap), "no wish leads nowhere"
    invited = taps(screens_results.result(T, one, Help(), today=TODAY, zone=ZONE), HelpTap)
    assert bool(invited) == one.strong
    if one.strong:
        assert min(marked(one).values()) > DIFFICULT
        assert plain(T("diagnostics.share")) in plain(screens_results.receipt(T, one, ZONE).text)


def test_who_answers_all_fours_is_asked_to_share_and_not_to_try() -> None:
    for content in CONTENTS.values():
        one = result_of(content, {item.code: 0 if item.need else 4 for item in content.items})
        said = plain(screens_results.result(T, one, Help(), today=TODAY, zone=ZONE).text)
        assert one.strong and plain(T("diagnostics.share")) in said
        assert not advised(one, said)
