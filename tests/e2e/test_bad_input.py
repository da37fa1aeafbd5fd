"""Whatever comes instead of what is asked: a clear word, nothing lost, the same question still open."""

import asyncio
import random
from typing import Any

import pytest
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.state import State
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.appeals.handlers import AppealStates
from bot.applications.handlers_uploads import Filling
from bot.dispatch.cut_texts import LONG
from bot.people.callbacks import ProfileForm
from bot.sandbox.client import SandboxPerson
from bot.ui.uploads import takes_files
from db.applications.models import Application, Document
from db.diagnostics.models import Answer, Attempt
from db.people.models import Role
from tests.applications.support import EXE, PDF, World
from tests.e2e.dialogs import WAYS, Waiting, every_state, person_behind, walk
from tests.events.support import make_event
from tests.support.town import Town, person_of, quarantined

STATES = sorted(every_state(), key=lambda state: str(state.state))
TROUBLE = "Что-то пошло не так"
MEGABYTE = 1024 * 1024
ODD_UPDATES = 300
FILES = [state for state in STATES if takes_files(state.state)]
NO_DRAFT = (ProfileForm.answer, AppealStates.text)
"""Who has no profile yet; who appeals and so has sent the application of that selection."""
WORDS = [state for state in STATES if state.group is not Filling and state not in (*NO_DRAFT, *FILES)]
ASKS_WHERE = (Filling.direction, Filling.category, Filling.place)
"""A file is kept there, and another question follows: to which criterion it belongs."""
every = pytest.mark.parametrize("state", STATES, ids=lambda state: str(state.state))


def test_there_is_a_way_into_every_dialog() -> None:
    missing = [str(state.state) for state in STATES if state not in WAYS]
    assert not missing, f"write the way into it in tests/e2e/dialogs.py: {missing}"


async def healthy(waiting: Waiting) -> None:
    """Nothing failed, and the person reads something with a way on."""
    assert waiting.town.read(quarantined) == [], await waiting.person.transcript()
    last = await waiting.person.last()
    assert TROUBLE not in last.text
    assert last.text.strip()
    assert last.buttons, f"no way on\n{await waiting.person.transcript()}"


async def replied(waiting: Waiting, before: int) -> str:
    """There is a new message or a fresh edit after this deed; all new texts."""
    await waiting.person.settle(20)
    new = [message for message in await waiting.person.messages() if message.outgoing and message.id > before]
    assert new, f"no reply\n{await waiting.person.transcript()}"
    await healthy(waiting)
    return "\n".join(message.text for message in new)


async def newest(person: SandboxPerson) -> int:
    return (await person.messages())[-1].id


@every
async def test_what_is_no_answer_is_told_so_and_the_question_stays_though_the_bot_dies(
    town: Town, state: State
) -> None:
    waiting = await WAYS[state](town)
    draft = waiting.draft()
    await town.kill_bot()
    assert waiting.state() == state.state
    for kind in ("sticker", "voice", "location"):
        before = await newest(waiting.person)
        await waiting.person.send_odd(kind)
        text = await replied(waiting, before)
        assert any(word in text for word in ("текст", "словами", "не прочитать", "кнопку")), f"{kind}: {text}"
        assert waiting.state() == state.state, f"{kind} ended the dialog"
        assert waiting.draft() == draft
    for name, data in (("справка.pdf", EXE), ("огромный.pdf", b"%PDF-1.4\n" + b"0" * (25 * MEGABYTE))):
        before = await newest(waiting.person)
        await waiting.person.send_file(name, data)
        text = await replied(waiting, before)
        if state in ASKS_WHERE:
            assert "К какому критерию" in text, f"{name}: {text}"  # a file is kept, and asked about
            assert waiting.draft() == draft
            continue
        assert any(word in text for word in ("словами", "текст", "не подошёл", "больше 20 МБ", "не прочитать")), (
            f"{name}: {text}"
        )
        assert waiting.state() == state.state, f"{name} ended the dialog"
        assert waiting.draft() == draft
    assert not list((town.bot.context.settings.data_dir).rglob("*.exe"))
    text = (await waiting.say("/zzz")).text
    assert "Команды «/zzz» нет" in text and waiting.draft() == draft, "a command is neither an answer nor a voice"
    if waiting.state() == state.state:
        assert waiting.shows in (await waiting.say(waiting.good)).text, "the right answer is taken afterwards"
        await healthy(waiting)
        assert waiting.draft() == draft


@every
async def test_five_thousand_characters_are_quoted_and_cancel_leaves_and_keeps_the_draft(
    town: Town, state: State
) -> None:
    waiting = await WAYS[state](town)
    draft, before = waiting.draft(), await newest(waiting.person)
    # The app sends so long a text in two parts.
    await waiting.person.send("Очень длинный рассказ. " * 217)
    text = await replied(waiting, before)
    assert any(
        word in text for word in ("4096", "Получилось", "знаков", "не нашлось", "ничего не нашлось", "Вы написали")
    ), text
    assert waiting.draft() == draft
    assert "Очень длинный рассказ" in text, "what was typed is quoted"
    left = await waiting.say("/cancel")
    await healthy(waiting)
    assert waiting.state() is None
    assert "сохранено" in left.text or "Продолжить" in left.buttons, left.text
    assert waiting.draft() == draft


@every
async def test_a_question_that_is_no_longer_seen_takes_no_answer(town: Town, state: State) -> None:
    """A dialog outlived its screen: what was typed under /help or under an event's card became a note or a comment."""
    waiting = await WAYS[state](town)
    draft = waiting.draft()
    await waiting.say("/help")
    assert waiting.state() is None
    answered = await waiting.say(waiting.good)
    await healthy(waiting)
    assert "Вы написали" in answered.text or waiting.shows not in answered.text  # quoted, but taken for nothing
    assert waiting.draft() == draft


@pytest.mark.parametrize("state", WORDS, ids=lambda state: str(state.state))
async def test_a_document_goes_to_the_open_draft_whatever_words_are_waited_for(town: Town, state: State) -> None:
    """Amid a comment it was answered with «one line in words is enough», and the draft never saw it."""
    waiting = await WAYS[state](town)
    World(town.database, town.clock.now()).draft(person_behind(town, waiting.person.id).id)
    await (await waiting.person.send_file("справка.pdf", PDF)).settle()
    assert "К какому критерию" in (await waiting.person.last()).text
    await walk(waiting.person, "4. ")
    assert town.read(lambda session: session.scalars(select(Document.criterion)).all()) == [4]


@pytest.mark.parametrize("state", FILES, ids=lambda state: str(state.state))
async def test_a_document_that_a_dialog_waits_for_is_its_own(town: Town, state: State) -> None:
    """Amid a course or a question it was asked to which criterion of the application the file belongs."""
    waiting = await WAYS[state](town)
    World(town.database, town.clock.now()).draft(person_behind(town, waiting.person.id).id)
    await (await waiting.person.send_file("справка.pdf", PDF)).settle()
    assert "К какому критерию" not in (await waiting.person.last()).text
    assert waiting.state() == state.state


@pytest.mark.parametrize("state", ASKS_WHERE, ids=lambda state: str(state.state))
async def test_the_bot_dies_and_the_dialog_goes_on(town: Town, state: State) -> None:
    waiting = await WAYS[state](town)
    draft = waiting.draft()
    await town.kill_bot()
    assert waiting.state() == state.state
    assert waiting.shows in (await waiting.say(waiting.good)).text
    await healthy(waiting)
    assert waiting.draft() == draft


async def test_a_stale_button_brings_a_fresh_screen(town: Town) -> None:
    person = await town.teacher()
    await walk(person, "/apply", "Подать заявку", "1. ")
    old = await person.last()
    await walk(person, "/menu")
    for data in (old.callbacks[0], "dg_a:1:old:9", "ap:gone", "nobody:knows:this", "ev_c:999999::1", "x" * 64):
        await person.forge(data, old.id)
        await person.settle()
        shown = {message.id: message for message in await person.messages()}
        assert shown[old.id].buttons, "what is fresh stands where one has tapped"
    assert town.read(quarantined) == []


async def test_somebody_elses_buttons_do_nothing(town: Town) -> None:
    """Telegram lets one forge any data: the server looks again whose it is."""
    owner = await town.teacher(2001, "Хозяйка Анна Петровна")
    stranger = await town.teacher(2004, "Чужой Иван Петрович")
    await walk(owner, "/apply", "Подать заявку", "1. ", "Учителя-предметники")
    await walk(owner, "/diagnostics", "Начать", "В", "Г")
    foreign = {data for message in await owner.messages(deleted=True) for data in message.callbacks}
    await walk(stranger, "/menu")
    screen = await stranger.last()
    before = town.read(state_of, external_id=2001)
    for data in sorted(foreign):
        await stranger.forge(data, screen.id)
        await stranger.settle(15, answer_is_enough=True)
    for data in [f"ap_w:1:{sure}" for sure in (0, 1)] + ["ap_s:1:1", "dg_a:1:sub_1:4", "dg_f:1", "dg_h:1:mentor:1"]:
        await stranger.forge(data, screen.id)
        await stranger.settle(15, answer_is_enough=True)
    assert town.read(state_of, external_id=2001) == before
    assert "Хозяйка" not in await stranger.transcript()
    assert town.read(quarantined) == []


def state_of(session: Session, *, external_id: int) -> tuple[Any, ...]:
    """What one person has: application, its choices, answers, attempts."""
    person_id = person_of(session, external_id=external_id)
    applications = session.scalars(select(Application).where(Application.person_id == person_id)).all()
    answers = session.execute(
        select(Answer.item, Answer.value).join(Attempt).where(Attempt.person_id == person_id).order_by(Answer.item)
    ).all()
    attempts = session.scalars(select(Attempt).where(Attempt.person_id == person_id)).all()
    return (
        [(one.status, one.direction_id, one.category_id, one.revision) for one in applications],
        [tuple(row) for row in answers],
        [(one.status, one.shared_with_mentor, one.shared_with_methodist) for one in attempts],
    )


async def test_three_hundred_odd_updates_are_answered_and_none_is_set_aside(town: Town) -> None:
    for _ in range(3):
        town.write(make_event, now=town.clock.now())
    people = [
        await town.teacher(2001, "Первая Анна Ильинична", roles=[Role.MENTOR, Role.ACTIVE_MEMBER]),
        await town.teacher(2002, "Вторая Инна Ильинична", locale="en"),
        await town.client.person(2003, first_name="<b>&"),
    ]
    for person in people:
        await walk(person, "/start")
    async with asyncio.TaskGroup() as together:
        for person in people:
            together.create_task(misuse(town, person, ODD_UPDATES // len(people)))
    assert person_behind(town, 2001).full_name == "Первая Анна Ильинична"


async def misuse(town: Town, person: SandboxPerson, times: int) -> None:
    """So many odd deeds of one person, the same ones at every run; each has to be answered."""
    chance, long = random.Random(person.id), False
    for number in range(times):
        deed = chance.choice((_forged, _forged, _text, _odd, _file, _command, _pressed))
        before = await newest(person)
        said = await deed(person, chance)
        try:
            await person.settle(30, answer_is_enough=True)
        except AssertionError as error:
            raise AssertionError(f"deed {number} of {person.id} was not answered: {said}\n{error}") from error
        errors = town.read(quarantined)
        assert errors == [], f"after deed {number} of {person.id}: {said} {errors}\n{await person.transcript()}"
        if said.startswith("tap"):
            continue
        # A text that comes at once after a long one, or after its tail, is a tail: all are answered together, above.
        after_long, long = long, said.startswith("text") and (long or len(await _said(person)) >= LONG)
        if not (after_long and said.startswith("text")):
            last = (await person.messages())[-1]
            assert last.outgoing and last.id > before, (
                f"deed {number} of {person.id} got no reply: {said}\n{await person.transcript()}"
            )


async def _said(person: SandboxPerson) -> str:
    """The longest of what the person said last, which the messenger may have cut in two."""
    return max((one.text for one in (await person.messages())[-4:] if not one.outgoing), key=len, default="")


NUMBERS = ("0", "1", "-1", "2", "7", "999999999999", "2147483648", "9" * 30, "1e3", "", "null", "True", "'", "\u0661")
COMMANDS = (
    "start", "menu", "help", "cancel", "settings", "diagnostics", "apply", "events", "my", "mydata", "mentees", "panel",
    "nonsense", "start@other",
)  # fmt: skip
WORDS = ("", "x", "home", "erased", "/start", "..", "<b>", "🙂", "2026-13-45", "202613", "%s", "{0}", "ещё")


async def _forged(person: SandboxPerson, chance: random.Random) -> str:
    known = sorted(kind.__prefix__ for kind in CallbackData.__subclasses__())
    parts = [chance.choice(NUMBERS + WORDS) for _ in range(chance.randrange(5))]
    data = ":".join([chance.choice(known), *parts]).encode()[:64].decode(errors="ignore") or "x"
    message = chance.choice([item for item in await person.messages() if item.outgoing])
    await person.forge(data, message.id if chance.random() < 0.9 else 1)
    return f"tap {data!r}"


async def _pressed(person: SandboxPerson, chance: random.Random) -> str:
    """A real button, half of the time with another number in it."""
    messages = [item for item in await person.messages() if item.outgoing and item.callbacks]
    message = chance.choice(messages[-6:])
    data = chance.choice(message.callbacks)
    if data.startswith("ped") and "erase" in data:
        data = "menu"
    if chance.random() < 0.5 and ":" in data:
        head, *rest = data.split(":")
        rest[chance.randrange(len(rest))] = chance.choice(NUMBERS + WORDS)
        data = ":".join([head, *rest]).encode()[:64].decode(errors="ignore")
    await person.forge(data, message.id)
    return f"tap {data!r}"


async def _text(person: SandboxPerson, chance: random.Random) -> str:
    alphabet = "абвёЖщ 0189.,:-/<>&\"'\\\n\u200b\u202e🙂\u0000e\u0301"
    text = "".join(chance.choice(alphabet) for _ in range(chance.choice((1, 5, 40, 400, 4096)))).strip() or "?"
    if text.startswith("/"):
        text = "." + text
    await person.send(text[:4096])
    return f"text {text[:40]!r}"


async def _odd(person: SandboxPerson, chance: random.Random) -> str:
    kind = chance.choice(("sticker", "voice", "video_note", "forward", "contact", "location", "dice", "poll"))
    await person.send_odd(kind)
    return kind


async def _file(person: SandboxPerson, chance: random.Random) -> str:
    name = chance.choice(("a.pdf", "..\\..\\x.exe", "<b>.png", "a" * 300 + ".pdf", "без имени", ".htaccess"))
    contents = (b"0", b"%PDF-1.4\n%%EOF", EXE, b"PK\x03\x04broken", b"\x89PNG\r\n\x1a\n", b"<svg onload=1>")
    await person.send_file(name, chance.choice(contents))
    return f"file {name[:20]}"


async def _command(person: SandboxPerson, chance: random.Random) -> str:
    payload = chance.choice(("", "ev_", "ci_x", "inv_" + "y" * 60, "st_1", "<b>", "ё"))
    text = f"/{chance.choice(COMMANDS)} {payload}".strip()
    await person.send(text)
    return text
