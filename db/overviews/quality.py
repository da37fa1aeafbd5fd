"""How well an instrument measures, for its authors: whether its items belong together, and which are not answered.

Of the whole region alone, as it was measured when another BATCH of self-diagnoses was closed (`db/reports/sweeps.py`):
two looks at the page never differ by one person, whoever walks, walks again or is erased between them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.diagnostics.content import Component, Questionnaire
from db.diagnostics.queries import questionnaire
from db.reports.models import FactBatch, PrivateFact
from db.reports.rules import BATCH, Portion

LEAST = BATCH


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
    own = select(FactBatch).where(FactBatch.fact == PrivateFact.QUALITY, FactBatch.of_id == version_id)
    row = session.scalars(own.order_by(FactBatch.upto.desc(), FactBatch.id.desc()).limit(1)).first()
    if row is None:
        return Quality(content, 0, ())
    told = zip(content.components, row.sums["components"], strict=True)
    return Quality(content, row.people, [_component(one, kept) for one, kept in told])


def _component(one: Component, kept: Mapping[str, Any]) -> ComponentQuality:
    items = [
        ItemQuality(item.code, item.short, item.text, said["rest"], _part(said["not_mine"]), _part(said["declined"]))
        for item, said in zip(one.items, kept["items"], strict=True)
    ]
    return ComponentQuality(one.name, kept["alpha"], kept["people"], items)


def _part(kept: int | str) -> int | Portion:
    return Portion(kept) if isinstance(kept, str) else kept
