"""Who may open which address of the panel."""

from tests.support.matrix import Row, one

MATRIX: dict[str, Row] = {
    "audit.seen": Row(one("/audit/seen", "/audit/seen?actor=staff:1&since=2026-01-01"), "nobody", ("admin",)),
    "audit.index": Row(one("/audit/", "/audit/?person={person}"), "nobody", ("admin",)),
}
