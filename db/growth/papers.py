"""What papers say of a person's route: lines that are done and the words about them.

A methodist's copy has the lines of routes that are open to methodists at this moment, and never a word
or a link of one's own: a page of an opened route shows neither.
"""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.papers import PaperKind, PaperLine, PaperReader
from db.routes.models import ItemKind, ItemStatus, Route, RouteItem, RouteReader, RouteShare


def lines(session: Session, caller: Caller, *, person_id: int, reader: PaperReader) -> Iterator[PaperLine]:
    """Lists done items of all own routes, and the person's own words about them."""
    query = (
        select(RouteItem)
        .join(Route)
        .where(Route.person_id == person_id, RouteItem.status == ItemStatus.DONE, RouteItem.closed_at.is_not(None))
        .order_by(RouteItem.closed_at, RouteItem.id)
    )
    own = reader is PaperReader.OWNER
    if not own:
        opened = select(RouteShare.route_id).where(
            RouteShare.reader == RouteReader.METHODIST, RouteShare.revoked_at.is_(None)
        )
        query = query.where(RouteItem.route_id.in_(opened))
    for one in session.scalars(query):
        at = one.closed_at or one.taken_at
        step = one.kind is ItemKind.STEP
        yield PaperLine(
            PaperKind.STEP if step else PaperKind.ROUTE_EVENT,
            at,
            one.text,
            role=one.setting.value if one.setting and step else "",
            payload=f"step_{one.id}",
            link=(one.link or "") if own else "",
            components=(one.component,) if one.component else (),
        )
        if one.word and own:
            yield PaperLine(PaperKind.WORD, at, one.text, note=one.word, payload=f"step_{one.id}")
