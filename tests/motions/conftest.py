"""What tests of proposals begin with: a published figure, a council of its municipality, and accounts of both sides."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from db.caller import StaffCaller
from db.clock import FrozenClock
from db.database import Database
from db.groups import meetings
from db.groups.meetings import MeetingDraft
from db.groups.staff_services import add_member
from db.motions import staff_services
from db.motions.models import FigureSource
from db.motions.rules import ReportFigure
from db.overviews import figures
from db.scope import Scope, StaffRole
from tests.groups.conftest import add_kind, make_group
from tests.reports.test_deficits import municipality, plant, publish
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import add_teacher

HERE, THERE = "chelyabinsky-go", "varnensky-mr"


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """One engine is enough where nobody waits for anybody."""
    opened = Database.connect(sqlite_url)
    yield opened
    opened.close()


@dataclass
class Council:
    """A council of one municipality with three members, and the figure of that municipality: a deficit of 80."""

    database: Database
    clock: FrozenClock
    place: int
    other: int
    group: int
    members: list[int]
    region_id: int
    town_id: int
    foreign_id: int

    @property
    def region(self) -> StaffCaller:
        return callers.staff(Scope(self.region_id, StaffRole.REGIONAL_METHODIST, None), self.clock.now())

    @property
    def town(self) -> StaffCaller:
        return callers.staff(
            Scope(self.town_id, StaffRole.MUNICIPAL_METHODIST, frozenset({self.place})), self.clock.now()
        )

    @property
    def foreign(self) -> StaffCaller:
        return callers.staff(
            Scope(self.foreign_id, StaffRole.MUNICIPAL_METHODIST, frozenset({self.other})), self.clock.now()
        )

    def asked(self, **more: str) -> dict[str, str]:
        return {"unit": "municipality", "unit_id": str(self.place), "component": "digital", **more}

    def figure(self, who: StaffCaller | None = None, **more: str) -> ReportFigure | None:
        return self.database.read(
            figures.figure, who or self.region, source=FigureSource.DEMAND, asked=self.asked(**more)
        )

    def submit(self, who: StaffCaller | None = None, **more: int | None) -> int:
        """A proposal to the council, unless another target is named."""
        figure = self.figure(who)
        assert figure is not None
        target: dict[str, int | None] = {"programme_id": None, "group_id": self.group, **more}
        return self.database.write(
            staff_services.submit, who or self.region, figure=figure, change="Открыть ресурсный центр", **target
        )

    def call(self, days: float = 1) -> int:
        """A meeting ahead."""
        draft = MeetingDraft(at=self.clock.now() + timedelta(days=days), place="Зал", link="", agenda="Итоги года")
        return self.database.write(
            meetings.save_meeting, self.region, meeting_id=None, group_id=self.group, draft=draft
        )

    def met(self, meeting: int, came: int = 3) -> None:
        """Its time has come, and so have so many."""
        self.clock.moment += timedelta(days=1)
        self.database.write(
            meetings.write_minutes,
            self.region,
            meeting_id=meeting,
            number="7",
            minutes="Слушали.",
            came=frozenset(self.members[:came]),
        )


def seated(database: Database, clock: FrozenClock) -> Council:
    """The council with everything that it needs."""
    now = clock.now()
    database.write(plant, place=HERE, values=[80] * 6, now=now)
    publish(database, clock)
    place, other = database.read(municipality, HERE), database.read(municipality, THERE)
    region = database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=now)
    town = database.write(add_staff, login="town", role=StaffRole.MUNICIPAL_METHODIST, now=now, municipalities=(HERE,))
    foreign = database.write(
        add_staff, login="foreign", role=StaffRole.MUNICIPAL_METHODIST, now=now, municipalities=(THERE,)
    )
    kind = database.write(add_kind, "council")
    group = database.write(
        make_group, now=now, kind_id=kind, name="Научно-методический совет", municipality_id=place, quorum=3
    )
    found = Council(database, clock, place, other, group, [], region, town, foreign)
    for number in range(3):
        person = database.write(add_teacher, external_id=3001 + number, name=f"Учебная Анна {number}", now=now)
        found.members.append(person)
        database.write(add_member, found.region, group_id=group, person_id=person, since=None)
    return found


@pytest.fixture
def council(database: Database, clock: FrozenClock) -> Council:
    return seated(database, clock)


@pytest.fixture
def visitor(council: Council, tmp_path: Path) -> Visitor:
    found = Visitor(make_panel(council.database, council.clock, tmp_path))
    assert found.sign_in("region").status_code == 302
    return found
