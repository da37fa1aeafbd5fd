"""Accounts of the panel: administrators make them, give roles and municipalities, passwords and links."""

from datetime import date, timedelta
from typing import Any

from flask import redirect, request, url_for

from admin.access import ADMINISTRATORS
from admin.accounts.tables import staff_sheet
from admin.auth import end_other_sessions_but_mine
from admin.base import Answer, Outcome, Page, View, expose
from db.accounts import staff_queries, staff_services
from db.accounts.staff_queries import StaffRow
from db.applications import campaigns
from db.dictionaries import staff_queries as dictionaries_staff
from db.dictionaries.models import TermKind
from db.dictionaries.queries import terms
from db.limits import day_of
from db.scope import StaffRole


class StaffPage(Page):
    """Who may sign in, and how far they reach."""

    path, endpoint, title = "/settings/staff", "staff", "settings.staff.title"
    allowed = ADMINISTRATORS

    @expose("/")
    def index(self) -> Answer:
        """Every account."""
        return self.page("people/staff_list.html", rows=self.read(staff_queries.staff_list))

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        book = staff_sheet(self.read(staff_queries.staff_list), self.panel)
        return self.taken(book, "staff", [], action="staff.export")

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> Answer:
        """A new account."""
        if self.is_post():
            outcome = self.perform(
                staff_services.create_staff,
                login=self.word("login"),
                name=self.word("name"),
                role=self._role(),
                password=request.form.get("password") or None,
                municipality_ids=self.ids("municipality"),
                centre_id=self.number("centre"),
                direction_ids=self.ids("direction"),
                organisation=self.word("organisation", 300),
                campaign_id=self.number("campaign"),
                last_day=self._last_day(),
            )
            if outcome.say("settings.staff.created"):
                return redirect(url_for("staff.edit", staff_id=outcome.value))
        return self._form(None)

    @expose("/<int:staff_id>", methods=["GET", "POST"])
    def edit(self, staff_id: int) -> Answer:
        """Name, role, municipalities, whether it is active."""
        if self.is_post():
            typed: dict[str, Any] = {
                "name": self.word("name"),
                "role": self._role(),
                "active": "active" in request.form,
            }
            places, campaign, last_day = self.ids("municipality"), self.number("campaign"), self._last_day()
            row = self.read(staff_queries.staff_row, staff_id=staff_id)
            organisation = self.word("organisation", 300)
            reach = {
                "centre": self.number("centre"),
                "direction": self.ids("direction"),
                "organisation": organisation or None,
            }
            own = {"municipality": places, **reach, "campaign": campaign, "last_day": last_day}
            if not self.moved_on(self._stored(row), {**typed, **own}):
                done = self.perform(
                    staff_services.update_staff,
                    staff_id=staff_id,
                    municipality_ids=places,
                    centre_id=self.number("centre"),
                    direction_ids=self.ids("direction"),
                    organisation=organisation,
                    campaign_id=campaign,
                    last_day=last_day,
                    **typed,
                )
                if done.say("settings.staff.saved"):
                    return redirect(url_for("staff.index"))
        return self._form(staff_id)

    @expose("/<int:staff_id>/password", methods=["POST"])
    def password(self, staff_id: int) -> Answer:
        """A new password; the account's open sessions end."""
        password = request.form.get("password", "")
        done = self.perform(staff_services.set_password, staff_id=staff_id, password=password)
        return self._ended(done, staff_id, "settings.staff.password_given")

    @expose("/<int:staff_id>/connect", methods=["POST"])
    def connect(self, staff_id: int) -> Answer:
        """A link that ties the account to whoever opens it in the bot."""
        outcome = self.perform(staff_services.issue_connect_link, staff_id=staff_id)
        return self._form(staff_id, payload=f"st_{outcome.value}" if outcome else None)

    @expose("/<int:staff_id>/disconnect", methods=["POST"])
    def disconnect(self, staff_id: int) -> Answer:
        """Unties the account from its person in the bot."""
        done = self.perform(staff_services.disconnect_person, staff_id=staff_id)
        return self._ended(done, staff_id, "settings.staff.disconnected")

    @expose("/<int:staff_id>/logout", methods=["POST"])
    def logout(self, staff_id: int) -> Answer:
        """The end of every session of the account."""
        done = self.perform(staff_services.sign_out, staff_id=staff_id)
        return self._ended(done, staff_id, "settings.staff.signed_out")

    def _ended(self, done: Outcome[None], staff_id: int, key: str) -> Answer:
        """Says that the account's sessions have ended; the one that did it goes on, though it be the account's own."""
        if done:
            end_other_sessions_but_mine(self.panel, staff_id)
        done.say(key)
        return redirect(url_for("staff.edit", staff_id=staff_id))

    def _form(self, staff_id: int | None, payload: str | None = None) -> Answer:
        row = self.read(staff_queries.staff_row, staff_id=staff_id) if staff_id is not None else None
        typed = request.form if self.is_post() and payload is None else None
        return self.page(
            "people/staff_form.html",
            row=row,
            typed=typed,
            stored=self._stored(row) if row else {},
            chosen=set(self.ids("municipality")) if typed else (row.municipality_ids if row else set()),
            roles=list(StaffRole),
            municipalities=self.places(),
            centres=[(one.id, one.name) for one in self.read(dictionaries_staff.centres)],
            directions=[(one.id, f"{one.code}. {one.name}") for one in self.read(terms, kind=TermKind.DIRECTION)],
            directed=set(self.ids("direction")) if typed else (row.direction_ids if row else set()),
            payload=payload,
            link=self.bot_link(payload) if payload else None,
            campaigns=[(one.id, one.title) for one in self.read(campaigns.campaigns)],
            last_day=self._term(row) if row else None,
        )

    def _last_day(self) -> date | None:
        return day_of(self.word("last_day", 10))

    def _term(self, row: StaffRow) -> date | None:
        """The last day of an auditor."""
        return self.panel.local(row.ends_at).date() - timedelta(days=1) if row.ends_at else None

    def _stored(self, row: StaffRow) -> dict[str, Any]:
        return {
            "name": row.name,
            "role": row.role,
            "active": row.active,
            "municipality": row.municipality_ids,
            "centre": row.centre_id,
            "direction": row.direction_ids,
            "organisation": row.organisation,
            "campaign": row.campaign_id,
            "last_day": self._term(row),
        }

    def _role(self) -> StaffRole:
        value = self.word("role")
        return StaffRole(value) if value in set(StaffRole) else StaffRole.READER


VIEWS: list[View] = [StaffPage]
