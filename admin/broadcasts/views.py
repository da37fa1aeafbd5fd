"""Messages to many at once: written, looked at, tried on oneself, confirmed by the number of people, recalled."""

from typing import Any

from flask import abort, redirect, request, url_for
from jinja2.utils import urlize
from markupsafe import Markup

from admin.access import METHODISTS
from admin.base import Answer, Outcome, Page, View, expose, say_refusal
from admin.broadcasts.tables import broadcasts_sheet
from admin.paging import Paging
from db.broadcasts import staff_queries, staff_services
from db.broadcasts.models import BroadcastStatus
from db.broadcasts.rules import LENGTH
from db.broadcasts.staff_queries import BroadcastAudience
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import TermKind
from db.errors import ConflictError, DomainError
from db.limits import whole
from db.people.models import Role
from locales import Texts
from locales.broadcasts import said_text

MOST_TYPED = 4 * LENGTH
"""What is kept of a text that is too long, so that it can be shortened."""


class Broadcasts(Page):
    """Broadcasts to the account's municipalities; those to the whole region are for the whole region's accounts."""

    path, endpoint, title = "/broadcasts", "broadcasts", "broadcasts.panel.title"
    allowed, section, icon, order = METHODISTS, "work", "megaphone", 50

    @expose("/")
    def index(self) -> Answer:
        """The list, the newest first."""
        paging = Paging.asked(self.read(staff_queries.count))
        rows = self.read(staff_queries.listing, offset=paging.offset, limit=paging.limit)
        return self.page("broadcasts/list.html", rows=rows, paging=paging)

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        book = broadcasts_sheet(self.read(staff_queries.listing, limit=None), self.panel)
        return self.taken(book, "broadcasts", [], action="broadcasts.export")

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> Answer:
        """A new draft."""
        if self.is_post():
            outcome: Outcome[Any] = self.perform(staff_services.create, text=self._text(), audience=self._audience())
            if outcome:
                return redirect(url_for("broadcasts.card", broadcast_id=outcome.value))
            return self._form(None, self._text(), self._audience(), None, outcome.refusal)
        return self._form(None, "", BroadcastAudience(), None)

    @expose("/<int:broadcast_id>")
    def card(self, broadcast_id: int) -> Answer:
        """A draft as people will read it and how many they are; what became of what went."""
        return self._shown(self._card(broadcast_id))

    @expose("/<int:broadcast_id>/edit", methods=["GET", "POST"])
    def edit(self, broadcast_id: int) -> Answer:
        """Changes a draft."""
        card = self._card(broadcast_id)
        if card.line.status is not BroadcastStatus.DRAFT:
            say_refusal(DomainError("broadcast_gone"))
            return redirect(url_for("broadcasts.card", broadcast_id=broadcast_id))
        if not self.is_post():
            return self._form(card, card.line.text, card.audience, card.revision)
        outcome = self.perform(
            staff_services.change,
            broadcast_id=broadcast_id,
            text=self._text(),
            audience=self._audience(),
            revision=self.number("revision"),
        )
        if outcome:
            return redirect(url_for("broadcasts.card", broadcast_id=broadcast_id))
        if not isinstance(outcome.refusal, ConflictError):
            return self._form(card, self._text(), self._audience(), self.number("revision"), outcome.refusal)
        # Who sees what another has saved may save over it.
        return self._form(card, self._text(), self._audience(), card.revision, saved=card.line.text)

    @expose("/<int:broadcast_id>/try", methods=["POST"])
    def try_out(self, broadcast_id: int) -> Answer:
        """Sends it to whoever asks."""
        self.perform(staff_services.try_out, broadcast_id=broadcast_id).say("broadcasts.panel.tried")
        return redirect(url_for("broadcasts.card", broadcast_id=broadcast_id))

    @expose("/<int:broadcast_id>/start", methods=["POST"])
    def start(self, broadcast_id: int) -> Answer:
        """Sends it to everybody, if their number was typed."""
        outcome = self.perform(
            staff_services.start,
            broadcast_id=broadcast_id,
            revision=self.number("revision"),
            typed=self.number("typed"),
        )
        card = self._card(broadcast_id)
        if outcome.refusal is not None and outcome.refusal.code == "broadcast_count":
            return self._shown(card, typed=self.word("typed", 12), wrong=True)
        outcome.say("broadcasts.panel.started.later" if card.begins else "broadcasts.panel.started")
        return redirect(url_for("broadcasts.card", broadcast_id=broadcast_id))

    @expose("/<int:broadcast_id>/recall", methods=["POST"])
    def recall(self, broadcast_id: int) -> Answer:
        """Takes back what was not sent yet."""
        outcome = self.perform(staff_services.recall, broadcast_id=broadcast_id)
        outcome.say("broadcasts.panel.recalled")
        return redirect(url_for("broadcasts.card", broadcast_id=broadcast_id))

    @expose("/<int:broadcast_id>/delete", methods=["POST"])
    def delete(self, broadcast_id: int) -> Answer:
        """Deletes a draft."""
        outcome = self.perform(staff_services.discard, broadcast_id=broadcast_id)
        outcome.say("broadcasts.panel.deleted")
        return redirect(
            url_for("broadcasts.index") if outcome else url_for("broadcasts.card", broadcast_id=broadcast_id)
        )

    def _card(self, broadcast_id: int) -> staff_queries.BroadcastCard:
        return self.read(staff_queries.card, broadcast_id=broadcast_id)

    def _shown(self, card: staff_queries.BroadcastCard, **more: Any) -> Answer:
        linked = self.account.person_id is not None
        return self.page("broadcasts/card.html", card=card, told=_told(self.t, card), linked=linked, **more)

    def _form(
        self,
        card: staff_queries.BroadcastCard | None,
        text: str,
        audience: BroadcastAudience,
        revision: int | None,
        refusal: DomainError | None = None,
        *,
        saved: str = "",
    ) -> Answer:
        positions = {row.id: row.name for row in self.read(dictionaries.terms, kind=TermKind.POSITION)}
        if card and card.audience.position_id and card.line.position:  # it may be out of use by now
            positions.setdefault(card.audience.position_id, card.line.position)
        return self.page(
            "broadcasts/form.html",
            card=card,
            text=text,
            audience=audience,
            places=self.places(),
            positions=positions.items(),
            revision=revision,
            wrong=self.t.plain(f"errors.{refusal.code}", **refusal.params) if refusal else "",
            saved=saved,
            regional=self.scope.municipality_ids is None,
            limit=LENGTH,
            most=MOST_TYPED,
        )

    @staticmethod
    def _text() -> str:
        # A form's line ends with two signs, which would count twice.
        return request.form.get("text", "").replace("\r\n", "\n")[:MOST_TYPED]

    @staticmethod
    def _audience() -> BroadcastAudience:
        """What was chosen. What can't be read is refused: nothing chosen means everybody."""

        def chosen(name: str) -> int | None:
            text = request.form.get(name, "")
            if text and whole(text) is None:
                abort(400)
            return whole(text)

        role = request.form.get("role", "")
        if role and role not in set(Role):
            abort(400)
        young = request.form.get("young") == "1"
        return BroadcastAudience(chosen("municipality"), Role(role) if role else None, chosen("position"), young)


def _told(t: Texts, card: staff_queries.BroadcastCard) -> Markup:
    """As it will be read, links included."""
    text = Markup(urlize(card.line.text, rel="noopener"))  # noqa: S704  it escapes what is no link
    return said_text(t, {**card.words, "text": text})


VIEWS: list[View] = [Broadcasts]
