"""Publishing results by blocks: what reports say of self-diagnoses changes here only, and only by whole groups.

A block is a group of results that goes into the reports at once and never comes apart; whatever is published is a sum
of blocks, and each has at least `LEAST_GROUP` results that nobody in the panel can open. So whatever pages, days
and accounts are subtracted from each other, whole groups come out (docs/decisions/0012-results-in-blocks.md).
"""

import zlib
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, text, update
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.caller import Caller
from db.diagnostics import rules as scoring
from db.diagnostics.models import LEAVING, Attempt, ComponentScore, ScoreBlock, ScoreTally
from db.dictionaries.models import Organisation
from db.dictionaries.queries import rules as region_rules
from db.dictionaries.rules import Rules

GRACE = timedelta(days=7)
"""How long a teacher may think about whom to open a result to before it is counted."""
THERE = timedelta(days=21)
"""How long a result waits for others of its organisation before it is counted with those of other small ones."""
ALONE = timedelta(days=30)
"""How long a result waits for others of its municipality before it is counted with those of other small ones."""
AT_ONCE = 6000  # component scores in one transaction
COUNTED = ("people", "deficit", "need", "priority", "above")
Score = Any  # a row of a component score, with its instrument and whether it may be read


class ScoreGroup(NamedTuple):
    """Whose results stand together: of an organisation, else of a municipality, else of the region.

    They answered the same questions: `form`.
    """

    instrument_id: int
    component: str
    form: str
    municipality_id: int | None = None
    organisation_id: int | None = None


def publish(session: Session, caller: Caller, *, at_most: int = AT_ONCE) -> int:
    """Takes out of the reports what is no last result any more and puts in what has waited; returns how many blocks."""
    rules = region_rules(session)
    _let_go(session, caller, rules)
    _know_own(session)
    return _publish_there(session, caller, rules, at_most) + _publish_together(session, caller, rules, at_most)


def _publish_there(session: Session, caller: Caller, rules: Rules, at_most: int) -> int:
    """Makes blocks of organisations. A result that waited there in vain goes to those of its municipality."""
    made, in_vain = 0, defaultdict[str, list[int]](list)
    for group, here in sorted(_grouped(_waiting_there(session, caller, at_most)).items()):
        # One that a teacher typed may be joined to a known one yet, or go with the teacher.
        formed, rest = _cut(session, caller, rules, here, group) if here[0].confirmed else (0, here)
        made += formed
        in_vain[group.component] += [one.attempt_id for one in rest if one.completed_at <= caller.now - THERE]
    for component, attempts in in_vain.items():
        own = (ComponentScore.component == component, ComponentScore.attempt_id.in_(attempts))
        session.execute(update(ComponentScore).where(*own).values(organisation_id=None))
    return made


def _publish_together(session: Session, caller: Caller, rules: Rules, at_most: int) -> int:
    """Makes blocks of municipalities, then of what small ones have between them.

    Before results leave for the region, those that still wait in the municipality's organisations join them.
    """
    made, left = 0, dict[ScoreGroup, list[Score]]()
    for group, here in sorted(_grouped(_waiting(session, caller, at_most)).items()):
        formed, rest = _cut(session, caller, rules, here, group)
        made += formed
        if old := [one for one in rest if one.completed_at <= caller.now - ALONE]:
            formed, rest = _cut(session, caller, rules, [*rest, *_beside(session, caller, group)], group)
            made += formed
            if rest:
                left.setdefault(ScoreGroup(group.instrument_id, group.component, group.form), []).extend(old)
    return made + sum(_form(session, caller, rules, scores, group) for group, scores in left.items())


def _grouped(scores: Sequence[Score]) -> dict[ScoreGroup, list[Score]]:
    groups = defaultdict[ScoreGroup, list[Score]](list)
    for one in scores:
        key = ScoreGroup(one.instrument_id, one.component, one.form, one.municipality_id, one.organisation_id)
        groups[key].append(one)
    return groups


def _cut(
    session: Session, caller: Caller, rules: Rules, here: Sequence[Score], group: ScoreGroup
) -> tuple[int, Sequence[Score]]:
    """Makes blocks of one position where enough hold it, and one of the rest; returns how many, and who still waits."""
    alone = scoring.parts_alone(Counter(one.position_id for one in here if not one.disclosed), rules.mask_under)
    for position in sorted(alone, key=str):
        _form(session, caller, rules, [one for one in here if one.position_id == position], group, position)
    rest = [one for one in here if one.position_id not in alone]
    if _form(session, caller, rules, rest, group):
        return len(alone) + 1, ()
    return len(alone), rest


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


def apart(
    session: Session, *, instrument_id: int, people: Collection[int], reader_id: int
) -> dict[str, tuple[int, int]]:
    """Sums up whole blocks of some people's last results: how many there are and their deficit, by component.

    A block that others share is parted in two where enough are on both sides, one more than usual: any reader knows one
    result of their own. So whatever is subtracted from these sums, whole blocks come out (see `publish`). What would
    leave too few is not in the sums, nor is a component of which too few went out of a block together with the reader.
    """
    rows = session.execute(
        select(ComponentScore.__table__, Attempt.disclosed)
        .join(Attempt, Attempt.id == ComponentScore.attempt_id)
        .join(ScoreBlock, ScoreBlock.id == ComponentScore.block_id)
        .where(
            ComponentScore.person_id.in_(people),
            ComponentScore.latest,
            Attempt.instrument_id == instrument_id,
            ScoreBlock.left_at.is_(None),
        )
    ).all()
    theirs = defaultdict[int, list[Score]](list)
    for one in rows:
        theirs[one.block_id].append(one)
    if not theirs:
        return {}
    least = region_rules(session).mask_under
    went = select(ScoreBlock.component).join(ComponentScore, ComponentScore.block_id == ScoreBlock.id)
    silent = set(
        session.scalars(
            went.where(
                ComponentScore.person_id == reader_id, ScoreBlock.left_at.is_not(None), ScoreBlock.closed <= least
            )
        )
    )
    found: dict[str, tuple[int, int]] = {}
    for block in session.scalars(_locked(theirs)).all():
        inside = theirs[block.id]
        closed, beside = sum(not one.disclosed for one in inside), block.people - len(inside)
        among = sum(one.person_id == reader_id and not one.disclosed for one in inside)
        too_few = closed - among < least or (beside and min(closed, block.closed - closed) <= least)
        if too_few or block.component in silent:
            continue
        if beside:
            _part(session, block, inside, closed)
        many, total = found.get(block.component, (0, 0))
        found[block.component] = (
            many + len(inside),
            total + sum(round(one.deficit * scoring.HUNDREDTHS) for one in inside),
        )
    return found


def _part(session: Session, block: ScoreBlock, inside: Sequence[Score], closed: int) -> None:
    """Makes a block of some results of another one. Whatever counts both counts the same as before.

    Both keep the days of the one that they were: fewer days would tell when somebody erased had walked.
    """
    first, middle, last = map(int, block.cuts.split("-"))
    sums = scoring.sums(inside, (first, middle, last))
    kept = (*ScoreGroup._fields, "position_id", "published_at", "first_at", "last_at")
    part = ScoreBlock(**{name: getattr(block, name) for name in kept}, closed=closed, **sums)
    session.add(part)
    _add(block, part, -1)
    block.closed -= closed
    session.flush()
    session.execute(
        update(ComponentScore)
        .where(
            ComponentScore.component == block.component,
            ComponentScore.attempt_id.in_([one.attempt_id for one in inside]),
        )
        .values(block_id=part.id)
    )


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


def _scores(caller: Caller, *where: ColumnElement[bool]) -> Any:
    """Last results that are in no block yet and have had their time to be opened."""
    return (
        select(
            ComponentScore.attempt_id,
            ComponentScore.component,
            ComponentScore.form,
            ComponentScore.municipality_id,
            ComponentScore.organisation_id,
            ComponentScore.position_id,
            ComponentScore.completed_at,
            ComponentScore.deficit,
            ComponentScore.need,
            ComponentScore.priority,
            ComponentScore.point_deficits,
            Attempt.disclosed,
            Attempt.instrument_id,
        )
        .join(Attempt, Attempt.id == ComponentScore.attempt_id)
        .where(
            ComponentScore.block_id.is_(None),
            ComponentScore.latest,
            ComponentScore.deficit.is_not(None),
            ComponentScore.municipality_id.is_not(None),
            ComponentScore.completed_at <= caller.now - GRACE,
            *where,
        )
        .with_for_update(of=Attempt)
    )


def _waiting(session: Session, caller: Caller, at_most: int) -> Sequence[Score]:
    """Those that wait for others of their municipality, the oldest first."""
    oldest = (ComponentScore.completed_at, ComponentScore.attempt_id)
    found = _scores(caller, ComponentScore.organisation_id.is_(None)).order_by(*oldest).limit(at_most)
    return session.execute(found).all()


def _waiting_there(session: Session, caller: Caller, at_most: int) -> Sequence[Score]:
    """Those that wait for others of their organisation, whole organisations at a time.

    Where more wait than fit, each minute begins at another place, so that nobody stands in the way of the rest.
    """
    there = ComponentScore.organisation_id
    part: ColumnElement[bool] = there.is_not(None)
    unplaced = (ComponentScore.block_id.is_(None), ComponentScore.latest, ComponentScore.deficit.is_not(None))
    waiting = select(there).where(*unplaced, there.is_not(None)).order_by(there)
    many = session.scalar(select(func.count()).where(*unplaced, there.is_not(None))) or 0
    if many > at_most:
        first = session.scalars(waiting.offset(zlib.crc32(caller.now.isoformat().encode()) % many).limit(1)).one()
        end = session.scalar(waiting.where(there >= first).offset(at_most).limit(1))
        part = there >= first if end is None else and_(there >= first, there < max(end, (first or 0) + 1))
    known = _scores(caller, there.is_not(None), part).join(Organisation, Organisation.id == there)
    oldest = (ComponentScore.completed_at, ComponentScore.attempt_id)
    return session.execute(known.add_columns(Organisation.confirmed).order_by(*oldest)).all()


def _beside(session: Session, caller: Caller, group: ScoreGroup) -> Sequence[Score]:
    """Those that wait in organisations of a municipality."""
    own = select(Organisation.id).where(Organisation.municipality_id == group.municipality_id)
    alike = (
        ComponentScore.component == group.component,
        ComponentScore.form == group.form,
        Attempt.instrument_id == group.instrument_id,
    )
    return session.execute(_scores(caller, *alike, ComponentScore.organisation_id.in_(own))).all()


def _form(
    session: Session,
    caller: Caller,
    rules: Rules,
    scores: Collection[Score],
    group: ScoreGroup,
    position: int | None = None,
) -> bool:
    """Makes a block of these scores if enough of them are closed. Returns whether it did."""
    closed = sum(not one.disclosed for one in scores)
    if closed < rules.mask_under:
        return False
    block = ScoreBlock(
        **group._asdict(),
        position_id=position,
        published_at=caller.now,
        closed=closed,
        **scoring.days(scores),
        **scoring.sums(scores, rules.deficit_cuts),
    )
    session.add(block)
    session.flush()
    own = [one.attempt_id for one in scores]
    session.execute(
        update(ComponentScore)
        .where(ComponentScore.component == group.component, ComponentScore.attempt_id.in_(own))
        .values(block_id=block.id)
    )
    _count(session, caller, block)
    return True


def _count(session: Session, caller: Caller, block: ScoreBlock, sign: int = 1) -> None:
    """Adds a block to the sums that reports read, or takes it out of them."""
    key = {name: getattr(block, name) for name in (*ScoreGroup._fields, "position_id", "cuts")}
    alike = select(ScoreTally).where(*(getattr(ScoreTally, name) == value for name, value in key.items()))
    known = session.scalars(alike.order_by(ScoreTally.id).with_for_update()).all()
    tally = known[0] if known else ScoreTally(**key, **{name: one for name, one in NOTHING.items() if name not in key})
    session.add(tally)
    _add(tally, block, sign)
    for one in known[1:]:  # an organisation that joined this one brought its own
        _add(tally, one)
        session.delete(one)
    tally.changed_at = caller.now
    if not tally.people:
        session.delete(tally)
    session.flush()


def _add(to: Any, more: Any, sign: int = 1) -> None:
    for name in COUNTED:
        setattr(to, name, getattr(to, name) + sign * getattr(more, name))
    for name in ("bands", "needs"):
        setattr(to, name, [mine + sign * one for mine, one in zip(getattr(to, name), getattr(more, name), strict=True)])
    points = {code: to.points.get(code, 0) + sign * more.points.get(code, 0) for code in to.points | more.points}
    to.points = {code: count for code, count in points.items() if count}


NOTHING: dict[str, Any] = scoring.sums((), (0, 0, 0))


def _let_go(session: Session, caller: Caller, rules: Rules) -> None:
    """Takes superseded and erased results out of their blocks: only where enough go at once, and enough stay.

    Where enough go but too few would stay, all go: those few come back with their next results.
    """
    found = session.scalars(
        select(ScoreBlock)
        .where(text(LEAVING), ScoreBlock.gone >= rules.mask_under)
        .order_by(ScoreBlock.id)
        .with_for_update()
    ).all()
    for block in found:
        stay = block.closed - block.gone
        _count(session, caller, block, -1)
        block.left_at = caller.now
        for name, value in NOTHING.items():
            setattr(block, name, value)
        if stay >= rules.mask_under:
            block.closed = block.gone
            group = ScoreGroup(*(getattr(block, name) for name in ScoreGroup._fields))
            _form(session, caller, rules, _staying(session, block), group, block.position_id)


def _staying(session: Session, block: ScoreBlock) -> Sequence[Score]:
    return session.execute(
        select(ComponentScore.__table__, Attempt.disclosed)
        .join(Attempt, Attempt.id == ComponentScore.attempt_id)
        .where(ComponentScore.block_id == block.id, ComponentScore.latest)
    ).all()
