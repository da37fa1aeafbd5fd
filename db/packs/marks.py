"""Which pack is in the database: asked at every start, so it must not import what loading needs."""

from sqlalchemy.orm import Session

from db.dictionaries.models import Setting
from db.packs import Pack

MARK = "pack"


def is_loaded(session: Session, *, pack: Pack) -> bool:
    """Whether exactly this pack, file by file, was loaded last."""
    row = session.get(Setting, MARK)
    return row is not None and row.value == _value(pack)


def mark_loaded(session: Session, *, pack: Pack) -> None:
    """Remembers the pack as the one loaded last."""
    session.merge(Setting(key=MARK, value=_value(pack)))


def _value(pack: Pack) -> dict[str, str | bool]:
    return {"name": pack.name, "fingerprint": pack.fingerprint(), "examples": pack.examples}
