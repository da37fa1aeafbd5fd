"""What papers say of a person's products: those that can be opened or whose signed paper is kept."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller
from db.papers import PaperKind, PaperLine, PaperReader
from db.products.models import Product, ProductAuthor


def lines(session: Session, caller: Caller, *, person_id: int, reader: PaperReader) -> Iterator[PaperLine]:
    """Lists the products of an author by year; without a year, a link or a scan there is nothing to show."""
    found = session.scalars(
        select(Product)
        .join(ProductAuthor, ProductAuthor.product_id == Product.id)
        .where(
            ProductAuthor.person_id == person_id,
            Product.year.is_not(None),
            or_(Product.link != "", Product.scan_id.is_not(None)),
        )
        .options(joinedload(Product.kind))
        .order_by(Product.year, Product.id)
    )
    for one in found:
        year = one.until_year or one.year or caller.now.year
        told = (one.kind.name if one.kind else "", one.venue)
        yield PaperLine(
            PaperKind.PRODUCT,
            datetime(year, 12, 31, tzinfo=caller.zone),
            one.title,
            note=", ".join(part for part in told if part),
            link=one.link,
        )
