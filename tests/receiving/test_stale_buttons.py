"""An old screen's buttons change nothing: whatever writes, its copy on a screen that another followed does not."""

import inspect
import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.dispatch.routing import _prefix
from bot.sandbox.client import Message, SandboxPerson
from db.accounts.models import Staff
from db.appeals.models import Appeal
from db.applications import services as applications
from db.applications.models import Application, ApplicationStatus, Campaign, Decision, Document, Verdict
from db.base import Base
from db.caller import PersonCaller
from db.clock import FrozenClock
from db.database import Database
from db.diagnostics.models import Answer, Attempt, AttemptStatus
from db.diary.models import DiaryLine, DiaryMeaning, DiarySource
from db.diary.rules import school_year
from db.dictionaries.models import Term, TermKind
from db.documents import scans
from db.documents.models import OfficialDocument
from db.events import seats
from db.events.models import EventMaterial, EventMode, Registration, RegistrationStatus
from db.expertise.models import ExpertKind, ExpertWork
from db.groups import meetings as group_meetings
from db.groups import services as groups
from db.groups import staff_services as group_staff
from db.groups.models import GroupMember
from db.mentoring import meetings, proposals, staff_services
from db.mentoring.models import MentorWish, Pair, PairStatus
from db.people.models import MessengerAccount, Role
from db.plans import services as plans
from db.plans import staff_services as plan_staff
from db.plans.models import PlanLine
from db.requests.models import HelpMessage, HelpRequest, KnowledgeLine, RequestStatus, Speaker
from db.routes import services as routes
from db.scope import StaffRole
from db.storage import StoredFile
from db.surveys import services as surveys
from db.ties import services as ties
from db.ties.models import Tie, TieKind
from db.training.models import TrainingRecord, TrainingStatus
from db.workplans import services as workplans
from tests.applications.support import World, add_staff
from tests.diagnostics.walking import complete, walk
from tests.events.support import REGION, heard, make_event
from tests.groups.conftest import add_kind, make_group
from tests.practices.support import practices_of
from tests.retests.support import answered
from tests.retests.support import begin as begin_retest
from tests.routes.support import plan_of, undrafted, unshared
from tests.support import callers
from tests.support.databases import copy_sqlite
from tests.support.town import MONDAY, Town, add_teacher
from tests.surveys.walking import add_survey

ORGANISATION = ("pef:organisation:0:0", "Гимназия тишины и солнца")
NAME = ("pef:full_name:0:0", "Новaя Вера Ивановна")  # a Latin letter inside
CHANGED = {
    "aps": "aps:{campaign}",
    "apdp": "apdp:{draft}:{other_direction}",
    "apcp": "apcp:{draft}:{other_category}",
    "apqc": "apqc:{draft}:6:no",
    "apj": "apj:{draft}:1",
    "apw": "apw:{draft}:1",
    "apfr": "apfr:{draft}:4:1",
    "apx": "apx:{draft}:1",
    "apb": "apb:{draft}:1",
    "upl": "upl:{draft}:4",
    "upr": "upr:{training}",
    "upc": "upc:{draft}",
    "al_x": "al_x:{appealed}:1",
    "dg_b": "dg_b",
    "dg_a": "dg_a:{attempt}:subject_1:4",
    "dg_f": "dg_f:{attempt}",
    "dg_l": "dg_l:{result}",
    "gw_p": "gw_p:journal:",
    "dg_sh": "dg_sh:{result}:methodist:1",
    "sv_b": "sv_b:{survey}",
    "sv_a": "sv_a:{surveyed}:forms:2:1",
    "sv_n": "sv_n:{surveyed}:training:1",
    "sv_f": "sv_f:{survey_sent}",
    "ev_r": "ev_r:{free}:",
    "ev_p": "ev_p:{rooms}:1:",
    "ev_a": "ev_a:{offered}",
    "ev_x": "ev_x:{seated}:1",
    "ev_s": "ev_s:{attended}:5",
    "ev_d": "ev_d:{attended}",
    "ev_g": "ev_g:{attended}:{material}",
    "cal_f": "cal_f",
    "cal_n": "cal_n",
    "me_a": "me_a:{own_pair}",
    "me_t": "me_t:{pair}:0:{day}:600",
    "me_x": "me_x:{ahead}:1",
    "me_g": "me_g:{over}:1",
    "me_y": "me_y:{pair}:{today}",
    "me_u": "me_u:{unplanned}",
    "me_vi": "me_vi:{unplanned}:1",
    "me_ru": "me_ru:{ahead}:1:{until}",
    "me_rm": "me_rm:{row}",
    "me_rx": "me_rx:{row}",
    "me_rc": "me_rc:{pair}",
    "me_pp": "me_pp:{pair}:programme",
    "me_kr": "me_kr:{pair}:1",
    "me_kp": "me_kp:{pair}:time",
    "me_sp": "me_sp:subject:1",
    "me_rp": "me_rp:{other_direction}:1:0",
    "me_fp": "me_fp:5",
    "me_z": "me_z:1",
    "me_j": "me_j:1",
    "me_ip": "me_ip:subject",
    "me_iu": "me_iu",
    "me_qa": "me_qa:{proposed}:1",
    "me_qw": "me_qw:{declined}:time",
    "ti_x": "ti_x:{tie}",
    "of_f": "of_f:{document}",
    "pl_d": "pl_d:{line}:0",
    "pl_u": "pl_u:{done_line}:0",
    "rt_t": "rt_t:{result}:subject_3",
    "rt_e": "rt_e:{free}",
    "rt_s": "rt_s:{step}:{day}:upper",
    "rt_o": "rt_o:{step}:worked",
    "rt_x": "rt_x:{step}",
    "rt_u": "rt_u:{dropped}",
    "rt_z": "rt_z:1",
    "rt_f": "rt_f:1",
    "rt_yd": "rt_yd",
    "rt_yg": "rt_yg",
    "rt_ya": "rt_ya:{talk}",
    "rt_ys": "rt_ys:{talk}",
    "rt_yl": "rt_yl:{talk}",
    "rt_yb": "rt_yb:{practice}",
    "rt_vo": "rt_vo:methodist:0",
    "rt_vx": "rt_vx:{share}",
    "rt_vr": "rt_vr:{to_me}:0",
    "rt_vc": "rt_vc:{to_me}",
    "rr_b": "rr_b:{result}:0",
    "rr_a": "rr_a:{retest}:methodical_1:4",
    "rr_f": "rr_f:{answered_retest}",
    "rr_x": "rr_x:{retest}:1",
    "gr_j": "gr_j:{near_group}",
    "gr_l": "gr_l:{group}:1",
    "gr_v": "gr_v:{asking}:1",
    "gr_t": "gr_t:{group}:{day}:600",
    "gr_a": "gr_a:{called}:1",
    "gr_x": "gr_x:{called}:1",
    "gr_c": "gr_c:{begun}:{other}:1:0",
    "gr_f": "gr_f:{decision}",
    "gr_u": "gr_u:{done_decision}",
    "wp_t": "wp_t:{workline}:month",
    "wp_d": "wp_d:{workline}:0",
    "wp_s": "wp_s:{done_workline}:0:meeting:{held}",
    "wp_u": "wp_u:{done_workline}:0",
    "wp_x": "wp_x:{workline}:1",
    "dy_d": "dy_d:{diary}:{today}",
    "dy_x": "dy_x:{diary}:1",
    "dy_f": "dy_f:{today}",
    "df_n": "df_n:{visit}:subject:3",
    "xw_a": "xw_a:{invited}",
    "xw_d": "xw_d:{invited}:1",
    "tn_a": "tn_a",
    "tn_h": "tn_h:{training}:36",
    "tn_j": "tn_j:{training}:1",
    "tn_s": "tn_s:{whole_training}",
    "tn_x": "tn_x:{whole_training}:1",
    "rq_t": "rq_t:c:digital",
    "rq_e": "rq_e:{known}",
    "rq_s": "rq_s:1",
    "rq_g": "rq_g",
    "rq_x": "rq_x:1",
    "rq_d": "rq_d:{asked_me}",
    "rq_p": "rq_p:{answered}",
    "rq_h": "rq_h:{answered}:1",
    "rq_c": "rq_c:{answered}",
    "rq_y": "rq_y:{helped}",
    "pr_g": "pr_g:{found}",
    "pr_t": "pr_t:{found}",
    "pr_n": "pr_n",
    "pr_k": "pr_k:{told}:methodical",
    "pr_u": "pr_u:{told}:{told_file}",
    "pr_q": "pr_q:{told}",
    "pr_w": "pr_w:{told}:1",
    "pr_r": "pr_r:{gone}",
    "pr_y": "pr_y:{lives}:0",
    "nor": "nor:0",
    "pep": "pep:experience:33",
    "peo": "peo",
    "pex": "pex:full_name",
    "pet": "pet:reminders:off",
    "pen": "pen",
    "pem": "pem:withdraw_yes",
    "pem_erase": "pem:erase_yes",
}
"""What each writing button would change, by its prefix."""
TYPED_BEFORE = {"peo": ORGANISATION, "pex": NAME}
CHANGES_NOTHING_TWICE = {"pec", "pes"}  # a consent that was given, a profile that was saved
NOT_LOOKED_AT = {"dialog", "incoming_update"}


class Chat:
    """Somebody with something of everything."""

    def __init__(self, town: Town, person: SandboxPerson, numbers: dict[str, int]) -> None:
        self.town, self.person, self.numbers = town, person, numbers

    async def say(self, text: str) -> Message:
        await (await self.person.send(text)).settle()
        return await self.person.last()

    async def press(self, data: str, screen: Message) -> None:
        await self.person.forge(data.format(**self.numbers), screen.id)
        await self.person.settle(answer_is_enough=True)

    async def prepare(self, name: str) -> None:
        """A fresh screen on which the button would change something."""
        if name in FIRST:
            self.town.write(FIRST[name])
        await self.say("/menu")
        if name in TYPED_BEFORE:
            tap, text = TYPED_BEFORE[name]
            await self.press(tap, await self.person.last())
            await self.say(text)

    async def seen(self, screen: Message) -> Message:
        return next(one for one in await self.person.messages() if one.id == screen.id)

    def kept(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that the product keeps of people, as the file has it: two hundred tables, four times a test."""
        tables = [table.name for table in Base.metadata.sorted_tables if table.name not in NOT_LOOKED_AT]
        with closing(sqlite3.connect(self.town.url.removeprefix("sqlite:///"))) as connection:
            return {name: connection.execute(f'select * from "{name}"').fetchall() for name in tables}


def plant(database: Database, now: datetime) -> dict[str, int]:
    """Two mentors and a third, the first with something of everything; returns the numbers of it all."""
    first: dict[str, Any] = {"roles": [Role.MENTOR], "now": now}
    me = database.write(add_teacher, external_id=2001, name="Тестова Вера Ивановна", **first)
    other = database.write(add_teacher, external_id=2002, name="Юная Ольга", **first)
    third = database.write(add_teacher, external_id=2003, name="Новая Анна", now=now)
    staff, own = callers.staff(REGION, now), callers.person(me, now)
    numbers = {"result": complete(database, me, now=now - timedelta(days=200)).attempt_id}
    numbers["retest"] = begin_retest(database, me, numbers["result"], now, 1).retest_id
    numbers["answered_retest"] = answered(database, me, numbers["result"], now, number=2)
    numbers["attempt"] = walk(database, me, now=now)
    draft = World(database, now).complete(me)
    database.write(applications.answer_text, own, application_id=draft.id, number=1, text="Иначе сказано.")
    numbers |= {"draft": draft.id, "campaign": draft.campaign.id}
    numbers["free"], numbers["offered"], numbers["seated"] = (
        database.write(make_event, now=now, capacity=1, days=days) for days in (3, 4, 5)
    )
    numbers["rooms"] = database.write(
        make_event, now=now, capacity=1, split=True, mode=EventMode.HYBRID, link="https://a.ru"
    )
    numbers["attended"] = database.write(make_event, now=now - timedelta(days=3), days=2)
    for name in ("offered", "seated", "attended"):
        early = callers.person(me, now - timedelta(days=3))
        database.write(seats.register, early, event_id=numbers[name])
    offer = {"status": RegistrationStatus.OFFERED, "offered_until": now + timedelta(hours=5)}
    database.write(registered, event_id=numbers["offered"], **offer)
    database.write(registered, event_id=numbers["attended"], attended_at=now - timedelta(days=1))
    numbers["pair"] = database.write(staff_services.create_pair, staff, mentor_id=me, mentee_id=other)
    numbers["own_pair"] = database.write(staff_services.create_pair, staff, mentor_id=other, mentee_id=me)
    at = now + timedelta(days=2)
    numbers["ahead"] = database.write(meetings.plan_meeting, own, pair_id=numbers["pair"], at=at)
    series: dict[str, Any] = {"at": at + timedelta(hours=1), "weeks": 1, "until": (now + timedelta(days=20)).date()}
    numbers["row"], _ = database.write(meetings.plan_series, own, pair_id=numbers["pair"], **series)
    database.write(meetings.move_meeting, own, meeting_id=numbers["row"], at=at + timedelta(hours=3))
    numbers["until"] = now.date().toordinal() + 30
    database.write(ties.declare, own, name="Близкая Мария Ивановна", kind=TieKind.RELATIVE)
    numbers["tie"] = database.read(lambda session: session.scalars(select(Tie.id)).one())
    before = callers.person(me, now - timedelta(days=2))
    numbers["over"] = database.write(
        meetings.plan_meeting, before, pair_id=numbers["pair"], at=now - timedelta(hours=3)
    )
    scope = database.write(add_staff, login="m", role=StaffRole.REGIONAL_METHODIST, now=now)
    database.write(
        lambda session: session.execute(update(Staff).where(Staff.id == scope.staff_id).values(person_id=me))
    )
    numbers["line"], numbers["done_line"] = database.read(
        lambda session: session.scalars(select(PlanLine.id).limit(2)).all()
    )
    for line_id in (numbers["line"], numbers["done_line"]):
        database.write(plan_staff.name_responsible, staff, line_id=line_id, person_id=me)
    database.write(plans.done, own, line_id=numbers["done_line"], slot=0)
    numbers["step"], numbers["dropped"] = (
        database.write(routes.take_step, own, attempt_id=numbers["result"], item=item)[0].id
        for item in ("subject_1", "subject_2")
    )
    database.write(routes.drop, own, item_id=numbers["dropped"])
    numbers["today"] = now.date().toordinal()
    numbers["pair_before"] = database.write(staff_services.create_pair, staff, mentor_id=me, mentee_id=third)
    numbers["unplanned"] = database.write(meetings.log_unplanned, own, pair_id=numbers["pair_before"], day=now.date())
    numbers["proposed"], numbers["declined"] = (
        database.write(
            proposals.propose,
            staff,
            mentor_id=me,
            mentee_id=database.write(add_teacher, external_id=number, name="Ищущая", now=now),
        )
        for number in (2004, 2005)
    )
    database.write(proposals.answer, own, pair_id=numbers["declined"], agreed=False)
    numbers["day"] = now.date().toordinal() + 3
    numbers["surveyed"], numbers["survey_sent"], numbers["survey"] = database.write(surveyed, own)
    terms = database.read(lambda session: {
        kind: session.scalars(select(Term.id).where(Term.kind == kind).order_by(Term.position.desc())).first()
        for kind in (TermKind.DIRECTION, TermKind.SUPPORT_CATEGORY)
    })  # fmt: skip
    numbers["other_direction"] = terms[TermKind.DIRECTION] or 0
    numbers["other_category"] = terms[TermKind.SUPPORT_CATEGORY] or 0
    numbers["document"] = database.write(shared_document, now)
    numbers["material"] = database.write(filed_material, now, numbers["attended"])
    numbers |= group_of(database, me, other, third, now)
    numbers |= database.write(trained, me, now)
    numbers |= practices_of(database, own, other)
    numbers |= plan_of(database, own, callers.person(other, now), numbers["group"])
    numbers |= database.write(asked, me, other, now)
    database.write(heard, now=now)
    numbers["appealed"] = database.write(appealed, me, numbers["campaign"], now)
    return numbers


def appealed(session: Session, me: int, besides: int, now: datetime) -> int:
    """An application to the last selection with a file, refused, and an appeal that waits."""
    campaign = session.scalars(select(Campaign.id).where(Campaign.id != besides).order_by(Campaign.id)).first()
    at: dict[str, Any] = {"created_at": now, "submitted_at": now, "decided_at": now}
    row = Application(campaign_id=campaign, person_id=me, status=ApplicationStatus.REJECTED, number=9, **at)
    session.add(row)
    session.flush()
    file: dict[str, Any] = {"file_name": "справка.pdf", "stored_name": f"{'e' * 32}.pdf", "sha256": "e" * 64, "size": 9}
    session.add(Document(application_id=row.id, criterion=4, media_type="application/pdf", uploaded_at=now, **file))
    decision = Decision(application_id=row.id, verdict=Verdict.REJECT, reasons=[], comment="Нет", decided_at=now)
    session.add(decision)
    session.flush()
    due = now + timedelta(days=5)
    session.add(Appeal(decision_id=decision.id, application_id=row.id, text="Иначе", filed_at=now, due_at=due))
    session.flush()
    return row.id


def asked(session: Session, me: int, other: int, now: datetime) -> dict[str, int]:
    """A draft, requests that were answered, to answer and helped, and an answer that everybody is offered."""
    values: dict[str, Any] = {"component": "subject", "created_at": now, "asked_at": now, "due_at": now}
    answered = HelpRequest(**values, person_id=me, assignee_id=other, question="Как?", status=RequestStatus.ANSWERED)
    asked_me = HelpRequest(**values, person_id=other, assignee_id=me, question="Как?", status=RequestStatus.ASSIGNED)
    draft = HelpRequest(component="subject", created_at=now, person_id=me, question="Как?")
    over: dict[str, Any] = {"status": RequestStatus.CLOSED, "closed_at": now, "helped": True}
    helped = HelpRequest(**values, **over, person_id=other, assignee_id=me, question="Как?")
    known = KnowledgeLine(component="subject", question="Вопрос", answer="Ответ", added_at=now)
    session.add_all([answered, asked_me, draft, known, helped])
    session.flush()
    session.add(HelpMessage(request_id=helped.id, person_id=me, speaker=Speaker.MEMBER, text="Так.", said_at=now))
    return {"answered": answered.id, "asked_me": asked_me.id, "known": known.id, "helped": helped.id}


def trained(session: Session, me: int, now: datetime) -> dict[str, int]:
    """Two returned records of training, one of them whole; a line of the diary, an invitation as an expert."""
    values: dict[str, Any] = {"person_id": me, "status": TrainingStatus.RETURNED, "title": "Курс", "created_at": now}
    one = TrainingRecord(**values)
    two = TrainingRecord(**values, organisation="Институт", hours=72, issued_on=now.date(), of_project=False)
    kind = session.scalars(select(Term.id).where(Term.kind == TermKind.ACTIVITY)).first()
    line = DiaryLine(person_id=me, activity_id=kind, day=now.date() - timedelta(days=3), text="Дело", written_at=now)
    asked = ExpertKind(code="jury", name="жюри")
    visits = session.scalars(select(DiaryMeaning.activity_id).where(DiaryMeaning.source == DiarySource.VISIT)).one()
    seen = DiaryLine(person_id=me, activity_id=visits, day=now.date(), text="Занятие", written_at=now)
    session.add_all([one, two, line, asked, seen])
    session.flush()
    day = now.date() + timedelta(days=9)
    work = ExpertWork(person_id=me, kind_id=asked.id, title="Конкурс", starts_on=day, ends_on=day, created_at=now)
    session.add(work)
    session.flush()
    return {"training": one.id, "whole_training": two.id, "diary": line.id, "invited": work.id, "visit": seen.id}


def shared_document(session: Session, now: datetime) -> int:
    """A document whose file everybody may have."""
    stored = StoredFile("приказ.pdf", f"{'ab' * 16}.pdf", "application/pdf", 14, "0" * 64)
    row = session.scalars(select(OfficialDocument).order_by(OfficialDocument.id)).first()
    assert row is not None
    row.scan_id, row.shared = scans.keep(session, callers.clock(now), stored=stored), True
    return row.id


def filed_material(session: Session, now: datetime, event_id: int) -> int:
    """A file that is left of an event."""
    stored = StoredFile("слайды.pdf", f"{'cd' * 16}.pdf", "application/pdf", 14, "0" * 64)
    scan_id = scans.keep(session, callers.clock(now), stored=stored)
    row = EventMaterial(event_id=event_id, title="Слайды", link="", scan_id=scan_id, added_at=now)
    session.add(row)
    session.flush()
    return row.id


def group_of(database: Database, me: int, other: int, third: int, now: datetime) -> dict[str, int]:
    """A group that the first heads, another one near by, and what each of its buttons would change."""
    staff, own = callers.staff(REGION, now), callers.person(me, now)
    kind = database.write(add_kind)
    group, near = (database.write(make_group, now=now, kind_id=kind, name=name) for name in ("Совет", "Другой совет"))
    for person_id in (me, other):
        database.write(group_staff.add_member, staff, group_id=group, person_id=person_id, since=None)
    database.write(group_staff.name_head, staff, group_id=group, person_id=me)
    database.write(groups.ask_to_join, callers.person(third, now), group_id=group)
    called = database.write(groups.call_meeting, own, group_id=group, at=now + timedelta(days=2))
    begun, held = (
        database.write(
            group_meetings.save_meeting,
            staff,
            meeting_id=None,
            group_id=group,
            draft=group_meetings.MeetingDraft(at=now - timedelta(hours=hours), place="", link="", agenda=""),
        )
        for hours in (1, 30)
    )
    minutes: dict[str, Any] = {"number": "1", "minutes": "Слушали.", "came": frozenset({me})}
    database.write(group_meetings.write_minutes, staff, meeting_id=held, **minutes)
    said = group_meetings.DecisionDraft(text="Сделать дело", responsible_id=me, due_on=None)
    decision, done = (database.write(group_meetings.add_decision, staff, meeting_id=held, draft=said) for _ in range(2))
    database.write(groups.done, own, decision_id=done)
    workline, done_workline = (
        database.write(workplans.add, own, group_id=group, year=school_year(now.date()), text=text)
        for text in ("Дело первое", "Дело второе")
    )
    database.write(workplans.done, own, line_id=done_workline, slot=0)
    asking = database.read(
        lambda session: session.scalars(select(GroupMember.id).where(GroupMember.person_id == third)).one()
    )
    return {
        "group": group,
        "near_group": near,
        "asking": asking,
        "called": called,
        "begun": begun,
        "other": other,
        "decision": decision,
        "done_decision": done,
        "held": held,
        "workline": workline,
        "done_workline": done_workline,
    }


@pytest.fixture(scope="module")
def planted(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """A database to copy with all that `plant` makes, and its numbers."""
    file = tmp_path_factory.mktemp("planted") / "template.db"
    database = Database.connect(copy_sqlite(_sqlite_template, file))
    numbers = plant(database, MONDAY)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return file, numbers


@pytest.fixture
async def chat(planted: tuple[Path, dict[str, int]], clock: FrozenClock, tmp_path: Path) -> AsyncIterator[Chat]:
    template, numbers = planted
    town = await Town(copy_sqlite(template, tmp_path / "opora.db"), clock, data_dir=tmp_path / "data").open()
    person = await town.client.person(2001, first_name="Вера", started=True)
    yield Chat(town, person, numbers)
    await town.close()


def surveyed(session: Session, own: PersonCaller) -> tuple[int, int, int]:
    """A survey that is open, another with all replies, and one that is not begun."""
    one, two, three = (add_survey(session, now=own.now, key=f"needs_{number}") for number in range(3))
    opened = surveys.start_or_resume(session, own, instrument_id=one).attempt_id
    whole = surveys.start_or_resume(session, own, instrument_id=two)
    for question in whole.content.questions:
        surveys.reply(session, own, attempt_id=whole.attempt_id, question=question.code)
    return opened, whole.attempt_id, three


def registered(session: Session, *, event_id: int, **fields: Any) -> None:
    session.execute(update(Registration).where(Registration.event_id == event_id).values(**fields))


def withdrawn(session: Session) -> None:
    session.execute(update(Application).values(status=ApplicationStatus.WITHDRAWN))


def nothing_begun(session: Session) -> None:
    begun = select(Attempt.id).where(Attempt.status == AttemptStatus.IN_PROGRESS)
    session.execute(delete(Answer).where(Answer.attempt_id.in_(begun)))
    session.execute(delete(Attempt).where(Attempt.status == AttemptStatus.IN_PROGRESS))


def writes(handler: Callable[..., Any]) -> bool:
    """Whether a handler changes something, itself or by a private function beside it."""
    source = inspect.getsource(handler)
    beside = inspect.getmodule(handler)
    helpers = [getattr(beside, name) for name in re.findall(r"await (_\w+)\(", source)]
    return ".write(" in source or "erase(" in source or any(writes(one) for one in helpers if one is not handler)


def test_no_button_that_writes_is_left_out(town: Town) -> None:
    handlers = town.bot.dispatcher.callback_query.handlers
    writing = {prefix for one in handlers if (prefix := _prefix(one)) and writes(one.callback)}
    assert writing == {name.partition("_erase")[0] for name in CHANGED} | CHANGES_NOTHING_TWICE


def unpaired(session: Session) -> None:
    """Nobody accompanies anybody here any more."""
    session.execute(update(Pair).values(status=PairStatus.FINISHED).where(Pair.status == PairStatus.ACTIVE))


def wishing(session: Session) -> None:
    """The first looks for a mentor."""
    person = session.scalars(select(MessengerAccount.person_id).where(MessengerAccount.external_id == 2001)).one()
    session.execute(delete(MentorWish))
    session.add(MentorWish(person_id=person, asked_at=MONDAY))


FIRST = {
    "aps": withdrawn,
    "dg_b": nothing_begun,
    "rt_yd": undrafted,
    "rt_vo": unshared,
    "me_ip": unpaired,
    "me_iu": wishing,
}


@pytest.mark.parametrize("name", CHANGED)
async def test_a_button_changes_nothing_from_an_old_screen_and_the_same_from_the_live_one_does(
    chat: Chat, name: str
) -> None:
    old = await chat.say("/help")
    await chat.prepare(name)
    live = await chat.person.last()
    assert not (await chat.seen(old)).buttons, "whatever another screen followed loses its buttons"
    before = chat.kept()
    await chat.press(CHANGED[name], old)
    assert chat.kept() == before
    assert "устарела" in (await chat.person.toasts())[-1]["text"]
    fresh = await chat.seen(old)
    assert fresh.text != old.text and fresh.buttons, "a fresh screen stands there"
    assert not (await chat.seen(live)).buttons, "and no other is live"

    await chat.prepare(name)
    before = chat.kept()
    await chat.press(CHANGED[name], await chat.person.last())
    assert chat.kept() != before, "a control: it does change something"


async def test_a_question_that_stays_is_answered_once(chat: Chat) -> None:
    """The notices «Как прошло?» and «Оцените» stay in the chat.

    What they asked is not answered anew by a wrong tap weeks later, and what was answered can be put right on the fresh
    screen.
    """
    old = await chat.say("/help")
    for first, later in (("!ev_s:{attended}:5", "!ev_s:{attended}:1"), ("!me_g:{over}:1", "!me_g:{over}:0")):
        await chat.press(first, old)
        before = chat.kept()
        await chat.press(later, old)
        assert chat.kept() == before, later
        assert "устарела" in (await chat.person.toasts())[-1]["text"]
        fresh = await chat.person.last()
        correcting = "Ваша оценка" if "ev_s" in first else "Не получилось"
        assert any(correcting in text for text in fresh.buttons), fresh
        await chat.person.tap(correcting)
        await chat.person.settle()
    assert chat.kept() != before


async def test_a_list_of_directions_that_words_answered_does_not_change_the_draft(town: Town) -> None:
    """A direction was found by typing; a tap on the list above it silently made the draft another's."""
    person = await town.teacher()
    await (await person.send("/apply")).settle()
    await person.tap("Подать заявку")
    await person.settle()
    old = await person.last()
    other = old.callbacks[1]
    await (await person.send("грамотность")).settle()
    await person.tap("Функциональная грамотность")
    await person.settle()
    chosen = town.read(lambda session: session.scalars(select(Application.direction_id)).one())
    assert not next(one for one in await person.messages() if one.id == old.id).buttons
    await person.forge(other, old.id)
    await person.settle()
    assert town.read(lambda session: session.scalars(select(Application.direction_id)).one()) == chosen
    assert "Продолжить заявку" in next(one for one in await person.messages() if one.id == old.id).buttons


async def test_the_live_screen_is_known_after_a_restart(chat: Chat) -> None:
    old = await chat.say("/help")
    await chat.say("/menu")
    await chat.town.kill_bot()
    before = chat.kept()
    await chat.press(CHANGED["apb"], old)
    assert chat.kept() == before
