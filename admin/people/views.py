"""People: the list, a person's page, roles and invitations."""

from flask import redirect, url_for

from admin.access import ALL, METHODISTS, only
from admin.base import Answer, Page, View, expose
from admin.paging import SIZE, Paging
from admin.people.tables import register_sheet
from db.accounts import staff_queries
from db.audit import staff_queries as audit
from db.audit.rules import staff_actor, staff_of
from db.notices import roles
from db.overviews import person_card
from db.people import staff_queries as people_staff_queries
from db.people import staff_services
from db.people.models import Role
from db.people.staff_queries import PersonFilter

GIVEN = [role for role in Role if role is not Role.ACTIVE_MEMBER]
"""Roles that are given by hand; into the active one comes by a decision."""


class People(Page):
    """Everybody who gave consent, within the account's municipalities."""

    path, endpoint, title = "/people", "people", "people.panel.title"
    allowed, section, icon, order = ALL, "work", "people", 30

    @expose("/")
    def index(self) -> Answer:
        """The list with search by name."""
        narrowed = self._narrowed()
        rows, total = self.read(people_staff_queries.listing, narrowed=narrowed, page=Paging.wanted(), size=SIZE)
        self.note_reading(action="people.list", object_type="person", people=(row.id for row in rows))
        paging = Paging.asked(total)
        return self.page("people/list.html", rows=rows, paging=paging, narrowed=narrowed, municipalities=self.places())

    @expose("/list.xlsx")
    @only(METHODISTS)
    def export(self) -> Answer:
        """The register with every column: whom the list's filter finds."""
        rows = self.read(people_staff_queries.register, narrowed=self._narrowed())
        return self.taken(register_sheet(rows, self.panel), "people", [row.id for row in rows], "people.export")

    @expose("/<int:person_id>")
    @only(METHODISTS)
    def card(self, person_id: int) -> Answer:
        """One person. That it was opened goes into the journal."""
        card = self.read(person_card.card, person_id=person_id)
        self.note_reading(
            action="people.read",
            object_type="person",
            object_id=person_id,
            subject_person_id=person_id,
            municipality_id=card.municipality_id,
            people=(pair.other_id for pair in card.pairs),
        )
        if card.opened is not None:
            self.note_reading(
                action="diagnostics.read",
                object_type="attempt",
                object_id=card.opened.attempt_id,
                subject_person_id=person_id,
                municipality_id=card.municipality_id,
            )
        history = self.read(audit.of_person, person_id=person_id, limit=15) if self.scope.is_admin else []
        ids = [one for entry in history if (one := staff_of(entry.actor)) is not None]
        names = {staff_actor(key): name for key, name in self.read(staff_queries.names, staff_ids=ids).items()}
        held = {one.role for one in card.roles}
        missing = [role for role in GIVEN if role not in held]
        return self.page(
            "people/card.html",
            card=card,
            history=history,
            names=names,
            missing=missing,
            exceptional=self.scope.is_admin and Role.ACTIVE_MEMBER not in held,
        )

    @expose("/<int:person_id>/roles", methods=["POST"])
    @only(METHODISTS)
    def give(self, person_id: int) -> Answer:
        """Gives a role."""
        role = self._role()
        if role is not None:
            self.perform(
                roles.give,
                person_id=person_id,
                role=role,
                order_number=self.word("order", 64),
                reason=self.word("reason", 500),
            ).say("people.panel.role_given")
        return self.back("people.card", person_id=person_id)

    @expose("/<int:person_id>/roles/take", methods=["POST"])
    @only(METHODISTS)
    def take(self, person_id: int) -> Answer:
        """Takes a role back."""
        role = self._role()
        if role is not None:
            done = self.perform(roles.take, person_id=person_id, role=role, reason=self.word("reason", 500))
            done.say("people.panel.role_taken")
        return self.back("people.card", person_id=person_id)

    @expose("/invite", methods=["GET", "POST"])
    @only(METHODISTS)
    def invite(self) -> Answer:
        """An invitation to a role: its token is shown once."""
        if self.is_post():
            role = self._role()
            if role is None:
                return redirect(url_for("people.invite"))
            outcome = self.perform(staff_services.invite, role=role)
            if outcome:
                payload = f"inv_{outcome.value}"
                return self.page("people/invited.html", role=role, payload=payload, link=self.bot_link(payload))
        return self.page("people/invite.html", roles=GIVEN)

    def _narrowed(self) -> PersonFilter:
        return PersonFilter(text=self.word("q", 100), municipality_id=self.number("municipality"), role=self._role())

    def _role(self) -> Role | None:
        value = self.word("role")
        return Role(value) if value in set(Role) else None


VIEWS: list[View] = [People]
