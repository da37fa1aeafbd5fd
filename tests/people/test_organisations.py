"""A typed organisation becomes a known one: whatever names it goes along."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import erasure
from db.accounts.models import Staff
from db.applications.models import Application, ApplicationStatus, Campaign
from db.clock import FrozenClock
from db.commission.models import Commission, CommissionInterest
from db.database import Database
from db.diagnostics.models import ComponentScore, ScoreTally
from db.dictionaries.models import Organisation
from db.people.models import Person
from db.people.staff_services import merge_organisations
from db.scope import StaffRole
from db.ties.models import Tie, TieKind
from tests.events.support import REGION
from tests.reports.test_deficits import heat, municipality, plant, publish
from tests.support import callers
from tests.support.town import add_teacher

HERE = "chelyabinsky-go"


def test_what_names_a_typed_organisation_names_the_known_one_it_joined(database: Database, clock: FrozenClock) -> None:
    """It could join nothing once an application had been sent from it or a member of a commission had declared it."""
    now = clock.now()
    own = database.write(add_teacher, external_id=1, name="Ёлкина Вера", now=now)

    def typed(session: Session) -> tuple[int, int, int]:
        known = session.get_one(Person, own).organisation_id or 0
        place = session.get_one(Organisation, known).municipality_id
        row = Organisation(municipality_id=place, name="сош 1 (вписана)", confirmed=False)
        member = Staff(login="member", name="Член", role=StaffRole.REGIONAL_METHODIST, created_at=now)
        session.add_all([row, member])
        session.flush()
        session.get_one(Person, own).organisation_id = row.id
        campaign = session.scalars(select(Campaign.id)).first() or 0
        session.add(Commission(campaign_id=campaign, created_at=now))
        session.flush()
        sent = Application(campaign_id=campaign, person_id=own, organisation_id=row.id, created_at=now)
        said: dict[str, Any] = {"campaign_id": campaign, "staff_id": member.id, "declared_at": now}
        tie: dict[str, Any] = {"person_id": own, "kind": TieKind.RELATIVE, "declared_at": now}
        places = (row.id, known)
        both = [CommissionInterest(organisation_id=one, **said) for one in places]
        session.add_all([sent, *both, *(Tie(organisation_id=one, **tie) for one in places)])
        return row.id, known, sent.id

    made, known, _ = database.write(typed)
    region = callers.staff(REGION, now)
    assert database.write(merge_organisations, region, organisation_id=made, into_id=known) == 1

    def named(session: Session) -> list[list[int | None]]:
        return [
            list(session.scalars(select(column).where(column.is_not(None))))
            for column in (Application.organisation_id, CommissionInterest.organisation_id, Tie.organisation_id)
        ]

    assert database.read(named) == [[known], [known], [known]], "of two that would say the same one stays"


def test_a_typed_organisation_goes_with_its_person_though_a_decided_application_was_sent_from_it(
    database: Database, clock: FrozenClock
) -> None:
    """What is kept of a decided application names nothing that its erased author typed."""
    now = clock.now()
    own = database.write(add_teacher, external_id=1, name="Ёлкина Вера", now=now)

    def typed(session: Session) -> int:
        person = session.get_one(Person, own)
        row = Organisation(municipality_id=person.municipality_id, name="сош 1 (вписана)", confirmed=False)
        session.add(row)
        session.flush()
        person.organisation_id = row.id
        campaign = session.scalars(select(Campaign.id)).first() or 0
        decided = {"status": ApplicationStatus.REJECTED, "decided_at": now}
        session.add(Application(campaign_id=campaign, person_id=own, organisation_id=row.id, created_at=now, **decided))
        return row.id

    made = database.write(typed)
    database.write(erasure.erase, callers.clock(now), person_id=own, requested_by="person")
    assert database.read(lambda session: session.get(Organisation, made)) is None
    assert database.read(lambda session: session.scalars(select(Application.status)).all()), "the figure stays"


def test_results_of_an_organisation_that_joined_another_are_counted_on(database: Database, clock: FrozenClock) -> None:
    """A list that had confirmed it was taken back; the known one had two sums then, and publishing ended for good."""

    def school(session: Session, name: str) -> int:
        town = municipality(session, HERE)
        known = select(Organisation).where(Organisation.name == name)
        row = session.scalars(known).first() or Organisation(municipality_id=town, name=name, confirmed=True)
        session.add(row)
        session.flush()
        before = session.scalars(select(ComponentScore.attempt_id)).all()
        plant(session, place=HERE, values=[80] * 6, now=clock.now())
        newly = update(ComponentScore).where(ComponentScore.attempt_id.not_in(before))
        session.execute(newly.values(organisation_id=row.id))
        return row.id

    made, known = (database.write(school, name) for name in ("лицей 1", "лицей № 1"))
    publish(database, clock)
    assert database.read(lambda session: len(session.scalars(select(ScoreTally)).all())) == 2
    database.write(lambda session: session.execute(update(Organisation).values(confirmed=Organisation.id != made)))
    database.write(merge_organisations, callers.staff(REGION, clock.now()), organisation_id=made, into_id=known)
    assert [row.people for row in heat(database).rows] == [12]
    database.write(school, "лицей № 1")
    publish(database, clock)
    assert [row.people for row in heat(database).rows] == [18]
    sums = database.read(lambda session: session.execute(select(ScoreTally.organisation_id, ScoreTally.people)).all())
    assert [tuple(one) for one in sums] == [(known, 18)]
