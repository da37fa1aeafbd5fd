"""What docs/regions says of a region stands where it says, under the region's demo: in the panel and in the bot."""

import re
from pathlib import Path

import pytest

from db.clock import FrozenClock
from db.demo.fill import DEMO_LOGIN, DEMO_PASSWORD
from tests.e2e.test_regions import NAMES, said, words
from tests.support.panel import Visitor, make_panel
from tests.support.town import Town

GUIDES = Path(__file__).parents[2] / "docs" / "regions"
ROW = re.compile(r"^\| [^|]+ \| (бот )?`([^`]+)` \| (.+) \|$", re.MULTILINE)


@pytest.mark.parametrize("region", NAMES)
async def test_each_row_of_a_regions_guide_is_there(
    place: Town, clock: FrozenClock, tmp_path: Path, region: str
) -> None:
    rows = ROW.findall((GUIDES / f"{region}.ru.md").read_text(encoding="utf-8"))
    assert len(rows) >= 5
    panel = Visitor(make_panel(place.database, clock, tmp_path, region_pack=region))
    panel.sign_in(DEMO_LOGIN, DEMO_PASSWORD)
    teacher = await place.client.person(
        next(one["id"] for one in place.bot.context.pack.sandbox_people if one.get("profile"))
    )
    missing = []
    for bot, where, what in rows:
        if bot:
            text = await said(teacher, where)
        else:
            answer = panel.get(where, follow_redirects=True)
            assert answer.status_code == 200, where
            text = words(answer.get_data(as_text=True))
        text = " ".join(text.split())
        missing += [(where, literal) for literal in re.findall("`([^`]+)`", what) if literal not in text]
    assert not missing
