"""Every text that the code asks for is there, in every language it must be in, and alike in its parameters."""

import ast
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message

import locales
from bot.ui.languages import language as spoken
from locales import catalogues, languages, translator

ROOT = Path(__file__).resolve().parents[2]
KEY = re.compile(r"[a-z_]+(\.[a-z0-9_-]+)+")
ALLOWED_TAGS = {"b", "i", "u", "s", "code", "a", "blockquote"}


def test_the_journal_speaks_of_deeds_and_not_of_men() -> None:
    """«Одобрил» of a journal was said of women too: a deed has no gender."""
    said = {
        key: text
        for key, message in messages("ru").items()
        if key.startswith("audit.action.")
        for text in forms(message)
    }
    assert said and not {key: text for key, text in said.items() if re.match(r"\w+(ил|ел|ал|ыл|ял|ёл)\b", text)}


def test_quotation_marks_inside_others_are_the_inner_ones() -> None:
    text = translator("ru").plain("errors.document_empty", name="справка «Лицей № 1».pdf")
    assert text.startswith("«справка „Лицей № 1“.pdf»")
    assert "„Лицей“" in translator("ru")("errors.document_empty", name="«Лицей»")


def test_a_number_in_a_text_of_one_form_is_said() -> None:
    """«settings.organisations.posters.first» stood above the posters, «imports.first» under a list's changes."""
    one = next(
        key
        for key, message in messages("ru").items()
        if isinstance(message.string, str) and re.findall(r"{(\w+)}", message.string) == ["n"]
    )
    assert translator("ru").plain(one, n=4) == str(messages("ru")[one].string).format(n=4)


def test_no_parameter_is_written_in_a_way_that_nobody_fills_in() -> None:
    """«Запись № %(number)s» stood on the card of a person whose two records had been merged."""
    known = [(key, text) for one in languages() for key, message in messages(one).items() for text in forms(message)]
    assert known and not [one for one in known if re.search(r"%\(|%s|\$[{(]", one[1])]


@cache
def messages(language: str) -> dict[str, Message]:
    found: dict[str, Message] = {}
    for path, catalog in catalogues(language):
        for message in catalog:
            if not message.id:
                continue
            key = message.id[0] if isinstance(message.id, tuple) else str(message.id)
            assert key not in found, f"{key} is twice in {language}: again in {path.name}"
            found[key] = message
    return found


def forms(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [str(message.string)]


@cache
def literals(package: str) -> tuple[set[str], set[str]]:
    """Whole keys in the code, and beginnings of keys that are put together when it runs."""
    whole: set[str] = set()
    begun: set[str] = set()
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
                whole.add(node.value)
            if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
                start = str(node.values[0].value)
                if re.fullmatch(r"[a-z_]+(\.[a-z0-9_-]+)*[._]", start) and "." in start:
                    begun.add(start)
    for path in (ROOT / package).rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        whole |= {
            match for match in re.findall(r"""t(?:\.plain)?\(\s*["']([a-z_.0-9-]+)["']""", text) if KEY.fullmatch(match)
        }
        begun |= set(re.findall(r"""t(?:\.plain)?\(\s*["']([a-z_.0-9-]+[._])["']\s*[~+]""", text))
        begun |= {
            match for match in re.findall(r"""["']([a-z_]+(?:\.[a-z0-9_-]+)*[._])["']\s*[~+]""", text) if "." in match
        }
        whole |= set(re.findall(r"""["']([a-z_]+(?:\.[a-z0-9_-]+)+)["']""", text))
    return whole, begun


def test_every_key_in_the_code_has_a_russian_text() -> None:
    asked = set().union(*(literals(package)[0] for package in ("bot", "admin", "locales")))
    asked |= {f"errors.{code}" for code in domain_error_codes()}
    known = messages("ru")
    nouns = {key.split(".")[0] for key in known}
    missing = {
        key for key in asked if key.split(".")[0] in nouns and key not in known and not looks_like_something_else(key)
    }
    assert not missing


def looks_like_something_else(key: str) -> bool:
    """Audit actions, kinds of notices and files share the shape of keys."""
    endings = (".html", ".css", ".js", ".json", ".xlsx", ".pdf", ".svg", ".png", ".ics", ".index", "_")
    return key.endswith(endings) or key in names_of_code()


@cache
def names_of_code() -> set[str]:
    """Strings that name an action, a kind, an endpoint: values of known arguments and decorators."""
    found: set[str] = set()
    for package in ("bot", "admin", "db"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.keyword) and node.arg in ("action", "kind", "name", "endpoint", "template"):
                    found |= {item.value for item in ast.walk(node.value) if isinstance(item, ast.Constant)}
                if isinstance(node, ast.Dict):
                    found |= {item.value for item in node.keys if isinstance(item, ast.Constant)}
                if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
                    "url_for",
                    "Router",
                    "redirect_to",
                ):
                    found |= {item.value for item in node.args if isinstance(item, ast.Constant)}
                if isinstance(node, ast.Assign) and any(
                    isinstance(target, ast.Name) and target.id.isupper() for target in node.targets
                ):
                    found |= {item.value for item in ast.walk(node.value) if isinstance(item, ast.Constant)}
    for path in (ROOT / "admin").rglob("*.html"):
        found |= set(re.findall(r"url_for\(\s*[\"']([^\"']+)", path.read_text(encoding="utf-8")))
    return {item for item in found if isinstance(item, str)}


def test_the_journal_names_every_deed_and_object_in_words() -> None:
    """It showed `applications.read_document` and «document» as they stand in the code."""
    wanted = set()
    for package in ("admin", "db"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                told = {word.arg: word.value for word in node.keywords}
                if name == "_record":
                    wanted |= {f"audit.action.{text}" for item in node.args for text in dotted(item)}
                elif "object_type" in told:
                    wanted |= {f"audit.action.{text}" for text in dotted(told.get("action"))}
                    if isinstance(told["object_type"], ast.Constant):
                        wanted.add(f"audit.object.{told['object_type'].value}")
    assert len(wanted) > 30
    assert not wanted - set(messages("ru"))


def dotted(node: ast.expr | None) -> set[str]:
    """Strings such as «people.read» within an expression."""
    texts = {item.value for item in ast.walk(node) if isinstance(item, ast.Constant)} if node else set()
    return {text for text in texts if isinstance(text, str) and KEY.fullmatch(text)}


REFUSING = ("DomainError", "NotFoundError", "ForbiddenError", "ConflictError", "StorageError", "RefusedFile")


@cache
def domain_error_codes() -> set[str]:
    codes: set[str] = set()
    for package in ("bot", "admin", "db"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                name = getattr(getattr(node, "func", None), "id", "")
                if (
                    isinstance(node, ast.Call)
                    and name in REFUSING
                    and node.args
                    and isinstance(node.args[0], ast.Constant)
                ):
                    codes.add(str(node.args[0].value))
    return codes


@cache
def asked_by_the_bot() -> set[str]:
    """Without the sandbox's page: it is a developer's tool and speaks Russian."""
    whole, begun = literals("bot")
    db_errors = {f"errors.{code}" for code in domain_error_codes()}
    return {
        key
        for key in messages("ru")
        if not key.startswith("sandbox.")
        and (key in whole or key in db_errors or any(key.startswith(start) for start in begun))
    }


@pytest.mark.parametrize("language", [language for language in languages() if language != "ru"])
def test_every_text_of_the_bot_is_in_every_language(language: str) -> None:
    assert not asked_by_the_bot() - set(messages(language))


@pytest.mark.parametrize("language", [language for language in languages() if language != "ru"])
def test_no_language_has_texts_that_russian_lacks(language: str) -> None:
    assert not set(messages(language)) - set(messages("ru"))


@pytest.mark.parametrize("language", languages())
def test_no_text_is_empty_and_parameters_are_the_same(language: str) -> None:
    wrong = {}
    for key, message in messages(language).items():
        wanted = parameters(messages("ru")[key])
        if any(not form.strip() for form in forms(message)) or parameters(message) != wanted:
            wrong[key] = (parameters(message), wanted)
    assert not wrong


def parameters(message: Message) -> set[str]:
    """Names in braces; `n` may be missing from some plural forms («одно место»)."""
    names = {name for form in forms(message) for _, name, _, _ in Formatter().parse(form) if name}
    return names - {"n"}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED_TAGS:
            self.wrong.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"/{tag}")


@pytest.mark.parametrize("language", languages())
def test_the_bots_html_is_what_every_messenger_shows(language: str) -> None:
    wrong = {}
    asked = asked_by_the_bot()
    for key, message in messages(language).items():
        if key not in asked:
            continue
        for form in forms(message):
            parser = _Tags()
            parser.feed(form)
            if parser.wrong or parser.open:
                wrong[key] = parser.wrong or parser.open
    assert not wrong


def test_no_text_is_left_that_nobody_asks_for() -> None:
    whole: set[str] = set()
    begun: set[str] = set()
    for package in ("bot", "admin", "db", "locales"):
        keys, starts = literals(package)
        whole |= keys
        begun |= starts
    codes = {f"errors.{code}" for code in domain_error_codes()}
    begun.add("sandbox.")  # asked for by the page's script
    dead = {
        key
        for key in messages("ru")
        if key not in whole and key not in codes and not any(key.startswith(start) for start in begun)
    }
    assert not dead


def test_a_language_is_a_catalogue_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new one was offered in the settings, but a newcomer whose Telegram speaks it met Russian."""
    assert (spoken("tt", "ru"), spoken("de", "ru"), spoken("en-GB", "ru"), spoken(None, "ru")) == (
        "ru",
        "en",
        "en",
        "ru",
    )
    for known in languages():
        (tmp_path / known).symlink_to(ROOT / "locales" / known)
    (tmp_path / "tt" / "LC_MESSAGES").mkdir(parents=True)
    catalogue = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "menu.home"\nmsgstr "Баш бит"\n'
    (tmp_path / "tt" / "LC_MESSAGES" / "bot.po").write_text(catalogue, encoding="utf-8")
    monkeypatch.setattr(locales, "FOLDER", tmp_path)
    languages.cache_clear()
    translator.cache_clear()
    try:
        assert languages() == ("en", "ru", "tt")
        assert spoken("tt", "ru") == "tt"
        assert translator("tt").plain("menu.home") == "Баш бит"
    finally:
        languages.cache_clear()
        translator.cache_clear()
