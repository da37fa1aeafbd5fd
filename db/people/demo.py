"""The people of the demo: names, places of work, consents, roles."""

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from db.accounts.models import Staff
from db.caller import Caller
from db.demo.world import Someone, World, spread, weighted
from db.dictionaries.models import Organisation, TermKind
from db.people import roles
from db.people.models import Consent, ConsentText, MessengerAccount, Person, Role
from db.people.queries import current_consent_texts

OTHER = "other"
ROLES = {"mentor": Role.MENTOR}
NEWCOMERS = 0.04
NEW_DAYS = (0.2, 20)
OLD_DAYS = (330, 480)  # earlier than the earliest self-diagnosis


def make(world: World) -> None:
    """Adds everybody; the sandbox's own people keep their numbers there."""
    dice = world.dice("people")
    told = [*world.recipe["sandbox_people"], *world.recipe["other_people"]]
    told = [item for item in told if "profile" in item]
    slots = _past_slots(world)
    rows: list[dict[str, Any]] = []
    for item in told:
        person = _told_person(world, item, slots)
        world.people.append(person)
        rows.append(_told_row(world, item, person))
    names: set[str] = {row["full_name"] for row in rows}
    for code, count in world.recipe["people_per_municipality"].items():
        here = sum(1 for person in world.people if person.municipality == code)
        for _ in range(count - here):
            direction, approved = slots[code].pop() if slots.get(code) else (None, None)
            person = _someone(world, dice, code, direction, approved)
            world.people.append(person)
            rows.append(_row(world, dice, person, _name(world, dice, names)))
    ids = world.session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), rows).all()
    for person, number in zip(world.people, ids, strict=True):
        person.id = number
    _give_accounts(world)
    _give_consents(world, [row["created_at"] for row in rows])
    _give_roles(world, told)
    _connect_staff(world)


def _past_slots(world: World) -> dict[str, list[tuple[int, bool]]]:
    """Who applied in the past campaign, by municipality: both tables of the recipe come out exactly.

    Every applicant is one place in the table of municipalities and one in the table of directions; matching the two
    shuffled lists keeps both sums.
    """
    dice = world.dice("past")
    past = world.recipe["campaign_2023"]
    slots: dict[str, list[tuple[int, bool]]] = {}
    for index, approved in enumerate((True, False)):
        municipalities = spread({code: pair[index] for code, pair in past["by_municipality"].items()})
        directions = spread({number: pair[index] for number, pair in past["by_direction"].items()})
        dice.shuffle(directions)
        for code, direction in zip(municipalities, directions, strict=True):
            slots.setdefault(code, []).append((direction, approved))
    return slots


def _told_person(world: World, item: dict[str, Any], slots: dict[str, list[tuple[int, bool]]]) -> Someone:
    profile = item["profile"]
    code = profile["municipality"]
    person = Someone(code, profile["position"], profile["qualification"], key=item["id"])
    for story in world.recipe["stories"]:
        application = story.get("application", {})
        if story["person"] == item["id"] and application.get("campaign") == world.recipe["campaign_2023"]["campaign"]:
            person.direction, person.approved = application["direction"], application["status"] == "approved"
            _take_slot(slots, code, (person.direction, person.approved))
    return person


def _take_slot(slots: dict[str, list[tuple[int, bool]]], code: str, wanted: tuple[int, bool]) -> None:
    """Takes such a place in the municipality, swapping directions with another one where it has none: sums stay."""
    if wanted not in slots[code]:
        other = next(name for name, places in slots.items() if wanted in places)
        given = next(place for place in slots[code] if place[1] == wanted[1])
        slots[code][slots[code].index(given)] = wanted
        slots[other][slots[other].index(wanted)] = given
    slots[code].remove(wanted)


def _someone(world: World, dice: random.Random, code: str, direction: int | None, approved: bool | None) -> Someone:
    profiles = world.recipe["profiles"]
    fitting = profiles["by_direction"].get(direction)
    weights = {name: weight for name, weight in profiles["positions"].items() if not fitting or name in fitting}
    qualifications = profiles["qualifications" if direction is None else "applicant_qualifications"]
    return Someone(
        code, weighted(dice, weights), weighted(dice, qualifications), direction=direction, approved=approved
    )


def _name(world: World, dice: random.Random, taken: set[str]) -> str:
    names = world.recipe["names"]
    while True:
        woman = dice.random() < names["share_f"]
        first = dice.choice(names["first_f" if woman else "first_m"])
        name = f"{dice.choice(names['surnames'])[woman]} {first} {dice.choice(names['patronymics'])[woman]}"
        if name not in taken:
            taken.add(name)
            return name


def _row(world: World, dice: random.Random, person: Someone, name: str) -> dict[str, Any]:
    profiles = world.recipe["profiles"]
    years = profiles["experience_years"]
    experience = round(dice.gauss(years["mean"], years["mean"] / 2))
    least = 0 if person.direction is None else 5
    subject = dice.choice(profiles["subjects"].get(person.position, profiles["subjects"][OTHER]))
    person.newcomer = person.direction is None and dice.random() < NEWCOMERS
    days = dice.uniform(*(NEW_DAYS if person.newcomer else OLD_DAYS))
    saved = world.at(-days, dice.randint(9, 20), dice.randint(0, 59))
    if person.direction is not None:
        saved = _before_past_campaign(world, dice)
    return {
        "full_name": name,
        "municipality_id": world.municipalities[person.municipality],
        "organisation_id": _workplace(world, dice, person),
        "position_id": world.term(TermKind.POSITION, person.position),
        "subject_id": world.term(TermKind.SUBJECT, subject),
        "qualification_id": world.term(TermKind.QUALIFICATION, person.qualification),
        "experience_years": min(max(experience, least, years["min"]), years["max"]),
        "profile_saved_at": saved,
        "created_at": saved,
    }


def _told_row(world: World, item: dict[str, Any], person: Someone) -> dict[str, Any]:
    profile = item["profile"]
    municipality = world.municipalities[person.municipality]
    dice = world.dice(f"told:{item['id']}")
    saved = world.at(-260, 18, dice.randint(0, 59))
    if person.direction is not None:
        saved = _before_past_campaign(world, dice)
    known = {row.name: row.id for row in world.organisations[municipality]}
    if profile["organisation"] not in known:
        row = Organisation(municipality_id=municipality, name=profile["organisation"], confirmed=True)
        world.session.add(row)
        world.session.flush()
        known[row.name] = row.id
    return {
        "full_name": profile["full_name"],
        "municipality_id": municipality,
        "organisation_id": known[profile["organisation"]],
        "position_id": world.term(TermKind.POSITION, profile["position"]),
        "subject_id": world.term(TermKind.SUBJECT, profile["subject"]),
        "qualification_id": world.term(TermKind.QUALIFICATION, profile["qualification"]),
        "experience_years": profile["experience_years"],
        "profile_saved_at": saved,
        "created_at": saved,
    }


def _before_past_campaign(world: World, dice: random.Random) -> datetime:
    opens = world.opens(world.recipe["campaign_2023"]["campaign"])
    return opens + timedelta(hours=dice.uniform(8, 20))


def _workplace(world: World, dice: random.Random, person: Someone) -> int | None:
    places = world.recipe["profiles"]["workplaces"]
    stems = places.get(person.position, places[OTHER])
    here = world.organisations.get(world.municipalities[person.municipality], [])
    fitting = [row for row in here if any(stem in row.name.lower() for stem in stems)]
    chosen = fitting or here
    return dice.choice(chosen).id if chosen else None


def _give_accounts(world: World) -> None:
    for item in world.recipe["sandbox_people"]:
        if item["id"] in world.by_key:
            account = MessengerAccount(
                platform=world.recipe["sandbox_platform"],
                external_id=item["id"],
                person_id=world.by_key[item["id"]].id,
                locale=item["language_code"],
            )
            world.session.add(account)
    world.session.flush()


def _give_consents(world: World, moments: list[datetime]) -> None:
    texts = current_consent_texts(world.session)
    first = min(moments)
    # The story begins before this installation: the text has to be older than the first word given to it.
    world.session.execute(
        update(ConsentText).where(ConsentText.published_at > first).values(published_at=first - timedelta(days=1))
    )
    rows = [
        {"person_id": person.id, "consent_text_id": text.id, "given_at": moment}
        for person, moment in zip(world.people, moments, strict=True)
        for text in texts
    ]
    world.session.execute(insert(Consent), rows)


def _give_roles(world: World, told: list[dict[str, Any]]) -> None:
    for item in told:
        if item["role"] in ROLES:
            person = world.by_key[item["id"]]
            roles.grant(
                world.session, Caller(world.at(-100), world.zone), person_id=person.id, role=ROLES[item["role"]]
            )


def _connect_staff(world: World) -> None:
    for item in world.recipe["staff"]:
        if "person" in item:
            person_id, account = world.by_key[item["person"]].id, world.staff[item["login"]]
            world.session.execute(update(Staff).where(Staff.id == account).values(person_id=person_id))
