"""One form for every text: whatever a machine puts into a name, the same person and school are found by it."""

import json
import unicodedata

import pytest
from sqlalchemy import select

from bot.updates.sanitize import received
from db.people.models import Person
from tests.people.test_first_meeting import TO_PROFILE, walk
from tests.support.town import Town

NAME = "Королёва Алёна Йовановна"


@pytest.mark.parametrize(
    "typed",
    [
        unicodedata.normalize("NFD", NAME),  # as macOS sends it
        "\ufeffКоро\u00adлёва\u200b Алёна\u00a0Йо\u200dвановна\u202c",
        "Королёва\u2009Алёна\u2003Йова\u0301новна\u0000",
    ],
)
async def test_a_name_from_any_machine_is_taken_and_found_in_the_panel(town: Town, typed: str) -> None:
    anna = await town.person(1001)
    await walk(anna, *TO_PROFILE, f">{typed}")
    assert town.read(lambda session: session.scalars(select(Person.full_name)).one()) == NAME


async def test_latin_letters_in_a_russian_name_are_asked_about_and_put_right_by_a_tap(town: Town) -> None:
    anna = await town.person(1001)
    screen = await walk(anna, *TO_PROFILE, ">Kopoлёва Aлёна")
    assert "«Kopoлёва Aлёна»" in screen.text
    assert town.read(lambda session: session.scalars(select(Person.full_name)).one()) is None
    await walk(anna, "Королёва Алёна")
    assert town.read(lambda session: session.scalars(select(Person.full_name)).one()) == "Королёва Алёна"


async def test_a_name_all_in_latin_letters_is_nobodys_mistake(town: Town) -> None:
    await walk(await town.person(1001), *TO_PROFILE, ">Poe Maria Anna")
    assert town.read(lambda session: session.scalars(select(Person.full_name)).one()) == "Poe Maria Anna"


@pytest.mark.parametrize("part", ["text", "caption"])
def test_whatever_is_said_is_clean_at_the_door(part: str) -> None:
    """A name is put right once more where it is kept; a comment, a question or a note is by the door alone."""
    message = {"message_id": 1, "chat": {"id": 7, "type": "private"}, part: "\ufeffСпаси\u200bбо\u00ad, йод\0"}
    kept = json.loads(received({"update_id": 1, "message": message}).payload)
    assert kept["message"][part] == "Спасибо, йод"
