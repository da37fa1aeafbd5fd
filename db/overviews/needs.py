"""What people chose in a survey of needs, unit by unit: from the same groups as the report of deficits."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.diagnostics import staff_queries
from db.diagnostics.models import (
    ComponentScore,
    Instrument,
    InstrumentKind,
    InstrumentVersion,
    ScoreBlock,
    ScoreTally,
    VersionStatus,
)
from db.dictionaries import units
from db.dictionaries.queries import rules as region_rules
from db.dictionaries.units import Branch, Unit, UnitLevel
from db.errors import NotFoundError
from db.reports.deficits import within
from db.reports.rules import Portion, told
from db.surveys import queries
from db.surveys.content import Question, QuestionKind, SurveyContent
from db.surveys.models import SurveyReply

LEAST_WORDS = 5
"""Own words are shown only so many at once: then nobody knows whose they are."""


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A unit, small ones together or all that is shown (`unit` is empty), and how many of its people chose what.

    `people` replied to the question; `counts` by the option's code are told in fives or in words.
    """

    unit: Unit | None
    people: int
    counts: Mapping[str, int | Portion]

    @property
    def name(self) -> str:
        """The unit's name."""
        return self.unit.name if self.unit else ""


@dataclass(frozen=True, slots=True)
class Needs:
    """One question of a survey over the units one level under the opened one.

    `words` are what people wrote, without their names and in no order that tells of them, for accounts that may read
    results; `former` counts replies of versions that offered other options.
    """

    content: SurveyContent
    question: Question
    branch: Branch
    rows: tuple[NeedRow, ...]
    together: NeedRow | None
    total: NeedRow | None
    hidden: tuple[str, ...]
    words: tuple[str, ...]
    former: int
    least: int


def surveys(session: Session) -> list[tuple[str, str]]:
    """Lists the surveys that there are: the key and the title of every one that is published."""
    rows = session.execute(
        select(Instrument.key, Instrument.title)
        .join(InstrumentVersion, InstrumentVersion.instrument_id == Instrument.id)
        .where(InstrumentVersion.status == VersionStatus.PUBLISHED, Instrument.kind == InstrumentKind.SURVEY)
        .order_by(Instrument.id)
    )
    return [(row.key, row.title) for row in rows]


def needs(
    session: Session,
    caller: StaffCaller,
    *,
    survey: str | None = None,
    question: str | None = None,
    centre_id: int | None = None,
    municipality_id: int | None = None,
) -> Needs | None:
    """Returns one question of a survey, else the first of the first; nothing where there is none.

    Raises NotFoundError for a survey, a question or a unit that there is not, or that is out of reach.
    """
    known = [key for key, _ in surveys(session)]
    if survey is None and not known:
        return None
    instrument_id, content = _published(session, survey or known[0])
    asked = content.questions[0] if question is None else content.question(question)
    if asked is None:
        raise NotFoundError
    branch = units.opened(session, caller, centre_id=centre_id, municipality_id=municipality_id)
    mine = (
        within(caller, branch.unit),
        ScoreTally.instrument_id == instrument_id,
        ScoreTally.component == asked.code,
    )
    people, chosen = _summed(session, branch, *mine, ScoreTally.form == asked.form)
    least = region_rules(session).mask_under
    shown = {key: count for key, count in people.items() if count >= least}
    rows = tuple(_row(asked, unit, shown[id(unit)], chosen[id(unit)]) for unit in branch.units if id(unit) in shown)
    all_chosen = sum((chosen[key] for key in shown), Counter[str]())
    former = session.scalar(select(func.sum(ScoreTally.people)).where(*mine, ScoreTally.form != asked.form))
    return Needs(
        content=content,
        question=asked,
        branch=branch,
        rows=rows,
        together=_row(asked, None, shown[None], chosen[None]) if None in shown else None,
        total=_row(asked, None, sum(shown.values()), all_chosen) if shown else None,
        hidden=tuple(unit.name for unit in branch.units if id(unit) not in shown),
        words=_words(session, caller, branch.unit, instrument_id, asked),
        former=int(former or 0),
        least=least,
    )


def _published(session: Session, key: str) -> tuple[int, SurveyContent]:
    row = session.execute(
        select(Instrument.id, InstrumentVersion.id.label("version_id"))
        .join(InstrumentVersion, InstrumentVersion.instrument_id == Instrument.id)
        .where(
            Instrument.key == key,
            Instrument.kind == InstrumentKind.SURVEY,
            InstrumentVersion.status == VersionStatus.PUBLISHED,
        )
    ).first()
    if row is None:
        raise NotFoundError
    return row.id, queries.content(session, version_id=row.version_id)


def _summed(
    session: Session, branch: Branch, *where: ColumnElement[bool]
) -> tuple[Counter[int | None], defaultdict[int | None, Counter[str]]]:
    """People and what they chose, by the unit's row; small ones together stand under None."""
    by = ScoreTally.organisation_id if branch.level is UnitLevel.ORGANISATION else ScoreTally.municipality_id
    rows_of = {number: id(unit) for number, unit in branch.places.items()}
    people, chosen = Counter[int | None](), defaultdict[int | None, Counter[str]](Counter)
    for place, count in session.execute(select(by, func.sum(ScoreTally.people)).where(*where).group_by(by)):
        people[rows_of.get(place or 0)] += int(count)
    for place, code, count in staff_queries.points(session, by, where=where):
        chosen[rows_of.get(place)][code] += int(count)
    return people, chosen


def _row(asked: Question, unit: Unit | None, people: int, chosen: Mapping[str, int]) -> NeedRow:
    return NeedRow(unit, people, {one.code: told(chosen.get(one.code, 0), people) for one in asked.options})


def _words(
    session: Session, caller: StaffCaller, unit: Unit | None, instrument_id: int, asked: Question
) -> tuple[str, ...]:
    """What was written by those whom reports count: whole groups only, in the alphabet.

    A group one of whose people replied anew or was erased tells nothing until it is made anew: a text that is missing
    since yesterday would be that person's.
    """
    if asked.kind is not QuestionKind.WORDS or not caller.scope.reads_results:
        return ()
    found = session.execute(
        select(ScoreBlock.id, ScoreBlock.people, SurveyReply.words)
        .join(ComponentScore, ComponentScore.block_id == ScoreBlock.id)
        .join(SurveyReply, SurveyReply.attempt_id == ComponentScore.attempt_id)
        .where(
            within(caller, unit, ScoreBlock),
            ScoreBlock.instrument_id == instrument_id,
            ScoreBlock.component == asked.code,
            ScoreBlock.left_at.is_(None),
            ScoreBlock.gone == 0,
            SurveyReply.question == asked.code,
            SurveyReply.words.is_not(None),
        )
    )
    groups: dict[int, tuple[int, list[str | None]]] = {}
    for block_id, people, text in found:
        groups.setdefault(block_id, (people, []))[1].append(text)
    whole = (texts for people, texts in groups.values() if len(texts) == people >= LEAST_WORDS)
    return tuple(sorted(text for texts in whole for text in texts if text))
