"""Loads the pack's internship sites."""

from typing import Annotated, Any, ClassVar

from pydantic import Field
from sqlalchemy import delete

from db.dictionaries.pack import known, municipalities
from db.packs.entries import Loading
from db.packs.sections import Code, Entry, Line, Prose, Section
from db.sites.models import Site, SiteKind

NOT_COLUMNS = {"code", "municipality", "components", "sample_components", "demo"}


class SiteEntry(Entry):
    """Describes a site and the components of the diagnostics that it helps with.

    Where no document says with which, `sample_components` are an example of ours for the sandbox.
    """

    code: Code
    title: Line
    kind: SiteKind
    organisation: Line
    municipality: Code
    components: list[Code] = []
    sample_components: list[Code] = []
    programme: Line | None = None
    months: Annotated[int | None, Field(ge=1, le=120)] = None
    about: Prose
    contact: str = ""
    how_to_join: str = ""


class Sites(Section):
    """`sites.yaml`."""

    FILE: ClassVar[str] = "sites"

    sites: list[SiteEntry] = []


def load(loading: Loading) -> None:
    """Loads `sites.yaml`; where examples are not wanted, those that an older version loaded go."""
    for item in loading.pack.left_out("sites"):
        # As it was invented: one that somebody wrote over is the operator's own.
        loading.session.execute(delete(Site).where(Site.code == item["code"], Site.about == item["about"].strip()))
    towns = municipalities(loading)
    for site in loading.section(Sites).sites:
        components = site.components or (site.sample_components if loading.pack.examples else [])
        values: dict[str, Any] = site.model_dump(exclude=NOT_COLUMNS)
        values |= {"municipality_id": known(site.municipality, towns), "component_codes": components}
        loading.put(Site, site.code, {"code": site.code}, values)


SECTIONS = {"sites": load}
