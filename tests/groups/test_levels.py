"""What a head sees of the members' results tells nobody's: not alone, not beside the reports, not over a year.

As in `tests/reports/test_publishing.py` every planted result bears a mark, so what was told says who is in it.
"""

import random
from collections import defaultdict
from datetime import datetime, timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.diagnostics import blocks, check
from db.diagnostics.models import Attempt, ComponentScore, ScoreBlock
from db.people.models import Person
from tests.reports.test_publishing import History, region, too_small

__all__ = ["region"]

GROUPS, LEAST = 3, 5
BEFORE = ["come"] * 14 + ["days"] * 3
"""So that there are blocks which a union may part."""

STEPS = st.lists(
    st.sampled_from(["come", "come", "again", "erase", "open", "days", "days", "union", "union", "union"]),
    min_size=8,
    max_size=20,
)


class Unions(History):
    """A region whose people are in unions; `told` is what each head was shown, by the head."""

    def __init__(self, session: Session, now: datetime, dice: random.Random) -> None:
        super().__init__(session, now, dice)
        self.told: defaultdict[int, set[frozenset[tuple[int, str]]]] = defaultdict(set)
        self.heads: dict[int, int] = {}
        self.own: defaultdict[int, set[int]] = defaultdict(set)

    def union(self) -> None:
        """A union is counted anew; who is in it has changed a little, and sometimes who heads it."""
        school = self.dice.choice([one for schools in self.schools.values() for one in schools])
        near = list(self.session.scalars(select(Person.id).where(Person.organisation_id == school)))
        there = [one for one in near if one in self.people]
        if len(there) < 2:
            return
        number = self.dice.randrange(GROUPS)
        head = self.heads.get(number)
        if head not in there:
            head = self.heads[number] = self.dice.choice(there)
        people = {head, *self.dice.sample(there, self.dice.randint(1, len(there)))}
        sums = blocks.apart(self.session, instrument_id=self.instrument, people=people, reader_id=head)
        for component, (many, _) in sums.items():
            group = self._inside(component, people, head)
            assert len(group) == many, "the sum is of whole blocks"
            self.told[head].add(group)

    def _inside(self, component: str, people: set[int], head: int) -> frozenset[tuple[int, str]]:
        rows = self.session.execute(
            select(ComponentScore.block_id, ComponentScore.attempt_id, ComponentScore.person_id, Attempt.disclosed)
            .join(Attempt, Attempt.id == ComponentScore.attempt_id)
            .where(ComponentScore.component == component, ComponentScore.latest, ComponentScore.person_id.in_(people))
        ).all()
        of = defaultdict(list)
        for row in rows:
            of[row.block_id].append(row)
        found = set()
        for block in self.session.scalars(select(ScoreBlock).where(ScoreBlock.left_at.is_(None))):
            inside = of.get(block.id, [])
            others = sum(not row.disclosed and row.person_id != head for row in inside)
            if inside and len(inside) == block.people and others >= LEAST:
                found |= {(self.marks[row.attempt_id], component) for row in inside}
        return frozenset(found)

    def _finish(self, person: Person) -> None:
        super()._finish(person)
        self.own[person.id].add(self.finished)


@settings(
    max_examples=4,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS, seed=st.integers(0, 10**6))
def test_no_history_of_unions_tells_of_fewer_than_five(
    region: Connection, clock: FrozenClock, steps: list[str], seed: int
) -> None:
    with region.begin_nested() as point, Session(region, join_transaction_mode="create_savepoint") as session:
        history = Unions(session, clock.now(), random.Random(seed))
        for step in [*BEFORE, *steps, "days", "union"]:
            history.live(step)
        session.close()
        point.rollback()
    told = {group for groups in history.told.values() for group in groups}
    assert not too_small(history.shown | told, history.read), "the reports and what heads see, together"
    for head, groups in history.told.items():
        assert not too_small(groups, history.own[head]), "what one head saw, less the own results"


def test_a_history_long_enough_shows_unions(region: Connection, clock: FrozenClock) -> None:
    """Silence would be safe too; and the blocks are sound after they were parted."""
    session = Session(region, join_transaction_mode="create_savepoint")
    history = Unions(session, clock.now(), random.Random(3))
    for step in (
        ["come"] * 30 + ["days"] * 3 + ["union"] * 12 + ["again", "open", "erase", "days", "union", "union"] * 5
    ):
        history.live(step)
    faults = [tuple(row) for query in check.RULES.values() for row in session.execute(text(query))]
    assert not faults
    told = {group for groups in history.told.values() for group in groups}
    assert len(told) > 3
    parted = [group for group in told if group not in history.shown]
    assert parted, "some are no group of the reports"
    assert not too_small(history.shown | told, history.read)
    assert not [head for head, groups in history.told.items() if too_small(groups, history.own[head])]
    assert history.now - clock.now() > timedelta(days=10)
