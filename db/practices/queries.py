"""Reads practices for everybody, and a teacher's own ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from db.caller import PersonCaller
from db.errors import NotFoundError
from db.practices import experts, search
from db.practices.models import Practice, PracticeAuthor, PracticeComponent, PracticeFile, PracticeStatus, PracticeTrial
from db.practices.rules import FOUND
from db.products.models import Product

WORDS = 2
"""As many lines of those who applied it as a card shows."""
MATERIALS = 60
"""As many as a screen may turn through."""


@dataclass(frozen=True, slots=True)
class PracticeLine:
    """A line of a list."""

    id: int
    title: str
    audience: str
    status: PracticeStatus
    adopted: int


@dataclass(frozen=True, slots=True)
class PracticesPage:
    """A page of what everybody may find; `total` is how many there are."""

    rows: Sequence[PracticeLine]
    total: int


@dataclass(frozen=True, slots=True)
class PracticesHome:
    """What one may do with practices: how many can be found, are one's own, are tried, wait for one's word.

    `published`: whether the region has materials that everybody may open.
    """

    found: int
    own: int
    tried: int
    tasks: int
    published: bool


@dataclass(frozen=True, slots=True)
class Publication:
    """A material that everybody may open: what it is called, where it is, of what kind and year."""

    title: str
    link: str
    kind: str
    year: int | None


@dataclass(frozen=True, slots=True)
class PracticeCard:
    """A practice with its authors by name, what those who applied it say, and what one did with it oneself."""

    row: Practice
    authors: Sequence[str]
    words: Sequence[str]
    trial: PracticeTrial | None
    mine: bool


def home(session: Session, caller: PersonCaller) -> PracticesHome:
    """Counts what stands behind the buttons."""

    def count(column: InstrumentedAttribute[int], *which: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count(column)).where(*which)) or 0

    return PracticesHome(
        count(Practice.id, Practice.status.in_(FOUND)),
        count(Practice.id, Practice.proposer_id == caller.person_id),
        count(PracticeTrial.id, PracticeTrial.person_id == caller.person_id),
        len(experts.tasks(session, caller)),
        bool(session.scalar(select(_OPEN.exists()))),
    )


def publications(session: Session) -> Sequence[Publication]:
    """Lists what the region has published and everybody may open, the newest first."""
    rows = _OPEN.options(joinedload(Product.kind)).order_by(Product.year.desc().nulls_last(), Product.id.desc())
    return [
        Publication(row.title, row.link, row.kind.name if row.kind else "", row.year)
        for row in session.scalars(rows.limit(MATERIALS))
    ]


def page(session: Session, *, component: str = "", text: str = "", limit: int, offset: int = 0) -> PracticesPage:
    """Finds what everybody may find: by words the best first, else what most have applied; the unconfirmed last."""
    which = [Practice.status.in_(FOUND)]
    if component:
        which.append(
            Practice.id.in_(select(PracticeComponent.practice_id).where(PracticeComponent.component == component))
        )
    columns = select(Practice.id, Practice.title, Practice.audience, Practice.status, Practice.adopted)
    if text:
        ids = search.found(session, and_(*which), text=text)
        chosen = ids[offset : offset + limit]
        rows = {row.id: PracticeLine(*row) for row in session.execute(columns.where(Practice.id.in_(chosen)))}
        return PracticesPage([rows[number] for number in chosen], len(ids))
    found = session.execute(columns.where(*which).order_by(*ORDER).limit(limit).offset(offset))
    total = session.scalar(select(func.count()).select_from(Practice).where(*which)) or 0
    return PracticesPage([PracticeLine(*row) for row in found], total)


def card(session: Session, caller: PersonCaller, *, practice_id: int) -> PracticeCard:
    """Returns one practice that everybody may find, or an own one wherever it is. Raises NotFoundError."""
    row = session.scalar(
        select(Practice)
        .where(Practice.id == practice_id, or_(Practice.status.in_(FOUND), Practice.proposer_id == caller.person_id))
        .options(
            joinedload(Practice.proposer),
            selectinload(Practice.authors).joinedload(PracticeAuthor.person),
            selectinload(Practice.files),
            selectinload(Practice.experts),
        )
    )
    if row is None:
        raise NotFoundError
    words = select(PracticeTrial.word).where(PracticeTrial.practice_id == row.id, PracticeTrial.applied_at.is_not(None))
    trial = select(PracticeTrial).where(
        PracticeTrial.practice_id == row.id, PracticeTrial.person_id == caller.person_id
    )
    mine = row.proposer_id == caller.person_id
    return PracticeCard(
        row,
        authors_of(row),
        session.scalars(words.order_by(PracticeTrial.applied_at.desc(), PracticeTrial.id.desc()).limit(WORDS)).all(),
        session.scalar(trial.options(joinedload(PracticeTrial.item))),
        mine,
    )


def own_card(session: Session, caller: PersonCaller, *, practice_id: int) -> PracticeCard:
    """Returns an own practice, wherever it is: what experts said of others' is theirs. Raises NotFoundError."""
    found = card(session, caller, practice_id=practice_id)
    if not found.mine:
        raise NotFoundError
    return found


def authors_of(row: Practice) -> list[str]:
    """The names of the authors: who proposed it, then the others."""
    people = [row.proposer, *(one.person for one in row.authors)]
    known = [one.full_name for one in people if one is not None and one.full_name]
    return known + [one.name for one in row.authors if one.name]


def own(session: Session, caller: PersonCaller) -> Sequence[PracticeLine]:
    """Lists one's own practices, the last begun first."""
    rows = session.execute(
        select(Practice.id, Practice.title, Practice.audience, Practice.status, Practice.adopted)
        .where(Practice.proposer_id == caller.person_id)
        .order_by(Practice.made_at.desc(), Practice.id.desc())
    )
    return [PracticeLine(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class FilesOf:
    """A practice's files. `named`: by the names their author gave, which could tell an expert who that is."""

    title: str
    files: Sequence[PracticeFile]
    named: bool


def files(session: Session, caller: PersonCaller, *, practice_id: int) -> FilesOf:
    """Returns the files of a practice that one may open, or that one is to look at. Raises NotFoundError."""
    row = experts.looked_at(session, caller, practice_id=practice_id)
    if row is not None:
        return FilesOf(row.title, row.files, named=False)
    row = card(session, caller, practice_id=practice_id).row
    return FilesOf(row.title, row.files, named=True)


_OPEN = select(Product).where(or_(Product.link.startswith("https://"), Product.link.startswith("http://")))
ORDER = (
    case((Practice.status == PracticeStatus.SUNK, 1), else_=0),
    Practice.adopted.desc(),
    Practice.confirmed_at.desc(),
    Practice.id.desc(),
)
