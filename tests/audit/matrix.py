"""Who may open which address of the panel."""

from tests.support.matrix import Row, one

MATRIX: dict[str, Row] = {
    "audit.index": Row(one("/audit/", "/audit/?person={person}"), "nobody", ("admin",)),
}
