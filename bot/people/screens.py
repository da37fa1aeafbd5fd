"""The first meeting: who I am, the consent, a kind goodbye; help and settings."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import get_day_names
from markupsafe import Markup

from bot.people.callbacks import (
    ConsentTap,
    ContinueTap,
    DataTap,
    DeclineTap,
    HelpTap,
    ReadConsentTap,
    SettingsTap,
    WelcomeTap,
)
from bot.people.screens_menu import said
from bot.ui.moments import label
from bot.ui.screens import Button, Screen, columns, menu_row, paragraphs
from db.dictionaries.rules import Rules
from db.packs import Pack
from db.people.queries import ConsentView, Profile
from locales import Texts, language_name, languages

CONSENT_PAGE = 600


def welcome(t: Texts, pack: Pack, payload: str = "", *, again: bool = False) -> Screen:
    """The very first screen: what this is, how long it takes, who sees the data; one button. ≤ 500 characters.

    `again` to a stranger who wrote something else: the button that keeps a link is the first one.
    """
    text = paragraphs(
        t("people.welcome", service=pack.about.service_name),
        t("people.welcome_link") if payload else t("people.welcome_again") if again else "",
        t("people.welcome_next"),
    )
    return Screen(text, [[Button(t.plain("people.begin"), ReadConsentTap(payload=payload), style="primary")]])


def consent(t: Texts, view: ConsentView, page: int = 0, payload: str = "") -> Screen:
    """The consent's own words, in pages that fit a phone; one agrees on the last page, after reading."""
    pages = consent_pages(view.text)
    page = min(max(page, 0), len(pages) - 1)
    last = page == len(pages) - 1
    text = paragraphs(
        t("people.consent_title", page=page + 1, pages=len(pages)),
        t("people.consent_renewed") if view.renewing and page == 0 else "",
        t("people.verbatim", text=pages[page]),
    )
    agree = Button(t.plain("people.agree"), ConsentTap(version=view.version, payload=payload), style="success")
    further = Button(t.plain("people.read_on"), ReadConsentTap(page=page + 1, payload=payload), style="primary")
    back = ReadConsentTap(page=page - 1, payload=payload) if page else WelcomeTap(payload=payload)
    return Screen(
        text,
        [
            [agree if last else further],
            [Button(t.plain("people.back"), back), Button(t.plain("people.not_now"), DeclineTap(payload=payload))],
        ],
    )


def consent_pages(text: str) -> list[str]:
    """The text by paragraphs, up to 600 characters a page; a longer paragraph is cut at a sentence or a space."""
    pages: list[str] = []
    for paragraph in text.split("\n\n"):
        for piece in _pieces(paragraph.strip()):
            if pages and len(pages[-1]) + len(piece) + 2 <= CONSENT_PAGE:
                pages[-1] += "\n\n" + piece
            elif piece:
                pages.append(piece)
    return pages or [""]


def declined(t: Texts, pack: Pack, payload: str = "") -> Screen:
    """No consent: that is fine, and a human is there all the same."""
    return Screen(
        paragraphs(t("people.declined"), _contact(t, pack)),
        [[Button(t.plain("people.to_consent"), ReadConsentTap(payload=payload))]],
    )


def resume(t: Texts, profile: Profile, step: int | None, steps: int, lead: str | None = None) -> Screen:
    """The profile waits where it was left; without a `step` all is answered and waits to be saved."""
    if step is None:
        text = t("people.resume_check")
    else:
        text = t("people.resume", step=step, steps=steps) if profile.full_name else t("people.resume_new", steps=steps)
    return Screen(
        paragraphs(said(t, lead), text),
        [
            [Button(t.plain("people.go_on"), ContinueTap(), style="primary")],
            [
                Button(t.plain("people.my_data"), DataTap(action="home")),
                Button(t.plain("people.help"), HelpTap()),
            ],
        ],
    )


def help_screen(t: Texts, pack: Pack, *, newcomer: bool, selections: bool) -> Screen:
    """How it works and who the human is; applications only where the service has selections."""
    out = [Button(t.plain("people.go_on"), ContinueTap())] if newcomer else menu_row(t)
    return Screen(
        paragraphs(t("people.help_selections") if selections else t("people.help_text"), _contact(t, pack)),
        [[Button(t.plain("people.who_sees"), HelpTap(topic="privacy"))], out],
    )


def privacy(t: Texts, pack: Pack) -> Screen:
    """Who sees what, in the region's own words."""
    return Screen(
        paragraphs(t("people.who_sees_title"), t("people.verbatim", text=pack.about.who_sees_what)),
        [[Button(t.plain("people.back"), HelpTap())], menu_row(t)],
    )


def settings(t: Texts, profile: Profile, rules: Rules, pack: Pack, zone: ZoneInfo, now: datetime) -> Screen:
    """Language, reminders, quiet hours, and by which clock times are shown."""
    weekdays = get_day_names("abbreviated", context="stand-alone", locale=t.formats)
    quiet = [*(weekdays[number - 1] for number in rules.quiet_weekdays), t.plain("people.holidays")]
    names = pack.about.languages
    state = "people.reminders_on" if profile.reminders else "people.reminders_off"
    text = t(
        "people.settings_text",
        language=language_name(t.language, names),
        reminders=t.plain(state),
        quiet_from=rules.quiet_from,
        quiet_to=rules.quiet_to,
        days=", ".join(quiet),
        zone=label(t, now, zone),
        time=now.astimezone(zone).strftime("%H:%M"),
    )
    others = (code for code in languages() if code != t.language)
    buttons = (Button(language_name(code, names), SettingsTap(change="language", value=code)) for code in others)
    switch = ("off", "people.reminders_turn_off") if profile.reminders else ("on", "people.reminders_turn_on")
    return Screen(
        text,
        [
            *columns(buttons, width=2),
            [Button(t.plain(switch[1]), SettingsTap(change="reminders", value=switch[0]))],
            menu_row(t),
        ],
    )


def _contact(t: Texts, pack: Pack) -> Markup:
    """Whom a person may ask: the service at large where the operator has named nobody."""
    contact = pack.about.contact
    if contact is None:
        return t("people.human_of_service", service=pack.about.service_name)
    return t("people.human", who=contact.who, how=contact.how, when=contact.answer_time)


def _pieces(paragraph: str) -> list[str]:
    pieces: list[str] = []
    while len(paragraph) > CONSENT_PAGE:
        cut = max(paragraph.rfind(". ", 0, CONSENT_PAGE) + 1, 0) or paragraph.rfind(" ", 0, CONSENT_PAGE)
        cut = cut if cut > 0 else CONSENT_PAGE
        pieces.append(paragraph[:cut].strip())
        paragraph = paragraph[cut:].strip()
    return [*pieces, paragraph]
