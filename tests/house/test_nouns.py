"""Every noun keeps to one grammar: its files, its names, its parts (CONTRIBUTING.md)."""

import ast
import inspect
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from aiogram.filters.callback_data import CallbackData

from admin import nouns as admin_nouns
from bot import nouns as bot_nouns
from db import nouns
from db.nouns import NOUNS, Part
from tests.trust import matrix

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bot", "admin", "db", "locales")
FILES = {
    "db": {
        *("models", "rules", "services", "queries", "staff_services", "staff_queries"),
        *("notices", "sweeps", "personal", "pack", "demo", "check", "papers", "handover", "lists"),
    },
    "bot": {"callbacks", "screens", "handlers", "notices", "receipts", "menu", "links", "duties"},
    "admin": {"views", "forms", "tables"},
}
OF_PARTS = {"db": (), "bot": ("screens_", "handlers_"), "admin": ("report_",)}
OWN_WORDS = {"db": 3, "bot": 0, "admin": 0}
"""How many files may have a name of the domain's own, like `seats`."""

BY_ACCOUNT = {"db.personal": {"inbox"}}
"""What came in is kept by messenger account and knows no person, so its part has another shape."""

BESIDE = {
    "db": {"overviews", "packs", "demo", "migrations"},
    "bot": {"dialogs", "dispatch", "monitoring", "outbox", "sandbox", "telegram", "ui", "updates"},
    "admin": {"static", "templates", "today"},
}
"""Folders that are no nouns: the floor above them, packs, demo data, migrations; the bot's rooms; what pages need."""


def folders(package: str) -> set[str]:
    """Every folder of a package that holds a file, an `__init__.py` or not."""
    found = (path for path in (ROOT / package).iterdir() if path.is_dir() and path.name != "__pycache__")
    return {path.name for path in found if any(one.suffix != ".pyc" for one in path.rglob("*") if one.is_file())}


def noun_folders() -> Iterator[tuple[str, str, Path]]:
    for package in FILES:
        for noun in NOUNS:
            folder = ROOT / package / noun
            if (folder / "__init__.py").exists():
                yield package, noun, folder


def classes(package: str) -> Iterator[tuple[str, str]]:
    """Every class of a package with its file; those inside of classes and functions too."""
    for path in sorted((ROOT / package).rglob("*.py")):
        if "versions" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                yield node.name, str(path.relative_to(ROOT))


def kinds() -> dict[str, Part[Any]]:
    """Every kind of part, by where it stands."""
    homes = [nouns, bot_nouns, admin_nouns, matrix]
    return {
        f"{part.package}.{part.file}": part for home in homes for part in vars(home).values() if isinstance(part, Part)
    }


def test_a_noun_has_files_of_the_closed_list_and_few_words_of_its_own() -> None:
    wrong = {}
    for package, noun, folder in noun_folders():
        own = [
            path.stem
            for path in folder.glob("*.py")
            if path.stem not in FILES[package] | {"__init__"} and not path.stem.startswith(OF_PARTS[package])
        ]
        if len(own) > OWN_WORDS[package]:
            wrong[f"{package}/{noun}"] = sorted(own)
    assert not wrong


@pytest.mark.parametrize("package", FILES)
def test_every_folder_is_a_noun_or_stands_beside_them(package: str) -> None:
    strange = sorted(folders(package) - BESIDE[package] - set(NOUNS))
    assert not strange, f"{package}/{strange}: give each its line in NOUNS, or name it in BESIDE, or remove it"
    gone = sorted(BESIDE[package] - folders(package))
    assert not gone, f"{package}/{gone}: take what is no more out of BESIDE"


def test_every_noun_has_its_folder_in_db() -> None:
    missing = sorted(set(NOUNS) - folders("db"))
    assert not missing, f"db/{missing}: make the folder with its __init__.py, or take the line out of NOUNS"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_with_code_is_a_package(package: str) -> None:
    loose = sorted(
        str(folder.relative_to(ROOT))
        for folder in {path.parent for path in (ROOT / package).rglob("*.py")}
        if "migrations" not in folder.parts  # alembic opens them by path
        and not (folder / "__init__.py").exists()
    )
    assert not loose, f"{loose}: add an __init__.py to each, or remove it: no other house test looks into it"


@pytest.mark.parametrize("package", ["bot", "admin", "db"])
def test_a_class_has_a_name_of_its_own(package: str) -> None:
    places = defaultdict(list)
    for name, place in classes(package):
        places[name].append(place)
    assert not {name: found for name, found in places.items() if len(found) > 1}


def test_a_prefix_belongs_to_one_button() -> None:
    for path in sorted((ROOT / "bot").glob("*/*.py")):
        if "CallbackData" in path.read_text(encoding="utf-8"):
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    buttons = [one for one in CallbackData.__subclasses__() if one.__module__.startswith("bot.")]
    assert len(buttons) > 50
    assert not {prefix: count for prefix, count in Counter(one.__prefix__ for one in buttons).items() if count > 1}


@pytest.mark.parametrize("kind", kinds())
def test_a_part_offers_what_its_protocol_says(kind: str) -> None:
    part = kinds()[kind]
    found = nouns.parts(part)
    assert found
    wrong = [
        problem
        for noun, module in found.items()
        if noun not in BY_ACCOUNT.get(kind, ())
        for problem in differences(noun, module, part.protocol)
    ]
    assert not wrong


def differences(noun: str, module: ModuleType, protocol: type) -> Iterator[str]:
    for name in offered(protocol):
        if not hasattr(module, name):
            yield f"{noun}: no {name}"
            continue
        asked = getattr(protocol, name, None)
        if inspect.isfunction(asked) and shape(asked)[1:] != shape(getattr(module, name)):
            yield f"{noun}: {name}{inspect.signature(getattr(module, name))}, not {inspect.signature(asked)}"


def offered(protocol: type) -> set[str]:
    methods = {name for name, what in vars(protocol).items() if inspect.isfunction(what) and name[0] != "_"}
    return methods | set(inspect.get_annotations(protocol))


def shape(function: Any) -> list[tuple[str, object]]:
    return [(one.name, one.kind) for one in inspect.signature(function).parameters.values()]
