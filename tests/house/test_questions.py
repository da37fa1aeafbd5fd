"""Whoever is asked for words may know why: a new question without its row of purpose fails here."""

import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from aiogram.fsm.state import StatesGroup

from db.applications.models import AnswerKind
from db.people.rules import FIELDS

ROOT = Path(__file__).parents[2]
REGISTER = ROOT / "docs" / "personal-data.ru.md"
HEADING = "## Вопросы, на которые отвечает человек"
ROW = re.compile(r"^\| (\w+:\w+) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def groups(of: type[StatesGroup]) -> Iterator[type[StatesGroup]]:
    for one in of.__subclasses__():
        yield one
        yield from groups(one)


def dialogs() -> set[str]:
    """Every state in which the bot waits for words."""
    for path in sorted((ROOT / "bot").glob("*/*.py")):
        if "StatesGroup" in path.read_text(encoding="utf-8"):
            import_module(f"bot.{path.parent.name}.{path.stem}")
    found = (one for one in groups(StatesGroup) if one.__module__.startswith("bot."))
    return {state.state or "" for one in found for state in one.__states__}


def test_every_question_has_its_purpose() -> None:
    _, heading, told = REGISTER.read_text(encoding="utf-8").partition(HEADING)
    assert heading
    rows = ROW.findall(told.partition("\n## ")[0])
    named = Counter(key for key, *_ in rows)
    asked = dialogs() | {f"profile:{name}" for name in FIELDS} | {f"criterion:{kind}" for kind in AnswerKind}
    assert len(asked) > 30
    assert set(named) == asked, sorted(set(named) ^ asked)
    assert max(named.values()) == 1
    assert all(len(words) > 3 for _, about, why in rows for words in (about, why))
