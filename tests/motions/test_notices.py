"""What the bot says of an answered proposal: short enough, in both languages, and nothing of it is HTML of theirs."""

import pytest

from bot.motions.notices import NOTICES
from db.motions.notices import DECIDED, SAID
from locales import Texts, translator
from tests.support.callers import ZONE


@pytest.fixture(params=["ru", "en"])
def t(request: pytest.FixtureRequest) -> Texts:
    return translator(request.param)


@pytest.mark.parametrize("accepted", [True, False])
def test_an_answer_is_short_and_escaped(t: Texts, accepted: bool) -> None:
    params = {"accepted": accepted, "target": "T" * 300, "change": "<b>" + "Ы" * SAID, "answer": "Ы" * SAID}
    screen = NOTICES[DECIDED](t, params, ZONE)
    assert len(screen.text) <= 700 and "<b>Ы" not in str(screen.text) and "&lt;b&gt;" in str(screen.text)
