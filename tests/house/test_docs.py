"""What the documents name must be there: files, modules, names in them, and the glossary's words."""

import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from db.nouns import NOUNS

ROOT = Path(__file__).resolve().parents[2]
PLACES = (".ci", ".github", "admin", "bot", "db", "deploy", "docs", "locales", "tests")
PACKAGES = ("admin", "bot", "db", "locales", "tests")
KINDS = ("css", "html", "js", "md", "po", "py", "service", "svg", "toml", "txt", "yaml", "yml")
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted(path for place in PLACES for path in (ROOT / place).rglob("*.md"))]

FENCE = re.compile(r"^```.*?^```", re.M | re.S)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"^[\w.<>*@-]+(/[\w.<>*@-]+)*/?$")
NAMED = re.compile(r"^([\w.<>*/-]+\.py): (\w+)$")
MODULE = re.compile(rf"^(?:{'|'.join(PACKAGES)})(?:\.\w+)+$")
OPEN = re.compile(r"<\w+>|NNNN")
NOT_OURS = ("deploy/tls",)
"""What an operator puts there."""


@cache
def everything() -> frozenset[str]:
    """Every file and folder of the repository, as a path from its root."""
    kept = [path for path in ROOT.iterdir() if path.is_file()]
    for place in PLACES:
        kept += (path for path in (ROOT / place).rglob("*") if "__pycache__" not in path.parts)
    return frozenset(path.relative_to(ROOT).as_posix() for path in kept) | set(PLACES)


def found(path: str, beside: Path) -> list[Path]:
    """Files and folders of this path, from the root or from beside the document; `<noun>` and NNNN stand for any."""
    pattern = OPEN.sub("*", path).rstrip("/")
    if "/" not in pattern:
        return [ROOT / known for known in everything() if Path(known).match(pattern)]
    return [hit for start in (ROOT, beside) for hit in start.glob(pattern)]


def is_path(word: str) -> bool:
    """Whether a word looks like a file or a folder of ours: it begins with a folder of ours or ends like a file."""
    if not PATH.match(word) or word in NOT_OURS or re.fullmatch(r"<.*|\.\w+", word):
        return False
    return ("/" in word and word.split("/")[0] in PLACES) or word.rpartition(".")[2] in KINDS


def defines(path: Path, name: str) -> bool:
    """Whether a module speaks of this name at all."""
    return path.is_file() and re.search(rf"\b{name}\b", path.read_text(encoding="utf-8")) is not None


def resolves(dotted: str) -> bool:
    """Whether a dotted name is a package, a module, or a name in one."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        base = ROOT.joinpath(*parts[:length])
        module = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
        if module.is_file() or base.is_dir():
            return length == len(parts) or defines(module, parts[length])
    return False


def missing(document: Path) -> Iterator[str]:
    """What the document names and the repository has not."""
    text = document.read_text(encoding="utf-8")
    beside = document.parent
    for fence in FENCE.findall(text):
        for word in fence.split():
            if word.split("/")[0] in PLACES and is_path(word) and not found(word, beside):
                yield word
    text = FENCE.sub("", text)
    for target in LINK.findall(text):
        path = target.partition("#")[0]
        if path and "://" not in path and not (beside / path).exists():
            yield target
    for span in SPAN.findall(text):
        named = NAMED.match(span)
        if named and not any(defines(path, named[2]) for path in found(named[1], beside)):
            yield span
        for word in (re.sub(r"^\w+=", "", word) for word in span.rstrip(":,").split()):
            word = word.rstrip(":,")
            if is_path(word):
                if not found(word, beside):
                    yield word
            elif MODULE.match(word) and not resolves(word):
                yield word


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_document_names_is_there(document: Path) -> None:
    assert not list(missing(document))


def glossary() -> list[str]:
    """The words of the glossary's first columns, one by one."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    part = text.split("## Glossary")[1].split("\n## ")[0]
    rows = re.findall(r"^\|([^|]+)\|", part, re.M)
    cells = [cell.strip() for cell in rows if cell.strip() not in ("in code", "") and set(cell.strip()) != {"-"}]
    return [word.strip() for cell in cells for word in re.split(r"[,:]", cell)]


def test_every_word_of_the_glossary_is_a_word_of_the_code() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8").lower().replace("_", " ")
        for package in ("admin", "bot", "db")
        for path in (ROOT / package).rglob("*.py")
    )
    words = glossary()
    assert len(words) > 40
    assert not [word for word in words if not re.search(rf"\b{word.lower().replace(' ', ' ?')}", code)]


def test_the_order_of_nouns_is_told_as_it_is() -> None:
    text = " ".join((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split())
    assert f"`{' → '.join(NOUNS)}`" in text


def test_the_methodists_guide_speaks_the_panels_own_words() -> None:
    """What is bold there stands on a page: a renamed button would leave its reader searching."""
    words = {
        str(text)
        for path in (ROOT / "locales/ru/LC_MESSAGES").glob("*.po")
        for message in read_po(io.BytesIO(path.read_bytes()))
        for text in (message.string if isinstance(message.string, tuple) else (message.string,))
    }
    guide = (ROOT / "docs/methodist.ru.md").read_text(encoding="utf-8")
    unknown = set(re.findall(r"\*\*(.+?)\*\*", guide, re.S)) - words
    assert not unknown, unknown
