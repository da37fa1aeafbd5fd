"""Finds practices by words that may be misspelt or have other endings: the same answers on both databases.

Each practice that was sent keeps its words, cut to their beginning, so that most endings fall off. A query's
words are compared with all words there are (Jaro-Winkler forgives swaps, drops and doubled letters and holds to the
beginning), and practices come by the likest and rarest of theirs. So nothing stands in memory between two searches,
and what was just sent is found at once.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler
from sqlalchemy import ColumnElement, Float, case, delete, desc, func, insert, select
from sqlalchemy.orm import Session

from db.base import table
from db.practices.models import Practice, PracticeStatus, PracticeWord
from db.texts import comparable

CUT = 9
"""Letters of a word that are looked at: what follows is an ending."""
SHORTEST = 3
MOST_WORDS = 8
LIKE = 0.8
"""Words less alike than this are others."""
CLOSE = 0.92
"""Words so much less alike than the likest are others too."""
NEAR = 12
"""As many words as one of the query may stand for."""
STEEP = 8
"""How much a word that is only alike weighs less than the same one."""
BODY = 0.25
"""What a word weighs that does not stand in the name."""
SUNK = 0.7
"""What is unconfirmed for a year fits so much less."""
LEAST = 0.3
"""What fits so much less than the best is not what was meant."""
MOST_FOUND = 60
"""As many as one turns through."""


def words_of(text: str) -> list[str]:
    """Returns the words of a text that tell something, cut to their beginnings."""
    return [word[:CUT] for word in re.findall(r"\w+", comparable(text)) if len(word) >= SHORTEST]


def put_in(session: Session, *practices: Practice) -> None:
    """Has practices be found by their words."""
    session.execute(delete(PracticeWord).where(PracticeWord.practice_id.in_([row.id for row in practices])))
    rows = [one for row in practices for one in _rows(row)]
    if rows:
        session.execute(insert(table(PracticeWord)), rows)


def _rows(row: Practice) -> Iterator[dict[str, Any]]:
    titled = set(words_of(row.title))
    told = set(words_of(" ".join((row.audience, row.lesson, row.result))))
    for word in sorted(titled | told):
        yield {"word": word, "practice_id": row.id, "title": word in titled}


def take_out(session: Session, practice_id: int) -> None:
    """Has a practice be found no more."""
    session.execute(delete(PracticeWord).where(PracticeWord.practice_id == practice_id))


def found(session: Session, which: ColumnElement[bool], *, text: str) -> list[int]:
    """Returns the ids of those of these practices that have words like those of the text, the best first.

    The database weighs them, so that a rare pair of rows comes out instead of thousands; nothing without words.
    """
    asked = list(dict.fromkeys(words_of(text)))[:MOST_WORDS]
    count = select(PracticeWord.word, func.count()).group_by(PracticeWord.word).order_by(PracticeWord.word)
    known = {row[0]: row[1] for row in session.execute(count)} if asked else {}
    near = [one for word in asked if (one := _near(word, known))]
    if not near:
        return []
    fit = sum((_weight(one) for one in near[1:]), _weight(near[0])) * case(
        (Practice.status == PracticeStatus.SUNK, SUNK), else_=1.0
    )
    rows = session.execute(
        select(Practice.id, Practice.adopted, fit.label("fit"))
        .join(PracticeWord, PracticeWord.practice_id == Practice.id)
        .where(which, PracticeWord.word.in_({word for one in near for word in one}))
        .group_by(Practice.id, Practice.adopted, Practice.status)
        .order_by(desc("fit"), Practice.id)
        .limit(MOST_FOUND)
    ).all()
    least = max((row.fit for row in rows), default=0.0) * LEAST
    order = sorted((-round(row.fit, 6), -row.adopted, row.id) for row in rows if row.fit >= least)
    return [practice_id for _, _, practice_id in order]


def _near(word: str, known: Mapping[str, int]) -> dict[str, float]:
    """The known words like this one, with their weights: the rarer the heavier."""
    most = max(known.values(), default=1)
    alike = process.extract(word, list(known), scorer=JaroWinkler.similarity, limit=NEAR, score_cutoff=LIKE)
    best = max((like for _, like, _ in alike), default=0.0) * CLOSE
    return {one: like**STEEP * math.log(1 + most / known[one]) for one, like, _ in alike if like >= best}


def _weight(near: Mapping[str, float]) -> ColumnElement[float]:
    """What the best of a practice's words weighs that stand for one of the query."""
    weight = case(near, value=PracticeWord.word, else_=0.0) * case((PracticeWord.title, 1.0), else_=BODY)
    return func.max(weight, type_=Float)
