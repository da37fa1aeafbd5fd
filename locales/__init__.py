"""Every text a person reads, by message id, through gettext.

A language is a folder `locales/<language>/LC_MESSAGES` with one or more `.po` files; all of them are read
together, so a new language may be a single file. Catalogues are compiled at the first use; what was compiled is kept
beside this file as Python keeps its own, and holds for as long as the `.po` files stay what they were.
"""

import contextlib
import os
import struct
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from gettext import GNUTranslations
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

FOLDER = Path(__file__).parent
DEFAULT_LANGUAGE = "ru"
SAFE = (Markup, int, float)
INNER = str.maketrans("«»", "„“")


class Texts:
    """The texts of one language. A missing id is answered from the default language, else by the id itself."""

    def __init__(self, language: str, catalog: GNUTranslations, ids: frozenset[str]) -> None:
        self.language = language
        self.formats = language if _known(language) else DEFAULT_LANGUAGE
        """How dates and numbers are written: where nobody has told for this language, as in the default one."""
        self._catalog = catalog
        self._ids = ids

    def __call__(self, message_id: str, /, n: int | None = None, **params: object) -> Markup:
        """The text as safe HTML: parameters are escaped unless they are Markup. `n` chooses the plural form."""
        text = self._find(message_id, n)
        if n is not None:
            params["n"] = n
        if "«{" in text:
            params = _inside(text, params)
        # Markup's own formatting is slow and matters only for what brings a way of its own to be written.
        safe = {name: escape(value) if type(value) is str else value for name, value in params.items()}
        if all(type(value) in SAFE for value in safe.values()):
            return Markup(text.format(**safe))  # noqa: S704
        return Markup(text).format(**safe)  # noqa: S704

    def plain(self, message_id: str, /, n: int | None = None, **params: object) -> str:
        """The text as it is, for buttons, toasts, file names: nothing is escaped."""
        text = self._find(message_id, n)
        if "«{" in text:
            params = _inside(text, params)
        return text.format(**params, **({} if n is None else {"n": n}))

    def has(self, message_id: str) -> bool:
        """Whether this very language has the id."""
        return message_id in self._ids

    def keys(self, prefix: str) -> dict[str, str]:
        """Every text whose id starts with the prefix, for pages that translate in the browser."""
        return {key: self._catalog.gettext(key) for key in sorted(self._ids) if key.startswith(prefix)}

    def _find(self, message_id: str, n: int | None) -> str:
        if n is None:
            return self._catalog.gettext(message_id)
        text = self._catalog.ngettext(message_id, message_id, n)
        # A text of one form that says a number stands in no place of the plural ones.
        return self._catalog.gettext(message_id) if text == message_id else text


def _known(language: str) -> bool:
    try:
        Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return False
    return True


def language_name(code: str, names: Mapping[str, str]) -> str:
    """A language's name in that language, with a capital letter; `names` are those of a region's own languages."""
    name = names.get(code) or (Locale.parse(code).get_display_name(code) if _known(code) else None) or code
    return name[:1].upper() + name[1:]


def _inside(text: str, params: dict[str, object]) -> dict[str, object]:
    """Quotation marks inside those of the text are the inner ones: what is quoted often has its own."""
    return {
        name: value.translate(INNER) if isinstance(value, str) and f"«{{{name}}}" in text else value
        for name, value in params.items()
    }


@cache
def languages() -> tuple[str, ...]:
    """Codes of the languages that have a catalogue."""
    return tuple(sorted(p.parent.name for p in FOLDER.glob("*/LC_MESSAGES") if any(p.glob("*.po"))))


def catalogues(language: str) -> Iterable[tuple[Path, Catalog]]:
    """The language's `.po` files, read."""
    for path in sorted((FOLDER / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            yield path, read_po(file, locale=language)


@cache
def translator(language: str = DEFAULT_LANGUAGE) -> Texts:
    """Texts of a language; of the default one when there is no such language."""
    if language not in languages():
        language = DEFAULT_LANGUAGE
    compiled = _compiled(language)
    known: dict[str | tuple[str, int], str] = compiled._catalog  # type: ignore[attr-defined]  # its ids are told nowhere else
    ids = frozenset(key[0] if isinstance(key, tuple) else key for key in known if key)
    if language != DEFAULT_LANGUAGE:
        compiled.add_fallback(translator(DEFAULT_LANGUAGE)._catalog)
    return Texts(language, compiled, ids)


def _compiled(language: str) -> GNUTranslations:
    """The language's `.po` files as one: a start reads what was compiled in a twentieth of the time."""
    paths = sorted((FOLDER / language / "LC_MESSAGES").glob("*.po"))
    digest = sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    kept = FOLDER / "__pycache__" / f"{language}-{digest[:16]}.mo"
    # A power cut leaves half a file or none: what cannot be read is made anew.
    with contextlib.suppress(OSError, ValueError, struct.error):
        return GNUTranslations(BytesIO(kept.read_bytes()))
    first, *others = (catalog for _, catalog in catalogues(language))
    merged: Catalog = first  # with its own plural forms: for a small language nobody else knows them
    for catalog in others:
        for message in catalog:
            if message.id:
                merged[message.id] = message
    buffer = BytesIO()
    write_mo(buffer, merged)
    if not sys.dont_write_bytecode:
        _keep(kept, buffer.getvalue(), language)
    buffer.seek(0)
    return GNUTranslations(buffer)


def _keep(kept: Path, compiled: bytes, language: str) -> None:
    """Puts it there at one stroke, and what older files said away. Where nothing may be written it is done without."""
    fresh = kept.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        kept.parent.mkdir(exist_ok=True)
        try:
            fresh.write_bytes(compiled)
            fresh.chmod(0o644)  # whoever compiled it, another account may run the product
            os.replace(fresh, kept)
        finally:
            fresh.unlink(missing_ok=True)
        for older in set(kept.parent.glob(f"{language}-*.mo")) - {kept}:
            older.unlink(missing_ok=True)
