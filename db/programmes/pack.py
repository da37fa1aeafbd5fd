"""Loads the modular programmes that a region's document names; modules that are ours are training data."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from sqlalchemy import select

from db.dictionaries.models import Term, TermKind
from db.packs.entries import Loading
from db.packs.sections import Code, Entry, Line, Section
from db.programmes.models import Programme, ProgrammeModule, ProgrammePosition

Months = Annotated[int, Field(ge=1, le=60)]


class ModuleEntry(Entry):
    """Describes a module of a programme."""

    title: Line
    hours: Annotated[int, Field(ge=1, le=999)]
    component: Code | None = None


class ProgrammeEntry(Entry):
    """Describes a programme. Where the document names no modules, `sample_modules` are ours, for the sandbox."""

    code: Code
    title: Line
    months_from: Months
    months_to: Months
    about: str = ""
    source: Line
    positions: list[Code] = []
    modules: list[ModuleEntry] = []
    sample_modules: list[ModuleEntry] = []

    @model_validator(mode="after")
    def _months(self) -> Self:
        if self.months_from > self.months_to:
            raise ValueError(f"programme «{self.code}» ends before it begins: months_from is above months_to")
        return self


class Programmes(Section):
    """`programmes.yaml`."""

    FILE: ClassVar[str] = "programmes"

    programmes: list[ProgrammeEntry] = []
    trained_word: str = ""
    """What the document says of how many were trained, verbatim; the report of training shows it."""


def load(loading: Loading) -> None:
    """Loads `programmes.yaml`. Modules and positions are said first only: afterwards they are the methodists'."""
    for position, item in enumerate(loading.section(Programmes).programmes, 1):
        values = item.model_dump(include={"title", "months_from", "months_to", "about", "source"})
        row = loading.put(Programme, item.code, {"code": item.code}, {**values, "position": position})
        if row is None:
            continue
        if item.positions and not row.positions:
            named = select(Term.id).where(Term.kind == TermKind.POSITION, Term.code.in_(item.positions))
            row.positions = [ProgrammePosition(position_id=one) for one in loading.session.scalars(named)]
        examples = item.sample_modules if loading.pack.examples else []
        modules = item.modules or examples
        has = select(ProgrammeModule.id).where(ProgrammeModule.programme_id == row.id).limit(1)
        if not modules or loading.session.scalar(has) is not None:
            continue
        for number, one in enumerate(modules, 1):
            values = one.model_dump(include={"title", "hours", "component"})
            loading.session.add(ProgrammeModule(programme_id=row.id, position=number, **values))
        row.hours, row.training = sum(one.hours for one in modules), not item.modules
        loading.session.flush()


SECTIONS = {"programmes": load}
