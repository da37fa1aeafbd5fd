"""Loads the kinds of groups that a region's document names, with their functions in its words."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from db.groups.models import GroupKind, GroupLevel
from db.packs.entries import Loading
from db.packs.sections import Code, Entry, Line, Prose, Section


class KindEntry(Entry):
    """Describes a kind. `supports` is the code of the kind whose groups it supports; `quorum` is in per cent."""

    code: Code
    name: Line
    level: GroupLevel
    temporary: bool = False
    supports: Code | None = None
    functions: list[Prose] = []
    quorum: Annotated[int, Field(ge=1, le=100)] | None = None
    note: str = ""
    source: Line


class Groups(Section):
    """`groups.yaml`."""

    FILE: ClassVar[str] = "groups"

    groups: list[KindEntry] = []

    @model_validator(mode="after")
    def _known(self) -> Self:
        codes = {one.code for one in self.groups}
        for one in self.groups:
            if one.supports is not None and one.supports not in codes:
                raise ValueError(
                    f"{one.code} supports «{one.supports}», which is no kind: write one of {sorted(codes)}"
                )
        return self


def load(loading: Loading) -> None:
    """Loads `groups.yaml`."""
    for position, item in enumerate(loading.section(Groups).groups, 1):
        values = item.model_dump(exclude={"code", "demo"}) | {"position": position, "supports": item.supports or ""}
        loading.put(GroupKind, item.code, {"code": item.code}, values)


SECTIONS = {"groups": load}
