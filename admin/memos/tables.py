"""A memo as a Word file: its sentences, tables with their sources, charts, and the place to sign."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from admin.charts import MIST, PINE, SAND, Bars, HeatCell, HeatTable, Picture, Series, drawn, shade
from admin.report import short
from db.docx import DocxBlock, DocxHeading, DocxPicture, DocxTable, DocxText, docx
from db.errors import DomainError
from db.memos.rules import Memo, MemoBars, MemoHeat, MemoTable
from db.memos.wording import official_day
from locales import Texts

COLOURS = (PINE, SAND, MIST, "#eadfc0", "#b9c6cf", "#8fa79c")
NARROW = 1.0
WAITS = 20
"""Seconds that somebody waits while another memo is made: it takes a processor, and the panel has others to serve."""

_making = BoundedSemaphore(1)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Makes memos one after another in a process. Raises DomainError `memo_busy` for who has waited too long."""
    if not _making.acquire(timeout=WAITS):
        raise DomainError("memo_busy")
    try:
        yield
    finally:
        _making.release()


def memo_docx(t: Texts, memo: Memo) -> bytes:
    """Returns the file; on one day the same figures make the same bytes."""
    blocks: list[DocxBlock] = [
        DocxText(memo.service, centred=True),
        DocxHeading(memo.title, 0),
        DocxText(memo.unit, centred=True, bold=True),
        DocxText(period(t, memo), centred=True),
    ]
    tables = charts = 0
    for part in memo.parts:
        blocks.append(DocxHeading(part.heading))
        blocks += [DocxText(sentence) for sentence in part.sentences]
        for table in part.tables:
            tables += 1
            blocks += _table(t, table, tables)
        for chart in part.charts:
            charts += 1
            text = t.plain("memos.picture", number=charts, title=chart.title)
            blocks.append(DocxPicture(drawn(memo_picture(t, memo, chart), "png"), text))
    blocks += [DocxText(t.plain("memos.made", day=official_day(t, memo.made))), DocxText(t.plain("memos.sign"))]
    return docx(blocks, title=memo.title)


def period(t: Texts, memo: Memo) -> str:
    """The days that a memo is about, in words."""
    return t.plain("memos.period", since=official_day(t, memo.since), made=official_day(t, memo.made))


def _table(t: Texts, table: MemoTable, number: int) -> list[DocxBlock]:
    widths = table.widths or [3 * NARROW, *[NARROW] * (len(table.headings) - 1)]
    found: list[DocxBlock] = [
        DocxText(t.plain("memos.table_title", number=number, title=table.title), bold=True),
        DocxTable(table.headings, table.rows, widths),
    ]
    if table.left_out:
        found.append(DocxText(t.plain("memos.left_out", n=table.left_out)))
    return [*found, DocxText(table.source)]


def memo_picture(t: Texts, memo: Memo, chart: MemoBars | MemoHeat) -> Picture:
    """Returns a chart as it is drawn in the file and on the page alike."""
    note = f"{memo.unit} · {period(t, memo)}"
    if isinstance(chart, MemoBars):
        series = [Series(name, COLOURS[place % len(COLOURS)]) for place, name in enumerate(chart.series)]
        return Bars([(short(name), values) for name, values in chart.lines], series, chart.title, note)
    rows = [(short(name), [_field(value) for value in values]) for name, values in chart.rows]
    return HeatTable(rows, chart.columns, chart.title, note)


def _field(value: int | None) -> HeatCell:
    return HeatCell("\N{EM DASH}", None) if value is None else HeatCell(str(value), shade(value))
