"""Reads a pack's `growth.yaml`: the region's form of the route, the categories of attestation and their criteria."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints, field_validator

from db.packs import Pack
from db.packs.entries import Loading
from db.packs.sections import Button, Entry, Line, Prose, Section
from db.papers import PaperKind

RouteField = Literal["number", "difficulty", "step", "day", "setting", "result", "evidence"]


CategoryCode = Annotated[str, StringConstraints(min_length=1, max_length=20)]
"""It stands in a button beside other things."""


@dataclass(frozen=True, slots=True)
class DossierChoice:
    """A dossier that may be asked for, by the category's code."""

    code: str
    label: str


class FormColumn(Entry):
    """A column of the region's form of the route: which of the route's facts stands there, and its heading."""

    field: RouteField
    title: Line


class RouteForm(Entry):
    """The region's form of the individual route. `note` says where it is from."""

    title: Line
    note: str = ""
    columns: list[FormColumn]


class ShownCriterion(Entry):
    """A criterion, and which of the bot's rows can show it; nothing where none can."""

    text: Prose
    shown_by: list[PaperKind] = []


class AttestationEntry(Entry):
    """A category of attestation: its order and its criteria."""

    code: CategoryCode
    title: Line
    button: Button
    basis: Prose
    note: str = ""
    criteria: list[ShownCriterion]


class GrowthForms(Section):
    """`growth.yaml`."""

    FILE: ClassVar[str] = "growth"

    route: RouteForm | None = None
    categories: list[AttestationEntry] = []

    @field_validator("categories")
    @classmethod
    def _once(cls, value: list[AttestationEntry]) -> list[AttestationEntry]:
        if len({one.code for one in value}) != len(value):
            raise ValueError("a code stands twice: give each category its own")
        return value

    @property
    def dossiers(self) -> list[DossierChoice]:
        """The dossiers in the pack's order."""
        return [DossierChoice(one.code, one.button) for one in self.categories]

    def category(self, code: str) -> AttestationEntry | None:
        """The category of a code."""
        return next((one for one in self.categories if one.code == code), None)


@lru_cache(maxsize=8)
def forms_of(pack: Pack) -> GrowthForms:
    """Returns the forms of a pack, read once: a tap must not wait for a file. No row keeps them."""
    return GrowthForms.read(pack.section(GrowthForms.FILE), pack=pack.name)


def load(loading: Loading) -> None:
    """Checks `growth.yaml` when the pack is loaded."""
    loading.section(GrowthForms)


SECTIONS = {"growth": load}
