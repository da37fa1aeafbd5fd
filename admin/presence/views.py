"""The door of an event: helpers' links, guests on paper, parts and who sat in each; and the helper's own page."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, current_app, jsonify, request, send_from_directory, url_for

from admin.access import METHODISTS, public
from admin.base import Answer, Page, View, expose
from admin.paging import Paging
from db.errors import DomainError, NotFoundError
from db.events import staff_queries as events
from db.limits import LARGEST, YEARS
from db.presence import services, staff_queries, staff_services
from db.presence.parts import SessionPlan
from db.presence.rules import AT_ONCE, KEY_LIMIT, NAME_LIMIT, DoorMark, door_hours
from db.texts import clean

DOOR_LIMIT = "240 per minute"


class Doors(Page):
    """Who is let in and how, event by event."""

    path, endpoint, title = "/presence", "presence", "presence.panel.title"
    allowed, under = METHODISTS, "events"

    @expose("/")
    def index(self) -> Answer:
        """Nothing: a door belongs to an event."""
        abort(404)

    @expose("/<int:event_id>")
    def card(self, event_id: int) -> Answer:
        """The door of one event."""
        return self._door(event_id)

    @expose("/<int:event_id>/helpers", methods=["POST"])
    def give_link(self, event_id: int) -> Answer:
        """Makes a helper's link and shows it, this once."""
        outcome = self.perform(staff_services.give_link, event_id=event_id, label=self.word("label", NAME_LIMIT))
        if outcome.say("presence.panel.helper.given"):
            return self._door(event_id, link=self.panel.settings.public_url + url_for("door.card", token=outcome.value))
        return self.back("presence.card", event_id=event_id)

    @expose("/<int:event_id>/helpers/<int:helper_id>/withdraw", methods=["POST"])
    def withdraw_link(self, event_id: int, helper_id: int) -> Answer:
        """Ends a helper's link."""
        self.perform(staff_services.withdraw_link, event_id=event_id, helper_id=helper_id).say(
            "presence.panel.helper.withdrawn"
        )
        return self.back("presence.card", event_id=event_id)

    @expose("/<int:event_id>/guests", methods=["POST"])
    def write_down(self, event_id: int) -> Answer:
        """Writes down somebody who came without being on the list."""
        self.perform(staff_services.write_down, event_id=event_id, name=self.word("name", NAME_LIMIT)).say(
            "presence.panel.guest.written"
        )
        return self.back("presence.card", event_id=event_id)

    @expose("/<int:event_id>/guests/<int:guest_id>/drop", methods=["POST"])
    def drop_guest(self, event_id: int, guest_id: int) -> Answer:
        """Takes a guest on paper off."""
        self.perform(staff_services.drop_guest, event_id=event_id, guest_id=guest_id).say(
            "presence.panel.guest.dropped"
        )
        return self.back("presence.card", event_id=event_id)

    @expose("/<int:event_id>/guests/<int:guest_id>/recognise", methods=["POST"])
    def recognise(self, event_id: int, guest_id: int) -> Answer:
        """Says who a guest on paper is."""
        person_id = self.number("person") or 0
        self.perform(staff_services.recognise, event_id=event_id, guest_id=guest_id, person_id=person_id).say(
            "presence.panel.guest.recognised"
        )
        return self.back("presence.card", event_id=event_id)

    @expose("/<int:event_id>/came", methods=["POST"])
    def came(self, event_id: int) -> Answer:
        """Enters people of the register who were there, after the event."""
        outcome = self.perform(staff_services.came, event_id=event_id, person_ids=self.ids("person"))
        if outcome:
            outcome.say("presence.panel.came", n=outcome.value or 0)
        return self.back("events.card", event_id=event_id)

    @expose("/<int:event_id>/sessions", methods=["POST"])
    def add_session(self, event_id: int) -> Answer:
        """Adds a part to the event."""
        begins, ends = self._moment("starts"), self._moment("ends")
        nowhere = datetime.min.replace(tzinfo=UTC)
        plan = SessionPlan(self.word("title", NAME_LIMIT), begins or nowhere, ends or nowhere)
        self.perform(staff_services.add_session, event_id=event_id, plan=plan).say("presence.panel.session.added")
        return self.back("presence.card", event_id=event_id)

    @expose("/<int:event_id>/sessions/<int:session_id>/drop", methods=["POST"])
    def drop_session(self, event_id: int, session_id: int) -> Answer:
        """Takes a part out of the event."""
        self.perform(staff_services.drop_session, event_id=event_id, session_id=session_id).say(
            "presence.panel.session.dropped"
        )
        return self.back("presence.card", event_id=event_id)

    @expose("/<int:event_id>/sessions/<int:session_id>", methods=["GET", "POST"])
    def session(self, event_id: int, session_id: int) -> Answer:
        """Who of those who came sat in this part."""
        if self.is_post():
            self.perform(
                staff_services.sit_in,
                event_id=event_id,
                session_id=session_id,
                registration_ids=self.ids("registration"),
            ).say("presence.panel.session.saved")
            return self.back("presence.session", event_id=event_id, session_id=session_id)
        part, sitters = self.read(staff_queries.sitters, event_id=event_id, session_id=session_id)
        self.note_reading(
            action="presence.read",
            object_type="event",
            object_id=event_id,
            people=(one.person_id for one in sitters),
        )
        return self.page("presence/session.html", event_id=event_id, part=part, sitters=sitters)

    def _door(self, event_id: int, *, link: str | None = None) -> Answer:
        door = self.read(staff_queries.door, event_id=event_id)
        guest_id, text = self.number("guest"), self.word("q", 100)
        guest = next((one for one in door.guests if one.id == guest_id), None)
        found = []
        if guest is not None and request.method == "GET":
            text = text or guest.name or ""
            found = self.read(events.people_like, event_id=event_id, text=text)
            self.note_reading(action="people.list", object_type="person", people=(number for number, _ in found))
        paging = Paging.asked(len(door.guests))
        return self.page(
            "presence/door.html",
            door=door,
            event=door.event,
            guests=door.guests[paging.offset : paging.offset + paging.limit],
            paging=paging,
            guest=guest,
            text=text,
            found=found,
            link=link,
            shut=self.now() > door_hours(door.event.starts_at, door.event.ends_at)[1],
            day=f"{self.panel.local(door.event.starts_at):%Y-%m-%d}",
        )

    def _moment(self, field: str) -> datetime | None:
        try:
            local = datetime.fromisoformat(f"{self.word('date', 10)}T{self.word(field, 5)}")
        except ValueError:
            return None
        return local.replace(tzinfo=self.panel.zone).astimezone(UTC) if local.year in YEARS else None


class HelpersDoor(Page):
    """What a helper opens by the link: a list to tap, which works without a line. No account, one event, one day."""

    path, endpoint, title = "/door", "door", "presence.door.title"

    @expose("/")
    @public
    def index(self) -> Answer:
        """A door is opened by its link alone."""
        return self._shut(NotFoundError("door_closed"))

    @expose("/<token>")
    @public
    def card(self, token: str) -> Answer:
        """The list."""
        try:
            door = self._asked(services.look, token)
        except DomainError as refusal:
            return self._shut(refusal)
        return self.page("presence/helper.html", door=door, event=door.event, token=token)

    @expose("/<token>/marks", methods=["POST"])
    @public
    def marks(self, token: str) -> Answer:
        """Takes marks that a phone wrote down, and answers with the list as it is now."""
        marks = _marks(request.get_json(silent=True))
        if marks is None:
            return _said(400, why=self.t.plain("presence.door.unclear"))
        try:
            brought = self._asked(services.bring, token, marks=marks)
        except DomainError as refusal:
            gone = 410 if isinstance(refusal, NotFoundError) or refusal.code == "event_cancelled" else 409
            why = self.t.plain(f"errors.{refusal.code}", None, **refusal.params)
            return _said(gone, why=why)
        door = brought.door
        return _said(
            200,
            taken=brought.taken,
            refused={key: self.t.plain(f"errors.{no.code}", None, **no.params) for key, no in brought.refused.items()},
            list=[[one.registration_id, one.name, one.here] for one in door.listed],
            here=door.here,
        )

    @expose("/<token>/screen")
    @public
    def screen(self, token: str) -> Answer:
        """The turning code, where the hall has no screen but a helper's phone."""
        try:
            door = self._asked(services.look, token)
        except DomainError as refusal:
            return self._shut(refusal)
        code = door.code if door.open else None
        link = self.bot_link(f"ci_{code.token}") if code else ""
        return self.page("presence/screen.html", door=door, event=door.event, code=code, link=link, token=token)

    @expose("/<token>/app.webmanifest")
    @public
    def manifest(self, token: str) -> Answer:
        """What makes a phone offer to install the page."""
        name = self.t.plain("presence.door.app")
        icon = {"src": url_for("static", filename="favicon.svg"), "sizes": "any", "type": "image/svg+xml"}
        about = {
            "name": name,
            "short_name": name,
            "start_url": url_for("door.card", token=token),
            "scope": "/door/",
            "display": "standalone",
            "lang": "ru",
            "background_color": "#f5f4ef",
            "theme_color": "#17352c",
            "icons": [icon],
        }
        answer = jsonify(about)
        answer.mimetype = "application/manifest+json"
        return answer

    @expose("/worker.js")
    @public
    def worker(self) -> Answer:
        """The service worker: a script answers for the addresses below its own, so it can't stand in `static`."""
        return send_from_directory(current_app.static_folder or "", "door-worker.js", mimetype="text/javascript")

    def _asked(self, use_case: Any, token: str, **arguments: Any) -> Any:
        with current_app.extensions["opora_limiter"].shared_limit(DOOR_LIMIT, scope="door"):
            return self.panel.database.write(use_case, self.panel.stranger, token=token[:KEY_LIMIT], **arguments)

    def _shut(self, refusal: DomainError) -> Answer:
        why = self.t(f"errors.{refusal.code}", None, **refusal.params)
        return self.page("presence/shut.html", why=why), 404


def _said(status: int, **values: Any) -> Response:
    answer = jsonify(values)
    answer.status_code = status
    return answer


def _marks(sent: Any) -> list[DoorMark] | None:
    """Reads what a phone sent; none where it is no list of marks."""
    marks = sent.get("marks") if isinstance(sent, dict) else None
    if not isinstance(marks, list) or len(marks) > AT_ONCE:
        return None
    read = [_mark(one) for one in marks]
    return None if None in read else [one for one in read if one is not None]


def _mark(one: Any) -> DoorMark | None:
    if not isinstance(one, dict):
        return None
    key, number, name, at = (one.get(field) for field in ("key", "registration", "name", "at"))
    if not isinstance(key, str) or not 8 <= len(key) <= KEY_LIMIT or not key.isascii() or not key.isprintable():
        return None
    listed = isinstance(number, int) and not isinstance(number, bool) and 0 < number <= LARGEST
    if not listed and not (number is None and isinstance(name, str) and "\x00" not in name):
        return None
    try:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else None
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or moment.year not in YEARS:
        return None
    word = clean(name)[:NAME_LIMIT] if isinstance(name, str) else ""
    return DoorMark(key, number if listed else None, word, moment.astimezone(UTC))


VIEWS: list[View] = [Doors, HelpersDoor]
