"""Pages of applications: the queue, one application with its evidence, decisions."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from flask import abort, current_app, get_flashed_messages, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict

from admin import acts
from admin.access import ADMINISTRATORS, ALL, METHODISTS, NAMED, ONLY_APPLICATIONS, only
from admin.applications.forms import SETTINGS
from admin.applications.tables import register_sheet
from admin.base import Answer, Outcome, Page, View, expose, say, say_refusal, why
from admin.paging import Paging
from admin.security import allow_framing, uploaded
from db import inspection
from db.applications import bulk, reach, staff_queries, staff_services
from db.applications.models import ApplicationStatus, Verdict
from db.applications.rules import DIRECTION, MAX_SCORE
from db.applications.staff_queries import ApplicationFilter
from db.commission import reviews
from db.commission.staff_services import decide
from db.errors import ConflictError, DomainError
from db.limits import whole
from db.overviews.register import register
from db.storage import DOCX, MEDIA_TYPES, Storage
from locales.decisions import decided_text

SAID = {one: f"applications.panel.said.{one}" for one in Verdict}
KEPT = ("status", "campaign", "direction", "municipality", "assigned", "q")
OPENING_LASTS = 3600
"""In seconds: so long after it was opened a document's page may ask for its pictures without a new line."""
FIRST = 9
"""Reasons beyond the ninth have no key of their own."""


class Applications(Page):
    """The queue and what opens from it. The filter travels in every address, so that it lasts and can be shared."""

    path, endpoint, title = "/applications", "applications", "applications.panel.title"
    allowed, section, icon, order = ALL | ONLY_APPLICATIONS, "work", "inbox", 10

    def offered(self) -> bool:
        """Where the service has selections."""
        return self.panel.selections

    @expose("/")
    def index(self) -> Answer:
        """The queue by status, with filters."""
        wanted = self._wanted()
        total = self.read(staff_queries.size, wanted=wanted)
        paging = Paging.asked(total)
        rows = self.read(staff_queries.queue, wanted=wanted, offset=paging.offset, limit=paging.limit)
        self.note_reading(action="applications.list", object_type="application", people=(row.person_id for row in rows))
        return self.page(
            "applications/queue.html",
            rows=rows,
            counts=self.read(staff_queries.counts, campaign_id=wanted.campaign_id),
            options=self.read(staff_queries.options),
            paging=paging,
            wanted=wanted,
            kept=self._kept(),
            filtered=any(self._kept(name) for name in KEPT if name != "status"),
            statuses=reach.SHOWN,
            waiting=ApplicationStatus.SUBMITTED,
        )

    @expose("/list.xlsx")
    @only(NAMED)
    def export(self) -> Answer:
        """The register with every column: what the queue's filter finds, of all statuses where none is named."""
        wanted = self._wanted() if self._kept("status") else replace(self._wanted(), status=None)
        rows = self.read(register, wanted=wanted)
        return self.taken(
            register_sheet(rows, self.panel), "applications", [row.person_id for row in rows], "applications.export"
        )

    @expose("/assign", methods=["POST"])
    @only(METHODISTS)
    def assign(self) -> Answer:
        """Gives the ticked applications to a colleague, to oneself or to nobody."""
        to = self.word("to", 10)
        done = self.perform(
            staff_services.assign,
            application_ids=self._chosen(),
            to=self.account.staff_id if to == staff_queries.ME else whole(to),
            over="over" in request.form,
        )
        self._say_assigned(done)
        return self.back("applications.index", **self._kept())

    @expose("/return", methods=["POST"])
    @only(METHODISTS)
    def return_many(self) -> Answer:
        """Looks through the chosen applications, then returns them with one text."""
        ids = self._chosen()
        try:
            found = self.read(bulk.returnable, application_ids=ids)
            if "sure" in request.form:
                acts.check_seal(self.word("seal", 300), _sealed_together(ids))
        except DomainError as refusal:
            say_refusal(refusal)
            return self.back("applications.index", **self._kept())
        words = self._words(Verdict.RETURN)
        if "sure" in request.form and found.ids:
            done = self.perform(
                bulk.return_all, application_ids=ids, reasons=words["reasons"], comment=words["comment"]
            )
            if done:
                undo = url_for("applications.undo_many", decision_id=done.value, **self._kept())
                done.say("applications.panel.said.return_many", len(found.ids), undo=undo)
                return self.back("applications.index", **self._kept())
        return self.page(
            "applications/return_many.html",
            found=found,
            ids=ids,
            kept=self._kept(),
            sealed=_sealed_together(ids),
            chosen=words["reasons"],
            comment=words["comment"] or "",
            told=self._told(found.ids[0]) if found.ids else "",
        )

    @expose("/undo/<int:decision_id>/together", methods=["POST"])
    @only(METHODISTS)
    def undo_many(self, decision_id: int) -> Answer:
        """Takes back what was returned together, within ten seconds."""
        acts.forget()
        done = self.perform(bulk.undo_all, decision_id=decision_id)
        if done and done.value is not None:
            done.say("applications.panel.undone_many", done.value.undone)
            if done.value.left:
                say("applications.panel.undone_left", n=done.value.left, tone="bad")
        return redirect(url_for("applications.index", **self._kept()))

    @expose("/<int:application_id>")
    @only(NAMED | ONLY_APPLICATIONS)
    def show(self, application_id: int) -> Answer:
        """One application: criteria beside their evidence, decision, history."""
        return self._show(application_id)

    @expose("/<int:application_id>/decide", methods=["POST"])
    @only(METHODISTS)
    def decide(self, application_id: int) -> Answer:
        """Approves, refuses or returns; then the next that waits. `show` only previews, for pages without scripts."""
        if "preview" in request.form:
            return self._show(application_id, form=request.form)
        verdict = self._verdict()
        if verdict is None:
            return redirect(url_for("applications.show", application_id=application_id, **self._kept()))
        try:
            acts.check_seal(self.word("seal", 300), _sealed(application_id))
        except ConflictError as refusal:
            say_refusal(refusal)
            return self._show(application_id, form=None if verdict is Verdict.APPROVE else request.form)
        following = self.read(staff_queries.next_waiting, wanted=self._wanted(), after=application_id)
        done = self.perform(
            decide,
            application_id=application_id,
            verdict=verdict,
            revision=self.number("revision") or 0,
            **self._words(verdict),
        )
        if not done or done.value is None:
            if done.refusal is not None and done.refusal.code == "decision_reason_needed":
                return self._show(application_id, form=request.form)
            return redirect(url_for("applications.show", application_id=application_id, **self._kept()))
        done.say(
            SAID[verdict],
            number=done.value.number,
            undo=url_for("applications.undo", decision_id=done.value.decision_id, **self._kept()),
        )
        if following is None:
            return redirect(url_for("applications.index", **self._kept()))
        return redirect(url_for("applications.show", application_id=following, **self._kept()))

    @expose("/undo/<int:decision_id>", methods=["POST"])
    @only(METHODISTS)
    def undo(self, decision_id: int) -> Answer:
        """Takes a decision back within ten seconds and returns to its application."""
        acts.forget()
        done = self.perform(staff_services.undo, decision_id=decision_id)
        if done and done.value is not None:
            say("applications.panel.undone")
            return redirect(url_for("applications.show", application_id=done.value, **self._kept()))
        return redirect(url_for("applications.index", **self._kept()))

    @expose("/<int:application_id>/reopen", methods=["POST"])
    @only(ADMINISTRATORS)
    def reopen(self, application_id: int) -> Answer:
        """Has a decided application wait again, with a reason that its teacher reads."""
        done = self.perform(
            staff_services.reopen,
            application_id=application_id,
            reason=self.word("reason", staff_services.COMMENT_LIMIT),
        )
        done.say("applications.panel.reopened")
        return redirect(url_for("applications.show", application_id=application_id, **self._kept()))

    @expose("/<int:application_id>/preview", methods=["POST"])
    @only(METHODISTS)
    def preview(self, application_id: int) -> Answer:
        """What the teacher would read, as a fragment."""
        return str(self._told(application_id))

    @expose("/<int:application_id>/scores", methods=["POST"])
    @only(METHODISTS)
    def scores(self, application_id: int) -> Answer:
        """Scores of criteria; an empty one is taken away."""
        given = {number: whole(value) for number, value in self.numbered("score-").items() if len(value) < 4}
        done = self.perform(reviews.score, application_id=application_id, scores=given)
        if request.form.get("quiet"):
            get_flashed_messages()  # it is said at the score, not on the next page
            return (why(done.refusal), 409) if done.refusal else ("", 204)
        done.say("applications.panel.scored")
        return redirect(url_for("applications.show", application_id=application_id, **self._kept()))

    @expose("/<int:application_id>/take", methods=["POST"])
    @only(METHODISTS)
    def take(self, application_id: int) -> Answer:
        """Takes one application, gives it to a colleague or to nobody."""
        to = self.number("to")
        done = self.perform(staff_services.assign, application_ids=[application_id], to=to, was=self.number("was"))
        self._say_assigned(done)
        return redirect(url_for("applications.show", application_id=application_id, **self._kept()))

    @expose("/<int:application_id>/documents/<int:document_id>")
    @only(NAMED | ONLY_APPLICATIONS)
    def document(self, application_id: int, document_id: int) -> Answer:
        """Shows a document of evidence.

        A picture opens in place, all else is taken away. `fit` shows it as pictures instead. Every opening is in the
        journal.
        """
        row, person_id, municipality_id = self.read(
            staff_queries.document, application_id=application_id, document_id=document_id
        )
        stored = self.read(lambda _: Storage(self.panel.settings.data_dir).path(row.stored_name))
        picture = row.media_type.startswith("image/")
        fitted = bool(request.args.get("fit")) and row.media_type != DOCX
        if not (fitted and picture):  # that page asks for the picture, which is noted then
            self.note_reading(
                action="applications.read_document",
                object_type="document",
                object_id=row.id,
                subject_person_id=person_id,
                municipality_id=municipality_id,
            )
        if fitted:
            allow_framing()
            return render_template(
                "applications/document.html",
                row=row,
                application_id=application_id,
                pages=None if picture else inspection.pages(stored),
                opened=_opening().dumps([self.account.staff_id, row.id]),
            )
        inline = picture and not request.args.get("download")
        return uploaded(stored, row.media_type, row.file_name, inline=inline)

    @expose("/<int:application_id>/documents/<int:document_id>/pages/<number>")
    @only(NAMED | ONLY_APPLICATIONS)
    def document_page(self, application_id: int, document_id: int, number: str) -> Answer:
        """A page of a PDF as a picture, for a document that was opened just now: the opening is in the journal."""
        row, _, _ = self.read(staff_queries.document, application_id=application_id, document_id=document_id)
        try:
            opened = _opening().loads(self.word("opened", 300), max_age=OPENING_LASTS)
        except BadSignature:
            opened = None
        page = whole(number)
        if page is None or opened != [self.account.staff_id, row.id] or row.media_type != MEDIA_TYPES["pdf"]:
            abort(404)
        drawn = inspection.picture(
            self.read(lambda _: Storage(self.panel.settings.data_dir).path(row.stored_name)), page
        )
        if drawn is None:
            abort(404)
        return uploaded(drawn, MEDIA_TYPES["jpg"], f"{row.file_name}.jpg", inline=True)

    def _show(self, application_id: int, form: MultiDict[str, str] | None = None) -> Answer:
        found = self.read(staff_queries.opened, application_id=application_id, wanted=self._wanted())
        desk = self.read(reviews.desk, application_id=application_id)
        if form is None:
            self.note_reading(
                action=staff_queries.READING,
                object_type="application",
                object_id=application_id,
                subject_person_id=found.dossier.person_id,
                municipality_id=found.municipality_id,
            )
        written = dict(form or {})
        parts = [DIRECTION, *(row.number for row in found.dossier.criteria)]
        verdict = self._verdict() or Verdict.RETURN
        chosen = self._reasons(verdict) if form else [row.number for row in found.reject_reasons if row.suggested]
        return self.page(
            "applications/application.html",
            found=found,
            d=found.dossier,
            kept=self._kept(),
            scores=range(MAX_SCORE + 1),
            desk=desk,
            total=sum(desk.scores.get(row.number, 0) * row.weight for row in found.dossier.criteria),
            sealed=_sealed(application_id),
            decidable=self.scope.can_write and not desk.refused and found.dossier.status is ApplicationStatus.SUBMITTED,
            final=desk.decides,
            declining=form is not None or bool(request.args.get("decline")),
            verdict=verdict.value,
            chosen={verdict.value if form else Verdict.REJECT.value: chosen},
            comment=written.get("comment", ""),
            remarks={part: written.get(f"remark-{part}", "") for part in parts},
            told=self._told(application_id) if form is not None else "",
            first=FIRST,
            viewed=self._viewed(found),
        )

    def _chosen(self) -> list[int]:
        """The ticked applications, or all that the filter finds."""
        every = "all_found" in request.form
        return self.read(staff_queries.found_ids, wanted=self._wanted()) if every else self.ids("chosen")

    @staticmethod
    def _say_assigned(done: Outcome[staff_services.Assigned]) -> None:
        if not done or done.value is None:
            return
        if done.value.changed or not done.value.left:
            done.say("applications.panel.assigned", n=done.value.changed)
        if done.value.left:
            say("applications.panel.left", n=done.value.left, names=", ".join(done.value.holders), tone="bad")

    def _viewed(self, found: staff_queries.OpenedApplication) -> Any:
        """The document shown in place: the one asked for, else the first that can be."""
        documents = [document for row in found.dossier.criteria for document in row.documents]
        asked = self.number("document")
        for document in documents:
            if document.id == asked:
                return document
        return next((document for document in documents if document.media_type != DOCX), None)

    def _told(self, application_id: int) -> str:
        verdict = self._verdict() or Verdict.RETURN
        params = self.read(
            staff_services.preview, application_id=application_id, verdict=verdict, **self._words(verdict)
        )
        return decided_text(self.t, params)

    def _verdict(self) -> Verdict | None:
        value = self.word("verdict", 10)
        return Verdict(value) if value in set(Verdict) else None

    def _reasons(self, verdict: Verdict) -> list[int]:
        return self.ids(f"reason-{verdict.value}")

    def _words(self, verdict: Verdict) -> dict[str, Any]:
        remarks = {number: text.strip() for number, text in self.numbered("remark-").items()}
        return {
            "reasons": self._reasons(verdict),
            "comment": self.word("comment", staff_services.COMMENT_LIMIT) or None,
            "remarks": {number: text[: staff_services.REMARK_LIMIT] for number, text in remarks.items() if text},
        }

    def _kept(self, name: str = "") -> Any:
        """The filter as it goes into links; or one part of it."""
        values = {key: value for key in KEPT if (value := request.args.get(key, "").strip()[:100])}
        return values.get(name) if name else values

    def _wanted(self) -> ApplicationFilter:
        values = self._kept()

        def number(name: str) -> int | None:
            return whole(values.get(name, ""))

        status, assigned = values.get("status", ""), values.get("assigned", "")
        return ApplicationFilter(
            status=ApplicationStatus(status) if status in set(reach.SHOWN) else ApplicationStatus.SUBMITTED,
            campaign_id=number("campaign"),
            direction_id=number("direction"),
            municipality_id=number("municipality"),
            assigned=assigned if assigned in (staff_queries.ME, staff_queries.NOBODY) or len(assigned) < 10 else "",
            text=values.get("q", "") if len(values.get("q", "")) < 10 or not values.get("q", "").isdecimal() else "",
        )


def _opening() -> URLSafeTimedSerializer:
    """Signs that an account has opened a document."""
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="document")


def _sealed(application_id: int) -> str:
    return f"application:{application_id}"


def _sealed_together(application_ids: Sequence[int]) -> str:
    """As many as were shown, and no others."""
    return f"applications:{sha256(repr(sorted(application_ids)).encode()).hexdigest()}"


VIEWS: list[View] = [Applications, *SETTINGS]
