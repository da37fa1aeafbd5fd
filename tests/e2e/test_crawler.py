"""A crawler that presses every button of every screen, in both languages, as each kind of person.

It finds dead ends, unanswered taps, texts over the limits, calls that Telegram would refuse, untranslated texts and
raw message ids. It knows no screen by name, so whatever is added later is covered.
"""

import random
import re
from collections import Counter
from functools import cache

import pytest
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.sandbox.client import Message, SandboxPerson
from db.inbox.models import IncomingUpdate, UpdateStatus
from db.people.models import Role
from locales import catalogues
from tests.support.town import Town

TWICE = 2
STEPS = 500
SCREEN = 700
# Pressed when nothing else is left: what ends the person's stay.
LAST = re.compile(r"erase|forget|withdraw|pe_[a-z]*(w|e)\b")
WORDS = ("Тестова Вера Ивановна", "12 лет", "завтра 15:00", "Школа № 5", "чел", "провела семинар для коллег", "5" * 300)
# Never pressed: one language is crawled at a time.
NEVER = re.compile(r"^pet:language:")
KEY = re.compile(r"\b(?:[a-z]+)(?:\.[a-z_]+)+\b")


@cache
def segments(language: str) -> dict[str, set[str]]:
    """The fixed parts of each text, without parameters and tags."""
    found: dict[str, set[str]] = {}
    for _, catalog in catalogues(language):
        for message in catalog:
            if not message.id:
                continue
            key = message.id[0] if isinstance(message.id, tuple) else str(message.id)
            forms = message.string if isinstance(message.string, tuple | list) else [str(message.string)]
            plain = [str(Markup(form).striptags()) for form in forms]
            found[key] = {part.strip() for form in plain for part in re.split(r"\{\w+\}|\n", form) if len(part) > 24}
    return found


PUBLISHED = "menu.command."


def commands() -> tuple[str, ...]:
    """What a person may type: every command that the menu publishes, and links that lead nowhere."""
    published = (key.removeprefix(PUBLISHED) for key in segments("ru") if key.startswith(PUBLISHED))
    links = ("ev_unknown", "ci_unknown", "inv_unknown", "st_unknown", "rubbish")
    return ("/start", *(f"/{name}" for name in published), *(f"/start {link}" for link in links))


@cache
def only_russian() -> set[str]:
    """Parts of texts that the English ones do without."""
    ru, en = segments("ru"), segments("en")
    return {part for key, parts in ru.items() if key in en for part in parts - en[key]}


class Crawler:
    def __init__(self, town: Town, person: SandboxPerson, language: str, pressed: Counter[str] | None = None) -> None:
        self.town = town
        self.person = person
        self.language = language
        self.pressed = Counter[str]() if pressed is None else pressed
        self.chance = random.Random(20260302)
        self.calls = 0
        self.trail: list[str] = []

    async def run(self) -> None:
        for command in commands():
            await self.do(command)
            await self.press_what_is_new()
        await self.press_what_is_new(last_too=True)

    async def do(self, text: str) -> None:
        self.trail.append(f"> {text[:40]}")
        before = {message.id for message in await self.person.messages()}
        await (await self.person.send(text)).settle()
        after = [message for message in await self.person.messages() if message.outgoing and message.id not in before]
        assert after, f"no reply to {text!r}\n{await self.story()}"
        await self.check()

    async def press_what_is_new(self, *, last_too: bool = False) -> None:
        for _ in range(STEPS):
            found = self.choose(await self.person.messages(), last_too=last_too)
            if found is None:
                return
            message, data = found
            self.pressed[pattern(data)] += 1
            self.trail.append(f"[{data}]")
            await self.person.tap(data=data, message_id=message.id)
            await self.person.settle(answer_is_enough=data.startswith("nop"))
            await self.check()
            if self.chance.random() < 0.1:
                await self.do(self.chance.choice(WORDS))
        raise AssertionError(f"more than {STEPS} presses: does a screen make ever new buttons?\n{await self.story()}")

    def choose(self, messages: list[Message], *, last_too: bool) -> tuple[Message, str] | None:
        for message in reversed(messages):
            for data in message.callbacks:
                if NEVER.search(data):
                    continue
                if self.pressed[pattern(data)] < TWICE and (last_too or not LAST.search(data)):
                    return message, data
        return None

    async def check(self) -> None:
        messages = [message for message in await self.person.messages() if message.outgoing]
        for message in messages[-4:]:
            await self.check_message(message)
        last = messages[-1]
        assert last.callbacks, f"a dead end: no way on from\n{last}\n{await self.story()}"
        assert not self.town.read(quarantined), f"an update failed\n{await self.story()}"
        for call in await self.town.client.calls(after=self.calls, chat_id=self.person.id):
            self.calls = max(self.calls, int(call["n"]))
            assert call["status"] == 200 or "not modified" in str(call["error"]), f"{call}\n{await self.story()}"

    async def check_message(self, message: Message) -> None:
        limit = 1024 if message.photo or message.document else SCREEN
        assert len(message.text) <= limit, f"{len(message.text)} characters\n{message}\n{await self.story()}"
        for row in message.rows:
            for button in row:
                assert len(button["text"]) <= 30, f"a long button {button['text']!r}\n{message}"
                assert len(button.get("callback_data", "").encode()) <= 64
        raw = [key for key in KEY.findall(f"{message.text} {' '.join(message.buttons)}") if key in segments("ru")]
        assert not raw, f"raw message ids {raw}\n{message}\n{await self.story()}"
        if self.language != "ru":
            shown = "\n".join([message.text, *message.buttons])
            foreign = [part for part in only_russian() if part in shown]
            assert not foreign, f"untranslated: {foreign}\n{message}\n{await self.story()}"

    async def story(self) -> str:
        return f"trail: {' '.join(self.trail[-15:])}\n{await self.person.transcript()}"


def quarantined(session: Session) -> int:
    return session.scalar(select(func.count()).where(IncomingUpdate.status == UpdateStatus.QUARANTINED)) or 0


def pattern(data: str) -> str:
    return re.sub(r"\d+", "#", data)


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_every_button_of_a_teacher_with_roles(town: Town, language: str) -> None:
    await town.teacher(2001, roles=[Role.MENTOR, Role.ACTIVE_MEMBER], locale=language)
    # Whoever erased everything is a stranger again, and is met in Telegram's own language.
    teacher = await town.client.person(2001, first_name="Вера", language_code=language)
    await Crawler(town, teacher, language).run()


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_every_button_of_a_stranger(town: Town, language: str) -> None:
    stranger = await town.client.person(2002, first_name="Nobody", language_code=language)
    await Crawler(town, stranger, language).run()
