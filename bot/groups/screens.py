"""What the bot says of groups: pure, texts and data -> screen."""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from aiogram.filters.callback_data import CallbackData
from markupsafe import Markup

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
    GroupFigureTap,
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
from bot.ui.moments import day, label, long_date, short_day
from bot.ui.screens import Button, Row, Screen, columns, menu_row, page_of, paragraphs, short
from bot.workplans.callbacks import WorkplanTap
from db.groups.meetings import GroupMeetingLine, PresentLine
from db.groups.models import GroupMeetingStatus, MemberStatus
from db.groups.queries import AskingLine, GroupDecisionLine, GroupLevels, GroupLine, GroupsHome, GroupView
from db.groups.rules import DecisionState
from locales import Texts

PAGE, NAME, LISTED, LONGEST = 6, 60, 50, 200
MEETINGS = {
    GroupMeetingStatus.PLANNED: "groups.meeting.planned",
    GroupMeetingStatus.HELD: "groups.meeting.held",
    GroupMeetingStatus.CANCELLED: "groups.meeting.cancelled",
}
STATES = {
    DecisionState.DONE: "groups.decision.done",
    DecisionState.OVERDUE: "groups.decision.overdue",
    DecisionState.OPEN: "groups.decision.open",
    DecisionState.NO_TERM: "groups.decision.no_term",
}


def when(t: Texts, at: datetime, zone: ZoneInfo) -> Markup:
    """«вт, 3 марта, 15:00 (МСК+2)»."""
    return t("groups.when", day=day(t, at, zone), hour=f"{at.astimezone(zone):%H:%M}", zone=label(t, at, zone))


def home(t: Texts, view: GroupsHome, *, page: int) -> Screen:
    """The groups that one is in, and the ways to others and to what one answers for."""
    shown, page, pages = page_of(view.mine, page, PAGE)
    lines = [
        t("groups.home.line", name=short(one.name, LISTED), what=t.plain(_standing(one.heads, one.status)))
        for one in shown
    ]
    rows: list[Row] = [[Button(short(one.name), GroupTap(group_id=one.group_id))] for one in shown]
    rows += _pages(t, page, pages, [OpenGroupsTap(page=number) for number in range(pages)])
    if view.decisions:
        rows.append([Button(t.plain("groups.home.decisions", n=view.decisions), DecisionsTap())])
    if view.others:
        rows.append([Button(t.plain("groups.home.near"), NearTap())])
    none = "groups.home.none" if view.others else "groups.home.nowhere"
    lead = t("groups.home", n=len(view.mine)) if view.mine else t(none)
    return Screen(paragraphs(lead, Markup("\n").join(lines)), [*rows, menu_row(t)])


def near(t: Texts, found: Sequence[GroupLine], *, page: int) -> Screen:
    """The groups near by."""
    if not found:
        return Screen(t("groups.near.none"), [_to_groups(t), menu_row(t)])
    shown, page, pages = page_of(found, page, PAGE)
    lines = [t("groups.near.line", name=short(one.name, LISTED), kind=short(one.kind, 40)) for one in shown]
    rows: list[Row] = [[Button(short(one.name), GroupTap(group_id=one.group_id))] for one in shown]
    rows += _pages(t, page, pages, [NearTap(page=number) for number in range(pages)])
    return Screen(paragraphs(t("groups.near"), Markup("\n").join(lines)), [*rows, _to_groups(t), menu_row(t)])


def group(t: Texts, view: GroupView, *, zone: ZoneInfo, lead: object = "") -> Screen:
    """A group as its head, a member, or somebody near by sees it."""
    facts = " · ".join(one for one in (short(view.kind, 60), short(view.unit, 60), short(view.subject, 40)) if one)
    parts: list[object] = [lead, t("groups.card", name=short(view.name, NAME), facts=facts)]
    if view.heads:
        parts.append(t("groups.card.heads", n=view.members))
    else:
        head = t("groups.card.head", name=short(view.head, NAME)) if view.head else t("groups.card.headless")
        parts.append(Markup("\n").join([head, t("groups.card.members", n=view.members)]))
    if view.status is MemberStatus.ASKED:
        parts.append(t("groups.card.asked"))
    if view.meeting is not None:
        parts.append(t("groups.card.next", when=when(t, view.meeting.at, zone), agenda=_agenda(t, view.meeting)))
    elif view.status is MemberStatus.ACTIVE:
        parts.append(t("groups.card.no_meeting"))
    if view.overdue:
        parts.append(t("groups.card.overdue", n=view.overdue))
    return Screen(paragraphs(*parts), [*_group_rows(t, view, zone), _to_groups(t), menu_row(t)])


def _group_rows(t: Texts, view: GroupView, zone: ZoneInfo) -> list[Row]:
    rows: list[Row] = []
    for line in (view.meeting, view.last):
        if line is not None and all(line.meeting_id != getattr(row[0].tap, "meeting_id", None) for row in rows):
            at = f"{short_day(t, line.at, zone)}, {line.at.astimezone(zone):%H:%M}"
            rows.append([Button(t.plain("groups.meeting_on", when=at), GroupMeetingTap(meeting_id=line.meeting_id))])
    number = view.group_id
    if view.heads:
        if view.asking:
            rows.append([Button(t.plain("groups.asking", n=view.asking), AskingTap(group_id=number))])
        rows.append([Button(t.plain("groups.call"), CallTap(group_id=number))])
        rows.append(
            [
                Button(t.plain("groups.decisions"), DecisionsTap(group_id=number)),
                Button(t.plain("groups.levels"), GroupLevelsTap(group_id=number)),
            ]
        )
    if view.status is MemberStatus.ACTIVE:
        rows.append([Button(t.plain("groups.plan"), WorkplanTap(group_id=number))])
    if view.status is None:
        rows.append([Button(t.plain("groups.join"), JoinGroupTap(group_id=number))])
    elif view.status is MemberStatus.ASKED:
        rows.append([Button(t.plain("groups.join.back"), LeaveGroupTap(group_id=number, sure=True))])
    else:
        rows.append([Button(t.plain("groups.leave"), LeaveGroupTap(group_id=number))])
    return rows


def leave(t: Texts, view: GroupView) -> Screen:
    """Asks before one leaves."""
    key = "groups.leave.sure.head" if view.heads else "groups.leave.sure"
    yes = Button(t.plain("groups.leave.yes"), LeaveGroupTap(group_id=view.group_id, sure=True), style="danger")
    stay = Button(t.plain("groups.leave.no"), GroupTap(group_id=view.group_id))
    return Screen(t(key, name=short(view.name, NAME)), [[yes], [stay], menu_row(t)])


def asking(t: Texts, group_id: int, title: str, found: Sequence[AskingLine], *, lead: object = "") -> Screen:
    """Who asks to join; the first of them is decided about."""
    back = Button(t.plain("groups.back"), GroupTap(group_id=group_id))
    if not found:
        return Screen(paragraphs(lead, t("groups.asking.none", name=short(title, NAME))), [[back], menu_row(t)])
    first = found[0]
    text = t("groups.asking.one", who=short(first.name, NAME), name=short(title, NAME), n=len(found))
    row = [
        Button(t.plain("groups.accept"), VerdictTap(member_id=first.member_id, accept=True), style="success"),
        Button(t.plain("groups.decline"), VerdictTap(member_id=first.member_id, accept=False)),
    ]
    return Screen(paragraphs(lead, text), [row, [back], menu_row(t)])


def days(t: Texts, view: GroupView, *, free: Sequence[datetime], zone: ZoneInfo) -> Screen:
    """On which day to meet."""
    buttons = [
        Button(day(t, at, zone), CallDayTap(group_id=view.group_id, day=at.astimezone(zone).toordinal())) for at in free
    ]
    back = Button(t.plain("groups.back"), GroupTap(group_id=view.group_id))
    return Screen(t("groups.call.day", name=short(view.name, NAME)), [*columns(buttons, 2), [back], menu_row(t)])


def hours(t: Texts, *, group_id: int, chosen: date, free: Sequence[time], zone: ZoneInfo) -> Screen:
    """At which hour."""
    buttons = [
        Button(
            f"{at:%H:%M}",
            CallTimeTap(group_id=group_id, day=chosen.toordinal(), minute=at.hour * 60 + at.minute),
        )
        for at in free
    ]
    noon = datetime.combine(chosen, time(12), zone)
    text = t("groups.call.hour", day=day(t, noon, zone), zone=label(t, noon, zone))
    other = Button(t.plain("groups.call.other_day"), CallTap(group_id=group_id))
    back = Button(t.plain("groups.back"), GroupTap(group_id=group_id))
    return Screen(text, [*columns(buttons, 4), [other], [back], menu_row(t)])


def agenda(t: Texts, line: GroupMeetingLine, *, zone: ZoneInfo, lead: object = "") -> Screen:
    """The meeting is called; a word of what about may follow."""
    said = lead or t("groups.called", when=when(t, line.at, zone))
    skip = Button(t.plain("groups.agenda.skip"), GroupMeetingTap(meeting_id=line.meeting_id))
    off = Button(t.plain("groups.call_off"), CallOffTap(meeting_id=line.meeting_id))
    return Screen(paragraphs(said, t("groups.agenda.ask")), [[skip], [off], menu_row(t)])


def meeting(t: Texts, line: GroupMeetingLine, *, zone: ZoneInfo, ahead: bool, lead: object = "") -> Screen:
    """A meeting: when, where, what about; one's own answer, and for a head who is coming."""
    facts: list[Markup] = [t("groups.meeting.when", when=when(t, line.at, zone))]
    for key, text in (("groups.meeting.place", line.place), ("groups.meeting.link", line.link)):
        if text:
            facts.append(t(key, text=short(text, 80)))
    if line.agenda:
        facts.append(t("groups.meeting.agenda", text=short(line.agenda, LONGEST)))
    parts: list[object] = [lead, t(MEETINGS[line.status], name=short(line.title, NAME)), Markup("\n").join(facts)]
    rows: list[Row] = []
    planned = line.status is GroupMeetingStatus.PLANNED
    if planned and ahead:
        coming, unable = line.said
        if line.heads:
            parts.append(t("groups.meeting.said", coming=coming, unable=unable))
        else:
            mine = {True: "groups.meeting.coming", False: "groups.meeting.unable", None: "groups.meeting.silent"}
            parts.append(t(mine[line.coming]))
            rows.append(coming_row(t, line.meeting_id))
    if line.heads and line.status is GroupMeetingStatus.HELD:
        parts.append(t("groups.meeting.came", n=line.came))
        if line.came < line.needed:
            parts.append(t("groups.meeting.no_quorum", needed=line.needed))
    if line.may_mark:
        rows.append([Button(t.plain("groups.present"), PresentTap(meeting_id=line.meeting_id))])
    if line.heads and planned:
        rows.append([Button(t.plain("groups.call_off"), CallOffTap(meeting_id=line.meeting_id))])
    back = Button(t.plain("groups.back"), GroupTap(group_id=line.group_id))
    return Screen(paragraphs(*parts), [*rows, [back], menu_row(t)])


def coming_row(t: Texts, meeting_id: int, *, below: bool = False) -> list[Button]:
    """«Приду» and «Не смогу»."""
    yes, no = (ComingTap(meeting_id=meeting_id, coming=coming) for coming in (True, False))
    return [
        Button(t.plain("groups.coming"), yes, style="success", below=below),
        Button(t.plain("groups.unable"), no, below=below),
    ]


def call_off(t: Texts, line: GroupMeetingLine, *, zone: ZoneInfo) -> Screen:
    """Asks before a meeting is called off."""
    yes = Button(t.plain("groups.call_off.yes"), CallOffTap(meeting_id=line.meeting_id, sure=True), style="danger")
    keep = Button(t.plain("groups.call_off.no"), GroupMeetingTap(meeting_id=line.meeting_id))
    return Screen(t("groups.call_off.sure", when=when(t, line.at, zone)), [[yes], [keep], menu_row(t)])


def present(t: Texts, line: GroupMeetingLine, people: Sequence[PresentLine], *, page: int, zone: ZoneInfo) -> Screen:
    """Who came: a tap on a name marks it, another one takes the mark away."""
    shown, page, pages = page_of(people, page, PAGE)
    rows: list[Row] = [
        [
            Button(
                ("✓ " if one.came else "") + short(one.name, 27),
                CameTap(meeting_id=line.meeting_id, person_id=one.person_id, came=not one.came, page=page),
            )
        ]
        for one in shown
    ]
    rows += _pages(t, page, pages, [PresentTap(meeting_id=line.meeting_id, page=number) for number in range(pages)])
    ready = Button(t.plain("groups.present.ready"), GroupMeetingTap(meeting_id=line.meeting_id))
    here = sum(one.came for one in people)
    text = t("groups.present.who", when=when(t, line.at, zone), here=here, members=len(people))
    return Screen(text, [*rows, [ready], menu_row(t)])


def decisions(t: Texts, group_id: int, title: str, found: Sequence[GroupDecisionLine], *, page: int) -> Screen:
    """What a group has decided, or what one answers for."""
    back = Button(t.plain("groups.back"), GroupTap(group_id=group_id)) if group_id else _to_groups(t)[0]
    if not found:
        return Screen(t("groups.decisions.none"), [[back], menu_row(t)])
    shown, page, pages = page_of(found, page, PAGE)
    lines = [t("groups.decisions.line", text=short(one.text, LISTED), state=_state(t, one)) for one in shown]
    rows: list[Row] = [[Button(short(one.text), GroupDecisionTap(decision_id=one.decision_id))] for one in shown]
    rows += _pages(t, page, pages, [DecisionsTap(group_id=group_id, page=number) for number in range(pages)])
    lead = t("groups.decisions.of", name=short(title, NAME)) if group_id else t("groups.decisions.mine")
    return Screen(paragraphs(lead, Markup("\n").join(lines)), [*rows, [back], menu_row(t)])


def decision(t: Texts, one: GroupDecisionLine, *, lead: object = "") -> Screen:
    """One decision: who answers for it, until when, how it stands."""
    facts = [t("groups.decision.of", name=short(one.group, NAME))]
    if not one.own:
        who = short(one.responsible, NAME) if one.responsible else t.plain("groups.decision.nobody")
        facts.append(t("groups.decision.who", who=who))
    if one.word:
        facts.append(t("groups.decision.word", word=short(one.word, LONGEST)))
    rows: list[Row] = []
    if one.own and one.state is not DecisionState.DONE:
        rows.append([Button(t.plain("groups.done"), DecisionDoneTap(decision_id=one.decision_id))])
    if one.own and one.noted:
        rows.append([Button(t.plain("groups.undone"), DecisionUndoneTap(decision_id=one.decision_id))])
    list_of = DecisionsTap() if one.own else DecisionsTap(group_id=one.group_id)
    rows.append([Button(t.plain("groups.decisions.back"), list_of)])
    text = t("groups.decision", text=short(one.text, LONGEST), state=_state(t, one))
    return Screen(paragraphs(lead, text, Markup("\n").join(facts)), [*rows, menu_row(t)])


def word(t: Texts, *, decision_id: int, lead: object) -> Screen:
    """It is noted; a line about how it went may follow, and a wrong tap is taken back."""
    skip = Button(t.plain("groups.word.skip"), GroupDecisionTap(decision_id=decision_id))
    undo = Button(t.plain("groups.undone"), DecisionUndoneTap(decision_id=decision_id))
    return Screen(paragraphs(lead, t("groups.word.ask")), [[skip], [undo], menu_row(t)])


def levels(t: Texts, found: GroupLevels) -> Screen:
    """The members' levels together, or why they are not told."""
    back = Button(t.plain("groups.back"), GroupTap(group_id=found.group_id))
    name = short(found.name, NAME)
    if not found.lines:
        return Screen(t("groups.levels.few", name=name, least=found.least), [[back], menu_row(t)])
    lines = [
        t("groups.levels.line", component=short(one.component, 40), level=one.level, people=one.people)
        for one in found.lines
    ]
    text = paragraphs(t("groups.levels.title", name=name), Markup("\n").join(lines), t("groups.levels.hint"))
    rows: list[Row] = [
        [
            Button(
                t.plain("groups.levels.propose", component=short(one.component, 18)),
                GroupFigureTap(group_id=found.group_id, component=one.code),
            )
        ]
        for one in found.lines
    ]
    return Screen(text, [*rows, [back], menu_row(t)])


def _standing(heads: bool, status: MemberStatus | None) -> str:
    if heads:
        return "groups.home.heads"
    return "groups.home.asked" if status is MemberStatus.ASKED else "groups.home.member"


def _agenda(t: Texts, line: GroupMeetingLine) -> str:
    return f"\n{short(line.agenda, 120)}" if line.agenda else ""


def _state(t: Texts, one: GroupDecisionLine) -> str:
    state = t.plain(STATES[one.state])
    return f"{state}, {long_date(t, one.due_on)}" if one.due_on else state


def _to_groups(t: Texts) -> list[Button]:
    return [Button(t.plain("groups.to_groups"), OpenGroupsTap())]


def _pages(t: Texts, page: int, pages: int, taps: Sequence[CallbackData]) -> list[Row]:
    if pages < 2:
        return []
    found = [Button(t.plain("groups.page", number=page + 1, count=pages), taps[page])]
    if page > 0:
        found.insert(0, Button("‹", taps[page - 1]))
    if page + 1 < pages:
        found.append(Button("›", taps[page + 1]))
    return [found]
