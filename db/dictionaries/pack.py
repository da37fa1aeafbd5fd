"""Loads the pack's short lists, municipalities, organisations and rules."""

from dataclasses import fields
from typing import Annotated, ClassVar

from pydantic import Field, TypeAdapter, ValidationError, model_validator
from sqlalchemy import select

from db.dictionaries.models import Audience, Centre, Municipality, Organisation, Setting, StaffNumber, Term, TermKind
from db.dictionaries.rules import Rules
from db.errors import DomainError
from db.packs.entries import Loading
from db.packs.sections import Button, Code, Entry, Line, Section, unknown

LISTS = {
    TermKind.POSITION: "positions",
    TermKind.SUBJECT: "subjects",
    TermKind.QUALIFICATION: "qualification_categories",
    TermKind.DIRECTION: "directions",
    TermKind.SUPPORT_CATEGORY: "direction_categories",
    TermKind.EVENT_FORMAT: "event_formats",
    TermKind.ORGANISATION_KIND: "organisation_kinds",
    TermKind.PRODUCT_KIND: "product_kinds",
    TermKind.SITE_KIND: "site_kinds",
    TermKind.ACTIVITY: "activities9",
    TermKind.WORK_LINE: "activities5",
    TermKind.EVENT_LEVEL: "event_levels",
    TermKind.CONTEST_RESULT: "contest_results",
}


class Town(Entry):
    """A municipality; `aliases` are what people type to find it.

    `outside` is a neighbour's, from where guests come; `network` is one whose methodical service is in the network.
    """

    code: Code
    name: Line
    aliases: list[Line] = []
    outside: bool = False
    network: bool = False


class Group(Entry):
    """A heading over lines of a list."""

    code: Code
    name: Line


class ListLine(Entry):
    """A line of a short list, by its code or its number in the source; `short` stands on a button where it is given.

    `audience` is for positions: whose instruments people in it are offered, the teachers' where it is not said.
    `group` is the code of a heading or, of an event's form, `contest`: its people come to results.
    """

    code: Code | None = None
    number: Annotated[int | None, Field(ge=1)] = None
    name: Line
    short: Button | None = None
    group: Code | None = None
    audience: Audience | None = None

    @model_validator(mode="after")
    def _named(self) -> "ListLine":
        if self.code is None and self.number is None:
            raise ValueError("write `code: …` or `number: …`, by which it stays known")
        return self

    @property
    def key(self) -> str:
        """What data refer to."""
        return self.code or str(self.number)


class CentreEntry(Entry):
    """A methodical centre. `serves` are codes of municipalities; `training` says that no document names them."""

    code: Code
    name: Line
    independent: bool = False
    note: str = ""
    serves: list[Code] = []
    training: bool = False


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
    event_levels: list[ListLine] = []
    contest_results: list[ListLine] = []
    organisation_kinds: list[ListLine] = []
    product_kinds: list[ListLine] = []
    site_kinds: list[ListLine] = []
    centres: list[CentreEntry] = []
    activities9: list[ListLine] = []
    activities5: list[ListLine] = []


class OrganisationEntry(Entry):
    """A place of work; `code` keeps it known when its name changes. `nameless` is one that no document names."""

    code: Code
    name: Line
    kind: Code | None = None
    nameless: bool = False
    low_results: bool = False
    hard_conditions: bool = False


class StaffEntry(Entry):
    """How many people of a category there are, as a document states it in sum."""

    code: Code
    name: Line
    count: int = Field(ge=0)
    municipality: Code | None = None
    positions: list[Code] = []
    source: Line


class Organisations(Section):
    """`organisations.yaml`: by the municipality's code, each with a name alone or with all that is known of it."""

    FILE: ClassVar[str] = "organisations"

    organisations: dict[Code, list[Line | OrganisationEntry]] = {}
    staff: list[StaffEntry] = []


def load(loading: Loading) -> None:
    """Adds or renames municipalities and lines of the short lists by their codes; nothing is deleted."""
    lists = loading.section(Dictionaries)
    centres = _load_centres(loading, lists)
    for town in lists.municipalities:
        values = {"name": town.name, "aliases": town.aliases, "centre_id": centres.get(town.code)}
        values |= {"outside": town.outside, "network": town.network}
        loading.put(Municipality, town.code, {"code": town.code}, values)
    groups = {group.code: group.name for group in lists.direction_category_groups}
    for kind, name in LISTS.items():
        for position, line in enumerate(getattr(lists, name), 1):
            values = {"name": line.name, "short": line.short, "position": position}
            values |= {"group": groups.get(line.group, line.group), "audience": line.audience}
            loading.put(Term, f"{kind}/{line.key}", {"kind": kind, "code": line.key}, values)


def _load_centres(loading: Loading, lists: Dictionaries) -> dict[str, int]:
    """Returns the centre's id by the municipality that it serves."""
    towns, served = {town.code for town in lists.municipalities}, {}
    for entry in lists.centres:
        values = entry.model_dump(include={"name", "independent", "note", "training"})
        centre = loading.put(Centre, entry.code, {"code": entry.code}, values)
        for code in entry.serves:
            if code not in towns:
                raise ValueError(f"centre «{entry.code}» serves «{code}», which is none: {unknown(code, towns)}")
            if centre is not None:
                served[code] = centre.id
    return served


def municipalities(loading: Loading) -> dict[str, int]:
    """Ids of the region's municipalities by code."""
    return {row.code: row.id for row in loading.session.scalars(select(Municipality))}


def known(code: str, towns: dict[str, int]) -> int:
    """Returns the id of a municipality. Raises ValueError that says which code was meant."""
    if code not in towns:
        raise ValueError(f"there is no municipality «{code}»: {unknown(code, towns)}")
    return towns[code]


def load_organisations(loading: Loading) -> None:
    """Adds organisations, and corrects those that have a code; then the numbers of staff."""
    section, towns = loading.section(Organisations), municipalities(loading)
    of_kind = select(Term).where(Term.kind == TermKind.ORGANISATION_KIND)
    kinds = {term.code: term.id for term in loading.session.scalars(of_kind)}
    for town, entries in section.organisations.items():
        municipality_id = known(town, towns)
        for entry in entries:
            if isinstance(entry, str):
                key = {"municipality_id": municipality_id, "name": entry}
                loading.put(Organisation, f"{town}/{entry}", key, {}, once={"confirmed": True})
                continue
            if entry.kind is not None and entry.kind not in kinds:
                raise ValueError(f"«{entry.name}» is of no known kind: {unknown(entry.kind, kinds)}")
            key = {"municipality_id": municipality_id, "name": entry.name}
            values = {
                "name": entry.name,
                "kind_id": kinds.get(entry.kind or ""),
                "nameless": entry.nameless,
                "low_results": entry.low_results,
                "hard_conditions": entry.hard_conditions,
            }
            loading.put(Organisation, f"{town}/{entry.code}", key, values, once={"confirmed": True})
    for place, number in enumerate(section.staff, 1):
        values = number.model_dump(exclude={"code", "municipality", "demo"})
        values |= {"position": place, "municipality_id": number.municipality and known(number.municipality, towns)}
        loading.put(StaffNumber, number.code, {"code": number.code}, values)


WANTED = {
    "rules_cuts": "deficit_cuts are three numbers between 0 and 100, each above the one before",
    "rules_number": "numbers of days, hours and points are not below nothing, need_weight is from 0 to 1",
    "rules_time": "write times as 09:00",
    "rules_holiday": 'write holidays as "01-07" or "2026-12-31"',
    "rules_group": "mask_under is {least} or more: people are promised so",
    "rules_week": "unasked_per_week is from 0 to {most}: people are promised so",
    "rules_work": "work_from, lunch_from, lunch_to and work_to follow each other",
    "rules_night": "it is quiet from {evening} at the latest until {morning} at the earliest: people are promised so",
    "rules_waking": "waking_from is before waking_to",
}
"""What is wanted, by what the rules refuse."""


def keep_rules(loading: Loading) -> None:
    """Stores the pack's rules at the first load; what a methodist changed later stays, but the calendar is the pack's.

    Raises ValueError for a rule that there is not, or that can not be so.
    """
    values = loading.pack.about.rules
    names = {field.name for field in fields(Rules)}
    for name in sorted(values.keys() - names):
        raise ValueError(f"rules.{name} is not known here: {unknown(name, names)}")
    kept = loading.session.get(Setting, "rules")
    try:
        TypeAdapter(Rules).validate_python(values)
        rules = Rules.parse(values)
        if kept is None:
            rules.check_new()
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        place = ".".join(str(part + 1 if isinstance(part, int) else part) for part in found["loc"])
        raise ValueError(f"rules.{place}: {found['msg']}") from None
    except DomainError as error:
        raise ValueError(f"rules: {WANTED[error.code].format(**error.params)}") from None
    if kept is None:
        loading.session.add(Setting(key="rules", value=rules.as_dict()))
    elif kept.value.get("holidays", []) != list(rules.holidays):
        kept.value = {**kept.value, "holidays": list(rules.holidays)}


SECTIONS = {"dictionaries": load, "organisations": load_organisations, "pack": keep_rules}
