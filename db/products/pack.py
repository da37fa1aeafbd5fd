"""Loads the products that a pack's source names; where it gives numbers only, a row stands for many."""

from typing import Annotated, ClassVar

from pydantic import Field, model_validator
from sqlalchemy import select

from db.dictionaries.models import Term, TermKind
from db.packs.entries import Loading
from db.packs.sections import Code, Entry, Line, Section, unknown
from db.products.models import Product


class ProductEntry(Entry):
    """Describes a product, or `count` of them that the source does not name one by one."""

    code: Code
    title: Line
    kind: Code | None = None
    year: int | None = None
    until_year: int | None = None
    count: Annotated[int, Field(ge=1)] = 1
    venue: str = ""
    link: str = ""
    note: str = ""
    source: Line

    @model_validator(mode="after")
    def _in_order(self) -> "ProductEntry":
        if self.until_year is not None and (self.year is None or self.year > self.until_year):
            raise ValueError("until_year needs a year that is not after it")
        return self


class Products(Section):
    """`products.yaml`."""

    FILE: ClassVar[str] = "products"

    products: list[ProductEntry] = []


def load(loading: Loading) -> None:
    """Loads `products.yaml`."""
    of = select(Term).where(Term.kind == TermKind.PRODUCT_KIND)
    kinds = {term.code: term.id for term in loading.session.scalars(of)}
    for item in loading.section(Products).products:
        if item.kind is not None and item.kind not in kinds:
            raise ValueError(f"«{item.title}» is of no known kind: {unknown(item.kind, kinds)}")
        values = item.model_dump(exclude={"code", "demo", "kind"}) | {"kind_id": kinds.get(item.kind or "")}
        loading.put(Product, item.code, {"code": item.code}, values)


SECTIONS = {"products": load}
