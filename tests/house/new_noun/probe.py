"""Looks for the throw-away noun everywhere and prints what was found; runs in the copy, see `test_new_noun`."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.context import Context
from bot.dispatch.deep_links import LINKS
from bot.dispatch.dispatcher import create_dispatcher
from bot.dispatch.notices import rendered
from bot.nouns import Audience
from bot.people.screens_data import overview
from bot.people.screens_export import page
from bot.people.screens_menu import menu
from bot.scheduler import sweep_all
from bot.settings import BotSettings
from bot.ui.commands import commands
from db import check, erasure
from db.clock import FrozenClock
from db.database import Database
from db.demo.fill import fill
from db.errors import SettingsError
from db.migrate import upgrade
from db.nouns import DEMO, parts
from db.overviews.home import MenuHome
from db.packs import load_pack
from db.packs.loading import load
from db.people.queries import Visitor as Who
from db.scope import StaffRole
from locales import translator
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import MONDAY, add_teacher
from tests.trust.matrix import MATRIX

WORD = "Мастерск"


def rows(session: Session) -> list[tuple[Any, ...]]:
    """What the noun's table holds."""
    return [tuple(row) for row in session.execute(text("SELECT title, person_id, told_at FROM workshop"))]


def own(session: Session, *, title: str, person_id: int | None) -> None:
    """Puts one in, past the noun's own code."""
    session.execute(text("INSERT INTO workshop (title, person_id) VALUES (:t, :p)"), {"t": title, "p": person_id})


async def of_the_bot(url: str, clock: FrozenClock, person_id: int) -> dict[str, bool]:
    """Menu, commands, taps, links, notices and the sweep."""
    context = Context.open(BotSettings(_env_file=None, bot_token="1:test", database_url=url), clock)
    t = translator("ru")
    home = MenuHome("Вера Тестова", False, False, False, None, None, 0, False, False, True, False, False, False)
    who = Who(person_id, "ru", "Вера Тестова", None, True, True, frozenset(), None)
    shown = menu(t, home, who, context.zone)
    dispatcher = create_dispatcher(context)
    taps = dispatcher.callback_query.handlers
    found = {
        "menu": any(WORD in button.text for row in shown.rows for button in row),
        "commands": "workshops" in [one.command for one in commands("ru", Audience())],
        "taps": any(handler.callback.__module__ == "bot.workshops.handlers" for handler in taps),
        "links": LINKS.find("ws_1") is not None,
        "notices": said(context),
    }
    await sweep_all(context)
    await context.close()
    return found


def said(context: Context) -> bool:
    """Whether a notice of the noun is rendered."""
    try:
        screen = rendered(translator("ru"), kind="workshops.soon", params={}, expected=True, zone=context.zone)
    except KeyError:
        return False
    return WORD in screen.text


def of_the_panel(database: Database, clock: FrozenClock, folder: Path) -> dict[str, bool]:
    """The page and its place in the menu."""
    database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    person = Visitor(make_panel(database, clock, folder))
    person.sign_in("region")
    answer = person.get("/workshops/")
    return {
        "page": answer.status_code == 200 and WORD in answer.get_data(as_text=True),
        "panel menu": 'href="/workshops' in person.text("/"),
        "matrix": "workshops.index" in MATRIX,
    }


def main(folder: Path) -> dict[str, bool]:
    """Everything that a noun brings."""
    url, clock, pack = f"sqlite:///{folder / 'opora.db'}", FrozenClock(MONDAY), load_pack("chelyabinsk")
    upgrade(url)
    database = Database.connect(url)
    try:
        database.write(load, pack=pack, now=MONDAY)
    except SettingsError:  # where the part is left out, nobody reads its file
        (pack.folder / "workshops.yaml").unlink()
        database.write(load, pack=pack, now=MONDAY)
    found = {"pack": "Мастерская из набора" in [title for title, *_ in database.read(rows)]}
    for noun, part in parts(DEMO).items():
        if noun != "workshops":  # the others take seconds and are looked at elsewhere
            part.make = lambda world: None  # type: ignore[method-assign]
    fill(database, pack=pack, data_dir=folder, now=MONDAY)
    found["demo"] = "Мастерская из примера" in [title for title, *_ in database.read(rows)]
    person_id = database.write(add_teacher, external_id=2001, name="Тестова Вера Ивановна", now=MONDAY)
    database.write(own, title="Мастерская Веры", person_id=person_id)
    database.write(own, title="", person_id=None)
    found["check"] = any("workshop" in line for line in check.problems(database.engine, folder))
    found |= asyncio.run(of_the_bot(url, clock, person_id))
    mine = [row for row in database.read(rows) if row[1] == person_id]
    found["sweep"] = [told is not None for _, _, told in mine] == [True]
    found |= of_the_panel(database, clock, folder)
    seen = database.read(erasure.overview, person_id=person_id)
    found["my data"] = WORD in overview(translator("ru"), seen, pack.zone, consented=True).text
    exported = database.read(erasure.export, person_id=person_id)
    found["export"] = "Мастерская Веры" in page(
        translator("ru"), {"workshops": exported.get("workshops")}, pack.zone, MONDAY
    )
    database.write(erasure.erase, callers.clock(MONDAY), person_id=person_id, requested_by="operator")
    found["erasure"] = all(owner is None for _, owner, _ in database.read(rows))
    database.close()
    return found


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
