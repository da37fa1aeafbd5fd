"""Makes a month of somebody's diary as a Word file.

The day of making does not stand in it, so that the same lines give the same bytes.
"""

from collections.abc import Iterator

from babel.dates import format_date

from db.diary.queries import DiaryPaper
from db.dictionaries.models import TermKind
from db.docx import DocxBlock, DocxHeading, DocxTable, DocxText, docx
from locales import Texts

COLUMNS = ("number", "day", "activity", "text", "hours", "source")
WIDTHS = (1, 2, 5, 7, 1.5, 3)


def month_docx(t: Texts, paper: DiaryPaper, service: str) -> bytes:
    """Returns the month: every line, then how many of each kind, those of which there are none too."""
    month = format_date(paper.month, "LLLL y", locale=t.formats)
    title = t.plain("diary.docx.title", month=month)
    work = ", ".join(one for one in (paper.position, paper.organisation, paper.municipality) if one)
    blocks: list[DocxBlock] = [DocxHeading(title, 0)]
    blocks += [
        DocxText(text, centred=True, bold=bold)
        for text, bold in ((paper.full_name or "", True), (work, False), (service, False))
        if text
    ]
    blocks.append(_lines(t, paper) if paper.lines else DocxText(t.plain("diary.docx.nothing")))
    blocks += _sums(t, paper)
    return docx(blocks, title=title, wide=True)


def _lines(t: Texts, paper: DiaryPaper) -> DocxTable:
    rows = [
        (
            str(number),
            f"{line.day:%d.%m.%Y}",
            line.activity.name,
            line.text,
            str(line.hours or ""),
            t.plain(f"diary.source.{line.source}" if line.source else "diary.source.hand"),
        )
        for number, line in enumerate(paper.lines, 1)
    ]
    return DocxTable([t.plain(f"diary.docx.{name}") for name in COLUMNS], rows, WIDTHS)


def _sums(t: Texts, paper: DiaryPaper) -> Iterator[DocxBlock]:
    headings = [t.plain("diary.docx.activity"), t.plain("diary.docx.count")]
    for kind in (TermKind.ACTIVITY, TermKind.WORK_LINE):
        rows = [(one.name, str(one.written)) for one in paper.sums if one.kind is kind]
        if rows:
            yield DocxHeading(t.plain(f"diary.docx.kind.{kind}"))
            yield DocxTable(headings, rows, (8, 1))
    yield DocxText(t.plain("diary.docx.total", n=len(paper.lines)), bold=True)
