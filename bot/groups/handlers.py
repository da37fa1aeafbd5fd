"""Taps and texts of groups."""

from datetime import timedelta

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.groups import screens
from bot.groups.callbacks import (
    AskingTap,
    CallDayTap,
    CallOffTap,
    CallTap,
    CallTimeTap,
    CameTap,
    ComingTap,
    DecisionDoneTap,
    DecisionsTap,
    DecisionUndoneTap,
    GroupDecisionTap,
    GroupLevelsTap,
    GroupMeetingTap,
    GroupTap,
    JoinGroupTap,
    LeaveGroupTap,
    NearTap,
    OpenGroupsTap,
    PresentTap,
    VerdictTap,
)
from bot.ui.moments import day_of_button, free_hours, moment_of_button
from bot.ui.refusals import FLAG, Afresh, why
from bot.ui.visit import Visit, typed
from db.errors import DomainError, NotFoundError
from db.groups import meetings, queries, services
from db.groups.rules import AGENDA_LENGTH

commands = Router(name="groups.commands")
router = Router(name="groups")

DAYS = 6


class GroupStates(StatesGroup):
    """What is typed: what a meeting is about, by what a decision was done."""

    agenda = State()
    word = State()


async def _group_again(visit: Visit, tap: JoinGroupTap | LeaveGroupTap | CallTimeTap) -> None:
    await _show_group(visit, tap.group_id)


async def _meeting_again(visit: Visit, tap: ComingTap | CallOffTap | CameTap) -> None:
    await _show_meeting(visit, tap.meeting_id)


async def _asking_again(visit: Visit, tap: VerdictTap) -> None:
    await _show_asking(visit, await visit.read(queries.asked, member_id=tap.member_id))


async def _decision_again(visit: Visit, tap: DecisionDoneTap | DecisionUndoneTap) -> None:
    await _show_decision(visit, tap.decision_id)


FRESH_GROUP = {FLAG: Afresh(_group_again)}
FRESH_MEETING = {FLAG: Afresh(_meeting_again)}
FRESH_ASKING = {FLAG: Afresh(_asking_again)}
FRESH_DECISION = {FLAG: Afresh(_decision_again)}


@router.callback_query(OpenGroupsTap.filter())
async def open_home(_tap: CallbackQuery, callback_data: OpenGroupsTap, visit: Visit) -> None:
    """My groups; another page of them."""
    await home(visit, page=callback_data.page)


@router.callback_query(NearTap.filter())
async def near(_tap: CallbackQuery, callback_data: NearTap, visit: Visit) -> None:
    """Groups that one may join."""
    await visit.expect(None)
    await visit.show(screens.near(visit.t, await visit.read(queries.groups_near), page=callback_data.page))


@router.callback_query(GroupTap.filter())
async def open_group(_tap: CallbackQuery, callback_data: GroupTap, visit: Visit) -> None:
    """One group."""
    await _show_group(visit, callback_data.group_id)


@router.callback_query(JoinGroupTap.filter(), flags=FRESH_GROUP)
async def join(_tap: CallbackQuery, callback_data: JoinGroupTap, visit: Visit) -> None:
    """Asks the head to be taken."""
    await visit.write(services.ask_to_join, group_id=callback_data.group_id)
    await _show_group(visit, callback_data.group_id, lead=visit.t("groups.join.asked"))


@router.callback_query(LeaveGroupTap.filter(), flags=FRESH_GROUP)
async def leave(_tap: CallbackQuery, callback_data: LeaveGroupTap, visit: Visit) -> None:
    """Asks, then leaves."""
    if not callback_data.sure:
        view = await visit.read(queries.view, group_id=callback_data.group_id)
        await visit.show(screens.leave(visit.t, view))
        return
    await visit.write(services.leave, group_id=callback_data.group_id)
    await home(visit)


@router.callback_query(AskingTap.filter())
async def asking(_tap: CallbackQuery, callback_data: AskingTap, visit: Visit) -> None:
    """Who asks to join."""
    await _show_asking(visit, callback_data.group_id)


@router.callback_query(VerdictTap.filter(), flags=FRESH_ASKING)
async def verdict(_tap: CallbackQuery, callback_data: VerdictTap, visit: Visit) -> None:
    """One tap takes somebody, or does not; the next one follows."""
    member_id, accept = callback_data.member_id, callback_data.accept
    group_id = await visit.write(services.decide_member, member_id=member_id, accept=accept)
    lead = visit.t("groups.accepted" if accept else "groups.declined")
    await _show_asking(visit, group_id, lead=lead)


@router.callback_query(CallTap.filter())
async def call(_tap: CallbackQuery, callback_data: CallTap, visit: Visit) -> None:
    """On which day to meet."""
    view = await _headed(visit, callback_data.group_id)
    today = visit.now.astimezone(visit.context.zone)
    first = 0 if free_hours(today.date(), now=visit.now, zone=visit.context.zone) else 1
    free = [today + timedelta(days=number) for number in range(first, first + DAYS)]
    await visit.expect(None)
    await visit.show(screens.days(visit.t, view, free=free, zone=visit.context.zone))


@router.callback_query(CallDayTap.filter())
async def hours(_tap: CallbackQuery, callback_data: CallDayTap, visit: Visit) -> None:
    """At which hour."""
    await _headed(visit, callback_data.group_id)
    chosen = day_of_button(callback_data.day)
    free = free_hours(chosen, now=visit.now, zone=visit.context.zone)
    await visit.show(
        screens.hours(visit.t, group_id=callback_data.group_id, chosen=chosen, free=free, zone=visit.context.zone)
    )


@router.callback_query(CallTimeTap.filter(), flags=FRESH_GROUP)
async def chosen_time(_tap: CallbackQuery, callback_data: CallTimeTap, visit: Visit) -> None:
    """The day and the hour are there: members are called; a word of what about may follow."""
    at = moment_of_button(callback_data.day, callback_data.minute, visit.context.zone)
    meeting_id = await visit.write(services.call_meeting, group_id=callback_data.group_id, at=at)
    await visit.expect(GroupStates.agenda, meeting_id=meeting_id)
    line = await visit.read(meetings.meeting, meeting_id=meeting_id)
    await visit.show(screens.agenda(visit.t, line, zone=visit.context.zone))


@router.message(GroupStates.agenda)
async def typed_agenda(message: Message, visit: Visit) -> None:
    """What the meeting is about."""
    meeting_id = (await visit.dialog.get_data())["meeting_id"]
    try:
        text = typed(message, AGENDA_LENGTH)
    except DomainError as error:
        line = await visit.read(meetings.meeting, meeting_id=meeting_id)
        lead = why(visit, error, "groups.agenda.words")
        await visit.show(screens.agenda(visit.t, line, zone=visit.context.zone, lead=lead))
        return
    await visit.write(services.write_agenda, meeting_id=meeting_id, text=text)
    await _show_meeting(visit, meeting_id, lead=visit.t("groups.agenda.saved"))


@router.callback_query(GroupMeetingTap.filter())
async def open_meeting(_tap: CallbackQuery, callback_data: GroupMeetingTap, visit: Visit) -> None:
    """One meeting."""
    await _show_meeting(visit, callback_data.meeting_id)


@router.callback_query(ComingTap.filter(), flags=FRESH_MEETING)
async def coming(_tap: CallbackQuery, callback_data: ComingTap, visit: Visit) -> None:
    """«Приду» or «Не смогу»."""
    await visit.write(services.answer, meeting_id=callback_data.meeting_id, coming=callback_data.coming)
    await _show_meeting(visit, callback_data.meeting_id)


@router.callback_query(CallOffTap.filter(), flags=FRESH_MEETING)
async def call_off(_tap: CallbackQuery, callback_data: CallOffTap, visit: Visit) -> None:
    """Asks, then calls the meeting off; members hear of it."""
    if not callback_data.sure:
        line = await visit.read(meetings.meeting, meeting_id=callback_data.meeting_id)
        if not line.heads:
            raise NotFoundError
        await visit.show(screens.call_off(visit.t, line, zone=visit.context.zone))
        return
    group_id = await visit.write(services.cancel_meeting, meeting_id=callback_data.meeting_id)
    await _show_group(visit, group_id, lead=visit.t("groups.call_off.done"))


@router.callback_query(PresentTap.filter())
async def present(_tap: CallbackQuery, callback_data: PresentTap, visit: Visit) -> None:
    """Who came."""
    await _show_present(visit, callback_data.meeting_id, callback_data.page)


@router.callback_query(CameTap.filter(), flags=FRESH_MEETING)
async def came(_tap: CallbackQuery, callback_data: CameTap, visit: Visit) -> None:
    """One tap marks a member, another one takes the mark away."""
    await visit.write(
        services.mark_came,
        meeting_id=callback_data.meeting_id,
        person_id=callback_data.person_id,
        came=callback_data.came,
    )
    await _show_present(visit, callback_data.meeting_id, callback_data.page)


@router.callback_query(DecisionsTap.filter())
async def decisions(_tap: CallbackQuery, callback_data: DecisionsTap, visit: Visit) -> None:
    """What a group has decided, or what one answers for."""
    number = callback_data.group_id
    title, found = await visit.read(queries.decisions, group_id=number or None)
    await visit.expect(None)
    await visit.show(screens.decisions(visit.t, number, title, found, page=callback_data.page))


@router.callback_query(GroupDecisionTap.filter())
async def open_decision(_tap: CallbackQuery, callback_data: GroupDecisionTap, visit: Visit) -> None:
    """One decision."""
    await _show_decision(visit, callback_data.decision_id)


@router.callback_query(DecisionDoneTap.filter(), flags=FRESH_DECISION)
async def done(_tap: CallbackQuery, callback_data: DecisionDoneTap, visit: Visit) -> None:
    """One tap notes it; then one line about how it went, for whoever has one."""
    number = callback_data.decision_id
    await visit.write(services.done, decision_id=number)
    await visit.expect(GroupStates.word, decision_id=number)
    await visit.show(screens.word(visit.t, decision_id=number, lead=visit.t("groups.noted")))


@router.callback_query(DecisionUndoneTap.filter(), flags=FRESH_DECISION)
async def undone(_tap: CallbackQuery, callback_data: DecisionUndoneTap, visit: Visit) -> None:
    """It was a wrong tap: nothing is left of it."""
    await visit.write(services.reopen, decision_id=callback_data.decision_id)
    await _show_decision(visit, callback_data.decision_id, lead=visit.t("groups.undone.done"))


@router.message(GroupStates.word)
async def typed_word(message: Message, visit: Visit) -> None:
    """With which result it was done."""
    number = (await visit.dialog.get_data())["decision_id"]
    try:
        text = typed(message, services.WORD_LENGTH)
    except DomainError as error:
        await visit.show(screens.word(visit.t, decision_id=number, lead=why(visit, error, "groups.word.words")))
        return
    await visit.write(services.say, decision_id=number, word=text)
    await _show_decision(visit, number, lead=visit.t("groups.word.saved"))


@router.callback_query(GroupLevelsTap.filter())
async def levels(_tap: CallbackQuery, callback_data: GroupLevelsTap, visit: Visit) -> None:
    """The levels of the members together."""
    await visit.show(screens.levels(visit.t, await visit.read(queries.levels, group_id=callback_data.group_id)))


async def home(visit: Visit, *, page: int = 0) -> None:
    """One's groups."""
    await visit.expect(None)
    await visit.show(screens.home(visit.t, await visit.read(queries.home), page=page))


async def _headed(visit: Visit, group_id: int) -> queries.GroupView:
    view = await visit.read(queries.view, group_id=group_id)
    if not view.heads:
        raise NotFoundError
    return view


async def _show_group(visit: Visit, group_id: int, *, lead: object = "") -> None:
    await visit.expect(None)
    view = await visit.read(queries.view, group_id=group_id)
    await visit.show(screens.group(visit.t, view, zone=visit.context.zone, lead=lead))


async def _show_asking(visit: Visit, group_id: int, *, lead: object = "") -> None:
    await visit.expect(None)
    title, found = await visit.read(queries.asking, group_id=group_id)
    await visit.show(screens.asking(visit.t, group_id, title, found, lead=lead))


async def _show_meeting(visit: Visit, meeting_id: int, *, lead: object = "") -> None:
    await visit.expect(None)
    line = await visit.read(meetings.meeting, meeting_id=meeting_id)
    ahead = line.at > visit.now
    await visit.show(screens.meeting(visit.t, line, zone=visit.context.zone, ahead=ahead, lead=lead))


async def _show_present(visit: Visit, meeting_id: int, page: int) -> None:
    await visit.expect(None)
    line, people = await visit.read(meetings.present, meeting_id=meeting_id)
    await visit.show(screens.present(visit.t, line, people, page=page, zone=visit.context.zone))


async def _show_decision(visit: Visit, decision_id: int, *, lead: object = "") -> None:
    await visit.expect(None)
    one = await visit.read(queries.decision, decision_id=decision_id)
    await visit.show(screens.decision(visit.t, one, lead=lead))
