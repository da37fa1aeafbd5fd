"""One's own data as files: a page for people, which a phone opens as it is, and an archive with JSON for machines."""

import io
import json
import re
import zipfile
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from bot.people.screens_menu import moment
from bot.ui.receipts import Attachment
from locales import Texts

CODE = re.compile(r"[a-z_]+\.[a-z_.]+")
_PAGE = Markup(
    '<!doctype html><html lang="{language}"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
    "<style>body{{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}}"
    "dt{{font-weight:600}}dd{{margin:0 0 .5rem 1rem}}section{{border-left:3px solid #ccc;padding-left:1rem;"
    "margin:1rem 0}}</style><h1>{title}</h1><p>{made}</p>{body}</html>"
)


def files(t: Texts, data: dict[str, Any], zone: ZoneInfo, now: datetime) -> tuple[Attachment, Attachment]:
    """The page and the archive, each with everything: in words on the page, as it is stored in the archive's JSON."""
    words = page(t, data, zone, now).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2, default=_plain))
        packed.writestr("data.html", words)
    name = f"opora-{now.astimezone(zone):%Y-%m-%d}"
    return Attachment(words, f"{name}.html"), Attachment(buffer.getvalue(), f"{name}.zip")


def page(t: Texts, data: dict[str, Any], zone: ZoneInfo, now: datetime) -> str:
    """The page for people: every value with its name."""
    body = Markup().join(
        Markup("<h2>{}</h2>{}").format(_label(t, name), _value(t, value, zone)) for name, value in data.items()
    )
    made = t("people.export_made", when=moment(t, now, zone))
    return str(_PAGE.format(language=t.language, title=t.plain("people.export_title"), made=made, body=body))


def _label(t: Texts, name: str) -> str:
    return t.plain(f"people.export.{name}")


def _value(t: Texts, value: Any, zone: ZoneInfo) -> Markup:
    if value is None or value == "" or value == []:
        return Markup("<span>—</span>")
    if isinstance(value, dict):
        rows = (
            Markup("<dt>{}</dt><dd>{}</dd>").format(_label(t, key), _value(t, one, zone)) for key, one in value.items()
        )
        return Markup("<dl>{}</dl>").format(Markup().join(rows))
    if isinstance(value, list):
        return Markup().join(Markup("<section>{}</section>").format(_value(t, one, zone)) for one in value)
    if isinstance(value, bool):
        return escape(t.plain("people.export_yes" if value else "people.export_no"))
    if isinstance(value, datetime):
        return escape(moment(t, value, zone))
    word = f"people.word.{value}"
    if isinstance(value, str) and CODE.fullmatch(value):  # of what kind, or what was done: the noun says enough
        word = f"people.word.{value.partition('.')[0]}"
    return escape(t.plain(word) if isinstance(value, str) and t.has(word) else value)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
