"""The base of the panel's own pages.

A noun's `views.py` looks like this::

    class Queue(Page):
        path, endpoint, title = "/applications", "applications", "applications.panel.title"
        allowed, section, icon = ALL, "work", "inbox"

        @expose("/")
        def index(self) -> Answer:
            return self.page("applications/queue.html", rows=self.read(staff_queries.queue))

        @expose("/<int:application_id>/approve", methods=["POST"])
        def approve(self, application_id: int) -> Answer:
            self.perform(staff_services.approve, application_id=application_id).say("applications.panel.approved")
            return self.back("applications.index")


    VIEWS: list[View] = [Queue]
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, TypeVar, overload

from flask import Response as FlaskResponse
from flask import abort, flash, g, redirect, request, url_for
from flask_admin import BaseView, expose
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin import acts
from admin.panel import Panel
from admin.sheets import XLSX
from db.accounts.staff_queries import SignedIn
from db.audit import services as audit
from db.caller import StaffCaller, asks_who
from db.dictionaries import queries as dictionaries
from db.docx import DOCX
from db.errors import ConflictError, DomainError, NotFoundError
from db.limits import whole
from db.scope import Scope, StaffRole
from locales import Texts, translator

__all__ = ["Answer", "Outcome", "Page", "View", "expose", "say", "say_refusal"]

FIELDS = {
    "dictionary_name": "name",
    "dictionary_taken": "name",
    "dictionary_code": "code",
    "dictionary_short": "short",
    "site_months": "months",
    "staff_login": "login",
    "staff_login_taken": "login",
    "staff_name": "name",
    "staff_password": "password",
    "staff_password_wrong": "current",
    "staff_password_again": "again",
    "staff_municipality": "municipality",
    "staff_direction": "direction",
    "staff_term": "last_day",
    "event_capacity": "capacity",
    "event_quota_less": "quota",
    "event_times": "ends",
    "event_place": "place",
    "event_link": "link",
    "event_reason": "reason",
    "event_hours": "hours",
    "rules_waking": "waking_to",
    "rules_cuts": "cut1",
    "membership_order": "order",
    "membership_reason": "reason",
    "reopen_reason": "reason",
    "document_title": "title",
    "document_link": "link",
    "plan_text": "text",
    "plan_days": "ends",
    "plan_times": "times",
    "plan_fewer": "ends",
    "plan_word": "word",
    "plan_done_on": "done_on",
    "plan_section": "section_id",
    "groups_name": "name",
    "groups_kind": "kind_id",
    "groups_quorum": "quorum",
    "groups_parent": "parent_id",
    "groups_meeting_when": "day",
    "groups_meeting_far": "day",
    "groups_decision_text": "text",
    "groups_decision_days": "due_on",
    "groups_not_member": "responsible",
    "workplan_text": "text",
    "workplan_term": "term",
    "workplan_fewer": "term",
    "network_title": "title",
    "member_name": "name",
    "member_link": "link",
    "agreement_days": "ends",
    "agreement_moved": "status",
    "visit_day": "visited_on",
    "visit_ahead": "visited_on",
    "visit_sides": "host_id",
    "visit_word": "word",
    "project_title": "title",
    "project_days": "ends",
    "project_link": "link",
    "project_organisation": "organisation",
    "project_moved": "status",
    "task_text": "text",
    "task_ahead": "done_on",
    "cell_word": "word",
    "cell_ahead": "done_on",
    "cell_link": "link",
    "product_title": "title",
    "product_years": "until_year",
    "product_count": "count",
    "product_link": "link",
    "author_name": "called",
    "advice_title": "title",
    "advice_text": "text",
    "advice_why": "why",
    "advice_signed": "signed_by",
    "advice_component": "component",
    "item_step": "step",
    "mentoring_places": "places",
    "mentoring_places_taken": "places",
    "mentoring_reason": "reason",
    "api_token_name": "name",
    "api_token_account": "account",
    "api_token_term": "last_day",
}
"""What a refusal is about, by the name of the form's field."""

P = ParamSpec("P")
R = TypeVar("R")
Answer = str | Response | tuple[str, int]
View = Callable[[Panel], BaseView]


@dataclass(frozen=True, slots=True)
class Outcome(Generic[R]):
    """What `perform` came to: true when it was done. A refusal has been told to the person already."""

    value: R | None
    refusal: DomainError | None = None

    def __bool__(self) -> bool:
        return self.refusal is None

    def say(self, key: str, /, n: int | None = None, *, undo: str | None = None, **params: object) -> "Outcome[R]":
        """Tells the person that it was done. `undo` is the address that takes it back, everywhere for ten seconds."""
        if self.refusal is None:
            if undo:
                acts.remember(key, params if n is None else {**params, "n": n}, undo)
            else:
                _toast(translator("ru").plain(key, n, **params), "good")
        return self


def say(key: str, /, n: int | None = None, *, tone: str = "good", **params: object) -> None:
    """A toast on the next page: it was done, or, with the tone `bad`, was not."""
    _toast(translator("ru").plain(key, n, **params), tone)


def say_refusal(refusal: DomainError) -> None:
    """A toast on the next page: why it was not done. A form that comes back says it at the field too."""
    g.refusal = refusal
    _toast(why(refusal), "bad")


def trouble(field: str) -> str:
    """What is wrong with a field of the form that was sent: it was refused, or another has saved something else."""
    refusal, saved = g.get("refusal"), g.get("saved", {})
    if field in saved:
        return translator("ru").plain("panel.form.saved_now", value=saved[field])
    return (
        why(refusal) if refusal is not None and refusal.params.get("field", FIELDS.get(refusal.code)) == field else ""
    )


def why(refusal: DomainError) -> str:
    """The words of a refusal."""
    return translator("ru").plain(f"errors.{refusal.code}", None, **refusal.params)


def _toast(text: str, tone: str) -> None:
    flash({"text": text}, tone)  # type: ignore[arg-type]  # any JSON goes through the session


def account() -> SignedIn:
    """Whoever is signed in, as the account stands at this request."""
    signed_in: SignedIn = current_user.account
    return signed_in


def version(stored: Mapping[str, Any]) -> str:
    """What a form sends along, so that it saves over nothing that another has saved since."""
    return hashlib.sha256(repr(sorted((name, shown(value)) for name, value in stored.items())).encode()).hexdigest()[
        :16
    ]


def shown(value: Any) -> str:
    """A field's value as one text."""
    return ", ".join(sorted(map(str, value))) if isinstance(value, set | frozenset | list | tuple) else str(value)


class Working:
    """What own pages and dictionaries have in common: the panel, the account, `perform` and `read`."""

    panel: Panel
    allowed: ClassVar[frozenset[StaffRole] | None] = None

    @property
    def t(self) -> Texts:
        """The panel's texts."""
        return self.panel.t

    @property
    def account(self) -> SignedIn:
        """Whoever is signed in."""
        return account()

    @property
    def scope(self) -> Scope:
        """What whoever is signed in may see and change."""
        return account().scope

    def now(self) -> datetime:
        """Returns the present moment, in UTC."""
        return self.panel.now()

    @property
    def caller(self) -> StaffCaller:
        """Whoever is signed in, as use cases know them."""
        return self.panel.caller(account().scope)

    @overload
    def read(
        self, query: Callable[Concatenate[Session, StaffCaller, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R: ...
    @overload
    def read(self, query: Callable[Concatenate[Session, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R: ...
    def read(self, query: Callable[..., R], /, *args: Any, **kwargs: Any) -> R:
        """Runs a query; its caller comes from here. What is not there, or not this account's to see, answers 404."""
        try:
            return self.panel.database.read(query, *self._asking(query), *args, **kwargs)
        except NotFoundError:
            abort(404)

    def perform(
        self, use_case: Callable[Concatenate[Session, StaffCaller, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> Outcome[R]:
        """Runs a use case, which writes its line of the journal itself; its caller comes from here.

        A refusal becomes a toast; what is not there answers 404.
        """
        try:
            return Outcome(self.panel.database.write(use_case, self.caller, *args, **kwargs))
        except NotFoundError:
            abort(404)
        except DomainError as refusal:
            say_refusal(refusal)
            return Outcome(None, refusal)

    def _asking(self, use_case: Callable[..., Any]) -> tuple[StaffCaller, ...]:
        return (self.caller,) if asks_who(use_case) else ()

    def note_reading(
        self,
        *,
        action: str,
        object_type: str,
        object_id: int | None = None,
        subject_person_id: int | None = None,
        municipality_id: int | None = None,
        people: Iterable[int | None] = (),
    ) -> None:
        """Writes into the journal whose personal data were shown: one person's, and those of `people`.

        «Whose data did this account see?» is answered from it. A list of nobody leaves no line.
        """
        shown = {number for number in people if number is not None} if self.scope.sees_names else set()
        if not shown and subject_person_id is None and object_id is None:
            return
        self.panel.database.write(
            audit.record,
            self.caller,
            action=action,
            object_type=object_type,
            object_id=object_id,
            subject_person_id=subject_person_id,
            municipality_id=municipality_id,
            people=shown,
        )


class Page(Working, BaseView):
    """A page of one's own. `section` is the left menu's group (`admin/navigation.py`); none hides it.

    `under` is then the endpoint of the menu's line that it belongs to, where its address does not say so.
    """

    path: ClassVar[str]
    endpoint: ClassVar[str]  # Flask-Admin keeps the same value on the instance
    title: ClassVar[str]
    section: ClassVar[str] = ""
    under: ClassVar[str] = ""
    icon: ClassVar[str] = "dot"
    order: ClassVar[int] = 100

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        kind = type(self)
        super().__init__(name=panel.t.plain(kind.title), endpoint=kind.endpoint, url=kind.path)

    def offered(self) -> bool:
        """Whether the menu leads here for whoever is signed in: a service may have nothing to show."""
        return True

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls a view a second time when it raises TypeError, and so hides where it came from.
        return fn(self, *args, **kwargs)

    def taken(self, content: bytes, name: str, people: Sequence[int], action: str, *, ending: str = "xlsx") -> Response:
        """A table as a file, `docx` where it is to be printed; whose data it holds goes into the journal."""
        what, whose = "person" if people else "table", sorted(set(people))
        self.panel.database.write(
            audit.record, self.caller, action=action, object_type=what, object_id=None, people=whose
        )
        headers = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
        return FlaskResponse(content, mimetype={"xlsx": XLSX, "docx": DOCX}[ending], headers=headers)

    def page(self, template: str, /, **values: Any) -> str:
        """Renders a template that extends `base.html`; `panel`, `account`, `scope` and `t` are there already."""
        rendered: str = self.render(template, **values)
        return rendered

    def back(self, endpoint: str, **values: Any) -> Response:
        """Goes to a page after a POST; a `next` of the form wins when it leads into the panel."""
        return redirect(safe_next(request.form.get("next")) or url_for(endpoint, **values))

    def is_post(self) -> bool:
        """Whether this is a form that was sent."""
        return request.method == "POST"

    def ids(self, name: str) -> list[int]:
        """All numbers of a repeated form field; what is no number is left out."""
        found = (whole(value) for value in request.form.getlist(name))
        return [number for number in found if number is not None]

    def number(self, name: str) -> int | None:
        """A number from the address or the form; nothing for anything else."""
        return whole(request.values.get(name, ""))

    def places(self) -> list[tuple[int, str]]:
        """Returns the service's municipalities within the account's reach, to choose from."""
        return [
            (row.id, row.name)
            for row in self.read(dictionaries.municipalities)
            if self.scope.sees(row.id) and not row.outside
        ]

    def bot_link(self, payload: str) -> str | None:
        """Returns the address that opens the bot with this payload; nothing before the bot's first start."""
        return self.read(dictionaries.bot_link, payload=payload)

    def moved_on(self, stored: Mapping[str, Any], typed: Mapping[str, Any]) -> bool:
        """Tells whether another has saved since this form was opened.

        The form comes back then as it was typed, with what is saved now beside it: who sees that may save over it.
        """
        if self.word("version", 16) == version(stored):
            return False
        say_refusal(ConflictError("form_moved_on"))
        g.saved = {name: shown(value) for name, value in stored.items() if shown(typed.get(name)) != shown(value)}
        return True

    def numbered(self, prefix: str) -> dict[int, str]:
        """Texts of the fields that are told by a number, such as `remark-3`; other names are left out."""
        found = {name.removeprefix(prefix): text for name, text in request.form.items() if name.startswith(prefix)}
        return {number: text for name, text in found.items() if (number := whole(name)) is not None}

    def word(self, name: str, longest: int = 200) -> str:
        """A trimmed text from the address or the form, never longer than `longest`."""
        return request.values.get(name, "").strip()[:longest]


def safe_next(target: str | None) -> str | None:
    """The address if it leads into the panel: a path, never another site."""
    if not target or not target.startswith("/") or len(target) > 500:
        return None
    # Browsers read «//host», «/\host» and control characters between them as another site.
    if target[1:2] in ("/", "\\") or any(ord(character) < 33 or character == "\\" for character in target):
        return None
    return target
