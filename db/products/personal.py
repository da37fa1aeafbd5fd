"""A person's products and publications: as a file, and their end."""

from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.products.models import Product, ProductAuthor
from db.reassign import reassign

PLACE = 57


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many products one is an author of."""
    return {"products": select(func.count()).where(ProductAuthor.person_id == person_id)}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """The products that one is an author of."""
    rows = session.scalars(
        select(Product)
        .join(ProductAuthor, ProductAuthor.product_id == Product.id)
        .where(ProductAuthor.person_id == person_id)
        .order_by(Product.id)
    )
    return {"products": [_told(row) for row in rows]}


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Nothing goes on by itself here: an authorship tells of what was done."""
    return {}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Takes the person out of the authors; the product stays, without them."""
    gone = session.scalar(counts(person_id=person_id)["products"]) or 0
    session.execute(delete(ProductAuthor).where(ProductAuthor.person_id == person_id))
    return {"products": gone}


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves every authorship; of two of one product one stays."""
    reassign(session, ProductAuthor.person_id, kept_id=kept_id, gone_id=gone_id, alike=[ProductAuthor.product_id])


def _told(row: Product) -> dict[str, Any]:
    return {
        "product": row.title,
        "product_year": row.year,
        "product_venue": row.venue,
        "product_link": row.link,
    }
