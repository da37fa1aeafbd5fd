"""Who may open which address of the panel."""

from tests.support.matrix import EVERYBODY, Row, one

MATRIX: dict[str, Row] = {
    "upload.index": Row(one("/upload/"), "any", EVERYBODY),
    "upload.card": Row(one("/upload/unknown"), "any", EVERYBODY),
    "upload.receive": Row(one("/upload/unknown/files"), "any", EVERYBODY),
    "upload.close": Row(one("/upload/unknown/close"), "any", EVERYBODY),
}
