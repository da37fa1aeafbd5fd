"""Two waves side by side: whole groups alone, what was asked otherwise is not compared, and people are invited once."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from db import erasure
from db.clock import FrozenClock
from db.database import Database
from db.diagnostics import blocks, queries
from db.diagnostics.models import ComponentScore, ScoreBlock
from db.dictionaries.models import Municipality
from db.dictionaries.queries import rules
from db.errors import ConflictError, DomainError, ForbiddenError
from db.indicators import waves
from db.indicators.models import Wave, WaveResult, WaveStatus
from db.indicators.staff_services import PeriodDraft, fix, save_period
from db.indicators.sweeps import invitations
from db.indicators.waves import WaveCard, WaveDraft
from db.notices.models import Notice
from db.reports.rules import Trend
from db.scope import Scope, StaffRole
from tests.reports.test_deficits import REGION, plant, publish
from tests.support import callers
from tests.support.region import Enter, sheet
from tests.support.town import add_teacher

ZONE = ZoneInfo("Asia/Yekaterinburg")
CITY, DISTRICT = "chelyabinsky-go", "agapovsky-mr"


def town(database: Database, code: str) -> int:
    return database.read(
        lambda session: session.scalars(select(Municipality.id).where(Municipality.code == code)).one()
    )


def day(clock: FrozenClock, days: float = 0) -> date:
    return (clock.now() + timedelta(days=days)).astimezone(ZONE).date()


def staff(clock: FrozenClock, scope: Scope = REGION, days: float = 0) -> Any:
    return callers.staff(scope, clock.now() + timedelta(days=days))


def planned(database: Database, clock: FrozenClock, first: float, last: float, **more: Any) -> int:
    version = database.read(queries.published_version)
    assert version is not None
    draft = WaveDraft(
        title="Волна", version_id=version, starts=day(clock, first), ends=day(clock, last), note="", **more
    )
    return database.write(waves.save_wave, staff(clock), wave_id=None, draft=draft)


def card(database: Database, clock: FrozenClock, wave_id: int, scope: Scope = REGION) -> WaveCard:
    return database.read(waves.card, staff(clock, scope), wave_id=wave_id)


def people(found: WaveCard) -> dict[str, int]:
    return {place.municipality.code if place.municipality else "": place.people for place in found.places}


def test_a_wave_counts_whole_groups_of_its_own_days_and_stays_as_it_was_put_down(
    database: Database, clock: FrozenClock
) -> None:
    database.write(plant, place=CITY, values=[60] * 6, now=clock.now())
    publish(database, clock)
    first = planned(database, clock, -1, 1)
    assert people(card(database, clock, first)) == {CITY: 6}
    with pytest.raises(ConflictError):
        database.write(waves.fix_wave, staff(clock, days=9), wave_id=first)
    database.write(waves.open_wave, staff(clock), wave_id=first)
    with pytest.raises(DomainError, match="wave_goes_on"):
        database.write(waves.fix_wave, staff(clock), wave_id=first)
    assert database.write(waves.fix_wave, staff(clock, days=9), wave_id=first) == 1
    with pytest.raises(ConflictError):
        database.write(waves.fix_wave, staff(clock, days=9), wave_id=first)
    database.write(plant, place=CITY, values=[20] * 7, now=clock.now() + timedelta(days=40))
    publish(database, clock, 50)
    second = planned(database, clock, 35, 45)
    found = card(database, clock, second)
    digital = next(one for one in found.changes if one.code == "digital")
    assert digital.before and digital.after
    assert (digital.before.mean, digital.after.mean, digital.change) == (60, 20, Trend.FELL)
    assert people(found) == {CITY: 7} and people(card(database, clock, first)) == {CITY: 6}


def test_a_group_with_a_result_of_other_days_is_in_no_wave(database: Database, clock: FrozenClock) -> None:
    """Sums of whole blocks alone: nobody is worked out by subtracting one wave, or one day, from another."""
    database.write(plant, place=CITY, values=[60] * 5, now=clock.now())
    database.write(plant, place=CITY, values=[90], now=clock.now() + timedelta(days=4))
    publish(database, clock, 12)
    sums = database.read(lambda session: session.scalars(select(ScoreBlock.people)).all())
    assert sums == [6], "one block of both"
    for days in ((-1, 1), (3, 5)):
        assert card(database, clock, planned(database, clock, *days)).places == [], days
    assert people(card(database, clock, planned(database, clock, -1, 5))) == {CITY: 6}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_erasure_shows_no_wave_that_was_not_told_before(database: Database, clock: FrozenClock) -> None:
    """The days of a group were read from the results left in it: whoever was erased had walked on another day."""
    database.write(plant, place=CITY, values=[60] * 5, now=clock.now())
    database.write(plant, place=CITY, values=[90], now=clock.now() + timedelta(days=4))
    publish(database, clock, 12)
    wave_id = planned(database, clock, -1, 1)
    other = select(ComponentScore.person_id).order_by(ComponentScore.completed_at.desc()).limit(1)
    person_id = database.read(lambda session: session.scalars(other).one())
    database.write(
        erasure.erase, callers.clock(clock.now() + timedelta(days=13)), person_id=person_id, requested_by="operator"
    )
    assert card(database, clock, wave_id).places == []


def test_a_block_that_is_parted_shows_no_wave_that_the_whole_was_not_of(database: Database, clock: FrozenClock) -> None:
    """What was left took the days of the results left in it: whoever was erased before had walked on another day."""
    database.write(plant, place=CITY, values=[60] * 11, now=clock.now())
    database.write(plant, place=CITY, values=[90], now=clock.now() + timedelta(days=4))
    publish(database, clock, 12)
    narrow, wide = (planned(database, clock, -1, last) for last in (1, 5))
    walked = select(ComponentScore.person_id).order_by(ComponentScore.completed_at.desc(), ComponentScore.attempt_id)
    late, *early = database.read(lambda session: session.scalars(walked).all())
    gone = {"person_id": late, "requested_by": "operator"}
    database.write(erasure.erase, callers.clock(clock.now() + timedelta(days=13)), **gone)
    instrument = database.read(lambda session: session.scalars(select(ScoreBlock.instrument_id)).one())
    union = {"instrument_id": instrument, "people": early[:6], "reader_id": 0}
    assert database.write(blocks.apart, **union)["digital"][0] == 6
    parts = select(ScoreBlock.people).order_by(ScoreBlock.id)
    assert database.read(lambda session: session.scalars(parts).all()) == [6, 6], "of a union, and of the others"
    assert card(database, clock, narrow).places == []
    assert people(card(database, clock, wide)) == {CITY: 12}


def test_whatever_waves_are_subtracted_no_group_under_five_comes_out(database: Database, clock: FrozenClock) -> None:
    for place, many, at in ((CITY, 7, 0), (CITY, 6, 10), (DISTRICT, 3, 0), (DISTRICT, 3, 10)):
        database.write(plant, place=place, values=[40] * many, now=clock.now() + timedelta(days=at))
    for days in (8, 18, 60):
        publish(database, clock, days)
    differences = set()
    for first in range(-1, 12, 2):
        before: dict[str, int] = {}
        for last in range(first, 14, 2):  # each holds the one before it: their difference is of some days alone
            told = people(card(database, clock, planned(database, clock, first, last)))
            differences |= {told.get(place, 0) - before.get(place, 0) for place in told.keys() | before.keys()}
            before = told
    assert differences == {0, 6, 7}, "whole groups of the city, the district's six together"


def test_what_the_versions_asked_otherwise_is_incomparable(database: Database, clock: FrozenClock) -> None:
    database.write(plant, place=CITY, values=[60] * 6, now=clock.now())
    publish(database, clock)
    first = planned(database, clock, -1, 1)
    database.write(waves.open_wave, staff(clock), wave_id=first)
    database.write(waves.fix_wave, staff(clock, days=9), wave_id=first)
    database.write(lambda session: session.execute(update(WaveResult).values(form="version one")))
    database.write(plant, place=CITY, values=[20] * 7, now=clock.now() + timedelta(days=40))
    publish(database, clock, 50)
    found = card(database, clock, planned(database, clock, 35, 45))
    assert {one.code: one.change for one in found.changes}["digital"] is Trend.INCOMPARABLE


def test_a_small_difference_is_told_as_chance(database: Database, clock: FrozenClock) -> None:
    database.write(plant, place=CITY, values=[60] * 6, now=clock.now())
    publish(database, clock)
    first = planned(database, clock, -1, 1)
    database.write(waves.open_wave, staff(clock), wave_id=first)
    database.write(waves.fix_wave, staff(clock, days=9), wave_id=first)
    database.write(plant, place=CITY, values=[55] * 6, now=clock.now() + timedelta(days=40))
    publish(database, clock, 50)
    found = card(database, clock, planned(database, clock, 35, 45))
    assert {one.code: one.change for one in found.changes}["digital"] is Trend.NOISE


def test_a_municipalitys_account_sees_its_own_and_changes_no_wave(database: Database, clock: FrozenClock) -> None:
    for place in (CITY, DISTRICT):
        database.write(plant, place=place, values=[60] * 6, now=clock.now())
    publish(database, clock)
    number = planned(database, clock, -1, 1, municipality_ids=[town(database, CITY), town(database, DISTRICT)])
    own = Scope(2, StaffRole.MUNICIPAL_METHODIST, frozenset({town(database, DISTRICT)}))
    assert people(card(database, clock, number)) == {CITY: 6, DISTRICT: 6}
    found = card(database, clock, number, own)
    assert people(found) == {DISTRICT: 6} and len(found.row.places) == 1
    for use_case in (waves.open_wave, waves.fix_wave):
        with pytest.raises(ForbiddenError):
            database.write(use_case, staff(clock, own), wave_id=number)


def test_a_list_of_many_waves_asks_no_oftener_than_that_of_one(database: Database, clock: FrozenClock) -> None:
    asked: list[str] = []

    def listed() -> int:
        asked.clear()
        assert database.read(waves.waves, staff(clock))
        return len(asked)

    def over() -> None:
        database.write(waves.fix_wave, staff(clock), wave_id=opened(database, clock))

    over()
    listen(database.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    one = listed()
    for _ in range(5):
        over()
    assert listed() == one


def opened(database: Database, clock: FrozenClock) -> int:
    number = planned(database, clock, -3, -2)
    database.write(waves.open_wave, staff(clock, days=-2), wave_id=number)
    return number


def test_people_of_the_units_are_invited_once_and_a_wave_that_began_is_not_changed(
    database: Database, clock: FrozenClock
) -> None:
    def people_of(session: Session) -> list[int]:
        return [
            add_teacher(
                session, external_id=7000 + number, name=f"Учебная {number}", now=clock.now(), municipality=place
            )
            for number, place in enumerate((CITY, CITY, DISTRICT))
        ]

    invited = database.write(people_of)[:2]
    number = planned(database, clock, -1, 10, municipality_ids=[town(database, CITY)])
    database.write(waves.open_wave, staff(clock), wave_id=number)
    region = database.read(rules)
    for _ in range(2):
        database.write(invitations, callers.clock(clock.now()), rules=region)
    of = select(Notice.person_id).where(Notice.kind == "indicators.invited").order_by(Notice.person_id)
    assert database.read(lambda session: session.scalars(of).all()) == invited
    row = database.read(lambda session: session.get_one(Wave, number))
    assert (row.status, row.invited_to) == (WaveStatus.OPEN, None)
    with pytest.raises(ConflictError):
        database.write(waves.open_wave, staff(clock), wave_id=number)
    version = row.version_id
    draft = WaveDraft(title="Другая", version_id=version, starts=day(clock), ends=day(clock, 1), note="")
    with pytest.raises(ConflictError):
        database.write(waves.save_wave, staff(clock), wave_id=number, draft=draft)


def test_timashevsks_two_waves_are_planned_as_its_document_has_them(enter: Enter) -> None:
    visitor, _ = enter("timashevsk")
    _, second, first = sheet(visitor, "/reports/waves.xlsx")
    assert first[2:4] == ["01.10.2020", "31.12.2020"] and second[2].endswith("2021")
    assert first[0] == "Диагностика уровня профессиональных компетенций педагогов ОО"
    page = visitor.text("/reports/waves/")
    assert "Октябрь – декабрь 2020" in page and "Результатов той поры в документе нет" in page
    assert "/reports/waves/new" in page


def test_a_wave_is_entered_in_the_panel_and_a_wrong_one_refused(enter: Enter) -> None:
    visitor, database = enter("terek")
    version = database.read(queries.published_version)
    sent = {"title": "Осень", "version_id": version, "starts": "2026-03-01", "ends": "2026-04-30"}
    for change, told in (
        ({"title": "а"}, "хотя бы три знака"),
        ({"ends": "2026-02-01"}, "первый не позже последнего"),
        ({"version_id": ""}, "Выберите инструмент"),
    ):
        answer = visitor.post("/reports/waves/new", {**sent, **change})
        assert answer.status_code == 200 and told in answer.text, change
    made = visitor.post("/reports/waves/new", sent)
    assert made.status_code == 302 and made.headers["Location"].endswith("/card")
    page = visitor.text(made.headers["Location"])
    assert "0 из 871" in page, "teachers and educators, as the document counts them"
    visitor.post(made.headers["Location"].replace("card", "open"), {})
    assert "идёт" in visitor.text(made.headers["Location"])


def test_of_two_who_put_the_same_down_at_once_one_does_and_the_other_is_told(
    database: Database, clock: FrozenClock
) -> None:
    draft = PeriodDraft(title="Период", starts=day(clock, -30), ends=day(clock))
    period = database.write(save_period, staff(clock), draft=draft)
    database.write(plant, place=CITY, values=[60] * 6, now=clock.now())
    publish(database, clock)
    wave_id = planned(database, clock, -1, 1)
    database.write(waves.open_wave, staff(clock), wave_id=wave_id)

    def both(use_case: Callable[..., Any], **asked: Any) -> list[str]:
        found: list[str] = []

        def one() -> None:
            try:
                database.write(use_case, staff(clock, days=9), **asked)
                found.append("done")
            except ConflictError as refusal:
                found.append(refusal.code)

        threads = [threading.Thread(target=one) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(found)

    assert both(fix, period_id=period, municipality_id=None) == ["done", "indicator_fixed"]
    assert both(waves.fix_wave, wave_id=wave_id) == ["done", "wave_moved"]
    rows = database.read(lambda session: session.scalars(select(WaveResult)).all())
    assert [(row.component, row.people) for row in rows] == [("digital", 6)]
