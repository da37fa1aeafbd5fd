"""The panel's addresses: what each of them is of, and who may open it. `test_scope_matrix` walks them all.

A noun's rows stand in its `tests/<noun>/matrix.py`; here are those of no noun.
"""

from typing import Protocol

from db.nouns import Part, parts
from tests.support.matrix import EVERYBODY, WORD, Row, one


class Matrix(Protocol):
    """`matrix.py`: the rows of a noun's pages."""

    MATRIX: dict[str, Row]
    """By endpoint."""


ROWS: Part[Matrix] = Part("tests", "matrix", Matrix)

SIGNING_OUT = frozenset({"auth.logout", "auth.logout_everywhere"})
"""They end the session of whoever tries them, and change the own account alone."""

MATRIX: dict[str, Row] = {
    "today.index": Row(one("/"), "any", EVERYBODY),
    "today.search": Row(one("/search?find=" + WORD, "/search?find=1"), "any"),
    "health.health": Row(one("/health"), "any", EVERYBODY),
    "health.ready": Row(one("/ready"), "any", EVERYBODY),
    "auth.login": Row(one("/login", "/login?next=/people/{person}"), "any", EVERYBODY),
    "auth.here": Row(one("/session"), "any", EVERYBODY),
    "auth.logout": Row(one("/logout"), "any", ()),
    "auth.logout_everywhere": Row(one("/logout/everywhere"), "any", ()),
    "auth.link": Row(one("/link/{person}"), "any", EVERYBODY, form=lambda side: {}),
    "auth.password": Row(one("/password"), "any", EVERYBODY, form=lambda side: {"current": "x", "password": "y" * 12}),
} | {endpoint: row for part in parts(ROWS).values() for endpoint, row in part.MATRIX.items()}
