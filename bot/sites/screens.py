"""What the bot says of sites and programmes: pure, texts and data -> screen."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.events.callbacks import CardTap, MyTap
from bot.sites.callbacks import OpenSitesTap, PartsTap, ProgrammesTap, ProgrammeTap, SiteCardTap, SiteKindTap
from bot.training.callbacks import OpenTrainingTap
from bot.ui.moments import short_day
from bot.ui.screens import Button, Row, Screen, length, menu_row, page_of, pager, paragraphs, short
from db.overviews.sites import SiteCard
from db.programmes.models import Programme
from db.programmes.queries import Lessons, RunLine
from db.sites.models import MasterRole, Site
from locales import Texts

LIMIT = 690
PAGE, LINES, LESSONS, MASTERS, RUNS, MODULES = 6, 4, 3, 4, 4, 4
TITLE, NAME, PLACE = 80, 40, 60


def home(t: Texts, kinds: Sequence[tuple[int, str, int]], count: int) -> Screen:
    """What there is: kinds with their numbers, the programmes, one's own training."""
    rows: list[Row] = [
        [Button(short(t.plain("sites.kind.button", name=name, count=number)), SiteKindTap(kind_id=kind_id))]
        for kind_id, name, number in kinds
    ]
    if count:
        rows.append([Button(t.plain("sites.programmes.button", count=count), ProgrammesTap())])
    rows.append([Button(t.plain("sites.training"), OpenTrainingTap())])
    text = paragraphs(t("sites.title"), t("sites.lead") if kinds else t("sites.none"))
    return Screen(text, [*rows, menu_row(t)])


def of_kind(t: Texts, name: str, rows: Sequence[Site], tap: SiteKindTap) -> Screen:
    """The sites of a kind."""
    shown, page, pages = page_of(rows, tap.page, PAGE)
    buttons: list[Row] = [[Button(short(one.organisation), SiteCardTap(site_id=one.id))] for one in shown]
    if pages > 1:
        buttons.append(pager(t, page, pages, lambda number: SiteKindTap(kind_id=tap.kind_id, page=number)))
    text = paragraphs(t("sites.kind", name=short(name, TITLE)), t("sites.kind.count", len(rows)))
    return Screen(text, [*buttons, _back(t)])


def card(t: Texts, found: SiteCard, components: Mapping[str, str], zone: ZoneInfo) -> Screen:
    """One site. `municipality`, `masters` must be loaded."""
    site = found.site
    names = ", ".join(components[code] for code in site.component_codes if code in components)
    facts = [
        t("sites.card.address", address=short(site.address, PLACE)) if site.address else None,
        t("sites.card.components", names=short(names, TITLE)) if names else None,
        t("sites.card.join", text=short(site.how_to_join, TITLE)) if site.how_to_join else None,
        t("sites.card.contact", contact=short(site.contact, PLACE)) if site.contact else t("sites.card.no_contact"),
    ]
    head = t(
        "sites.card",
        title=short(site.title, TITLE),
        kind=short(site.kind_name, NAME),
        organisation=short(site.organisation, PLACE),
        town=short(site.municipality.name, NAME),
    )
    tail = paragraphs(
        Markup("\n").join(one for one in facts if one),
        _masters(t, site),
        t("sites.card.runs") if found.runs else t("sites.card.no_runs"),
    )
    room = LIMIT - length(head) - length(tail) - 6
    about = t("sites.card.about", about=short(site.about, room)) if room > 60 else None
    return Screen(
        paragraphs(head, about, tail),
        [
            *_runs(t, found.runs, zone),
            [Button(t.plain("sites.programmes"), ProgrammesTap())],
            _back(t),
        ],
    )


def _masters(t: Texts, site: Site) -> Markup | None:
    """The working group: the word on it, then its people by name."""
    people = [
        t(
            "sites.master.leader" if one.role is MasterRole.LEADER else "sites.master",
            name=short((one.person.full_name or "") if one.person else one.name, NAME),
        )
        for one in site.masters
        if one.person is None or one.person.full_name
    ]
    lines = [t("sites.group", text=short(site.working_group, TITLE)) if site.working_group else t("sites.group.none")]
    lines += people[:MASTERS]
    if len(people) > MASTERS:
        lines.append(t("sites.masters.more", len(people) - MASTERS))
    return Markup("\n").join(lines) if people or site.working_group else None


def programmes(t: Texts, rows: Sequence[Programme], page: int, note: str = "") -> Screen:
    """The programmes with their months and hours, and what the region's document leaves unsaid of them."""
    shown, page, pages = page_of(rows, page, LINES)
    lines = [
        t("sites.programme.line", title=short(one.title, TITLE), months=_months(t, one), hours=_hours(t, one))
        for one in shown
    ]
    buttons: list[Row] = [[Button(short(one.title), ProgrammeTap(programme_id=one.id))] for one in shown]
    if pages > 1:
        buttons.append(pager(t, page, pages, lambda number: ProgrammesTap(page=number)))
    text = paragraphs(
        t("sites.programmes.title"),
        Markup("\n").join(lines) if lines else t("sites.programmes.empty"),
        Markup.escape(note) if note and lines else None,
    )
    return Screen(text, [*buttons, _back(t)])


def programme(t: Texts, row: Programme, runs: Sequence[RunLine], zone: ZoneInfo) -> Screen:
    """One programme: its modules and the groups that one may join. `modules` must be loaded."""
    cut = [
        t("sites.module", number=one.position, title=short(one.title, TITLE), hours=one.hours)
        for one in row.modules[:MODULES]
    ]
    text = paragraphs(
        t("sites.programme", title=short(row.title, TITLE * 2), months=_months(t, row), hours=_hours(t, row)),
        Markup("\n").join(cut) if cut else t("sites.modules.none"),
        t("sites.modules.training") if row.training and cut else None,
        t("sites.programme.runs") if runs else t("sites.programme.no_runs"),
    )
    back = [Button(t.plain("sites.programmes"), ProgrammesTap()), *menu_row(t)]
    return Screen(text, [*_runs(t, runs, zone), back])


def lessons(t: Texts, found: Lessons, page: int, zone: ZoneInfo) -> Screen:
    """The lessons of a group in their order; a mark where one sat in."""
    shown, page, pages = page_of(found.lessons, page, LESSONS)
    lines = []
    for one in shown:
        line = t(
            "sites.lesson" if one.hours else "sites.lesson.no_hours",
            mark="✓" if one.sat else "•",
            day=short_day(t, one.starts_at, zone),
            hour=f"{one.starts_at.astimezone(zone):%H:%M}",
            title=short(one.title, TITLE),
            hours=t.plain("sites.hours", one.hours) if one.hours else "",
        )
        place = t("sites.lesson.place", place=short(one.place, NAME)) if one.place else ""
        lines.append(Markup("\n").join(part for part in (line, place) if part))
    sat = sum(one.sat for one in found.lessons)
    buttons: list[Row] = []
    if pages > 1:
        buttons.append(pager(t, page, pages, lambda number: PartsTap(event_id=found.event_id, page=number)))
    to_group = Button(t.plain("sites.to_group"), CardTap(event_id=found.event_id))
    buttons.append([to_group, Button(t.plain("events.my"), MyTap())])
    text = paragraphs(
        t(
            "sites.lessons",
            title=short(found.title, TITLE),
            site=short(found.site, PLACE),
            way=t.plain(_way(found.personal)),
        ),
        Markup("\n").join(lines) if lines else t("sites.lessons.empty"),
        _sat(t, sat, len(found.lessons)) if lines else None,
    )
    return Screen(text, [*buttons, menu_row(t)])


def _sat(t: Texts, sat: int, count: int) -> Markup:
    """How far one has come; before the first lesson only what follows from them."""
    return t("sites.lessons.sat", sat=sat, count=count) if sat else t("sites.lessons.paper")


def _way(personal: bool) -> str:
    return "sites.way.personal" if personal else "sites.way.group"


def _runs(t: Texts, runs: Sequence[RunLine], zone: ZoneInfo) -> list[Row]:
    """A button for each group: what it is, when it begins, whether there are places."""
    return [
        [
            Button(
                short(
                    t.plain(
                        "sites.run.personal" if one.personal else "sites.run.group",
                        day=short_day(t, one.starts_at, zone),
                        free=t.plain("sites.run.open")
                        if one.free is None
                        else t.plain("sites.run.free", n=one.free)
                        if one.free
                        else t.plain("sites.run.queue"),
                    )
                ),
                CardTap(event_id=one.event_id),
            )
        ]
        for one in runs[:RUNS]
    ]


def _months(t: Texts, row: Programme) -> str:
    if row.months_from == row.months_to:
        return t.plain("sites.months.one", row.months_to)
    return t.plain("sites.months", row.months_to, first=row.months_from)


def _hours(t: Texts, row: Programme) -> str:
    return t.plain("sites.hours", row.hours) if row.hours else t.plain("sites.hours.none")


def _back(t: Texts) -> Row:
    return [Button(t.plain("sites.back"), OpenSitesTap()), *menu_row(t)]
