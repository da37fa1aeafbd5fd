"""Which step comes next, on which days it can be tried, when to ask how it went: pure.

Research on development plans: lists of goals are kept by few, a step with a when and a where by most. So a route has
one open step, up to three on wish, each with a day and a class.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from db.diagnostics.content import ANCHORS, Component, Item
from db.diagnostics.rules import DIFFICULT
from db.dictionaries.rules import Rules
from db.routes.models import EvidenceKind, ItemKind, ItemStatus, RouteStatus
from db.transitions import Transitions

OPEN_STEPS = 3
"""As many steps as may be open at once."""
DAYS = 6
AHEAD = 21
"""A step that is put off for longer is not the next one."""
ASK_AT = time(16)
"""Local time of the same day: the lessons are over, it is well before the quiet hours."""
ASK_WITHIN = timedelta(hours=24)
ATTENDED_WITHIN = timedelta(days=7)
"""How long after an event its attendance may still be marked and asked about."""

BREAK = (6, 7, 8)
"""Months without lessons: nothing of a plan falls on them."""
LINES = 24
"""As many lines as a plan may have; more are read by nobody."""
GROUP_LINES = 12
"""As many lines as a group is offered at once."""
THEMES = 2
"""A plan is for the two components that a result puts first."""
EVIDENCE = {
    ItemKind.EVENT: EvidenceKind.ATTENDANCE,
    ItemKind.COURSE: EvidenceKind.LINK,
    ItemKind.PRACTICE: EvidenceKind.WORD,
    ItemKind.TALK: EvidenceKind.WORD,
    ItemKind.VISIT: EvidenceKind.WORD,
    ItemKind.OWN: EvidenceKind.WORD,
}
"""What shows that a line of a kind is done."""
PROVED = (ItemKind.COURSE, ItemKind.PRACTICE, ItemKind.TALK, ItemKind.VISIT, ItemKind.OWN)
"""Lines that a word or a link closes; an event is closed by being there, a step by how it went."""
ADDRESS, LINK_LENGTH = ("http://", "https://"), 300

ROUTE_MOVES = Transitions(
    {
        # A draft that is not wanted is cancelled: nothing of it was one's own yet.
        RouteStatus.DRAFT: [RouteStatus.AGREED, RouteStatus.ACTIVE, RouteStatus.CANCELLED],
        RouteStatus.AGREED: [RouteStatus.ACTIVE, RouteStatus.PAUSED, RouteStatus.FINISHED, RouteStatus.CANCELLED],
        RouteStatus.ACTIVE: [RouteStatus.PAUSED, RouteStatus.FINISHED, RouteStatus.CANCELLED],
        RouteStatus.PAUSED: [RouteStatus.ACTIVE, RouteStatus.FINISHED, RouteStatus.CANCELLED],
        RouteStatus.FINISHED: [],
        RouteStatus.CANCELLED: [],
    },
    refusal="route_over",
)
ITEM_MOVES = Transitions(
    {
        ItemStatus.PROPOSED: [ItemStatus.OPEN, ItemStatus.DROPPED],
        ItemStatus.OPEN: [ItemStatus.AWAITING, ItemStatus.DONE, ItemStatus.DROPPED],
        ItemStatus.AWAITING: [ItemStatus.DONE, ItemStatus.DROPPED],
        # A wrong tap is taken back.
        ItemStatus.DONE: [ItemStatus.OPEN],
        ItemStatus.DROPPED: [ItemStatus.OPEN],
    },
    refusal="route_item_closed",
)


@dataclass(frozen=True, slots=True)
class StepOffer:
    """A step that a result leads to: the item that it is for, in its component."""

    component: Component
    item: Item


def step_offers(
    components: Sequence[Component], answers: Mapping[str, int | None], *, taken: Collection[str]
) -> list[StepOffer]:
    """Lists the steps that a result leads to, the one to begin with first.

    `components` come in the order of their priority, `taken` are items that the route has already. The first is for the
    item that the result names itself; none that goes well is offered while a difficult one of any component is left.
    """
    found: list[tuple[int, StepOffer]] = []
    for component in components:
        marks = [(mark, item) for item in component.items if (mark := answers.get(item.code)) is not None and item.step]
        found += [(mark, StepOffer(component, item)) for mark, item in sorted(marks, key=lambda one: one[0])]
    # Neither the best answer nor «не хочу отвечать» beyond it leaves anything to grow.
    left = [(mark, offer) for mark, offer in found if mark < ANCHORS - 1 and offer.item.code not in taken]
    difficult = [offer for mark, offer in left if mark <= DIFFICULT]
    return difficult or [offer for _, offer in left]


def lesson_days(today: date, rules: Rules) -> list[date]:
    """Lists the next days on which people work, today first."""
    days = (today + timedelta(days=number) for number in range(AHEAD + 1))
    return [day for day in days if not rules.is_day_off(day)][:DAYS]


def may_plan(day: date, *, today: date, rules: Rules) -> bool:
    """Tells whether a step can be tried on this day."""
    return today <= day <= today + timedelta(days=AHEAD) and not rules.is_day_off(day)


def asks_at(day: date, *, now: datetime, zone: ZoneInfo) -> datetime:
    """Returns when to ask how a step of this day went, in UTC: after lessons, in an hour where those are over."""
    return max(datetime.combine(day, ASK_AT, zone).astimezone(UTC), now + timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class ServingEvent:
    """An event that a line of a plan may be for; `month` is the first day of its month there."""

    event_id: int
    title: str
    month: date


@dataclass(frozen=True, slots=True)
class PlanLineDraft:
    """A line of the year's plan: what, for which component, in which month; where it has no words, the component's."""

    kind: ItemKind
    component: str
    text: str
    term: date
    item: str | None = None
    event_id: int | None = None


def months(today: date) -> list[date]:
    """Lists the first days of the months with lessons that a plan looks at: those of a year, this month first."""
    ahead = (date(today.year + (today.month - 1 + n) // 12, (today.month - 1 + n) % 12 + 1, 1) for n in range(12))
    return [month for month in ahead if month.month not in BREAK]


def year_draft(
    today: date,
    components: Sequence[Component],
    practices: Sequence[StepOffer],
    events: Mapping[str, Sequence[ServingEvent]],
    *,
    mentored: bool,
) -> list[PlanLineDraft]:
    """Drafts a year's plan out of a result: for each theme learn, do, talk it through, a month apart.

    `components` come in the order of their priority, `practices` are steps that it leads to, `events` those that serve
    a component, the nearest first; no event twice. Where nothing serves it, it is a course to look for. The first theme
    is talked through with the mentor, for whoever has one; the other by a visit to a colleague.
    """
    free, lines, used = months(today), list[PlanLineDraft](), set[int]()
    for number, theme in enumerate(components[:THEMES]):
        learn, do, talk = free[number * 3 : number * 3 + 3]
        event = next((one for one in events.get(theme.code, ()) if one.event_id not in used), None)
        if event is not None:
            used.add(event.event_id)
            lines.append(PlanLineDraft(ItemKind.EVENT, theme.code, event.title, event.month, event_id=event.event_id))
        else:
            lines.append(PlanLineDraft(ItemKind.COURSE, theme.code, theme.title, learn))
        practice = next((one for one in practices if one.component.code == theme.code), None)
        if practice is not None:
            text = practice.item.step or ""
            lines.append(PlanLineDraft(ItemKind.PRACTICE, theme.code, text, do, item=practice.item.code))
        talks = ItemKind.TALK if mentored and number == 0 else ItemKind.VISIT
        lines.append(PlanLineDraft(talks, theme.code, theme.title, talk))
    return sorted(lines, key=lambda line: line.term)


def later_month(term: date, *, today: date) -> date:
    """Returns the next month that a line may be moved to; after the last one the first again."""
    ahead = months(today)
    return next((month for month in ahead if month > term), ahead[0])


def evidence_of(text: str) -> EvidenceKind:
    """Tells whether what was typed is an address or a word."""
    address = text.lower().startswith(ADDRESS) and len(text) <= LINK_LENGTH and not any(map(str.isspace, text))
    return EvidenceKind.LINK if address else EvidenceKind.WORD
