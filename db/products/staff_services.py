"""Changing products by hand, as the panel does: what they are, their authors, the line of a plan that each fulfils."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.dictionaries.models import Term, TermKind
from db.documents import scans
from db.errors import ConflictError, DomainError, NotFoundError
from db.people.models import Person
from db.plans import fulfilment
from db.products.models import Product, ProductAuthor
from db.products.staff_queries import visible
from db.projects import reach as projects
from db.projects.models import Project
from db.storage import StoredFile

FIRST_YEAR = 1900
MOST = 1000
"""Products that one row may stand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDraft:
    """What a methodist says about a product."""

    title: str
    kind_id: int | None
    year: int | None
    until_year: int | None
    count: int
    venue: str
    link: str
    note: str
    project_id: int | None


def save_product(
    session: Session,
    caller: StaffCaller,
    *,
    product_id: int | None,
    municipality_id: int | None = None,
    draft: ProductDraft,
) -> int:
    """Adds a product to a municipality or, without one, to the region, or changes one, and returns its id.

    Raises DomainError `product_title`, `product_years`, `product_count`, `product_link`, NotFoundError, ForbiddenError.
    """
    _check(session, caller, draft)
    row = _added(session, caller, municipality_id) if product_id is None else _changed(session, caller, product_id)
    if draft.project_id is not None and draft.project_id != row.project_id:
        of = select(Project.id).where(Project.id == draft.project_id, projects.visible(caller.scope))
        if session.scalar(of) is None:
            raise NotFoundError
    row.title = texts.one_alphabet(draft.title, field="title")
    row.kind_id, row.project_id = draft.kind_id, draft.project_id
    row.year, row.until_year, row.count = draft.year, draft.until_year, draft.count
    row.venue, row.link, row.note = draft.venue, draft.link, draft.note
    session.flush()
    audit.record(
        session,
        caller,
        action="products.save",
        object_type="product",
        object_id=row.id,
        municipality_id=row.municipality_id,
    )
    return row.id


def put_scan(session: Session, caller: StaffCaller, *, product_id: int, stored: StoredFile) -> None:
    """Puts a product's file in, in place of the one before. Raises NotFoundError, ForbiddenError."""
    row = _changed(session, caller, product_id)
    before, row.scan_id = row.scan_id, scans.keep(session, caller, stored=stored)
    scans.drop(session, scan_id=before)
    audit.record(
        session,
        caller,
        action="products.scan",
        object_type="product",
        object_id=row.id,
        municipality_id=row.municipality_id,
    )


def name_author(
    session: Session, caller: StaffCaller, *, product_id: int, person_id: int | None = None, called: str = ""
) -> None:
    """Adds an author: a person within reach, or a name alone. Twice is once.

    Raises DomainError `author_name`, NotFoundError, ForbiddenError.
    """
    row = _changed(session, caller, product_id)
    if person_id is not None:
        person = session.get(Person, person_id)
        if person is None or person.erased_at is not None:
            raise NotFoundError
        caller.scope.check(person)
        called = ""
    elif len(called) < 3:
        raise DomainError("author_name")
    of = select(ProductAuthor.id).where(ProductAuthor.product_id == product_id)
    same = ProductAuthor.name == called if person_id is None else ProductAuthor.person_id == person_id
    if session.scalar(of.where(same)) is not None:
        return
    session.add(ProductAuthor(product_id=product_id, person_id=person_id, name=called))
    session.flush()
    audit.record(
        session,
        caller,
        action="products.name_author",
        object_type="product",
        object_id=row.id,
        municipality_id=row.municipality_id,
        subject_person_id=person_id,
    )


def drop_author(session: Session, caller: StaffCaller, *, product_id: int, author_id: int) -> None:
    """Takes an author out. Raises NotFoundError, ForbiddenError."""
    row = _changed(session, caller, product_id)
    author = session.get(ProductAuthor, author_id)
    if author is None or author.product_id != product_id:
        raise NotFoundError
    person_id = author.person_id
    session.delete(author)
    audit.record(
        session,
        caller,
        action="products.drop_author",
        object_type="product",
        object_id=row.id,
        municipality_id=row.municipality_id,
        subject_person_id=person_id,
    )


def fulfil(session: Session, caller: StaffCaller, *, product_id: int, line_id: int, done_on: date | None) -> None:
    """Has a product fulfil the next time that a line of a plan is due; the plan says so by the product's title.

    Raises DomainError `plan_done_on`, ConflictError `product_line`, `plan_done`, NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    row = _changed(session, caller, product_id)
    if row.line_id is not None:
        raise ConflictError("product_line")
    today = caller.now.astimezone(caller.zone).date()
    if done_on is not None and done_on > today:
        raise DomainError("plan_done_on")
    line = fulfilment.locked(session, line_id)
    fulfilment.fill(session, caller, line, done_on=done_on or today, word=row.title)
    row.line_id = line_id
    audit.record(
        session,
        caller,
        action="products.fulfil",
        object_type="product",
        object_id=row.id,
        municipality_id=row.municipality_id,
        line=line_id,
    )


def unlink(session: Session, caller: StaffCaller, *, product_id: int) -> None:
    """Ends that a product is of a line; the mark in the plan is taken away there. Raises as `fulfil`."""
    caller.scope.check_region()
    row = _changed(session, caller, product_id)
    before, row.line_id = row.line_id, None
    audit.record(
        session,
        caller,
        action="products.unlink",
        object_type="product",
        object_id=row.id,
        municipality_id=row.municipality_id,
        line=before,
    )


def _check(session: Session, caller: StaffCaller, draft: ProductDraft) -> None:
    if len(draft.title) < 3:
        raise DomainError("product_title")
    latest = caller.now.astimezone(caller.zone).year + 1
    named = [year for year in (draft.year, draft.until_year) if year is not None]
    if any(not FIRST_YEAR <= year <= latest for year in named) or named != sorted(named):
        raise DomainError("product_years", first=FIRST_YEAR, latest=latest)
    if draft.until_year is not None and draft.year is None:
        raise DomainError("product_years", first=FIRST_YEAR, latest=latest)
    if not 1 <= draft.count <= MOST:
        raise DomainError("product_count", most=MOST)
    if draft.link and not draft.link.lower().startswith(("https://", "http://")):
        raise DomainError("product_link")
    if draft.kind_id is not None:
        kind = session.get(Term, draft.kind_id)
        if kind is None or kind.kind is not TermKind.PRODUCT_KIND:
            raise NotFoundError


def _added(session: Session, caller: StaffCaller, municipality_id: int | None) -> Product:
    if municipality_id is None:
        caller.scope.check_region()
    else:
        caller.scope.check_write(municipality_id)
    last = session.scalar(select(func.max(Product.id))) or 0
    row = Product(code=f"own-{last + 1}", title="", municipality_id=municipality_id)
    session.add(row)
    return row


def _changed(session: Session, caller: StaffCaller, product_id: int) -> Product:
    statement = select(Product).where(Product.id == product_id, visible(caller.scope)).with_for_update()
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError
    if row.municipality_id is None:
        caller.scope.check_region()
    caller.scope.check_write(row)
    return row
