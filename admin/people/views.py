"""People: the list, a person's page, roles and invitations."""

from flask import redirect, url_for

from admin.access import ALL, METHODISTS, NAMED, only
from admin.base import Answer, Page, View, expose, say
from admin.paging import SIZE, Paging
from admin.people.tables import register_sheet
from db import merging
from db.accounts import staff_queries
from db.active import queries as active
from db.audit import staff_queries as audit
from db.audit.rules import staff_actor, staff_of
from db.notices import roles
from db.overviews import members, person_card
from db.overviews.members import ActiveFilter
from db.people import claims, staff_services
from db.people import staff_queries as people_staff_queries
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
        """The list with search by name; who sees no names reads how many there are and where."""
        if not self.scope.sees_names:
            places = self.read(people_staff_queries.by_municipality)
            return self.page("people/numbers.html", places=places, total=sum(count for _, count in places))
        narrowed, wanted = self._narrowed(), self._wanted()
        found = self.read(members.listing, narrowed=narrowed, wanted=wanted, page=Paging.wanted(), size=SIZE)
        self.note_reading(action="people.list", object_type="person", people=(row.id for row in found.rows))
        offers = self.read(claims.waiting_count) if self.scope.can_write else 0
        values = {"narrowed": narrowed, "wanted": wanted, "municipalities": self.places(), "offers": offers}
        return self.page("people/list.html", found=found, paging=Paging.asked(found.total), **values)

    @expose("/list.xlsx")
    @only(NAMED)
    def export(self) -> Answer:
        """The register with every column: whom the list's filter finds."""
        rows = self.read(members.register, narrowed=self._narrowed(), wanted=self._wanted())
        people = [row.id for row, _ in rows]
        return self.taken(register_sheet(rows, self.panel), "people", people, "people.export")

    @expose("/<int:person_id>")
    @only(NAMED)
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
            merges=self.read(merging.merges, person_id=person_id) if self.scope.can_write else (),
            memberships=self.read(active.lines_of, person_ids=[person_id]).get(person_id, ()),
            kinds=self.read(members.kinds) if self.scope.is_admin else None,
        )

    @expose("/<int:person_id>/roles", methods=["POST"])
    @only(METHODISTS)
    def give(self, person_id: int) -> Answer:
        """Gives a role."""
        role = self._role()
        if role is not None:
            self.perform(roles.give, person_id=person_id, role=role).say("people.panel.role_given")
        return self.back("people.card", person_id=person_id)

    @expose("/<int:person_id>/roles/take", methods=["POST"])
    @only(METHODISTS)
    def take(self, person_id: int) -> Answer:
        """Takes a role back."""
        role = self._role()
        if role is not None:
            self.perform(roles.take, person_id=person_id, role=role).say("people.panel.role_taken")
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

    @expose("/<int:person_id>/claim", methods=["POST"])
    @only(METHODISTS)
    def claim(self, person_id: int) -> Answer:
        """A link by which somebody of a list comes into the bot as themselves: shown once, with a code to print."""
        outcome = self.perform(claims.issue, person_id=person_id)
        if not outcome:
            return self.back("people.card", person_id=person_id)
        payload = f"cl_{outcome.value}"
        person = self.read(people_staff_queries.within, person_id=person_id)
        values = {"person_id": person_id, "name": person.full_name, "payload": payload, "days": claims.LINK_LASTS.days}
        return self.page("people/claim.html", link=self.bot_link(payload), **values)

    @expose("/claims")
    @only(METHODISTS)
    def offers(self) -> Answer:
        """Newcomers who fit a record of a list, each beside it."""
        pairs = self.read(merging.offered)
        people = [number for one, _ in pairs for number in (one.record_id, one.person_id)]
        self.note_reading(action="people.list", object_type="person", people=people)
        return self.page("people/claims.html", pairs=pairs)

    @expose("/claims/<int:claim_id>/confirm", methods=["POST"])
    @only(METHODISTS)
    def confirm(self, claim_id: int) -> Answer:
        """They are one."""
        self.perform(merging.confirm, claim_id=claim_id).say("people.panel.claims.confirmed")
        return self.back("people.offers")

    @expose("/claims/<int:claim_id>/decline", methods=["POST"])
    @only(METHODISTS)
    def decline(self, claim_id: int) -> Answer:
        """They are two."""
        self.perform(merging.decline, claim_id=claim_id).say("people.panel.claims.declined")
        return self.back("people.offers")

    @expose("/<int:person_id>/merge", methods=["GET", "POST"])
    @only(METHODISTS)
    def merge(self, person_id: int) -> Answer:
        """Somebody who is kept twice: found by name, looked at side by side, made one on a plain «yes»."""
        into = self.number("into")
        if self.is_post() and into is not None:
            sure = self.word("sure", 8) == "1"
            if not sure:
                say("people.panel.merge.unsure", tone="bad")
            elif self.perform(merging.join, kept_id=into, gone_id=person_id).say("people.panel.merge.done"):
                return redirect(url_for("people.card", person_id=into))
        person = self.read(people_staff_queries.within, person_id=person_id)
        words = self.word("q", 100) or person.full_name or ""
        found, _ = self.read(people_staff_queries.listing, narrowed=PersonFilter(text=words), page=1, size=20)
        found = [row for row in found if row.id != person_id]
        pairing = self.read(merging.pairing, kept_id=into, gone_id=person_id) if into is not None else None
        self.note_reading(
            action="people.list", object_type="person", people=[person_id, into, *(row.id for row in found)]
        )
        return self.page("people/merge.html", person=person, words=words, found=found, pairing=pairing)

    @expose("/merges/<int:merge_id>/part", methods=["POST"])
    @only(METHODISTS)
    def part(self, merge_id: int) -> Answer:
        """Two records that were made one by mistake are two again."""
        outcome = self.perform(merging.part, merge_id=merge_id).say("people.panel.parted")
        return redirect(url_for("people.card", person_id=outcome.value)) if outcome else self.back("people.index")

    def _narrowed(self) -> PersonFilter:
        return PersonFilter(
            text=self.word("q", 100),
            municipality_id=self.number("municipality"),
            role=self._role(),
            young=self.word("young", 1) == "1",
        )

    def _wanted(self) -> ActiveFilter:
        return ActiveFilter(campaign=self.word("campaign", 64), direction=self.word("direction", 64))

    def _role(self) -> Role | None:
        value = self.word("role")
        return Role(value) if value in set(Role) else None


VIEWS: list[View] = [People]
