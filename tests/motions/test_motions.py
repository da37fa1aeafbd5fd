"""A figure becomes a proposal, the proposal an agenda, a decision and a deed; everybody concerned hears of it."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.audit.models import AuditEntry
from db.caller import StaffCaller
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.groups.models import GroupDecision, GroupMeeting
from db.motions import staff_queries, staff_services
from db.motions.models import FigureSource, Motion, MotionStatus
from db.motions.rules import MOTION, NOISE, ReportFigure, moved
from db.motions.staff_queries import TO_ANSWER, MotionFilter
from db.notices.models import Notice
from db.overviews import figures
from db.plans.models import Plan, PlanLine, PlanSection
from db.programmes.models import Programme
from db.reports.rules import Trend
from db.scope import Scope, StaffRole
from tests.groups.test_panel import words
from tests.mentoring.test_services import at_once
from tests.motions.conftest import Council, seated
from tests.reports.test_deficits import plant, publish
from tests.support import callers
from tests.support.panel import Visitor
from tests.support.region import sheet

FIGURE = ReportFigure(
    source=FigureSource.DEMAND, measure="deficit", name="", value=60, people=6, least=5, version=1, form="a"
)


MANY = replace(FIGURE, people=2000)


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        (MANY, replace(MANY, value=60 + NOISE), Trend.SAME),
        (MANY, replace(MANY, value=60 + NOISE + 1), Trend.GREW),
        (MANY, replace(MANY, value=60 - NOISE - 1), Trend.FELL),
        (FIGURE, replace(FIGURE, value=60 + 22), Trend.SAME),
        (FIGURE, replace(FIGURE, value=60 + 23), Trend.GREW),
        (
            replace(MANY, measure="share", people=100),
            replace(FIGURE, measure="share", people=100, value=73),
            Trend.SAME,
        ),
        (
            replace(MANY, measure="share", people=100),
            replace(FIGURE, measure="share", people=100, value=75),
            Trend.GREW,
        ),
        (FIGURE, replace(FIGURE, value=20, form="b"), Trend.INCOMPARABLE),
        (FIGURE, replace(FIGURE, value=20, version=2), Trend.FELL),
        (FIGURE, replace(FIGURE, value=None, word="some"), Trend.IN_WORDS),
        (FIGURE, None, Trend.UNKNOWN),
    ],
)
def test_how_a_figure_has_changed_is_told_only_where_it_can_be_compared_and_is_no_chance(
    then: ReportFigure, now: ReportFigure | None, told: Trend
) -> None:
    assert moved(then, now) is told


def test_the_same_word_is_no_change() -> None:
    word = replace(FIGURE, value=None, word="some")
    assert moved(word, word) is Trend.SAME and moved(word, replace(word, word="hardly_any")) is Trend.IN_WORDS


def test_what_was_answered_stays_answered() -> None:
    for status in (MotionStatus.ACCEPTED, MotionStatus.DECLINED, MotionStatus.WITHDRAWN):
        with pytest.raises(ConflictError, match="motion_moved"):
            MOTION.check(status, MotionStatus.CONSIDERED)


def test_a_figure_is_what_the_report_tells_and_nothing_of_fewer(council: Council) -> None:
    figure = council.figure()
    assert figure is not None
    assert (figure.value, figure.people, figure.least, figure.municipality_id) == (80, 6, 5, council.place)
    assert council.figure(council.town) == figure, "one figure for every account"
    assert council.figure(unit_id=str(council.other)) is None, "nobody answered there"
    with pytest.raises(NotFoundError):
        council.figure(council.foreign)
    with pytest.raises(NotFoundError):
        council.figure(council.town, unit="")
    for wrong in ({"component": "nothing"}, {"measure": "people"}, {"unit": "planet"}, {"category": "404"}):
        with pytest.raises(NotFoundError):
            council.figure(**wrong)


def test_from_a_figure_to_a_decision_and_a_plan_line_step_by_step(council: Council) -> None:
    """Sverdlovsk 10: on the council's agenda, decided by it, and the centre hears of it; all in the journal."""
    database = council.database
    meeting = council.call()
    motion = council.submit(council.town)
    database.write(staff_services.take_up, council.town, motion_id=motion)
    agenda = database.read(lambda session: session.get_one(GroupMeeting, meeting).agenda)
    assert agenda == "Итоги года\nОткрыть ресурсный центр"
    said = {"motion_id": motion, "accepted": True, "answer": "Откроем в сентябре"}
    with pytest.raises(DomainError, match="groups_not_held"):
        database.write(staff_services.decide, council.town, **said)
    council.met(meeting, came=2)
    with pytest.raises(DomainError, match="groups_no_quorum"):
        database.write(staff_services.decide, council.town, **said | {"accepted": False})
    council.met(meeting)
    with pytest.raises(DomainError, match="motion_answer"):
        database.write(staff_services.decide, council.town, **said | {"answer": "Да"})
    database.write(staff_services.decide, council.town, **said)
    row = database.read(lambda session: session.get_one(Motion, motion))
    assert (row.status, row.answer) == (MotionStatus.ACCEPTED, "Откроем в сентябре")
    decided = database.read(lambda session: session.get_one(GroupDecision, row.decision_id))
    assert (decided.text, decided.meeting_id) == ("Открыть ресурсный центр", meeting)

    def planned(session: Session) -> int:
        plan = Plan(code="p", title="План", columns={"text": "Что"})
        session.add(plan)
        session.flush()
        section = PlanSection(plan_id=plan.id, code="s", position=1, title="Раздел")
        session.add(section)
        session.flush()
        return section.id

    section = database.write(planned)
    with pytest.raises(ForbiddenError):
        database.write(staff_services.plan, council.town, motion_id=motion, section_id=section, term="май")
    line = database.write(staff_services.plan, council.region, motion_id=motion, section_id=section, term="май")
    assert database.read(lambda session: session.get_one(PlanLine, line).text) == "Открыть ресурсный центр"
    with pytest.raises(ConflictError, match="motion_planned"):
        database.write(staff_services.plan, council.region, motion_id=motion, section_id=section, term="май")
    deeds = database.read(lambda session: session.scalars(select(AuditEntry.action)).all())
    for deed in ("motions.submit", "motions.take_up", "motions.accept", "motions.plan", "groups.decide"):
        assert deeds.count(deed) == 1, deed


def test_author_and_centre_hear_of_the_answer_in_the_bot(council: Council) -> None:
    database = council.database
    tied = {council.region_id: council.members[0], council.town_id: council.members[1]}

    def tie(session: Session) -> None:
        for staff_id, person_id in tied.items():
            session.get_one(Staff, staff_id).person_id = person_id

    database.write(tie)
    programme = programme_of(database)
    motion = council.submit(council.town, group_id=None, programme_id=programme)
    database.write(staff_services.take_up, council.region, motion_id=motion)
    database.write(staff_services.decide, council.region, motion_id=motion, accepted=False, answer="Часы есть")
    found = select(Notice.person_id, Notice.params).where(Notice.kind == "motions.decided")
    ((person_id, params),) = database.read(lambda session: session.execute(found).all())
    assert person_id == council.members[1] and not params["accepted"] and params["answer"] == "Часы есть"
    other = council.submit(council.region, group_id=None, programme_id=programme)
    database.write(staff_services.take_up, council.region, motion_id=other)
    database.write(staff_services.decide, council.region, motion_id=other, accepted=True, answer="Изменим")
    told = database.read(lambda session: [row.person_id for row in session.execute(found)])
    assert told == [council.members[1], council.members[1]], "the centre of the figure hears too, the decider knows"


def programme_of(database: Database) -> int:
    def made(session: Session) -> int:
        row = Programme(code="course", title="Цифровая школа", months_from=1, months_to=2)
        session.add(row)
        session.flush()
        return row.id

    return database.write(made)


def test_what_cannot_be_is_refused(council: Council) -> None:
    database, figure = council.database, council.figure()
    assert figure is not None
    to: dict[str, Any] = {"programme_id": None, "group_id": council.group, "change": "Открыть центр"}

    def refused(who: StaffCaller, **more: Any) -> str:
        with pytest.raises(DomainError) as error:
            database.write(staff_services.submit, who, **{"figure": figure, **to, **more})
        return error.value.code

    assert refused(council.region, group_id=None) == "motion_target"
    assert refused(council.region, programme_id=1) == "motion_target"
    assert refused(council.region, change="да") == "motion_change"
    out_of_reach: list[tuple[StaffCaller, dict[str, Any]]] = [
        (council.region, {"group_id": 404}),
        (council.region, {"group_id": None, "programme_id": 404}),
        (council.foreign, {}),
    ]
    for who, more in out_of_reach:
        with pytest.raises(NotFoundError):
            database.write(staff_services.submit, who, **{"figure": figure, **to, **more})
    with pytest.raises(ForbiddenError):
        reader = callers.staff(Scope(council.region_id, StaffRole.READER, None), council.clock.now())
        database.write(staff_services.submit, reader, figure=figure, **to)
    motion = council.submit()
    with pytest.raises(DomainError, match="motion_meeting"):
        database.write(staff_services.take_up, council.region, motion_id=motion)
    with pytest.raises(DomainError, match="motion_not_accepted"):
        database.write(staff_services.hold, council.region, motion_id=motion, event_id=None)
    with pytest.raises(ForbiddenError):
        database.write(staff_services.withdraw, council.town, motion_id=motion)
    database.write(staff_services.withdraw, council.region, motion_id=motion)
    council.call()
    with pytest.raises(ConflictError, match="motion_moved"):
        database.write(staff_services.take_up, council.region, motion_id=motion)


def test_a_centre_sees_its_own_and_what_is_addressed_to_it(council: Council) -> None:
    database = council.database
    own = council.submit(council.town)
    seen = MotionFilter()
    assert database.read(staff_queries.motions, council.town, wanted=seen).total == 1
    assert database.read(staff_queries.motions, council.foreign, wanted=seen).total == 0
    with pytest.raises(NotFoundError):
        database.read(staff_queries.card, council.foreign, motion_id=own)
    for use_case in (staff_services.take_up, staff_services.withdraw):
        with pytest.raises(NotFoundError):
            database.write(use_case, council.foreign, motion_id=own)
    waiting = MotionFilter(whose=TO_ANSWER)
    assert database.read(staff_queries.motions, council.town, wanted=waiting).total == 1
    assert database.read(staff_queries.card, council.town, motion_id=own).answers
    to_region = council.submit(council.town, group_id=None, programme_id=programme_of(database))
    assert not database.read(staff_queries.card, council.town, motion_id=to_region).answers
    with pytest.raises(ForbiddenError):
        database.write(staff_services.take_up, council.town, motion_id=to_region)


def test_the_effect_is_the_same_figure_later(council: Council) -> None:
    database = council.database
    motion = council.submit()
    then = database.read(staff_queries.card, council.region, motion_id=motion).row.figure
    assert database.read(figures.figure_now, council.town, then=then) == then
    council.clock.moment += timedelta(days=30)
    database.write(plant, place="chelyabinsky-go", values=[20] * 18, now=council.clock.now())
    publish(database, council.clock)
    now = database.read(figures.figure_now, council.town, then=then)
    assert now is not None and now.people == 24 and now.value == 35, "(6·80 + 18·20) / 24"
    assert moved(then, now) is Trend.FELL
    kept = database.read(staff_queries.card, council.region, motion_id=motion).row.figure
    assert kept == then, "it stays as it was"


def test_of_two_who_answer_at_once_one_succeeds(database_url: str, clock: FrozenClock) -> None:
    database = Database.connect(database_url)
    council = seated(database, clock)
    meeting = council.call()
    motion = council.submit()
    database.write(staff_services.take_up, council.region, motion_id=motion)
    council.met(meeting)
    refusals = at_once(
        database_url,
        *[
            lambda door, accepted=accepted: door.write(
                staff_services.decide, council.region, motion_id=motion, accepted=accepted, answer="Ответ совета"
            )
            for accepted in (True, False, True)
        ],
    )
    assert [str(one) for one in refusals] == ["motion_moved"] * 2
    assert len(database.read(lambda session: session.scalars(select(GroupDecision)).all())) <= 1
    database.close()


def test_the_panel_leads_from_a_cell_to_the_decision_and_back_to_the_figure(council: Council, visitor: Visitor) -> None:
    """Belgorod 7: who proposed what, by which figure, and what was answered."""
    programme = programme_of(council.database)
    page = visitor.text("/reports/demand")
    (address,) = set(re.findall(r'href="(/motions/new\?[^"]*unit=municipality[^"]*component=digital)"', page))
    address = address.replace("&amp;", "&")
    form = words(visitor.text(address))
    assert "80 из 100" in form and "Челябинский ГО: цифровой. Средний дефицит, все педагоги" in form
    assert "По ответам 6 человек" in form
    assert visitor.post(address, {"target": "group-404", "change": "Не туда"}).status_code == 404
    refused = visitor.post(address, {"target": "", "change": "Добавить модуль"})
    assert refused.status_code == 200 and "Добавить модуль" in refused.text
    made = visitor.post(address, {"target": f"programme-{programme}", "change": "Добавить модуль"})
    assert made.status_code == 302
    card = made.headers["Location"]
    assert "внесено" in words(visitor.text(card)) and "Заметных изменений нет" in words(visitor.text(card))
    visitor.post(f"{card}/take_up", {})
    assert "рассматривается" in words(visitor.text(card))
    assert "хотя бы три знака" in visitor.post(f"{card}/accept", {"answer": ""}).text
    visitor.post(f"{card}/accept", {"answer": "Добавим с осени"})
    page = words(visitor.text(card))
    assert "принято" in page and "Добавим с осени" in page and "Цифровая школа" in page
    (link,) = re.findall(r'href="(/reports/demand\?[^"]+)"', visitor.text(card))
    assert f"municipality={council.place}" in link and visitor.get(link.replace("&amp;", "&")).status_code == 200
    assert "1 предложение" in words(visitor.text("/motions/"))
    (row,) = sheet(visitor, "/motions.xlsx")[1:]
    assert row[3:5] == ["Цифровая школа", "Добавить модуль"]
    assert row[6:9] == ["80 из 100", 6, "принято"] and row[10] == "Добавим с осени"


def test_a_cell_of_deficits_offers_a_proposal_too_and_a_masked_one_does_not(council: Council, visitor: Visitor) -> None:
    page = visitor.text(f"/reports/deficits/{council.place}/digital")
    (address,) = re.findall(r'href="(/motions/new\?[^"]+)"', page)
    assert "80 из 100" in words(visitor.text(address.replace("&amp;", "&")))
    assert "/motions/new" not in visitor.text(f"/reports/deficits/{council.other}/digital")
    masked = f"/motions/new?source=deficits&unit=municipality&unit_id={council.other}&component=digital"
    assert "Здесь цифры нет" in visitor.text(masked)
    assert visitor.post(masked, {"target": f"group-{council.group}", "change": "Всё равно"}).status_code == 200
    assert council.database.read(lambda session: session.scalars(select(Motion)).all()) == []
    assert visitor.get("/motions/new?source=nothing").headers["Location"].endswith("/motions/"), "it begins at a figure"


def test_the_first_page_says_what_waits_for_an_answer(council: Council, visitor: Visitor) -> None:
    assert "предложение ждёт ответа" not in words(visitor.text("/"))
    motion = council.submit()
    assert "предложение ждёт ответа" in words(visitor.text("/"))
    assert "1 предложение" in words(visitor.text("/motions/?whose=to_answer"))
    council.database.write(staff_services.withdraw, council.region, motion_id=motion)
    assert "0 предложений" in words(visitor.text("/motions/?whose=to_answer"))
    assert "предложение ждёт ответа" not in words(visitor.text("/"))


def test_a_municipality_is_the_units_own(council: Council) -> None:
    name = council.database.read(lambda session: session.get_one(Municipality, council.place).name)
    figure = council.figure()
    assert figure is not None and figure.unit_name == name
