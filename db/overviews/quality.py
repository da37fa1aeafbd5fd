"""How well an instrument measures, for its authors: whether its items belong together, and which are not answered.

Of the whole region alone, by the last self-diagnoses, never fewer than LEAST. Figures change only when another BATCH of
them is closed, so that two looks at the page never differ by one person; parts are told as in every report.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.diagnostics.content import ANCHORS, DECLINED, Questionnaire
from db.diagnostics.models import Answer, Attempt, AttemptStatus
from db.diagnostics.queries import questionnaire
from db.reports.rules import Portion, alpha, down_to_fives, item_rest, share

LEAST = BATCH = 30
"""Below so many a coefficient says nothing of the instrument, and much of those who answered."""
SAMPLE = 1500
"""More than this an estimate does not need: its error is below two hundredths already. A multiple of BATCH."""

_measured: WeakKeyDictionary[Any, dict[tuple[int, int], "Quality"]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class ItemQuality:
    """An item: how it goes with the component's others, and how many per cent said it is not of their work, or passed.

    `rest` is a correlation from -1 to 1; none where it can't be told.
    """

    code: str
    short: str
    text: str
    rest: float | None
    not_mine: int | Portion
    declined: int | Portion


@dataclass(frozen=True, slots=True)
class ComponentQuality:
    """A component: `alpha` by the `people` who answered all its items, in fives; none where they are too few."""

    name: str
    alpha: float | None
    people: int
    items: Sequence[ItemQuality]


@dataclass(frozen=True, slots=True)
class Quality:
    """What is told of a version by the last `people` self-diagnoses; without components where they are too few."""

    content: Questionnaire
    people: int
    components: Sequence[ComponentQuality]


def quality(session: Session, caller: StaffCaller, *, version_id: int) -> Quality:
    """Returns how well a version measures. Raises NotFoundError, ForbiddenError for who does not have the region."""
    caller.scope.check_region()
    content = questionnaire(session, version_id=version_id)
    closed = Attempt.version_id == version_id, Attempt.status == AttemptStatus.COMPLETED
    batches = (session.scalar(select(func.count()).where(*closed)) or 0) // BATCH
    bind = session.get_bind()
    kept = _measured.setdefault((bind.engine if isinstance(bind, Connection) else bind).pool, {})
    key = version_id, batches
    if key not in kept:
        last = batches * BATCH
        taken = min(last, SAMPLE)
        ids = (
            select(Attempt.id)
            .where(*closed)
            .order_by(Attempt.completed_at, Attempt.id)
            .offset(last - taken)
            .limit(taken)
            .subquery()
        )
        rows = session.execute(
            select(Answer.attempt_id, Answer.item, Answer.value).join(ids, ids.c.id == Answer.attempt_id)
        )
        said: dict[int, dict[str, int | None]] = defaultdict(dict)
        for attempt_id, item, value in rows:
            said[attempt_id][item] = value
        kept[key] = measure(content, list(said.values()))
    return kept[key]


def measure(content: Questionnaire, said: Sequence[Mapping[str, int | None]]) -> Quality:
    """Tells how well a version measures by what people answered, by item; pure."""
    if len(said) < LEAST:
        return Quality(content, len(said), ())
    not_mine, declined = Counter[str](), Counter[str]()
    for answers in said:
        not_mine.update(item for item, value in answers.items() if value is None)
        declined.update(item for item, value in answers.items() if value == DECLINED)
    found = []
    for component in content.components:
        codes = [item.code for item in component.items]
        marks = [row for row in ([one.get(code) for code in codes] for one in said) if all(map(_is_mark, row))]
        whole: list[list[int]] = [[value for value in row if value is not None] for row in marks]
        enough = len(whole) >= LEAST
        rests = item_rest(whole) if enough else [None] * len(codes)
        items = [
            ItemQuality(
                item.code,
                item.short,
                item.text,
                rest,
                share(not_mine[item.code], len(said)),
                share(declined[item.code], len(said)),
            )
            for item, rest in zip(component.items, rests, strict=True)
        ]
        people = down_to_fives(len(whole))
        found.append(ComponentQuality(component.name, alpha(whole) if enough else None, people, items))
    return Quality(content, len(said), found)


def _is_mark(value: int | None) -> bool:
    return value is not None and value < ANCHORS
