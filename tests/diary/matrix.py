"""Who may open which address of the panel."""

from tests.support.matrix import WORD, Row, one

SHOWN = (
    "",
    "?month=2026-03",
    "?direction=1&activity=1",
    "?person={person}",
    "?municipality={place}&centre=1",
    "?q=" + WORD,
)
MATRIX: dict[str, Row] = {
    "diary.index": Row(one(*("/diary/" + asked for asked in SHOWN)), "any"),
    "diary.export": Row(one(*("/diary/list.xlsx" + asked for asked in SHOWN)), "any"),
}
