"""Settings of selections: their orders and days, criteria and reasons, as plain forms for administrators."""

from abc import abstractmethod
from typing import Any

from flask import redirect, request, url_for

from admin.access import editors_only
from admin.base import Answer, Outcome, View, expose
from admin.forms import Field, PlainPage, Shown
from db.applications import campaigns
from db.applications.campaigns import CampaignDraft, CriterionDraft
from db.applications.models import AnswerKind, Campaign, FilesRule, LeadsTo, Verdict
from db.applications.rules import ReasonDraft
from db.documents.queries import documents


class Campaigns(PlainPage):
    """Selections: what order calls for them, from when to when, by which criteria."""

    path, endpoint, title = "/settings/campaigns", "campaigns", "settings.campaigns.title"
    noun, booked, form_template = "campaigns", True, "applications/campaign.html"

    @property
    def columns(self) -> tuple[Shown, ...]:  # type: ignore[override]
        """What it is called, its order, its days and whether it runs."""
        return (
            Shown("settings.campaigns.title_column", lambda row: row.title, "link", strong=True),
            Shown("settings.campaigns.order", self._order, labelled=True),
            Shown("settings.campaigns.days", self._days, labelled=True),
            Shown("", self._state, "mark"),
        )

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """The order, the days, the words; a new one takes criteria and reasons of another."""
        return (
            Field("title", required=True, label="name"),
            Field("order_number", required=True, longest=64),
            Field("order_date", "date", required=True),
            Field("order_title"),
            Field("document", "select", options=self._documents),
            Field("issued_by", required=True),
            Field("opens", "date", required=True),
            Field("closes", "date", required=True),
            Field("serves_until", "date"),
            Field("appeal_days", "number"),
            Field("answer_days", "number"),
            Field("about", "area", longest=500),
            Field("like", "select", options=self._others, fixed=True),
        )

    @expose("/")
    def index(self) -> Answer:
        """The newest first; a new one is made like it."""
        rows = self.read(campaigns.campaigns)
        return self.shown(rows, kept={"like": rows[0].id} if rows else {})

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a workbook."""
        book = self.book(self.read(campaigns.campaigns))
        return self.taken(book, "campaigns", [], action="dictionaries.export")

    @expose("/<int:campaign_id>/close", methods=["POST"])
    @editors_only
    def close(self, campaign_id: int) -> Answer:
        """Takes no more applications from now on."""
        self.perform(campaigns.close, campaign_id=campaign_id).say("settings.campaigns.closed")
        return redirect(url_for("campaigns.edit", row_id=campaign_id))

    def values(self, row_id: int) -> dict[str, Any]:
        """The order and the days, the last one inclusive."""
        row = self.read(campaigns.opened, campaign_id=row_id).campaign
        plain = {name: getattr(row, name) for name in ("title", "issued_by", "order_number", "order_title", "about")}
        days = {"opens": self.panel.local(row.opens_at).date(), "closes": campaigns.last_day(row, self.panel.zone)}
        terms = {name: getattr(row, name) for name in ("order_date", "serves_until", "appeal_days", "answer_days")}
        return {**plain, **terms, "document": row.document_id or "", **days}

    def more(self, row_id: int) -> dict[str, Any]:
        """Criteria and reasons beneath the form."""
        return {"found": self.read(campaigns.opened, campaign_id=row_id), "verdicts": [Verdict.REJECT, Verdict.RETURN]}

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        words = {name: value for name, value in values.items() if name not in ("like", "document")}
        draft = CampaignDraft(**words, document_id=self.number("document"))
        return self.perform(campaigns.save_campaign, campaign_id=row_id, draft=draft, like=self.number("like"))

    def home(self, values: dict[str, Any], saved: int | None = None) -> str:
        """What was saved is looked through at once: what a new one took over may not fit."""
        return url_for("campaigns.edit", row_id=saved) if saved else super().home(values)

    def _others(self) -> list[tuple[int, str]]:
        return [(row.id, row.title) for row in self.read(campaigns.campaigns)]

    def _documents(self) -> list[tuple[int | str, str]]:
        none = self.t.plain("settings.campaigns.document.none")
        found = [(row.id, " · ".join(filter(None, (row.number, row.title)))[:150]) for row in self.read(documents)]
        return [("", none), *found]

    def _order(self, row: Campaign) -> str:
        return self.t.plain("settings.campaigns.order_of", number=row.order_number, day=f"{row.order_date:%d.%m.%Y}")

    def _days(self, row: Campaign) -> str:
        return f"{self.panel.local(row.opens_at):%d.%m.%Y} – {campaigns.last_day(row, self.panel.zone):%d.%m.%Y}"

    def _state(self, row: Campaign) -> str:
        if self.now() < row.opens_at:
            return "settings.campaigns.ahead"
        return "settings.campaigns.open" if self.now() < row.closes_at else "settings.campaigns.over"


class CampaignPart(PlainPage):
    """What a selection is made of, one line each, with an order of its own."""

    @abstractmethod
    def campaign_of(self, row_id: int) -> int:
        """The selection of a line; 404 where there is none."""

    @abstractmethod
    def moved(self, row_id: int, by: int) -> Outcome[int]:
        """Puts the line one place up (-1) or down (1)."""

    @abstractmethod
    def removed(self, row_id: int) -> Outcome[int]:
        """Takes the line away."""

    @expose("/")
    def index(self) -> Answer:
        """They stand on the page of their selection."""
        return redirect(url_for("campaigns.index"))

    @expose("/<int:row_id>/move", methods=["POST"])
    @editors_only
    def move(self, row_id: int) -> Answer:
        """One place up or down."""
        home = self.home({})
        self.moved(row_id, -1 if "up" in request.form else 1)
        return redirect(home)

    @expose("/<int:row_id>/remove", methods=["POST"])
    @editors_only
    def remove(self, row_id: int) -> Answer:
        """Away with it, where nothing stands on it."""
        home = self.home({})
        self.removed(row_id).say("settings.removed")
        return redirect(home)

    def home(self, values: dict[str, Any], saved: int | None = None) -> str:
        """The page of the selection."""
        return url_for("campaigns.edit", row_id=self.asked_of(saved or (request.view_args or {}).get("row_id")))

    def asked_of(self, row_id: int | None) -> int:
        """The selection that a form is about."""
        return self.campaign_of(row_id) if row_id else self.number("campaign") or 0


class Criteria(CampaignPart):
    """The criteria of a selection."""

    path, endpoint, title = "/settings/criteria", "criteria", "settings.criteria.title"
    noun = "criteria"

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """Words, and how it is answered and counted."""
        return (
            Field("short", required=True, longest=30),
            Field("title", "area", required=True, longest=1000, label="official"),
            Field("question", "area", required=True, longest=200),
            Field("hint", "area", required=True, longest=400),
            Field("answer", "select", required=True, options=lambda: self._named("answer", AnswerKind)),
            Field("files", "select", required=True, options=lambda: self._named("files", FilesRule)),
            Field("weight", "number", required=True),
        )

    def values(self, row_id: int) -> dict[str, Any]:
        """The criterion as it stands."""
        row = self.read(campaigns.criterion, criterion_id=row_id)
        return {field.name: getattr(row, field.name) for field in self.fields}

    def more(self, row_id: int) -> dict[str, Any]:
        """Whether only its words may change."""
        found = self.read(campaigns.opened, campaign_id=self.campaign_of(row_id))
        return {"standing": "settings.criteria.applied" if found.applied else ""}

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        kinds = {
            "answer": AnswerKind(values["answer"] or AnswerKind.TEXT),
            "files": FilesRule(values["files"] or FilesRule.OPTIONAL),
            "weight": values["weight"] or 0,
        }
        return self.perform(
            campaigns.save_criterion,
            campaign_id=self.asked_of(row_id),
            criterion_id=row_id,
            draft=CriterionDraft(**{**values, **kinds}),
        )

    def campaign_of(self, row_id: int) -> int:
        """Its selection."""
        return self.read(campaigns.criterion, criterion_id=row_id).campaign_id

    def moved(self, row_id: int, by: int) -> Outcome[int]:
        """Through the use case."""
        return self.perform(campaigns.move_criterion, criterion_id=row_id, by=by)

    def removed(self, row_id: int) -> Outcome[int]:
        """Through the use case."""
        return self.perform(campaigns.remove_criterion, criterion_id=row_id)

    def _named(self, name: str, kinds: type[AnswerKind] | type[FilesRule]) -> list[tuple[str, str]]:
        return [(kind.value, self.t.plain(f"settings.criteria.{name}.{kind}")) for kind in kinds]


class Reasons(CampaignPart):
    """The typical reasons to refuse or to return."""

    path, endpoint, title = "/settings/reasons", "reasons", "settings.reasons.title"
    noun = "reasons"

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """Words for the commission and for the teacher, and the parts they are about."""
        return (
            Field("short", required=True, longest=30),
            Field("text", "area", required=True, longest=600),
            Field("gentle", "area", required=True, longest=400),
            Field("criteria", "checks", options=self._criteria),
            Field("direction", "check", ticked=False),
            Field("warning", "area", longest=300),
            Field("next_step", "area", longest=300),
            Field("leads_to", "select", options=self._places),
        )

    def values(self, row_id: int) -> dict[str, Any]:
        """The reason as it stands."""
        row = self.read(campaigns.reason, reason_id=row_id)
        words = {name: getattr(row, name) for name in ("short", "text", "gentle", "direction")}
        more = {"warning": row.warning or "", "next_step": row.next_step or "", "leads_to": row.leads_to or ""}
        return {**words, **more, "criteria": frozenset(map(str, row.criteria))}

    def more(self, row_id: int) -> dict[str, Any]:
        """Whether a teacher was told it already."""
        row = self.read(campaigns.reason, reason_id=row_id)
        used = self.read(campaigns.opened, campaign_id=row.campaign_id).used
        return {"standing": "settings.reasons.used" if (row.verdict, row.number) in used else ""}

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        verdict = Verdict.REJECT if self.word("verdict", 10) == Verdict.REJECT else Verdict.RETURN
        if row_id is not None:
            verdict = self.read(campaigns.reason, reason_id=row_id).verdict
        return self.perform(
            campaigns.save_reason,
            campaign_id=self.asked_of(row_id),
            verdict=verdict,
            reason_id=row_id,
            draft=ReasonDraft(
                **{
                    **values,
                    "criteria": frozenset(map(int, values["criteria"])),
                    "leads_to": LeadsTo(values["leads_to"]) if values["leads_to"] else None,
                }
            ),
        )

    def campaign_of(self, row_id: int) -> int:
        """Its selection."""
        return self.read(campaigns.reason, reason_id=row_id).campaign_id

    def moved(self, row_id: int, by: int) -> Outcome[int]:
        """Through the use case."""
        return self.perform(campaigns.move_reason, reason_id=row_id, by=by)

    def removed(self, row_id: int) -> Outcome[int]:
        """Through the use case."""
        return self.perform(campaigns.remove_reason, reason_id=row_id)

    def _places(self) -> list[tuple[str, str]]:
        named = [(one.value, self.t.plain(f"settings.reasons.leads_to.{one.value}")) for one in LeadsTo]
        return [("", self.t.plain("settings.reasons.leads_to.none")), *named]

    def _criteria(self) -> list[tuple[str, str]]:
        row_id = (request.view_args or {}).get("row_id")
        rows = self.read(campaigns.opened, campaign_id=self.asked_of(row_id)).campaign.criteria
        return [(str(row.number), f"{row.number}. {row.short}") for row in rows]


SETTINGS: list[View] = [Campaigns, Criteria, Reasons]
