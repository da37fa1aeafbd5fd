"""What a region has is offered under its pack, and what it has not is not; nobody speaks of another region there."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from markupsafe import Markup

from bot.sandbox.client import Message, SandboxPerson
from bot.ui.commands import publish_commands
from db.applications import campaigns
from db.applications.campaigns import CampaignDraft
from db.clock import FrozenClock
from db.database import Database
from db.demo.fill import DEMO_LOGIN, DEMO_PASSWORD
from db.people.queries import only_municipality
from tests.e2e.test_crawler import Crawler
from tests.support.callers import administrator
from tests.support.demo import demo_copy
from tests.support.panel import Visitor, make_panel
from tests.support.town import MONDAY, Town

NAMES = {
    "chelyabinsk": "Челябинск|ЧИППКРО|Магнитогорск",
    "terek": "Терск|Терек|Кабард|Балкар",
    "timashevsk": "Тимашевск|Краснодар|Кубан",
    "sverdlovsk": "Свердловск",
    "belgorod": "Белгород|БелИРО|Чернянск",
}
DISTRICTS = ("terek", "timashevsk", "sverdlovsk")
REGION_WORD = r"\bобласт(?:ь|и|ью|ей|ям|ях|ной|ным|ные|ных|ная|ное|ного|ному)\b"
QUOTED = (
    "/plan",
    "/documents",
    "/sites/programmes",
    "/advice/",
    "/reports/indicators",
    "/settings/campaigns",
    "/motions/new",
)
"""Pages of what a document says in its own words, and where one of the documents is chosen."""
RAW = re.compile(r"\b[a-z]+(?:\.[a-z_]+){2,}\b")
"""A text's key where its words should stand."""
PAGES = 200
"""More than there are kinds of addresses: sixty once ended before an event's card, which then was not found."""
APPLYING = re.compile(r"[Зз]аявк\w+ в (?:методический )?актив")
ACTIVE = re.compile(r"[Аа]ктив(а|е|ом|у)?\b")
SELECTION = CampaignDraft(
    title="Отбор наставников",
    issued_by="Методическая служба",
    order_number="1",
    order_date=MONDAY.date(),
    order_title="",
    about="",
    opens=MONDAY.date(),
    closes=MONDAY.date() + timedelta(days=30),
)


@pytest.fixture(scope="module", params=[name for name in NAMES if name != "chelyabinsk"])
def region(request: pytest.FixtureRequest) -> str:
    """Another region than the default one, whose screens the other tests open."""
    return str(request.param)


def check(region: str, where: str, text: str) -> None:
    others = "|".join(names for name, names in NAMES.items() if name != region)
    foreign = re.findall(others, text)
    if region in DISTRICTS and not where.startswith(QUOTED):
        foreign += re.findall(REGION_WORD, text, re.IGNORECASE)
    foreign += RAW.findall(text)
    assert not foreign, f"{where} under {region} says {foreign}:\n{text}"


class RegionCrawler(Crawler):
    """Presses every button and reads whose region each screen speaks of."""

    def __init__(
        self, town: Town, person: SandboxPerson, region: str, language: str = "ru", pressed: Counter[str] | None = None
    ) -> None:
        super().__init__(town, person, language, pressed)
        self.region = region

    async def check_message(self, message: Message) -> None:
        await super().check_message(message)
        check(self.region, self.trail[-1], "\n".join([message.text, *message.buttons]))


async def test_applying_is_offered_only_where_there_are_selections(place: Town) -> None:
    """«Заявка в актив» stood in the menu, the commands and the help of services that select nobody."""
    teacher = await place.client.person(
        next(one["id"] for one in place.bot.context.pack.sandbox_people if one.get("profile"))
    )
    api, context = place.bot.bot, place.bot.context
    await publish_commands(api, context, asyncio.Event())
    for command in ("/menu", "/help"):
        assert not APPLYING.search(await said(teacher, command)), command
    assert "apply" not in {one["command"] for one in await teacher.commands()}
    assert not APPLYING.search((await api.get_my_description()).description)

    place.write(campaigns.save_campaign, administrator(MONDAY), campaign_id=None, draft=SELECTION)
    await publish_commands(api, context, asyncio.Event())
    for command in ("/menu", "/help"):
        assert APPLYING.search(await said(teacher, command)), command
    assert "apply" in {one["command"] for one in await teacher.commands()}
    assert APPLYING.search((await api.get_my_description()).description)


async def test_a_question_is_answered_by_the_active_only_where_there_is_one(place: Town) -> None:
    """«Ответит коллега из методического актива», said `/ask` of a district that selects nobody."""
    teacher = await place.client.person(
        next(one["id"] for one in place.bot.context.pack.sandbox_people if one.get("profile"))
    )
    assert ACTIVE.search(await said(teacher, "/ask")) is None
    assert ACTIVE.search(await said(teacher, "/diary")) is None
    place.write(campaigns.save_campaign, administrator(MONDAY), campaign_id=None, draft=SELECTION)
    assert ACTIVE.search(await said(teacher, "/ask"))


async def test_where_there_is_one_municipality_nobody_is_asked_for_it(place: Town, region: str) -> None:
    """One of the services is of one district: a newcomer there has one tap less."""
    alone = place.read(only_municipality)
    assert alone is not None or region not in ("terek", "sverdlovsk")
    newcomer = await place.client.person(990_001)
    for deed in ("/start", "Познакомиться", "Читать дальше", "Даю согласие"):
        await (newcomer.send(deed) if deed == "/start" else newcomer.tap(deed))
        await newcomer.settle()
    await newcomer.send("Иванова Анна Петровна")
    asked = (await (await newcomer.settle()).last()).text
    assert ("уници" in asked) is (alone is None), asked


async def said(person: SandboxPerson, command: str) -> str:
    before = {message.id for message in await person.messages()}
    await (await person.send(command)).settle()
    new = [message for message in await person.messages() if message.outgoing and message.id not in before]
    assert new and new[-1].callbacks, f"{command} leads nowhere\n{await person.transcript()}"
    if "Ещё…" in new[-1].buttons:
        await person.tap("Ещё…")
        new.append(await (await person.settle()).last())
    return "\n".join("\n".join([message.text, *message.buttons]) for message in new)


def words(page: str) -> str:
    """What a page says. Between two links there is a space: a key behind a Russian word was no word of its own."""
    return str(Markup(re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)).unescape())


@pytest.fixture
def database(region: str, tmp_path: Path) -> Iterator[Database]:
    database = Database.connect(demo_copy(tmp_path, region))
    yield database
    database.close()


@pytest.fixture
def desk(region: str, database: Database, clock: FrozenClock, tmp_path: Path) -> Visitor:
    visitor = Visitor(make_panel(database, clock, tmp_path, region_pack=region))
    visitor.sign_in(DEMO_LOGIN, DEMO_PASSWORD)
    return visitor


def test_the_panel_shows_applications_only_where_there_are_selections(desk: Visitor, database: Database) -> None:
    """«Все заявки рассмотрены» and three noughts were the first that a district saw."""
    assert not re.search(r"[Зз]аявк\w* (ждут|рассм)|/applications", desk.text("/"))
    database.write(campaigns.save_campaign, administrator(MONDAY), campaign_id=None, draft=SELECTION)
    assert "Все заявки рассмотрены" in desk.text("/") and 'href="/applications"' in desk.text("/")


def test_the_panel_speaks_of_an_active_only_where_there_are_selections(desk: Visitor, database: Database) -> None:
    """Filters offered «Методист актива» and reports promised its names where nobody is selected."""
    pages = ("/reports/", "/people/", "/broadcasts/new", "/diary/")
    assert not [page for page in pages if ACTIVE.search(words(desk.text(page)))]
    database.write(campaigns.save_campaign, administrator(MONDAY), campaign_id=None, draft=SELECTION)
    assert not [page for page in pages if not ACTIVE.search(words(desk.text(page)))]
