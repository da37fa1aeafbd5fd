"""The menu by role: what is unfinished stands above, what leads anywhere below."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from markupsafe import Markup

from bot import nouns
from bot.applications.callbacks import OpenApplicationTap as ApplicationsTap
from bot.events.callbacks import CardTap
from bot.people.callbacks import ContinueTap, DataTap, FieldTap, HelpTap, MoreTap, PanelTap, SettingsTap
from bot.reports.callbacks import SummaryTap
from bot.ui.moments import label
from bot.ui.screens import PAGE, Button, Screen, columns, menu_row, paragraphs, short
from db.active.queries import OwnActive
from db.overviews.home import MenuHome
from db.people.queries import Visitor
from db.people.rules import given_name
from locales import Texts


def menu(
    t: Texts,
    home: MenuHome,
    visitor: Visitor,
    zone: ZoneInfo,
    lead: str | None = None,
    own: OwnActive | None = None,
) -> Screen:
    """What is needed most within one tap, the rest within two; at most three reminders of what is unfinished.

    Above stands what an active member has to do.
    """
    name = given_name(home.full_name)
    hello = t("menu.title_name", name=name) if name else t("menu.title")
    told, urgent = unfinished(t, home, zone)
    text = paragraphs(said(t, lead), "\n\n".join(told[:3]), to_do(t, own), hello)
    front, rest = _places(t, home, visitor)
    if rest:
        front.insert(-1, Button(t.plain("menu.more"), MoreTap()))
    return Screen(text, [*urgent, *columns(front, width=2), *_panel(t, visitor)])


def more(t: Texts, home: MenuHome, visitor: Visitor) -> Screen:
    """The places that the menu has no room for."""
    _front, rest = _places(t, home, visitor)
    return Screen(t("menu.more.title"), [*columns(rest, width=2), menu_row(t)])


def _places(t: Texts, home: MenuHome, visitor: Visitor) -> tuple[list[Button], list[Button]]:
    """The first and the last, which is help, as many as a screen has room for; and those between."""
    places = [button for place in nouns.places() if (button := place.button(t, home, visitor)) is not None]
    if len(places) <= PAGE:
        return places, []
    return [*places[: PAGE - 2], places[-1]], places[PAGE - 2 : -1]


def to_do(t: Texts, own: OwnActive | None) -> str:
    """What an active member has to do, in one line; nothing where there is nothing."""
    counted = zip(nouns.duties(), own.counts if own else (), strict=False)
    said_of = [t(one.said, n=count) for one, count in counted if count]
    return t("active.to_do", what=Markup(" · ").join(said_of)) if said_of else ""


def staff_menu(t: Texts, visitor: Visitor, lead: str | None = None) -> Screen:
    """For a methodist who has no teacher's profile and may not want one."""
    return Screen(
        paragraphs(said(t, lead), t("menu.staff")),
        [
            *_panel(t, visitor),
            [Button(t.plain("menu.fill_profile"), ContinueTap())],
            [
                Button(t.plain("people.my_data"), DataTap(action="home")),
                Button(t.plain("menu.settings"), SettingsTap()),
            ],
            [Button(t.plain("people.help"), HelpTap())],
        ],
    )


def unfinished(t: Texts, home: MenuHome, zone: ZoneInfo) -> tuple[list[str], list[list[Button]]]:
    """What waits for the person or comes next, and the buttons to what waits."""
    told: list[str] = []
    rows: list[list[Button]] = []
    if home.offer is not None and home.offer.until is not None:
        until, ours = moment(t, home.offer.until, zone), label(t, home.offer.until, zone)
        told.append(t("menu.offer", title=short(home.offer.title, 80), until=until, zone=ours))
        rows.append([Button(t.plain("menu.take_seat"), CardTap(event_id=home.offer.event_id), style="primary")])
    if home.remark:
        told.append(t("menu.remark"))
        rows.append([Button(t.plain("menu.see_remarks"), ApplicationsTap(), style="primary")])
    if home.no_organisation:
        told.append(t("menu.no_organisation"))
        rows.append([Button(t.plain("people.edit.organisation"), FieldTap(field="organisation"))])
    if home.next_event is not None:
        when, ours = moment(t, home.next_event.starts_at, zone), label(t, home.next_event.starts_at, zone)
        told.append(t("menu.next_event", title=short(home.next_event.title, 80), when=when, zone=ours))
    return told, rows


def said(t: Texts, lead: str | None) -> str:
    """What stands above a screen: a text's id, or words that are ready (Markup)."""
    if lead is None or isinstance(lead, Markup):
        return lead or ""
    return t(lead)


def moment(t: Texts, when: datetime, zone: ZoneInfo) -> str:
    """Day and hour in the region's zone, in words."""
    local = when.astimezone(zone)
    pattern = t.plain("people.moment_format")
    return format_datetime(local, pattern, locale=t.formats)


def _panel(t: Texts, visitor: Visitor) -> list[list[Button]]:
    if visitor.staff_id is None:
        return []
    return [[Button(t.plain("menu.panel"), PanelTap()), Button(t.plain("menu.summary"), SummaryTap())]]
