"""The left menu, made of the pages that are registered and open to whoever looks."""

from dataclasses import dataclass

from flask import Flask, request
from flask_login import current_user

from admin.access import declared
from admin.base import Page

SECTIONS = ("today", "work", "growth", "organisation", "insight", "service")


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the menu."""

    name: str
    url: str
    icon: str
    active: bool


def menu(pages: list[Page]) -> list[tuple[str, list[Link]]]:
    """Sections in their order, each with the links that this account may open and this service has a use for."""
    if not current_user.is_authenticated:
        return []
    scope = current_user.account.scope
    here = _here(pages)
    shown: list[tuple[str, list[Link]]] = []
    for section in SECTIONS:
        links = [
            Link(str(page.name), page.path, page.icon, page.endpoint == here)
            for page in sorted(pages, key=lambda page: page.order)
            if page.section == section
            and (access := declared(page.index)) is not None
            and access.permits(scope.role, can_write=scope.can_write, method="GET")
            and page.offered()
        ]
        if links:
            shown.append((section, links))
    return shown


def _here(pages: list[Page]) -> str:
    """Returns the endpoint of the one line that what is looked at belongs to; nothing where no line leads there.

    A page with a line of its own has no other; one without says where it belongs, else it is where its address stands,
    as the dictionaries below the settings.
    """
    looked_at = next((page for page in pages if page.endpoint == request.blueprint), None)
    if looked_at is not None and (looked_at.section or looked_at.under):
        return looked_at.under or looked_at.endpoint
    above = [page for page in pages if page.section and request.path.startswith(f"{page.path.rstrip('/') or '/-'}/")]
    return max(above, key=lambda page: len(page.path)).endpoint if above else ""


def install(app: Flask, pages: list[Page]) -> None:
    """Gives the menu to every template."""
    app.jinja_env.globals["menu"] = lambda: menu(pages)
