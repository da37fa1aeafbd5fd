"""Self-diagnoses of the demo: answers by the recipe's levels, given one by one."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from db.demo.world import Someone, World
from db.diagnostics import services
from db.diagnostics.blocks import publish
from db.diagnostics.content import ANCHORS, NEEDS, Questionnaire
from db.diagnostics.models import InstrumentVersion, VersionStatus
from db.diagnostics.offering import offers
from db.diagnostics.queries import questionnaire
from db.diagnostics.services import ResultReader
from db.notices.demo import send_out

VILLAGE, CITY = "-mr", "-go"
ANSWERING = timedelta(seconds=17)
OPENED_SHARE = 0.08


@dataclass(slots=True)
class _Walk:
    """One self-diagnosis from its first question to its end."""

    person: Someone
    instrument_id: int
    content: Questionnaire
    started_at: datetime
    given: Mapping[str, int | None]
    shared: tuple[ResultReader, ...] = ()


def make(world: World) -> None:
    """Walks the stories' and what share of everybody else the recipe tells."""
    # As the consent's text: older than whoever answered by it.
    world.session.execute(
        update(InstrumentVersion)
        .where(InstrumentVersion.status == VersionStatus.PUBLISHED, InstrumentVersion.published_at > world.start)
        .values(published_at=world.start)
    )
    for walk in sorted([*_stories(world), *_others(world)], key=lambda walk: walk.started_at):
        _take(world, walk)
    send_out(world, world.now)
    while publish(world.session, world.clock(world.now)):
        pass


def _take(world: World, walk: _Walk) -> None:
    session, at, caller = world.session, walk.started_at, world.person(walk.person.id, walk.started_at)
    attempt_id = services.start_or_resume(session, caller, instrument_id=walk.instrument_id).attempt_id
    for item in walk.content.items:
        at += ANSWERING
        caller = world.person(walk.person.id, at)
        services.answer(session, caller, attempt_id=attempt_id, item=item.code, value=walk.given.get(item.code))
    caller = world.person(walk.person.id, at + ANSWERING)
    services.finish(session, caller, attempt_id=attempt_id)
    if walk.person.id in world.in_messenger:
        send_out(world, caller.now)
    for reader in walk.shared:
        services.set_sharing(session, caller, attempt_id=attempt_id, audience=reader, opened=True)


def _offered(world: World, person: Someone) -> list[tuple[int, Questionnaire]]:
    """The instruments that a person is offered, the own position's first."""
    found = offers(world.session, person_id=person.id)
    return [
        (one.instrument_id, questionnaire(world.session, version_id=one.version_id)) for one in found if one.version_id
    ]


def _stories(world: World) -> list[_Walk]:
    walks = []
    for story in world.stories:
        person = world.by_key[story["person"]]
        for item in story.get("diagnostics", []):
            # Whose story it is may hold another position in another pack, where other questions are asked.
            instrument_id, content = _offered(world, person)[0]
            if not all(component.code in item["answers"] for component in content.components):
                continue
            given: dict[str, int | None] = {}
            for component in content.components:
                marks = item["answers"][component.code]
                given |= {question.code: mark for question, mark in zip(component.items, marks, strict=True)}
                given[component.need.code] = item["need"][component.code]
            shared = tuple(reader for reader in ResultReader if item.get(f"shared_with_{reader.value}"))
            started_at = world.at(-item["days_ago"], 19, 10)
            walks.append(_Walk(person, instrument_id, content, started_at, given, shared))
    return walks


def _others(world: World) -> list[_Walk]:
    """In every municipality the same share, so that small ones stay small and are masked."""
    dice, recipe = world.dice("diagnoses"), world.recipe["diagnostics"]
    free = [person for person in world.people if person.key is None]
    room = Counter(person.municipality for person in free)
    walks = []
    dice.shuffle(free)
    for code, count in sorted(room.items()):
        here = [person for person in free if person.municipality == code and not person.newcomer]
        for person in here[: round(count * recipe["share_completed"])]:
            usual = dice.gauss(0, recipe["level_spread"] / 2)
            last = dice.uniform(2, 170)
            for instrument_id, content in _offered(world, person):
                if dice.random() < recipe["share_twice"]:
                    earlier = _moment(world, dice, last + dice.uniform(95, 150))
                    given = _answers(dice, recipe, content, code, usual)
                    walks.append(_Walk(person, instrument_id, content, earlier, given))
                    usual += recipe["second_attempt_shift"]
                given = _answers(dice, recipe, content, code, usual)
                shared = (ResultReader.METHODIST,) if dice.random() < OPENED_SHARE else ()
                walks.append(_Walk(person, instrument_id, content, _moment(world, dice, last), given, shared))
    return walks


def _moment(world: World, dice: random.Random, days: float) -> datetime:
    return world.at(-days, dice.choice((8, 13, 16, 18, 19, 20)), dice.randint(0, 59))


def _answers(
    dice: random.Random, recipe: dict[str, Any], content: Questionnaire, municipality: str, usual: float
) -> dict[str, int | None]:
    shift = {VILLAGE: recipe["village_shift"], CITY: recipe["city_shift"]}.get(municipality[-3:], 0)
    given: dict[str, int | None] = {}
    for component in content.components:
        level = recipe["level_mean"][component.code] + shift + usual
        for item in component.items:
            mark = dice.gauss(level, recipe["level_spread"]) / 100 * (ANCHORS - 1)
            absent = dice.random() < recipe["share_not_applicable"]
            given[item.code] = None if absent else min(max(round(mark), 0), ANCHORS - 1)
        need = round(dice.gauss(recipe["need_mean"][component.code], 0.8))
        given[component.need.code] = min(max(need, 0), NEEDS - 1)
    return given
