"""What the bot says of the service's documents: pure, texts and data -> screen."""

from collections.abc import Sequence
from functools import partial
from itertools import groupby

from markupsafe import Markup

from bot.documents.callbacks import OfficialDocumentTap, OfficialFileTap, OpenDocumentsTap
from bot.ui.screens import CAPTION, Button, Row, Screen, fitted, menu_row, page_of, paragraphs, short
from db.documents.models import DocumentKind, OfficialDocument
from locales import Texts

PAGE, TITLE, NUMBER = 5, 50, 30
KINDS = {
    DocumentKind.LAW: "documents.kind.law",
    DocumentKind.ORDER: "documents.kind.order",
    DocumentKind.LETTER: "documents.kind.letter",
    DocumentKind.PROGRAMME: "documents.kind.programme",
    DocumentKind.STATUTE: "documents.kind.statute",
    DocumentKind.OTHER: "documents.kind.other",
}


def home(t: Texts, rows: Sequence[OfficialDocument], *, page: int) -> Screen:
    """The list by kinds, a page of it."""
    if not rows:
        return Screen(t("documents.nothing"), [menu_row(t)])
    kinds = list(DocumentKind)
    shown, page, pages = page_of(sorted(rows, key=lambda row: kinds.index(row.kind)), page, PAGE)
    parts = [
        Markup("\n").join([t("documents.kind", kind=t.plain(KINDS[kind])), *(_line(t, row) for row in of)])
        for kind, of in groupby(shown, key=lambda row: row.kind)
    ]
    buttons: list[Row] = [
        [Button(short(_cited(t, row) or row.title), OfficialDocumentTap(document_id=row.id, page=page))]
        for row in shown
    ]
    if pages > 1:
        buttons.append(_pages(t, page, pages))
    return Screen(paragraphs(t("documents.home", n=len(rows)), *parts), [*buttons, menu_row(t)])


def card(t: Texts, row: OfficialDocument, *, page: int) -> Screen:
    """One document: what it is, what it founded, and where to read it."""
    cited = row.heading or _cited(t, row)
    filed = row.shared and row.scan_id is not None
    facts = [
        t("documents.card.cited", cited=short(cited, 120)) if cited else "",
        t("documents.card.founded", founded=short(row.founded, 150)) if row.founded else "",
        "" if _link(row) or filed else t("documents.card.no_link"),
    ]
    buttons: list[Row] = [[Button(t.plain("documents.read"), url=row.link)]] if _link(row) else []
    if filed:
        buttons.append([Button(t.plain("documents.file.get"), OfficialFileTap(document_id=row.id))])
    buttons.append([Button(t.plain("documents.to_list"), OpenDocumentsTap(page=page))])
    told = Markup("\n\n").join(fact for fact in facts if fact)
    return Screen(paragraphs(t("documents.card", title=short(row.title, 200)), told), [*buttons, menu_row(t)])


def file(t: Texts, *, title: str) -> Screen:
    """What goes with the file."""
    return Screen(fitted(partial(t, "documents.file"), CAPTION, title=title), [menu_row(t)])


def _line(t: Texts, row: OfficialDocument) -> Markup:
    cited, title = _cited(t, row), short(row.title, TITLE)
    return t("documents.line", cited=cited, title=title) if cited else t("documents.line.bare", title=title)


def _cited(t: Texts, row: OfficialDocument) -> str:
    """Number and day, as far as the document has them."""
    number = short(row.number, NUMBER)
    if row.signed_on is None:
        return number
    day = f"{row.signed_on:%d.%m.%Y}"
    return t.plain("documents.cited", number=number, day=day) if number else day


def _link(row: OfficialDocument) -> bool:
    return row.link.lower().startswith(("https://", "http://"))


def _pages(t: Texts, page: int, pages: int) -> Row:
    found = [Button(t.plain("documents.page", number=page + 1, count=pages), OpenDocumentsTap(page=page))]
    if page > 0:
        found.insert(0, Button("‹", OpenDocumentsTap(page=page - 1)))
    if page + 1 < pages:
        found.append(Button("›", OpenDocumentsTap(page=page + 1)))
    return found
