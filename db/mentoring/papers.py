"""Makes the papers of mentoring as Word files: a programme, reports, an order; every line is a row's.

The day of making does not stand in them, so that the same rows give the same bytes. A mentor's own note about a meeting
is in none: the screen where it is written says so. `lines` are what a mentor's own papers say of it.
"""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from db.caller import Caller, PersonCaller, StaffCaller
from db.docx import DocxBlock, DocxHeading, DocxTable, DocxText, docx
from db.errors import NotFoundError
from db.mentoring.mentors import components
from db.mentoring.models import Meeting, MeetingKind, MeetingStatus, Pair, PairStatus
from db.mentoring.notices import PAPER
from db.mentoring.rules import WORKING
from db.notices import services as notices
from db.papers import PaperKind, PaperLine, PaperReader
from db.people.models import Person
from locales import Texts

WHOLE = (PairStatus.ACTIVE, PairStatus.PAUSED, PairStatus.FINISHED, PairStatus.BROKEN_OFF)
"""A pair that has ever worked has papers."""


class PairPaper(enum.StrEnum):
    """The papers of one pair."""

    PROGRAMME = "programme"
    REPORT = "report"


class StaffPaper(enum.StrEnum):
    """The papers of a methodist about all pairs within reach: to assign mentors, and what came of it."""

    ORDER = "order"
    CURATOR = "curator"


@dataclass(frozen=True, slots=True)
class PairFacts:
    """What papers say of a pair: the two with their work, the goals, meetings in their order, how many were held."""

    mentor_id: int
    mentee_id: int
    mentor: str
    mentor_work: str
    mentee: str
    mentee_work: str
    status: PairStatus
    goals: str
    component: str
    started_at: datetime
    ended_at: datetime | None
    held: int
    visits: int
    last: datetime | None
    meetings: tuple[tuple[datetime, MeetingKind, MeetingStatus, str], ...] = ()


def lines(session: Session, caller: Caller, *, person_id: int, reader: PaperReader) -> Iterator[PaperLine]:
    """Lists the pairs in which the person is the mentor and met; who the mentee is, is the mentee's own."""
    rows = session.execute(
        select(Pair.id, func.min(Meeting.planned_at), func.max(Meeting.planned_at), func.count())
        .join(Meeting, Meeting.pair_id == Pair.id)
        .where(Pair.mentor_id == person_id, Meeting.status == MeetingStatus.HELD)
        .group_by(Pair.id)
        .order_by(Pair.id)
    )
    for pair_id, first, last, times in rows:
        yield PaperLine(PaperKind.MENTORING, last, "", payload=f"pair_{pair_id}", times=times, since=first)


def order_paper(session: Session, caller: PersonCaller, *, pair_id: int, paper: str, request: str) -> bool:
    """Owes one of the two a paper of their pair, once for a request; it is made of what is true when it goes out.

    Returns whether it is new. Raises NotFoundError.
    """
    pair = session.get(Pair, pair_id)
    if pair is None or pair.status not in WORKING or caller.person_id not in (pair.mentor_id, pair.mentee_id):
        raise NotFoundError
    return notices.owe(
        session,
        caller,
        key=f"{PAPER}.{caller.person_id}.{pair_id}.{paper}.{request}",
        person_id=caller.person_id,
        kind=PAPER,
        params={"pair": pair_id, "paper": paper},
    )


def own_facts(session: Session, caller: PersonCaller, *, pair_id: int) -> PairFacts | None:
    """Returns the facts for one of the two; nothing once the pair has ended, and for anybody else."""
    mine = or_(Pair.mentor_id == caller.person_id, Pair.mentee_id == caller.person_id)
    return _one(session, _pairs(mine, Pair.status.in_(WORKING), Pair.id == pair_id))


def staff_facts(session: Session, caller: StaffCaller, *, pair_id: int) -> PairFacts:
    """Returns the facts for the panel. Raises NotFoundError for a pair out of reach and one that never worked."""
    facts = _one(session, _pairs(_reach(caller), Pair.status.in_(WHOLE), Pair.id == pair_id))
    if facts is None:
        raise NotFoundError
    return facts


def pairs_facts(
    session: Session, caller: StaffCaller, *, paper: StaffPaper, since: date | None = None
) -> list[PairFacts]:
    """Returns the facts of pairs that began on a day or later: for an order those that work, else all that ever did."""
    found = [_reach(caller), Pair.status.in_((PairStatus.ACTIVE,) if paper is StaffPaper.ORDER else WHOLE)]
    if since is not None:
        found.append(Pair.started_at >= datetime.combine(since, time(), caller.zone))
    pairs = session.scalars(_pairs(*found).order_by(Pair.started_at, Pair.id)).all()
    which = _joined(select(Pair.id)).where(*found)
    counted: dict[int, tuple[int, int, datetime | None]] = {}
    rows = session.execute(
        select(
            Meeting.pair_id,
            func.count(),
            func.count().filter(Meeting.kind == MeetingKind.VISIT),
            func.max(Meeting.planned_at),
        )
        .where(Meeting.status == MeetingStatus.HELD, Meeting.pair_id.in_(which))
        .group_by(Meeting.pair_id)
    )
    for pair_id, held, visits, last in rows:
        counted[pair_id] = (held, visits, last)
    titles = components(session)
    return [_facts(pair, titles, *counted.get(pair.id, (0, 0, None))) for pair in pairs]


def begun_pairs(session: Session, caller: StaffCaller, *, since: date) -> tuple[int, int, int]:
    """Counts the pairs that ever worked and began on a day or later, their meetings, and how many were visits."""
    begins = datetime.combine(since, time(), caller.zone)
    which = _joined(select(Pair.id)).where(_reach(caller), Pair.status.in_(WHOLE), Pair.started_at >= begins)
    pairs = session.scalar(select(func.count()).select_from(which.subquery())) or 0
    held, visits = session.execute(
        select(func.count(), func.count().filter(Meeting.kind == MeetingKind.VISIT)).where(
            Meeting.status == MeetingStatus.HELD, Meeting.pair_id.in_(which)
        )
    ).one()
    return pairs, held, visits


class PairWriter:
    """Writes the papers in one language, with the service's name."""

    def __init__(self, t: Texts, *, service: str, zone: ZoneInfo) -> None:
        self.t, self.service, self.zone = t, service, zone

    def of_pair(self, paper: PairPaper, facts: PairFacts) -> bytes:
        """Returns the personal programme or the report of a pair."""
        if paper is PairPaper.PROGRAMME:
            return self._programme(facts)
        return self._report(facts)

    def of_all(self, paper: StaffPaper, pairs: Sequence[PairFacts]) -> bytes:
        """Returns the draft of an order, or the curator's report."""
        if paper is StaffPaper.ORDER:
            return self._order(pairs)
        return self._curator(pairs)

    def _programme(self, facts: PairFacts) -> bytes:
        t = self.t
        blocks = [
            *self._head(facts),
            DocxHeading(t.plain("mentoring.docx.goals")),
            DocxText(facts.goals or t.plain("mentoring.docx.no_goals")),
            *([DocxText(t.plain("mentoring.docx.component", component=facts.component))] if facts.component else []),
            DocxHeading(t.plain("mentoring.docx.plan")),
            self._meetings(facts, (MeetingStatus.PLANNED, MeetingStatus.HELD)),
            *self._signed("mentor", "mentee"),
        ]
        return self._made(t.plain("mentoring.docx.programme"), blocks)

    def _report(self, facts: PairFacts) -> bytes:
        t = self.t
        blocks = [
            *self._head(facts),
            DocxHeading(t.plain("mentoring.docx.goals")),
            DocxText(facts.goals or t.plain("mentoring.docx.no_goals")),
            DocxHeading(t.plain("mentoring.docx.done")),
            DocxText(
                t.plain(
                    "mentoring.docx.figures",
                    held=facts.held,
                    visits=facts.visits,
                    last=self._day(facts.last) or t.plain("mentoring.docx.never"),
                )
            ),
            self._meetings(facts, (MeetingStatus.HELD,)),
            DocxText(t.plain("mentoring.docx.notes_stay")),
            *self._signed("mentor", "mentee"),
        ]
        return self._made(t.plain("mentoring.docx.report"), blocks)

    def _order(self, pairs: Sequence[PairFacts]) -> bytes:
        t = self.t
        names = ("number", "mentor", "mentee", "since")
        rows = [
            [
                str(number),
                f"{one.mentor}\n{one.mentor_work}",
                f"{one.mentee}\n{one.mentee_work}",
                self._day(one.started_at),
            ]
            for number, one in enumerate(pairs, 1)
        ]
        blocks: list[DocxBlock] = [
            DocxText(t.plain("mentoring.docx.order.number"), centred=True),
            DocxText(t.plain("mentoring.docx.order.why")),
            DocxText(t.plain("mentoring.docx.order.do"), bold=True),
            DocxText(t.plain("mentoring.docx.order.assign"), mark="1."),
            DocxTable([t.plain(f"mentoring.docx.column.{name}") for name in names], rows, (1, 7, 7, 3)),
            DocxText(t.plain("mentoring.docx.order.programmes"), mark="2."),
            DocxText(t.plain("mentoring.docx.order.control"), mark="3."),
            *self._signed("head"),
        ]
        return self._made(t.plain("mentoring.docx.order"), blocks)

    def _curator(self, pairs: Sequence[PairFacts]) -> bytes:
        t = self.t
        names = ("number", "mentor", "mentee", "status", "since", "held", "visits", "last")
        rows = [
            [
                str(number),
                f"{one.mentor}\n{one.mentor_work}",
                f"{one.mentee}\n{one.mentee_work}",
                t.plain(f"mentoring.panel.state.{one.status}"),
                self._day(one.started_at),
                str(one.held),
                str(one.visits),
                self._day(one.last),
            ]
            for number, one in enumerate(pairs, 1)
        ]
        working = sum(one.status is PairStatus.ACTIVE for one in pairs)
        held, visits = sum(one.held for one in pairs), sum(one.visits for one in pairs)
        blocks: list[DocxBlock] = [
            DocxText(t.plain("mentoring.docx.sums", pairs=len(pairs), working=working, held=held, visits=visits)),
            DocxTable([t.plain(f"mentoring.docx.column.{name}") for name in names], rows, (1, 5, 5, 3, 3, 2, 2, 3)),
            *self._signed("curator"),
        ]
        return self._made(t.plain("mentoring.docx.curator"), blocks, wide=True)

    def _made(self, title: str, blocks: Sequence[DocxBlock], *, wide: bool = False) -> bytes:
        head: list[DocxBlock] = [DocxText(self.service, centred=True), DocxHeading(title, 0)]
        return docx([*head, *blocks], title=title, wide=wide)

    def _head(self, facts: PairFacts) -> list[DocxBlock]:
        t = self.t
        until = self._day(facts.ended_at)
        term = (
            t.plain("mentoring.docx.term", since=self._day(facts.started_at), until=until)
            if until
            else t.plain("mentoring.docx.term_open", since=self._day(facts.started_at))
        )
        return [
            DocxText(t.plain("mentoring.docx.mentor", name=facts.mentor, work=facts.mentor_work)),
            DocxText(t.plain("mentoring.docx.mentee", name=facts.mentee, work=facts.mentee_work)),
            DocxText(term),
        ]

    def _meetings(self, facts: PairFacts, wanted: Sequence[MeetingStatus]) -> DocxBlock:
        t = self.t
        names = ("number", "day", "kind", "topic", "mark")
        shown = [one for one in facts.meetings if one[2] in wanted]
        if not shown:
            return DocxText(t.plain("mentoring.docx.no_meetings"))
        rows = [
            [
                str(number),
                self._day(at),
                t.plain(f"mentoring.docx.kind.{kind}"),
                topic,
                t.plain(f"mentoring.panel.status.{status}"),
            ]
            for number, (at, kind, status, topic) in enumerate(shown, 1)
        ]
        return DocxTable([t.plain(f"mentoring.docx.column.{name}") for name in names], rows, (1, 3, 4, 8, 3))

    def _signed(self, *sides: str) -> list[DocxBlock]:
        return [DocxText(self.t.plain(f"mentoring.docx.signed.{side}")) for side in sides]

    def _day(self, moment: datetime | None) -> str:
        if moment is None:
            return ""
        return format_date(moment.astimezone(self.zone).date(), "dd.MM.y", locale=self.t.formats)


_MENTOR, _MENTEE = aliased(Person), aliased(Person)


def _pairs(*found: ColumnElement[bool]) -> Select[Pair]:
    work: Any = [joinedload(one).joinedload(Person.organisation) for one in (Pair.mentor, Pair.mentee)]
    return (
        _joined(select(Pair))
        .options(
            *work,
            joinedload(Pair.mentor).joinedload(Person.position),
            joinedload(Pair.mentee).joinedload(Person.position),
        )
        .where(*found)
    )


def _joined(query: Select[Any]) -> Select[Any]:
    return query.join(_MENTOR, _MENTOR.id == Pair.mentor_id).join(_MENTEE, _MENTEE.id == Pair.mentee_id)


def _reach(caller: StaffCaller) -> ColumnElement[bool]:
    return or_(caller.scope.limits(_MENTEE), caller.scope.limits(_MENTOR))


def _one(session: Session, query: Select[Pair]) -> PairFacts | None:
    pair = session.scalars(query).one_or_none()
    if pair is None:
        return None
    meetings = session.scalars(
        select(Meeting).where(Meeting.pair_id == pair.id).order_by(Meeting.planned_at, Meeting.id)
    ).all()
    held = [one for one in meetings if one.status is MeetingStatus.HELD]
    return _facts(
        pair,
        components(session),
        len(held),
        sum(one.kind is MeetingKind.VISIT for one in held),
        held[-1].planned_at if held else None,
        tuple((one.planned_at, one.kind, one.status, one.topic or "") for one in meetings),
    )


def _facts(
    pair: Pair,
    titles: dict[str, str],
    held: int,
    visits: int,
    last: datetime | None,
    meetings: tuple[tuple[datetime, MeetingKind, MeetingStatus, str], ...] = (),
) -> PairFacts:
    return PairFacts(
        pair.mentor_id,
        pair.mentee_id,
        pair.mentor.full_name or "",
        _work(pair.mentor),
        pair.mentee.full_name or "",
        _work(pair.mentee),
        pair.status,
        pair.goals or "",
        titles.get(pair.component or "", ""),
        pair.started_at,
        pair.ended_at,
        held,
        visits,
        last,
        meetings,
    )


def _work(person: Person) -> str:
    parts = (person.position, person.organisation)
    return ", ".join(one.name for one in parts if one is not None)
