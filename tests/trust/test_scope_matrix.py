"""One's own reach only: every address of the panel, every role and kind of reach, every object that is foreign to it.

A word is planted in every name and text of a foreign municipality's people, events and files, another word in one's
own. The own municipality is reached by itself or by the centre that serves it; a coordinator reaches the direction of
its applications. No answer to such an account, page, file or refusal, may hold the foreign word, or name the foreign
municipality or direction; no form may change a foreign row. A new route without a row in `matrix.py` fails.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from admin.access import of_endpoint
from db.accounts.models import StaffDirection
from db.applications.models import Application, Campaign
from db.broadcasts.models import Broadcast, BroadcastStatus
from db.clock import FrozenClock
from db.commission.models import CommissionMember, MemberSeat
from db.database import Database
from db.dictionaries.models import Centre, Municipality, Term, TermKind
from db.motions.models import FigureSource, Motion
from db.scope import StaffRole
from db.sites.models import Site
from tests.support.matrix import WORD, Side
from tests.support.panel import Visitor, add_staff, make_panel
from tests.trust.matrix import MATRIX, SIGNING_OUT
from tests.trust.planted import changed, hidden_event, plant, rows_of

HOME, FOREIGN = "chelyabinsky-go", "varnensky-mr"
OWN_WORD = "Родонитова"
ROLES = {
    "admin": StaffRole.ADMINISTRATOR,
    "region": StaffRole.REGIONAL_METHODIST,
    "town": StaffRole.MUNICIPAL_METHODIST,
    "centre": StaffRole.MUNICIPAL_METHODIST,
    "reader": StaffRole.READER,
    "auditor": StaffRole.AUDITOR,
    "coordinator": StaffRole.COORDINATOR,
    "school": StaffRole.ORGANISATION,
}
LOOKERS = frozenset({StaffRole.READER, StaffRole.AUDITOR, StaffRole.COORDINATOR, StaffRole.ORGANISATION})
FOR_ALL = frozenset(
    {"afisha.index", "centres.index", "centres.export", "sites.index", "sites.export", "events.index", "events.card"}
    | {"events.new", "events.export"}
)
"""Who serves whom, who takes trainees and what is planned is no secret of any municipality."""
DIRECTIONS = select(Term.id).where(Term.kind == TermKind.DIRECTION).order_by(Term.id)
# Written by looking, by signing in and by refusing: not the region's data.
LOOKING = frozenset({"audit_entry", "audit_subject", "one_time_link"})


@dataclass(frozen=True)
class Region:
    """The panel over two municipalities that have the same things."""

    app: Flask
    database: Database
    own: Side
    foreign: Side
    foreign_place: str
    foreign_direction: str
    now: datetime

    def enter(self, login: str) -> Visitor:
        """Signed in."""
        visitor = Visitor(self.app)
        assert visitor.sign_in(login).status_code == 302
        return visitor


def add_side(session: Session, *, code: str, word: str, first: int, staff: int, now: Any) -> Side:
    place = session.scalars(select(Municipality.id).where(Municipality.code == code)).one()
    has = plant(session, first=first, municipality=code, now=now, word=word)
    draft = hidden_event(session, municipality=code, now=now, word=word)
    site = Site(
        code=f"site-{first}",
        kind="internship",
        title=f"Площадка {word}",
        organisation=word,
        municipality_id=place,
        about=word,
        contact=word,
        how_to_join=word,
        active=True,
        components=[],
    )
    centre = Centre(code=f"centre-{first}", name="Центр", municipalities=[session.get_one(Municipality, place)])
    session.add_all([site, centre])
    session.flush()
    broadcasts = [
        Broadcast(text=word, municipality_id=place, created_by=staff, created_at=now, **values)
        for values in ({}, {"status": BroadcastStatus.GOING, "confirmed": 2, "up_to": 10**6, "started_at": now})
    ]
    session.add_all(broadcasts)
    session.flush()
    motion = Motion(
        author_id=staff,
        group_id=has.group,
        change=word,
        source=FigureSource.DEFICITS,
        measure="deficit",
        figure_name=word,
        municipality_id=place,
        asked={"unit": "municipality", "unit_id": str(place), "component": "digital"},
        value=60,
        people=6,
        least=5,
        version=1,
        form="",
        submitted_at=now,
    )
    session.add(motion)
    session.flush()
    return Side(place, has, draft, site.id, staff, (broadcasts[0].id, broadcasts[1].id), centre.id, motion.id)


@pytest.fixture
def region(database: Database, clock: FrozenClock, tmp_path: Path) -> Region:
    """Both sides, an account of every role, and documents on the disk."""
    now = clock.now()
    ids = {
        login: database.write(
            add_staff, login=login, role=role, municipalities=(HOME,) if login == "town" else (), now=now
        )
        for login, role in ROLES.items()
        if login not in ("auditor", "centre", "coordinator", "school")
    }
    campaign = database.read(lambda session: session.scalars(select(Campaign.id).order_by(Campaign.id)).first())
    term = {"campaign_id": campaign, "ends_at": now + timedelta(days=30)}
    database.write(add_staff, login="auditor", role=StaffRole.AUDITOR, now=now, **term)
    ids["neighbour"] = database.write(
        add_staff,
        login="neighbour",
        role=StaffRole.MUNICIPAL_METHODIST,
        municipalities=(FOREIGN,),
        now=now,
        name=f"{WORD} Методист",
    )
    own = database.write(add_side, code=HOME, word=OWN_WORD, first=8001, staff=ids["town"], now=now)
    foreign = database.write(add_side, code=FOREIGN, word=WORD, first=9001, staff=ids["neighbour"], now=now)
    of_centre = {"role": StaffRole.MUNICIPAL_METHODIST, "centre_id": own.centre}
    database.write(add_staff, login="centre", now=now, **of_centre)
    database.write(
        add_staff, login="school", role=StaffRole.ORGANISATION, now=now, organisation_id=own.has.organisation
    )
    database.write(sit, campaign_id=own.has.commission, staff={ids[one] for one in ("town", "neighbour")}, now=now)
    direction, *_ = (database.write(direct, side=side, place=place) for place, side in enumerate((own, foreign)))
    coordinates = {"role": StaffRole.COORDINATOR, "directions": [StaffDirection(term_id=direction)]}
    database.write(add_staff, login="coordinator", now=now, **coordinates)
    for side, word in ((own, OWN_WORD), (foreign, WORD)):
        for name in side.has.stored:
            path = tmp_path / "documents" / name[:2] / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(f"%PDF-1.4 {word}".encode())
    names = database.read(names_of, side=foreign)
    return Region(make_panel(database, clock, tmp_path), database, own, foreign, *names, now)


def sit(session: Session, *, campaign_id: int, staff: set[int], now: datetime) -> None:
    """Has both towns' methodists keep the commission's papers, as far as each reaches."""
    for number in staff:
        seat = {"seat": MemberSeat.SECRETARY, "cap": 9, "joined_at": now}
        session.add(CommissionMember(campaign_id=campaign_id, staff_id=number, **seat))


def direct(session: Session, *, side: Side, place: int) -> int:
    """Gives the side's applications a direction of their own; returns its id."""
    direction = session.scalars(DIRECTIONS.offset(place).limit(1)).one()
    for number in side.has.applications:
        session.get_one(Application, number).direction_id = direction
    return direction


def names_of(session: Session, *, side: Side) -> tuple[str, str]:
    direction = session.get_one(Term, session.get_one(Application, side.has.sent).direction_id)
    return session.get_one(Municipality, side.place).name, direction.name


def hidden(region: Region, login: str, endpoint: str) -> set[str]:
    """What no answer may say to this account."""
    if login == "coordinator":
        return {WORD, region.foreign_direction}
    return {WORD} if endpoint in FOR_ALL else {WORD, region.foreign_place}


def rules(app: Flask) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if not rule.endpoint.endswith("static"))


def words_in(answer: TestResponse) -> str:
    """The text of an answer and its headers; of a workbook, its cells."""
    content = answer.get_data()
    text = content.decode(errors="ignore") + str(answer.headers)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            text += "".join(book.read(name).decode(errors="ignore") for name in book.namelist())
    return text


def told_by(rule: Rule, visitor: Visitor, answer: TestResponse) -> str:
    """What an answer shows, but for names of colleagues where members of one commission know each other."""
    text = shown(visitor, answer)
    return text.replace(f"{WORD} Методист", "") if rule.endpoint.startswith("commission.") else text


def shown(visitor: Visitor, answer: TestResponse) -> str:
    """An answer, and the page it leads to with what is said there."""
    text = words_in(answer)
    if answer.status_code == 302:
        text += words_in(visitor.get(answer.headers["Location"]))
    # What is planned anywhere is for everybody (who comes there is not); a search box says again what was typed.
    text = re.sub(rf"(?:Семинар|Встреча|Кабинет|Зал) {WORD}", "", text)
    return re.sub(rf'value="{WORD}"|[?&;]q=[^"&\s]*', "", text)


def test_every_route_has_its_row(region: Region) -> None:
    endpoints = {rule.endpoint for rule in rules(region.app)}
    assert endpoints - set(MATRIX) == set(), "a new route needs a row in MATRIX"
    assert set(MATRIX) - endpoints == set(), "these rows are of routes that are gone"


def test_rows_name_the_roles_that_the_panel_admits(region: Region) -> None:
    for endpoint, row in MATRIX.items():
        access = of_endpoint(region.app, endpoint)
        assert access is not None, endpoint
        methods = set().union(*(rule.methods or set() for rule in rules(region.app) if rule.endpoint == endpoint))
        method = "GET" if "GET" in methods else "POST"
        if endpoint in SIGNING_OUT:
            continue
        admitted = {
            login for login, role in ROLES.items() if access.permits(role, can_write=role not in LOOKERS, method=method)
        }
        assert admitted == set(row.roles), endpoint


@pytest.mark.parametrize(
    ("database_url", "login", "least"),
    [("sqlite", "town", 25), ("postgres", "centre", 25), ("sqlite", "coordinator", 5), ("postgres", "school", 8)],
    indirect=["database_url"],
)
def test_an_account_never_reads_what_is_foreign_to_its_reach(region: Region, login: str, least: int) -> None:
    visitor = region.enter(login)
    found: list[str] = []
    opened = 0
    for rule in rules(region.app):
        row = MATRIX[rule.endpoint]
        if "GET" not in (rule.methods or set()):
            continue
        for url in row.urls(region.foreign):
            answer = visitor.get(url)
            text = told_by(rule, visitor, answer)
            found += [f"{url}: {word}" for word in hidden(region, login, rule.endpoint) if word in text]
            expected = {"own": (404,), "nobody": (403,), "token": (401,)}.get(row.opens, (200, 302, 404))
            expected = expected if login in row.roles else (403,)
            if answer.status_code not in expected:
                found.append(f"{url}: {answer.status_code}")
        for url in {url.partition("?")[0]: url for url in reversed(row.urls(region.own))}.values():
            answer = visitor.get(url)
            opened += answer.status_code == 200 and OWN_WORD in words_in(answer)
            mine = row.opens in ("own", "published") and login in row.roles
            if mine and answer.status_code not in (200, 404):
                found.append(f"{url}: own, {answer.status_code}")
    assert not found, "\n".join(found)
    assert opened >= least, "one's own must open, or the test proves nothing"


@pytest.mark.parametrize(
    ("database_url", "login"), [("sqlite", "centre"), ("postgres", "town")], indirect=["database_url"]
)
def test_an_account_never_changes_what_is_foreign_to_its_reach(region: Region, login: str) -> None:
    visitor = region.enter(login)
    before = region.database.read(rows_of, without=LOOKING)
    foreign_rows = foreign_of(region, before)
    found: list[str] = []
    for rule in rules(region.app):
        row = MATRIX[rule.endpoint]
        if "POST" not in (rule.methods or set()) or rule.endpoint in SIGNING_OUT:
            continue
        for form_side in (region.foreign, region.own):
            # Also one's own object in the form with a foreign one in the address.
            for url in row.urls(region.foreign):
                answer = visitor.post(url, row.form(form_side))
                if answer.status_code >= 500 or WORD in told_by(rule, visitor, answer):
                    found.append(f"{url}: {answer.status_code}")
        # And the other way round: one's own address, foreign ids in the form.
        for url in row.urls(region.own):
            answer = visitor.post(url, row.form(region.foreign))
            if answer.status_code >= 500 or WORD in told_by(rule, visitor, answer):
                found.append(f"{url} with a foreign form: {answer.status_code}")
    assert not found, "\n".join(found)
    after = region.database.read(rows_of, without=LOOKING)
    assert not changed(foreign_rows, after), "\n".join(changed(foreign_rows, after))
    assert new_foreign(region, before, after) == []


@pytest.mark.parametrize(
    ("database_url", "login"),
    [("sqlite", "reader"), ("postgres", "auditor"), ("sqlite", "coordinator"), ("sqlite", "school")],
    indirect=["database_url"],
)
def test_who_only_looks_changes_nothing_anywhere(region: Region, login: str) -> None:
    visitor = region.enter(login)
    before = region.database.read(rows_of, without=LOOKING)
    for rule in rules(region.app):
        row = MATRIX[rule.endpoint]
        if "POST" not in (rule.methods or set()) or rule.endpoint in SIGNING_OUT:
            continue
        # To whom nobody is foreign all sides are the same.
        for side in (region.own, region.foreign) if login in ("coordinator", "school") else (region.foreign,):
            for url in row.urls(side):
                assert visitor.post(url, row.form(side)).status_code < 500, url
    assert changed(before, region.database.read(rows_of, without=LOOKING)) == []


# What a role may open is the same on both engines, and every page is opened on each by one of them. To whom nobody is
# foreign all sides are the same, so that one is looked at.
@pytest.mark.parametrize(
    ("database_url", "login"),
    [("sqlite", "admin"), ("postgres", "region"), ("sqlite", "reader"), ("postgres", "auditor")],
    indirect=["database_url"],
)
def test_the_whole_regions_accounts_open_all_and_readers_no_results(region: Region, login: str) -> None:
    visitor = region.enter(login)
    for rule in rules(region.app):
        row = MATRIX[rule.endpoint]
        if "GET" not in (rule.methods or set()):
            continue
        for url in row.urls(region.foreign):
            code = visitor.get(url).status_code
            expected = (401,) if row.opens == "token" else (200, 302, 404)
            assert code == 403 if login not in row.roles else code in expected, (url, code)


def test_drafts_and_closed_results_are_nobodys_in_the_panel(region: Region) -> None:
    visitor = region.enter("admin")
    has = region.foreign.has
    assert visitor.get(f"/applications/{has.applications[0]}").status_code == 404
    assert visitor.get(f"/applications/{has.applications[0]}/documents/{has.documents[0]}").status_code == 404
    assert visitor.get(f"/applications/{has.sent}/documents/{has.documents[0]}").status_code == 404
    assert [visitor.get(f"/diagnostics/results/{number}").status_code for number in has.attempts] == [404, 404]


def foreign_of(region: Region, rows: dict[tuple[Any, ...], tuple[Any, ...]]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Every row that was there, but for what the own methodist may change: the own municipality's."""
    own = region.own.has
    mine = {
        *(("application", number) for number in own.applications),
        *(("criterion_answer", number, criterion) for number in own.applications for criterion in range(20)),
        *(("event", number) for number in (*own.events, region.own.draft)),
        *(("broadcast", number) for number in region.own.broadcasts),
        *(("registration", number) for number in own.registrations),
        ("motion", region.own.motion),
        ("pair", own.pair),
        ("tie", own.tie),
        ("mentor", own.person),
        ("group_route", own.group_route),
        ("group_route_line", own.group_line),
        *(("meeting", number) for number in own.meetings),
        ("notice", own.notice),
        ("claim", own.claim),
        ("person_merge", own.merge),
        ("person", own.person),
        ("person", own.other),
        ("methodical_group", own.group),
        *(("group_member", own.group_member - place) for place in (0, 1)),
        ("group_meeting", own.group_meeting),
        *(("group_attendance", own.group_meeting, number) for number in (own.person, own.other)),
        ("group_decision", own.group_decision),
        ("group_result", own.group_result),
        ("workplan_line", own.workplan_line),
        ("workplan_fulfilment", own.workplan_mark),
        ("event", own.run),
        ("event_session", own.lesson),
        ("programme_lesson", own.lesson),
        ("training_record", own.training),
        ("diary_line", own.diary),
        ("expert_work", own.expert_work),
        ("help_request", own.request),
        ("knowledge_line", own.known),
        ("practice", own.practice),
        ("practice_author", own.practice_author),
        ("practice_expert", own.practice_expert),
        ("review", own.review),
        ("review_score", own.review, 1),
    }
    roles = {key for key, row in rows.items() if key[0] == "role_grant" and str(own.person) in row}
    return {key: row for key, row in rows.items() if key not in mine | roles}


def new_foreign(
    region: Region, before: dict[tuple[Any, ...], tuple[Any, ...]], after: dict[tuple[Any, ...], tuple[Any, ...]]
) -> list[str]:
    """New rows about foreign people: a role, a seat, a pair, a notice."""
    people = {str(region.foreign.has.person), str(region.foreign.has.other)}
    columns = {
        table.name: [
            place
            for place, column in enumerate(table.columns)
            if column.name in ("person_id", "mentor_id", "mentee_id")
        ]
        for table in _tables()
    }
    return [
        f"{key}: {row}"
        for key, row in after.items()
        if key not in before and people & {row[place] for place in columns[key[0]]}
    ]


def _tables() -> list[Any]:
    from db.base import Base

    return Base.metadata.sorted_tables
