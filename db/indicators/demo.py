"""Monitoring of the demo: two periods, the earlier one put down, ratings in words, and two waves of self-diagnosis.

The earlier wave is laid down as it ended: results of its days were superseded since, and blocks of those are gone.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from db.demo.world import World
from db.diagnostics.queries import published_version, questionnaire
from db.indicators.models import IndicatorMeasure, Rating, Wave, WaveResult
from db.indicators.rules import HUNDREDTHS
from db.indicators.staff_services import PeriodDraft, ValueDraft, fix, rate, save_period
from db.indicators.waves import WaveDraft, fix_wave, open_wave, save_wave

DAY = timedelta(days=1)


def make(world: World) -> None:
    """Plays what the recipe tells of periods, ratings and waves."""
    periods = [(item, _period(world, item)) for item in world.recipe.get("monitoring_periods", [])]
    measures = {row.code: row.id for row in world.session.scalars(select(IndicatorMeasure))}
    for item in world.recipe.get("monitoring_ratings", []):
        for (period, period_id), said in zip(periods, item["said"], strict=True):
            rate(
                world.session,
                world.account("region", world.at(-period["until_days_ago"])),
                measure_id=measures[item["measure"]],
                period_id=period_id,
                municipality_id=None,
                draft=ValueDraft(
                    rating=Rating(said) if isinstance(said, str) else None,
                    numerator=None if isinstance(said, str) else said[0],
                    denominator=None if isinstance(said, str) else said[1],
                    word=item["word"],
                    rated_by=item["rated_by"],
                ),
            )
    for item, period_id in periods[:-1]:
        caller = world.account("region", world.at(-item["until_days_ago"]) + DAY)
        fix(world.session, caller, period_id=period_id, municipality_id=None)
    for item in world.recipe.get("monitoring_waves", []):
        _wave(world, item)


def _period(world: World, item: dict[str, Any]) -> int:
    return save_period(
        world.session,
        world.account("region", world.at(-item["since_days_ago"])),
        draft=PeriodDraft(
            title=item["title"],
            starts=world.at(-item["since_days_ago"]).date(),
            ends=world.at(-item["until_days_ago"]).date(),
        ),
    )


def _wave(world: World, item: dict[str, Any]) -> None:
    session, version_id = world.session, published_version(world.session)
    if version_id is None:
        return
    first, last = world.at(-item["since_days_ago"]), world.at(-item["until_days_ago"])
    caller = world.account("region", first)
    draft = WaveDraft(
        title=item["title"], version_id=version_id, starts=first.date(), ends=last.date(), note=item["note"]
    )
    wave_id = save_wave(session, caller, wave_id=None, draft=draft)
    session.get_one(Wave, wave_id).training = True
    open_wave(session, caller, wave_id=wave_id)
    fix_wave(session, world.account("region", last + DAY), wave_id=wave_id)
    for component in questionnaire(session, version_id=version_id).components:
        told = item.get("results", {}).get(component.code)
        if told is not None:
            session.add(
                WaveResult(
                    wave_id=wave_id,
                    municipality_id=None,
                    component=component.code,
                    form=component.form,
                    people=item["people"],
                    deficit=told * HUNDREDTHS * item["people"],
                )
            )
    session.flush()
