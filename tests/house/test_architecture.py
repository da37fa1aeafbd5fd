"""The house's rules that an import can break (CONTRIBUTING.md)."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from db import errors
from db.errors import DomainError
from db.nouns import NOUNS

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bot", "admin", "db", "locales")
LISTS = NOUNS.index("dictionaries") + 1
ORDER = ("packs", *NOUNS[:LISTS], "demo", *NOUNS[LISTS:], "overviews")
"""Packs are below the nouns, and so is what their demos share, which only knows dictionaries."""

GATHER = {"db.packs.loading", "db.packs.marks", "db.demo.fill"}
"""What puts the parts of all nouns together stands above them."""

FORBIDDEN = {
    "db": {"bot", "admin", "aiogram", "aiohttp", "flask", "flask_admin", "apscheduler"},
    "bot": {"admin", "flask", "flask_admin"},
    "admin": {"bot", "aiogram"},
    "locales": {"bot", "admin", "db"},
}
MAX_LINES = 400


def sources(package: str) -> Iterator[Path]:
    for path in sorted((ROOT / package).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


@cache
def imports(path: Path) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append((node.lineno, node.module))
            found += ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
    return found


def shown(path: Path, line: int, what: str) -> str:
    return f"{path.relative_to(ROOT)}:{line} {what}"


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_import_only_what_they_may(package: str) -> None:
    wrong = [
        shown(path, line, name)
        for path in sources(package)
        for line, name in imports(path)
        if name.split(".")[0] in FORBIDDEN[package]
    ]
    assert not wrong


def test_a_noun_of_db_never_imports_a_later_one() -> None:
    wrong = []
    for path in sources("db"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        here = module.split(".")[1]
        if here not in ORDER or module in GATHER:
            continue
        for line, name in imports(path):
            parts = name.split(".")
            if parts[0] != "db" or len(parts) < 2 or parts[1] not in ORDER:
                continue
            if name in GATHER or ORDER.index(parts[1]) > ORDER.index(here):
                wrong.append(shown(path, line, name))
    assert not wrong


def test_rules_see_no_session_and_no_tables() -> None:
    wrong = [
        shown(path, line, name)
        for path in (ROOT / "db").glob("*/rules.py")
        for line, name in imports(path)
        if name.startswith(("sqlalchemy.orm", "sqlalchemy.ext", "db.engine", "db.database"))
    ]
    assert not wrong


def test_the_environment_is_read_in_settings_only() -> None:
    wrong = [
        shown(path, number, line.strip())
        for package in PACKAGES
        for path in sources(package)
        if path.name != "settings.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"os\.environ(?!\.setdefault)|getenv", line)  # a switch for a library may be set
    ]
    assert not wrong


@pytest.mark.parametrize("package", ["bot", "admin", "db"])
def test_texts_for_people_are_not_in_code(package: str) -> None:
    wrong = []
    for path in sources(package):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documented = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        wrong += [
            shown(path, node.lineno, node.value[:60])
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documented
            and re.search(r"[а-яё]{3}", node.value.lower())
        ]
    assert not wrong


def test_files_stay_readable_in_one_sitting() -> None:
    wrong = {
        str(path.relative_to(ROOT)): lines
        for package in PACKAGES
        for path in sources(package)
        if (lines := path.read_text(encoding="utf-8").count("\n")) > MAX_LINES
    }
    assert not wrong


def test_handlers_and_screens_never_open_the_database_themselves() -> None:
    wrong = [
        shown(path, line, name)
        for path in [*(ROOT / "bot").glob("*/handlers*.py"), *(ROOT / "bot").glob("*/screens*.py")]
        for line, name in imports(path)
        if name.startswith(("sqlalchemy", "db.engine", "db.database"))
    ]
    assert not wrong


def test_a_no_of_the_domain_is_caught_only_where_what_was_sent_is_asked_for_again() -> None:
    refusals = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, DomainError)}
    refusals.remove("StorageError")  # nobody said no
    wrong = [
        shown(path, handler.lineno, function.name)
        for path in sources("bot")
        if path.parent.name in NOUNS
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.AsyncFunctionDef)
        and not any("router.message" in ast.unparse(one) for one in function.decorator_list)
        and function.name != "take"  # one of several files: its «no» is told beside those that were taken
        for handler in ast.walk(function)
        if isinstance(handler, ast.ExceptHandler) and handler.type is not None
        if refusals & {name.id for name in ast.walk(handler.type) if isinstance(name, ast.Name)}
    ]
    assert not wrong


ROOMS = (
    ("settings",),
    ("dialogs",),
    ("context",),
    ("erasure",),  # of the data and the dialogs; people ask for their own, the scheduler for those that are due
    ("monitoring",),
    ("telegram",),
    ("ui", "nouns"),
    ("updates",),
    ("outbox",),
    (
        *("people", "ties", "notices", "diagnostics", "surveys", "applications", "events", "calendar", "mentoring"),
        *("plans", "documents", "routes", "groups", "growth", "broadcasts", "advice", "sites", "training", "practices"),
        *("active", "requests", "diary", "expertise", "uploads", "appeals", "indicators", "motions"),
        *("workplans", "retests", "reports"),
    ),
    ("dispatch",),
    ("scheduler",),
    ("__main__",),
)
"""The rooms of `bot`, the lowest first; a room imports its own level and those below. `sandbox` stands apart."""


def modules() -> dict[str, Path]:
    """Every module of the program by its name."""
    found = {}
    for package in PACKAGES:
        for path in sources(package):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def at_import(path: Path, known: dict[str, Path]) -> set[str]:
    """The modules of the program that importing this file imports, or that its types name; not those of a function."""

    def walk(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import | ast.ImportFrom):
                yield child
            elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from walk(child)

    found = set()
    for node in walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in known else str(node.module) for name in inside]
        found.update(name for name in names if name in known)
    return found


def test_a_room_of_the_bot_imports_only_what_is_below_it() -> None:
    level = {room: number for number, rooms in enumerate(ROOMS) for room in rooms}
    known, wrong = modules(), []
    for name, path in known.items():
        if not name.startswith("bot."):
            continue
        here = name.split(".")[1]
        for other in at_import(path, known):
            if not other.startswith("bot."):
                continue
            there = other.split(".")[1]
            if "sandbox" in (here, there):
                right = here == there or there == "settings"
            else:
                right = level[there] <= level[here]
            if not right:
                wrong.append(f"{name} -> {other}")
    assert not wrong


def test_no_circle_of_modules() -> None:
    known = modules()
    left = {name: at_import(path, known) - {name} for name, path in known.items()}
    while free := {name for name, needs in left.items() if not needs & left.keys()}:
        left = {name: needs for name, needs in left.items() if name not in free}
    # What is left stands in circles or needs one; each needs somebody else of them.
    assert not {name: sorted(needs & left.keys()) for name, needs in left.items()}


def test_an_address_of_a_messenger_stands_in_one_place() -> None:
    wrong = [
        shown(path, number, line.strip())
        for package in ("bot", "admin", "db")
        for path in sources(package)
        if "sandbox" not in path.parts and path != ROOT / "bot" / "telegram" / "links.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "https://t.me" in line
    ]
    assert not wrong


def test_no_function_takes_a_session_together_with_a_visit() -> None:
    """What a screen needs of the database is read by db; a visit stays where there is no session."""
    wrong = [
        shown(path, node.lineno, node.name)
        for package in ("bot", "admin")
        for path in sources(package)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and {"Session", "Visit"} <= {ast.unparse(one.annotation) for one in arguments(node) if one.annotation}
    ]
    assert not wrong


def arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
