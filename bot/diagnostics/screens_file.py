"""The words of a result as a file: the same as in its caption and on its screen, without tags."""

from collections.abc import Sequence
from datetime import tzinfo
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.diagnostics.callbacks import ResultTap
from bot.diagnostics.screens_results import caption_lines, change, chart, day, praise, start
from bot.retests.screens import lines
from bot.ui.screens import Button, Screen
from db.diagnostics.queries import ComponentResult, Result
from db.growth.pdf import ResultLine, ResultWords
from db.retests.queries import RetestResult
from locales import Texts


def words(t: Texts, one: Result, service: str, zone: ZoneInfo, retests: Sequence[RetestResult] = ()) -> ResultWords:
    """Every line of the file, with the last re-test of each component.

    No name stands in it: it may be lent, and the result is its owner's.
    """
    drawn = chart(t, one, zone)
    begin = start(t, one) if one.first or one.strongest else None
    said = [praise(t, one), begin]
    legend = [f"{drawn.before_label} → {drawn.now_label}; {drawn.band_label}: ±{one.band}."] if one.previous_at else []
    legend += [text.striptags() for text in caption_lines(t, one) if text]
    return ResultWords(
        service=service,
        title=t.plain("diagnostics.file.title"),
        about=f"{one.questionnaire.title} · {day(t, one.completed_at, zone)}",
        lines=[_line(t, one, one.components[number], lines(t, retests, number, zone)) for number in drawn.in_order],
        band=one.band,
        legend=legend,
        heading=t.plain("diagnostics.file.start"),
        said=[text.striptags() for text in said if text],
        components=t.plain("diagnostics.file.components"),
        under=[text for text in (t("diagnostics.receipt.meaning").striptags(), drawn.under) if text],
    )


def _line(t: Texts, one: Result, line: ComponentResult, again: Markup | None) -> ResultLine:
    content = one.questionnaire
    known = line.level is not None and line.score.level is not None
    number = content.not_enough_name.lower()
    if line.level is not None and line.score.level is not None:
        number = f"{line.score.level:.0f}{change(t, line)}, {line.level.name.lower()}"
    moves = "; ".join(
        t.plain("diagnostics.detail.move", item=move.item.short, before=move.before, now=move.now).removeprefix("· ")
        for move in line.moves
    )
    text = line.level.text if line.level is not None and known else content.not_enough_text
    renewed = t.plain("diagnostics.detail.renewed") if line.renewed else ""
    steady = t.plain("diagnostics.steady") if line.steady and line.change else ""
    return ResultLine(
        title=line.component.title,
        number=number,
        level=line.score.level,
        before=line.before,
        steady=line.steady,
        said=" ".join(part for part in (text, steady, renewed, moves, again.striptags() if again else "") if part),
    )


def file(t: Texts, one: Result, zone: tzinfo) -> Screen:
    """The caption of the file."""
    text = t("diagnostics.file.caption", day=day(t, one.completed_at, zone))
    return Screen(text, [[Button(t.plain("diagnostics.to_result"), ResultTap(attempt=one.attempt_id))]])
