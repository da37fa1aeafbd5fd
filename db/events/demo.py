"""Events with their lists, waiting people, attendance, feedback and certificates."""

import random
import secrets
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import insert

from db.caller import Caller
from db.demo.world import Someone, World
from db.dictionaries.models import TermKind
from db.dictionaries.queries import rules
from db.events.models import (
    Cause,
    Certificate,
    Event,
    EventComponent,
    EventMode,
    EventStatus,
    Registration,
    RegistrationStatus,
)
from db.events.rules import certificate_number, may_attend
from db.events.sweeps import publish_ratings
from db.notices.rules import is_day_off

NOTICE_DAYS = 30
CERTIFIED_SHARE = 0.5
TOKEN_BYTES = 16


def make(world: World) -> None:
    """The pack's events and who comes to them: the counters of every event fit its list."""
    dice = world.dice("events")
    registrations: list[dict[str, Any]] = []
    certified: list[int] = []
    for item in world.pack.section("events")["events"]:
        event = _event(world, item)
        told = _told(world, item["code"])
        rows = _list(world, dice, event, item, told)
        event.sequence = max((row["sequence"] for row in rows), default=0)
        event.seated = sum(row["status"] is RegistrationStatus.SEATED for row in rows)
        world.session.add(event)
        world.session.flush()
        for row in rows:
            person = row.pop("person")
            story = told.get(person.id, {})
            registrations.append(row | {"event_id": event.id})
            wants = story.get("certificate", not story and dice.random() < CERTIFIED_SHARE)
            if row["attended_at"] is not None and wants:
                certified.append(len(registrations) - 1)
    ids = world.session.scalars(
        insert(Registration).returning(Registration.id, sort_by_parameter_order=True), registrations
    ).all()
    _certify(world, [(ids[place], registrations[place]["attended_at"]) for place in certified])
    publish_ratings(world.session, Caller(world.now, world.zone))


def _event(world: World, item: dict[str, Any]) -> Event:
    day = world.now.astimezone(world.zone).date() + timedelta(days=item["starts_in_days"])
    # Nobody holds an event on a Sunday or on the second of January: away from today to a day of work.
    while is_day_off(day, rules(world.session)):
        day += timedelta(days=1 if item["starts_in_days"] > 0 else -1)
    starts_at = datetime.combine(day, time.fromisoformat(item["start_time"]), world.zone)
    code = item["municipality"]
    return Event(
        code=item["code"],
        title=item["title"],
        about=item["about"],
        format_id=world.term(TermKind.EVENT_FORMAT, item["format"]),
        municipality_id=world.municipalities[code] if code else None,
        mode=EventMode(item["mode"]),
        place=item.get("place"),
        link=item.get("link"),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=item["duration_minutes"]),
        capacity=item["capacity"],
        status=EventStatus.PUBLISHED,
        audience=item.get("audience"),
        organiser=item.get("organiser"),
        open_to_all=item["open_to_all"],
        check_in_token=secrets.token_urlsafe(TOKEN_BYTES),
        created_at=min(starts_at - timedelta(days=NOTICE_DAYS), world.now - timedelta(days=3)),
        components=[EventComponent(component=component) for component in item["components"]],
    )


def _told(world: World, code: str) -> dict[int, dict[str, Any]]:
    """What the stories tell of this event, by person."""
    return {
        world.by_key[story["person"]].id: item
        for story in world.recipe["stories"]
        for item in story.get("registrations", [])
        if item["event"] == code
    }


def _list(
    world: World, dice: random.Random, event: Event, item: dict[str, Any], told: dict[int, dict[str, Any]]
) -> list[dict[str, Any]]:
    """Rows in the order of arrival: seats first, then those who wait."""
    fill = world.recipe["event_fill"]
    waiting = fill["waiting"].get(item["code"], 0)
    seats = item["capacity"] or fill["unlimited"]
    if not waiting and item["capacity"]:
        seats = round(seats * dice.uniform(fill["share_from"], fill["share_to"]))
    named = {status: _people(world, told, status) for status in RegistrationStatus}
    guests = iter(_guests(world, dice, event, item))
    seated = _filled(dice, named[RegistrationStatus.SEATED], guests, seats)
    queue = _filled(dice, named[RegistrationStatus.WAITING], guests, waiting)
    line = [(person, RegistrationStatus.SEATED) for person in seated]
    line += [(person, RegistrationStatus.WAITING) for person in queue]
    line += [(person, RegistrationStatus.CANCELLED) for person in named[RegistrationStatus.CANCELLED]]
    last = min(world.now, event.starts_at - timedelta(hours=3))
    moments = sorted(event.created_at + (last - event.created_at) * dice.random() for _ in line)
    return [
        _registration(world, dice, event, person, status, number, moment, told.get(person.id))
        for number, ((person, status), moment) in enumerate(zip(line, moments, strict=True), 1)
    ]


def _people(world: World, told: dict[int, dict[str, Any]], status: RegistrationStatus) -> list[Someone]:
    return [person for person in world.people if person.id in told and told[person.id]["status"] == status.value]


def _guests(world: World, dice: random.Random, event: Event, item: dict[str, Any]) -> list[Someone]:
    """Who may come and has no story of an own, in chance order; members of the active first where it is for them."""
    found = [
        person
        for person in world.people
        if person.key is None
        and not person.newcomer
        and may_attend(
            open_to_all=item["open_to_all"],
            event_municipality=event.municipality_id,
            person_municipality=world.municipalities[person.municipality],
        )
    ]
    dice.shuffle(found)
    # People of the place come more often than others.
    return sorted(found, key=lambda person: person.municipality != item["municipality"] and dice.random() < 0.7)


def _filled(dice: random.Random, named: list[Someone], guests: Iterable[Someone], size: int) -> list[Someone]:
    people = [*named, *(person for person, _ in zip(guests, range(size - len(named)), strict=False))]
    dice.shuffle(people)
    return people


def _registration(
    world: World,
    dice: random.Random,
    event: Event,
    person: Someone,
    status: RegistrationStatus,
    sequence: int,
    moment: datetime,
    story: dict[str, Any] | None,
) -> dict[str, Any]:
    seated = status is RegistrationStatus.SEATED
    over = event.ends_at <= world.now
    came = seated and over
    rating, comment = None, None
    if story is not None:
        came = came and story.get("attended", False)
        rating, comment = story.get("rating"), story.get("comment")
    elif came:
        came = dice.random() < world.recipe["event_fill"]["attended_share"]
        rating, comment = _feedback(world, dice) if came else (None, None)
    return {
        "person": person,
        "person_id": person.id,
        "status": status,
        "sequence": sequence,
        "municipality_id": world.municipalities[person.municipality],
        "cause": Cause.SELF,
        "registered_at": moment,
        "seated_at": moment if seated else None,
        "cancelled_at": moment + timedelta(hours=2) if status is RegistrationStatus.CANCELLED else None,
        "attended_at": event.starts_at if came else None,
        "rating": rating,
        "comment": comment,
        "feedback_at": event.ends_at + timedelta(hours=2) if rating else None,
    }


def _feedback(world: World, dice: random.Random) -> tuple[int | None, str | None]:
    feedback = world.recipe["feedback"]
    if dice.random() >= feedback["share_rated"]:
        return None, None
    comments = feedback["comments"]
    chosen = dice.choice(comments)
    return chosen["rating"], chosen["text"] if dice.random() < feedback["share_commented"] else None


def _certify(world: World, attended: list[tuple[int, datetime]]) -> None:
    numbers: set[str] = set()
    rows = []
    for registration_id, moment in attended:
        issued = moment + timedelta(hours=20)
        number = certificate_number(issued.date())
        while number in numbers:
            number = certificate_number(issued.date())
        numbers.add(number)
        rows.append({"registration_id": registration_id, "number": number, "issued_at": issued})
    world.session.execute(insert(Certificate), rows)
