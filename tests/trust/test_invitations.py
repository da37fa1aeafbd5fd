"""A link gives no more than its author may give by hand: a municipal methodist's is for the own municipality."""

import pytest
from sqlalchemy import select, update

from db.accounts.models import Staff
from db.clock import FrozenClock
from db.database import Database
from db.errors import DomainError
from db.people import services, staff_services
from db.people.models import Invitation, Role, RoleGrant
from db.scope import StaffRole
from tests.support import callers
from tests.support.panel import add_staff
from tests.support.town import add_teacher

HOME, FOREIGN = "chelyabinsky-go", "varnensky-mr"


@pytest.fixture
def link(database: Database, clock: FrozenClock) -> str:
    author = database.write(
        add_staff, login="town", role=StaffRole.MUNICIPAL_METHODIST, municipalities=(HOME,), now=clock.now()
    )
    return database.write(staff_services.invite, callers.administrator(clock.now(), author), role=Role.MENTOR)


def test_a_municipal_methodists_link_gives_nothing_elsewhere(database: Database, clock: FrozenClock, link: str) -> None:
    now = clock.now()
    guest = database.write(add_teacher, external_id=1, name="Гость", municipality=FOREIGN, now=now)
    with pytest.raises(DomainError) as refusal:
        database.write(services.accept_invitation, callers.person(guest, now), token=link)
    assert refusal.value.code == "invitation_elsewhere"
    assert database.read(lambda session: session.scalars(select(RoleGrant)).all()) == []
    assert database.read(lambda session: session.scalar(select(Invitation.used_by))) is None, "it stays for its own"
    own = database.write(add_teacher, external_id=2, name="Свой", municipality=HOME, now=now)
    assert database.write(services.accept_invitation, callers.person(own, now), token=link) is Role.MENTOR


def test_a_dismissed_methodists_link_gives_nothing(database: Database, clock: FrozenClock, link: str) -> None:
    own = database.write(add_teacher, external_id=2, name="Свой", municipality=HOME, now=clock.now())
    database.write(lambda session: session.execute(update(Staff).values(active=False)))
    with pytest.raises(DomainError) as refusal:
        database.write(services.accept_invitation, callers.person(own, clock.now()), token=link)
    assert refusal.value.code == "invitation_over"


def test_who_may_only_read_now_gives_nothing_by_an_older_link(
    database: Database, clock: FrozenClock, link: str
) -> None:
    own = database.write(add_teacher, external_id=2, name="Свой", municipality=HOME, now=clock.now())
    database.write(lambda session: session.execute(update(Staff).values(role=StaffRole.READER)))
    with pytest.raises(DomainError) as refusal:
        database.write(services.accept_invitation, callers.person(own, clock.now()), token=link)
    assert refusal.value.code == "invitation_over"
