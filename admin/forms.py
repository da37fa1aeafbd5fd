"""Pages of plain nouns, as declarations: the columns of a list, the fields of a form.

A plain noun is read-only unless an account's role is among its `editors`; every change goes through a use case and into
the journal. Flask-Admin's own model views are not used: they keep a session of their own past the one door to the data,
and every noun would bring ten routes that would have to be shut again.
"""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from flask import redirect, request, url_for

from admin.access import ADMINISTRATORS, ALL, editors_only
from admin.base import Answer, Outcome, Page, expose, say_refusal
from admin.sheets import Column, Sheet, Value, workbook
from db.errors import DomainError
from db.limits import day_of
from db.scope import StaffRole

Options = Sequence[tuple[Any, str]]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. Its label is the text `settings.<noun>.<name>` (or `.<label>`), its hint `….hint`.

    `kind`: text, area, number, date, select, check, checks. A `fixed` field is asked for once, when the row is made.
    """

    name: str
    kind: str = "text"
    required: bool = False
    options: Callable[[], Options] | None = None
    longest: int = 300
    fixed: bool = False
    label: str = ""
    ticked: bool = True
    """Whether a check is set in a new row."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One column of a list. Its heading is the key of a text, or nothing; a `labelled` value has it beside on a phone.

    `kind`: text, number, code, link (to the form, with a `small` line; `strong` where it leads nowhere), mark (a badge
    with the text of that key, or none), marks (badges).
    """

    heading: str
    value: Callable[[Any], Any]
    kind: str = "text"
    labelled: bool = False
    small: Callable[[Any], str] | None = None
    strong: bool = False
    tone: str = ""


class PlainPage(Page):
    """A plain noun: `index` calls `shown` with its rows; `new` and `edit` are the same form."""

    allowed = ALL
    editors: ClassVar[frozenset[StaffRole]] = ADMINISTRATORS
    booked: ClassVar[bool] = False
    """Whether the list is a workbook too, at the address of its `export`."""
    noun: ClassVar[str]
    form_template: ClassVar[str] = "plain/form.html"
    columns: Sequence[Shown] = ()
    fields: Sequence[Field] = ()

    @property
    def editable(self) -> bool:
        """Whether whoever is signed in may change this noun."""
        return self.scope.role in self.editors

    def shown(
        self,
        rows: Sequence[Any],
        template: str = "plain/list.html",
        *,
        kept: dict[str, Any] | None = None,
        **more: Any,
    ) -> Answer:
        """Shows the list. `kept` goes along to the form of a new row; a template that extends the list's may narrow."""
        columns = self.columns
        texts = [self.t.plain(one.heading) if one.heading else "" for one in columns]
        headings = [(text, "num") if one.kind == "number" else text for text, one in zip(texts, columns, strict=True)]
        kept = kept or {}
        narrowed = any(text and name not in kept for name, text in request.args.items())
        told = {"rows": rows, "columns": columns, "headings": headings, "kept": kept, "narrowed": narrowed}
        return self.page(template, **told | more)

    def book(self, rows: Sequence[Any]) -> bytes:
        """Returns the list's columns as XLSX; what stands small in a cell of the page has a column of its own."""
        marks, note = ("mark", "marks"), self.t.plain("settings.xlsx.note")
        columns, cells = list[Column](), list[Callable[[Any], Value]]()
        for one in self.columns:
            heading = self.t.plain(one.heading or "settings.xlsx.mark")
            columns.append(Column(heading, 18 if one.kind in marks else 40, "text"))
            cells.append(partial(self._cell, one))
            if one.small:
                columns.append(Column(note, 40, "text"))
                cells.append(one.small)
        title = self.t.plain(f"settings.{self.noun}.title")
        return workbook([Sheet(title, columns, ([cell(row) for cell in cells] for row in rows))], title=title)

    def _cell(self, column: Shown, row: Any) -> Value:
        value = column.value(row)
        if column.kind == "mark":
            return self.t.plain(value) if value else ""
        return ", ".join(value) if column.kind == "marks" else str(value or "")

    @abstractmethod
    def values(self, row_id: int) -> dict[str, Any]:
        """The row's values for the form; 404 where there is none within reach."""

    @abstractmethod
    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Stores the form through a use case."""

    @expose("/new", methods=["GET", "POST"])
    @editors_only
    def new(self) -> Answer:
        """A new row."""
        return self._form(None)

    @expose("/<int:row_id>", methods=["GET", "POST"])
    @editors_only
    def edit(self, row_id: int) -> Answer:
        """A row that is there."""
        return self._form(row_id)

    def more(self, row_id: int) -> dict[str, Any]:
        """What else the form's page shows."""
        return {}

    def home(self, values: dict[str, Any], saved: int | None = None) -> str:
        """The address to come back to; `saved` is the row that was just saved."""
        return url_for(f"{self.endpoint}.index", **self.after(values))

    def after(self, values: dict[str, Any]) -> dict[str, Any]:
        """Arguments of the list to come back to."""
        return {}

    def _form(self, row_id: int | None) -> Answer:
        stored = self.values(row_id) if row_id is not None else {}
        fields = [field for field in self.fields if row_id is None or not field.fixed]
        values = {**stored, **request.args.to_dict()} if row_id is None else stored
        if self.is_post():
            values = {**stored, **{field.name: self._read(field) for field in fields}}
            seen = not self._no_day(fields) and (row_id is None or not self.moved_on(stored, values))
            if seen and (done := self.save(row_id, values).say("settings.saved")):
                return redirect(self.home(values, done.value))
        return self.page(
            self.form_template,
            row_id=row_id,
            fields=[(field, field.options() if field.options else ()) for field in fields],
            values=values,
            stored=stored,
            noun=self.noun,
            back=self.home(values),
            **(self.more(row_id) if row_id is not None else {}),
        )

    def _no_day(self, fields: Sequence[Field]) -> bool:
        """Tells whether a day was sent that is none, such as 30 February: nothing is stored then, and it is said."""
        for field in fields:
            if field.kind == "date" and (typed := self.word(field.name, 10)) and day_of(typed) is None:
                say_refusal(DomainError("day_unknown", typed=typed, field=field.name))
                return True
        return False

    def _read(self, field: Field) -> Any:
        if field.kind == "check":
            return field.name in request.form
        if field.kind == "checks":
            known = {str(value) for value, _ in field.options()} if field.options else set()
            return frozenset(request.form.getlist(field.name)) & known
        if field.kind == "number":
            return self.number(field.name)
        if field.kind == "date":
            return day_of(self.word(field.name, 10))
        if field.kind == "select" and field.options is not None:
            chosen = self.word(field.name)
            return chosen if chosen in {str(value) for value, _ in field.options()} else ""
        return self.word(field.name, field.longest)
