"""Memos: what one says is read on the page first, printed, or taken as a Word file to be signed."""

from dataclasses import replace
from typing import Any

from flask import Response, abort, redirect, url_for

from admin import charts, scans
from admin.access import ALL, METHODISTS, REGIONAL, only
from admin.base import Answer, Page, View, expose, say_refusal
from admin.memos.forms import address_of, back_to, opened, ordered, units_of
from admin.memos.tables import memo_docx, memo_picture, one_at_a_time, period
from admin.report import periods
from db.docx import DOCX
from db.errors import DomainError
from db.inspection import filled
from db.limits import whole
from db.memos import staff_queries, staff_services
from db.memos.rules import Memo, MemoKind, MemoOrder, form_values, palette, sample_values
from db.memos.wording import official_day
from db.overviews import memos
from db.reports import selection
from db.scope import StaffRole
from db.storage import Storage, StoredFile

SEEN_BY = ALL - {StaffRole.ORGANISATION}
"""Who reads of the service's own work."""


class Memos(Page):
    """What kind, about whom and since when; the text with its tables; the file."""

    path, endpoint, title = "/memos", "memos", "memos.panel.title"
    allowed, section, icon, order = ALL, "insight", "file", 20

    @expose("/")
    def index(self) -> Answer:
        """Says what the memo will say."""
        order = ordered(self)
        try:
            found = self._memo(order)
        except DomainError as refusal:
            say_refusal(refusal)
            return redirect(url_for("memos.index"))
        kinds = self.read(memos.kinds)
        return self.page(
            "memos/memo.html",
            memo=found,
            period=period(self.t, found),
            made=self.t.plain("memos.made", day=official_day(self.t, found.made)),
            order=order,
            address=address_of(order),
            kinds=[(one.value, self.t.plain(f"memos.title.{one}")) for one in kinds],
            chain=MemoKind.CHAIN in kinds,
            units=units_of(self.read(memos.choices)),
            periods=periods(self),
            forms=self.read(staff_queries.of_kind, kind=order.kind),
            **self._campaigns(order),
        )

    @expose("/chain")
    @only(SEEN_BY)
    def chain(self) -> Answer:
        """The management chain: what fills each link, and the page that shows it."""
        order = replace(ordered(self), kind=MemoKind.CHAIN)
        return self.page(
            "memos/chain.html",
            steps=self.read(memos.management, t=self.t, since=order.since),
            opened=opened,
            address={"kind": order.kind.value, "since": order.since.isoformat()},
            since=order.since,
            periods=periods(self),
        )

    @expose("/picture/<number>.svg")
    def picture(self, number: str) -> Answer:
        """A chart of one kind's part by its place: the same drawing as in the file. Only that part is made anew."""
        found = self._memo(ordered(self))
        pictures = [chart for part in found.parts for chart in part.charts]
        place = whole(number) or 0
        if not 1 <= place <= len(pictures):
            abort(404)
        return charts.shown(memo_picture(self.t, found, pictures[place - 1]), "svg")

    @expose("/memo.docx")
    def word_file(self) -> Answer:
        """The same as a file, by the region's own form where one is asked for; that it was taken is in the journal."""
        order, form_id = ordered(self), self.number("form")
        form = None if form_id is None else self.read(staff_queries.form_file, form_id=form_id)
        try:
            with one_at_a_time():
                found = self._memo(order)
                if form is None:
                    content = memo_docx(self.t, found)
                else:
                    days = (official_day(self.t, one) for one in (found.since, found.made))
                    content = filled(
                        Storage(self.panel.settings.data_dir).path(form.stored_name), form_values(found, *days)
                    )
        except DomainError as refusal:
            say_refusal(refusal)
            return redirect(back_to(order))
        self.perform(staff_services.note_taken, order=order, form_id=form_id)
        return word_answer(content, f"memo-{order.kind}-{found.made}")

    def _memo(self, order: MemoOrder) -> Memo:
        return self.read(memos.memo, t=self.t, order=order, service=self.panel.pack.about.service_name)

    def _campaigns(self, order: MemoOrder) -> dict[str, Any]:
        """Campaigns to choose from, where the memo tells of one."""
        if order.kind is not MemoKind.SELECTION:
            return {"campaigns": []}
        return {"campaigns": [(one.id, one.title) for one in self.read(selection.campaigns)]}


class MemoForms(Page):
    """The region's own forms: the list, a form with its versions, a try with training data."""

    path, endpoint, title = "/memos/forms", "memo_forms", "memos.panel.forms"
    allowed = METHODISTS

    @expose("/")
    def index(self) -> Answer:
        """All forms, and the fields that one may have."""
        return self.page(
            "memos/forms.html",
            rows=self.read(staff_queries.memo_forms),
            palette=palette(),
            kinds=[(one.value, self.t.plain(f"memos.title.{one}")) for one in self.read(memos.kinds)],
        )

    @expose("/", methods=["POST"])
    @only(REGIONAL)
    def add(self) -> Answer:
        """Adds a form whose file can be filled in."""
        stored, word = self._tried(), self.word("kind", 16)
        if stored is not None:
            kind = MemoKind(word) if word in set(MemoKind) else MemoKind.YEAR
            made = self.perform(staff_services.add_form, title=self.word("title"), kind=kind, stored=stored)
            if made.say("memos.panel.form.added"):
                return redirect(url_for("memo_forms.card", form_id=made.value))
        return redirect(url_for("memo_forms.index"))

    @expose("/<int:form_id>")
    def card(self, form_id: int) -> Answer:
        """A form with its versions: who brought each, and when."""
        return self.page("memos/form.html", found=self.read(staff_queries.memo_form, form_id=form_id))

    @expose("/<int:form_id>", methods=["POST"])
    @only(REGIONAL)
    def version(self, form_id: int) -> Answer:
        """Adds the next version."""
        self.read(staff_queries.memo_form, form_id=form_id)
        stored = self._tried()
        if stored is not None:
            seen = self.number("seen") or 0
            self.perform(staff_services.put_version, form_id=form_id, seen=seen, stored=stored).say(
                "memos.panel.form.kept"
            )
        return self.back("memo_forms.card", form_id=form_id)

    @expose("/<int:form_id>/use", methods=["POST"])
    @only(REGIONAL)
    def use(self, form_id: int) -> Answer:
        """Takes a form out of use, or back."""
        used = self.word("used", 1) == "1"
        self.perform(staff_services.use_form, form_id=form_id, used=used).say("settings.saved")
        return self.back("memo_forms.card", form_id=form_id)

    @expose("/<int:form_id>/<int:version_id>.docx")
    def paper(self, form_id: int, version_id: int) -> Answer:
        """One version as it was brought."""
        return scans.given(
            self.panel.settings.data_dir, self.read(staff_queries.form_file, form_id=form_id, version_id=version_id)
        )

    @expose("/<int:form_id>/try.docx")
    def attempt(self, form_id: int) -> Answer:
        """The newest version filled in with training data."""
        scan = self.read(staff_queries.form_file, form_id=form_id)
        try:
            path = Storage(self.panel.settings.data_dir).path(scan.stored_name)
            content = filled(path, sample_values(self.t.plain("memos.sample")))
        except DomainError as refusal:
            say_refusal(refusal)
            return redirect(url_for("memo_forms.card", form_id=form_id))
        return word_answer(content, f"form-{form_id}")

    def _tried(self) -> StoredFile | None:
        """Takes the form's file in and fills it in once; what can't be is refused in words and not kept."""
        storage = Storage(self.panel.settings.data_dir)
        try:
            stored = scans.brought(self.panel.settings.data_dir)
            try:
                filled(storage.path(stored.stored_name), sample_values(self.t.plain("memos.sample")))
            except DomainError:
                storage.remove(stored.stored_name)
                raise
        except DomainError as refusal:
            say_refusal(refusal)
            return None
        return stored


def word_answer(content: bytes, name: str) -> Response:
    """A Word file to take away."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.docx"'}
    return Response(content, mimetype=DOCX, headers=headers)


VIEWS: list[View] = [Memos, MemoForms]
