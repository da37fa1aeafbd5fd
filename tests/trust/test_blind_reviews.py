"""A review that waits for the other one is nowhere: no page, file, list, search, notice, journal or program's read.

Words and a sum are planted in one reviewer's review. Every address of the panel is opened as those who see most, and
every row of the database is looked through; only the review itself may hold them.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.accounts.staff_queries import scope_of
from db.api import staff_services as tokens
from db.commission.models import CommissionMember, MemberSeat, Review, ReviewStatus
from db.scope import Scope
from tests.support import callers
from tests.support.panel import Visitor
from tests.trust.matrix import MATRIX, SIGNING_OUT
from tests.trust.planted import rows_of
from tests.trust.test_scope_matrix import Region, region, rules, words_in

__all__ = ["region"]

CANARY, SUM = "Пересмешникова", 98765
SPELLED = (CANARY, str(SUM), f"{SUM:,}".replace(",", "\u00a0"), f"{SUM:,}".replace(",", "\u202f"))


def told_in(text: str) -> list[str]:
    return [one for one in SPELLED if one in text]


def scope_named(region: Region, login: str) -> Scope:
    return region.database.read(lambda session: scope_of(session.scalars(select(Staff).filter_by(login=login)).one()))


def hand_in_half(session: Session, *, region: Region, login: str) -> None:
    """The planted review is in, with the words and the sum; another one of the same application is waited for."""
    has = region.foreign.has
    row = session.get_one(Review, has.review)
    row.note, row.total, row.status, row.done_at = CANARY, SUM, ReviewStatus.DONE, row.assigned_at
    other = session.get_one(Review, region.own.has.review).staff_id
    given = {"revision": row.revision, "assigned_at": row.assigned_at}
    session.add(Review(application_id=row.application_id, staff_id=other, **given))
    chair = session.scalars(select(Staff.id).where(Staff.login == login)).one()
    member = {"campaign_id": has.commission, "staff_id": chair, "joined_at": row.assigned_at}
    session.add(CommissionMember(seat=MemberSeat.CHAIR, **member))


def walk(region: Region, visitor: Visitor) -> tuple[list[str], int]:
    """Opens everything that can be opened; returns where the words stood, and how much did open."""
    found: list[str] = []
    opened = 0
    for rule in rules(region.app):
        if "GET" not in (rule.methods or set()) or rule.endpoint in SIGNING_OUT:
            continue
        for url in MATRIX[rule.endpoint].urls(region.foreign):
            answer = visitor.get(url)
            opened += answer.status_code == 200
            found += [f"{url}: {word}" for word in told_in(words_in(answer))]
    return found, opened


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_half_of_the_reviews_are_nowhere(region: Region) -> None:
    """As an administrator who is the chair: nobody sees more."""
    region.database.write(hand_in_half, region=region, login="admin")
    visitor = region.enter("admin")
    found, opened = walk(region, visitor)
    assert not found, "\n".join(found)
    assert opened > 100, "most pages open, or the test proves nothing"
    searched = words_in(visitor.get(f"/search?find={CANARY}"))
    assert "Кварцитова" not in searched, "nobody is found by what a reviewer wrote"
    chair = scope_named(region, "admin")
    asked = callers.staff(chair, region.now)
    made = {"name": "Таблицы", "staff_id": chair.staff_id, "last_day": region.now.date() + timedelta(days=9)}
    key = region.database.write(tokens.issue_token, asked, **made)
    for ending in ("json", "csv"):
        program = region.app.test_client(use_cookies=False)
        read = program.get(f"/api/v1/reports/selection.{ending}", headers={"Authorization": f"Bearer {key}"})
        assert read.status_code == 200 and not told_in(words_in(read))
    rows = region.database.read(rows_of)
    holders = {key[0] for key, row in rows.items() if told_in(str(row))}
    assert holders == {"review"}, "neither the journal, nor a notice, nor anything kept"

    def second(session: Session) -> None:
        for one in session.scalars(select(Review).where(Review.status == ReviewStatus.ASSIGNED)):
            one.status, one.total, one.done_at = ReviewStatus.DONE, SUM, one.assigned_at

    region.database.write(second)
    for url in (f"/applications/{region.foreign.has.sent}", f"/commission/{region.foreign.has.commission}/list"):
        assert told_in(words_in(visitor.get(url))), "control: once both are in they are told"
