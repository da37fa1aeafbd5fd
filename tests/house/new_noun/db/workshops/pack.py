"""Loads the pack's workshops."""

from typing import ClassVar

from db.packs.entries import Loading
from db.packs.sections import Line, Section
from db.workshops.models import Workshop


class Workshops(Section):
    """`workshops.yaml`."""

    FILE: ClassVar[str] = "workshops"

    workshops: list[Line] = []


def load(loading: Loading) -> None:
    """Adds those that are not there."""
    for title in loading.section(Workshops).workshops:
        loading.put(Workshop, title, {"title": title}, {})


SECTIONS = {"workshops": load}
