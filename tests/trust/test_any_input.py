"""Any input: whatever an update holds, nothing breaks, nothing is lost, and whoever wrote or tapped is answered."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiogram.filters.callback_data import CallbackData
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.dispatch import forged_taps
from bot.dispatch.visits import SAID
from db.clock import FrozenClock
from db.inbox.models import IncomingUpdate, UpdateStatus
from db.people.models import Role
from tests.e2e.test_bad_input import COMMANDS, NUMBERS, WORDS
from tests.events.support import make_event
from tests.support.figures import Figures
from tests.support.processes import engine_of, volumes
from tests.support.town import Town

AT_ONCE = 5
PEOPLE = (2001, 2002, 2003)  # with a profile and roles, in English, and a stranger
Raw = dict[str, Any]

# --- what may come --------------------------------------------------------------------------------------------------

WORD = st.text(st.characters(exclude_categories=["Cs"]), max_size=200) | st.sampled_from(
    ["\x00", "\ud83d", "%s", "<b>"]
)
NUMBER = st.integers(0, 2**31)
FILE = st.fixed_dictionaries(
    {"file_id": st.text("abc", min_size=1), "file_unique_id": st.just("u"), "file_size": NUMBER}
)
USER = st.sampled_from(PEOPLE).map(
    lambda number: {"id": number, "is_bot": False, "first_name": "И", "language_code": "ru"}
)
SIZE = {"width": NUMBER, "height": NUMBER}
STICKER = {"type": st.just("regular"), "is_animated": st.booleans(), "is_video": st.booleans(), **SIZE}
PLACE = {"latitude": st.floats(-90, 90), "longitude": st.floats(-180, 180)}
OPTION = {"text": WORD, "voter_count": NUMBER, "persistent_id": st.just("1")}
POLL = {
    "id": st.just("1"), "question": WORD, "options": st.lists(st.fixed_dictionaries(OPTION), max_size=2),
    "total_voter_count": NUMBER, "is_closed": st.booleans(), "is_anonymous": st.booleans(), "type": st.just("quiz"),
    "allows_multiple_answers": st.booleans(), "allows_revoting": st.booleans(), "members_only": st.booleans(),
}  # fmt: skip
NAMED = {"file_name": WORD, "mime_type": WORD}


def of_file(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[Raw]:
    return st.builds(lambda file, rest: file | rest, FILE, st.fixed_dictionaries({}, optional=more))


COMMAND = st.builds(lambda name, rest: f"/{name} {rest}".strip(), st.sampled_from(COMMANDS), WORD)
CONTENTS: dict[str, st.SearchStrategy[Any]] = {
    "text": WORD.filter(bool) | COMMAND | st.sampled_from(WORDS).filter(bool),
    "document": of_file(**NAMED),
    "photo": st.lists(st.builds(lambda file, size: file | size, FILE, st.fixed_dictionaries(SIZE)), max_size=3),
    "audio": st.builds(lambda file, long: file | {"duration": long}, FILE, NUMBER),
    "voice": st.builds(lambda file, long: file | {"duration": long}, FILE, NUMBER),
    "video": st.builds(lambda file, size: file | size | {"duration": 9}, FILE, st.fixed_dictionaries(SIZE)),
    "video_note": st.builds(lambda file, long: file | {"length": 1, "duration": long}, FILE, NUMBER),
    "animation": st.builds(lambda file, size: file | size | {"duration": 1}, FILE, st.fixed_dictionaries(SIZE)),
    "sticker": st.builds(lambda file, rest: file | rest, FILE, st.fixed_dictionaries(STICKER)),
    "contact": st.fixed_dictionaries({"phone_number": WORD, "first_name": WORD}, optional={"user_id": NUMBER}),
    "location": st.fixed_dictionaries(PLACE),
    "venue": st.fixed_dictionaries({"location": st.fixed_dictionaries(PLACE), "title": WORD, "address": WORD}),
    "dice": st.fixed_dictionaries({"emoji": st.just("\U0001f3b2"), "value": st.integers(1, 6)}),
    "poll": st.fixed_dictionaries(POLL),
    "game": st.fixed_dictionaries({"title": WORD, "description": WORD, "photo": st.just([])}),
    "pinned_message": st.just({"message_id": 1, "date": 0, "chat": {"id": 2001, "type": "private"}}),
    "web_app_data": st.fixed_dictionaries({"data": WORD, "button_text": WORD}),
    "new_kind_of_thing": st.just({"anything": 1}),
}  # fmt: skip
HIDDEN = {"type": "hidden_user", "date": 0, "sender_user_name": "?"}
EXTRA = {"caption": WORD, "media_group_id": st.just("7"), "forward_origin": st.just(HIDDEN)}


@st.composite
def message(draw: st.DrawFn) -> Raw:
    """A message of a private chat with any content, or with none."""
    user = draw(USER)
    kinds = draw(st.lists(st.sampled_from(sorted(CONTENTS)), max_size=1))
    content = {kind: draw(CONTENTS[kind]) for kind in kinds}
    extra = draw(st.fixed_dictionaries({}, optional=EXTRA))
    chat = {"id": user["id"], "type": "private", "first_name": "И"}
    return {"message_id": draw(NUMBER), "date": 0, "from": user, "chat": chat} | extra | content


@st.composite
def tap(draw: st.DrawFn) -> Raw:
    """A tap on a button of ours, forged or random; at a message, at one that is gone, at none."""
    user = draw(USER)
    known = sorted(kind.__prefix__ for kind in CallbackData.__subclasses__())
    part = st.sampled_from(NUMBERS + WORDS)
    forged = st.builds(
        lambda prefix, parts: ":".join([prefix, *parts]), st.sampled_from(known), st.lists(part, max_size=5)
    )
    data = draw(forged | WORD | st.sampled_from(known)).encode(errors="replace")[:64].decode(errors="ignore")
    chat = {"id": user["id"], "type": "private", "first_name": "И"}
    shown = draw(st.sampled_from(["text", "gone", "photo", "none"]))
    below: Raw = {"message_id": draw(st.integers(1, 50)), "date": 0 if shown == "gone" else 1, "chat": chat}
    if shown == "text":
        below |= {"text": "?", "from": {"id": 1, "is_bot": True, "first_name": "b"}}
    elif shown == "photo":
        below["photo"] = []
    about: Raw = {"id": str(draw(st.integers(1, 2**62))), "from": user, "chat_instance": "1", "data": data}
    if shown == "none":
        return about | {"inline_message_id": "x"}
    return about | {"message": below}


MEMBER = st.fixed_dictionaries({"user": USER, "status": st.sampled_from(["member", "left", "creator"])}).map(
    lambda one: one | ({"is_anonymous": False} if one["status"] == "creator" else {})
)
GROUP = st.just({"id": -100, "type": "supergroup", "title": "g"})
MOVED = {"chat": GROUP, "from": USER, "date": st.just(0), "old_chat_member": MEMBER, "new_chat_member": MEMBER}
IN_GROUP = st.builds(lambda one, chat: one | {"chat": chat}, message(), GROUP)
FIELD = st.sampled_from(["message_id", "date", "from", "chat", "text", "photo", "id", "data"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELD, inner, max_size=4),
    max_leaves=8,
)
WELL = st.one_of(
    st.tuples(st.just("message"), message()),
    st.tuples(st.just("message"), message()),
    st.tuples(st.just("callback_query"), tap()),
    st.tuples(st.just("callback_query"), tap()),
    st.tuples(st.sampled_from(["edited_message", "channel_post", "business_message", "guest_message"]), message()),
    st.tuples(st.just("message"), IN_GROUP),
    st.tuples(st.sampled_from(["my_chat_member", "chat_member"]), st.fixed_dictionaries(MOVED)),
    st.tuples(st.just("message"), st.builds(lambda one, who: one | {"new_chat_members": [who]}, message(), USER)),
    st.tuples(st.just("message"), st.builds(lambda one, who: one | {"left_chat_member": who}, message(), USER)),
    st.tuples(st.just("something_new"), ANYTHING),
)
MALFORMED = st.one_of(
    st.tuples(st.sampled_from(["message", "callback_query", "my_chat_member"]), ANYTHING),
    st.tuples(
        st.just("message"),
        st.builds(lambda one, key, value: one | {key: value}, message(), FIELD, ANYTHING),
    ),
)  # fmt: skip

# --- what must become of it -----------------------------------------------------------------------------------------


class Feeder:
    """Hands updates to the bot as the messenger does, and notes what went wrong with them."""

    def __init__(self, town: Town) -> None:
        self.town, self.number, self.call = town, 1, 0
        self.fed = self.aside = 0
        self.wrong: list[str] = []

    async def feed(self, updates: list[tuple[str, Any]], *, well: bool) -> None:
        raws = [{"update_id": self.number + place, kind: content} for place, (kind, content) in enumerate(updates)]
        wanted = [wants_answer(raw) for raw in raws] if well else []
        await self.town.bot.receiver.take(raws)
        await self.town.bot.receiver.idle()
        last = self.number + len(raws)
        done, aside = self.town.read(outcome, first=self.number, last=last)
        self.number, self.fed, self.aside = last, self.fed + len(raws), self.aside + len(aside)
        wrong = [f"{len(raws) - done} lost"] if done != len(raws) else []
        wrong += aside if well else []
        wrong += await self._unanswered([one for one in wanted if one is not None])
        if wrong:
            self.wrong.append(f"{wrong} of {updates!r}")

    async def _unanswered(self, wanted: list[tuple[str, Any]]) -> list[str]:
        calls = await self.town.client.calls(after=self.call)
        self.call = calls[-1]["n"] if calls else self.call
        answered = [call["params"].get("callback_query_id") for call in calls]
        said = [call["chat_id"] for call in calls if call["method"].startswith(("send", "edit"))]
        missing = []
        for kind, whom in wanted:
            heard = answered if kind == "tap" else said
            if whom in heard:
                heard.remove(whom)
            else:
                missing.append(f"{kind} {whom} not answered")
        return missing


def wants_answer(raw: Raw) -> tuple[str, Any] | None:
    """Who has to hear of this update: who taps in a private chat, and whoever says something there."""
    if "callback_query" in raw:
        return ("tap", raw["callback_query"]["id"]) if "message" in raw["callback_query"] else None
    said = raw.get("message", {})
    if any(said.get(kind) for kind in SAID) and said["chat"]["type"] == "private":
        return "message", said["chat"]["id"]
    return None


def outcome(session: Session, *, first: int, last: int) -> tuple[int, list[str]]:
    """How many updates from `first` on, before `last`, are done with; what was wrong with those that failed a try."""
    rows = session.scalars(select(IncomingUpdate).where(IncomingUpdate.update_id.between(first, last - 1))).all()
    done = [row for row in rows if row.status is not UpdateStatus.RECEIVED]
    return len(done), [f"{row.error}: {row.payload}" for row in rows if row.attempts or row.error]


TOO_LARGE = f"dg_r:{10**30}"
OVERLONG = {
    "id": "1",
    "from": {"id": 2001, "is_bot": False, "first_name": "x"},
    "chat_instance": "1",
    "data": TOO_LARGE,
}


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as opened:
        yield opened


@pytest.fixture
def feeder(runner: asyncio.Runner, database_url: str, clock: FrozenClock, tmp_path: Path) -> Iterator[Feeder]:
    """Three people of a town: one with everything, one in English, one whom the bot does not know."""

    async def opened() -> Town:
        town = await Town(database_url, clock, data_dir=tmp_path / "data").open()
        town.write(make_event, now=clock.now())
        await town.teacher(PEOPLE[0], roles=[Role.MENTOR, Role.ACTIVE_MEMBER])
        await town.teacher(PEOPLE[1], "Вторая Инна Ильинична", locale="en")
        await (await town.client.person(PEOPLE[2])).start()
        await town.bot.receiver.idle()
        return town

    town = runner.run(opened())
    yield Feeder(town)
    runner.run(town.close())


def pour(runner: asyncio.Runner, feeder: Feeder, what: Any, times: int, *, well: bool) -> None:
    """Feeds so many generated updates, some at once, the same ones at every run."""
    quick = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

    @settings(max_examples=max(1, times // AT_ONCE), deadline=None, database=None, derandomize=True,
              phases=[Phase.generate], suppress_health_check=quick)  # fmt: skip
    @given(st.lists(what, min_size=AT_ONCE, max_size=AT_ONCE))
    def one_by_one(updates: list[tuple[str, Any]]) -> None:
        if len(feeder.wrong) < 5:
            runner.run(feeder.feed(updates, well=well))

    one_by_one()


@pytest.mark.filterwarnings("ignore:Detected unknown update type:RuntimeWarning")
@volumes(times=(60, 10_000))
def test_whatever_comes_is_taken_and_answered(
    runner: asyncio.Runner, feeder: Feeder, times: int, figures: Figures
) -> None:
    pour(runner, feeder, WELL, times, well=True)
    pour(runner, feeder, MALFORMED, times // 10, well=False)
    wrong, aside = len(feeder.wrong), feeder.aside
    measured = f"{engine_of(feeder.town.url)}: {feeder.fed} updates, {wrong} wrong, {aside} malformed set aside"
    goal = "10000: no unhandled exception, none lost, each answered"
    figures.note("Any input", measured, goal=goal, held=not feeder.wrong)
    assert not feeder.wrong, "\n".join(feeder.wrong)


def test_control_a_handler_that_trusts_a_button_is_caught(
    runner: asyncio.Runner, feeder: Feeder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forged_taps, "storable", lambda value: True)
    pour(runner, feeder, st.tuples(st.just("callback_query"), st.just(OVERLONG)), AT_ONCE, well=True)
    assert feeder.wrong
