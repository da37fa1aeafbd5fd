"""The people of the demo: those of the chat page come through the bot, all others by lists with consents on paper."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from db.accounts import staff_services as accounts
from db.demo.world import Listed, Someone, World, spread, weighted
from db.dictionaries import staff_services as dictionaries
from db.dictionaries.models import Organisation, TermKind
from db.people import queries, services, staff_services
from db.people.importing import CONSENT
from db.people.models import ConsentText, Role

OTHER = "other"
LOCALE = "ru"
HEAD = "region"
"""The account that invites, and looks at organisations that people typed."""
ROLES = {"mentor": Role.MENTOR}
NEWCOMERS = 0.04
NEW_DAYS = (1, 20)
OLD_DAYS = (330, 480)  # earlier than the earliest self-diagnosis
LISTED = timedelta(hours=8)  # after the past campaign opened


@dataclass(slots=True)
class _Arrival:
    """Describes one person and what they tell of themselves: codes, but the workplace by its name.

    They come `at` a moment, by the messenger where they have a number there.
    """

    person: Someone
    at: datetime
    full_name: str
    organisation: str
    subject: str
    experience: int
    external_id: int | None = None


def make(world: World) -> None:
    """Brings in the sandbox's own people, who keep their numbers there; all others wait for their lists."""
    # The story begins before this installation: the text has to be older than the first word given to it.
    world.session.execute(
        update(ConsentText).where(ConsentText.published_at > world.start).values(published_at=world.start)
    )
    arrivals = _arrivals(world)
    world.people = [arrival.person for arrival in arrivals]
    for arrival in arrivals:
        if arrival.external_id is not None:
            arrival.person.id = _comes(world, arrival, arrival.external_id)
            world.in_messenger.add(arrival.person.id)
    for arrival in arrivals:
        if arrival.external_id is None:
            world.listed.append(Listed(arrival.person, arrival.at, _line(world, arrival)))


def come_to_work(world: World) -> None:
    """Gives roles and ties accounts, once everybody is there."""
    _give_roles(world)
    _connect_staff(world)


def _arrivals(world: World) -> list[_Arrival]:
    dice = world.dice("people")
    slots = _past_slots(world)
    told = [*world.recipe["sandbox_people"], *world.recipe["other_people"]]
    arrivals = [_told(world, item, slots) for item in told if "profile" in item]
    names = {arrival.full_name for arrival in arrivals}
    for code, count in world.recipe["people_per_municipality"].items():
        here = sum(1 for arrival in arrivals if arrival.person.municipality == code)
        listed = world.at(-dice.uniform(*OLD_DAYS), dice.randint(9, 20))
        for _ in range(count - here):
            direction, approved = slots[code].pop() if slots.get(code) else (None, None)
            person = _someone(world, dice, code, direction, approved)
            arrivals.append(_arrival(world, dice, person, _name(world, dice, names), listed))
    return arrivals + _young(world, names)


def _young(world: World, names: set[str]) -> list[_Arrival]:
    """Draws those who have worked less than three years, where the recipe wants more of them; they come by the list."""
    dice = world.dice("young")
    arrivals = []
    for code, count in world.recipe.get("young", {}).items():
        listed = world.at(-dice.uniform(*OLD_DAYS), dice.randint(9, 20))
        for number in range(count):
            person = _someone(world, dice, code, None, None)
            arrival = _arrival(world, dice, person, _name(world, dice, names), listed)
            arrival.experience, arrival.at, person.newcomer = number % 3, listed, False
            arrivals.append(arrival)
    return arrivals


def _comes(world: World, arrival: _Arrival, external_id: int) -> int:
    """Has one give consent and fill in the profile, as the bot asks for it. Returns the person's id."""
    session, person = world.session, arrival.person
    person_id = services.give_consent(
        session,
        world.clock(arrival.at),
        platform=world.recipe["sandbox_platform"],
        external_id=external_id,
        version=queries.consent(session).version,
        locale=LOCALE,
    )
    caller = world.person(person_id, arrival.at)
    services.type_field(session, caller, field="full_name", text=arrival.full_name)
    municipality_id = world.municipalities[person.municipality]
    services.pick_field(session, caller, field="municipality", value=municipality_id)
    known = {row.name: row.id for row in world.organisations[municipality_id]}
    if arrival.organisation in known:
        services.pick_field(session, caller, field="organisation", value=known[arrival.organisation])
    else:
        services.own_organisation(session, caller, name=arrival.organisation)
        _confirm(world, arrival, municipality_id)
    services.pick_field(session, caller, field="position", value=world.term(TermKind.POSITION, person.position))
    services.pick_field(session, caller, field="subject", value=world.term(TermKind.SUBJECT, arrival.subject))
    services.type_field(session, caller, field="experience", text=str(arrival.experience))
    qualification = world.term(TermKind.QUALIFICATION, person.qualification)
    services.pick_field(session, caller, field="qualification", value=qualification)
    services.save_profile(session, caller)
    return person_id


def _confirm(world: World, arrival: _Arrival, municipality_id: int) -> None:
    typed = (Organisation.municipality_id == municipality_id, Organisation.name == arrival.organisation)
    dictionaries.save_organisation(
        world.session,
        world.account(HEAD, arrival.at + timedelta(days=1)),
        organisation_id=world.session.scalars(select(Organisation.id).where(*typed)).one(),
        municipality_id=municipality_id,
        name=arrival.organisation,
        kind_id=None,
        low_results=False,
        hard_conditions=False,
        confirmed=True,
    )


def _line(world: World, arrival: _Arrival) -> dict[str, str]:
    person = arrival.person
    return {
        "full_name": arrival.full_name,
        "municipality": world.municipality_names[person.municipality],
        "organisation": arrival.organisation,
        "position": world.terms[TermKind.POSITION, person.position].name,
        "subject": world.terms[TermKind.SUBJECT, arrival.subject].name,
        "qualification": world.terms[TermKind.QUALIFICATION, person.qualification].name,
        "experience_years": str(arrival.experience),
        CONSENT: arrival.at.astimezone(world.zone).date().isoformat(),
    }


def _past_slots(world: World) -> dict[str, list[tuple[int, bool]]]:
    """Who applied in the past campaign, by municipality: both tables of the recipe come out exactly.

    Every applicant is one place in the table of municipalities and one in the table of directions; matching the two
    shuffled lists keeps both sums.
    """
    dice = world.dice("past")
    past = world.recipe.get("campaign_2023")
    slots: dict[str, list[tuple[int, bool]]] = {}
    if past is None:
        return slots
    for index, approved in enumerate((True, False)):
        municipalities = spread({code: pair[index] for code, pair in past["by_municipality"].items()})
        directions = spread({number: pair[index] for number, pair in past["by_direction"].items()})
        dice.shuffle(directions)
        for code, direction in zip(municipalities, directions, strict=True):
            slots.setdefault(code, []).append((direction, approved))
    return slots


def _told(world: World, item: dict[str, Any], slots: dict[str, list[tuple[int, bool]]]) -> _Arrival:
    profile = item["profile"]
    dice = world.dice(f"told:{item['id']}")
    code = profile["municipality"]
    person = Someone(code, profile["position"], profile["qualification"], key=item["id"])
    past = world.recipe.get("campaign_2023", {}).get("campaign")
    for story in world.recipe["stories"]:
        application = story.get("application", {})
        if past and story["person"] == item["id"] and application.get("campaign") == past:
            person.direction, person.approved = application["direction"], application["status"] == "approved"
            _take_slot(slots, code, (person.direction, person.approved))
    return _Arrival(
        person,
        _before_past_campaign(world, dice) if person.direction is not None else world.at(-260, 18, dice.randint(0, 59)),
        profile["full_name"],
        profile["organisation"],
        profile["subject"],
        profile["experience_years"],
        item["id"] if "about" in item else None,
    )


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
    fitting = profiles.get("by_direction", {}).get(direction)
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


def _arrival(world: World, dice: random.Random, person: Someone, name: str, listed: datetime) -> _Arrival:
    """Draws what a person tells. Who is no newcomer and did not apply in the past comes by the municipality's list."""
    profiles = world.recipe["profiles"]
    years = profiles["experience_years"]
    experience = round(dice.gauss(years["mean"], years["mean"] / 2))
    least = 0 if person.direction is None else 5
    subject = dice.choice(profiles["subjects"].get(person.position, profiles["subjects"][OTHER]))
    person.newcomer = person.direction is None and dice.random() < NEWCOMERS
    at = listed
    if person.newcomer:
        at = world.at(-dice.uniform(*NEW_DAYS), dice.randint(9, 20), dice.randint(0, 59))
    elif person.direction is not None:
        at = world.opened + LISTED
    return _Arrival(
        person,
        at,
        name,
        _workplace(world, dice, person),
        subject,
        min(max(experience, least, years["min"]), years["max"]),
    )


def _before_past_campaign(world: World, dice: random.Random) -> datetime:
    return world.opened + timedelta(hours=dice.uniform(8, 20))


def _workplace(world: World, dice: random.Random, person: Someone) -> str:
    places = world.recipe["profiles"]["workplaces"]
    stems = places.get(person.position, places[OTHER])
    here = world.organisations.get(world.municipalities[person.municipality], [])
    fitting = [row for row in here if any(stem in row.name.lower() for stem in stems)]
    chosen = (fitting or here)[: world.recipe.get("workplaces_at_most")]
    return dice.choice(chosen).name if chosen else ""


def _give_roles(world: World) -> None:
    """Invites mentors, who open the link."""
    for item in [*world.recipe["sandbox_people"], *world.recipe["other_people"]]:
        if item["role"] in ROLES:
            at = world.at(-100)
            token = staff_services.invite(world.session, world.account(HEAD, at), role=ROLES[item["role"]])
            caller = world.person(world.by_key[item["id"]].id, at + timedelta(hours=2))
            services.accept_invitation(world.session, caller, token=token)


def _connect_staff(world: World) -> None:
    for item in world.recipe["staff"]:
        if "person" in item:
            at, staff_id = world.at(-200), world.staff[item["login"]].staff_id
            token = accounts.issue_connect_link(world.session, world.account("admin", at), staff_id=staff_id)
            services.connect_person(world.session, world.person(world.by_key[item["person"]].id, at), token=token)
