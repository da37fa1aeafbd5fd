"""The network: members with their agreements, the forms of both, and who visited whom."""

from typing import Any

from flask import redirect, request, url_for

from admin import scans
from admin.access import ALL, METHODISTS, REGIONAL, editors_only, only
from admin.base import Answer, Outcome, View, expose, say_refusal
from admin.forms import Field, PlainPage
from admin.network.tables import network_sheet, visits_sheet
from admin.paging import Paging
from db.documents.scans import scan as scan_of
from db.errors import DomainError
from db.limits import YEARS, whole
from db.network import staff_queries
from db.network.models import AgreementStatus, MemberKind
from db.network.rules import AGREEMENT, AgreementStanding
from db.network.staff_queries import MemberFilter, VisitFilter
from db.network.staff_services import (
    AgreementDraft,
    MemberDraft,
    NetworkDraft,
    VisitDraft,
    drop_visit,
    put_scan,
    save_agreement,
    save_member,
    save_network,
    save_visit,
)

SELF = "0"
"""The service itself, among the sides of a visit."""


class NetworkMembers(PlainPage):
    """The list of members, a member's card, and the form of a member."""

    path, endpoint, title = "/network", "network", "settings.network.title"
    allowed, section, icon, order = ALL, "organisation", "link", 40
    noun, editors = "network", REGIONAL

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """What the list and the card show."""
        return (
            Field("name", required=True),
            Field("kind", "select", required=True, options=self._kinds),
            Field("link"),
            Field("note", "area", longest=1000),
            Field("active", "check"),
        )

    @expose("/")
    def index(self) -> Answer:
        """In the source's order, with what is declared beside what is named."""
        wanted = self._wanted()
        asked = Paging.wanted()
        size = Paging(0).size
        found = self.read(staff_queries.members, wanted=wanted, limit=size, offset=(asked - 1) * size)
        return self.page(
            "network/list.html",
            found=found,
            paging=Paging(found.total, asked, size),
            network=self.read(staff_queries.network),
            wanted=wanted,
            kinds=self._kinds(),
            standings=[(one.value, self.t.plain(f"settings.network.standing.{one}")) for one in AgreementStanding],
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        found = self.read(staff_queries.members, wanted=self._wanted())
        about = self.read(staff_queries.network)
        return self.taken(network_sheet(found, about, self.panel), "network", [], action="network.export")

    @expose("/<int:member_id>/card")
    def card(self, member_id: int) -> Answer:
        """One member: agreements with their scans, and the last visits."""
        found = self.read(staff_queries.card, member_id=member_id)
        return self.page("network/card.html", found=found, row=found.row)

    @expose("/about", methods=["GET", "POST"])
    @editors_only
    def about(self) -> Answer:
        """What is said of the network as a whole."""
        row = self.read(staff_queries.network)
        names = ("title", "declared", "note")
        stored = {name: getattr(row, name) for name in names} if row else {}
        values = stored
        if self.is_post():
            values = {"title": self.word("title"), "declared": self.number("declared"), "note": self.word("note", 1000)}
            seen = row is None or not self.moved_on(stored, values)
            if seen and self.perform(save_network, draft=NetworkDraft(**values)).say("settings.saved"):
                return redirect(url_for("network.index"))
        return self.page("network/about.html", values=values, stored=stored)

    def values(self, row_id: int) -> dict[str, Any]:
        """The member."""
        row = self.read(staff_queries.member, member_id=row_id)
        return {field.name: getattr(row, field.name) for field in self.fields}

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        kind = MemberKind(values["kind"]) if values["kind"] in set(MemberKind) else MemberKind.ORGANISATION
        return self.perform(save_member, member_id=row_id, draft=MemberDraft(**{**values, "kind": kind}))

    def home(self, values: dict[str, Any], saved: int | None = None) -> str:
        """The member's card once it is saved."""
        return url_for("network.card", member_id=saved) if saved else url_for("network.index")

    def _wanted(self) -> MemberFilter:
        kind, standing = self.word("kind", 20), self.word("agreement", 20)
        return MemberFilter(
            kind=MemberKind(kind) if kind in set(MemberKind) else None,
            standing=AgreementStanding(standing) if standing in set(AgreementStanding) else None,
            text=self.word("q", 100),
        )

    def _kinds(self) -> list[tuple[str, str]]:
        return [(one.value, self.t.plain(f"settings.network.kind.{one}")) for one in MemberKind]


class Agreements(PlainPage):
    """The form of an agreement, and its scan. They are listed with their members."""

    path, endpoint, title = "/network/agreements", "agreements", "settings.agreement.title"
    allowed = ALL
    noun, editors = "agreement", REGIONAL
    form_template = "network/agreement.html"

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """What the member's card says of it."""
        return (
            Field("status", "select", required=True, options=self._statuses),
            Field("number"),
            Field("signed_on", "date"),
            Field("starts", "date"),
            Field("ends", "date"),
            Field("word", "area", longest=1000),
        )

    @expose("/")
    def index(self) -> Answer:
        """With their members."""
        return redirect(url_for("network.index"))

    @expose("/<int:agreement_id>/scan")
    @only(METHODISTS)
    def paper(self, agreement_id: int) -> Answer:
        """The scan, for those who may learn names; opening it is in the journal."""
        row = self.read(staff_queries.agreement, agreement_id=agreement_id)
        found = self.read(scan_of, scan_id=row.scan_id)
        answer = scans.given(self.panel.settings.data_dir, found)
        self.note_reading(action="network.read_scan", object_type="agreement", object_id=agreement_id)
        return answer

    @expose("/<int:agreement_id>/scan", methods=["POST"])
    @editors_only
    def scan(self, agreement_id: int) -> Answer:
        """Puts the scan in, in place of the one before."""
        self.read(staff_queries.agreement, agreement_id=agreement_id)
        try:
            stored = scans.brought(self.panel.settings.data_dir)
        except DomainError as refusal:
            say_refusal(refusal)
        else:
            self.perform(put_scan, agreement_id=agreement_id, stored=stored).say("settings.scan.kept")
        return self.back("agreements.edit", row_id=agreement_id)

    def values(self, row_id: int) -> dict[str, Any]:
        """The agreement."""
        row = self.read(staff_queries.agreement, agreement_id=row_id)
        return {field.name: getattr(row, field.name) for field in self.fields}

    def more(self, row_id: int) -> dict[str, Any]:
        """Whose it is, and its scan."""
        row = self.read(staff_queries.agreement, agreement_id=row_id)
        return {"member": row.member, "scan": row.scan, "agreement_id": row_id}

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case. A new one is its member's whom the address names."""
        status = values["status"]
        chosen = AgreementStatus(status) if status in set(AgreementStatus) else AgreementStatus.PREPARING
        draft = AgreementDraft(**{name: values[name] for name in self._names()} | {"status": chosen})
        return self.perform(save_agreement, agreement_id=row_id, member_id=self.number("member"), draft=draft)

    def home(self, values: dict[str, Any], saved: int | None = None) -> str:
        """The agreement again once it is new, so that its scan can follow; else its member's card."""
        if saved is not None and request.endpoint == "agreements.new":
            return url_for("agreements.edit", row_id=saved)
        number = saved or (request.view_args or {}).get("row_id")
        member_id = self.number("member")
        if number is not None:
            member_id = self.read(staff_queries.agreement, agreement_id=number).member_id
        return url_for("network.card", member_id=member_id) if member_id else url_for("network.index")

    def _names(self) -> list[str]:
        return [field.name for field in self.fields]

    def _statuses(self) -> list[tuple[str, str]]:
        """What it may become; all for a new one."""
        row_id = (request.view_args or {}).get("row_id")
        may = set(AgreementStatus)
        if row_id is not None:
            now = self.read(staff_queries.agreement, agreement_id=row_id).status
            may = {now, *AGREEMENT.moves[now]}
        return [(one.value, self.t.plain(f"settings.network.standing.{one}")) for one in AgreementStatus if one in may]


class MutualVisits(PlainPage):
    """Who visited whom, year by year, and the form of a visit."""

    path, endpoint, title = "/network/visits", "visits", "settings.visits.title"
    allowed = ALL
    noun, editors = "visits", REGIONAL
    form_template = "network/visit.html"

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """Day, sides, and what came of it."""
        return (
            Field("visited_on", "date", required=True),
            Field("guest_id", "select", required=True, options=self._sides),
            Field("host_id", "select", required=True, options=self._sides),
            Field("word", "area", required=True, longest=1000),
        )

    @expose("/")
    def index(self) -> Answer:
        """The newest first, with the sums of every year."""
        wanted = self._wanted()
        asked = Paging.wanted()
        size = Paging(0).size
        found = self.read(staff_queries.visits, wanted=wanted, limit=size, offset=(asked - 1) * size)
        of = self.read(staff_queries.member, member_id=wanted.member_id) if wanted.member_id else None
        return self.page(
            "network/visits.html",
            found=found,
            of=of,
            paging=Paging(found.total, asked, size),
            wanted=wanted,
            years=[(one.year, str(one.year)) for one in found.years],
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file; what was written of a visit may name somebody."""
        found = self.read(staff_queries.visits, wanted=self._wanted())
        book = visits_sheet(found, self.panel, words=self.scope.sees_names)
        return self.taken(book, "visits", [], action="network.export_visits")

    @expose("/<int:visit_id>/drop", methods=["POST"])
    @editors_only
    def drop(self, visit_id: int) -> Answer:
        """Takes out one that was written down by mistake."""
        self.perform(drop_visit, visit_id=visit_id).say("settings.visits.dropped")
        return self.back("visits.index")

    def values(self, row_id: int) -> dict[str, Any]:
        """The visit; a side that is the service itself has a number of its own in the form."""
        row = self.read(staff_queries.visit, visit_id=row_id)
        sides = {name: str(getattr(row, name) or SELF) for name in ("guest_id", "host_id")}
        return {"visited_on": row.visited_on, "word": row.word, **sides}

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        sides = [str(values[name]) for name in ("guest_id", "host_id")]
        guest, host = (None, None) if "" in sides else (whole(side) or None for side in sides)
        draft = VisitDraft(visited_on=values["visited_on"], guest_id=guest, host_id=host, word=values["word"])
        return self.perform(save_visit, visit_id=row_id, draft=draft)

    def _wanted(self) -> VisitFilter:
        year = self.number("year")
        return VisitFilter(year if year in YEARS else None, self.number("member"))

    def _sides(self) -> list[tuple[str, str]]:
        named = [(str(number), name) for number, name in self.read(staff_queries.choices)]
        return [(SELF, self.t.plain("settings.visits.self")), *named]


VIEWS: list[View] = [NetworkMembers, Agreements, MutualVisits]
