"""One component of a result: pure, t + data -> Screen."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.diagnostics.callbacks import DetailTap
from bot.diagnostics.screens_results import LIMIT, change, day, helping, offered, step_words, to_result
from bot.people.callbacks import HelpTap
from bot.retests.callbacks import RetestTap
from bot.retests.screens import lines
from bot.ui.screens import Button, Row, Screen, menu_row, pager, paragraphs
from db.diagnostics.queries import ComponentResult, Result
from db.overviews.after_result import Help, numbered
from db.retests.queries import RetestResult
from locales import Texts

HELP = 110
"""Characters that the shortest word of what helps takes."""


def detail(
    t: Texts, one: Result, number: int, support: Help, zone: ZoneInfo, retests: Sequence[RetestResult] = ()
) -> Screen:
    """One component: the level beside the former one, the wish, the difficulties in words, one step, what helps."""
    number, line = numbered(one, number)
    score, content = line.score, one.questionnaire
    level: Markup
    if line.level is None or score.level is None:
        level = t("diagnostics.detail.unknown", name=content.not_enough_name, text=content.not_enough_text)
    else:
        level = t(
            "diagnostics.detail.level", level=f"{score.level:.0f}", name=line.level.name.lower(), text=line.level.text
        )
    before = None
    if line.before is not None and one.previous_at is not None:
        former, level_then = day(t, one.previous_at, zone), f"{line.before:.0f}"
        before = t("diagnostics.detail.before", day=former, level=level_then, change=change(t, line))
        if line.steady and line.change:
            before = Markup(" ").join((before, t("diagnostics.steady")))
    if line.renewed:
        before = t("diagnostics.detail.renewed")
    wished = bool(score.need)
    need = None if score.need is None else line.component.need.options[score.need].lower()
    said = paragraphs(
        t("diagnostics.detail.title", title=line.component.title, description=line.component.description),
        level,
        before,
        t("diagnostics.detail.borderline") if score.borderline else None,
        t("diagnostics.detail.points", names="\n".join(f"· {item.short}" for item in line.points))
        if line.points and (line is not one.step or line.points != (line.hardest,))
        else None,
        t("diagnostics.detail.need", text=need) if need else None,
        step_words(t, one) if line is one.step and (score.deficit or (wished and score.level)) else None,
    )
    again = lines(t, retests, number, zone)  # the newest of all that is known here: what helps and moved gives way
    if again and len(said) + len(again) + 2 <= LIMIT:
        said = paragraphs(said, again)
    least = HELP if wished or support.events or support.sites else 0
    said = paragraphs(said, _moves(t, line, room=LIMIT - len(said) - least))
    helps = offered(t, support, zone, room=LIMIT - len(said))
    ask: list[Row] = []
    if wished and helps is None:  # no wish leads nowhere
        helps, ask = t("diagnostics.detail.nothing"), [[Button(t.plain("people.help"), HelpTap())]]
    turn = pager(t, number, len(one.components), lambda part: DetailTap(attempt=one.attempt_id, number=part))
    retest = Button(t.plain("retests.offer"), RetestTap(attempt=one.attempt_id, number=number))
    back = [retest, to_result(t, one)] if one.last else [to_result(t, one)]
    rows = [turn, *helping(t, one, support, zone), *ask, back, menu_row(t)]
    return Screen(paragraphs(said, helps), rows)


def _moves(t: Texts, line: ComponentResult, room: int) -> Markup | None:
    """Which answers moved since the last time, as many as there is room for."""
    said = t("diagnostics.detail.moves")
    shown = said
    for one in line.moves:
        move = t("diagnostics.detail.move", item=one.item.short, before=one.before, now=one.now)
        longer = Markup("\n").join((shown, move))
        if len(longer) + 2 > room:
            break
        shown = longer
    return None if shown == said else shown
