"""Memos: what one says is read on the page first, printed, or taken as a Word file to be signed."""

from typing import Any

from flask import Response, redirect, url_for

from admin.access import ALL
from admin.base import Answer, Page, View, expose, say_refusal
from admin.memos.forms import address_of, back_to, ordered, units_of
from admin.memos.tables import memo_docx, one_at_a_time, period
from admin.reports.report_events import periods
from db.docx import DOCX
from db.errors import DomainError
from db.memos import staff_services
from db.memos.rules import MemoKind, MemoOrder
from db.memos.wording import official_day
from db.overviews import memos
from db.reports import selection


class Memos(Page):
    """What kind, about whom and since when; the text with its tables; the file."""

    path, endpoint, title = "/memos", "memos", "memos.panel.title"
    allowed, section, icon, order = ALL, "insight", "file", 20

    @expose("/")
    def index(self) -> Answer:
        """Says what the memo will say."""
        order = ordered(self)
        try:
            found = self.read(memos.memo, t=self.t, order=order, service=self.panel.pack.about.service_name)
        except DomainError as refusal:
            say_refusal(refusal)
            return redirect(url_for("memos.index"))
        return self.page(
            "memos/memo.html",
            memo=found,
            period=period(self.t, found),
            made=self.t.plain("memos.made", day=official_day(self.t, found.made)),
            order=order,
            address=address_of(order),
            kinds=[(one.value, self.t.plain(f"memos.title.{one}")) for one in MemoKind],
            units=units_of(self.read(memos.choices)),
            periods=periods(self),
            **self._campaigns(order),
        )

    @expose("/memo.docx")
    def word_file(self) -> Answer:
        """The same as a file; that it was taken is in the journal."""
        order = ordered(self)
        try:
            with one_at_a_time():
                found = self.read(memos.memo, t=self.t, order=order, service=self.panel.pack.about.service_name)
                content = memo_docx(self.t, found)
        except DomainError as refusal:
            say_refusal(refusal)
            return redirect(back_to(order))
        self.perform(staff_services.note_taken, order=order)
        headers = {"Content-Disposition": f'attachment; filename="memo-{order.kind}-{found.made}.docx"'}
        return Response(content, mimetype=DOCX, headers=headers)

    def _campaigns(self, order: MemoOrder) -> dict[str, Any]:
        """Campaigns to choose from, where the memo tells of one."""
        if order.kind is not MemoKind.SELECTION:
            return {"campaigns": []}
        return {"campaigns": [(one.id, one.title) for one in self.read(selection.campaigns)]}


VIEWS: list[View] = [Memos]
