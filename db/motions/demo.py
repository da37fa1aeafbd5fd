"""Proposals of the demo: by figures of the report, put before a council at its meeting or addressed to a programme."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from db.demo.world import World
from db.diagnostics.queries import DEFAULT_INSTRUMENT, published_version, questionnaire
from db.dictionaries.units import UnitLevel
from db.groups import meetings, membership
from db.groups.meetings import MeetingDraft
from db.groups.models import MethodicalGroup
from db.motions import staff_services
from db.motions.models import FigureSource
from db.motions.rules import ReportFigure
from db.notices.demo import send_out
from db.programmes.models import Programme
from db.reports import deficits

CALLED = timedelta(days=10)
"""How long before a meeting it was called."""


def make(world: World) -> None:
    """Plays what the recipe tells of proposals."""
    for item in world.recipe.get("motions", []):
        _motion(world, item)


def _motion(world: World, item: dict[str, Any]) -> None:
    session, at = world.session, world.at(-item["days_ago"], 11)
    figure = _figure(world, item)
    if figure is None:  # too few have answered there
        return
    group_id = programme_id = None
    if "group" in item:
        group_id = session.scalars(select(MethodicalGroup.id).where(MethodicalGroup.name == item["group"])).one()
    else:
        programme_id = session.scalars(select(Programme.id).where(Programme.code == item["programme"])).one()
    motion_id = staff_services.submit(
        session,
        world.account(item["account"], at),
        figure=figure,
        programme_id=programme_id,
        group_id=group_id,
        change=item["change"],
    )
    if "taken_up_days_ago" not in item:
        return
    meeting = item.get("meeting")
    meeting_id = None
    if meeting is not None and group_id is not None:
        held = world.at(world.working(-meeting["days_ago"]), 15)
        draft = MeetingDraft(at=held, place="", link="", agenda=meeting["agenda"])
        caller = world.account(item["answered_by"], held - CALLED)
        meeting_id = meetings.save_meeting(session, caller, meeting_id=None, group_id=group_id, draft=draft)
    taken_up = world.account(item["answered_by"], world.at(-item["taken_up_days_ago"], 12))
    staff_services.take_up(session, taken_up, motion_id=motion_id)
    send_out(world, taken_up.now)
    if "answer" not in item:
        return
    decided = world.account(item["answered_by"], world.at(-item["decided_days_ago"], 12))
    if meeting is not None and meeting_id is not None and group_id is not None:
        meetings.write_minutes(
            session,
            decided,
            meeting_id=meeting_id,
            number=meeting["number"],
            minutes=meeting["minutes"],
            came=frozenset(sorted(membership.members(session, group_id))[: meeting["came"]]),
        )
    accepted = bool(item["accepted"])
    staff_services.decide(session, decided, motion_id=motion_id, accepted=accepted, answer=item["answer"])
    send_out(world, decided.now)


def _figure(world: World, item: dict[str, Any]) -> ReportFigure | None:
    """The mean deficit of a municipality, as the page behind a cell of the report tells it."""
    session, instrument = world.session, item.get("instrument", DEFAULT_INSTRUMENT)
    place, code = world.municipalities[item["municipality"]], item["component"]
    caller, version_id = world.account(item["account"], world.now), published_version(session, key=instrument)
    about = None if version_id is None else questionnaire(session, version_id=version_id).component(code)
    if about is None:
        return None
    detail = deficits.cell_detail(session, caller, component=code, municipality_id=place, instrument=instrument)
    if detail.cell is None:
        return None
    return ReportFigure(
        source=FigureSource.DEFICITS,
        measure=deficits.MEASURES[0],
        name=about.name,
        unit_name=detail.unit.name,
        municipality_id=place,
        value=detail.cell.deficit,
        people=detail.cell.people,
        least=detail.least,
        version=detail.version,
        form=about.form,
        asked={
            "unit": UnitLevel.MUNICIPALITY.value,
            "unit_id": str(place),
            "component": code,
            "instrument": instrument,
        },
    )
