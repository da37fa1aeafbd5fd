"""What mentoring says: pure, texts and data -> screen."""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.mentoring import screens_series
from bot.mentoring.callbacks import (
    AskTap,
    CancelMeetingTap,
    DayTap,
    GoalsTap,
    LeavingTap,
    LevelsTap,
    LogTap,
    MeetingTap,
    MetDaysTap,
    MetOnTap,
    MetTap,
    NoteTap,
    OpenMentoringTap,
    PairPaperTap,
    PairPauseTap,
    PairTap,
    PlanTap,
    TimeTap,
    UnmetTap,
    VisitTap,
)
from bot.mentoring.screens_mentors import mentor_row, proposal_row, wish_row
from bot.ui.moments import day, label, short_day
from bot.ui.screens import PAGE, Button, Row, Screen, columns, menu_row, page_of, pager, paragraphs, short
from db.mentoring.models import MeetingKind, MeetingStatus
from db.mentoring.papers import PairPaper
from db.mentoring.queries import MeetingLine, MentoringHome, PairCard, PairLine
from locales import Texts

SHOWN = 3
LONGEST = 160


def when(t: Texts, at: datetime, zone: ZoneInfo) -> Markup:
    """«вт, 3 марта, 15:00 (МСК+2)»."""
    return t("mentoring.when", day=day(t, at, zone), hour=f"{at.astimezone(zone):%H:%M}", zone=label(t, at, zone))


def short_when(t: Texts, at: datetime, zone: ZoneInfo) -> str:
    """«3 мар, 15:00», for a button."""
    return f"{short_day(t, at, zone)}, {at.astimezone(zone):%H:%M}"


def home(
    t: Texts, view: MentoringHome, *, page: int, zone: ZoneInfo, is_mentor: bool = False, lead: object = ""
) -> Screen:
    """Whom I accompany and who accompanies me, proposals that wait; a mentee beside a short way to log a meeting."""
    shown, page, pages = page_of(view.mentees, page)
    parts: list[object] = [lead]
    rows: list[Row] = [proposal_row(t, pair_id, name) for pair_id, name, _ in view.proposals[:PAGE]]
    if view.proposals:
        parts.append(t("mentoring.home.proposals", n=len(view.proposals)))
    if not (view.mentees or view.mentors or (view.wishes and not is_mentor)):
        parts.append(t("mentoring.home.no_mentees" if is_mentor else "mentoring.home.nobody"))
    if view.mentees:
        lines = [_line(t, line, zone) for line in shown]
        parts += [t("mentoring.home.mentees", n=len(view.mentees)), Markup("\n").join(lines)]
        rows += [_mentee_row(t, line) for line in shown]
        if pages > 1:
            rows.append(pager(t, page, pages, lambda number: OpenMentoringTap(page=number)))
    for line in view.mentors:
        name = line.name or t.plain("mentoring.nameless")
        parts.append(t("mentoring.home.mentor", name=name))
        rows.append([Button(short(t.plain("mentoring.home.to_mentor", name=name)), PairTap(pair_id=line.pair_id))])
    if is_mentor:
        rows.append(mentor_row(t))
    elif not view.mentors:
        parts.append(t("mentoring.home.wishes") if view.wishes else "")
        rows.append(wish_row(t, wishes=view.wishes))
    return Screen(paragraphs(*parts), [*rows, menu_row(t)])


def _mentee_row(t: Texts, line: PairLine) -> list[Button]:
    row = [Button(short(line.name or t.plain("mentoring.nameless")), PairTap(pair_id=line.pair_id))]
    if not line.paused:
        row.append(Button(t.plain("mentoring.line.met"), MetTap(pair_id=line.pair_id)))
    return row


def goals(t: Texts, card: PairCard, *, lead: object = "") -> Screen:
    """Asks what the two want to come to; who sees it stands here."""
    now = t("mentoring.pair.goals", goals=short(card.goals, LONGEST)) if card.goals else ""
    return Screen(paragraphs(lead, now, t("mentoring.goals.ask")), _leave(t, card.pair_id))


def pair(
    t: Texts,
    card: PairCard,
    *,
    zone: ZoneInfo,
    lead: object = "",
    extra: Sequence[Row] = (),
    near: MeetingLine | None = None,
) -> Screen:
    """A pair as the mentor or the mentee sees it; `lead` says what has just been done, `extra` what may come next.

    `near` is a meeting at the hour of the one that has just got its time: perhaps one of them is too many.
    """
    facts = " · ".join(fact for fact in (card.position, card.subject, card.organisation) if fact)
    name = card.name or t.plain("mentoring.nameless")
    head = t("mentoring.pair.mentee" if card.is_mentor else "mentoring.pair.mentor", name=name, facts=short(facts, 140))
    parts: list[object] = [lead, t("mentoring.beside", when=when(t, near.at, zone)) if near else "", head]
    if card.goals:
        parts.append(t("mentoring.pair.goals", goals=short(card.goals, LONGEST)))
    if card.paused:
        parts.append(t("mentoring.pair.paused"))
    elif card.ahead:
        parts.append(t("mentoring.pair.next", when=when(t, card.ahead[0].at, zone), topic=_topic(t, card.ahead[0])))
    elif card.silent and card.is_mentor:
        parts.append(t("mentoring.pair.silent", day=day(t, card.last_contact_at, zone)))
    else:
        parts.append(t("mentoring.pair.no_plan"))
    if card.held:
        parts.append(_last(t, card, zone))
    if card.paused:
        again = Button(t.plain("mentoring.leaving.resume"), PairPauseTap(pair_id=card.pair_id, on=False))
        rows: list[Row] = [[again], _paper_row(t, card)]
    elif card.is_mentor:
        rows = _mentor_rows(t, card, zone, near)
    else:
        rows = _mentee_rows(t, card, zone)
        if card.asked_today:
            parts.append(t("mentoring.pair.asked"))
    leave = [Button(t.plain("mentoring.leaving"), LeavingTap(pair_id=card.pair_id))]
    return Screen(paragraphs(*parts), [*extra, *rows, leave, menu_row(t)])


def _last(t: Texts, card: PairCard, zone: ZoneInfo) -> Markup:
    """The last meeting and its outcome; a day that was told above already is not told twice."""
    last = card.held[0]
    told = (
        card.silent
        and card.is_mentor
        and not card.ahead
        and day(t, card.last_contact_at, zone) == day(t, last.at, zone)
    )
    lines = [] if told else [t("mentoring.pair.last", day=day(t, last.at, zone))]
    if card.is_mentor and last.outcome:
        lines.append(t("mentoring.pair.outcome", outcome=short(last.outcome, LONGEST)))
    return Markup("\n").join(lines)


def paper(t: Texts, which: PairPaper, pair_id: int) -> Screen:
    """The caption of a paper; who sees it stands here."""
    back = Button(t.plain("mentoring.open"), PairTap(pair_id=pair_id))
    return Screen(t(f"mentoring.paper.{which}.caption"), [[back]])


def no_paper(t: Texts) -> Screen:
    """The pair has ended before its paper could be made."""
    return Screen(t("mentoring.paper.ended"), [menu_row(t)])


def levels(t: Texts, card: PairCard, *, zone: ZoneInfo) -> Screen:
    """The opened result in words: no numbers, it is for a talk and not for a mark."""
    back = [[Button(t.plain("mentoring.back_to_pair"), PairTap(pair_id=card.pair_id))], menu_row(t)]
    if not card.levels or card.levels_at is None:
        return Screen(t("mentoring.levels.closed"), back)
    lines = [
        t(
            "mentoring.levels.line",
            component=line.component,
            level=(line.level or t.plain("mentoring.levels.too_little")).lower(),
        )
        for line in card.levels
    ]
    title = t("mentoring.levels.title", name=card.name or "", day=day(t, card.levels_at, zone))
    return Screen(paragraphs(title, Markup("\n").join(lines), t("mentoring.levels.hint")), back)


def days(
    t: Texts,
    *,
    pair_id: int,
    meeting_id: int,
    name: str | None,
    free: Sequence[datetime],
    zone: ZoneInfo,
    lead: Markup | None = None,
) -> Screen:
    """Which day; any other may be typed. `lead` says what was wrong with the one just typed."""
    buttons = [
        Button(day(t, at, zone), DayTap(pair_id=pair_id, meeting_id=meeting_id, day=at.astimezone(zone).toordinal()))
        for at in free
    ]
    key = "mentoring.plan.move" if meeting_id else "mentoring.plan.day"
    # An error gives its own example.
    example = None if lead else t("mentoring.plan.typed")
    text = paragraphs(lead, t(key, name=name or t.plain("mentoring.nameless")), example)
    return Screen(text, [*columns(buttons, 2), *_leave(t, pair_id)])


def hours(t: Texts, *, pair_id: int, meeting_id: int, chosen: date, free: Sequence[time], zone: ZoneInfo) -> Screen:
    """Which hour of the day."""
    buttons = [
        Button(
            f"{at:%H:%M}",
            TimeTap(pair_id=pair_id, meeting_id=meeting_id, day=chosen.toordinal(), minute=at.hour * 60 + at.minute),
        )
        for at in free
    ]
    noon = datetime.combine(chosen, time(12), zone)
    text = paragraphs(
        t("mentoring.plan.hour", day=day(t, noon, zone), zone=label(t, noon, zone)), t("mentoring.plan.typed")
    )
    other = Button(t.plain("mentoring.plan.other_day"), PlanTap(pair_id=pair_id, meeting_id=meeting_id))
    return Screen(text, [*columns(buttons, 4), [other], *_leave(t, pair_id)])


def meeting(t: Texts, line: MeetingLine, *, is_mentor: bool, name: str | None, zone: ZoneInfo) -> Screen:
    """One meeting and what can be done with it."""
    rows: list[Row] = []
    if line.status is MeetingStatus.PLANNED:
        if is_mentor:
            if line.over:
                rows.append(log_row(t, line.meeting_id))
            rows.append([_move(t, line), *([] if line.over else [_cancel(t, line.meeting_id, is_mentor=True)])])
        elif not line.over:
            rows.append([_cancel(t, line.meeting_id, is_mentor=False)])
        rows += screens_series.rows(t, line, is_mentor=is_mentor)
    elif line.status is MeetingStatus.HELD and is_mentor:
        rows.append(_visit_row(t, line))
        rows += [[Button(t.plain("mentoring.note.change"), NoteTap(meeting_id=line.meeting_id))], *_take_back(t, line)]
    if is_mentor and line.over and line.status is not MeetingStatus.PLANNED and not line.unplanned:
        held, not_held = log_row(t, line.meeting_id)  # a wrong tap can be taken back
        rows.append([not_held if line.status is MeetingStatus.HELD else held])
    key = f"mentoring.meeting.{line.status.value}"
    name = name or t.plain("mentoring.nameless")
    text = paragraphs(
        t(key, name=name, when=when(t, line.at, zone)),
        screens_series.of_line(t, line, zone),
        t("mentoring.visit.is") if line.kind is MeetingKind.VISIT else "",
        t("mentoring.meeting.topic", topic=short(line.topic, 200)) if line.topic else "",
        t("mentoring.pair.outcome", outcome=short(line.outcome, 300)) if line.outcome and is_mentor else "",
    )
    back = Button(t.plain("mentoring.back_to_pair"), PairTap(pair_id=line.pair_id))
    return Screen(text, [*rows, [back], menu_row(t)])


def sure(t: Texts, line: MeetingLine, *, is_mentor: bool, name: str | None, zone: ZoneInfo) -> Screen:
    """Asks before a meeting is cancelled."""
    name = name or t.plain("mentoring.nameless")
    return Screen(
        t("mentoring.cancel.sure", when=when(t, line.at, zone), name=name),
        [
            [
                Button(
                    t.plain("mentoring.cancel.yes"),
                    CancelMeetingTap(meeting_id=line.meeting_id, sure=True),
                    style="danger",
                )
            ],
            *screens_series.cancel_rest(t, line),
            [Button(t.plain("mentoring.cancel.no"), MeetingTap(meeting_id=line.meeting_id))],
            menu_row(t),
        ],
    )


def note(t: Texts, line: MeetingLine, *, lead: object = "") -> Screen:
    """Asks for one message about how it was; what was written by mistake can be taken back."""
    skip = Button(t.plain("mentoring.note.skip"), PairTap(pair_id=line.pair_id))
    rows = [*_take_back(t, line), _visit_row(t, line), [skip], menu_row(t)]
    return Screen(paragraphs(lead, t("mentoring.note.ask")), rows)


def about_again(t: Texts, *, pair_id: int, lead: object) -> Screen:
    """Asks once more what the wished meeting is about; the request itself has been made."""
    skip = Button(t.plain("mentoring.about.skip"), PairTap(pair_id=pair_id))
    return Screen(paragraphs(lead, t("mentoring.about")), [[skip], menu_row(t)])


def note_after(t: Texts, line: MeetingLine, *, zone: ZoneInfo) -> Screen:
    """The same once a meeting is written: on which day."""
    return note(t, line, lead=t("mentoring.held", day=day(t, line.at, zone)))


def met_days(
    t: Texts, card: PairCard, *, free: Sequence[datetime], earlier: int | None, today: datetime, zone: ZoneInfo
) -> Screen:
    """On which day they met; `earlier` is the page of days before these."""
    near = {0: t.plain("mentoring.today"), 1: t.plain("mentoring.yesterday")}
    buttons = [
        Button(
            near.get((today.date() - at.date()).days, day(t, at, zone)),
            MetOnTap(pair_id=card.pair_id, day=at.toordinal()),
        )
        for at in free
    ]
    rows: list[Row] = [*columns(buttons, 2)]
    if earlier is not None:
        rows.append([Button(t.plain("mentoring.met.earlier"), MetDaysTap(pair_id=card.pair_id, page=earlier))])
    name = card.name or t.plain("mentoring.nameless")
    return Screen(t("mentoring.met.day", name=name), [*rows, *_leave(t, card.pair_id)])


def log_row(t: Texts, meeting_id: int, *, below: bool = False) -> list[Button]:
    """«Встретились» and «Не получилось»."""
    held, not_held = (LogTap(meeting_id=meeting_id, held=held) for held in (True, False))
    return [
        Button(t.plain("mentoring.log.held"), held, style="success", below=below),
        Button(t.plain("mentoring.log.not_held"), not_held, below=below),
    ]


def _line(t: Texts, line: PairLine, zone: ZoneInfo) -> Markup:
    name = line.name or t.plain("mentoring.nameless")
    if line.next_at is not None:
        return t("mentoring.line.next", name=name, when=short_when(t, line.next_at, zone))
    if line.paused:
        return t("mentoring.line.paused", name=name)
    if line.silent:
        return t("mentoring.line.silent", name=name, day=short_day(t, line.last_contact_at, zone))
    return t("mentoring.line.plain", name=name)


def _mentor_rows(t: Texts, card: PairCard, zone: ZoneInfo, near: MeetingLine | None) -> list[Row]:
    rows: list[Row] = [
        [
            Button(
                t.plain("mentoring.how_was", when=short_when(t, line.at, zone)), MeetingTap(meeting_id=line.meeting_id)
            )
        ]
        for line in card.unlogged[-SHOWN:]
    ]
    rows += _ahead(t, card, zone, near)
    plan = Button(t.plain("mentoring.plan"), PlanTap(pair_id=card.pair_id))
    rows += [[plan, Button(t.plain("mentoring.met"), MetTap(pair_id=card.pair_id))]]
    if card.levels:
        rows.append([Button(t.plain("mentoring.levels"), LevelsTap(pair_id=card.pair_id))])
    rows += [[Button(t.plain("mentoring.goals"), GoalsTap(pair_id=card.pair_id))], _paper_row(t, card)]
    return [*rows, [Button(t.plain("mentoring.back_to_mentees"), OpenMentoringTap())]]


def _paper_row(t: Texts, card: PairCard) -> list[Button]:
    return [
        Button(t.plain(f"mentoring.paper.{one}"), PairPaperTap(pair_id=card.pair_id, paper=one)) for one in PairPaper
    ]


def _mentee_rows(t: Texts, card: PairCard, zone: ZoneInfo) -> list[Row]:
    rows = _ahead(t, card, zone)
    if not card.asked_today:
        rows.append([Button(t.plain("mentoring.ask"), AskTap(pair_id=card.pair_id))])
    return [*rows, _paper_row(t, card)]


def _ahead(t: Texts, card: PairCard, zone: ZoneInfo, near: MeetingLine | None = None) -> list[Row]:
    shown = card.ahead[:SHOWN]
    if near is not None and near.meeting_id not in {line.meeting_id for line in shown}:
        shown = (*shown, near)
    return [
        [
            Button(
                t.plain("mentoring.meeting_on", when=short_when(t, line.at, zone)),
                MeetingTap(meeting_id=line.meeting_id),
            )
        ]
        for line in shown
    ]


def _take_back(t: Texts, line: MeetingLine) -> list[Row]:
    return [[Button(t.plain("mentoring.met.undo"), UnmetTap(meeting_id=line.meeting_id))]] if line.unplanned else []


def _visit_row(t: Texts, line: MeetingLine) -> list[Button]:
    if line.kind is MeetingKind.VISIT:
        return [Button(t.plain("mentoring.visit.off"), VisitTap(meeting_id=line.meeting_id, on=False))]
    return [Button(t.plain("mentoring.visit.on"), VisitTap(meeting_id=line.meeting_id, on=True))]


def _topic(t: Texts, line: MeetingLine) -> str:
    return f"\n{short(line.topic, 120)}" if line.topic else ""


def _move(t: Texts, line: MeetingLine) -> Button:
    return Button(t.plain("mentoring.move"), PlanTap(pair_id=line.pair_id, meeting_id=line.meeting_id))


def _cancel(t: Texts, meeting_id: int, *, is_mentor: bool) -> Button:
    key = "mentoring.cancel" if is_mentor else "mentoring.cannot"
    return Button(t.plain(key), CancelMeetingTap(meeting_id=meeting_id))


def _leave(t: Texts, pair_id: int) -> list[Row]:
    return [[Button(t.plain("mentoring.back_to_pair"), PairTap(pair_id=pair_id))], menu_row(t)]
