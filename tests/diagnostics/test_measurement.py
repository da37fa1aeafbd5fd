"""The rule of noise against simulated teachers: who has not changed is seldom told so, who has changed mostly is.

The error is the one that docs/measurement.md assumes, drawn into both walks (`strict`) or between them (`plain`).
"""

import random

import pytest

from db.diagnostics import rules as scoring
from db.diagnostics.content import ANCHORS, Questionnaire, parse
from db.dictionaries.rules import Rules
from db.packs import load_pack

PACK = load_pack("belgorod")
INSTRUMENTS = [parse(one) for one in PACK.instruments()]
RULES = Rules(change_band=PACK.section("pack")["rules"]["change_band"])
PAIRS, REAL, STEPS = 1500, 25, ANCHORS - 1
Sheet = dict[str, int | None]


def walked(chance: random.Random, sheet: Sheet, *, error: float) -> Sheet:
    """What is answered by whoever thinks so: one answer of four is a step off."""
    return {
        code: value if value is None or chance.random() >= error else min(STEPS, max(0, value + chance.choice((-1, 1))))
        for code, value in sheet.items()
    }


def thought(chance: random.Random, content: Questionnaire, *, most: int, left_out: float) -> Sheet:
    """What somebody thinks of the own work; now and then one question of a component is not about it."""
    sheet: Sheet = {}
    for component in content.components:
        sheet |= {item.code: chance.randint(0, most) for item in component.items}
        if chance.random() < left_out:
            sheet[chance.choice(component.items).code] = None
    return sheet


def grown(chance: random.Random, content: Questionnaire, sheet: Sheet) -> Sheet:
    """The same after a real change of 25 points in every component, as far as the scale goes."""
    after = dict(sheet)
    for component in content.components:
        codes = [item.code for item in component.items if sheet[item.code] is not None]
        for _ in range(round(REAL * STEPS * len(codes) / 100)):
            room = [code for code in codes if (after[code] or 0) < STEPS]
            if room:
                code = chance.choice(room)
                after[code] = (after[code] or 0) + 1
    return after


def told(content: Questionnaire, before: Sheet, after: Sheet) -> list[float]:
    """The changes that the real rules call a change, and 0 for those within the noise."""
    scores = [scoring.score(content, sheet, RULES) for sheet in (after, before)]
    return [0.0 if scoring.is_steady(one, RULES) else one for one in scoring.changes(*scores).values()]


@pytest.mark.parametrize("left_out", [0.0, 0.2], ids=["all", "some-left-out"])
@pytest.mark.parametrize("first", [0.0, 0.25], ids=["plain", "strict"])
def test_an_unchanged_teacher_is_called_changed_in_five_per_cent_and_a_real_change_is_seen_in_eighty(
    first: float, left_out: float
) -> None:
    chance, same, real = random.Random(2026), [], []
    for number in range(PAIRS):
        content = INSTRUMENTS[number % len(INSTRUMENTS)]
        sheet = thought(chance, content, most=STEPS, left_out=left_out)
        same += told(content, walked(chance, sheet, error=first), walked(chance, sheet, error=0.25))
        sheet = thought(chance, content, most=STEPS - 1, left_out=left_out)
        after = grown(chance, content, sheet)
        real += told(content, walked(chance, sheet, error=first), walked(chance, after, error=0.25))
    false, seen = sum(one != 0 for one in same) / len(same), sum(one > 0 for one in real) / len(real)
    assert len(same) > 5 * PAIRS and len(real) > 5 * PAIRS
    assert false <= 0.05, false
    assert seen >= 0.80, seen


def test_the_simulation_tells_a_careless_band() -> None:
    """A control: a band of one step calls noise a change, one of thirty hides a real one."""
    chance, content = random.Random(7), INSTRUMENTS[0]
    narrow, wide = Rules(change_band=5), Rules(change_band=30)
    noise, hidden, count = 0, 0, 0
    for _ in range(300):
        sheet = thought(chance, content, most=STEPS - 1, left_out=0)
        grew = grown(chance, content, sheet)
        before, again, after = (
            scoring.score(content, walked(chance, one, error=0.25), RULES) for one in (sheet, sheet, grew)
        )
        noise += sum(not scoring.is_steady(one, narrow) for one in scoring.changes(again, before).values())
        hidden += sum(scoring.is_steady(one, wide) for one in scoring.changes(after, before).values())
        count += len(before)
    assert noise / count > 0.05
    assert hidden / count > 0.20
