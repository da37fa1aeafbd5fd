"""The funnel: the figures of the source, scope, and what counts as sent."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from db.accounts.models import Staff
from db.applications.models import Application, ApplicationStatus, Campaign, Decision, Verdict
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality
from db.errors import NotFoundError
from db.reports import selection
from db.reports.selection import Count
from db.scope import Scope, StaffRole
from tests.support import callers

REGION = Scope(1, StaffRole.REGIONAL_METHODIST, None)
ABSENT = (
    "Варненский МР",
    "Кизильский МР",
    "Локомотивный ГО",
    "Нагайбакский МР",
    "Пластовский МР",
    "Троицкий МР",
    "Уйский МР",
)


def default(database: Database, clock: FrozenClock) -> selection.Funnel:
    campaign = database.read(selection.default_campaign, callers.clock(clock.now()))
    assert campaign is not None
    return database.read(selection.funnel, callers.staff(REGION), campaign_id=campaign)


def test_the_demo_prints_the_sources_figures(demo: Database, clock: FrozenClock) -> None:
    found = default(demo, clock)
    assert found.order_number == "02/2066"
    assert found.total == Count(629, 458, 171)
    assert (len(found.municipalities), found.places) == (36, 43)
    assert found.absent == ABSENT
    assert round(100 * (found.absent_share or 0)) == 16
    assert [(one.number, one.count) for one in found.refusals] == [(1, 49), (2, 74), (3, 48)]
    assert found.other_refusals == 0
    for lines in (found.directions, found.municipalities):
        assert sum(line.count.sent for line in lines) == 629
        assert sum(line.count.approved for line in lines) == 458
    assert len(found.directions) == 19


def test_a_place_is_told_in_fives_to_whoever_may_not_open_its_applications(demo: Database, clock: FrozenClock) -> None:
    campaign = default(demo, clock).campaign_id
    reader = callers.staff(Scope(2, StaffRole.READER, None))
    found = demo.read(selection.funnel, reader, campaign_id=campaign)
    assert (found.total, len(found.municipalities), found.exact) == (Count(629, 458, 171), 36, False)
    true = {line.id: line.count for line in default(demo, clock).municipalities}
    assert any(0 < count.rejected < 5 for count in true.values()), "or the test proves nothing"
    for line in found.municipalities:
        for field in ("sent", "approved", "rejected"):
            told, was = getattr(line.count, field), getattr(true[line.id], field)
            assert told % 5 == 0 and abs(told - was) <= 2, line
        assert line.count.waiting >= 0


def test_a_direction_and_a_reason_are_told_in_fives_too(demo: Database, clock: FrozenClock) -> None:
    """One applicant in a direction, one refusal: the line says of a known colleague what was decided."""
    exact = default(demo, clock)
    reader = callers.staff(Scope(2, StaffRole.READER, None))
    found = demo.read(selection.funnel, reader, campaign_id=exact.campaign_id)
    for line, was in zip(found.directions, exact.directions, strict=True):
        for field in ("sent", "approved", "rejected"):
            told, true = getattr(line.count, field), getattr(was.count, field)
            assert told % 5 == 0 and abs(told - true) <= 2, line
    assert found.directions != exact.directions and found.refusals != exact.refusals
    assert [one.count for one in found.refusals] == [50, 75, 50]


def test_only_what_reached_the_commission_counts(demo: Database, clock: FrozenClock) -> None:
    """The present campaign has 9 drafts and 1 withdrawn besides 43 that were sent."""
    campaign = demo.read(lambda session: session.scalar(select(Campaign.id).where(Campaign.code == "rma-extra")))
    found = demo.read(selection.funnel, callers.staff(REGION), campaign_id=campaign or 0)
    assert (found.total, found.total.waiting) == (Count(43, 8, 3), 32)


def test_the_default_is_the_latest_finished_campaign_with_decisions(demo: Database, clock: FrozenClock) -> None:
    assert default(demo, clock).title.endswith("2023")
    clock.moment += timedelta(days=60)  # the present one is over now, and has decisions
    assert default(demo, clock).order_number == "ДЕМО-01"


def test_an_account_sees_its_own_municipalities_only(demo: Database, clock: FrozenClock) -> None:
    codes = {"chelyabinsky-go", "plastovsky-mr"}
    ids = demo.read(lambda session: session.scalars(select(Municipality.id).where(Municipality.code.in_(codes))).all())
    own = Scope(1, StaffRole.MUNICIPAL_METHODIST, frozenset(ids))
    found = demo.read(selection.funnel, callers.staff(own), campaign_id=default(demo, clock).campaign_id)
    assert found.total == Count(124, 84, 40)
    assert [line.name for line in found.municipalities] == ["Челябинский ГО"]
    assert found.absent == ("Пластовский МР",)
    assert sum(line.count.sent for line in found.directions) == 124
    assert sum(one.count for one in found.refusals) == 40


def test_a_refusal_in_own_words_and_an_undone_one(demo: Database, clock: FrozenClock) -> None:
    before = default(demo, clock)

    def change(session) -> None:  # type: ignore[no-untyped-def]
        first, second = session.scalars(
            select(Application)
            .where(Application.campaign_id == before.campaign_id, Application.status == ApplicationStatus.REJECTED)
            .order_by(Application.id)
            .limit(2)
        )
        session.execute(update(Decision).where(Decision.application_id == first.id).values(reasons=[]))
        # Refused, taken back, refused again for another reason: the last word counts, once.
        session.execute(update(Decision).where(Decision.application_id == second.id).values(undone_at=clock.now()))
        session.add(
            Decision(
                application_id=second.id,
                staff_id=session.scalar(select(Staff.id)),
                verdict=Verdict.REJECT,
                reasons=[1, 3],
                decided_at=clock.now(),
            )
        )

    demo.write(change)
    found = default(demo, clock)
    assert found.total == before.total
    assert found.other_refusals == 1
    assert sum(one.count for one in found.refusals) == 171 - 2 + 2


def test_there_is_no_such_campaign(demo: Database) -> None:
    with pytest.raises(NotFoundError):
        demo.read(selection.funnel, callers.staff(REGION), campaign_id=9999)
