"""What is promised to people is no setting: a group of five, a night, three messages a week."""

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.notices.screens import reminders
from db.database import Database
from db.dictionaries import staff_services
from db.dictionaries.models import Setting
from db.dictionaries.queries import rules
from db.errors import DomainError
from locales import translator
from tests.support import callers

LESS: list[dict[str, Any]] = [
    {"mask_under": 2},
    {"unasked_per_week": 999},
    {"quiet_from": "08:00", "quiet_to": "08:00"},
    {"quiet_from": "23:59"},
    {"quiet_to": "00:00"},
]


@pytest.mark.parametrize("values", LESS)
def test_an_administrator_cannot_promise_less(database: Database, values: dict[str, Any]) -> None:
    before = database.read(rules)
    with pytest.raises(DomainError, match=r"rules_(group|week|night)"):
        database.write(staff_services.change_rules, callers.administrator(), values=values)
    assert database.read(rules) == before


@pytest.mark.parametrize("values", LESS)
def test_nor_does_the_database_take_it(database: Database, values: dict[str, Any]) -> None:
    def change(session: Session) -> None:
        value = session.scalars(select(Setting.value).where(Setting.key == "rules")).one()
        session.execute(update(Setting).where(Setting.key == "rules").values(value={**value, **values}))

    with pytest.raises(IntegrityError, match="promises"):
        database.write(change)


def test_more_may_be_promised(database: Database) -> None:
    more = {"mask_under": 10, "unasked_per_week": 1, "quiet_from": "19:00", "quiet_to": "10:00"}
    kept = database.write(staff_services.change_rules, callers.administrator(), values=more)
    assert {name: kept.as_dict()[name] for name in more} == more


def test_people_read_the_value_that_holds() -> None:
    """A text said «three» whatever the rule was."""
    assert "не больше 2 в неделю" in reminders(translator("ru"), on=True, a_week=2).text
