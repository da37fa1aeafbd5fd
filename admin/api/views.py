"""The read API: reports as JSON and CSV for the region's own programs, and the page of its tokens."""

import hashlib
import json
import re
from collections.abc import Collection
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, current_app, g, redirect, request, url_for
from flask_limiter import Limiter
from werkzeug.wrappers import Response

from admin.access import ADMINISTRATORS, public
from admin.api.tables import as_csv, as_tables, token_sheet
from admin.auth import BY_ADDRESS
from admin.base import Answer, Page, View, expose
from admin.failures import problem
from admin.paging import Paging
from admin.reports.views import REPORTS
from admin.security import allow_keeping
from db.api import queries, services, staff_queries, staff_services
from db.api.queries import TokenBearer
from db.caller import StaffCaller
from db.dictionaries.queries import MARKS, rules
from db.limits import day_of, whole
from db.overviews import needs
from db.reports import deficits
from db.reports.attendance import By
from db.reports.deficits import MEASURES
from db.scope import Scope

A_MINUTE = "60 per minute"
OFFERED: dict[str, frozenset[int] | None] = {
    "deficits": None,
    "demand": None,
    "needs": None,
    "coverage": None,
    "selection": frozenset(),
    "events": None,
}
"""Reports that programs may read: none has a person in its rows.

None: its groups are those of what was published. Others count people as they come; their columns of numbers that count
something else are named, and small rows are withheld.
"""
NUMBERS = frozenset({"centre", "municipality", "position", "category", "campaign"})
CHOICES: dict[str, tuple[str, ...]] = {
    "measure": tuple(MEASURES),
    "by": tuple(By),
    **dict.fromkeys(MARKS, ("1", "0")),
}
SHOWN_ALONE = frozenset({"page", "sort"})
"""What a page is asked for and a file is not."""
BESIDE = SHOWN_ALONE | {"table"}
"""What narrows nothing."""
VALUE = re.compile(r"[\w-]{1,40}", re.ASCII)
CSV, JSON = "text/csv", "application/json"


def there(page: Page) -> list[str]:
    """Returns the reports that this service has: without a selection or a survey of needs theirs answer 404."""
    has = {"selection": page.panel.selections, "needs": bool(page.read(needs.surveys))}
    return [name for name in OFFERED if has.get(name, True)]


class Api(Page):
    """Answers to whoever holds a token, by the very queries of the pages: no cookie, no session, nothing to change."""

    path, endpoint, title = "/api/v1", "api", "api.title"

    @property
    def scope(self) -> Scope:
        """What the token's account sees, without names."""
        found: TokenBearer = g.bearer
        return found.scope

    @property
    def caller(self) -> StaffCaller:
        """The token's account, as use cases know it."""
        return self.panel.caller(self.scope)

    @expose("/")
    @public
    def index(self) -> Answer:
        """The reports and what each may be asked for."""
        return self._limited(self._index)

    @expose("/reports/<report>")
    @public
    def report(self, report: str) -> Answer:
        """One report, as JSON or, where the program prefers it, as CSV."""
        best = request.accept_mimetypes.best_match([JSON, CSV])
        return self._limited(self._report, report, "csv" if best == CSV else "json")

    @expose("/reports/<report>.json")
    @public
    def as_json(self, report: str) -> Answer:
        """One report as JSON."""
        return self._limited(self._report, report, "json")

    @expose("/reports/<report>.csv")
    @public
    def as_csv(self, report: str) -> Answer:
        """One table of a report as CSV."""
        return self._limited(self._report, report, "csv")

    def _limited(self, answer: Any, *args: str) -> Answer:
        """Lets a good token in, so many times a minute; who tries others is let alone with it for a while."""
        limiter: Limiter = current_app.extensions["opora_limiter"]
        with limiter.limit(BY_ADDRESS, deduct_when=_wrong):
            found = self.panel.database.read(queries.bearer, self.panel.stranger, token=_given())
            if found is None:
                abort(self._problem(401, {"WWW-Authenticate": 'Bearer realm="reports"'}))
        g.bearer = found
        with limiter.limit(A_MINUTE, key_func=_who):
            if self.scope.applications_only:
                abort(403)
            result: Answer = answer(*args)
            return result

    def _index(self) -> Answer:
        rows = [
            {
                "name": name,
                "title": self.t.plain(f"api.report.{name}"),
                "json": url_for("api.as_json", report=name),
                "csv": url_for("api.as_csv", report=name),
                "parameters": sorted(REPORTS[name].asked - SHOWN_ALONE),
            }
            for name in there(self)
        ]
        return self._told(json.dumps({"version": 1, "reports": rows}, ensure_ascii=False), JSON)

    def _report(self, report: str, kind: str) -> Answer:
        if report not in OFFERED:
            abort(404)
        one = REPORTS[report]
        asked = self._asked(one.asked - SHOWN_ALONE)
        told = as_tables(
            one.book(self, one.query(self)),
            beside=OFFERED[report],
            least=(least := self.read(rules).mask_under),
            masked=self.t.plain("reports.panel.masked", least=least),
        )
        body = json.dumps({"report": report, "asked": asked, **told}, ensure_ascii=False)
        if kind == "csv":
            place = whole(request.args.get("table", "1")) or 0
            if not 1 <= place <= len(told["tables"]):
                abort(404)
            body = as_csv(told["tables"][place - 1])
        self.panel.database.write(
            services.note_reading,
            self.caller,
            token_id=g.bearer.token_id,
            report=report,
            kind=kind,
            asked=asked,
        )
        return self._told(body, CSV if kind == "csv" else JSON)

    def _asked(self, names: Collection[str]) -> dict[str, str]:
        """What the address asks for; one that cannot be meant ends in 400 and its name, an unknown position in 404.

        A page forgives a wrong value and shows everything; a program would take that for what it had asked for.
        """
        asked = {name: text for name, text in request.args.items() if text and name not in BESIDE}
        for name, text in asked.items():
            if name not in names:
                fits, wants = False, self.t.plain("api.wants.none")
            elif name in CHOICES:
                fits, wants = text in CHOICES[name], self.t.plain("api.wants.one_of", values=", ".join(CHOICES[name]))
            elif name in NUMBERS:
                fits, wants = bool(whole(text)), self.t.plain("api.wants.number")
            elif name == "since":
                fits, wants = day_of(text) is not None, self.t.plain("api.wants.day")
            else:
                fits, wants = VALUE.fullmatch(text) is not None, self.t.plain("api.wants.code")
            if not fits:
                said = self.t.plain("api.failure.parameter", name=name, wants=wants)
                abort(problem(400, self.t.plain("api.failure.400.title"), said))
        if "position" in asked and whole(asked["position"]) not in dict(self.read(deficits.positions)):
            abort(404)
        return asked

    @staticmethod
    def _told(body: str, media_type: str) -> Response:
        answer = FlaskResponse(body, content_type=f"{media_type}; charset=utf-8")
        answer.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
        answer.vary.update(("Accept", "Authorization"))
        allow_keeping()
        return answer.make_conditional(request)

    def _problem(self, code: int, headers: dict[str, str]) -> FlaskResponse:
        answer = problem(code, self.t.plain(f"api.failure.{code}.title"), self.t.plain(f"api.failure.{code}.text"))
        answer.headers.update(headers)
        return answer


def _given() -> str:
    """The token of the header; one in an address would stay in every log on the way."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _who() -> str:
    return f"token:{g.bearer.token_id}"


def _wrong(response: Response) -> bool:
    return response.status_code == 401


class Tokens(Page):
    """Tokens of the read API: made for an account's eyes, shown once, revoked for good."""

    path, endpoint, title = "/settings/tokens", "tokens", "api.panel.title"
    allowed = ADMINISTRATORS

    @expose("/", methods=["GET", "POST"])
    def index(self) -> Answer:
        """Every token with what it is for, and a new one."""
        made = None
        if self.is_post():
            made = self.perform(
                staff_services.issue_token,
                name=self.word("name"),
                staff_id=self.number("account"),
                last_day=day_of(self.word("last_day", 10)),
            ).value
        paging = Paging.asked(self.read(staff_queries.count_tokens))
        return self.page(
            "api/tokens.html",
            made=made,
            typed=request.form if made is None else {},
            rows=self.read(staff_queries.tokens, limit=paging.limit, offset=paging.offset),
            paging=paging,
            accounts=self.read(staff_queries.accounts),
            reports=[(name, self.t.plain(f"api.report.{name}")) for name in there(self)],
            address=f"{self.panel.settings.public_url}{Api.path}",
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        book = token_sheet(self.read(staff_queries.tokens), self.panel)
        return self.taken(book, "tokens", [], action="api.export")

    @expose("/<int:token_id>/revoke", methods=["POST"])
    def revoke(self, token_id: int) -> Answer:
        """The end of a token."""
        self.perform(staff_services.revoke_token, token_id=token_id).say("api.panel.revoked")
        return redirect(url_for("tokens.index"))


VIEWS: list[View] = [Api, Tokens]
