"""Announces selections and changes their dates, criteria and reasons; lists them for the panel.

What applications stand on stays: once somebody has applied, the criteria keep their number, kind of answer, documents
and weight; once a decision names a reason, its words stay. The words of criteria may always be mended.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import texts
from db.active import services as active
from db.applications import rules
from db.applications.models import (
    AnswerKind,
    Application,
    Campaign,
    Criterion,
    Decision,
    FilesRule,
    Reason,
    Verdict,
)
from db.applications.queries import is_open
from db.applications.rules import ReasonDraft
from db.audit import services as audit
from db.base import Base, table
from db.caller import StaffCaller
from db.clock import local_day, midnight
from db.dictionaries.staff_services import SHORT, store
from db.documents.queries import document
from db.errors import ConflictError, DomainError, NotFoundError

T = TypeVar("T", bound=Base)
Part = TypeVar("Part", Criterion, Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDraft:
    """What is said of a selection: `closes` is the last day of taking applications, `serves_until` of the term."""

    title: str
    issued_by: str
    order_number: str
    order_date: date
    order_title: str
    about: str
    opens: date
    closes: date
    serves_until: date | None = None
    document_id: int | None = None
    appeal_days: int | None = None
    answer_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionDraft:
    """What is said of a criterion."""

    title: str
    short: str
    question: str
    hint: str
    answer: AnswerKind
    files: FilesRule
    weight: int


@dataclass(frozen=True, slots=True)
class OpenedCampaign:
    """A selection with what stands on it: whether somebody applied, and the reasons that decisions name."""

    campaign: Campaign
    open: bool
    applied: bool
    used: frozenset[tuple[Verdict, int]]


def any_held(session: Session) -> bool:
    """Says whether this service knows selections at all, past, running or announced: else nothing offers to apply."""
    return bool(session.scalar(_ANY_HELD))


def campaigns(session: Session) -> Sequence[Campaign]:
    """Lists all selections, the newest first."""
    return session.scalars(select(Campaign).order_by(Campaign.opens_at.desc(), Campaign.id.desc())).all()


def title(session: Session, *, campaign_id: int) -> str:
    """Returns what a selection is called. Raises NotFoundError."""
    return _one(session, Campaign, campaign_id).title


def opened(session: Session, caller: StaffCaller, *, campaign_id: int) -> OpenedCampaign:
    """Returns one selection. Raises NotFoundError."""
    row = _one(session, Campaign, campaign_id)
    return OpenedCampaign(row, is_open(row, caller.now), _applied(session, row.id), _used(session, row.id))


def last_day(row: Campaign, zone: ZoneInfo) -> date:
    """The last day on which applications are taken, or were."""
    return local_day(row.closes_at - timedelta(microseconds=1), zone)


def criterion(session: Session, *, criterion_id: int) -> Criterion:
    """Returns one criterion. Raises NotFoundError."""
    return _one(session, Criterion, criterion_id)


def reason(session: Session, *, reason_id: int) -> Reason:
    """Returns one reason. Raises NotFoundError."""
    return _one(session, Reason, reason_id)


def save_campaign(
    session: Session, caller: StaffCaller, *, campaign_id: int | None, draft: CampaignDraft, like: int | None = None
) -> int:
    """Announces a selection, with the criteria and reasons of another (`like`), or changes one; returns its id.

    Raises NotFoundError, DomainError `field_needed`, `campaign_days`, `campaign_serves`, `letters_mixed`,
    `campaign_appeal`, `campaign_opened` (somebody has applied: the first day stays), `campaign_decided` (decisions do),
    `campaign_promised` for a shorter term of appeals than refused people were told.
    """
    caller.scope.check_admin()
    _check_words(draft, ("title", "issued_by", "order_number", "order_date", "opens", "closes"))
    if draft.closes < draft.opens:
        raise DomainError("campaign_days", field="closes")
    if draft.serves_until is not None and draft.serves_until <= draft.closes:
        raise DomainError("campaign_serves", field="serves_until")
    opens, closes = midnight(draft.opens, caller.zone), midnight(draft.closes + timedelta(days=1), caller.zone)
    if campaign_id is None:
        newest = session.scalar(select(func.max(Campaign.id))) or 0
        row = Campaign(code=f"panel-{newest + 1}", opens_at=opens, closes_at=closes)
    else:
        row = _changing(session, caller, campaign_id)
        _check_standing(session, caller, row, draft)
        # A moment stays where its day does: what was closed at noon is not opened again till midnight.
        if draft.opens != local_day(row.opens_at, caller.zone):
            row.opens_at = opens
        if draft.closes != last_day(row, caller.zone):
            row.closes_at = closes
    row.title = texts.one_alphabet(draft.title, field="title")
    row.issued_by, row.order_number, row.order_date = draft.issued_by, draft.order_number, draft.order_date
    row.order_title, row.about = draft.order_title, draft.about
    longer, row.serves_until = draft.serves_until != row.serves_until, draft.serves_until
    row.appeal_days, row.answer_days = rules.appeal_terms(draft.appeal_days, draft.answer_days)
    row.document_id = document(session, document_id=draft.document_id).id if draft.document_id else None
    store(session, row)
    if longer:
        active.set_term(session, campaign_id=row.id, until=row.serves_until)
    if campaign_id is None and like is not None:
        _copy(session, _one(session, Campaign, like), row)
    _record(session, caller, "campaigns.save", row, opens=draft.opens.isoformat(), closes=draft.closes.isoformat())
    return row.id


def close(session: Session, caller: StaffCaller, *, campaign_id: int) -> None:
    """Ends the taking of applications at once; those that were sent wait on. Raises ConflictError `campaign_closed`."""
    row = _changing(session, caller, campaign_id)
    if not row.opens_at < caller.now < row.closes_at:
        raise ConflictError("campaign_closed")
    row.closes_at = caller.now
    _record(session, caller, "campaigns.close", row)


def save_criterion(
    session: Session, caller: StaffCaller, *, campaign_id: int, criterion_id: int | None, draft: CriterionDraft
) -> int:
    """Adds a criterion at the end or changes one; returns its id.

    Raises DomainError `field_needed`, `dictionary_short`, `criterion_weight`, `criteria_many`, and `campaign_applied`
    for all but the words once somebody has applied.
    """
    campaign = _changing(session, caller, campaign_id)
    row = _of(session, Criterion, campaign, criterion_id) if criterion_id else None
    _check_words(draft, ("title", "question", "hint"))
    if not 1 <= draft.weight <= rules.MAX_WEIGHT:
        raise DomainError("criterion_weight", most=rules.MAX_WEIGHT, field="weight")
    if row is None or any(getattr(row, name) != getattr(draft, name) for name in ("answer", "files", "weight")):
        _check_free(session, campaign)
    if row is None:
        if len(campaign.criteria) >= rules.MAX_CRITERIA:
            raise DomainError("criteria_many", most=rules.MAX_CRITERIA)
        row = Criterion(campaign_id=campaign_id, number=len(campaign.criteria) + 1)
    for field in fields(draft):
        setattr(row, field.name, getattr(draft, field.name))
    store(session, row)
    _record(session, caller, "campaigns.criterion", campaign, number=row.number)
    return row.id


def move_criterion(session: Session, caller: StaffCaller, *, criterion_id: int, by: int) -> int:
    """Puts a criterion one place up (-1) or down (1) and returns its selection; reasons that look at it follow."""
    campaign, row = _part(session, caller, Criterion, criterion_id)
    _check_free(session, campaign)
    _number_criteria(session, campaign, _moved(campaign.criteria, row, by))
    _record(session, caller, "campaigns.criterion", campaign, number=row.number)
    return campaign.id


def remove_criterion(session: Session, caller: StaffCaller, *, criterion_id: int) -> int:
    """Takes a criterion away and returns its selection. Raises `campaign_applied`, `criteria_none` for the last one."""
    campaign, row = _part(session, caller, Criterion, criterion_id)
    _check_free(session, campaign)
    if len(campaign.criteria) == 1:
        raise DomainError("criteria_none")
    session.delete(row)
    session.flush()
    _number_criteria(session, campaign, [one for one in campaign.criteria if one is not row])
    _record(session, caller, "campaigns.criterion", campaign, removed=row.number)
    return campaign.id


def save_reason(
    session: Session,
    caller: StaffCaller,
    *,
    campaign_id: int,
    verdict: Verdict,
    reason_id: int | None,
    draft: ReasonDraft,
) -> int:
    """Adds a reason at the end of its verdict's or changes one; returns its id.

    Raises DomainError `field_needed`, `dictionary_short`, `reasons_many`, `reason_used` for words told already.
    """
    campaign = _changing(session, caller, campaign_id)
    row = _of(session, Reason, campaign, reason_id) if reason_id else None
    _check_words(draft, ("text", "gentle"))
    if row is None:
        there = _beside(campaign, verdict)
        if len(there) >= rules.MAX_REASONS:
            raise DomainError("reasons_many", most=rules.MAX_REASONS)
        row = Reason(campaign_id=campaign_id, verdict=verdict, number=len(there) + 1)
    elif (draft.text, draft.gentle) != (row.text, row.gentle):
        _check_unused(session, [row])
    row.text, row.short, row.gentle, row.direction = draft.text, draft.short, draft.gentle, draft.direction
    row.warning, row.next_step, row.leads_to = draft.warning or None, draft.next_step or None, draft.leads_to
    row.criteria = sorted(draft.criteria & {one.number for one in campaign.criteria})
    store(session, row)
    _record(session, caller, "campaigns.reason", campaign, number=row.number)
    return row.id


def move_reason(session: Session, caller: StaffCaller, *, reason_id: int, by: int) -> int:
    """Puts a reason one place up (-1) or down (1) and returns its selection. Raises DomainError `reason_used`."""
    campaign, row = _part(session, caller, Reason, reason_id)
    _number_reasons(session, _moved(_beside(campaign, row.verdict), row, by))
    _record(session, caller, "campaigns.reason", campaign, number=row.number)
    return campaign.id


def remove_reason(session: Session, caller: StaffCaller, *, reason_id: int) -> int:
    """Takes a reason away and returns its selection. Raises `reason_used` where a decision names it or a later one."""
    campaign, row = _part(session, caller, Reason, reason_id)
    _check_unused(session, [row])
    session.delete(row)
    session.flush()
    _number_reasons(session, [one for one in _beside(campaign, row.verdict) if one is not row])
    _record(session, caller, "campaigns.reason", campaign, removed=row.number)
    return campaign.id


# --- the ground of the use cases ---


def _one(session: Session, table: type[T], number: int) -> T:
    row = session.get(table, number)
    if row is None:
        raise NotFoundError
    return row


def _of(session: Session, table: type[Part], campaign: Campaign, number: int) -> Part:
    row = _one(session, table, number)
    if row.campaign_id != campaign.id:
        raise NotFoundError
    return row


def _part(session: Session, caller: StaffCaller, table: type[Part], number: int) -> tuple[Campaign, Part]:
    campaign_id = session.scalar(select(table.campaign_id).where(table.id == number))
    if campaign_id is None:
        raise NotFoundError
    return _changing(session, caller, campaign_id), _one(session, table, number)


def _changing(session: Session, caller: StaffCaller, campaign_id: int) -> Campaign:
    """The selection, locked: nobody applies to it meanwhile."""
    caller.scope.check_admin()
    row = session.get(Campaign, campaign_id, with_for_update=True)
    if row is None:
        raise NotFoundError
    return row


def _applied(session: Session, campaign_id: int) -> bool:
    found = select(Application.id).where(Application.campaign_id == campaign_id).limit(1)
    return session.scalar(found) is not None


def _check_standing(session: Session, caller: StaffCaller, row: Campaign, draft: CampaignDraft) -> None:
    """Refuses what would move under those who applied, or under decisions."""
    if draft.opens != local_day(row.opens_at, caller.zone) and _applied(session, row.id):
        raise DomainError("campaign_opened", field="opens")
    decided = select(Decision.id).join(Application).where(Application.campaign_id == row.id).limit(1)
    if (draft.order_number, draft.order_date) != (row.order_number, row.order_date) and session.scalar(decided):
        raise DomainError("campaign_decided", field="order_number")
    if (draft.appeal_days or 0) < (row.appeal_days or 0) and session.scalar(decided):
        raise DomainError("campaign_promised", field="appeal_days")


def _check_free(session: Session, campaign: Campaign) -> None:
    if _applied(session, campaign.id):
        raise DomainError("campaign_applied")


def _used(session: Session, campaign_id: int) -> frozenset[tuple[Verdict, int]]:
    """The reasons that decisions name, the undone ones too: each stays in the history of its application."""
    rows = session.execute(
        select(Decision.verdict, Decision.reasons)
        .join(Application, Application.id == Decision.application_id)
        .where(Application.campaign_id == campaign_id)
    )
    return frozenset((verdict, number) for verdict, numbers in rows for number in numbers)


def _check_unused(session: Session, reasons: Sequence[Reason]) -> None:
    if reasons:
        used = _used(session, reasons[0].campaign_id)
        for one in reasons:
            if (one.verdict, one.number) in used:
                raise DomainError("reason_used", number=one.number)


def _check_words(draft: CampaignDraft | CriterionDraft | ReasonDraft, names: Iterable[str]) -> None:
    for name in names:
        if not getattr(draft, name):
            raise DomainError("field_needed", field=name)
    short = getattr(draft, "short", "-")
    if not 1 <= len(short) <= SHORT:
        raise DomainError("dictionary_short" if short else "field_needed", limit=SHORT, field="short")


def _beside(campaign: Campaign, verdict: Verdict) -> list[Reason]:
    return [one for one in campaign.reasons if one.verdict is verdict]


def _moved(rows: Sequence[Part], row: Part, by: int) -> list[Part]:
    others = [one for one in rows if one is not row]
    others.insert(max(0, rows.index(row) + by), row)
    return others


def _number(session: Session, rows: Sequence[Part]) -> dict[int, int]:
    """Numbers rows by their places and returns the new number by the old; two never have one, not even on the way."""
    places = {row.number: place for place, row in enumerate(rows, 1)}
    moved = [(place, row) for place, row in enumerate(rows, 1) if row.number != place]
    for sign in (-1, 1):
        for place, row in moved:
            row.number = sign * place
        session.flush()
    return places


def _number_criteria(session: Session, campaign: Campaign, rows: Sequence[Criterion]) -> None:
    places = _number(session, rows)
    for one in campaign.reasons:
        one.criteria = sorted(places[number] for number in one.criteria if number in places)


def _number_reasons(session: Session, rows: Sequence[Reason]) -> None:
    _check_unused(session, [row for place, row in enumerate(rows, 1) if row.number != place])
    _number(session, rows)


def _copy(session: Session, old: Campaign, new: Campaign) -> None:
    """Gives a new selection the criteria and reasons of an old one."""
    for row in (*old.criteria, *old.reasons):
        own = {one.key: getattr(row, one.key) for one in table(type(row)).c if one.key not in ("id", "campaign_id")}
        session.add(type(row)(campaign_id=new.id, **own))
    session.flush()


def _record(session: Session, caller: StaffCaller, action: str, campaign: Campaign, **details: Any) -> None:
    audit.record(session, caller, action=action, object_type="campaign", object_id=campaign.id, **details)


_ANY_HELD = select(select(Campaign.id).exists())
