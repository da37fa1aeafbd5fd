"""Selection campaigns from the region's pack."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.applications.models import AnswerKind, Application, Campaign, Criterion, FilesRule, Reason, Verdict
from db.caller import Caller
from db.packs import Pack


def load(session: Session, caller: Caller, *, pack: Pack) -> None:
    """Adds or updates the campaigns of `campaigns.yaml` by their codes; nothing is deleted but unused examples.

    Dates given in days count from the first load and then stay: an open campaign must not move under its applicants.
    """
    section, zone, now = pack.section("campaigns"), caller.zone, caller.now
    known = {campaign.code: campaign for campaign in session.scalars(select(Campaign))}
    for item in section.get("campaigns", []):
        campaign = known.get(item["code"])
        if campaign is None:
            campaign = Campaign(
                code=item["code"],
                order_date=_day(item, "order_date", zone, now),
                opens_at=_midnight(_day(item, "opens", zone, now), zone),
                # The closing day itself still counts.
                closes_at=_midnight(_day(item, "closes", zone, now) + timedelta(days=1), zone),
            )
            session.add(campaign)
        campaign.title, campaign.issued_by = item["title"], item["issued_by"]
        campaign.order_number, campaign.order_title = item["order_number"], item.get("order_title", "")
        campaign.about = item.get("about", "")
        session.flush()
        _load_criteria(session, campaign, section)
        _load_reasons(session, campaign, section)
    _drop_examples(session, [item["code"] for item in pack.left_out("campaigns")])
    session.flush()
    # Relationships were read before the rows were there.
    for campaign in session.scalars(select(Campaign)):
        session.expire(campaign, ["criteria", "reasons"])


def _drop_examples(session: Session, codes: list[str]) -> None:
    """Removes selections that no order called for; one that somebody applied to is the operator's matter."""
    unused = select(Campaign.id).where(
        Campaign.code.in_(codes), ~select(Application.id).where(Application.campaign_id == Campaign.id).exists()
    )
    for campaign_id in session.scalars(unused).all():
        for table in (Criterion, Reason):
            session.execute(delete(table).where(table.campaign_id == campaign_id))
        session.execute(delete(Campaign).where(Campaign.id == campaign_id))


def _load_criteria(session: Session, campaign: Campaign, section: dict[str, Any]) -> None:
    known = {row.number: row for row in session.scalars(select(Criterion).where(Criterion.campaign_id == campaign.id))}
    for item in section["criteria"]:
        row = known.get(item["number"])
        if row is None:
            row = Criterion(campaign_id=campaign.id, number=item["number"])
            session.add(row)
        row.title, row.short, row.hint = item["title"], item["short"], item["hint"]
        row.question = item.get("question", "")
        row.answer, row.files = AnswerKind(item["answer"]), FilesRule(item["files"])


def _load_reasons(session: Session, campaign: Campaign, section: dict[str, Any]) -> None:
    rows = session.scalars(select(Reason).where(Reason.campaign_id == campaign.id))
    known = {(row.verdict, row.number): row for row in rows}
    warnings = {item["reason"]: item for item in section.get("warnings", [])}
    for verdict, name in ((Verdict.REJECT, "refusal_reasons"), (Verdict.RETURN, "return_reasons")):
        for item in section.get(name, []):
            row = known.get((verdict, item["number"]))
            if row is None:
                row = Reason(campaign_id=campaign.id, verdict=verdict, number=item["number"])
                session.add(row)
            warning = warnings.get(item["number"], {}) if verdict is Verdict.REJECT else {}
            row.text, row.short, row.gentle = item["text"], item["short"], item["gentle"]
            row.warning = warning.get("text")
            criterion = warning.get("criterion", item.get("criterion"))
            row.criteria = item.get("criteria") or ([criterion] if criterion else [])
            row.direction = bool(item.get("direction") or warning.get("direction"))
            row.alarming, row.expected = warning.get("alarming", []), warning.get("expected", [])


def _day(item: dict[str, Any], name: str, zone: ZoneInfo, now: datetime) -> date:
    days = item.get(f"{name}_in_days")
    if days is not None:
        return now.astimezone(zone).date() + timedelta(days=days)
    day = item[name]
    return day if isinstance(day, date) else date.fromisoformat(day)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


SECTIONS = {"campaigns.yaml": load}
