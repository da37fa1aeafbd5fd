"""What the bot says of who may look into a route and what they say of it: pure, texts and data -> screen."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.routes.callbacks import (
    OpenRouteTap,
    RouteCommentsTap,
    RouteCommentTap,
    RouteLookTap,
    RouteRevokeTap,
    RouteShareTap,
    RouteSharingTap,
    RoutesOpenedTap,
)
from bot.routes.screens import said
from bot.routes.screens_plan import MARKS
from bot.ui.moments import full_date, month_name, point
from bot.ui.screens import Button, Row, Screen, menu_row, page_of, pager, paragraphs, short
from db.routes.models import RouteItem, RouteReader, RouteStatus
from db.routes.sharing import CommentLine, OpenedRoute, OpenedRouteLine, ReaderChoice, RouteSharing, ShareLine
from locales import Texts

CHOICES, SHARES, REVOKED, LOOKS = 3, 3, 5, 2
LINES, COMMENTS, NAME, LINE, WORDS = 4, 3, 40, 40, 120
READERS = {
    RouteReader.MENTOR: "routes.reader.mentor",
    RouteReader.HEAD: "routes.reader.head",
    RouteReader.METHODIST: "routes.reader.methodist",
}
OPEN_TO = {
    RouteReader.MENTOR: "routes.share.mentor",
    RouteReader.HEAD: "routes.share.head",
    RouteReader.METHODIST: "routes.share.methodist",
}
STATUSES = {
    RouteStatus.DRAFT: "routes.status.draft",
    RouteStatus.AGREED: "routes.status.agreed",
    RouteStatus.ACTIVE: "routes.status.active",
    RouteStatus.PAUSED: "routes.status.paused",
    RouteStatus.FINISHED: "routes.status.finished",
    RouteStatus.CANCELLED: "routes.status.cancelled",
}


def sharing(t: Texts, found: RouteSharing, zone: ZoneInfo) -> Screen:
    """Whom the own route is open to, who looked and when."""
    shown = found.shares[:SHARES]
    text = paragraphs(
        t("routes.sharing.title"),
        *([_share(t, one, zone) for one in shown] or [t("routes.sharing.nobody")]),
        t("routes.sharing.what"),
    )
    rows: list[Row] = [[_choice(t, one)] for one in found.choices[:CHOICES]]
    rows += [
        [Button(short(_revoke(t, one)), RouteRevokeTap(share_id=one.share_id))]
        for one in found.shares[:REVOKED]
        if one.revoked_at is None
    ]
    if found.comments:
        rows.append([Button(t.plain("routes.comments", count=found.comments), RouteCommentsTap())])
    return Screen(text, [*rows, [Button(t.plain("routes.back"), OpenRouteTap()), *menu_row(t)]])


def _choice(t: Texts, one: ReaderChoice) -> Button:
    name = short(t.plain(OPEN_TO[one.reader], name=one.name))
    return Button(name, RouteShareTap(reader=one.reader, of=one.of))


def _revoke(t: Texts, one: ShareLine) -> str:
    if one.reader is RouteReader.METHODIST:
        return t.plain("routes.sharing.revoke.methodists")
    return t.plain("routes.sharing.revoke", name=_who(t, one))


def _who(t: Texts, one: ShareLine | CommentLine) -> str:
    return short(one.name, NAME) or t.plain(READERS[one.reader])


def _share(t: Texts, one: ShareLine, zone: ZoneInfo) -> Markup:
    if one.looks:
        seen = t("routes.sharing.looked", at=Markup(", ").join(point(t, at, zone) for at in one.looks[:LOOKS]))
    else:
        seen = t("routes.sharing.not_looked")
    closed = t("routes.sharing.closed", day=full_date(t, one.revoked_at, zone)) if one.revoked_at else None
    who = (
        t("routes.sharing.methodists")
        if one.reader is RouteReader.METHODIST
        else t("routes.sharing.line", name=_who(t, one), role=t.plain(READERS[one.reader]))
    )
    return Markup("\n").join(part for part in (who, closed, seen) if part)


def comments(t: Texts, found: Sequence[CommentLine], page: int, zone: ZoneInfo) -> Screen:
    """What was said of the own route, the newest first."""
    shown, page, pages = page_of(found, page, COMMENTS)
    lines = [_comment(t, one, zone) for one in shown]
    rows: list[Row] = [pager(t, page, pages, lambda number: RouteCommentsTap(page=number))] if pages > 1 else []
    back = [Button(t.plain("routes.back"), OpenRouteTap()), *menu_row(t)]
    text = paragraphs(t("routes.comments.title"), *(lines or [t("routes.comments.none")]))
    return Screen(text, [*rows, [Button(t.plain("routes.sharing"), RouteSharingTap())], back])


def _comment(t: Texts, one: CommentLine, zone: ZoneInfo) -> Markup:
    day = full_date(t, one.written_at, zone)
    return t("routes.comment", who=_who(t, one), day=day, text=short(one.text, WORDS))


def opened(t: Texts, found: Sequence[OpenedRouteLine], page: int) -> Screen:
    """Routes that others have opened to one."""
    shown, page, pages = page_of(found, page)
    rows: list[Row] = [[Button(short(one.name), RouteLookTap(share_id=one.share_id))] for one in shown]
    if pages > 1:
        rows.append(pager(t, page, pages, lambda number: RoutesOpenedTap(page=number)))
    text = paragraphs(t("routes.opened.title"), t("routes.opened.what") if shown else t("routes.opened.none"))
    return Screen(text, [*rows, [Button(t.plain("routes.back"), OpenRouteTap()), *menu_row(t)]])


def look(t: Texts, found: OpenedRoute, page: int, zone: ZoneInfo, *, lead: object = "") -> Screen:
    """Another's route as one may see it, and the last comment."""
    shown, page, pages = page_of(found.items, page, LINES)
    text = paragraphs(
        lead,
        t("routes.look.title", name=short(found.name, NAME), status=t.plain(STATUSES[found.status])),
        Markup("\n").join(_line(t, one) for one in shown) or t("routes.look.empty"),
        _comment(t, found.comments[0], zone) if found.comments else None,
    )
    share_id = found.share_id
    rows: list[Row] = []
    if pages > 1:
        rows.append(pager(t, page, pages, lambda number: RouteLookTap(share_id=share_id, page=number)))
    rows.append([Button(t.plain("routes.comment.write"), RouteCommentTap(share_id=share_id))])
    return Screen(text, [*rows, [Button(t.plain("routes.opened"), RoutesOpenedTap()), *menu_row(t)]])


def _line(t: Texts, one: RouteItem) -> Markup:
    state, text = t.plain(MARKS[one.status]), said(t, one, LINE)
    if one.term is None:
        return t("routes.look.line", text=text, state=state)
    return t("routes.year.line", month=month_name(t, one.term), text=text, state=state)


def ask_comment(t: Texts, share_id: int, name: str, *, lead: object = "") -> Screen:
    """What one would like to say of another's route."""
    text = paragraphs(lead, t("routes.comment.ask", name=short(name, NAME)))
    return Screen(text, [[Button(t.plain("routes.year.not_now"), RouteLookTap(share_id=share_id))], menu_row(t)])
