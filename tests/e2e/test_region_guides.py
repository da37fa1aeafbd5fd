"""What docs/regions says of a region stands where it says, under the region's demo: in the panel and in the bot."""

import re
from pathlib import Path

import pytest

from bot.sandbox.client import SandboxPerson
from db.clock import FrozenClock
from db.demo.fill import DEMO_LOGIN, DEMO_PASSWORD
from tests.e2e.test_regions import NAMES, said, words
from tests.support.panel import Visitor, make_panel
from tests.support.town import Town

GUIDES = Path(__file__).parents[2] / "docs" / "regions"
ROW = re.compile(r"^\| [^|]+ \| (?:бот, (\w+): )?`([^`]+)`((?: → «[^»]+»)*) \| (.+) \|$")


def rows_of(region: str) -> list[tuple[str, str, list[str], list[str]]]:
    """Who is to look (in the bot), where, by which buttons, and what stands there: of each row of the table."""
    text = (GUIDES / f"{region}.ru.md").read_text(encoding="utf-8")
    table = [line for line in text.splitlines() if line.startswith("| ")][1:]
    found = [(line, ROW.match(line)) for line in table]
    assert not [line for line, row in found if row is None], "what the test cannot open nobody has opened"
    rows = [row.groups(default="") for _, row in found if row is not None]
    return [
        (who, where, re.findall("«([^»]+)»", path), re.findall("`([^`]+)`", what)) for who, where, path, what in rows
    ]


async def pressed(person: SandboxPerson, command: str, path: list[str]) -> str:
    """What the screens say that these buttons lead to, one after another."""
    await (await person.send(command)).settle()
    text = []
    for button in path:
        await person.tap(button)
        await person.settle()
        last = await person.last()
        text.append("\n".join([last.text, *last.buttons]))
    return "\n".join(text)


@pytest.mark.parametrize("region", NAMES)
async def test_each_row_of_a_regions_guide_is_there(
    place: Town, clock: FrozenClock, tmp_path: Path, region: str
) -> None:
    """Buttons are pressed by whom the row names: «Сильная сторона» once stood for all six sides of a profession."""
    rows = rows_of(region)
    assert len(rows) >= 5
    panel = Visitor(make_panel(place.database, clock, tmp_path, region_pack=region))
    panel.sign_in(DEMO_LOGIN, DEMO_PASSWORD)
    people = {one["first_name"]: one["id"] for one in place.bot.context.pack.sandbox_people}
    missing = []
    for who, where, path, literals in rows:
        if who:
            person = await place.client.person(people[who])
            text = await pressed(person, where, path) if path else await said(person, where)
        else:
            answer = panel.get(where, follow_redirects=True)
            assert answer.status_code == 200, where
            text = words(answer.get_data(as_text=True))
        text = " ".join(text.split())
        missing += [(where, literal, text[-700:]) for literal in literals if literal not in text]
    assert not missing
