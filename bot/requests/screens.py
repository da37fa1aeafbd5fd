"""What requests for help say: pure, texts and data -> screen. Of the other one nobody reads a name."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.people.callbacks import HelpTap
from bot.requests.callbacks import (
    AskDropTap,
    AskKindTap,
    AskSchoolTap,
    AskSendTap,
    AskTopicTap,
    CloseRequestTap,
    HelpedTap,
    KnownEnoughTap,
    KnownTap,
    MyRequestsTap,
    OpenAskTap,
    OpenRequestsTap,
    PassOnTap,
    ReplyTap,
    RequestDeclineTap,
    RequestFileTap,
    RequestPracticeTap,
    RequestTap,
    RequestWordsTap,
    TopicKind,
)
from bot.ties import screens as ties
from bot.ui.moments import point
from bot.ui.screens import Button, Row, Screen, columns, length, menu_row, page_of, pager, paragraphs, pieces, short
from db.requests.models import RequestStatus
from db.requests.queries import AskDraft, AskHome, HelpWords, RequestCard, RequestLine, TopicChoice
from locales import Texts

ON_PAGE = 6
TOPIC = 90
ABOUT = 200  # of a text that stands beside others
ASKED, SAID = 110, 240  # of the question and the last words on a request's card: the whole is a tap away
WHOLE = 620
"""Letters of a dialogue on one screen."""
ANSWER = 420  # of a known answer, below its question


def kinds(home: AskHome) -> list[tuple[TopicKind, Sequence[TopicChoice]]]:
    """The kinds of topics that there are, as buttons name them."""
    return [
        (kind, found)
        for kind, found in (
            (TopicKind.GROUP, home.groups),
            (TopicKind.COMPONENT, home.components),
            (TopicKind.DIRECTION, home.directions),
        )
        if found
    ]


def start(t: Texts, home: AskHome, *, lead: object = "") -> Screen:
    """What the question is about; a few letters find it as well."""
    rows: list[Row] = [
        [Button(t.plain(f"requests.kind.{kind.value}"), AskKindTap(kind=kind))] for kind, _ in kinds(home)
    ]
    if home.draft is not None:
        rows.insert(0, [Button(t.plain("requests.go_on"), OpenAskTap(), style="primary")])
    if home.own:
        rows.append([Button(t.plain("requests.mine", n=home.own), MyRequestsTap())])
    rows.append([Button(t.plain("requests.contact"), HelpTap())])
    who = t("requests.start.active" if home.selections else "requests.start.service")
    return Screen(paragraphs(lead, t("requests.start"), who), [*rows, menu_row(t)])


def topics(t: Texts, kind: TopicKind | None, found: Sequence[TopicChoice], page: int, *, lead: object = "") -> Screen:
    """The topics of a kind, or those that were looked for: names in full, the short ones on the buttons."""
    shown, page, pages = page_of(found, page, ON_PAGE)
    first = page * ON_PAGE
    lines = [t("requests.topic", number=first + place, name=one.name) for place, one in enumerate(shown, 1)]
    rows: list[Row] = [
        [Button(short(f"{first + place}. {one.short}"), topic_tap(one))] for place, one in enumerate(shown, 1)
    ]
    if pages > 1 and kind is not None:
        rows.append(pager(t, page, pages, lambda to: AskKindTap(kind=kind, page=to)))
    text = paragraphs(lead or (t(f"requests.kind.{kind.value}.title") if kind else ""), Markup("\n").join(lines))
    return Screen(text, [*rows, [Button(t.plain("requests.back"), OpenAskTap(afresh=True)), *menu_row(t)]])


def topic_tap(one: TopicChoice) -> AskTopicTap:
    """The button's data of a topic."""
    if one.topic.component is not None:
        return AskTopicTap(kind=TopicKind.COMPONENT, code=one.topic.component)
    if one.topic.direction_id is not None:
        return AskTopicTap(kind=TopicKind.DIRECTION, code=str(one.topic.direction_id))
    return AskTopicTap(kind=TopicKind.GROUP, code=str(one.topic.group_id))


def draft(t: Texts, one: AskDraft, *, zone: ZoneInfo, now: datetime, lead: object = "") -> Screen:
    """The question as it will be sent, or the wish for one; who sees what and until when it is answered."""
    about = t("requests.draft.topic", topic=short(one.topic, TOPIC))
    files = t("requests.draft.files", n=one.files) if one.files else None
    another = Button(t.plain("requests.another_topic"), OpenAskTap(afresh=True))
    if not one.question:
        known: list[Row] = [[Button(short(question), KnownTap(line_id=number))] for number, question in one.known]
        offered = t("requests.draft.known") if known else None
        text = paragraphs(lead, about, t("requests.draft.ask"), files, offered)
        return Screen(text, [*known, [another], menu_row(t)])
    text = paragraphs(
        lead,
        about,
        t("requests.draft.question", text=short(one.question, ABOUT)),
        files,
        t("requests.draft.until", until=point(t, one.due_at, zone, now=now)),
        t("requests.draft.avoids") if one.not_own_school else None,
    )
    rows: list[Row] = [[Button(t.plain("requests.send"), AskSendTap(), style="primary")]]
    if one.has_school:
        school = "requests.school.any" if one.not_own_school else "requests.school.avoid"
        rows.append([Button(t.plain(school), AskSchoolTap(avoid=not one.not_own_school))])
    rows += [ties.row(t), [another], [Button(t.plain("requests.drop"), AskDropTap())]]
    return Screen(text, [*rows, menu_row(t)])


def sure(t: Texts, one: AskDraft) -> Screen:
    """Whether the draft shall go."""
    text = t("requests.drop.sure", text=short(one.question or one.topic, ABOUT))
    gone = Button(t.plain("requests.drop.yes"), AskDropTap(sure=True))
    return Screen(text, [[gone], [Button(t.plain("requests.go_on"), OpenAskTap())], menu_row(t)])


def known(t: Texts, tap: KnownTap, question: str, answer: str) -> Screen:
    """What others were answered, a page of it."""
    (piece, *_), page, pages = page_of(pieces(answer, ANSWER), tap.page, 1)
    text = paragraphs(t("requests.known", question=short(question, ABOUT)), Markup.escape(piece))
    rows: list[Row] = [[Button(t.plain("requests.known.enough"), KnownEnoughTap(line_id=tap.line_id))]]
    if pages > 1:
        rows.insert(0, pager(t, page, pages, lambda to: KnownTap(line_id=tap.line_id, page=to)))
    return Screen(text, [*rows, [Button(t.plain("requests.known.ask"), OpenAskTap())], menu_row(t)])


def sent(t: Texts, card: RequestCard, *, zone: ZoneInfo, now: datetime) -> Screen:
    """Where the question is now, and until when it is answered."""
    key = "requests.sent" if card.with_member else "requests.sent.service"
    until = point(t, card.due_at, zone, now=now) if card.due_at else ""
    back = Button(t.plain("requests.open"), RequestTap(request_id=card.request_id))
    return Screen(paragraphs(t(key), t("requests.sent.until", until=until)), [[back], menu_row(t)])


def mine(t: Texts, lines: Sequence[RequestLine], page: int) -> Screen:
    """What I have asked."""
    tap = Button(t.plain("requests.ask_more"), OpenAskTap(afresh=True))
    if not lines:
        return Screen(t("requests.mine.none"), [[tap], menu_row(t)])
    return _list(t, t("requests.mine.title"), lines, page, MyRequestsTap, [[tap]])


def to_answer(t: Texts, lines: Sequence[RequestLine], page: int) -> Screen:
    """What I am asked."""
    if not lines:
        return Screen(t("requests.to_answer.none"), [menu_row(t)])
    return _list(t, t("requests.to_answer.title"), lines, page, OpenRequestsTap, [])


def card(t: Texts, one: RequestCard, *, zone: ZoneInfo, now: datetime, lead: object = "") -> Screen:
    """One request: the question, the last words, what may be done."""
    said = [_said(t, words, short(words.text, SAID)) for words in one.said[-1:]]
    cut = len(one.said) > 1 or len(one.question) > ASKED or any(len(words.text) > SAID for words in one.said)
    text = paragraphs(
        lead,
        t("requests.card.topic", topic=short(one.topic, TOPIC)),
        t("requests.card.from", about=short(one.about, 60)) if one.about else None,
        t("requests.card.question", text=short(one.question, ASKED)) if one.question else None,
        *said,
        _standing(t, one, zone, now),
    )
    files = [
        Button(t.plain("requests.file", number=place), RequestFileTap(file_id=number), below=True)
        for place, number in enumerate(one.files, 1)
    ]
    back = Button(t.plain("requests.back"), MyRequestsTap() if one.asker else OpenRequestsTap())
    whole = [Button(t.plain("requests.whole"), RequestWordsTap(request_id=one.request_id))] if cut else []
    return Screen(text, [*_deeds(t, one), whole, *columns(files, 2), [back, *menu_row(t)]])


def whole(t: Texts, one: RequestCard, page: int) -> Screen:
    """All words of a request, the oldest first, as many as fit a screen."""
    told = [t("requests.card.question", text=piece) for piece in pieces(one.question)] if one.question else []
    told += [_said(t, words, piece) for words in one.said for piece in pieces(words.text)]
    pages = list[str]()
    for text in told:
        joined = paragraphs(pages[-1], text) if pages else text
        if pages and length(joined) <= WHOLE:
            pages[-1] = joined
        else:
            pages.append(text)
    (shown, *_), page, count = page_of(pages or [t("requests.said.gone")], page, 1)
    rows: list[Row] = []
    if count > 1:
        rows.append(pager(t, page, count, lambda to: RequestWordsTap(request_id=one.request_id, page=to)))
    back = Button(t.plain("requests.back"), RequestTap(request_id=one.request_id))
    return Screen(shown, [*rows, [back, *menu_row(t)]])


def reply(t: Texts, one: RequestCard, *, lead: object = "") -> Screen:
    """Waits for the answer, or for more of the question."""
    key = "requests.reply.more" if one.asker else "requests.reply"
    about = t("requests.card.question", text=short(one.question, ABOUT)) if one.question else None
    back = Button(t.plain("requests.back"), RequestTap(request_id=one.request_id))
    return Screen(paragraphs(lead, about, t(key)), [[back], menu_row(t)])


def not_helped(t: Texts, request_id: int) -> Screen:
    """The ways on where an answer did not help."""
    rows: list[Row] = [
        [Button(t.plain("requests.write_on"), ReplyTap(request_id=request_id))],
        [Button(t.plain("requests.pass_on"), PassOnTap(request_id=request_id))],
        [Button(t.plain("requests.close"), CloseRequestTap(request_id=request_id))],
    ]
    return Screen(t("requests.not_helped"), [*rows, menu_row(t)])


def _list(t: Texts, title: Markup, lines: Sequence[RequestLine], page: int, tap: type, more: Sequence[Row]) -> Screen:
    shown, page, pages = page_of(lines, page, ON_PAGE)
    rows: list[Row] = [[Button(short(_name(t, one)), RequestTap(request_id=one.request_id))] for one in shown]
    if pages > 1:
        rows.append(pager(t, page, pages, lambda to: tap(page=to)))
    return Screen(title, [*rows, *more, menu_row(t)])


def _name(t: Texts, one: RequestLine) -> str:
    mark = "late" if one.late else one.status.value
    return t.plain(f"requests.line.{mark}", text=one.question or one.topic)


def _said(t: Texts, words: HelpWords, text: str) -> Markup:
    key = "me" if words.mine else words.speaker.value
    return t(f"requests.said.{key}", text=text or t.plain("requests.said.gone"))


def _standing(t: Texts, one: RequestCard, zone: ZoneInfo, now: datetime) -> Markup | None:
    if one.status is RequestStatus.CLOSED:
        return t("requests.card.closed")
    if one.status is RequestStatus.ANSWERED or one.due_at is None:
        return None
    until = point(t, one.due_at, zone, now=now)
    if one.late:
        return t("requests.card.late", until=until)
    return t("requests.card.until" if one.with_member else "requests.card.service", until=until)


def _deeds(t: Texts, one: RequestCard) -> list[Row]:
    number = one.request_id
    if one.status is RequestStatus.CLOSED:
        if one.for_practice:
            return [[practice_button(t, number)]]
        return _rating(t, number) if one.asker and one.helped is None and one.answered else []
    write = Button(t.plain("requests.write_on" if one.asker else "requests.answer"), ReplyTap(request_id=number))
    if not one.asker:
        if one.status is RequestStatus.ASSIGNED:
            return [[write, Button(t.plain("requests.decline"), RequestDeclineTap(request_id=number))]]
        return [[write, Button(t.plain("requests.close"), CloseRequestTap(request_id=number))]]
    if one.status is RequestStatus.ANSWERED:
        return [*_rating(t, number), [write]]
    return [[write, Button(t.plain("requests.no_need"), CloseRequestTap(request_id=number))]]


def practice_button(t: Texts, number: int) -> Button:
    """Makes the own answer a draft of a practice; the message stays."""
    return Button(t.plain("requests.practice"), RequestPracticeTap(request_id=number), below=True)


def _rating(t: Texts, number: int) -> list[Row]:
    yes = Button(t.plain("requests.helped"), HelpedTap(request_id=number, helped=True))
    no = Button(t.plain("requests.helped.no"), HelpedTap(request_id=number, helped=False))
    return [[yes, no]]
