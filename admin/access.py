"""Who may open which page: a declaration at every view, checked at one gate; what is not declared stays shut.

A view class says `allowed = METHODISTS`. A method may narrow it: `@only(ADMINISTRATORS)`. Every method but GET needs an
account that changes things, unless it is marked `@harmless` or the role is among the `editors` that `@editors_only`
asks for. `@public` opens a route to everybody, signed in or not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask

from db.scope import StaffRole

EVERY_ACCOUNT = frozenset(StaffRole)
ONLY_APPLICATIONS = frozenset({StaffRole.AUDITOR, StaffRole.COORDINATOR})
"""Who reads some applications and nothing else: those of one selection, or of some directions."""
COORDINATORS = frozenset({StaffRole.COORDINATOR})
"""Who keeps the lines of some directions."""
ALL = EVERY_ACCOUNT - ONLY_APPLICATIONS
"""Whoever works with the region."""
ADMINISTRATORS = frozenset({StaffRole.ADMINISTRATOR})
REGIONAL = frozenset({StaffRole.ADMINISTRATOR, StaffRole.REGIONAL_METHODIST})
METHODISTS = REGIONAL | {StaffRole.MUNICIPAL_METHODIST}
NAMED = METHODISTS | {StaffRole.ORGANISATION}
"""Whoever reads all about people within reach."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """What one route asks of whoever comes. `allowed` empty of value (None) means everybody."""

    allowed: frozenset[StaffRole] | None
    harmless: bool = False
    editors: frozenset[StaffRole] = frozenset()
    """Roles that change things here, even if they change nothing elsewhere."""

    def permits(self, role: StaffRole, *, can_write: bool, method: str) -> bool:
        """Whether an account of this role may do this."""
        if self.allowed is None:
            return True
        return role in self.allowed and (can_write or self.harmless or role in self.editors or method in SAFE_METHODS)


def public(view: F) -> F:
    """Opens a route to everybody."""
    view.access_public = True  # type: ignore[attr-defined]
    return view


def only(roles: frozenset[StaffRole]) -> Callable[[F], F]:
    """Narrows one route of a view, or declares a plain function."""

    def mark(view: F) -> F:
        view.access_roles = roles  # type: ignore[attr-defined]
        return view

    return mark


def editors_only(view: F) -> F:
    """Narrows one route to the `editors` of its view's class."""
    view.access_editors = True  # type: ignore[attr-defined]
    return view


def harmless(view: F) -> F:
    """A POST that changes nothing of the region's: a reader may do it too."""
    view.access_harmless = True  # type: ignore[attr-defined]
    return view


def declared(view: Callable[..., Any]) -> Access | None:
    """The declaration of a view function; None when somebody forgot it."""
    if getattr(view, "access_public", False):
        return Access(None)
    roles = getattr(view, "access_roles", None)
    owner = getattr(view, "__self__", None)
    of_class = getattr(owner, "allowed", None)
    if owner is not None and of_class is None:
        return None
    editors: frozenset[StaffRole] = frozenset()
    if getattr(view, "access_editors", False):
        roles = editors = getattr(owner, "editors", frozenset())
    if roles is not None and of_class is not None:
        roles = roles & of_class
    roles = of_class if roles is None else roles
    return None if roles is None else Access(roles, getattr(view, "access_harmless", False), editors)


def of_endpoint(app: Flask, endpoint: str) -> Access | None:
    """The declaration behind an endpoint; static files are for everybody."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return Access(None)
    return declared(app.view_functions[endpoint])


def undeclared(app: Flask) -> list[str]:
    """Routes that nobody may open because nobody said who may; a test keeps this empty."""
    return sorted({str(rule) for rule in app.url_map.iter_rules() if of_endpoint(app, rule.endpoint) is None})
