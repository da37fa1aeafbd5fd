"""What the panel says to whom: words and not codes, one's own reach, nothing that an account can not use."""

from collections.abc import Callable

import pytest

from db.database import Database
from db.dictionaries import services as dictionaries
from tests.support.panel import Visitor

Enter = Callable[[str], Visitor]


def test_the_journal_tells_a_report_that_was_taken_in_words(signed_in: Enter) -> None:
    """It said «отчёт: events; вид: xlsx; условия: {'by': 'month'}»."""
    visitor = signed_in("admin")
    visitor.get("/reports/events.xlsx?by=month")
    visitor.get("/reports/demand.xlsx")
    visitor.get("/sites/programmes.xlsx")
    page = visitor.text("/audit/")
    assert "отчёт: Карта спроса; вид: таблица Excel" in page
    assert "Таблица" in page, "a file with nobody in it was said to be of «Человек»"
    assert "отчёт: Посещаемость событий; вид: таблица Excel; условия: разрез — по месяцам" in page


def test_an_invitation_is_a_link_once_the_bot_has_told_its_name(signed_in: Enter, database: Database) -> None:
    """A future mentor had to find the bot and send it «/start inv_…» letter by letter."""
    visitor = signed_in("town")
    before = visitor.post("/people/invite", {"role": "mentor"}).get_data(as_text=True)
    assert "/start inv_" in before and "панель узнает" in before
    database.write(dictionaries.keep_bot_link, platform="telegram", pattern="https://t.me/opora_bot?start={payload}")
    after = visitor.post("/people/invite", {"role": "mentor"}).get_data(as_text=True)
    assert "https://t.me/opora_bot?start=inv_" in after and "/start inv_" not in after


def test_an_observer_is_shown_nothing_that_is_only_for_names(signed_in: Enter) -> None:
    """«За неделю никто новый не пришёл» stood beside «4 новых педагогов», a lone «Показать» over the pairs."""
    visitor = signed_in("reader")
    assert "Недавно с нами" not in visitor.text("/")
    assert "Показать" not in visitor.text("/mentoring/")


@pytest.mark.parametrize(
    ("ends", "said"), [("", "Нужно время окончания."), ("09:00", "Окончание должно быть позже начала.")]
)
def test_an_event_without_its_end_is_asked_for_it(signed_in: Enter, ends: str, said: str) -> None:
    """An empty field was told to be later than the beginning."""
    form = {"title": "Встреча", "date": "2026-12-10", "starts": "10:00", "ends": ends, "mode": "offline"}
    assert said in signed_in("region").post("/events/new", form).get_data(as_text=True)
