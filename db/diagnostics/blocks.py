"""Publishing results by blocks: what reports say of self-diagnoses changes here only, and only by whole groups.

A block is a group of results that goes into the reports at once and never comes apart; whatever is published is a sum
of blocks, and each has at least `LEAST_GROUP` results that nobody in the panel can open. So whatever pages, days
and accounts are subtracted from each other, whole groups come out (docs/decisions/0012-results-in-blocks.md).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select, update
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.caller import Caller
from db.diagnostics import rules as scoring
from db.diagnostics.content import NEEDS
from db.diagnostics.models import Attempt, ComponentScore, ScoreBlock
from db.dictionaries.queries import rules as region_rules
from db.dictionaries.rules import Rules

HUNDREDTHS = 100
GRACE = timedelta(days=7)
"""How long a teacher may think about whom to open a result to before it is counted."""
ALONE = timedelta(days=30)
"""How long a result waits for others of its municipality before it is counted with those of other small ones."""
AT_ONCE = 6000  # component scores in one transaction
Score = Any  # a row of a component score, with whether it may be read


def publish(session: Session, caller: Caller, *, at_most: int = AT_ONCE) -> int:
    """Takes out of the reports what is no last result any more and puts in what has waited; returns how many blocks."""
    rules = region_rules(session)
    _let_go(session, caller, rules)
    _know_own(session)
    places: dict[tuple[str, int], list[Score]] = defaultdict(list)
    for one in _waiting(session, caller, at_most):
        places[one.component, one.municipality_id].append(one)
    made, left = 0, dict[str, list[Score]]()
    for (component, place), here in sorted(places.items()):
        alone = scoring.parts_alone(Counter(one.position_id for one in here if not one.disclosed), rules.mask_under)
        for position in sorted(alone, key=str):
            own = [one for one in here if one.position_id == position]
            made += _form(session, caller, rules, own, component, place, position)
        rest = [one for one in here if one.position_id not in alone]
        if _form(session, caller, rules, rest, component, place):
            made += 1
        else:
            left.setdefault(component, []).extend(one for one in rest if one.completed_at <= caller.now - ALONE)
    return made + sum(_form(session, caller, rules, scores, component) for component, scores in left.items())


def disclose(session: Session, attempt: Attempt) -> None:
    """Lets the panel read a result that its owner opened, unless too few others would stay closed beside it.

    Published sums less the results that one may open would be the results of the rest.
    """
    if attempt.disclosed:
        return
    own = dict(
        session.execute(
            select(ComponentScore.block_id, ComponentScore.latest).where(
                ComponentScore.attempt_id == attempt.id, ComponentScore.block_id.is_not(None)
            )
        ).all()
    )
    blocks, least = session.scalars(_locked(own)).all(), region_rules(session).mask_under
    if any(block.closed <= least for block in blocks):
        return
    for block in blocks:
        block.closed -= 1
        block.gone -= not own[block.id]
    attempt.disclosed = True


def forget_last(session: Session, *which: ColumnElement[bool]) -> None:
    """Notes that these last scores are about to be nobody's last any more: by a new result, or by an erasure."""
    own = session.scalars(
        select(ComponentScore.block_id)
        .join(Attempt, Attempt.id == ComponentScore.attempt_id)
        .where(*which, ComponentScore.latest, ComponentScore.block_id.is_not(None), Attempt.disclosed.is_(False))
    ).all()
    if own:
        for block in session.scalars(_locked(own)):
            block.gone += 1
        session.flush()


def _locked(block_ids: Collection[int | None]) -> Select[ScoreBlock]:
    """Blocks in one order for everybody: two who change some at once wait for each other."""
    return select(ScoreBlock).where(ScoreBlock.id.in_(list(block_ids))).order_by(ScoreBlock.id).with_for_update()


def _know_own(session: Session) -> None:
    """Whoever has an account knows at least the own result: it is nobody else's secret to keep."""
    published = exists().where(ComponentScore.attempt_id == Attempt.id, ComponentScore.block_id.is_not(None))
    session.execute(
        update(Attempt)
        .where(
            Attempt.person_id.in_(select(Staff.person_id).where(Staff.person_id.is_not(None))),
            Attempt.disclosed.is_(False),
            ~published,
        )
        .values(disclosed=True)
    )


def _waiting(session: Session, caller: Caller, at_most: int) -> Sequence[Score]:
    """Last results that are in no block yet, the oldest first."""
    return session.execute(
        select(
            ComponentScore.attempt_id,
            ComponentScore.component,
            ComponentScore.municipality_id,
            ComponentScore.position_id,
            ComponentScore.completed_at,
            ComponentScore.deficit,
            ComponentScore.need,
            ComponentScore.priority,
            ComponentScore.point_deficits,
            Attempt.disclosed,
        )
        .join(Attempt, Attempt.id == ComponentScore.attempt_id)
        .where(
            ComponentScore.block_id.is_(None),
            ComponentScore.latest,
            ComponentScore.deficit.is_not(None),
            ComponentScore.municipality_id.is_not(None),
            ComponentScore.completed_at <= caller.now - GRACE,
        )
        .order_by(ComponentScore.completed_at, ComponentScore.attempt_id)
        .limit(at_most)
        .with_for_update(of=Attempt)
    ).all()


def _form(
    session: Session,
    caller: Caller,
    rules: Rules,
    scores: Collection[Score],
    component: str,
    place: int | None = None,
    position: int | None = None,
) -> bool:
    """Makes a block of these scores if enough of them are closed. Returns whether it did."""
    closed = sum(not one.disclosed for one in scores)
    if closed < rules.mask_under:
        return False
    block = ScoreBlock(
        component=component,
        municipality_id=place,
        position_id=position,
        published_at=caller.now,
        closed=closed,
        **_sums(scores, rules.deficit_cuts),
    )
    session.add(block)
    session.flush()
    own = [one.attempt_id for one in scores]
    session.execute(
        update(ComponentScore)
        .where(ComponentScore.component == component, ComponentScore.attempt_id.in_(own))
        .values(block_id=block.id)
    )
    return True


def _sums(scores: Collection[Score], cuts: tuple[int, int, int]) -> dict[str, Any]:
    bands = Counter(scoring.band(one.deficit, cuts) for one in scores)
    # A wish that was not told counts as none, as in the priority.
    needs = Counter(one.need or 0 for one in scores)
    return {
        "people": len(scores),
        "deficit": sum(round(one.deficit * HUNDREDTHS) for one in scores),
        "need": sum(need * count for need, count in needs.items()),
        "priority": sum(round((one.priority or 0) * HUNDREDTHS) for one in scores),
        "above": sum(count for band, count in bands.items() if band >= scoring.MIDDLE_BAND),
        "cuts": scoring.cuts_name(cuts),
        "bands": [bands[number] for number in range(len(cuts) + 1)],
        "needs": [needs[number] for number in range(NEEDS)],
        "points": dict(Counter(code for one in scores for code in one.point_deficits)),
    }


NOTHING: dict[str, Any] = _sums((), (0, 0, 0))


def _let_go(session: Session, caller: Caller, rules: Rules) -> None:
    """Takes superseded and erased results out of their blocks: only where enough go at once, and enough stay.

    Where enough go but too few would stay, all go: those few come back with their next results.
    """
    found = session.scalars(
        select(ScoreBlock)
        .where(ScoreBlock.left_at.is_(None), ScoreBlock.gone >= rules.mask_under)
        .order_by(ScoreBlock.id)
        .with_for_update()
    ).all()
    for block in found:
        stay = block.closed - block.gone
        block.left_at = caller.now
        for name, value in NOTHING.items():
            setattr(block, name, value)
        if stay >= rules.mask_under:
            block.closed = block.gone
            scores = _staying(session, block)
            _form(session, caller, rules, scores, block.component, block.municipality_id, block.position_id)


def _staying(session: Session, block: ScoreBlock) -> Sequence[Score]:
    return session.execute(
        select(ComponentScore.__table__, Attempt.disclosed)
        .join(Attempt, Attempt.id == ComponentScore.attempt_id)
        .where(ComponentScore.block_id == block.id, ComponentScore.latest)
    ).all()
