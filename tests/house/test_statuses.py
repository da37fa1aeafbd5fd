"""A status changes by the table of its kind and in no other way (db/transitions.py)."""

import ast
import enum
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from db import nouns
from db.base import Base
from db.transitions import _TABLES

ROOT = Path(__file__).resolve().parents[2]


def sources() -> Iterator[Path]:
    for package in ("bot", "admin", "db"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.name != "transitions.py" and not {"migrations", "sandbox"} & {*path.parts}:
                yield path


def targets(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Assign):
        found = list(node.targets)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        found = [node.target]
    else:
        return
    while found:
        target = found.pop()
        if isinstance(target, ast.Tuple | ast.List):
            found += target.elts
        else:
            yield target


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_other_code_writes_a_status(path: Path) -> None:
    wrong = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        wrong += [
            f"line {target.lineno}: {ast.unparse(target)} ="
            for target in targets(node)
            if isinstance(target, ast.Attribute) and target.attr == "status"
        ]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values":
            wrong += [f"line {node.lineno}: values(status=…)" for word in node.keywords if word.arg == "status"]
    assert not wrong


def test_every_status_column_has_its_table() -> None:
    nouns.models()
    for noun in nouns.NOUNS:
        if find_spec(f"db.{noun}.rules"):
            import_module(f"db.{noun}.rules")
    kinds = {
        column.type.enum_class  # type: ignore[attr-defined]
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name == "status"
    }
    assert kinds and all(issubclass(kind, enum.StrEnum) for kind in kinds)
    assert kinds <= set(_TABLES), "declare its Transitions in the noun's rules.py"
