"""Pages of commissions: who sits in one, what is given out, the ranked list with its rehearsal, the protocol."""

from hashlib import sha256
from typing import Any

from flask import redirect, request, url_for

from admin import acts
from admin.access import ADMINISTRATORS, METHODISTS, REGIONAL, only
from admin.base import Answer, Page, View, expose, say, say_refusal
from admin.commission.tables import commissions_sheet, protocol_word, ranked_sheet
from admin.paging import Paging
from db.applications.models import ApplicationStatus, Verdict
from db.applications.staff_services import COMMENT_LIMIT
from db.commission import assignment, ranking, reviews, staff_queries, staff_services
from db.commission.models import MemberSeat
from db.commission.ranking import Rehearsal
from db.commission.rules import CHANGE_REASON, LOOKING, NOTE
from db.commission.staff_queries import SeatableRow
from db.commission.staff_services import CommissionDraft, SittingDraft
from db.dictionaries import queries as dictionaries
from db.errors import ConflictError, DomainError
from db.limits import day_of
from db.people.staff_queries import people_named

TRIED = ("cut", "even", "reviewer", "points", "changed")
"""What a rehearsal keeps in the address."""


class Commissions(Page):
    """The commissions of selections; the ranked list and the protocol are for the region's accounts."""

    path, endpoint, title = "/commission", "commission", "commission.panel.title"
    allowed, section, icon, order = METHODISTS, "work", "people", 11

    def offered(self) -> bool:
        """Where the service has selections."""
        return self.panel.selections

    @expose("/")
    def index(self) -> Answer:
        """All selections with their commissions."""
        return self.page("commission/index.html", rows=self.read(staff_queries.commissions))

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        book = commissions_sheet(self.read(staff_queries.commissions), self.panel)
        return self.taken(book, "commission", [], action="commission.export")

    @expose("/<int:campaign_id>")
    def show(self, campaign_id: int) -> Answer:
        """One commission: its members, what waits for them, sittings."""
        found = self.read(staff_queries.opened, campaign_id=campaign_id)
        find, town = self.word("find", 100), self.number("town")
        like = self.read(people_named, text=find) if found.seat else []
        self.note_reading(
            action="people.list",
            object_type="person",
            people=[*(number for number, _ in like), *(one.person_id for one in found.interests)],
        )
        towns = self.places()
        near = town if town in dict(towns) else None
        return self.page(
            "commission/commission.html",
            found=found,
            seats=[(one.value, self.t.plain(f"commission.seat.{one}")) for one in MemberSeat],
            chairs=[(one.staff_id, one.name) for one in found.staff if MemberSeat.CHAIR in one.seats],
            able=[(one.staff_id, self._able(one)) for one in found.staff],
            acting=[one for one in found.members if one.acting],
            find=find,
            like=like,
            town=town,
            towns=towns,
            organisations=[
                (row.id, row.name)
                for row in (self.read(dictionaries.organisations, municipality_id=near) if near else [])
            ],
            today=self.panel.local(self.now()).date(),
        )

    @expose("/<int:campaign_id>/begin", methods=["POST"])
    @only(ADMINISTRATORS)
    def begin(self, campaign_id: int) -> Answer:
        """Begins the commission of a selection."""
        self.perform(
            staff_services.begin, campaign_id=campaign_id, chair_id=self.number("chair"), draft=self._draft()
        ).say("commission.panel.begun")
        return self.back("commission.show", campaign_id=campaign_id)

    @expose("/<int:campaign_id>/save", methods=["POST"])
    def save(self, campaign_id: int) -> Answer:
        """Changes how many reviews are wanted."""
        self.perform(staff_services.save, campaign_id=campaign_id, draft=self._draft(), reason=self._reason()).say(
            "commission.panel.saved"
        )
        return self.back("commission.show", campaign_id=campaign_id)

    @expose("/<int:campaign_id>/seat", methods=["POST"])
    def seat(self, campaign_id: int) -> Answer:
        """Seats a member, or changes the seat."""
        asked = self.word("seat", 20)
        self.perform(
            staff_services.seat,
            campaign_id=campaign_id,
            staff_id=self.number("staff"),
            seat=MemberSeat(asked) if asked in set(MemberSeat) else MemberSeat.MEMBER,
            cap=self.number("cap") if self.word("cap", 10) else 0,
            acting="acting" in request.form,
            reason=self._reason(),
        ).say("commission.panel.saved")
        return self.back("commission.show", campaign_id=campaign_id)

    @expose("/<int:campaign_id>/unseat", methods=["POST"])
    def unseat(self, campaign_id: int) -> Answer:
        """Takes a member out."""
        self.perform(
            staff_services.unseat,
            campaign_id=campaign_id,
            staff_id=self.number("staff") or 0,
            reason=self._reason(),
        ).say("commission.panel.unseated")
        return self.back("commission.show", campaign_id=campaign_id)

    @expose("/<int:campaign_id>/declare", methods=["POST"])
    def declare(self, campaign_id: int) -> Answer:
        """Declares whom one does not review."""
        self.perform(
            assignment.declare,
            campaign_id=campaign_id,
            person_id=self.number("person"),
            organisation_id=self.number("organisation"),
        ).say("commission.panel.declared")
        return self.back("commission.show", campaign_id=campaign_id)

    @expose("/<int:campaign_id>/undeclare", methods=["POST"])
    def undeclare(self, campaign_id: int) -> Answer:
        """Takes back what another member declared by mistake."""
        self.perform(
            assignment.undeclare,
            campaign_id=campaign_id,
            interest_id=self.number("interest") or 0,
            reason=self._reason(),
        ).say("commission.panel.undeclared")
        return self.back("commission.show", campaign_id=campaign_id)

    @expose("/<int:campaign_id>/assign", methods=["POST"])
    def assign(self, campaign_id: int) -> Answer:
        """Gives out what waits for reviews."""
        done = self.perform(assignment.assign_reviews, campaign_id=campaign_id)
        if done and done.value is not None:
            done.say("commission.panel.assigned", done.value.given)
            if done.value.nobody:
                say("commission.panel.nobody", len(done.value.nobody), tone="bad")
            if done.value.incomplete:
                say("commission.panel.incomplete", len(done.value.incomplete), tone="bad")
        return self.back("commission.show", campaign_id=campaign_id)

    @expose("/<int:campaign_id>/sitting", methods=["POST"])
    def sitting(self, campaign_id: int) -> Answer:
        """Writes a sitting down."""
        draft = SittingDraft(
            held_on=day_of(self.word("held_on", 10)),
            present=frozenset(self.ids("present")),
            agreed=self.number("agreed"),
            against=self.number("against"),
            abstained=self.number("abstained"),
        )
        self.perform(staff_services.write_sitting, campaign_id=campaign_id, draft=draft).say("commission.panel.saved")
        return self.back("commission.show", campaign_id=campaign_id)

    @expose("/sittings/<int:sitting_id>/remove", methods=["POST"])
    def remove_sitting(self, sitting_id: int) -> Answer:
        """Removes a sitting."""
        done = self.perform(staff_services.remove_sitting, sitting_id=sitting_id, reason=self._reason())
        done.say("settings.removed")
        if done.value is None:
            return self.back("commission.index")
        return self.back("commission.show", campaign_id=done.value)

    @expose("/reviews/<int:application_id>/hand-in", methods=["POST"])
    def hand_in(self, application_id: int) -> Answer:
        """Hands the own review in, or only keeps its words."""
        note = self.word("note", NOTE)
        if "keep" in request.form:
            self.perform(reviews.write_note, application_id=application_id, note=note).say("commission.panel.noted")
        else:
            self.perform(reviews.hand_in, application_id=application_id, note=note).say("commission.panel.handed_in")
        return self.back("applications.show", application_id=application_id)

    @expose("/reviews/<int:application_id>/release", methods=["POST"])
    def release(self, application_id: int) -> Answer:
        """Gives an application back."""
        self.perform(reviews.release, application_id=application_id, interest="interest" in request.form).say(
            "commission.panel.released"
        )
        return self.back("applications.show", application_id=application_id)

    @expose("/reviews/<int:review_id>/take-away", methods=["POST"])
    def take_away(self, review_id: int) -> Answer:
        """Takes an application from a reviewer who does not come to it."""
        self.perform(assignment.take_away, review_id=review_id, reason=self._reason()).say(
            "commission.panel.taken_away"
        )
        return self.back("applications.show", application_id=self.number("application") or 0)

    @expose("/<int:campaign_id>/list")
    @only(REGIONAL)
    def ranked(self, campaign_id: int) -> Answer:
        """The ranked list, with a cut-off to try."""
        tried, asked, size = self._tried(), Paging.wanted(), Paging(0).size
        found = self.read(
            ranking.ranking,
            campaign_id=campaign_id,
            tried=tried,
            offset=(asked - 1) * size,
            limit=size,
            only_changed=bool(request.args.get("changed")),
        )
        self.note_reading(
            action="commission.list", object_type="application", people=(row.person_id for row in found.rows)
        )
        return self.page(
            "commission/list.html",
            found=found,
            tried=tried,
            campaign_id=campaign_id,
            paging=Paging(found.total, asked, size),
            kept=self._kept(),
            decides=self.read(reviews.decides, campaign_id=campaign_id),
            waiting=ApplicationStatus.SUBMITTED,
        )

    @expose("/<int:campaign_id>/list.xlsx")
    @only(REGIONAL)
    def ranked_export(self, campaign_id: int) -> Answer:
        """The whole list as a file."""
        found = self.read(ranking.ranking, campaign_id=campaign_id, tried=self._tried())
        book = ranked_sheet(found, self.panel)
        return self.taken(book, "ranked", [row.person_id for row in found.rows], action="commission.export")

    @expose("/<int:campaign_id>/decide", methods=["POST"])
    @only(REGIONAL)
    def decide(self, campaign_id: int) -> Answer:
        """Looks through the chosen applications, then decides on all of them: their number is typed by hand."""
        ids = sorted(set(self.ids("chosen")))
        verdict = Verdict.REJECT if self.word("verdict", 10) == Verdict.REJECT else Verdict.APPROVE
        chosen, comment = self.ids("reason"), self.word("comment", COMMENT_LIMIT)
        if "sure" in request.form:
            try:
                acts.check_seal(self.word("seal", 300), _sealed(ids))
            except ConflictError as refusal:
                say_refusal(refusal)
            else:
                done = self.perform(
                    staff_services.decide_many,
                    campaign_id=campaign_id,
                    application_ids=ids,
                    verdict=verdict,
                    typed=self.number("typed"),
                    reasons=chosen,
                    comment=comment or None,
                )
                if done and done.value is not None:
                    undo = url_for("applications.undo_many", decision_id=done.value)
                    done.say("commission.panel.decided_many", len(ids), undo=undo)
                    return redirect(url_for("commission.ranked", campaign_id=campaign_id, **self._kept()))
        elif not ids:
            say_refusal(DomainError("decide_nothing"))
            return redirect(url_for("commission.ranked", campaign_id=campaign_id, **self._kept()))
        found = self.read(staff_queries.opened, campaign_id=campaign_id)
        return self.page(
            "commission/decide.html",
            found=found,
            campaign_id=campaign_id,
            ids=ids,
            verdict=verdict,
            verdicts=[Verdict.APPROVE, Verdict.REJECT],
            reasons=[row for row in found.campaign.reasons if row.verdict is Verdict.REJECT],
            chosen=chosen,
            comment=comment,
            kept=self._kept(),
            sealed=_sealed(ids),
        )

    @expose("/<int:campaign_id>/protocol.docx")
    @only(REGIONAL)
    def protocol(self, campaign_id: int) -> Answer:
        """The protocol, ready to sign."""
        found = self.read(staff_queries.protocol, campaign_id=campaign_id)
        return self.taken(
            protocol_word(found, self.panel), "protocol", found.people, action="commission.export", ending="docx"
        )

    def _able(self, account: SeatableRow) -> str:
        """The account's name, and what it may not be in a commission."""
        if MemberSeat.CHAIR in account.seats:
            return account.name
        kind = "looks" if account.seats == LOOKING else "no_chair"
        return self.t.plain(f"commission.panel.able.{kind}", name=account.name)

    def _draft(self) -> CommissionDraft:
        return CommissionDraft(
            reviews=self.number("reviews"), spread=self.number("spread"), places=self.number("places")
        )

    def _reason(self) -> str:
        return self.word("reason", CHANGE_REASON)

    def _tried(self) -> Rehearsal:
        points = self.word("points", 5)
        moved = int(points) if points.removeprefix("-").isdecimal() else 0
        return Rehearsal(
            cut=self.number("cut"),
            even=bool(request.args.get("even")),
            staff_id=self.number("reviewer"),
            points=max(-99, min(99, moved)),
        )

    def _kept(self) -> dict[str, Any]:
        """The rehearsal as it goes into links."""
        return {name: value for name in TRIED if (value := request.args.get(name, "").strip()[:20])}


def _sealed(ids: list[int]) -> str:
    """As many as were shown, and no others."""
    return f"commission:{sha256(repr(ids).encode()).hexdigest()}"


VIEWS: list[View] = [Commissions]
