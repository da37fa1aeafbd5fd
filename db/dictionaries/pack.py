"""Loads the pack's short lists, municipalities, organisations and rules."""

from dataclasses import fields
from typing import Annotated, ClassVar

from pydantic import Field, model_validator
from sqlalchemy import select

from db.dictionaries.models import Municipality, Organisation, Setting, Term, TermKind
from db.dictionaries.rules import Rules
from db.packs.entries import Loading
from db.packs.sections import Button, Code, Entry, Line, Section, unknown

LISTS = {
    TermKind.POSITION: "positions",
    TermKind.SUBJECT: "subjects",
    TermKind.QUALIFICATION: "qualification_categories",
    TermKind.DIRECTION: "directions",
    TermKind.SUPPORT_CATEGORY: "direction_categories",
    TermKind.EVENT_FORMAT: "event_formats",
}


class Town(Entry):
    """A municipality; `aliases` are what people type to find it."""

    code: Code
    name: Line
    aliases: list[Line] = []


class Group(Entry):
    """A heading over lines of a list."""

    code: Code
    name: Line


class ListLine(Entry):
    """A line of a short list, by its code or its number in the source; `short` stands on a button where it is given."""

    code: Code | None = None
    number: Annotated[int | None, Field(ge=1)] = None
    name: Line
    short: Button | None = None
    group: Code | None = None

    @model_validator(mode="after")
    def _named(self) -> "ListLine":
        if self.code is None and self.number is None:
            raise ValueError("write `code: …` or `number: …`, by which it stays known")
        return self

    @property
    def key(self) -> str:
        """What data refer to."""
        return self.code or str(self.number)


class Dictionaries(Section):
    """`dictionaries.yaml`. No list is compulsory: a system has what its documents have."""

    FILE: ClassVar[str] = "dictionaries"

    municipalities: list[Town] = []
    positions: list[ListLine] = []
    subjects: list[ListLine] = []
    qualification_categories: list[ListLine] = []
    directions: list[ListLine] = []
    direction_category_groups: list[Group] = []
    direction_categories: list[ListLine] = []
    event_formats: list[ListLine] = []
    activities9: list[ListLine] = []
    activities5: list[ListLine] = []


class Organisations(Section):
    """`organisations.yaml`: names by the municipality's code."""

    FILE: ClassVar[str] = "organisations"

    organisations: dict[Code, list[Line]] = {}


def load(loading: Loading) -> None:
    """Adds or renames municipalities and lines of the short lists by their codes; nothing is deleted."""
    lists = loading.section(Dictionaries)
    for town in lists.municipalities:
        loading.put(Municipality, town.code, {"code": town.code}, {"name": town.name, "aliases": town.aliases})
    groups = {group.code: group.name for group in lists.direction_category_groups}
    for kind, name in LISTS.items():
        for position, line in enumerate(getattr(lists, name), 1):
            values = {"name": line.name, "short": line.short, "position": position, "group": groups.get(line.group)}
            loading.put(Term, f"{kind}/{line.key}", {"kind": kind, "code": line.key}, values)


def municipalities(loading: Loading) -> dict[str, int]:
    """Ids of the region's municipalities by code."""
    return {row.code: row.id for row in loading.session.scalars(select(Municipality))}


def known(code: str, towns: dict[str, int]) -> int:
    """Returns the id of a municipality. Raises ValueError that says which code was meant."""
    if code not in towns:
        raise ValueError(f"there is no municipality «{code}»: {unknown(code, towns)}")
    return towns[code]


def load_organisations(loading: Loading) -> None:
    """Adds organisations that are not there."""
    towns = municipalities(loading)
    for town, names in loading.section(Organisations).organisations.items():
        municipality_id = known(town, towns)
        for name in names:
            key = {"municipality_id": municipality_id, "name": name}
            loading.put(Organisation, f"{town}/{name}", key, {}, once={"confirmed": True})


def keep_rules(loading: Loading) -> None:
    """Stores the pack's rules at the first load; what a methodist changed later stays.

    Raises ValueError for a rule that there is not.
    """
    values = loading.pack.about.rules
    names = {field.name for field in fields(Rules)}
    for name in values.keys() - names:
        raise ValueError(f"rules.{name} is not known here: {unknown(name, names)}")
    if loading.session.get(Setting, "rules") is None:
        rules = Rules.parse(values)
        rules.check_new()
        loading.session.add(Setting(key="rules", value=rules.as_dict()))


SECTIONS = {"dictionaries": load, "organisations": load_organisations, "pack": keep_rules}
