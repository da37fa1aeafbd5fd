"""Which pack is in the database: asked at every start, so it must not import what loading needs."""

from sqlalchemy.orm import Session

from db.dictionaries.models import Setting
from db.errors import SettingsError
from db.packs import Pack

MARK = "pack"


def check_region(session: Session, *, pack: Pack) -> None:
    """Refuses a pack where another region's data are there, by SettingsError.

    Two regions in one database would answer for each other in every figure.
    """
    row = session.get(Setting, MARK, with_for_update=True)
    if row is not None and row.value["name"] != pack.name:
        raise SettingsError(
            f"this database holds the region «{row.value['name']}», and «{pack.name}» is another: nothing was changed;"
            f" set REGION_PACK={row.value['name']} to go on with this database, or name a new DATABASE_URL and DATA_DIR"
            f" for «{pack.name}»"
        )


def is_loaded(session: Session, *, pack: Pack) -> bool:
    """Whether exactly this pack, file by file, was loaded last."""
    row = session.get(Setting, MARK)
    return row is not None and row.value == _value(pack)


def mark_loaded(session: Session, *, pack: Pack) -> None:
    """Remembers the pack as the one loaded last."""
    session.merge(Setting(key=MARK, value=_value(pack)))


def _value(pack: Pack) -> dict[str, str | bool]:
    return {"name": pack.name, "fingerprint": pack.fingerprint(), "examples": pack.examples}
