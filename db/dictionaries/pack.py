"""Loads the pack's short lists, municipalities and organisations."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.dictionaries.models import Municipality, Organisation, Setting, Term, TermKind
from db.dictionaries.rules import Rules
from db.packs import Pack

LISTS = {
    TermKind.POSITION: "positions",
    TermKind.SUBJECT: "subjects",
    TermKind.QUALIFICATION: "qualification_categories",
    TermKind.DIRECTION: "directions",
    TermKind.SUPPORT_CATEGORY: "direction_categories",
    TermKind.EVENT_FORMAT: "event_formats",
}


def load(session: Session, caller: Caller, *, pack: Pack) -> None:
    """Adds or renames municipalities, terms and organisations by their codes; nothing is deleted."""
    dictionaries = pack.section("dictionaries")
    organisations: dict[str, list[str]] = pack.section("organisations").get("organisations", {})
    by_code = {row.code: row for row in session.scalars(select(Municipality))}
    for item in dictionaries["municipalities"]:
        row = by_code.get(item["code"])
        if row is None:
            row = by_code[item["code"]] = Municipality(code=item["code"], name=item["name"], aliases=[])
            session.add(row)
        row.name, row.aliases = item["name"], item.get("aliases", [])
    known = {(term.kind, term.code): term for term in session.scalars(select(Term))}
    groups = {group["code"]: group["name"] for group in dictionaries.get("direction_category_groups", [])}
    for kind, section in LISTS.items():
        for position, item in enumerate(dictionaries[section], 1):
            code = str(item.get("code") or item["number"])
            term = known.get((kind, code))
            if term is None:
                term = Term(kind=kind, code=code)
                session.add(term)
            term.name, term.short, term.position = item["name"], item.get("short"), position
            term.group = groups.get(item.get("group", ""))
    session.flush()
    present = {(row.municipality_id, row.name) for row in session.scalars(select(Organisation))}
    for code, names in organisations.items():
        municipality = by_code[code]
        for name in names:
            if (municipality.id, name) not in present:
                session.add(Organisation(municipality_id=municipality.id, name=name, confirmed=True))


def keep_rules(session: Session, caller: Caller, *, pack: Pack) -> None:
    """Stores the pack's rules at the first load; what a methodist changed later stays."""
    values = pack.about["rules"]
    if session.get(Setting, "rules") is None:
        rules = Rules.parse(values)
        rules.check_new()
        session.add(Setting(key="rules", value=rules.as_dict()))


SECTIONS = {"dictionaries.yaml, organisations.yaml": load, "pack.yaml": keep_rules}
