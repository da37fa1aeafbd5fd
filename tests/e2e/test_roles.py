"""Each role of the panel under each region's pack, and each person of its sandbox in either language.

All that is offered there opens, says something, and speaks of no other region.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.accounts.models import StaffDirection
from db.applications.models import Campaign
from db.clock import FrozenClock
from db.database import Database
from db.demo.fill import DEMO_LOGIN, DEMO_PASSWORD
from db.dictionaries.models import Municipality, Term, TermKind
from db.packs import load_pack
from db.people.models import MessengerAccount, Person
from db.scope import StaffRole
from tests.e2e.test_regions import NAMES, PAGES, RegionCrawler, check, words
from tests.support.demo import demo_copy
from tests.support.panel import PASSWORD, Visitor, add_staff, make_panel
from tests.support.town import MONDAY, Town

OWN: dict[StaffRole, str] = {
    StaffRole.ADMINISTRATOR: "admin",
    StaffRole.REGIONAL_METHODIST: DEMO_LOGIN,
    StaffRole.READER: "reader",
}
"""Accounts that each region's demo has; of the other roles one is made."""


def town(session: Session) -> dict[str, Any]:
    """Where most people of the demo work."""
    most = select(Person.municipality_id).group_by(Person.municipality_id).order_by(func.count().desc())
    found = session.scalars(most.where(Person.municipality_id.is_not(None))).first()
    return {"municipalities": [session.get_one(Municipality, found).code]}


def school(session: Session) -> dict[str, Any]:
    most = select(Person.organisation_id).group_by(Person.organisation_id).order_by(func.count().desc())
    return {"organisation_id": session.scalars(most.where(Person.organisation_id.is_not(None))).first()}


def selection(session: Session) -> dict[str, Any] | None:
    found = session.scalars(select(Campaign.id).order_by(Campaign.id)).first()
    return {"campaign_id": found, "ends_at": MONDAY + timedelta(days=30)} if found else None


def directions(session: Session) -> dict[str, Any] | None:
    found = session.scalars(select(Term.id).where(Term.kind == TermKind.DIRECTION).order_by(Term.position)).all()
    return {"directions": [StaffDirection(term_id=one) for one in found[:3]]} if found else None


MADE: dict[StaffRole, Callable[[Session], dict[str, Any] | None]] = {
    StaffRole.MUNICIPAL_METHODIST: town,
    StaffRole.ORGANISATION: school,
    StaffRole.AUDITOR: selection,
    StaffRole.COORDINATOR: directions,
}
"""What an account of the role is of; nothing where the region has no such thing, and so no such account."""


def test_every_role_is_walked() -> None:
    assert {*OWN, *MADE} == set(StaffRole)


def entered(database: Database, clock: FrozenClock, folder: Path, region: str, role: StaffRole) -> Visitor | None:
    """The account signed in; nobody where the region has no such one."""
    visitor = Visitor(make_panel(database, clock, folder, region_pack=region))
    login, password = OWN.get(role, ""), DEMO_PASSWORD
    if role in MADE:
        reach, password = database.read(MADE[role]), PASSWORD
        if reach is None:
            return None
        login = f"walks-{role.value}"
        database.write(lambda session: add_staff(session, login=login, role=role, now=MONDAY, **reach))
    assert visitor.sign_in(login, password).status_code == 302
    return visitor


@pytest.fixture
def database(region: str, tmp_path: Path) -> Iterator[Database]:
    database = Database.connect(demo_copy(tmp_path, region))
    yield database
    database.close()


@pytest.mark.parametrize("region", NAMES)
def test_every_page_that_a_role_is_led_to(database: Database, clock: FrozenClock, tmp_path: Path, region: str) -> None:
    """Each kind of address once; a link that this role may not follow is a dead end too.

    The administrator is led everywhere, the region's methodist nearly so; of the others all that the menu and the first
    page lead to is opened too, and what nobody was led to before.
    """
    known: set[str] = set()
    for role in (*OWN, *MADE):
        visitor = entered(database, clock, tmp_path, region, role)
        if visitor is not None:
            known |= walked(visitor, region, role, known)
    assert {"/reports", "/settings/organisations"} <= {one.rstrip("/") for one in known}, known


def walked(visitor: Visitor, region: str, role: StaffRole, known: set[str]) -> set[str]:
    """Opens what the role is led to; returns the kinds of addresses."""
    waiting, seen = [("/", "")], {""}
    while waiting and len(seen) < PAGES:
        address, led = waiting.pop(0)
        answer = visitor.get(address, follow_redirects=True)
        assert answer.status_code == 200, f"{led} leads a {role} to {address}: {answer.status_code}"
        if answer.mimetype != "text/html":
            continue
        page = answer.get_data(as_text=True)
        assert not re.search(r"<tbody[^>]*>\s*</tbody>", page), f"{address}: a table without a line and a word of it"
        check(region, address, words(page))
        for found in re.findall(r'href="(/[^"#]*)', page):
            kind = re.sub(r"\d+", "#", found.partition("?")[0])
            if kind not in seen and not re.search(r"static|\.xlsx|\.png|logout", found):
                seen.add(kind)
                if kind not in known or (address == "/" and role is not StaffRole.REGIONAL_METHODIST):
                    waiting.append((unescape(found), address))
    assert not waiting, f"{len(seen)} kinds of addresses and not the end of them"
    if role is StaffRole.REGIONAL_METHODIST:
        assert load_pack(region).about.staff_roles.get(role, "") in visitor.text("/")
    return seen


# --- the bot ---


def speak(session: Session, *, external_id: int, language: str) -> None:
    own = update(MessengerAccount).where(MessengerAccount.external_id == external_id)
    session.execute(own.values(locale=language))


@pytest.mark.parametrize("region", NAMES)
async def test_every_command_and_button_of_everybody_in_the_cast(place: Town, region: str) -> None:
    """Each command is everybody's own; a button that one has pressed twice the others do not press again.

    Every second one speaks English, in the next region the others do.
    """
    pressed: Counter[str] = Counter()
    speaks = {
        one["id"]: ("ru", "en")[number % 2]
        for number, one in enumerate(load_pack(region).sandbox_people, list(NAMES).index(region))
    }
    for number, language in speaks.items():
        # What one does brings word to another, who has to be there and to hear it in the own language.
        place.write(speak, external_id=number, language=language)
        await place.client.request("POST", "people", json={"id": number, "first_name": "N", "started": True})
    for number, language in speaks.items():
        person = await place.client.person(number, language_code=language)
        await RegionCrawler(place, person, region, language, pressed).run()
