"""Loads the portfolios, their projects and the recommendations that a pack's source gives."""

from datetime import date
from typing import ClassVar

from db.packs.entries import Loading
from db.packs.sections import Code, Entry, Line, Prose, Section
from db.projects.models import Portfolio, Project, ProjectStatus, Recommendation


class ProjectEntry(Entry):
    """Describes a project of a portfolio."""

    code: Code
    title: Line
    about: str = ""
    starts: date | None = None
    ends: date | None = None
    status: ProjectStatus = ProjectStatus.PLANNED


class PortfolioEntry(Entry):
    """Describes a portfolio by every name that the source calls it."""

    code: Code
    names: list[Line]
    strategy: str = ""
    term: str = ""
    lead: str = ""
    note: str = ""
    source: Line
    projects: list[ProjectEntry] = []


class RecommendationEntry(Entry):
    """Describes a recommendation, verbatim; `note` says to whom it is, where it is not to all."""

    code: Code
    text: Prose
    note: str = ""


class Projects(Section):
    """`projects.yaml`."""

    FILE: ClassVar[str] = "projects"

    portfolios: list[PortfolioEntry] = []
    recommendations_source: str = ""
    recommendations: list[RecommendationEntry] = []


def load(loading: Loading) -> None:
    """Loads `projects.yaml`; how a project has gone on since stays."""
    section, place = loading.section(Projects), 0
    for position, item in enumerate(section.portfolios, 1):
        values = item.model_dump(exclude={"code", "demo", "projects"}) | {"position": position}
        portfolio = loading.put(Portfolio, item.code, {"code": item.code}, values)
        for one in item.projects if portfolio else ():
            place += 1
            values = one.model_dump(exclude={"code", "demo", "status"})
            values |= {"position": place, "term": item.term, "source": item.source}
            values |= {"portfolio_id": portfolio.id if portfolio else None}
            loading.put(Project, one.code, {"code": one.code}, values, once={"status": one.status})
    for position, advice in enumerate(section.recommendations, 1):
        values = advice.model_dump(exclude={"code", "demo"})
        values |= {"position": position, "source": section.recommendations_source}
        loading.put(Recommendation, advice.code, {"code": advice.code}, values)


SECTIONS = {"projects": load}
