"""Who sees a result, and the switches: pure, t + data -> Screen."""

from bot.diagnostics.callbacks import ShareTap
from bot.diagnostics.screens_results import to_result
from bot.ui.screens import Button, Row, Screen, menu_row, paragraphs
from db.diagnostics.queries import Result
from db.diagnostics.services import ResultReader
from locales import Texts

WORDS = {
    (ResultReader.MENTOR, False): "diagnostics.open.mentor",
    (ResultReader.MENTOR, True): "diagnostics.close.mentor",
    (ResultReader.METHODIST, False): "diagnostics.open.methodist",
    (ResultReader.METHODIST, True): "diagnostics.close.methodist",
}


def sharing(t: Texts, one: Result, *, has_mentor: bool) -> Screen:
    """Who sees this result, and the switches; one for the mentor where there is one to open it to."""
    state = {
        (False, False): "diagnostics.sharing.nobody",
        (True, False): "diagnostics.sharing.mentor",
        (False, True): "diagnostics.sharing.methodist",
        (True, True): "diagnostics.sharing.both",
    }[one.shared_with_mentor, one.shared_with_methodist]
    opened = {ResultReader.MENTOR: one.shared_with_mentor, ResultReader.METHODIST: one.shared_with_methodist}
    switches: list[Row] = [
        [Button(t.plain(WORDS[audience, on]), ShareTap(attempt=one.attempt_id, audience=audience, opened=not on))]
        for audience, on in opened.items()
        if on or has_mentor or audience is not ResultReader.MENTOR
    ]
    text = paragraphs(
        t("diagnostics.sharing.title"),
        t(state),
        t("diagnostics.sharing.held") if one.shared_with_methodist and not one.readable else None,
        t("diagnostics.sharing.about" if has_mentor else "diagnostics.sharing.about_methodist"),
    )
    return Screen(text, [*switches, [to_result(t, one)], menu_row(t)])
