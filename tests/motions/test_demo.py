"""The demos show proposals that went their whole way: to a council's decision, and into a programme."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from db.demo.fill import DEMO_LOGIN, DEMO_PASSWORD
from db.groups.models import GroupDecision, GroupMeeting
from db.motions.models import Motion, MotionStatus
from db.motions.notices import DECIDED
from db.notices.models import Notice
from tests.support.demo import demo_copy
from tests.support.panel import Visitor, make_panel
from tests.support.region import sheet
from tests.support.town import MONDAY


@pytest.mark.parametrize(
    ("pack", "told"),
    [("sverdlovsk", ["внесено", "принято"]), ("belgorod", ["рассматривается", "принято"])],
)
def test_two_proposals_stand_in_two_states_with_the_figure_then_and_now(
    pack: str, told: list[str], tmp_path: Path
) -> None:
    database = Database.connect(demo_copy(tmp_path, pack))
    visitor = Visitor(make_panel(database, FrozenClock(MONDAY), tmp_path, region_pack=pack))
    visitor.sign_in(DEMO_LOGIN, DEMO_PASSWORD)
    rows = sheet(visitor, "/motions.xlsx")[1:]
    assert [row[8] for row in rows] == told
    accepted = database.read(
        lambda session: session.scalars(select(Motion).where(Motion.status == MotionStatus.ACCEPTED)).one()
    )
    card = visitor.text(f"/motions/{accepted.id}")
    assert f"{accepted.value} из 100" in card and "Заметных изменений нет" in card and accepted.answer in card
    deeds = database.read(lambda session: session.scalars(select(AuditEntry.action)).all())
    assert (deeds.count("motions.submit"), deeds.count("motions.accept")) == (2, 1)
    database.close()


def test_the_councils_decision_is_in_its_minutes_and_the_author_heard_of_it(tmp_path: Path) -> None:
    database = Database.connect(demo_copy(tmp_path, "sverdlovsk"))
    found = database.read(
        lambda session: session.execute(
            select(Motion.change, GroupDecision.text, GroupMeeting.number, GroupMeeting.agenda)
            .join(GroupDecision, GroupDecision.id == Motion.decision_id)
            .join(GroupMeeting, GroupMeeting.id == GroupDecision.meeting_id)
        ).one()
    )
    assert found.text == found.change and found.change in found.agenda and found.number == "3"
    heard = select(func.count()).select_from(Notice).where(Notice.kind == DECIDED)
    assert database.read(lambda session: session.scalar(heard)) == 1
    database.close()
