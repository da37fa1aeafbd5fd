"""How well an instrument measures: by hand, of no fewer than thirty, and never changed by one person."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.diagnostics.content import DECLINED
from db.diagnostics.models import Answer, Attempt, AttemptStatus, InstrumentVersion
from db.diagnostics.queries import published_version, questionnaire
from db.dictionaries.models import Municipality
from db.errors import ForbiddenError
from db.overviews.quality import LEAST, quality
from db.people.models import Person
from db.reports.rules import Portion, alpha, item_rest
from db.reports.sweeps import publish_facts
from db.scope import Scope, StaffRole
from tests.groups.test_panel import words
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.region import sheet

REGION = Scope(1, StaffRole.REGIONAL_METHODIST, None)


def test_alpha_and_correlations_are_those_of_the_hand() -> None:
    # Items 0 1 2 3 and 0 1 2 1: variances 1.25 and 0.5, sums 0 2 4 4 with 2.75: 2 * (1 - 1.75 / 2.75).
    marks = [(0, 0), (1, 1), (2, 2), (3, 1)]
    assert alpha(marks) == pytest.approx(2 * (1 - 1.75 / 2.75))
    # The covariance of the two is 0.5; each goes with the other, for there are no others.
    assert item_rest(marks) == pytest.approx([0.5 / (1.25 * 0.5) ** 0.5] * 2)
    same = [(1, 1, 1), (2, 2, 2), (4, 4, 4)]
    assert alpha(same) == pytest.approx(1) and item_rest(same) == pytest.approx([1, 1, 1])


def test_what_never_varies_has_no_coefficient() -> None:
    assert alpha([]) is None and item_rest([]) == []
    assert alpha([(1,), (2,)]) is None and item_rest([(1,), (2,)]) == [None]
    assert alpha([(2, 2), (2, 2)]) is None
    assert item_rest([(1, 2, 1), (1, 0, 3)])[0] is None


def answered(session: Session, *, people: int, now: Any, passed: int = 0) -> None:
    """So many closed self-diagnoses: all items alike, by the number of the person; `passed` of them pass the first."""
    version = published_version(session)
    assert version is not None
    content = questionnaire(session, version_id=version)
    instrument = session.get_one(InstrumentVersion, version).instrument_id
    first, *others = [item.code for component in content.components for item in component.items]
    place = session.scalars(select(Municipality.id).order_by(Municipality.id.desc())).first()
    for number in range(people):
        person = Person(full_name="Учебная Анна", municipality_id=place, created_at=now)
        session.add(person)
        session.flush()
        attempt = Attempt(
            person_id=person.id,
            instrument_id=instrument,
            version_id=version,
            municipality_id=place,
            status=AttemptStatus.COMPLETED,
            started_at=now,
            completed_at=now + timedelta(minutes=number),
        )
        session.add(attempt)
        session.flush()
        rows = [{"item": first, "value": DECLINED if number < passed else number % 5}]
        rows += [{"item": code, "value": number % 5} for code in others]
        session.execute(insert(Answer), [{"attempt_id": attempt.id, "answered_at": now, **row} for row in rows])


def test_fewer_than_thirty_are_not_told_and_one_more_changes_nothing(database: Database, clock: FrozenClock) -> None:
    who, now = callers.staff(REGION), clock.now()
    version = database.read(published_version)

    def walked(people: int, *, day: int, passed: int = 0) -> None:
        database.write(answered, people=people, now=now + timedelta(days=day), passed=passed)
        database.write(publish_facts, callers.clock(now + timedelta(days=day, hours=12)))

    walked(LEAST - 1, day=0)
    assert database.read(quality, who, version_id=version).components == ()
    walked(1, day=1, passed=1)
    found = database.read(quality, who, version_id=version)
    assert found.people == LEAST and found.components[1].alpha == pytest.approx(1)
    assert found.components[0].alpha is None, "one of thirty passed an item: twenty-nine answered all"
    assert found.components[0].items[0].declined is Portion.HARDLY_ANY
    walked(LEAST - 1, day=2, passed=LEAST - 1)
    assert database.read(quality, who, version_id=version) == found, "it is told by whole thirties"
    walked(1, day=3)
    later = database.read(quality, who, version_id=version)
    assert later.people == 2 * LEAST and later.components[0].people == LEAST
    assert later.components[0].items[0].declined == 50
    database.write(lambda session: session.execute(delete(Answer)))
    walked(1, day=4)
    assert database.read(quality, who, version_id=version) == later, "counted once, whoever is erased since"


def test_it_is_of_the_region_and_a_page_and_a_file(database: Database, clock: FrozenClock, tmp_path: Path) -> None:
    town = Scope(1, StaffRole.MUNICIPAL_METHODIST, frozenset({1}))
    version = database.read(published_version)
    with pytest.raises(ForbiddenError):
        database.read(quality, callers.staff(town), version_id=version)
    database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    visitor = Visitor(make_panel(database, clock, tmp_path))
    visitor.sign_in("region")
    address = f"/diagnostics/versions/{version}/quality"
    assert "завершат 30 человек" in words(visitor.text(address))
    database.write(answered, people=LEAST, now=clock.now())
    database.write(publish_facts, callers.clock(clock.now() + timedelta(days=1)))
    page = words(visitor.text(address))
    assert "По последним 30 прохождениям" in page and "Альфа 1,00 по ответам 30 человек" in page
    assert f"/diagnostics/versions/{version}/quality" in visitor.text(f"/diagnostics/versions/{version}")
    rows = sheet(visitor, f"{address}.xlsx")
    assert rows[1][1:3] == [1, 30] and rows[1][4] == 1
