"""The register of personal data names every column, with its purpose, basis and term; one without them fails here."""

import re
from collections import Counter
from pathlib import Path

from db.base import Base
from db.schema import metadata

REGISTER = Path(__file__).parents[2] / "docs" / "personal-data.ru.md"
ROW = re.compile(r"^\| ([a-z_]+) \| ([a-z0-9_, ]+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
BASES = {"согласие", "договор", "закон"}


def test_every_column_has_its_purpose_basis_and_term() -> None:
    text = REGISTER.read_text(encoding="utf-8")
    told, _, harmless = text.partition("## ")
    rows = ROW.findall(told)
    named = Counter(f"{table}.{column}" for table, columns, *_ in rows for column in columns.split(", "))
    aside = set(re.findall(r"`(\w+)`", harmless))
    there = {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns}
    expected = {column for column in there if column.partition(".")[0] not in aside}
    assert set(named) == expected, sorted(set(named) ^ expected)
    assert max(named.values()) == 1
    assert {basis for *_, basis, _ in rows} <= BASES
    assert all(len(words) > 5 for _, _, purpose, _, term in rows for words in (purpose, term))


def test_what_is_called_harmless_leads_to_nobody() -> None:
    harmless = set(re.findall(r"`(\w+)`", REGISTER.read_text(encoding="utf-8").partition("## ")[2]))
    for name in harmless:
        kin = {key.target_fullname.split(".")[0] for key in Base.metadata.tables[name].foreign_keys}
        assert not kin & {"person", "staff"}, name
