"""Pages, files, programs' answers and the figures in the chat stand still whatever people do, until the hour publishes.

Every report that a reader of the panel may open, in every form, is read before and after a day of private deeds: a
self-diagnosis, replies to a survey, a line of a group's route taken and done, a difficulty noted, a request sent, a
result opened, a consent withdrawn, an erasure. A report that is added later is read too: addresses come from the panel.
"""

import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.api.views import OFFERED
from admin.reports.views import REPORTS
from bot.reports import screens
from db import erasure
from db.api import staff_services as tokens
from db.clock import FrozenClock, local_day
from db.database import Database
from db.diagnostics import blocks
from db.diagnostics.models import Attempt, Instrument
from db.diary.models import DiaryLine, DiaryMeaning, DiarySource
from db.dictionaries.models import Municipality, Organisation, Term
from db.events.queries import component_names
from db.expertise import difficulties
from db.overviews import summary
from db.people.models import Person
from db.reports.sweeps import publish_facts
from db.routes import planning, staff_services
from db.routes.models import RouteItem
from db.routes.staff_services import GroupRouteDraft
from db.scope import Scope, StaffRole
from locales import translator
from tests.api.test_reading import Program
from tests.diagnostics.walking import complete
from tests.support import callers
from tests.support.demo import demo_copy
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import add_teacher
from tests.surveys.walking import replied

REGION = Scope(1, StaffRole.REGIONAL_METHODIST, None)
KINDS = ("/reports", "/motions")
WEEKS = timedelta(days=60)
LISTS = ["/reports/training.xlsx"]
"""A row for each person, without names: that somebody is there is no secret, and a row goes with its person."""


@pytest.fixture
def district(tmp_path: Path) -> Any:
    """The demo of the one region that asks for needs."""
    database = Database.connect(demo_copy(tmp_path, "terek"))
    yield database
    database.close()


def teachers(session: Session, *, now: Any, many: int) -> tuple[int, list[int]]:
    """People of one school who do all of it; returns the school."""
    town = session.scalars(select(Municipality.code).order_by(Municipality.id)).first() or ""
    people = [
        add_teacher(session, external_id=9000 + n, name=f"Тихая Анна {n}", now=now, municipality=town)
        for n in range(many)
    ]
    school = session.scalars(select(Organisation.id).where(Organisation.confirmed).order_by(Organisation.id)).first()
    for number in people:
        session.get_one(Person, number).organisation_id = school
    return school or 0, people


def offered(session: Session, *, now: Any, school: int) -> int:
    """A methodist offers the school a route of one line."""
    staff = callers.staff(REGION, now)
    draft = GroupRouteDraft(title="Читаем вместе", organisation=str(school))
    number = staff_services.draft_group_route(session, staff, draft=draft)
    line = {"text": "Открытый урок", "due_on": (now + WEEKS).date()}
    staff_services.add_group_line(session, staff, group_route_id=number, **line)
    staff_services.offer_group_route(session, staff, group_route_id=number)
    return number


def done(session: Session, *, person_id: int, now: Any) -> None:
    """Somebody takes the line and does it, replies to the survey, and notes a difficulty that was seen."""
    mine = callers.person(person_id, now)
    for item in planning.year(session, mine).lines:
        if item.line_id is not None:
            planning.accept(session, mine, item_id=item.id)
            planning.prove(session, mine, item_id=item.id, text="Дети спорили сами")
    replied(session, person_id, now, {"forms": ["masters"], "lacking": f"Времени {person_id}"})
    activity = session.scalars(select(Term.id).limit(1)).one()
    meaning = session.scalars(select(DiaryMeaning).where(DiaryMeaning.source == DiarySource.VISIT)).one_or_none()
    if meaning is None:
        session.add(DiaryMeaning(source=DiarySource.VISIT, activity_id=activity))
    seen = {"text": "Урок", "written_at": now, "day": now.date()}
    line = DiaryLine(person_id=person_id, activity_id=meaning.activity_id if meaning else activity, **seen)
    session.add(line)
    session.flush()
    component = next(iter(component_names(session)))
    difficulties.note(session, mine, diary_id=line.id, component=component, people=1)


class Reader:
    """Everything that an account without names may open, and a program with its token, and the chat."""

    def __init__(self, database: Database, clock: FrozenClock, folder: Path, staff_person: int) -> None:
        self.database, self.clock, self.person = database, clock, staff_person
        app = make_panel(database, clock, folder, region_pack="terek")
        make = {"login": "quiet", "role": StaffRole.READER, "now": clock.now(), "person_id": staff_person}
        staff_id = database.write(add_staff, **make)
        boss = database.write(add_staff, login="issuer", role=StaffRole.ADMINISTRATOR, now=clock.now())
        admin = callers.staff(Scope(boss, StaffRole.ADMINISTRATOR, None), clock.now())
        last = local_day(clock.now() + WEEKS * 2, admin.zone)
        token = database.write(tokens.issue_token, admin, name="Таблица", staff_id=staff_id, last_day=last)
        self.program, self.visitor = Program(app, token), Visitor(app)
        assert self.visitor.sign_in("quiet").status_code == 302
        rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
        plain = {rule.rule for rule in rules if not rule.arguments and rule.rule.startswith(KINDS)}
        named = {f"/reports/{name}{ending}" for name in REPORTS for ending in ("", ".xlsx")}
        self.addresses = sorted(plain | named)

    def everything(self) -> dict[str, Any]:
        """What each address tells now."""
        found: dict[str, Any] = {}
        for address in self.addresses:
            answer = self.visitor.get(address)
            if answer.status_code == 200:
                is_book = answer.data[:2] == b"PK"
                found[address] = sheets(answer.data) if is_book else words(answer.get_data(as_text=True))
        for name in OFFERED:
            for ending in (".json", ".csv"):
                found[f"api {name}{ending}"] = self.program.get(f"/reports/{name}{ending}").get_data(as_text=True)
        day = self.database.read(summary.summary, callers.person(self.person, self.clock.now()))
        found["chat"] = screens.summary(translator("ru"), day, callers.ZONE).text
        return found


def sheets(content: bytes) -> list[Any]:
    book = load_workbook(io.BytesIO(content))
    return [[list(row) for row in page.iter_rows(values_only=True)] for page in book.worksheets]


def words(page: str) -> str:
    """A page without what is new at each opening."""
    return re.sub(r"\s+", " ", re.sub(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"', "", page))


def moved(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    assert before.keys() == after.keys()
    return [address for address, told in before.items() if told != after[address]]


def test_nothing_that_may_be_taken_away_moves_before_the_hour_strikes(
    district: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    school, people = district.write(teachers, now=clock.now(), many=8)
    keeper = people.pop()
    district.write(offered, now=clock.now(), school=school)
    reader = Reader(district, clock, tmp_path, keeper)
    before = reader.everything()
    assert len(before) > 25 and {"api needs.json", "chat", "/reports/waves/", "/reports/monitoring/"} <= set(before)
    for number in people:
        complete(district, number, now=clock.now())
        district.write(done, person_id=number, now=clock.now())
    assert moved(before, reader.everything()) == []
    mine = callers.person(people[0], clock.now())
    district.write(erasure.withdraw_consent, mine)
    district.write(erasure.erase, callers.clock(clock.now()), person_id=people[0], requested_by="person")
    assert moved(before, reader.everything()) in ([], LISTS), "nor when one of them is gone"
    clock.moment += WEEKS
    assert reader.visitor.sign_in("quiet").status_code == 302, "the session has ended long since"
    district.write(blocks.publish, callers.clock(clock.now()))
    district.write(publish_facts, callers.clock(clock.now()))
    published = reader.everything()
    told = set(moved(before, published))
    assert {"/reports/needs", "/reports/needs.xlsx", "api needs.json", "api needs.csv", "/reports/deficits"} <= told
    district.write(erasure.erase, callers.clock(clock.now()), person_id=people[1], requested_by="operator")
    assert moved(published, reader.everything()) in ([], LISTS)
    needs = json.loads(published["api needs.json"])["tables"]
    page = published["/reports/needs.xlsx"]
    assert [row for table in needs for row in table["rows"]], "control: it tells something"
    assert needs[0]["columns"] == list(page[0][0])[: len(needs[0]["columns"])]
    assert district.read(lambda s: s.scalar(select(Attempt.id).join(Instrument).where(Instrument.key == "needs")))
    assert district.read(lambda s: s.scalar(select(RouteItem.id).where(RouteItem.done_at.is_not(None)).limit(1)))
