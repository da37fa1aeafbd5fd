"""How moments and numbers look on a page: in the region's zone, in Russian."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

import segno
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from babel.units import format_unit
from flask import Flask, request, url_for
from markupsafe import Markup

from admin.panel import Panel
from locales import Texts

LOCALE = "ru"
DASH = "—"
DAYS_TOLD = 60
HOUR = 3600
MOST_TOLD = 20
"""Of a list in the journal; how many there are is told besides."""


def install(app: Flask, panel: Panel) -> None:
    """Filters of the templates: `day`, `moment`, `clock`, `ago`, `number`; `with_args` for links of lists, and `qr`."""

    def day(value: datetime | date | None) -> str:
        """2 марта 2026 г."""
        if value is None:
            return DASH
        return format_date(panel.local(value) if isinstance(value, datetime) else value, "d MMMM y", locale=LOCALE)

    def moment(value: datetime | None) -> str:
        """2 марта, 11:00; with the year when it is another one."""
        if value is None:
            return DASH
        local = panel.local(value)
        this_year = local.year == panel.local(panel.now()).year
        return format_datetime(local, "d MMMM, HH:mm" if this_year else "d MMMM y, HH:mm", locale=LOCALE)

    def clock(value: datetime | None) -> str:
        """Says the hour: 11:00."""
        return DASH if value is None else format(panel.local(value), "%H:%M")

    def ago(value: datetime | None) -> str:
        """Says how long it has been: 21 час, 17 дней, 3 месяца.

        Full hours, then full days up to two months: rounding them put «60 минут» into a queue, and «1 неделя» above
        «8 дней» in one that is sorted by age.
        """
        if value is None:
            return DASH
        passed = panel.now() - value
        if 1 <= passed.days < DAYS_TOLD:
            return format_unit(passed.days, "duration-day", length="long", locale=LOCALE)
        if passed.days == 0 and passed.seconds >= HOUR:
            return format_unit(passed.seconds // HOUR, "duration-hour", length="long", locale=LOCALE)
        return format_timedelta(passed, threshold=1.2, locale=LOCALE)

    def number(value: float | None) -> str:
        """Says a number by the Russian rules: 12 345,6."""
        return DASH if value is None else format_decimal(value, locale=LOCALE)

    def objects_name(kind: str) -> tuple[str, str]:
        """A kind of the journal's objects with its name, where it has one."""
        key = f"audit.object.{kind}"
        return kind, panel.t.plain(key) if panel.t.has(key) else kind

    app.jinja_env.filters.update(day=day, moment=moment, clock=clock, ago=ago, number=number, objects_name=objects_name)
    app.jinja_env.filters["month"] = lambda value: format_date(value, "LLLL y", locale=LOCALE)
    app.jinja_env.filters["in_words"] = partial(in_words, panel.t)
    app.jinja_env.globals.update(with_args=with_args, qr=qr)


TITLED = {"report": "reports.panel", "kind": "memos.title"}
"""Where titles of what a journal line names by its code stand."""


def qr(link: str) -> Markup:
    """Returns a code for a phone's camera as a drawing that fits its place."""
    return Markup(segno.make(link, error="m").svg_inline(scale=1, border=2, omitsize=True))  # noqa: S704


def in_words(t: Texts, details: Mapping[str, Any]) -> str:
    """Tells a journal line's details in words: «роль: наставник; версия: 2»; a code without a word stays a code."""
    told = ((key, value) for key, value in details.items() if value not in (None, "", [], {}))
    return "; ".join(f"{_named(t, key)}: {_valued(t, value, key)}" for key, value in told)


def _named(t: Texts, key: str) -> str:
    names = (f"audit.detail.{key}", f"settings.rules.{key}")
    return next((t.plain(name).lower() for name in names if t.has(name)), key)


def _valued(t: Texts, value: Any, of: str = "") -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_named(t, key)} — {_valued(t, one, key)}" for key, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        rest = f" … {len(value)}" if len(value) > MOST_TOLD else ""
        return ", ".join(str(one) for one in value[:MOST_TOLD]) + rest
    code = str(value).lower()
    names = (f"audit.value.{of}.{code}", f"{TITLED[of]}.{code}" if of in TITLED else "", f"audit.value.{code}")
    return next((t.plain(name) for name in names if name and t.has(name)), str(value))


def with_args(**changes: Any) -> str:
    """Returns the page's address with some parameters changed; None drops one."""
    values: dict[str, Any] = request.args.to_dict(flat=False)
    values.update(changes)
    kept = {key: value for key, value in values.items() if value is not None and key != "next"}
    return url_for(request.endpoint or "today.index", **{**(request.view_args or {}), **kept})
