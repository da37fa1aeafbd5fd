"""Reads products and publications for the panel, with their authors and the line of a plan that each fulfils."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from db.caller import StaffCaller
from db.dictionaries.models import Term, TermKind
from db.errors import NotFoundError
from db.people.models import Person
from db.people.staff_queries import people_named
from db.plans.models import PlanLine
from db.products.models import Product, ProductAuthor
from db.scope import Scope
from db.search import matches


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Which products are wanted: of a kind, of a year or a period around it, of a project, with these words."""

    kind_id: int | None = None
    year: int | None = None
    project_id: int | None = None
    municipality_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class KindCount:
    """A kind of products with how many there are of it, sums included; without a kind, those that are of none."""

    kind: Term | None
    count: int


@dataclass(frozen=True, slots=True)
class ProductsPage:
    """A page of products; `total` rows are found, `count` products with the sums in them; all of them by kind."""

    rows: Sequence[Product]
    total: int
    count: int
    kinds: Sequence[KindCount]


def products(
    session: Session, caller: StaffCaller, *, wanted: ProductFilter, limit: int | None = None, offset: int = 0
) -> ProductsPage:
    """Finds the products within reach that are wanted, the newest first."""
    seen = visible(caller.scope)
    found = _found(wanted)
    total, count = session.execute(
        select(func.count(), func.coalesce(func.sum(Product.count), 0)).where(seen, found)
    ).one()
    rows = session.scalars(
        select(Product)
        .where(seen, found)
        .options(
            joinedload(Product.kind),
            joinedload(Product.municipality),
            joinedload(Product.project),
            joinedload(Product.line),
            selectinload(Product.authors).joinedload(ProductAuthor.person),
        )
        .order_by(Product.year.desc().nulls_last(), Product.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    return ProductsPage(rows, total, int(count), _kinds(session, seen))


def kinds(session: Session) -> Sequence[Term]:
    """Lists the kinds of products, in the source's order."""
    of = select(Term).where(Term.kind == TermKind.PRODUCT_KIND, Term.active)
    return session.scalars(of.order_by(Term.position, Term.id)).all()


def years(session: Session, caller: StaffCaller) -> Sequence[int]:
    """Lists the years of the products within reach, the newest first."""
    of = select(Product.year).where(visible(caller.scope), Product.year.is_not(None)).distinct()
    return [year for year in session.scalars(of.order_by(Product.year.desc())) if year is not None]


def product(session: Session, caller: StaffCaller, *, product_id: int) -> Product:
    """Returns one product with all that its page shows. Raises NotFoundError for what is out of reach."""
    row = session.scalars(
        select(Product)
        .where(Product.id == product_id, visible(caller.scope))
        .options(
            joinedload(Product.kind),
            joinedload(Product.municipality),
            joinedload(Product.project),
            joinedload(Product.scan),
            joinedload(Product.line).joinedload(PlanLine.section),
            selectinload(Product.authors).joinedload(ProductAuthor.person),
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def people_like(session: Session, caller: StaffCaller, *, product_id: int, text: str) -> list[tuple[int, str]]:
    """Finds people within reach by name who are no authors yet: (id, name and place)."""
    named = select(ProductAuthor.person_id).where(
        ProductAuthor.product_id == product_id, ProductAuthor.person_id.is_not(None)
    )
    return people_named(session, caller, Person.id.not_in(named), text=text)


def visible(scope: Scope) -> ColumnElement[bool]:
    """Returns the condition on a product that the account sees it: the region's own, or within reach."""
    return or_(Product.municipality_id.is_(None), scope.limits(Product))


def _found(wanted: ProductFilter) -> ColumnElement[bool]:
    of_year = (
        []
        if wanted.year is None
        else [
            Product.year <= wanted.year,
            func.coalesce(Product.until_year, Product.year) >= wanted.year,
        ]
    )
    return and_(
        *([Product.kind_id == wanted.kind_id] if wanted.kind_id else []),
        *of_year,
        *([Product.project_id == wanted.project_id] if wanted.project_id else []),
        *([Product.municipality_id == wanted.municipality_id] if wanted.municipality_id else []),
        matches(wanted.text, Product.title),
    )


def _kinds(session: Session, seen: ColumnElement[bool]) -> Sequence[KindCount]:
    sums: Mapping[int | None, int] = {
        row[0]: int(row[1])
        for row in session.execute(
            select(Product.kind_id, func.sum(Product.count)).where(seen).group_by(Product.kind_id)
        )
    }
    named = [KindCount(one, sums.get(one.id, 0)) for one in kinds(session)]
    left = sum(sums.values()) - sum(one.count for one in named)
    return [*named, *([KindCount(None, left)] if left else [])]
