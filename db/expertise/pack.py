"""Loads the kinds of expert work that a region's document names."""

from typing import ClassVar

from db.expertise.models import ExpertKind
from db.packs.entries import Loading
from db.packs.sections import Code, Entry, Line, Section


class ExpertKindEntry(Entry):
    """A kind, in the document's words."""

    code: Code
    name: Line
    source: Line


class ExpertiseSection(Section):
    """`expertise.yaml`."""

    FILE: ClassVar[str] = "expertise"

    expertise: list[ExpertKindEntry] = []


def load(loading: Loading) -> None:
    """Loads `expertise.yaml`."""
    section = loading.section(ExpertiseSection)
    for position, item in enumerate(section.expertise, 1):
        values = {"name": item.name, "source": item.source, "position": position}
        values["training"] = section.demo or item.demo
        loading.put(ExpertKind, item.code, {"code": item.code}, values)


SECTIONS = {"expertise": load}
