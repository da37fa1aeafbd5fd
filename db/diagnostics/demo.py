"""Self-diagnoses: answers by the recipe's levels, scores by the real scoring."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from db.caller import Caller
from db.demo.world import Someone, World
from db.diagnostics import rules as scoring
from db.diagnostics.blocks import publish
from db.diagnostics.content import ANCHORS, NEEDS, Questionnaire
from db.diagnostics.models import Answer, Attempt, AttemptStatus, InstrumentVersion
from db.diagnostics.queries import published_version, questionnaire
from db.diagnostics.services import score_row
from db.dictionaries.models import TermKind

VILLAGE, CITY = "-mr", "-go"
MINUTES = 11
ANSWERING = timedelta(seconds=17)
OPENED_SHARE = 0.08


@dataclass(slots=True)
class _Walk:
    """One finished self-diagnosis."""

    person: Someone
    started_at: datetime
    given: Mapping[str, int | None]
    latest: bool
    to_mentor: bool = False
    to_methodist: bool = False


def make(world: World) -> None:
    """Stories first, then the share of everybody else that the recipe tells."""
    version_id = published_version(world.session)
    if version_id is None:
        return
    content = questionnaire(world.session, version_id=version_id)
    walks = [*_stories(world, content), *_others(world, content)]
    rows = [_row(world, version_id, walk) for walk in walks]
    ids = world.session.scalars(insert(Attempt).returning(Attempt.id, sort_by_parameter_order=True), rows).all()
    answers = [
        {
            "attempt_id": number,
            "item": item.code,
            "value": walk.given.get(item.code),
            "answered_at": walk.started_at + ANSWERING * (place + 1),
        }
        for walk, number in zip(walks, ids, strict=True)
        for place, item in enumerate(content.items)
    ]
    world.session.execute(insert(Answer), answers)
    for walk, number, row in zip(walks, ids, rows, strict=True):
        attempt = Attempt(id=number, **row)
        for one in scoring.score(content, walk.given, world.rules):
            score = score_row(attempt, one, world.term(TermKind.POSITION, walk.person.position))
            score.latest = walk.latest
            world.session.add(score)
    first = min(walk.started_at for walk in walks)
    world.session.execute(
        update(InstrumentVersion)
        .where(InstrumentVersion.id == version_id, InstrumentVersion.published_at > first)
        .values(published_at=first - timedelta(days=1))
    )
    world.session.flush()
    while publish(world.session, Caller(world.now, world.zone)):
        pass


def _row(world: World, version_id: int, walk: _Walk) -> dict[str, Any]:
    return {
        "person_id": walk.person.id,
        "version_id": version_id,
        "status": AttemptStatus.COMPLETED,
        "municipality_id": world.municipalities[walk.person.municipality],
        "started_at": walk.started_at,
        "completed_at": walk.started_at + timedelta(minutes=MINUTES),
        "shared_with_mentor": walk.to_mentor,
        "shared_with_methodist": walk.to_methodist,
        "disclosed": walk.to_methodist,
    }


def _stories(world: World, content: Questionnaire) -> list[_Walk]:
    walks = []
    for story in world.recipe["stories"]:
        told = story.get("diagnostics", [])
        newest = min((item["days_ago"] for item in told), default=0)
        for item in told:
            given: dict[str, int | None] = {}
            for component in content.components:
                marks = item["answers"][component.code]
                given |= {question.code: mark for question, mark in zip(component.items, marks, strict=True)}
                given[component.need.code] = item["need"][component.code]
            walks.append(
                _Walk(
                    world.by_key[story["person"]],
                    world.at(-item["days_ago"], 19, 10),
                    given,
                    item["days_ago"] == newest,
                    item.get("shared_with_mentor", False),
                    item.get("shared_with_methodist", False),
                )
            )
    return walks


def _others(world: World, content: Questionnaire) -> list[_Walk]:
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
            if dice.random() < recipe["share_twice"]:
                earlier = _moment(world, dice, last + dice.uniform(95, 150))
                walks.append(_Walk(person, earlier, _answers(dice, recipe, content, code, usual), latest=False))
                usual += recipe["second_attempt_shift"]
            given = _answers(dice, recipe, content, code, usual)
            opened = dice.random() < OPENED_SHARE
            walks.append(_Walk(person, _moment(world, dice, last), given, latest=True, to_methodist=opened))
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
