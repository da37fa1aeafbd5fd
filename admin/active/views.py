"""The methodical active: the map of directions and municipalities, white spots, a member's card."""

from datetime import date

from flask import redirect, url_for

from admin.access import ADMINISTRATORS, METHODISTS, REGIONAL, only
from admin.active.tables import map_sheets
from admin.base import Answer, Page, View, expose, say_refusal
from db import handover
from db.active import staff_services
from db.active.rules import REASON_LENGTH
from db.active.staff_services import Exceptional
from db.applications import campaigns
from db.errors import DomainError
from db.limits import day_of
from db.overviews import leaving
from db.overviews.active_map import active_map
from db.overviews.member_card import member_card


class Active(Page):
    """Who helps in which direction and where nobody does; what one member did and for whom."""

    path, endpoint, title = "/active", "active", "active.panel.title"
    allowed, section, icon, order = METHODISTS, "work", "people", 35

    def offered(self) -> bool:
        """Where the service has selections."""
        return self.panel.selections

    @expose("/")
    def index(self) -> Answer:
        """Direction × municipality with the white spots beneath. Numbers of members, no names."""
        return self.page("active/map.html", found=self.read(active_map, campaign=self.word("campaign", 64)))

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The map and the white spots as tables."""
        found = self.read(active_map, campaign=self.word("campaign", 64))
        return self.taken(map_sheets(found, self.panel), "active", [], "active.export")

    @expose("/<int:membership_id>")
    def card(self, membership_id: int) -> Answer:
        """One member. That it was opened goes into the journal, with those whom they accompany."""
        card = self.read(member_card, membership_id=membership_id)
        self.note_reading(
            action="active.read",
            object_type="membership",
            object_id=membership_id,
            subject_person_id=card.row.person_id,
            municipality_id=card.municipality_id,
            people=(pair.other_id for pair in card.pairs),
        )
        return self.page("active/card.html", card=card)

    @expose("/<int:membership_id>/keep", methods=["POST"])
    @only(REGIONAL)
    def keep(self, membership_id: int) -> Answer:
        """Sets the last day of the term and the coordinator."""
        try:
            until = self._day("until")
        except DomainError as refusal:
            say_refusal(refusal)
        else:
            self.perform(
                staff_services.keep,
                membership_id=membership_id,
                until=until,
                coordinator_id=self.number("coordinator"),
            ).say("active.panel.kept")
        return self.back("active.card", membership_id=membership_id)

    @expose("/<int:membership_id>/exclude", methods=["POST"])
    @only(ADMINISTRATORS)
    def exclude(self, membership_id: int) -> Answer:
        """Ends a membership, with the reason."""
        self.perform(
            staff_services.exclude,
            membership_id=membership_id,
            reason=self.word("reason", REASON_LENGTH),
            left=self.word("left", 1) == "1",
        ).say("active.panel.excluded")
        return self.back("active.card", membership_id=membership_id)

    @expose("/appoint/<int:person_id>", methods=["POST"])
    @only(ADMINISTRATORS)
    def appoint(self, person_id: int) -> Answer:
        """Takes somebody into the active past a selection, by an order."""
        try:
            draft = Exceptional(
                order_number=self.word("order", 64),
                reason=self.word("reason", REASON_LENGTH),
                direction_id=self.number("direction"),
                category_id=self.number("category"),
                until=self._day("until"),
            )
        except DomainError as refusal:
            say_refusal(refusal)
        else:
            self.perform(staff_services.appoint, person_id=person_id, draft=draft).say("active.panel.appointed")
        return self.back("people.card", person_id=person_id)

    @expose("/handover")
    def leaving(self) -> Answer:
        """Who leaves, or has the bot blocked, and still answers for something."""
        rows = self.read(leaving.leaving)
        self.note_reading(action="people.list", object_type="person", people=(row.person_id for row in rows))
        return self.page("active/leaving.html", rows=rows)

    @expose("/handover/<int:person_id>")
    def affairs(self, person_id: int) -> Answer:
        """All that somebody answers for, on one page, each with those who may take it over."""
        card = self.read(leaving.card, person_id=person_id)
        takers = {taker.person_id for one in card.held for affair in one.affairs for taker in affair.takers}
        about = {affair.about_id for one in card.held for affair in one.affairs}
        self.note_reading(
            action="active.affairs",
            object_type="person",
            object_id=person_id,
            subject_person_id=person_id,
            people=takers | about,
        )
        return self.page("active/affairs.html", card=card)

    @expose("/handover/<int:person_id>/<noun>/<int:held_id>", methods=["POST"])
    def hand_over(self, person_id: int, noun: str, held_id: int) -> Answer:
        """Gives one affair to another."""
        to = self.number("to")
        if to is not None:
            done = self.perform(handover.hand_over, noun=noun, held_id=held_id, to_person_id=to)
            done.say("active.panel.handed_over")
        if not self.read(handover.held, person_id=person_id):
            return redirect(url_for("active.leaving"))
        return self.back("active.affairs", person_id=person_id)

    @expose("/spots/<int:campaign_id>/<int:municipality_id>", methods=["POST"])
    @only(REGIONAL)
    def invite(self, campaign_id: int, municipality_id: int) -> Answer:
        """Notes that a municipality was invited, or takes the note back."""
        self.read(campaigns.title, campaign_id=campaign_id)
        spot = {"campaign_id": campaign_id, "municipality_id": municipality_id}
        if self.word("undo", 1) == "1":
            self.perform(staff_services.undo_invitation, **spot).say("active.panel.invite_undone")
        else:
            self.perform(staff_services.invite_spot, **spot).say("active.panel.invited")
        return redirect(url_for("active.index", campaign=self.word("campaign", 64) or None, _anchor="spots"))

    def _day(self, name: str) -> date | None:
        """Returns a day of the form, none where it is empty. Raises DomainError `day_unknown` for what is no day."""
        typed = self.word(name, 10)
        day = day_of(typed)
        if typed and day is None:
            raise DomainError("day_unknown", typed=typed, field=name)
        return day


VIEWS: list[View] = [Active]
