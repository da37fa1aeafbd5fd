"""One's own data: what is stored, and the ways to correct, take along, stop and erase it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.people.callbacks import CheckProfileTap, DataTap, ReadConsentTap, WelcomeTap
from bot.people.screens_menu import moment
from bot.people.screens_profile import value_of
from bot.ui.moments import label
from bot.ui.screens import Button, Screen, menu_row, paragraphs, short
from db.erasure import Overview
from db.people.rules import FIELDS
from locales import Texts


def overview(t: Texts, seen: Overview, zone: ZoneInfo, *, consented: bool) -> Screen:
    """Everything stored, in plain words."""
    known = [field for field in FIELDS if getattr(seen.profile, field) is not None]
    profile = ", ".join(short(value_of(t, seen.profile, field), 60) for field in known)
    lines = "\n".join(t(f"people.data.{name}", n=count) for name, count in seen.counts.items() if count)
    given = seen.consent_given_at
    text = paragraphs(
        t("people.data_title"),
        t("people.data_profile", profile=profile or t.plain("people.empty")),
        lines,
        t("people.data_consent", version=seen.consent_version, when=moment(t, given, zone), zone=label(t, given, zone))
        if given
        else t("people.data_no_consent"),
    )
    download = [Button(t.plain("people.data_download"), DataTap(action="export"))]
    erase = Button(t.plain("people.data_erase"), DataTap(action="erase"))
    if not consented:
        return Screen(text, [[Button(t.plain("people.to_consent"), ReadConsentTap())], download, [erase]])
    return Screen(
        text,
        [
            [Button(t.plain("people.data_correct"), CheckProfileTap())],
            download,
            [Button(t.plain("people.data_withdraw"), DataTap(action="withdraw"))],
            [erase],
            menu_row(t),
        ],
    )


def nothing_stored(t: Texts) -> Screen:
    """To a stranger: there is nothing."""
    return Screen(t("people.data_nothing"), [[Button(t.plain("people.begin"), ReadConsentTap())]])


def page_caption(t: Texts) -> Screen:
    """Under the page with everything, for people."""
    return Screen(t("people.data_page"))


def file_caption(t: Texts) -> Screen:
    """Under the archive with everything, for machines."""
    return Screen(t("people.data_file"), [menu_row(t)])


def confirm(t: Texts, action: str, *, selections: bool) -> Screen:
    """What exactly will happen, before it does: `withdraw` or `erase`; applications only where there are selections."""
    return Screen(
        t(f"people.data_{action}_about" if selections else f"people.data_{action}_about.events"),
        [
            [Button(t.plain(f"people.data_{action}_yes"), DataTap(action=f"{action}_yes"), style="danger")],
            [Button(t.plain("people.data_stay"), DataTap(action="home"))],
        ],
    )


def withdrawn(t: Texts, erased_at: datetime, zone: ZoneInfo, *, selections: bool) -> Screen:
    """The consent is withdrawn; until a moment one may come back or erase at once."""
    said = "people.data_withdrawn" if selections else "people.data_withdrawn.events"
    return Screen(
        t(said, when=moment(t, erased_at, zone), zone=label(t, erased_at, zone)),
        [
            [Button(t.plain("people.to_consent"), ReadConsentTap())],
            [Button(t.plain("people.data_erase_now"), DataTap(action="erase"))],
        ],
    )


def came_back(t: Texts, payload: str = "") -> Screen:
    """To somebody whose consent is withdrawn and whose data are not erased yet."""
    return Screen(
        t("people.data_came_back"),
        [
            [Button(t.plain("people.to_consent"), ReadConsentTap(payload=payload), style="primary")],
            [Button(t.plain("people.data_erase_now"), DataTap(action="erase"))],
        ],
    )


def erased(t: Texts) -> Screen:
    """Everything is gone."""
    return Screen(t("people.data_erased"), [[Button(t.plain("people.begin_anew"), WelcomeTap())]])
