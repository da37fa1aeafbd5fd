"""Lists that are brought in: a file, its columns, what it would do, and the way back."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import abort, redirect, request, url_for

from admin.access import METHODISTS
from admin.base import Answer, Page, View, expose, say, say_refusal
from db.database import Database
from db.errors import DomainError, NotFoundError
from db.imports import queries, rules, services, whole
from db.imports.models import ImportKind
from db.spreadsheet import Grid, TooLargeError, read_grid
from db.storage import clean_name

SHOWN = 100
"""Rows of what a list would do, and of what is wrong, on one page."""
LARGEST = 12 * 1024 * 1024
"""Bytes of a file: thirty thousand people take a third of it."""


class Imports(Page):
    """Staff numbers, organisations and people from XLSX or CSV, each account into its own units."""

    path, endpoint, title = "/imports", "imports", "imports.title"
    allowed, under = METHODISTS, "settings"

    @expose("/", methods=["GET", "POST"])
    def index(self) -> Answer:
        """What was brought in, and a form for the next list. The file itself is not kept."""
        if self.is_post():
            try:
                title, grid, kind = self._read()
            except DomainError as refusal:
                say_refusal(refusal)
            else:
                outcome = self.perform(services.keep, kind=kind, title=title, grid=grid)
                if outcome:
                    return redirect(url_for("imports.look", upload_id=outcome.value))
        return self.page("imports/list.html", rows=self.read(queries.listing), kinds=list(ImportKind))

    @expose("/<int:upload_id>")
    def look(self, upload_id: int) -> Answer:
        """Columns, errors by row, and what would be added and changed. Whose data it shows goes into the journal."""
        found = self.read(queries.preview, upload_id=upload_id)
        shown = found.plan.changes[:SHOWN] if found.plan and not found.plan.errors else []
        if whose := [one.whose for one in shown if one.whose is not None]:
            self.note_reading(action="imports.read", object_type="upload", object_id=upload_id, people=whose)
        return self.page("imports/look.html", found=found, fields=rules.FIELDS[found.kind], most=SHOWN)

    @expose("/<int:upload_id>/columns", methods=["POST"])
    def columns(self, upload_id: int) -> Answer:
        """Other columns than those that were guessed."""
        fields = {field: self.number(field) for kind in ImportKind for field in rules.FIELDS[kind]}
        chosen = {field: place for field, place in fields.items() if place is not None}
        self.perform(services.match, upload_id=upload_id, columns=chosen).say("imports.matched")
        return self.back("imports.look", upload_id=upload_id)

    @expose("/<int:upload_id>/apply", methods=["POST"])
    def apply(self, upload_id: int) -> Answer:
        """Brings it in, in short transactions: others write between."""
        if done := self._wholly(whole.apply, upload_id):
            say("imports.applied", added=done[0], changed=done[1])
        return self.back("imports.look", upload_id=upload_id)

    @expose("/<int:upload_id>/undo", methods=["POST"])
    def undo(self, upload_id: int) -> Answer:
        """Takes it back, but for what others have used since."""
        if done := self._wholly(whole.undo, upload_id):
            say("imports.undone", gone=done[0], stay=done[1])
        return self.back("imports.look", upload_id=upload_id)

    @expose("/<int:upload_id>/stop", methods=["POST"])
    def stop(self, upload_id: int) -> Answer:
        """Ends a list that was cut short where it is."""
        self.perform(services.stop, upload_id=upload_id).say("imports.stopped")
        return self.back("imports.look", upload_id=upload_id)

    @expose("/<int:upload_id>/drop", methods=["POST"])
    def drop(self, upload_id: int) -> Answer:
        """Forgets a list that waits."""
        self.perform(services.drop, upload_id=upload_id).say("imports.dropped")
        return redirect(url_for("imports.index"))

    def _wholly(self, work: Callable[..., tuple[int, int]], upload_id: int) -> tuple[int, int] | None:
        database: Database = self.panel.database
        try:
            return work(database, self.caller, upload_id=upload_id)
        except NotFoundError:
            abort(404)
        except DomainError as refusal:
            say_refusal(refusal)
            return None

    def _read(self) -> tuple[str, Grid, ImportKind]:
        """Reads the file that was sent. Raises DomainError in words that say what to do."""
        file, kind = request.files.get("file"), self.word("kind")
        if file is None or not file.filename or kind not in set(ImportKind):
            raise DomainError("imports_empty")
        fields: Any = ImportKind(kind)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "list"
            file.save(path)
            try:
                grid = read_grid(path, fits=lambda header: len(rules.guess(fields, header)))
            except TooLargeError:
                raise DomainError("imports_large") from None
            except ValueError:
                raise DomainError("imports_unreadable") from None
        return clean_name(file.filename), grid, fields


VIEWS: list[View] = [Imports]
