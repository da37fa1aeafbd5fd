"""One-time links for files: whose they are, what they take, when they end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.applications import services as applications
from db.applications.models import Campaign, Document
from db.documents.models import Scan
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.notices.models import Notice, NoticeStatus
from db.training import services as training
from db.training.models import TrainingRecord, TrainingStatus
from db.uploads import services, sweeps
from db.uploads.models import UploadLink
from db.uploads.rules import KEPT, LASTS, MOST
from tests.applications.support import World, stored
from tests.support import callers


def given(world: World, person_id: int, application_id: int, number: int = 4) -> str:
    asked = callers.person(person_id, world.now)
    return world.database.write(services.give_link, asked, application_id=application_id, number=number)


def come(world: World, token: str, file: int, *, late: timedelta = timedelta()) -> bool:
    return world.database.write(services.receive, callers.clock(world.now + late), token=token, document=stored(file))


def gone(world: World, token: str, *, late: timedelta = timedelta()) -> str:
    with pytest.raises(NotFoundError) as refusal:
        world.database.read(services.look, callers.clock(world.now + late), token=token)
    return refusal.value.code


def test_files_come_to_the_criterion_and_one_message_tells_of_them(world: World) -> None:
    person_id = world.teacher()
    application = world.draft(person_id)
    token = given(world, person_id, application.id)
    assert world.database.read(services.look, callers.clock(world.now), token=token).there == 0
    for file, added in ((1, True), (1, False), (2, True)):
        assert come(world, token, file) is added
    page = world.database.read(services.look, callers.clock(world.now), token=token)
    assert (page.there, page.received, page.number) == (2, 2, 4)
    rows = world.database.read(lambda session: session.execute(select(Document.criterion, Document.size)).all())
    assert [tuple(row) for row in rows] == [(4, 1001), (4, 1002)]
    told = world.database.read(
        lambda session: session.scalars(
            select(Notice).where(Notice.kind == "uploads.came", Notice.status == NoticeStatus.PENDING)
        ).all()
    )
    assert [(one.person_id, one.params["files"], one.params["criterion"]) for one in told] == [(person_id, 2, 4)]


def test_a_link_ends_by_its_time_by_its_holder_and_by_a_newer_one(world: World) -> None:
    person_id = world.teacher()
    application = world.draft(person_id)
    first = given(world, person_id, application.id)
    second = given(world, person_id, application.id, number=5)
    assert gone(world, first) == "upload_gone"
    come(world, second, 1, late=LASTS - timedelta(seconds=1))
    assert gone(world, second, late=LASTS) == "upload_gone"
    third = given(world, person_id, application.id)
    world.database.write(services.close, callers.clock(world.now), token=third)
    assert gone(world, third) == "upload_gone" == gone(world, "nobody's")
    with pytest.raises(NotFoundError):
        come(world, third, 2)
    world.database.write(sweeps.forget_links, callers.clock(world.now + LASTS + KEPT + timedelta(seconds=1)))
    assert world.database.read(lambda session: session.scalar(select(func.count(UploadLink.id)))) == 0


def test_a_link_leads_to_ones_own_open_part_alone(world: World) -> None:
    author, other = world.teacher(), world.teacher(2002, "Другова Анна Петровна")
    application = world.complete(author)
    with pytest.raises(NotFoundError):
        given(world, other, application.id)
    with pytest.raises(DomainError) as refusal:
        given(world, author, application.id, number=6)
    assert refusal.value.code == "documents_not_needed"
    token = given(world, author, application.id)
    world.database.write(applications.submit, callers.person(author, world.now), application_id=application.id)
    for use in (lambda: come(world, token, 9), lambda: given(world, author, application.id)):
        with pytest.raises(ForbiddenError) as locked:
            use()
        assert locked.value.code == "application_locked"
    late = world.draft(other)
    token = given(world, other, late.id)
    world.database.write(lambda session: session.execute(update(Campaign).values(closes_at=world.now)))
    with pytest.raises(DomainError) as over:
        come(world, token, 10)
    assert over.value.code == "application_closed"


def test_links_are_asked_for_so_often_and_no_more(world: World) -> None:
    person_id = world.teacher()
    application = world.draft(person_id)
    tokens = {given(world, person_id, application.id) for _ in range(MOST)}
    assert len(tokens) == MOST
    with pytest.raises(DomainError) as refusal:
        given(world, person_id, application.id)
    assert refusal.value.code == "upload_many"


def test_files_that_come_at_once_are_all_counted(world: World) -> None:
    person_id = world.teacher()
    application = world.draft(person_id)
    token = given(world, person_id, application.id)
    with ThreadPoolExecutor(4) as pool:
        came = list(pool.map(lambda file: come(world, token, file), (1, 2, 3, 3)))
    assert sorted(came) == [False, True, True, True]
    assert world.database.read(services.look, callers.clock(world.now), token=token).received == 3


def record_of(world: World, person_id: int, title: str = "Курсы по функциональной грамотности") -> int:
    asked = callers.person(person_id, world.now)
    number = world.database.write(training.begin, asked).id
    world.database.write(training.put_text, asked, record_id=number, field="title", text=title)
    return number


def test_a_document_of_training_comes_by_the_same_link(world: World) -> None:
    """A certificate with a name and a number could come through a foreign messenger alone."""
    person_id, other = world.teacher(), world.teacher(2002, "Другова Анна Петровна")
    record_id = record_of(world, person_id)
    asked = callers.person(person_id, world.now)
    with pytest.raises(NotFoundError):
        world.database.write(services.give_record_link, callers.person(other, world.now), record_id=record_id)
    token = world.database.write(services.give_record_link, asked, record_id=record_id)
    page = world.database.read(services.look, callers.clock(world.now), token=token)
    assert (page.number, page.short, page.there, page.room) == (None, "Курсы по функциональной грамотности", 0, 1)
    assert [come(world, token, file) for file in (1, 1, 2)] == [True, False, True]

    def kept(session: Session) -> list[str]:
        row = session.get_one(TrainingRecord, record_id)
        assert row.scan is not None
        return [row.scan.sha256, *session.scalars(select(Scan.sha256))]

    assert world.database.read(kept) == [stored(2).sha256] * 2, "the newer one stands in place of the other"
    told = select(Notice.params).where(Notice.kind == "uploads.came", Notice.status == NoticeStatus.PENDING)
    (params,) = world.database.read(lambda session: session.scalars(told).all())
    assert (params["record"], params["files"]) == (record_id, 2)
    again = world.database.write(services.give_record_link, asked, record_id=record_id)
    assert gone(world, token) == "upload_gone"
    values = {"status": TrainingStatus.SENT}
    world.database.write(lambda session: session.execute(update(TrainingRecord).values(**values)))
    with pytest.raises(ConflictError, match="training_sent"):
        come(world, again, 3)
