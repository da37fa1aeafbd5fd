"""Loads the selection campaigns of the region's pack."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.applications.models import AnswerKind, Application, Campaign, Criterion, FilesRule, LeadsTo, Reason, Verdict
from db.applications.rules import MAX_WEIGHT, MOST_DAYS
from db.clock import midnight
from db.packs.entries import Loading
from db.packs.sections import Button, Code, Entry, Line, Prose, Section


class CriterionEntry(Entry):
    """One of the order's criteria."""

    number: int = Field(ge=1)
    title: Prose
    short: Button
    answer: AnswerKind
    files: FilesRule
    question: Prose
    hint: Prose
    weight: int = Field(default=1, ge=1, le=MAX_WEIGHT)


class ReasonEntry(Entry):
    """A typical reason of refusal or return, and the criteria that it is about."""

    number: int = Field(ge=1)
    code: Code | None = None
    criterion: int | None = None
    criteria: list[int] = []
    direction: bool = False
    text: Prose
    short: Button
    gentle: Prose
    next_step: Prose | None = None
    leads_to: LeadsTo | None = None


class WarningEntry(Entry):
    """What is said before sending where a refusal for this reason is likely."""

    reason: int
    criterion: int
    direction: bool = False
    alarming: list[Line] = []
    expected: list[Line] = []
    text: Prose


class CampaignEntry(Entry):
    """A selection; each day is a date or counts from the first load."""

    code: Code
    title: Line
    issued_by: Line
    order_number: Code
    order_title: str = ""
    about: str = ""
    order_date: date | None = None
    order_date_in_days: int | None = None
    opens: date | None = None
    opens_in_days: int | None = None
    closes: date | None = None
    closes_in_days: int | None = None

    @model_validator(mode="after")
    def _dated(self) -> "CampaignEntry":
        for name in ("order_date", "opens", "closes"):
            if (getattr(self, name) is None) == (getattr(self, f"{name}_in_days") is None):
                raise ValueError(f"write either `{name}: 2026-09-01` or `{name}_in_days: 40`")
        return self

    def day(self, name: str, zone: ZoneInfo, now: datetime) -> date:
        """The day of `order_date`, `opens` or `closes`."""
        fixed: date | None = getattr(self, name)
        return fixed or now.astimezone(zone).date() + timedelta(days=getattr(self, f"{name}_in_days"))


class TermEntry(Entry):
    """The terms of a selection.

    Until when it makes an active member (a date, or so many days from the first load), within how many days a refused
    teacher may appeal and is answered.
    """

    code: Code
    appeal_days: int | None = Field(default=None, ge=1, le=MOST_DAYS)
    answer_days: int | None = Field(default=None, ge=1, le=MOST_DAYS)
    serves_until: date | None = None
    serves_until_in_days: int | None = None

    @model_validator(mode="after")
    def _dated(self) -> "TermEntry":
        if (self.serves_until is None) == (self.serves_until_in_days is None):
            raise ValueError("write either `serves_until: 2026-09-01` or `serves_until_in_days: 40`")
        if (self.appeal_days is None) != (self.answer_days is None):
            raise ValueError("write both `appeal_days` and `answer_days`, or none")
        return self


class Campaigns(Section):
    """`campaigns.yaml`."""

    FILE: ClassVar[str] = "campaigns"

    criteria: list[CriterionEntry] = []
    refusal_reasons: list[ReasonEntry] = []
    return_reasons: list[ReasonEntry] = []
    warnings: list[WarningEntry] = []
    campaigns: list[CampaignEntry] = []
    terms: list[TermEntry] = []


def load(loading: Loading) -> None:
    """Adds or updates the campaigns of `campaigns.yaml` by their codes; nothing is deleted but unused examples.

    Dates given in days count from the first load and then stay: an open campaign must not move under its applicants,
    nor a term under its members.
    Nor do criteria and reasons once somebody has applied; from then on the panel mends their words.
    """
    section, session = loading.section(Campaigns), loading.session
    zone, now = loading.caller.zone, loading.caller.now
    terms = {entry.code: entry for entry in section.terms}
    for entry in section.campaigns:
        values = {name: getattr(entry, name) for name in ("title", "issued_by", "order_number", "order_title", "about")}
        dates = {
            "order_date": entry.day("order_date", zone, now),
            "opens_at": midnight(entry.day("opens", zone, now), zone),
            # The closing day itself still counts.
            "closes_at": midnight(entry.day("closes", zone, now) + timedelta(days=1), zone),
            "serves_until": _until(terms.get(entry.code), now.astimezone(zone).date()),
            "appeal_days": terms[entry.code].appeal_days if entry.code in terms else None,
            "answer_days": terms[entry.code].answer_days if entry.code in terms else None,
        }
        campaign = loading.put(Campaign, entry.code, {"code": entry.code}, values, once=dates)
        if campaign is not None:
            applied = select(Application.id).where(Application.campaign_id == campaign.id).limit(1)
            put = loading.leave if session.scalar(applied) else loading.put
            _load_criteria(put, campaign, section)
            _load_reasons(put, campaign, section)
    _drop_examples(session, [item["code"] for item in loading.pack.left_out("campaigns")])
    session.flush()
    # Relationships were read before the rows were there.
    for campaign in session.scalars(select(Campaign)):
        session.expire(campaign, ["criteria", "reasons"])


def _until(entry: TermEntry | None, today: date) -> date | None:
    if entry is None or entry.serves_until_in_days is None:
        return entry.serves_until if entry else None
    return today + timedelta(days=entry.serves_until_in_days)


def _drop_examples(session: Session, codes: list[str]) -> None:
    """Removes selections that no order called for; one that somebody applied to is the operator's matter."""
    unused = select(Campaign.id).where(
        Campaign.code.in_(codes), ~select(Application.id).where(Application.campaign_id == Campaign.id).exists()
    )
    for campaign_id in session.scalars(unused).all():
        for table in (Criterion, Reason):
            session.execute(delete(table).where(table.campaign_id == campaign_id))
        session.execute(delete(Campaign).where(Campaign.id == campaign_id))


def _load_criteria(put: Callable[..., object], campaign: Campaign, section: Campaigns) -> None:
    for entry in section.criteria:
        key = {"campaign_id": campaign.id, "number": entry.number}
        values = entry.model_dump(exclude={"number", "demo"})
        put(Criterion, f"{campaign.code}/{entry.number}", key, values)


def _load_reasons(put: Callable[..., object], campaign: Campaign, section: Campaigns) -> None:
    warnings = {one.reason: one for one in section.warnings}
    for verdict, entries in ((Verdict.REJECT, section.refusal_reasons), (Verdict.RETURN, section.return_reasons)):
        for entry in entries:
            warning = warnings.get(entry.number) if verdict is Verdict.REJECT else None
            criterion = warning.criterion if warning else entry.criterion
            values = {
                "text": entry.text,
                "short": entry.short,
                "gentle": entry.gentle,
                "warning": warning.text if warning else None,
                "criteria": entry.criteria or ([criterion] if criterion else []),
                "direction": entry.direction or bool(warning and warning.direction),
                "alarming": warning.alarming if warning else [],
                "expected": warning.expected if warning else [],
                "next_step": entry.next_step,
                "leads_to": entry.leads_to,
            }
            key = {"campaign_id": campaign.id, "verdict": verdict, "number": entry.number}
            put(Reason, f"{campaign.code}/{verdict}/{entry.number}", key, values)


SECTIONS = {"campaigns": load}
