"""Many applications are returned with one text: what may not be is left and told, and all of it can be taken back."""

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.applications import bulk, staff_services
from db.applications.models import Application, ApplicationStatus, CriterionAnswer, Verdict
from db.audit.models import AuditEntry
from db.caller import StaffCaller
from db.clock import FrozenClock
from db.database import Database
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.notices.models import Notice
from db.scope import StaffRole
from tests.applications.panel import Desk, give_password, panel
from tests.applications.support import World
from tests.support import callers

S = ApplicationStatus


@pytest.fixture
def methodist(world: World) -> StaffCaller:
    return callers.staff(world.staff(), world.now)


def sent(world: World, many: int) -> list[int]:
    return [
        world.submitted(world.teacher(2001 + place, f"Белова {'А' * (place + 1)}нна Ивановна")).id
        for place in range(many)
    ]


def statuses(session: Session) -> list[S]:
    return list(session.scalars(select(Application.status).order_by(Application.id)))


def own(session: Session, *, staff_id: int, application_id: int) -> None:
    session.get_one(Staff, staff_id).person_id = session.get_one(Application, application_id).person_id


def test_colleagues_own_and_decided_ones_are_left_and_told(world: World, methodist: StaffCaller) -> None:
    door, ids = world.database, sent(world, 6)
    colleague = world.staff("kollega")
    door.write(staff_services.assign, methodist, application_ids=[ids[0]], to=methodist.scope.staff_id)
    door.write(staff_services.assign, methodist, application_ids=[ids[1]], to=colleague.staff_id)
    door.write(own, staff_id=methodist.scope.staff_id, application_id=ids[2])
    refused = {"verdict": Verdict.REJECT, "revision": 0, "comment": "нет"}
    revision = door.read(lambda session: session.get_one(Application, ids[3]).revision)
    door.write(staff_services.decide, methodist, application_id=ids[3], **{**refused, "revision": revision})
    seen = door.read(bulk.returnable, methodist, application_ids=[*ids, 999])
    assert seen.ids == (ids[0], ids[4], ids[5])
    assert (seen.taken, seen.holders, seen.own, seen.gone) == (1, ("Методист kollega",), 1, 2)

    later = replace(methodist, now=methodist.now + timedelta(seconds=1))
    with pytest.raises(DomainError, match="decision_reason_needed"):
        door.write(bulk.return_all, later, application_ids=ids, reasons=[], comment=" ")
    decision = door.write(bulk.return_all, later, application_ids=ids, reasons=[2], comment="Приложите удостоверение.")
    assert door.read(statuses) == [S.RETURNED, S.SUBMITTED, S.SUBMITTED, S.REJECTED, S.RETURNED, S.RETURNED]
    told = door.read(lambda session: session.scalars(select(Notice).where(Notice.kind == "applications.decided")).all())
    assert Counter(notice.params["comment"] for notice in told) == {"Приложите удостоверение.": 3, "нет": 1}
    lines = door.read(lambda session: [one.action for one in session.scalars(select(AuditEntry))])
    assert lines.count("applications.return") == 3

    stranger = callers.staff(colleague, later.now)
    with pytest.raises(NotFoundError):
        door.write(bulk.undo_all, stranger, decision_id=decision)
    assert door.write(bulk.undo_all, later, decision_id=decision) == bulk.Undone(3, 0)
    assert Counter(door.read(statuses)) == {S.SUBMITTED: 5, S.REJECTED: 1}
    assert not door.read(lambda session: session.scalars(select(CriterionAnswer.remark).distinct()).all())[1:]
    with pytest.raises(ConflictError, match="undo_too_late"):
        again = door.write(bulk.return_all, later, application_ids=ids, reasons=[2], comment=None)
        door.write(bulk.undo_all, replace(later, now=later.now + timedelta(seconds=11)), decision_id=again)


def test_a_reader_returns_nothing_and_a_town_only_its_own(world: World) -> None:
    door, ids = world.database, sent(world, 1)
    with pytest.raises(ForbiddenError):
        door.read(bulk.returnable, callers.staff(world.staff("r", StaffRole.READER), world.now), application_ids=ids)
    other = callers.staff(world.staff("t", StaffRole.MUNICIPAL_METHODIST, "varnensky-mr"), world.now)
    with pytest.raises(DomainError, match="return_nothing"):
        door.write(bulk.return_all, other, application_ids=ids, reasons=[1], comment=None)
    assert door.read(statuses) == [S.SUBMITTED]


def test_all_that_was_found_is_returned_and_taken_back_in_the_panel(
    world: World, database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    ids = sent(world, 52)  # more than a page
    app: Flask = panel(database, clock, tmp_path)
    desk = Desk(app, give_password(database, world.staff()))
    assert "Вернуть…" in desk.get("/applications/?q=белова")[1]
    code, page = desk.post("/applications/return?q=белова", all_found="1")
    assert code == 200 and "Вернуть 52 заявки" in page and "Нет удостоверения о курсах" in page
    seal = re.search(r'name="seal" value="([^"]+)"', page)
    assert seal
    form = {"chosen": [str(one) for one in ids], "sure": "1", "comment": "Приложите удостоверение.", "seal": seal[1]}
    code, page = desk.post("/applications/return?q=белова", **form)
    assert "Возвращен" not in page, "nobody can have read the page yet"
    clock.moment += timedelta(seconds=2)
    code, page = desk.post("/applications/return?q=белова", **{**form, "chosen": form["chosen"][1:]})
    assert "Возвращен" not in page, "others than those that were shown"
    code, page = desk.post("/applications/return?q=белова", **form)
    assert "Возвращены на доработку 52 заявки" in page
    undo = re.search(r'action="(/applications/undo/\d+/together[^"]*)"', desk.get("/people/")[1])
    assert undo
    code, page = desk.post(undo[1])
    assert "Отменено: 52 заявки снова ждут решения" in page
    assert set(database.read(statuses)) == {S.SUBMITTED}
