"""Loads the pack's internship sites."""

from typing import Annotated, Any, ClassVar

from pydantic import Field
from sqlalchemy import delete, select

from db.dictionaries.models import Term, TermKind
from db.dictionaries.pack import known, municipalities
from db.packs.entries import Loading
from db.packs.sections import Code, Entry, Line, Prose, Section, unknown
from db.sites.models import Site

NOT_COLUMNS = {"code", "municipality", "components", "sample_components", "sample_about", "demo"}


class SiteEntry(Entry):
    """Describes a site and the components of the diagnostics that it helps with.

    Where no document says with which, `sample_components` are an example of ours for the sandbox, and
    `sample_about` says so there.
    """

    code: Code
    title: Line
    kind: Code
    organisation: Line
    municipality: Code
    components: list[Code] = []
    sample_components: list[Code] = []
    sample_about: str = ""
    programme: Line | None = None
    months: Annotated[int | None, Field(ge=1, le=120)] = None
    about: Prose
    contact: str = ""
    how_to_join: str = ""
    address: str = ""
    working_group: str = ""


class Sites(Section):
    """`sites.yaml`."""

    FILE: ClassVar[str] = "sites"

    sites: list[SiteEntry] = []


def load(loading: Loading) -> None:
    """Loads `sites.yaml`; where examples are not wanted, those that an older version loaded go."""
    for item in loading.pack.left_out("sites"):
        # As it was invented: one that somebody wrote over is the operator's own.
        loading.session.execute(delete(Site).where(Site.code == item["code"], Site.about == item["about"].strip()))
    towns, kinds = municipalities(loading), _kinds(loading)
    for site in loading.section(Sites).sites:
        components = site.components or (site.sample_components if loading.pack.examples else [])
        if site.kind not in kinds:
            raise ValueError(f"site «{site.code}» is of no known kind: {unknown(site.kind, kinds)}")
        values: dict[str, Any] = site.model_dump(exclude=NOT_COLUMNS)
        if loading.pack.examples and site.sample_about:
            values["about"] = f"{site.about} {site.sample_about}"
        values |= {"municipality_id": known(site.municipality, towns), "component_codes": components}
        loading.put(Site, site.code, {"code": site.code}, values)


def _kinds(loading: Loading) -> set[str]:
    """The kinds that the short list names."""
    return set(loading.session.scalars(select(Term.code).where(Term.kind == TermKind.SITE_KIND)))


SECTIONS = {"sites": load}
