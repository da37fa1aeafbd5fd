"""Putting a pack into the database: repeatable, nothing of people's is touched."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from db.applications import pack as applications_pack
from db.diagnostics import pack as diagnostics_pack
from db.diagnostics.content import InstrumentError
from db.dictionaries import pack as dictionaries_pack
from db.errors import DomainError, SettingsError
from db.packs import Pack
from db.packs.marks import is_loaded, mark_loaded
from db.people import pack as people_pack
from db.sites import pack as sites_pack


def load(session: Session, *, pack: Pack, now: datetime) -> bool:
    """Loads the pack unless this very pack is loaded already. Returns whether anything was done.

    Raises SettingsError that names the file and what is wrong there.
    """
    if is_loaded(session, pack=pack):
        return False
    with _reading(pack, "dictionaries.yaml, organisations.yaml"):
        dictionaries_pack.load(
            session,
            dictionaries=pack.section("dictionaries"),
            organisations=pack.section("organisations").get("organisations", {}),
        )
    with _reading(pack, "pack.yaml"):
        dictionaries_pack.keep_rules(session, values=pack.about["rules"])
        people_pack.publish_consent(session, consent=pack.about["consent"], now=now)
    with _reading(pack, "instruments/"):
        diagnostics_pack.load(session, instruments=pack.instruments(), now=now)
    with _reading(pack, "sites.yaml"):
        sites_pack.load(session, sites=pack.section("sites").get("sites", []))
    with _reading(pack, "campaigns.yaml"):
        applications_pack.load(session, section=pack.section("campaigns"), zone=pack.zone, now=now)
    mark_loaded(session, pack=pack)
    return True


@contextmanager
def _reading(pack: Pack, file: str) -> Iterator[None]:
    """A pack is written by hand: what does not fit is told by its file, not by a traceback."""
    try:
        yield
    except InstrumentError as error:
        problems = "; ".join(f"{problem.where} {problem.code}".strip() for problem in error.problems)
        raise SettingsError(f"pack {pack.name}, {file}: {problems}") from error
    except DomainError as error:
        raise SettingsError(f"pack {pack.name}, {file}: {error.code} {error.params}") from error
    except KeyError as error:
        raise SettingsError(f"pack {pack.name}, {file}: {error} is missing or not known") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise SettingsError(f"pack {pack.name}, {file}: {error}") from error
