"""Buttons that nobody was given: Telegram lets anybody send any callback data, so every tap is tried with foreign ids.

A stranger with a profile of their own taps every button of the bot, filled with the ids of another person's objects and
with values that make no sense. Nothing of the other's is shown or changed, and nothing breaks.
"""

import enum
import importlib
import itertools
import json
import re
import types
import typing
from datetime import datetime
from pathlib import Path
from typing import Any

from aiogram.filters.callback_data import CallbackData
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.ui import screens
from db.dictionaries.models import Term
from db.inbox.models import IncomingUpdate, UpdateStatus
from db.people.models import MessengerAccount, Role
from db.plans.models import PlanResponsible
from db.retests import services as retests
from db.routes.models import ItemKind, Route, RouteItem
from tests.support import callers
from tests.support.town import Town
from tests.trust.planted import WORD, Planted, changed, hidden_event, plant, rows_of

BOT = Path(__file__).parents[2] / "bot"
STRANGER = 2001
HOME, FOREIGN = "chelyabinsky-go", "varnensky-mr"
OWN = frozenset({"incoming_update", "dialog"})  # what any update writes
AT_ONCE = 40
INTEGERS = (0, -1, 2**31, 2**63, 10**40)
TEXTS = ("", "x", "0", "<b>", "١", "202613.9.9", f"{10**40}")


def buttons() -> list[type[CallbackData]]:
    """Every callback of the bot."""
    modules = [screens]
    modules += [importlib.import_module(f"bot.{path.parent.name}.callbacks") for path in BOT.glob("*/callbacks.py")]
    found = [
        item
        for module in modules
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, CallbackData) and item is not CallbackData
    ]
    return sorted(set(found), key=lambda one: one.__prefix__)


def foreign(victim: Planted, draft: int, codes: list[str], terms: list[int]) -> dict[str, list[Any]]:
    """Values of every field that a button may have; a new field has to be entered here."""
    return {
        "attempt": [*victim.attempts, victim.survey],
        "instrument": [1, 2, 3],
        "line_id": [1, 2, victim.workplan_line],
        "slot": [0],
        "item": [*codes, "forms", "lacking"],
        "on": [True],
        "declined": [True],
        "site": [1],
        "application": list(victim.applications),
        "document": list(victim.documents),
        "document_id": [1],
        "number": [1, 0, 4],
        "term": terms,
        "campaign": [1, 2],
        "choice": ["yes", "first"],
        "event_id": [*victim.events, draft],
        "rating": [5],
        "item_id": [1, 2],
        "back": ["....."],
        "view": ["202603.0....1", "....."],
        "of": ["format", "component", victim.pair, victim.group],
        "share_id": [1, 2],
        "retest_id": [1],
        "period_id": [1, 2],
        "pair_id": [victim.pair],
        "material_id": [1],
        "question_id": [1],
        "named": [True],
        "meeting_id": [*victim.meetings, victim.group_meeting],
        "group_id": [victim.group],
        "target_id": [0, victim.group],
        "member_id": [victim.group_member],
        "person_id": [victim.person],
        "decision_id": [victim.group_decision],
        "day": [739_680],
        "minute": [600],
        "page": [0, 9],
        "letter": [1040],
        "value": [2, "en"],
        "version": [1],
        "payload": ["", f"ev_{victim.pair}"],
        "field": ["full_name", "municipality", "organisation"],
        "topic": ["", "privacy"],
        "change": ["language", "reminders"],
        # What ends one's own account is left out: the stranger has to stay.
        "action": ["profile", "export", "withdraw", "erase"],
        "audience": [],
        "kind_id": [1],
        "site_id": [1],
        "programme_id": [victim.programme],
        "record_id": [victim.training],
        "diary_id": [victim.diary],
        "work_id": [victim.expert_work],
        "relative": [True],
        "people": [3],
        "activity_id": [1],
        "month": [0, 739_680],
        "part": ["title"],
        "practice_id": [victim.practice],
        "expert_id": [victim.practice_expert],
        "file_id": [victim.practice_file, 1, 2],
        "component": [*codes],
        "typed": [True],
        "still": [True],
        "hours": [36],
        "of_project": [True],
        "sure": [True],
        "code": ["methodist", "digital"],
        "afresh": [True],
        "avoid": [True],
        "helped": [True],
        "request_id": [victim.request],
        "direction_id": terms,
        "places": [3],
        "weeks": [1, 2],
        "tie_id": [victim.tie],
        "ahead": [True],
        "often": ["month", "9"],
        "way": ["meeting", "event"],
        "of_id": [victim.group_meeting],
    }


def values(kind: Any, name: str, known: dict[str, list[Any]]) -> list[Any]:
    """Foreign values of a field first, then nonsense of its type."""
    inner = [one for one in typing.get_args(kind) if one is not type(None)]
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        return [*values(inner[0], name, known), None]
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return list(kind)
    if kind is bool:
        return [True, False]
    planted = [one for one in known[name] if isinstance(one, kind)]
    return [*planted, *(INTEGERS if kind is int else TEXTS)]


def forgeries(button: type[CallbackData], known: dict[str, list[Any]]) -> list[str]:
    """Callback data as a forger would write them: not by `pack`, which refuses what is too long or has a colon."""
    fields = [values(field.annotation, name, known) for name, field in button.model_fields.items()]
    longest = max((len(one) for one in fields), default=1)
    # Each value of each field once, beside foreign ids in the others; and foreign ids in every combination.
    rows = [tuple(one[0] for one in fields)]
    rows += [
        (*(other[0] for other in fields[:place]), value, *(other[0] for other in fields[place + 1 :]))
        for place, one in enumerate(fields)
        for value in one
    ]
    rows += (
        list(itertools.islice(zip(*(itertools.cycle(one) for one in fields), strict=True), longest)) if fields else []
    )
    packed = [":".join((button.__prefix__, *map(written, row))) for row in rows]
    return [data for data in dict.fromkeys(packed) if len(data.encode()) <= 64]


def written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, enum.Enum):
        return str(value.value)
    return str(int(value)) if isinstance(value, bool) else str(value)


async def test_a_forged_button_shows_and_changes_nothing_of_another(town: Town) -> None:
    now = town.clock.now()
    victim = town.write(plant, first=7001, municipality=FOREIGN, now=now)
    draft = town.write(hidden_event, municipality=FOREIGN, now=now)
    town.write(lambda session: session.add(PlanResponsible(line_id=1, person_id=victim.person)))
    town.write(routed, victim, now)
    town.write(retests.begin, callers.person(victim.person, now), attempt_id=victim.attempts[0], number=0)
    stranger = await town.teacher(STRANGER, municipality=HOME, roles=[Role.MENTOR, Role.ACTIVE_MEMBER])
    await stranger.send("/menu")
    await stranger.settle()
    message = await stranger.last()

    def facts(session: Session) -> tuple[list[str], list[int]]:
        from db.diagnostics.models import Answer

        codes = session.scalars(select(Answer.item).where(Answer.attempt_id == victim.attempts[0]).limit(2)).all()
        return list(codes), list(session.scalars(select(Term.id).limit(2)))

    codes, terms = town.read(facts)
    known = foreign(victim, draft, codes, terms)
    own = town.read(own_rows)
    before = {key: row for key, row in town.read(rows_of, without=OWN).items() if key not in own}
    forged = [data for button in buttons() for data in forgeries(button, known)]
    assert len(forged) > 300
    for start in range(0, len(forged), AT_ONCE):
        deeds = [
            {"person": STRANGER, "message_id": message.id, "data": data, "forged": True}
            for data in forged[start : start + AT_ONCE]
        ]
        assert await town.client.bulk(deeds) == len(deeds)
        await quiet(town)
    failed = town.read(broken)
    assert not failed, "\n".join(failed)
    different = changed(before, town.read(rows_of, without=OWN))
    assert not different, "\n".join(different)
    seen = json.dumps(await stranger.chat(), ensure_ascii=False) + json.dumps(
        await stranger.toasts(), ensure_ascii=False
    )
    # What is planned is for everybody; where it is and who comes is not.
    leaks = set(re.findall(rf".{{0,60}}{WORD}.{{0,20}}", re.sub(rf"(?:Семинар|Встреча) {WORD}", "", seen)))
    assert not leaks, "\n".join(sorted(leaks))


def routed(session: Session, victim: Planted, now: datetime) -> None:
    """A step in the route of the victim."""
    route = Route(person_id=victim.person, started_at=now)
    session.add(route)
    session.flush()
    step = {"item": "subject_1", "attempt_id": victim.attempts[0], "text": WORD, "taken_at": now}
    session.add(RouteItem(route_id=route.id, kind=ItemKind.STEP, **step))


async def quiet(town: Town) -> None:
    """Until the bot has taken all that was sent."""
    person = await town.person(STRANGER)
    await person.settle(quiet=0.02, answer_is_enough=True)
    await town.bot.receiver.idle()


def own_rows(session: Session) -> set[tuple[Any, ...]]:
    """What the stranger may change: the own profile and reminders, and the language of the own chat."""
    account = session.scalars(select(MessengerAccount).where(MessengerAccount.external_id == STRANGER)).one()
    return {("person", account.person_id), ("messenger_account", account.id)}


def broken(session: Session) -> list[str]:
    rows = session.scalars(
        select(IncomingUpdate).where(
            (IncomingUpdate.attempts > 0) | (IncomingUpdate.status == UpdateStatus.QUARANTINED)
        )
    )
    return [f"{row.error}: {json.loads(row.payload or '{}').get('callback_query', {}).get('data')}" for row in rows]
