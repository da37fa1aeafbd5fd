"""Where the next step after a refusal is walked: one button, by what its reason says."""

from aiogram.filters.callback_data import CallbackData

from bot.appeals.callbacks import AppealTap
from bot.diagnostics.callbacks import OpenDiagnosticsTap
from bot.events.callbacks import OpenEventsTap
from bot.mentoring.callbacks import MentorTap
from bot.practices.callbacks import OpenPracticesTap
from bot.requests.callbacks import OpenAskTap
from bot.training.callbacks import OpenTrainingTap
from bot.ui.screens import Button, Row
from db.applications.models import LeadsTo
from locales import Texts

PLACES: dict[LeadsTo, CallbackData] = {
    LeadsTo.EVENTS: OpenEventsTap(),
    LeadsTo.TRAINING: OpenTrainingTap(),
    LeadsTo.PRACTICES: OpenPracticesTap(),
    LeadsTo.MENTOR: MentorTap(),
    LeadsTo.QUESTION: OpenAskTap(),
    LeadsTo.SELF_DIAGNOSIS: OpenDiagnosticsTap(),
}


def after_refusal(
    t: Texts, application_id: int, step: tuple[str, str | None] | None, *, appeal: bool, below: bool = False
) -> list[Row]:
    """The way to the next step, and to the appeal where there is one."""
    rows: list[Row] = []
    place = next((one for one in LeadsTo if step is not None and one == step[1]), None)
    if place is not None:
        rows.append([Button(t.plain(f"applications.step.{place.value}"), PLACES[place], below=below)])
    if appeal:
        rows.append([Button(t.plain("appeals.open"), AppealTap(application=application_id), below=below)])
    return rows
