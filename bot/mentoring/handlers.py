"""Taps and texts of mentoring."""

from datetime import datetime, timedelta

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from markupsafe import Markup

from bot.mentoring import handlers_mentors, handlers_series, screens, screens_series
from bot.mentoring.callbacks import (
    AskTap,
    CancelMeetingTap,
    DayTap,
    GoalsTap,
    LevelsTap,
    LogTap,
    MeetingTap,
    MetDaysTap,
    MetOnTap,
    MetTap,
    NoteTap,
    OpenMentoringTap,
    PairPaperTap,
    PairTap,
    PlanTap,
    TimeTap,
    UnmetTap,
    VisitTap,
)
from bot.mentoring.handlers_mentors import home, pair
from bot.ui.filters import TypedCommand
from bot.ui.moments import day_of_button, free_hours, moment_of_button
from bot.ui.refusals import FLAG, Afresh, only_stale, why
from bot.ui.screens import Screen
from bot.ui.visit import Visit, typed
from db.errors import DomainError, StaleError
from db.mentoring import meetings, papers, queries, services
from db.mentoring.models import MeetingKind
from db.mentoring.rules import ABOUT_LENGTH, GOALS_LENGTH, LOGGED_WITHIN, NOTE_LENGTH, read_moment, read_series

commands = Router(name="mentoring.commands")
router = Router(name="mentoring")
router.include_routers(handlers_mentors.router, handlers_series.router)

DAYS = 6
ABOUT_WITHIN = timedelta(days=1)
"""How long one may say what a wished meeting is about: a line of next week is about something else."""
DATE_LENGTH = 200


class MentoringStates(StatesGroup):
    """What is typed: what a wished meeting is about, a date, a note about a meeting, a pair's goals."""

    about = State()
    when = State()
    note = State()
    goals = State()


async def _pair_again(visit: Visit, tap: AskTap | TimeTap | MetOnTap | PairPaperTap) -> None:
    await pair(visit, tap.pair_id)


async def _meeting_again(visit: Visit, tap: CancelMeetingTap | LogTap | UnmetTap | VisitTap) -> None:
    await _show_meeting(visit, tap.meeting_id)


FRESH_PAIR = {FLAG: Afresh(_pair_again, only_stale)}
FRESH_MEETING = {FLAG: Afresh(_meeting_again, only_stale)}


@commands.message(TypedCommand("mentees"))
async def mentees_command(_message: Message, visit: Visit) -> None:
    """My mentees, or my mentor."""
    await home(visit)


@router.callback_query(OpenMentoringTap.filter())
async def open_home(_tap: CallbackQuery, callback_data: OpenMentoringTap, visit: Visit) -> None:
    """The same, from the menu; another page of it."""
    await home(visit, page=callback_data.page)


@router.callback_query(PairTap.filter())
async def open_pair(_tap: CallbackQuery, callback_data: PairTap, visit: Visit) -> None:
    """One pair."""
    await pair(visit, callback_data.pair_id)


@router.callback_query(LevelsTap.filter())
async def levels(_tap: CallbackQuery, callback_data: LevelsTap, visit: Visit) -> None:
    """What the mentee has opened of the self-diagnosis."""
    card = await _card(visit, callback_data.pair_id)
    await visit.show(screens.levels(visit.t, card, zone=visit.context.zone))


@router.callback_query(AskTap.filter(), flags=FRESH_PAIR)
async def ask(_tap: CallbackQuery, callback_data: AskTap, visit: Visit) -> None:
    """The mentee would like to meet; many write at once what about."""
    await visit.write(services.ask_for_meeting, pair_id=callback_data.pair_id)
    await pair(visit, callback_data.pair_id, lead=visit.t("mentoring.about"))
    until = (visit.now + ABOUT_WITHIN).timestamp()
    await visit.expect(MentoringStates.about, pair_id=callback_data.pair_id, until=until)


async def _in_time(_message: Message, visit: Visit) -> bool:
    return visit.now.timestamp() <= float((await visit.dialog.get_data()).get("until", 0))


@router.message(MentoringStates.about, _in_time)
async def typed_about(message: Message, visit: Visit) -> None:
    """What the mentee would like to talk about goes to the mentor with the request."""
    pair_id = (await visit.dialog.get_data())["pair_id"]
    try:
        about = typed(message, ABOUT_LENGTH)
    except DomainError as error:
        await visit.show(screens.about_again(visit.t, pair_id=pair_id, lead=why(visit, error, "mentoring.about.words")))
        return
    await visit.write(services.ask_for_meeting, pair_id=pair_id, about=about)
    await pair(visit, pair_id, lead=visit.t("mentoring.about.told", text=about))


@router.callback_query(PlanTap.filter())
async def plan(_tap: CallbackQuery, callback_data: PlanTap, visit: Visit) -> None:
    """Which day; a typed date is waited for as well."""
    card = await _card(visit, callback_data.pair_id)
    screen = await _days(visit, card, callback_data.pair_id, callback_data.meeting_id)
    await visit.show(screen)


@router.callback_query(DayTap.filter())
async def hours(_tap: CallbackQuery, callback_data: DayTap, visit: Visit) -> None:
    """Which hour."""
    chosen = day_of_button(callback_data.day)
    await visit.expect(MentoringStates.when, pair_id=callback_data.pair_id, meeting_id=callback_data.meeting_id)
    await visit.show(
        screens.hours(
            visit.t,
            pair_id=callback_data.pair_id,
            meeting_id=callback_data.meeting_id,
            chosen=chosen,
            free=free_hours(chosen, now=visit.now, zone=visit.context.zone),
            zone=visit.context.zone,
        )
    )


@router.callback_query(TimeTap.filter(), flags=FRESH_PAIR)
async def chosen_time(_tap: CallbackQuery, callback_data: TimeTap, visit: Visit) -> None:
    """The day and the hour are there: saved."""
    at = moment_of_button(callback_data.day, callback_data.minute, visit.context.zone)
    await _agree(visit, callback_data.pair_id, callback_data.meeting_id, at)


@router.message(MentoringStates.when)
async def typed_time(message: Message, visit: Visit) -> None:
    """A typed day and hour."""
    data = await visit.dialog.get_data()
    pair_id, meeting_id = data["pair_id"], data["meeting_id"]
    try:
        words = typed(message, DATE_LENGTH)
        series = None if meeting_id else read_series(words, now=visit.now, zone=visit.context.zone)
        if series is not None:
            await handlers_series.plan(visit, pair_id, *series)
            return
        at = read_moment(words, now=visit.now, zone=visit.context.zone)
    except DomainError as error:
        card = await _card(visit, pair_id)
        lead = visit.t(f"errors.{error.code}", **error.params)
        await visit.show(await _days(visit, card, pair_id, meeting_id, lead))
        return
    await _agree(visit, pair_id, meeting_id, at)


@router.callback_query(MeetingTap.filter())
async def open_meeting(_tap: CallbackQuery, callback_data: MeetingTap, visit: Visit) -> None:
    """One meeting."""
    await _show_meeting(visit, callback_data.meeting_id)


@router.callback_query(CancelMeetingTap.filter(), flags=FRESH_MEETING)
async def cancel(_tap: CallbackQuery, callback_data: CancelMeetingTap, visit: Visit) -> None:
    """Asks, then cancels; the other one hears of it."""
    if not callback_data.sure:
        line, is_mentor, name = await _meeting(visit, callback_data.meeting_id)
        screen = screens.sure(visit.t, line, is_mentor=is_mentor, name=name, zone=visit.context.zone)
        await visit.show(screen)
        return
    pair_id = await visit.write(meetings.cancel_meeting, meeting_id=callback_data.meeting_id)
    await pair(visit, pair_id, lead=visit.t("mentoring.cancelled"))


@router.callback_query(LogTap.filter(), flags=FRESH_MEETING)
async def log(_tap: CallbackQuery, callback_data: LogTap, visit: Visit) -> None:
    """Whether they met; then one message about it."""
    pair_id = await visit.write(
        meetings.log_meeting, meeting_id=callback_data.meeting_id, held=callback_data.held, first=visit.below
    )
    if callback_data.held:
        await _ask_for_note(visit, pair_id, callback_data.meeting_id)
    else:
        await pair(visit, pair_id, lead=visit.t("mentoring.not_held"))


@router.callback_query(MetTap.filter())
async def met(_tap: CallbackQuery, callback_data: MetTap, visit: Visit) -> None:
    """Asks on which day they have met without a plan."""
    await _met_days(visit, callback_data.pair_id, 0)


@router.callback_query(MetDaysTap.filter())
async def met_earlier(_tap: CallbackQuery, callback_data: MetDaysTap, visit: Visit) -> None:
    """Another week of days."""
    await _met_days(visit, callback_data.pair_id, callback_data.page)


@router.callback_query(MetOnTap.filter(), flags=FRESH_PAIR)
async def met_on(_tap: CallbackQuery, callback_data: MetOnTap, visit: Visit) -> None:
    """The day is there: written, with a way to take it back."""
    day = day_of_button(callback_data.day)
    meeting_id = await visit.write(meetings.log_unplanned, pair_id=callback_data.pair_id, day=day)
    await _ask_for_note(visit, callback_data.pair_id, meeting_id)


@router.callback_query(UnmetTap.filter(), flags=FRESH_MEETING)
async def unmet(_tap: CallbackQuery, callback_data: UnmetTap, visit: Visit) -> None:
    """It was a wrong tap: nothing is left of it."""
    pair_id = await visit.write(meetings.undo, meeting_id=callback_data.meeting_id)
    await pair(visit, pair_id, lead=visit.t("mentoring.unmet"))


@router.callback_query(VisitTap.filter(), flags=FRESH_MEETING)
async def was_visit(_tap: CallbackQuery, callback_data: VisitTap, visit: Visit) -> None:
    """It was a visit to a lesson, or a talk after all."""
    kind = MeetingKind.VISIT if callback_data.on else MeetingKind.TALK
    await visit.write(meetings.put_kind, meeting_id=callback_data.meeting_id, kind=kind)
    await _show_meeting(visit, callback_data.meeting_id)


@router.callback_query(GoalsTap.filter())
async def change_goals(_tap: CallbackQuery, callback_data: GoalsTap, visit: Visit) -> None:
    """What the two want to come to."""
    card = await _card(visit, callback_data.pair_id)
    if not card.is_mentor or card.paused:
        raise StaleError
    await visit.expect(MentoringStates.goals, pair_id=card.pair_id)
    await visit.show(screens.goals(visit.t, card))


@router.message(MentoringStates.goals)
async def typed_goals(message: Message, visit: Visit) -> None:
    """The goals."""
    pair_id = (await visit.dialog.get_data())["pair_id"]
    try:
        text = typed(message, GOALS_LENGTH)
    except DomainError as error:
        card = await _card(visit, pair_id)
        await visit.show(screens.goals(visit.t, card, lead=why(visit, error, "mentoring.goals.words")))
        return
    await visit.write(services.write_goals, pair_id=pair_id, text=text)
    await pair(visit, pair_id, lead=visit.t("mentoring.goals.saved"))


@router.callback_query(PairPaperTap.filter(), flags=FRESH_PAIR)
async def order_paper(tap: CallbackQuery, callback_data: PairPaperTap, visit: Visit) -> None:
    """A paper of the pair: the file follows as a receipt."""
    await visit.write(
        papers.order_paper, pair_id=callback_data.pair_id, paper=callback_data.paper.value, request=tap.id
    )
    await visit.busy("upload_document")
    await pair(visit, callback_data.pair_id, lead=visit.t("growth.coming"))


@router.callback_query(NoteTap.filter())
async def change_note(_tap: CallbackQuery, callback_data: NoteTap, visit: Visit) -> None:
    """Another note."""
    line, is_mentor, _ = await _meeting(visit, callback_data.meeting_id)
    if not is_mentor:
        raise StaleError
    await visit.expect(MentoringStates.note, meeting_id=line.meeting_id)
    await visit.show(screens.note(visit.t, line))


@router.message(MentoringStates.note)
async def typed_note(message: Message, visit: Visit) -> None:
    """How it was."""
    meeting_id = (await visit.dialog.get_data())["meeting_id"]
    try:
        text = typed(message, NOTE_LENGTH)
    except DomainError as error:
        line, _, _ = await _meeting(visit, meeting_id)
        await visit.show(screens.note(visit.t, line, lead=why(visit, error, "mentoring.note.words")))
        return
    pair_id = await visit.write(meetings.write_outcome, meeting_id=meeting_id, text=text)
    await pair(visit, pair_id, lead=visit.t("mentoring.note.saved"))


async def _show_meeting(visit: Visit, meeting_id: int) -> None:
    line, is_mentor, name = await _meeting(visit, meeting_id)
    await visit.expect(None)
    await visit.show(screens.meeting(visit.t, line, is_mentor=is_mentor, name=name, zone=visit.context.zone))


async def _days(
    visit: Visit, card: queries.PairCard, pair_id: int, meeting_id: int, lead: Markup | None = None
) -> Screen:
    """Asks for the day and waits for a typed one as well."""
    today = visit.now.astimezone(visit.context.zone)
    first = 0 if free_hours(today.date(), now=visit.now, zone=visit.context.zone) else 1
    await visit.expect(MentoringStates.when, pair_id=pair_id, meeting_id=meeting_id)
    return screens.days(
        visit.t,
        pair_id=pair_id,
        meeting_id=meeting_id,
        name=card.name,
        free=[today + timedelta(days=number) for number in range(first, first + DAYS)],
        zone=visit.context.zone,
        lead=lead,
    )


async def _agree(visit: Visit, pair_id: int, meeting_id: int, at: datetime) -> None:
    if meeting_id:
        await visit.write(meetings.move_meeting, meeting_id=meeting_id, at=at)
    else:
        meeting_id = await visit.write(meetings.plan_meeting, pair_id=pair_id, at=at)
    line, _, _ = await _meeting(visit, meeting_id)
    lead = visit.t("mentoring.agreed", when=screens.when(visit.t, at, visit.context.zone))
    await pair(visit, pair_id, lead=lead, extra=screens_series.after_plan(visit.t, line), meeting_id=meeting_id)


async def _ask_for_note(visit: Visit, pair_id: int, meeting_id: int) -> None:
    line, _, _ = await _meeting(visit, meeting_id)
    await visit.expect(MentoringStates.note, meeting_id=meeting_id)
    await visit.show(screens.note_after(visit.t, line, zone=visit.context.zone))


async def _met_days(visit: Visit, pair_id: int, page: int) -> None:
    card = await _card(visit, pair_id)
    if not card.is_mentor:
        raise StaleError
    await visit.expect(None)
    today = visit.now.astimezone(visit.context.zone)
    since = card.started_at.astimezone(visit.context.zone).date()
    most = min((today.date() - since).days, LOGGED_WITHIN.days)
    page = min(max(page, 0), most // DAYS)
    free = [today - timedelta(days=ago) for ago in range(page * DAYS, min((page + 1) * DAYS, most + 1))]
    earlier = page + 1 if (page + 1) * DAYS <= most else None
    await visit.show(screens.met_days(visit.t, card, free=free, earlier=earlier, today=today, zone=visit.context.zone))


async def _card(visit: Visit, pair_id: int) -> queries.PairCard:
    return await visit.read(queries.card, pair_id=pair_id)


async def _meeting(visit: Visit, meeting_id: int) -> tuple[queries.MeetingLine, bool, str | None]:
    return await visit.read(queries.meeting, meeting_id=meeting_id)
