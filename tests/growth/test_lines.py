"""What nouns say of a person in papers: own words are the owner's alone, an internship stands once with its paper."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.events import seats
from db.events.models import Registration
from db.growth.queries import PaperFacts, gathered
from db.papers import PaperKind, PaperReader
from db.presence import staff_services as presence
from db.routes import planning, sharing
from db.routes.models import RouteReader
from db.sites.models import Site
from db.training import staff_services as training
from db.training.staff_services import TrainingDraft
from tests.events.support import REGION
from tests.programmes.support import TITLE, lessons, make_run
from tests.support import callers
from tests.support.town import add_teacher

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SECRET = "Слова только для себя"


@pytest.fixture
def person_id(database: Database, clock: FrozenClock) -> int:
    return database.write(add_teacher, external_id=1, name="Юная Вера Ивановна", now=clock.now())


def facts(database: Database, clock: FrozenClock, person_id: int, reader: PaperReader) -> PaperFacts:
    now = callers.clock(clock.now() + timedelta(days=400))
    return database.read(gathered, now, person_id=person_id, reader=reader, result=None)


def test_a_methodists_copy_has_an_opened_route_and_never_the_own_words(
    database: Database, clock: FrozenClock, person_id: int
) -> None:
    own = callers.person(person_id, clock.now())
    line = database.write(planning.add_own, own, text="Прочитать книгу")
    database.write(planning.prove, own, item_id=line.id, text=SECRET)
    mine = facts(database, clock, person_id, PaperReader.OWNER).lines
    assert [(one.kind, one.title, one.note) for one in mine] == [
        (PaperKind.ROUTE_EVENT, "Прочитать книгу", ""),
        (PaperKind.WORD, "Прочитать книгу", SECRET),
    ]
    assert not facts(database, clock, person_id, PaperReader.METHODIST).lines, "nobody opened it"
    share = database.write(sharing.share, own, reader=RouteReader.METHODIST, of=0).shares[0]
    theirs = facts(database, clock, person_id, PaperReader.METHODIST).lines
    assert [one.kind for one in theirs] == [PaperKind.ROUTE_EVENT]
    assert SECRET not in repr(theirs)
    database.write(sharing.revoke, own, share_id=share.share_id)
    assert not facts(database, clock, person_id, PaperReader.METHODIST).lines, "closed, it is gone at once"


def test_an_internship_is_told_once_and_only_when_all_lessons_were_attended(
    database: Database, clock: FrozenClock, person_id: int
) -> None:
    now, later = clock.now(), clock.now() + timedelta(days=40)
    event_id = database.write(make_run, now=now)
    database.write(seats.register, callers.person(person_id, now), event_id=event_id)
    place = database.read(lambda s: s.scalars(select(Registration.id).where(Registration.person_id == person_id)).one())
    staff = callers.staff(REGION, later)
    for part in database.read(lessons, event_id=event_id):
        assert not facts(database, clock, person_id, PaperReader.OWNER).lines, "not all of it yet"
        database.write(presence.sit_in, staff, event_id=event_id, session_id=part.id, registration_ids=[place])
    for reader in PaperReader:
        (line,) = facts(database, clock, person_id, reader).lines
        assert (line.kind, line.title, line.hours) == (PaperKind.INTERNSHIP, TITLE, 8)
        assert line.note == database.read(site) and line.payload.startswith("ev_")


def site(session: Session) -> str:
    return session.scalars(select(Site.title).where(Site.active).order_by(Site.id)).first() or ""


def test_a_course_stands_on_its_day_with_its_document_once_it_is_confirmed(
    database: Database, clock: FrozenClock, person_id: int
) -> None:
    day = clock.now().date() - timedelta(days=30)
    draft = TrainingDraft(
        title="Оценивание", organisation="Институт", hours=36, document="УД-7", issued_on=day, of_project=False
    )
    staff = callers.staff(REGION, clock.now())
    record_id = database.write(training.write_down, staff, person_id=person_id, draft=draft)
    (line,) = facts(database, clock, person_id, PaperReader.METHODIST).lines
    assert (line.kind, line.title, line.note, line.hours) == (PaperKind.COURSE, "Оценивание", "Институт, УД-7", 36)
    assert line.at.date() == day
    database.write(training.return_record, staff, record_id=record_id, remark="Не тот номер документа")
    assert not facts(database, clock, person_id, PaperReader.OWNER).lines
