"""Reads what of an own result may be asked again, the next question of a re-test, and what one has told."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller, PersonCaller
from db.diagnostics import queries as diagnostics
from db.diagnostics import rules as scoring
from db.diagnostics.content import Component, Item, Questionnaire
from db.diagnostics.models import Attempt
from db.diagnostics.offering import chosen, offers
from db.diagnostics.rules import Answers
from db.dictionaries.queries import rules as region_rules
from db.errors import ConflictError, DomainError, NotFoundError
from db.retests import rules as retesting
from db.retests.models import Retest, RetestAnswer, RetestStatus
from db.retests.rules import Compared, RetestRefusal
from db.routes.models import ItemStatus, Route, RouteItem


@dataclass(frozen=True, slots=True)
class Outlook:
    """One component of a last result and whether it may be asked again.

    `number` is its place in that result. `items` can be compared, `opens_on` is the first day when it makes sense,
    `full_on` that of the whole self-diagnosis; `open_id` is a re-test under way. `refusal` is what stands against it
    whatever the day.
    """

    attempt_id: int
    number: int
    component: Component
    version_id: int
    items: tuple[Item, ...]
    base_at: datetime
    opens_on: date
    full_on: date
    open_id: int | None
    refusal: RetestRefusal | None = None
    before: Answers = field(default_factory=dict, repr=False)

    def check(self, today: date) -> None:
        """Raises DomainError `retest_renewed`, `retest_little` or `retest_too_early` where it may not begin today."""
        if self.refusal:
            raise DomainError(self.refusal.value, day=self.full_on)
        if today < self.opens_on:
            raise DomainError("retest_too_early", day=self.opens_on)


@dataclass(frozen=True, slots=True)
class RetestStep:
    """Where a re-test stands and what to ask next; no `item` when all is answered.

    `content` is the questionnaire cut down to it, `base_at` the day that its last question is about.
    """

    retest_id: int
    attempt_id: int
    number: int
    content: Questionnaire
    item: Item | None
    answers: Answers
    base_at: datetime


@dataclass(frozen=True, slots=True)
class RetestResult:
    """What a re-test has told, for its owner alone; `step` is the item of the route that it answers."""

    retest_id: int
    attempt_id: int
    number: int
    component: Component
    base_at: datetime
    done_at: datetime
    compared: Compared
    step: RouteItem | None
    opens_on: date


@dataclass(frozen=True, slots=True)
class RetestCard:
    """One component that may be asked again, with what its re-tests since that result have told, the last first."""

    outlook: Outlook
    done: Sequence[RetestResult]
    step: RouteItem | None


def home(session: Session, caller: PersonCaller) -> list[Outlook]:
    """Returns every component of the last result by the first own instrument; none without one."""
    found = offers(session, person_id=caller.person_id)
    last = next((one.last_id for one in found if one.last_id and one.version_id), None)
    return [] if last is None else outlooks(session, caller, attempt_id=last)


def card(session: Session, caller: PersonCaller, *, attempt_id: int, number: int) -> RetestCard:
    """Returns one component of a last result. Raises NotFoundError, DomainError `diagnostics_not_offered`."""
    found = outlook(session, caller, attempt_id=attempt_id, number=number)
    done = [one for one in of_result(session, caller, attempt_id=attempt_id) if one.number == number]
    return RetestCard(found, done, answered_step(session, caller, found))


def card_of_step(session: Session, caller: PersonCaller, *, item_id: int) -> RetestCard:
    """Returns the component that a done item of an own route was for, in the last result that has it.

    Raises NotFoundError, and DomainError `retest_no_result` where no result has it.
    """
    item = session.scalar(
        select(RouteItem)
        .join(Route)
        .where(RouteItem.id == item_id, Route.person_id == caller.person_id, RouteItem.status == ItemStatus.DONE)
    )
    if item is None:
        raise NotFoundError
    for offer in offers(session, person_id=caller.person_id):
        if offer.last_id is None or offer.version_id is None:
            continue
        for one in outlooks(session, caller, attempt_id=offer.last_id):
            if one.component.code == item.component:
                return card(session, caller, attempt_id=one.attempt_id, number=one.number)
    raise DomainError("retest_no_result")


def outlook(session: Session, caller: PersonCaller, *, attempt_id: int, number: int) -> Outlook:
    """Returns one component of an own last result. Raises NotFoundError, DomainError `diagnostics_not_offered`."""
    found = next((one for one in outlooks(session, caller, attempt_id=attempt_id) if one.number == number), None)
    if found is None:
        raise NotFoundError
    return found


def outlooks(session: Session, caller: PersonCaller, *, attempt_id: int) -> list[Outlook]:
    """Returns every component of an own last result. Raises NotFoundError, also where a later result is there."""
    attempt = session.get(Attempt, attempt_id)
    if attempt is None or attempt.person_id != caller.person_id or attempt.completed_at is None:
        raise NotFoundError
    offer = chosen(offers(session, person_id=caller.person_id), attempt.instrument_id)
    if offer.last_id != attempt_id:
        raise NotFoundError
    if offer.version_id is None:
        raise DomainError("diagnostics_not_offered")
    then = diagnostics.questionnaire(session, version_id=attempt.version_id)
    now = diagnostics.questionnaire(session, version_id=offer.version_id)
    before, rules = diagnostics.answers(session, attempt_id=attempt_id), region_rules(session)
    full_on = scoring.retest_on(attempt.completed_at, rules, caller.zone)
    last_at: dict[str, datetime] = {}
    open_ids: dict[str, int] = {}
    for row in session.scalars(select(Retest).where(Retest.attempt_id == attempt_id)):
        if row.completed_at is None:
            open_ids[row.component] = row.id
        else:
            last_at[row.component] = max(row.completed_at, last_at.get(row.component, row.completed_at))
    found = []
    for number, former in enumerate(then.components):
        code = former.code
        part = now.component(code) or former
        items = retesting.asked(part, before) if now.component(code) else ()
        answered = len(retesting.asked(former, before))
        refusal = None
        if len(items) < retesting.enough(part, rules):
            little = answered < retesting.enough(former, rules)
            refusal = RetestRefusal.LITTLE if little else RetestRefusal.RENEWED
        opens_on = retesting.opens_on(last_at.get(code, attempt.completed_at), rules, caller.zone)
        found.append(
            Outlook(
                *(attempt_id, number, part, offer.version_id, items, attempt.completed_at, opens_on, full_on),
                open_id=open_ids.get(code),
                refusal=refusal,
                before=before,
            )
        )
    return found


def answered_step(session: Session, caller: PersonCaller, found: Outlook) -> RouteItem | None:
    """Returns the last item for the component that was done in an own route since the result."""
    return session.scalar(
        select(RouteItem)
        .join(Route)
        .where(
            Route.person_id == caller.person_id,
            RouteItem.component == found.component.code,
            RouteItem.status == ItemStatus.DONE,
            RouteItem.closed_at >= found.base_at,
        )
        .order_by(RouteItem.closed_at.desc(), RouteItem.id.desc())
        .limit(1)
    )


def own(session: Session, caller: PersonCaller, retest_id: int, *, lock: bool = False) -> Retest:
    """Returns an own re-test, locked where asked. Raises NotFoundError."""
    query = select(Retest).join(Attempt).where(Retest.id == retest_id, Attempt.person_id == caller.person_id)
    row = session.scalar(query.with_for_update(of=Retest) if lock else query)
    if row is None:
        raise NotFoundError
    return row


def step(session: Session, caller: PersonCaller, *, retest_id: int, item: str | None = None) -> RetestStep:
    """Returns a question of an open re-test: the asked one, else the next without an answer.

    Raises NotFoundError for a foreign one or an unknown item, ConflictError `retest_closed`.
    """
    row = own(session, caller, retest_id)
    if row.status is not RetestStatus.OPEN:
        raise ConflictError("retest_closed")
    return step_of(session, row, item=item)


def step_of(
    session: Session,
    row: Retest,
    *,
    item: str | None = None,
    after: str | None = None,
    sheet: tuple[Questionnaire, int] | None = None,
) -> RetestStep:
    """Returns a question of this re-test: the asked one, else the next one after. Raises NotFoundError."""
    content, number = sheet or sheet_of(session, row)
    given = answers(session, retest_id=row.id)
    if item is not None and item not in content.places:
        raise NotFoundError
    asked = scoring.next_item(content, given, after) if item is None else content.items[content.place(item)]
    return RetestStep(row.id, row.attempt_id, number, content, asked, given, _base_at(row))


def answers(session: Session, *, retest_id: int) -> dict[str, int | None]:
    """Returns every answer of a re-test by its item."""
    query = select(RetestAnswer.item, RetestAnswer.value).where(RetestAnswer.retest_id == retest_id)
    given: dict[str, int | None] = dict(session.execute(query).all())
    return given


def result(session: Session, caller: PersonCaller, *, retest_id: int) -> RetestResult:
    """Returns what an own re-test has told. Raises NotFoundError, for an open one too."""
    row = own(session, caller, retest_id)
    if row.status is not RetestStatus.DONE:
        raise NotFoundError
    return told(session, caller, [row])[0]


def of_result(session: Session, caller: PersonCaller, *, attempt_id: int) -> list[RetestResult]:
    """Lists what the re-tests of an own result have told, the last first."""
    rows = session.scalars(
        select(Retest)
        .join(Attempt)
        .where(
            Retest.attempt_id == attempt_id,
            Attempt.person_id == caller.person_id,
            Retest.status == RetestStatus.DONE,
        )
        .options(joinedload(Retest.step))
        .order_by(Retest.completed_at.desc(), Retest.id.desc())
    ).all()
    return told(session, caller, rows)


def told(session: Session, caller: Caller, rows: Sequence[Retest]) -> list[RetestResult]:
    """Compares re-tests that are done with the results that they belong to."""
    given: dict[int, dict[str, int | None]] = defaultdict(dict)
    for one in session.scalars(select(RetestAnswer).where(RetestAnswer.retest_id.in_([row.id for row in rows]))):
        given[one.retest_id][one.item] = one.value
    before = {number: diagnostics.answers(session, attempt_id=number) for number in {row.attempt_id for row in rows}}
    rules, found = region_rules(session), []
    for row in rows:
        component, number = _component(session, row)
        done_at = row.completed_at or row.started_at
        found.append(
            RetestResult(
                *(row.id, row.attempt_id, number, component, _base_at(row), done_at),
                retesting.compared(component, before[row.attempt_id], given[row.id], row.then_item, rules),
                row.step,
                retesting.opens_on(done_at, rules, caller.zone),
            )
        )
    return found


def sheet_of(session: Session, row: Retest) -> tuple[Questionnaire, int]:
    """Returns what a re-test asks, and the place of its component in the result."""
    content = diagnostics.questionnaire(session, version_id=row.version_id)
    component, number = _component(session, row)
    items = retesting.asked(component, diagnostics.answers(session, attempt_id=row.attempt_id))
    return retesting.sheet(content, component, items, row.then_item), number


def _component(session: Session, row: Retest) -> tuple[Component, int]:
    """The component as it is asked, and its place in the result."""
    content = diagnostics.questionnaire(session, version_id=row.version_id)
    component = content.component(row.component)
    former = diagnostics.questionnaire(session, version_id=row.attempt.version_id)
    codes = [one.code for one in former.components]
    if component is None or row.component not in codes:
        raise NotFoundError
    return component, codes.index(row.component)


def _base_at(row: Retest) -> datetime:
    return row.attempt.completed_at or row.started_at
