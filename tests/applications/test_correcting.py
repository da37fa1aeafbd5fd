"""The author corrects one answer of a finished application."""

from tests.applications.test_conversation import filled
from tests.support.town import Town


async def test_after_a_correction_the_check_is_one_tap_away(town: Town) -> None:
    """Whoever mended the second answer had to tap «Дальше» through the other four to send."""
    applicant = await filled(town)
    screen = await applicant.tap("2")
    assert "К проверке" in screen.buttons
    screen = await applicant.tap("К проверке")
    assert "Отправить заявку" in screen.buttons
    screen = await applicant.tap("6")
    assert "К проверке" in screen.buttons and "Дальше" not in screen.buttons, "nothing comes after the last part"
