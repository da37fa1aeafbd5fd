"""Puts people's private facts into what reports count: by whole batches, once, an hour after they may be told.

A report that counted them as they come would tell of one person by the difference of two days, of two periods or of
two units: somebody comes, moves, is erased, and a number is another one. So pages sum batches, and nothing else.

What waits is looked for beside the writer, from the moment on before which nothing waits (`FactMark`), and what is made
of it is put in at once: of years of facts an hour reads the last ones, and nobody's tap waits for it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, insert, literal, or_, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.diagnostics.models import Answer, Attempt, AttemptStatus, Instrument, InstrumentKind
from db.diagnostics.queries import questionnaire
from db.diary.models import DiaryLine
from db.dictionaries.queries import MARKS, marked
from db.dictionaries.queries import rules as region_rules
from db.events.models import Certificate, Event, EventStatus, Registration, RegistrationStatus
from db.events.rules import HOLDING
from db.expertise.models import Difficulty
from db.nouns import LongChore
from db.people.models import Person
from db.reports.models import FactBatch, FactMark, PrivateFact
from db.reports.queries import GRACE, SUMS, WAITING
from db.reports.rules import BATCH, SAMPLE, measured, to_fives
from db.routes.models import ItemStatus, Route, RouteItem

ALONE = timedelta(days=30)
"""How long a fact waits for others of its municipality before it is counted with those of other small ones."""
AT_ONCE = 200
"""Events, and versions, in one transaction."""


@dataclass(slots=True)
class FactsFound:
    """Batches to be put in and the new marks, as found after the batch `last`: a later one means that others did it."""

    last: int
    batches: list[dict[str, Any]] = field(default_factory=list)
    marks: dict[PrivateFact, datetime] = field(default_factory=dict)


def look(session: Session, caller: Caller) -> FactsFound:
    """Finds the batches that what has waited makes, fact by fact; changes nothing."""
    found = FactsFound(_last(session))
    marks = {one.fact: one.since for one in session.scalars(select(FactMark))}
    for fact, (facts, grace) in WAITING.items():
        since = marks.get(fact)
        mark = _look_for(session, found, fact, facts(session), caller.now - grace, since)
        if mark != since:
            found.marks[fact] = mark
    _look_for_difficulties(session, caller, found)
    _look_for_lines(session, caller, found)
    _look_for_turnout(session, caller, found)
    _look_for_quality(session, caller, found)
    return found


def put(session: Session, caller: Caller, found: FactsFound) -> None:
    """Puts in what was found, unless another process has put in some since: the next hour finds what is left."""
    if _last(session) != found.last:
        return
    if found.batches:
        session.execute(insert(FactBatch), found.batches)
    for fact, since in found.marks.items():
        session.merge(FactMark(fact=fact, since=since))
    session.flush()


def _last(session: Session) -> int:
    return session.scalar(select(func.max(FactBatch.id))) or 0


def _look_for(
    session: Session, found: FactsFound, fact: PrivateFact, facts: Any, upto: datetime, since: datetime | None
) -> datetime:
    """Finds a batch of each place and key where enough people wait, and one of what small ones have had for long.

    Returns the first moment of what waits on.
    """
    least = region_rules(session).mask_under
    moment = facts.selected_columns.moment
    one = (facts if since is None else facts.where(moment >= since)).subquery()
    last = (
        select(FactBatch.municipality_id, FactBatch.key, func.max(FactBatch.upto).label("upto"))
        .where(FactBatch.fact == fact)
        .group_by(FactBatch.municipality_id, FactBatch.key)
        .subquery()
    )
    waiting = (
        select(
            one.c.municipality_id,
            one.c.key,
            func.count(one.c.person_id.distinct()).label("people"),
            func.count().label("count"),
            func.min(one.c.moment).label("since"),
            *(func.sum(one.c[name]).label(name) for name in SUMS.get(fact, ())),
        )
        .outerjoin(last, and_(last.c.municipality_id == one.c.municipality_id, last.c.key == one.c.key))
        .where(
            one.c.municipality_id.is_not(None),
            one.c.moment <= upto,
            or_(last.c.upto.is_(None), one.c.moment > last.c.upto),
        )
        .group_by(one.c.municipality_id, one.c.key)
    )
    rows = session.execute(waiting.order_by(one.c.municipality_id, one.c.key)).all()

    def different(key: str, small: Sequence[Any]) -> int:
        there = one.c.key == key, one.c.municipality_id.in_([row.municipality_id for row in small])
        people = waiting.with_only_columns(func.count(one.c.person_id.distinct())).group_by(None)
        return session.scalar(people.where(*there)) or 0

    found.batches += _batches(fact, upto, rows, least, different)
    return min((row.since for row in rows if row.people < least), default=upto)


def _batches(
    fact: PrivateFact,
    upto: datetime,
    waiting: Sequence[Any],
    least: int,
    different: Callable[[str, Sequence[Any]], int],
) -> list[dict[str, Any]]:
    """Makes a batch of each row of enough people, and one of small ones that are different people together."""
    made, small = [], defaultdict[str, list[Any]](list)
    for row in waiting:
        if row.people >= least:
            made.append(_batch(fact, upto, [row], key=row.key, municipality_id=row.municipality_id))
        elif row.since <= upto - ALONE:
            small[row.key].append(row)
    for key, rows in small.items():
        if (people := different(key, rows)) >= least:
            made.append({**_batch(fact, upto, rows, key=key), "people": people})
            made += [_batch(fact, upto, [], key=key, municipality_id=row.municipality_id) for row in rows]
    return made


def _batch(fact: PrivateFact, upto: datetime, rows: Sequence[Any], **where: Any) -> dict[str, Any]:
    return {
        "fact": fact,
        "upto": upto,
        "people": sum(row.people for row in rows),
        "count": sum(row.count for row in rows),
        "sums": {name: sum(int(getattr(row, name) or 0) for row in rows) for name in SUMS.get(fact, ()) if rows},
        **where,
    }


@dataclass(frozen=True, slots=True)
class _Seen:
    """Difficulties of a component that were noted in a municipality, and who noted how many at once."""

    municipality_id: int
    key: str
    since: datetime
    count: int
    noters: Mapping[int, int]

    @property
    def people(self) -> int:
        """How many different ones they are at least, for whoever reads it."""
        return _apart(self.noters)


def _apart(noters: Mapping[int, int]) -> int:
    """How many different ones were noted at least: of each noter the most at once, for five lessons may be of one.

    Where several have noted some each takes the own ones off the sum: those that are left count, whoever it is.
    """
    every = sum(noters.values())
    return every if len(noters) < 2 else every - max(noters.values())


def _look_for_difficulties(session: Session, caller: Caller, found: FactsFound) -> None:
    """Finds batches of difficulties by municipality and component: the event's, else of whoever noted them."""
    fact, upto = PrivateFact.DIFFICULTY, caller.now - GRACE
    last = (
        select(FactBatch.municipality_id, FactBatch.key, func.max(FactBatch.upto).label("upto"))
        .where(FactBatch.fact == fact)
        .group_by(FactBatch.municipality_id, FactBatch.key)
        .subquery()
    )
    place = Difficulty.municipality_id
    rows = session.execute(
        select(place, Difficulty.component, Difficulty.people, Difficulty.noted_at, DiaryLine.person_id)
        .join(DiaryLine, DiaryLine.id == Difficulty.line_id)
        .outerjoin(last, and_(last.c.municipality_id == place, last.c.key == Difficulty.component))
        .where(
            place.is_not(None),
            DiaryLine.dropped_at.is_(None),
            Difficulty.noted_at <= upto,
            or_(last.c.upto.is_(None), Difficulty.noted_at > last.c.upto),
        )
        .order_by(Difficulty.noted_at, Difficulty.line_id)
    )
    waiting = defaultdict[tuple[int, str], list[Any]](list)
    for row in rows:
        waiting[row.municipality_id, row.component].append(row)
    seen = [_seen(*where, there) for where, there in sorted(waiting.items())]
    least = region_rules(session).mask_under
    found.batches += _batches(fact, upto, seen, least, lambda _, rows: _apart(_most(row.noters for row in rows)))


def _seen(municipality_id: int, component: str, rows: Sequence[Any]) -> _Seen:
    noters = _most({row.person_id: row.people} for row in rows)
    return _Seen(municipality_id, component, rows[0].noted_at, sum(row.people for row in rows), noters)


def _most(found: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Of each noter the greatest number."""
    noters: dict[int, int] = {}
    for one in found:
        for person_id, people in one.items():
            noters[person_id] = max(noters.get(person_id, 0), people)
    return noters


def _look_for_lines(session: Session, caller: Caller, found: FactsFound) -> None:
    """Finds of each line of a group's route how many have answered it, or done it, once another five people have."""
    upto, least = caller.now - GRACE, region_rules(session).mask_under
    declined = case((RouteItem.status == ItemStatus.DROPPED, 1), else_=0)
    for fact, moment in (
        (PrivateFact.LINE_ANSWERED, RouteItem.answered_at),
        (PrivateFact.LINE_DONE, RouteItem.done_at),
    ):
        last = (
            select(FactBatch.of_id, func.max(FactBatch.upto).label("upto"))
            .where(FactBatch.fact == fact)
            .group_by(FactBatch.of_id)
            .subquery()
        )
        rows = session.execute(
            select(
                RouteItem.line_id,
                func.count(Route.person_id.distinct()).label("people"),
                func.count().label("count"),
                func.sum(1 - declined).label("taken"),
                func.sum(declined).label("declined"),
            )
            .join(Route, Route.id == RouteItem.route_id)
            .outerjoin(last, last.c.of_id == RouteItem.line_id)
            .where(RouteItem.line_id.is_not(None), moment <= upto, or_(last.c.upto.is_(None), moment > last.c.upto))
            .group_by(RouteItem.line_id)
            .having(func.count(Route.person_id.distinct()) >= least)
            .order_by(RouteItem.line_id)
            .limit(AT_ONCE)
        )
        found.batches += [_batch(fact, upto, [row], of_id=row.line_id) for row in rows.all()]


def _look_for_turnout(session: Session, caller: Caller, found: FactsFound) -> None:
    """Tells of events that ended a week ago, once for each, how many of which municipality were there: in fives.

    Municipalities of too few are told together where that is enough. Nobody learns more of an event later.
    """
    least = region_rules(session).mask_under
    told = select(FactBatch.of_id).where(FactBatch.fact == PrivateFact.TURNOUT)
    over = session.execute(
        select(Event.id, Event.ends_at)
        .where(Event.status == EventStatus.PUBLISHED, Event.ends_at <= caller.now - GRACE, Event.id.not_in(told))
        .order_by(Event.id)
        .limit(AT_ONCE)
    ).all()
    lists = defaultdict[int, list[Any]](list)
    for row in session.execute(_on_lists(Registration.municipality_id, [one.id for one in over])):
        lists[row.event_id].append(row)
    for event in over:
        known = [row for row in lists[event.id] if row.municipality_id is not None and row.people >= least]
        rest = [row for row in lists[event.id] if row not in known]
        together = [rest] if sum(row.people for row in rest) >= least else [[]]
        for rows in [*([row] for row in known), *together]:
            people = to_fives(sum(row.people for row in rows))
            names = ("attended", "waiting", "certificates")
            attended, waiting, papers = (to_fives(sum(getattr(row, name) for row in rows)) for name in names)
            found.batches.append(
                {
                    "fact": PrivateFact.TURNOUT,
                    "of_id": event.id,
                    "municipality_id": rows[0].municipality_id if len(rows) == 1 and rows[0] in known else None,
                    "upto": event.ends_at,
                    "people": people,
                    "count": people,
                    "sums": {
                        "attended": min(attended, people),
                        "waiting": waiting,
                        "certificates": min(papers, people),
                    },
                }
            )
    for mark in MARKS:
        theirs = select(Person.id).where(Person.organisation_id.in_(marked([mark])))
        query = _on_lists(literal(None), [one.id for one in over]).where(Registration.person_id.in_(theirs))
        many = {row.event_id: row.people for row in session.execute(query)}
        for event in over:
            if many.get(event.id, 0) >= least:
                people = to_fives(many[event.id])
                batch = {"fact": PrivateFact(mark), "of_id": event.id, "upto": event.ends_at}
                found.batches.append({**batch, "people": people, "count": people})


def _on_lists(place: Any, event_ids: Sequence[int]) -> Select[Any]:
    holding = Registration.status.in_(HOLDING)
    return (
        select(
            Registration.event_id,
            place.label("municipality_id"),
            func.sum(case((holding, 1), else_=0)).label("people"),
            func.count(Registration.attended_at).label("attended"),
            func.sum(case((Registration.status == RegistrationStatus.WAITING, 1), else_=0)).label("waiting"),
            func.count(Certificate.id).label("certificates"),
        )
        .outerjoin(Certificate, Certificate.registration_id == Registration.id)
        .where(Registration.event_id.in_(event_ids), Registration.status != RegistrationStatus.CANCELLED)
        .group_by(Registration.event_id, place)
    )


def _look_for_quality(session: Session, caller: Caller, found: FactsFound) -> None:
    """Measures each version anew by its last self-diagnoses, once another BATCH of them is closed."""
    last = (
        select(FactBatch.of_id, func.max(FactBatch.upto).label("upto"))
        .where(FactBatch.fact == PrivateFact.QUALITY)
        .group_by(FactBatch.of_id)
        .subquery()
    )
    closed = Attempt.status == AttemptStatus.COMPLETED, Attempt.completed_at <= caller.now
    fresh = (
        select(Attempt.version_id)
        .join(Instrument, Instrument.id == Attempt.instrument_id)
        .outerjoin(last, last.c.of_id == Attempt.version_id)
        .where(
            Instrument.kind == InstrumentKind.DIAGNOSIS,
            *closed,
            or_(last.c.upto.is_(None), Attempt.completed_at > last.c.upto),
        )
        .group_by(Attempt.version_id)
        .having(func.count() >= BATCH)
        .limit(AT_ONCE)
    )
    for version_id in session.scalars(fresh).all():
        own = select(Attempt.id).where(Attempt.version_id == version_id, *closed)
        ids = own.order_by(Attempt.completed_at.desc(), Attempt.id.desc()).limit(SAMPLE).subquery()
        said: dict[int, dict[str, int | None]] = defaultdict(dict)
        rows = session.execute(
            select(Answer.attempt_id, Answer.item, Answer.value).join(ids, ids.c.id == Answer.attempt_id)
        )
        for attempt_id, item, value in rows:
            said[attempt_id][item] = value
        if len(said) < BATCH:
            continue
        parts = [[item.code for item in one.items] for one in questionnaire(session, version_id=version_id).components]
        found.batches.append(
            {
                "fact": PrivateFact.QUALITY,
                "of_id": version_id,
                "upto": caller.now,
                "people": len(said),
                "count": len(said),
                "sums": {"components": [asdict(measured(codes, list(said.values()))) for codes in parts]},
            }
        )


publish_facts = LongChore("publish_facts", look, put)

EVERY_MINUTE = ()
EVERY_HOUR = (publish_facts,)
