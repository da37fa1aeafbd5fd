"""Monitoring and waves as tables for Excel, and the words that a figure and a change are told in."""

from collections.abc import Iterable, Sequence
from datetime import date

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.indicators.models import Indicator, IndicatorMeasure, IndicatorValue, MeasureKind, Wave, WaveStatus
from db.indicators.organisations import OrganisationValues
from db.indicators.rules import Figure
from db.indicators.staff_queries import Board, FactRows, MeasureLine
from db.indicators.waves import WaveCard, WaveRow, WaveSum
from db.reports.rules import Trend, full_name
from locales import Texts

MONITORING: tuple[tuple[str, float, Format], ...] = (
    ("list", 36, "text"),
    ("part", 30, "text"),
    ("indicator", 80, "text"),
    ("measure", 40, "text"),
    ("threshold", 12, "text"),
    ("baseline", 12, "text"),
    ("before", 24, "text"),
    ("told", 24, "text"),
    ("now", 24, "text"),
    ("change", 44, "text"),
    ("enough", 18, "text"),
    ("evidence", 44, "text"),
    ("rated_by", 30, "text"),
    ("basis", 50, "text"),
    ("responsible", 30, "text"),
    ("note", 50, "text"),
)


def figure_text(t: Texts, kind: MeasureKind, figure: Figure | None, least: int) -> str:
    """A figure in words and numbers: «12», «41 % (25 из 61)», «меньше пяти», «заметно»; a dash where there is none."""
    if figure is None:
        return "—"
    if figure.least:
        return t.plain("indicators.least", least=least)
    if kind is MeasureKind.RATING:
        return t.plain(f"indicators.rating.{figure.rating}") if figure.rating else "—"
    if figure.portion:
        part = t.plain(f"reports.panel.part.{figure.portion}")
        return t.plain("indicators.portion", part=part, whole=figure.denominator)
    if kind is MeasureKind.FRACTION and figure.percent is not None:
        return t.plain(
            "indicators.fraction", percent=round(figure.percent), some=figure.numerator, whole=figure.denominator
        )
    return str(figure.numerator)


def number_text(kind: MeasureKind, number: int | None) -> str:
    """A threshold or a baseline; of a fraction in per cent."""
    if number is None:
        return ""
    return f"{number} %" if kind is MeasureKind.FRACTION else str(number)


def threshold_text(t: Texts, measure: IndicatorMeasure) -> str:
    """«не меньше 41 %»."""
    if measure.threshold is None:
        return ""
    return t.plain("indicators.at_least", number=number_text(measure.kind, measure.threshold))


def change_text(t: Texts, line: MeasureLine, least: int) -> str:
    """The change in words: «выросло с 12 до 15», «без изменений», «несопоставимо»."""
    kind = line.measure.kind
    if line.change in (Trend.GREW, Trend.FELL, Trend.IN_WORDS):
        return t.plain(
            f"indicators.change.{line.change}",
            before=_short(t, kind, line.before.figure, least),
            after=_short(t, kind, line.told.figure, least),
        )
    return t.plain(f"indicators.change.{line.change}")


def wave_change_text(t: Texts, change: Trend, before: WaveSum | None, after: WaveSum | None) -> str:
    """The same of a mean deficit."""
    if change in (Trend.GREW, Trend.FELL) and before and after:
        return t.plain(f"indicators.change.{change}", before=before.mean, after=after.mean)
    return t.plain(f"indicators.change.{change}")


def took_part(t: Texts, row: WaveRow) -> str:
    """«25 из 619», or the number alone where no document counts the staff."""
    if row.expected is None:
        return str(row.people)
    return t.plain("indicators.wave.of", people=row.people, expected=row.expected)


def wave_status(t: Texts, wave: Wave, today: date) -> str:
    """Where a wave stands; one whose days are over and that nobody put down is past, whatever was done with it."""
    past = wave.status is not WaveStatus.FIXED and wave.ends < today
    return t.plain("indicators.wave.status.past" if past else f"indicators.wave.status.{wave.status}")


def evidence_text(line: MeasureLine) -> str:
    """What shows a rating: the words, the link and the document."""
    return shown_by(line.told.stored)


def shown_by(value: IndicatorValue | None) -> str:
    """The words of a noted value, its link and its document."""
    if value is None:
        return ""
    told = (value.word, value.link, value.document.title if value.document else "")
    return "; ".join(part for part in told if part)


def basis_text(panel: Panel, indicator: Indicator, *, expired: bool) -> str:
    """The act that an indicator stands on with its term."""
    if indicator.document is None:
        return ""
    named = indicator.document.heading or indicator.document.title
    if indicator.valid_until is None:
        return named
    key = "indicators.expired_since" if expired else "indicators.valid_until"
    return f"{named}; {panel.t.plain(key, day=f'{indicator.valid_until:%d.%m.%Y}')}"


def monitoring_sheet(found: Board, panel: Panel, *, least: int) -> bytes:
    """Returns the monitoring: a row for every measure, and how many indicators there are in each part."""
    t = panel.t
    names = {"before": found.before, "told": found.period}
    columns = [
        Column(names[name].title if names.get(name) else t.plain(f"indicators.column.{name}"), width, look)  # type: ignore[union-attr]
        for name, width, look in MONITORING
    ]
    title = t.plain("indicators.title")
    counted = [
        Column(t.plain(f"indicators.column.{name}"), width, "text") for name, width in (("list", 50), ("part", 60))
    ]
    return workbook(
        [
            Sheet(title, columns, _rows(found, panel, least)),
            Sheet(
                t.plain("indicators.counts"),
                [*counted, Column(t.plain("indicators.column.total"), 12)],
                [[list_name(t, one.set), part.name, len(part.lines)] for one in found.lists for part in one.parts],
            ),
        ],
        title=title,
    )


def list_name(t: Texts, of: object) -> str:
    """The title of a document's list, or what the service's own indicators are called."""
    return str(getattr(of, "title", "")) or t.plain("indicators.own")


def fact_sheet(found: FactRows, panel: Panel) -> bytes:
    """Returns the rows that a figure counts."""
    columns = [
        Column(panel.t.plain("indicators.column.row"), 90, "text"),
        Column(panel.t.plain("indicators.column.day"), 18, "text"),
        Column(panel.t.plain("indicators.column.many"), 12),
    ]
    rows = ([row.title, day_text(panel, row.day), row.many] for row in found.rows)
    title = panel.t.plain("indicators.rows")
    return workbook([Sheet(title, columns, rows)], title=title)


def organisation_sheet(found: OrganisationValues, panel: Panel, *, least: int) -> bytes:
    """Returns a measure by organisations: a row each, with the target, the word and what shows it."""
    t, measure = panel.t, found.measure
    names = ("organisation", "threshold", "told", "enough", "evidence", "rated_by")
    columns = [Column(t.plain(f"indicators.column.{name}"), 40, "text") for name in names]
    rows = (
        [
            one.organisation.name,
            threshold_text(t, measure),
            figure_text(t, measure.kind, one.figure, least),
            "" if one.enough is None else t.plain(f"indicators.enough.{'yes' if one.enough else 'no'}"),
            shown_by(one.value),
            one.value.rated_by if one.value else "",
        ]
        for one in found.rows
    )
    title = t.plain("indicators.organisations")
    return workbook([Sheet(title, columns, rows)], title=title)


def day_text(panel: Panel, day: object) -> str:
    """A moment's local day, a day, or a year."""
    if day is None or isinstance(day, int):
        return "" if day is None else str(day)
    local = panel.local(day) if hasattr(day, "tzinfo") else day  # type: ignore[arg-type]
    return f"{local:%d.%m.%Y}"


def waves_sheet(rows: Sequence[WaveRow], panel: Panel) -> bytes:
    """Returns the plan of waves with who took part."""
    t = panel.t
    names = ("wave", "version", "starts", "ends", "status", "took_part", "places", "note")
    widths = (60, 40, 14, 14, 20, 18, 50, 60)
    columns = [
        Column(t.plain(f"indicators.wave.{name}"), width, "text") for name, width in zip(names, widths, strict=True)
    ]
    title, today = t.plain("indicators.waves"), panel.local(panel.now()).date()
    return workbook([Sheet(title, columns, (_wave(t, row, today) for row in rows))], title=title)


def wave_sheet(found: WaveCard, panel: Panel) -> bytes:
    """Returns a wave beside an earlier one, component by component, and its municipalities."""
    t = panel.t
    small = t.plain("indicators.wave.small")
    names = ("component", "before", "people_then", "after", "people_now", "change")
    columns = [Column(t.plain(f"indicators.wave.{name}"), 30, "text") for name in names]
    changes = [
        [
            full_name(one.name, one.title),
            *_sum(one.before, small),
            *_sum(one.after, small),
            wave_change_text(t, one.change, one.before, one.after),
        ]
        for one in found.changes
    ]
    places: list[list[Value]] = [
        [
            place.municipality.name if place.municipality else t.plain("indicators.wave.together"),
            str(place.people),
            *(str(place.sums[code].mean) if code in place.sums else small for code, _ in found.components),
        ]
        for place in found.places
    ]
    heads = [
        t.plain("indicators.wave.place"),
        t.plain("indicators.wave.people_now"),
        *(name for _, name in found.components),
    ]
    title = found.row.wave.title
    return workbook(
        [
            Sheet(t.plain("indicators.wave.both"), columns, changes),
            Sheet(t.plain("indicators.wave.by_place"), [Column(name, 26, "text") for name in heads], places),
        ],
        title=title,
    )


def _short(t: Texts, kind: MeasureKind, figure: Figure | None, least: int) -> str:
    if kind is MeasureKind.RATING:
        return t.plain("indicators.quoted", word=figure_text(t, kind, figure, least))
    share = None if figure is None or kind is not MeasureKind.FRACTION else figure.value(kind)
    if share is not None:
        return f"{round(share)} %"
    return figure_text(t, kind, figure, least)


def _sum(one: WaveSum | None, small: str) -> tuple[str, str]:
    return (str(one.mean), str(one.people)) if one else (small, "")


def _wave(t: Texts, row: WaveRow, today: date) -> list[Value]:
    version = row.wave.version
    return [
        row.wave.title,
        f"{version.instrument.title}, {version.version}",
        f"{row.wave.starts:%d.%m.%Y}",
        f"{row.wave.ends:%d.%m.%Y}",
        wave_status(t, row.wave, today),
        took_part(t, row),
        ", ".join(row.places) or t.plain("indicators.wave.everybody"),
        row.wave.note,
    ]


def _rows(found: Board, panel: Panel, least: int) -> Iterable[list[Value]]:
    t = panel.t
    for one in found.lists:
        for part in one.parts:
            for line in part.lines:
                for each in line.measures:
                    kind, row = each.measure.kind, line.indicator
                    reached = (
                        "" if each.enough is None else t.plain(f"indicators.enough.{'yes' if each.enough else 'no'}")
                    )
                    yield [
                        list_name(t, one.set),
                        part.name,
                        row.text,
                        each.measure.title,
                        threshold_text(t, each.measure),
                        number_text(kind, each.measure.baseline),
                        figure_text(t, kind, each.before.figure, least),
                        figure_text(t, kind, each.told.figure, least),
                        figure_text(t, kind, each.now, least),
                        change_text(t, each, least),
                        reached,
                        evidence_text(each),
                        each.told.stored.rated_by if each.told.stored else "",
                        basis_text(panel, row, expired=line.expired),
                        row.responsible,
                        "; ".join(part for part in (one.set.note if one.set else "", row.note) if part),
                    ]
