"""Who may open which address of the panel."""

from tests.support.matrix import Row, one

MATRIX: dict[str, Row] = {"workshops.index": Row(one("/workshops/"), "any")}
