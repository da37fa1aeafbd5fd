"""Events of the demo with their lists, waiting people, attendance, results, feedback and certificates."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from db.demo.world import Someone, World
from db.dictionaries.models import Audience, TermKind
from db.events import hosts, queries, seats, services, staff_services
from db.events.hosts import ResultMark
from db.events.models import Event, EventMode, Registration, RegistrationStatus
from db.events.rules import RESULT_SETTLES, Standing, barrier, door_code
from db.events.staff_services import EventPlan
from db.events.sweeps import publish_ratings, tell_results
from db.notices.demo import send_out
from db.scope import StaffRole

NOTICE_DAYS = 30
LAST_DAYS = 3
CERTIFIED_SHARE = 0.5
LATER = timedelta(hours=2)
"""From the end to the feedback, and from a registration to second thoughts."""
AWARDED_AFTER = timedelta(hours=1)
CERTIFIED_AFTER = timedelta(hours=20)


@dataclass(slots=True)
class _Guest:
    """One who registers, and what becomes of it; `rating`, `comment` and `result` are of those who came."""

    person: Someone
    status: RegistrationStatus
    at: datetime
    came: bool = False
    rating: int | None = None
    comment: str | None = None
    certified: bool = False
    result: str | None = None


def make(world: World) -> None:
    """Plans the pack's events and has people come to them."""
    dice = world.dice("events")
    for item in world.pack.section("events").get("events", []):
        event = _publish(world, item)
        guests = _guests(world, dice, event, item)
        for guest in guests:
            _register(world, event, guest)
        for guest in guests:
            if guest.came:
                _come(world, event, guest)
        if "results" in item:
            _award(world, event, item, [guest for guest in guests if guest.came])
    publish_ratings(world.session, world.clock(world.now))


def _publish(world: World, item: dict[str, Any]) -> Event:
    day = world.now.astimezone(world.zone).date() + timedelta(days=world.working(item["starts_in_days"]))
    starts_at = datetime.combine(day, time.fromisoformat(item["start_time"]), world.zone)
    code = item["municipality"]
    plan = EventPlan(
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
        audience=item.get("audience"),
        organiser=item.get("organiser"),
        open_to_all=item["open_to_all"],
        components=tuple(item["components"]),
        level_id=world.term(TermKind.EVENT_LEVEL, item["level"]) if "level" in item else None,
        hours=item.get("hours"),
        signatory=item.get("signatory"),
        meant_for=Audience(item["meant_for"]) if "meant_for" in item else None,
        for_network=item.get("for_network", False),
        positions=tuple(world.term(TermKind.POSITION, code) for code in item.get("positions", [])),
        young=item.get("young", False),
    )
    announced = min(starts_at - timedelta(days=NOTICE_DAYS), world.now - timedelta(days=LAST_DAYS))
    caller = world.account(_methodist(world, code), announced)
    event_id = staff_services.create(world.session, caller, plan=plan, code=item["code"])
    staff_services.publish(world.session, caller, event_id=event_id)
    return world.session.get_one(Event, event_id)


def _methodist(world: World, municipality: str | None) -> str:
    """Returns the login of the municipality's own methodist, where it has one."""
    own = (
        item["login"]
        for item in world.recipe["staff"]
        if item["role"] == StaffRole.MUNICIPAL_METHODIST and municipality in item.get("municipalities", [])
    )
    return next(own, "region")


def _register(world: World, event: Event, guest: _Guest) -> None:
    seats.register(world.session, world.person(guest.person.id, guest.at), event_id=event.id)
    if guest.status is RegistrationStatus.CANCELLED:
        seats.cancel(world.session, world.person(guest.person.id, guest.at + LATER), event_id=event.id)
    _send_receipts(world, guest, guest.at)


def _send_receipts(world: World, guest: _Guest, at: datetime) -> None:
    """Sends the ticket or the certificate to whoever is in the messenger; nobody else is owed one there."""
    if guest.person.id in world.in_messenger:
        send_out(world, at)


def _come(world: World, event: Event, guest: _Guest) -> None:
    session, person_id = world.session, guest.person.id
    at_the_door = world.person(person_id, event.starts_at)
    code = door_code(event.id, event.check_in_key, at_the_door)
    services.check_in(session, at_the_door, token=code.token)
    caller = world.person(person_id, min(event.ends_at + LATER, world.now))
    if guest.rating is not None:
        services.rate(session, caller, event_id=event.id, rating=guest.rating)
    if guest.comment is not None:
        services.comment(session, caller, event_id=event.id, text=guest.comment)
    if guest.certified:
        caller = world.person(person_id, min(event.ends_at + CERTIFIED_AFTER, world.now))
        services.certificate(session, caller, event_id=event.id)
        _send_receipts(world, guest, caller.now)


def _award(world: World, event: Event, item: dict[str, Any], came: list[_Guest]) -> None:
    """Writes the results of a contest down, the stories' and then the others'; who is in the messenger hears of it."""
    at = event.ends_at + AWARDED_AFTER
    left = list(item["results"])
    for guest in came:
        if guest.result is not None:
            left.remove(guest.result)
    for guest, result in zip((one for one in came if one.person.key is None), left, strict=False):
        guest.result = result
    theirs = select(Registration.person_id, Registration.id).where(Registration.event_id == event.id)
    numbers = dict(world.session.execute(theirs).all())
    marks = [
        ResultMark(numbers[guest.person.id], None, world.term(TermKind.CONTEST_RESULT, guest.result))
        for guest in came
        if guest.result is not None
    ]
    caller = world.account(_methodist(world, item["municipality"]), at)
    hosts.award(world.session, caller, event_id=event.id, marks=marks)
    tell_results(world.session, world.clock(at + RESULT_SETTLES), world.rules)
    send_out(world, at + RESULT_SETTLES)


def _guests(world: World, dice: random.Random, event: Event, item: dict[str, Any]) -> list[_Guest]:
    """Returns them in the order of arrival: seats first, then those who wait."""
    told = _told(world, item["code"])
    fill = world.recipe["event_fill"]
    waiting = fill["waiting"].get(item["code"], 0)
    places = item["capacity"] or fill["unlimited"]
    if not waiting and item["capacity"]:
        places = round(places * dice.uniform(fill["share_from"], fill["share_to"]))
    named = {status: _named(world, told, status) for status in RegistrationStatus}
    others = iter(_others(world, dice, event, item))
    seated = _filled(dice, named[RegistrationStatus.SEATED], others, places)
    queue = _filled(dice, named[RegistrationStatus.WAITING], others, waiting)
    line = [(person, RegistrationStatus.SEATED) for person in seated]
    line += [(person, RegistrationStatus.WAITING) for person in queue]
    line += [(person, RegistrationStatus.CANCELLED) for person in named[RegistrationStatus.CANCELLED]]
    last = min(world.now, event.starts_at - LATER * 2)
    moments = sorted(event.created_at + (last - event.created_at) * dice.random() for _ in line)
    return [
        _guest(world, dice, event, _Guest(person, status, at), told.get(person.id))
        for (person, status), at in zip(line, moments, strict=True)
    ]


def _told(world: World, code: str) -> dict[int, dict[str, Any]]:
    """Returns what the stories tell of this event, by person."""
    return {
        world.by_key[story["person"]].id: item
        for story in world.stories
        for item in story.get("registrations", [])
        if item["event"] == code
    }


def _named(world: World, told: dict[int, dict[str, Any]], status: RegistrationStatus) -> list[Someone]:
    return [person for person in world.people if person.id in told and told[person.id]["status"] == status.value]


def _others(world: World, dice: random.Random, event: Event, item: dict[str, Any]) -> list[Someone]:
    """Returns who may come and has no story of an own, in chance order; people of the place come more often."""
    found = [
        person
        for person in world.people
        if person.key is None
        and not person.newcomer
        and barrier(
            queries.standing(world.session, person_id=person.id)
            if event.meant_for or event.for_network
            else Standing(world.municipalities[person.municipality]),
            open_to_all=event.open_to_all,
            event_municipality=event.municipality_id,
            for_network=event.for_network,
            meant_for=event.meant_for,
        )
        is None
    ]
    dice.shuffle(found)
    return sorted(found, key=lambda person: person.municipality != item["municipality"] and dice.random() < 0.7)


def _filled(dice: random.Random, named: list[Someone], others: Iterable[Someone], size: int) -> list[Someone]:
    people = [*named, *(person for person, _ in zip(others, range(size - len(named)), strict=False))]
    dice.shuffle(people)
    return people


def _guest(world: World, dice: random.Random, event: Event, guest: _Guest, story: dict[str, Any] | None) -> _Guest:
    """Says what becomes of a guest; nobody has come to what is not over."""
    if guest.status is not RegistrationStatus.SEATED or event.ends_at > world.now:
        return guest
    if story is not None:
        guest.came, guest.certified = story.get("attended", False), story.get("certificate", False)
        guest.rating, guest.comment = story.get("rating"), story.get("comment")
        guest.result = story.get("result")
    elif dice.random() < world.recipe["event_fill"]["attended_share"]:
        guest.came = True
        guest.rating, guest.comment = _feedback(world, dice)
        guest.certified = dice.random() < CERTIFIED_SHARE
    return guest


def _feedback(world: World, dice: random.Random) -> tuple[int | None, str | None]:
    feedback = world.recipe["feedback"]
    if dice.random() >= feedback["share_rated"]:
        return None, None
    chosen = dice.choice(feedback["comments"])
    return chosen["rating"], chosen["text"] if dice.random() < feedback["share_commented"] else None
