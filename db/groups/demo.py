"""Groups of the demo: made, joined, held and decided as people and methodists would have done it then."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from db.demo.world import World
from db.diagnostics.models import ComponentScore
from db.dictionaries.models import Centre, TermKind
from db.groups import meetings, services, staff_services
from db.groups.meetings import DecisionDraft, MeetingDraft
from db.groups.models import GroupKind
from db.groups.staff_services import GroupDraft
from db.notices.demo import send_out
from db.people.models import Person

BEFORE = timedelta(days=20)
"""How long before its first meeting a group was made."""

DONE_AFTER = 10
"""Days from the minutes until a decision is done."""


def make(world: World) -> None:
    """Plays what the recipe tells of groups; one may be made by a decision of another, told before it."""
    made: dict[str, int] = {}
    decided: dict[str, int] = {}
    for item in world.recipe.get("groups", []):
        _group(world, item, made, decided)


def _group(world: World, item: dict[str, Any], made: dict[str, int], decided: dict[str, int]) -> None:
    started = world.at(-item["started_days_ago"], 11)
    group_id = staff_services.save_group(
        world.session,
        world.account("region", started),
        group_id=None,
        draft=_draft(world, item, made),
        decision_id=decided.get(item["decision"]) if "decision" in item else None,
        training=True,
    )
    made[item["key"]] = group_id
    people = _people(world, item)
    for person_id in people:
        staff = world.account("region", started)
        staff_services.add_member(world.session, staff, group_id=group_id, person_id=person_id, since=started.date())
    if "head" in item:
        head_id = world.by_key[item["head"]].id
        staff_services.name_head(world.session, world.account("region", started), group_id=group_id, person_id=head_id)
        people = [head_id, *(one for one in people if one != head_id)]
    send_out(world, started)
    for meeting in item.get("meetings", []):
        _meeting(world, group_id, people, meeting, decided)
    for text in item.get("results", []):
        staff_services.add_result(
            world.session,
            world.account("region", world.at(-1, 16)),
            group_id=group_id,
            year=world.at(-1).year,
            text=text,
        )
    if "next" in item and "head" in item:
        _ahead(world, group_id, people, item["next"])


def _draft(world: World, item: dict[str, Any], made: dict[str, int]) -> GroupDraft:
    kinds = {row.code: row.id for row in world.session.scalars(select(GroupKind))}
    centres = {row.code: row.id for row in world.session.scalars(select(Centre))}
    place = world.municipalities.get(item.get("municipality", ""))
    schools = {row.name: row.id for row in world.organisations.get(place or 0, [])}
    return GroupDraft(
        name=item["name"],
        kind_id=kinds[item["kind"]],
        centre_id=centres.get(item.get("centre", "")),
        municipality_id=place,
        organisation_id=schools.get(item.get("organisation", "")),
        subject_id=world.term(TermKind.SUBJECT, item["subject"]) if "subject" in item else None,
        parent_id=made.get(item.get("under", "")),
        quorum=item.get("quorum"),
        about=item.get("about", ""),
    )


def _people(world: World, item: dict[str, Any]) -> list[int]:
    """Those whom the recipe names, and so many more of the same place."""
    named = [world.by_key[key].id for key in item.get("members", []) if key in world.by_key]
    found = list(dict.fromkeys([world.by_key[item["head"]].id, *named] if "head" in item else named))
    for code, count in item.get("more", {}).items():
        near = [one for one in world.people if one.municipality == code and not one.newcomer and one.id not in found]
        if "organisation" in item:
            working = (
                select(Person.id)
                .where(Person.organisation_id.is_not(None))
                .where(Person.organisation.has(name=item["organisation"]))
            )
            inside = set(world.session.scalars(working))
            near = [one for one in near if one.id in inside]
        wanted, passed = item.get("position"), _with_results(world)
        near.sort(key=lambda one: (one.position != wanted, one.id not in passed))
        found += [one.id for one in near[:count]]
    return found


def _with_results(world: World) -> set[int]:
    """They come first: what a head sees of a group is a sum of results."""
    return set(world.session.scalars(select(ComponentScore.person_id).distinct()))


def _meeting(world: World, group_id: int, people: list[int], item: dict[str, Any], decided: dict[str, int]) -> None:
    at = world.at(world.working(-item["days_ago"]), 15)
    draft = MeetingDraft(at=at, place=item.get("place", ""), link="", agenda=item["agenda"])
    staff = world.account("region", at - timedelta(days=7))
    meeting_id = meetings.save_meeting(world.session, staff, meeting_id=None, group_id=group_id, draft=draft)
    send_out(world, staff.now)
    after = world.account("region", at + timedelta(days=1))
    meetings.write_minutes(
        world.session,
        after,
        meeting_id=meeting_id,
        number=item["number"],
        minutes=item["minutes"],
        came=frozenset(people[: item["came"]]),
    )
    for number, one in enumerate(item.get("decisions", []), 1):
        responsible = people[min(number, len(people) - 1)]
        due = _on(world, after.now, one["within_days"]).date() if "within_days" in one else None
        said = DecisionDraft(text=one["text"], responsible_id=responsible, due_on=due)
        decision_id = meetings.add_decision(world.session, after, meeting_id=meeting_id, draft=said)
        if "key" in one:
            decided[one["key"]] = decision_id
        if "done" in one:
            done = world.account("region", min(max(_on(world, after.now, DONE_AFTER), after.now), world.now))
            meetings.finish_decision(world.session, done, decision_id=decision_id, word=one["done"])
    send_out(world, after.now)


def _on(world: World, at: datetime, days: int) -> datetime:
    """So many days after, on a day when people work."""
    today, day = (one.astimezone(world.zone).date() for one in (world.now, at))
    return world.at(world.working((day - today).days + days), 15)


def _ahead(world: World, group_id: int, people: list[int], item: dict[str, Any]) -> None:
    """A meeting that the head has called, with some answers."""
    at = world.at(world.working(item["in_days"]), 15)
    asked = world.at(-1, 12)
    head = world.person(people[0], asked)
    meeting_id = services.call_meeting(world.session, head, group_id=group_id, at=at)
    services.write_agenda(world.session, head, meeting_id=meeting_id, text=item["agenda"])
    send_out(world, asked + timedelta(hours=3))
    for number, person_id in enumerate(people[1:4]):
        own = world.person(person_id, min(asked + timedelta(hours=4), world.now))
        services.answer(world.session, own, meeting_id=meeting_id, coming=number != 1)
