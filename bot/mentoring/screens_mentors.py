"""What the base of mentors says: a mentor's own card, a wish, a proposal: pure, texts and data -> screen."""

from collections.abc import Mapping

from bot.mentoring.callbacks import (
    DigestTap,
    MentorDirectionsTap,
    MentorDirectionTap,
    MentorPlacesTap,
    MentorPlaceTap,
    MentorTap,
    OpenMentoringTap,
    PairPauseTap,
    PairTap,
    PartTap,
    ProposalAnswerTap,
    ProposalTap,
    RestTap,
    StrengthsTap,
    StrengthTap,
    UnwishTap,
    WhyTap,
    WishForTap,
    WishTap,
)
from bot.ties import screens as ties
from bot.ui.screens import Button, Row, Screen, columns, menu_row, page_of, pager, paragraphs, short
from db.mentoring.mentors import Declaration
from db.mentoring.models import EndReason
from db.mentoring.proposals import ProposalCard
from db.mentoring.queries import PairCard
from locales import Texts

PLACES = 8
"""So many mentees at once one may choose by a button; more are written down by a methodist."""


def mentor(t: Texts, found: Declaration, *, lead: object = "") -> Screen:
    """A mentor's own card: what is declared, and who sees it."""
    strengths = ", ".join(title for code, title in found.components.items() if code in found.strengths)
    directions = ", ".join(one.short or one.name for one in found.known_directions if one.id in found.directions)
    nothing = t.plain("mentoring.mentor.nothing")
    places = (
        t("mentoring.mentor.places", places=found.places, taken=found.taken)
        if found.places is not None
        else t("mentoring.mentor.no_places")
    )
    text = paragraphs(
        lead,
        t("mentoring.mentor.title"),
        t("mentoring.mentor.strengths", what=short(strengths or nothing, 200)),
        t("mentoring.mentor.directions", what=short(directions or nothing, 120)) if found.known_directions else "",
        places,
        t("mentoring.mentor.resting") if found.paused else "",
        t("mentoring.mentor.seen_by"),
    )
    rows: list[Row] = [
        [Button(t.plain("mentoring.mentor.to_strengths"), StrengthsTap())],
        [Button(t.plain("mentoring.mentor.to_places"), MentorPlacesTap())],
        [
            Button(t.plain("mentoring.mentor.rest_off"), RestTap(on=False))
            if found.paused
            else Button(t.plain("mentoring.mentor.rest"), RestTap(on=True))
        ],
        [
            Button(t.plain("mentoring.mentor.digest_off"), DigestTap(on=False))
            if found.digest
            else Button(t.plain("mentoring.mentor.digest"), DigestTap(on=True))
        ],
    ]
    return Screen(text, [*rows, ties.row(t), [_home(t)], menu_row(t)])


def strengths(t: Texts, found: Declaration) -> Screen:
    """What a mentor can help with: each is there or not."""
    rows: list[Row] = [
        [Button(_marked(title, code in found.strengths), StrengthTap(component=code, on=code not in found.strengths))]
        for code, title in found.components.items()
    ]
    onward = MentorDirectionsTap() if found.known_directions else MentorPlacesTap()
    text = paragraphs(t("mentoring.mentor.which_strengths"), t("mentoring.mentor.seen_by"))
    return Screen(text, [*rows, [Button(t.plain("mentoring.mentor.onward"), onward)], menu_row(t)])


def directions(t: Texts, found: Declaration, *, page: int) -> Screen:
    """On which directions a mentor works: each is there or not."""
    shown, page, pages = page_of(found.known_directions, page)
    rows: list[Row] = [
        [
            Button(
                _marked(one.short or one.name, one.id in found.directions),
                MentorDirectionTap(direction_id=one.id, on=one.id not in found.directions, page=page),
            )
        ]
        for one in shown
    ]
    if pages > 1:
        rows.append(pager(t, page, pages, lambda number: MentorDirectionsTap(page=number)))
    onward = Button(t.plain("mentoring.mentor.onward"), MentorPlacesTap())
    return Screen(t("mentoring.mentor.which_directions"), [*rows, [onward], menu_row(t)])


def places(t: Texts, found: Declaration) -> Screen:
    """How many mentees at once."""
    first = max(found.taken, 1)
    buttons = [Button(str(number), MentorPlaceTap(places=number)) for number in range(first, first + PLACES)]
    text = t("mentoring.mentor.how_many", taken=found.taken)
    return Screen(text, [*columns(buttons, 4), [Button(t.plain("mentoring.mentor.card"), MentorTap())], menu_row(t)])


def leaving(t: Texts, card: PairCard) -> Screen:
    """A rest, or an end and why: what the other one hears and what the methodist sees stands here."""
    name = card.name or t.plain("mentoring.nameless")
    rest = Button(t.plain("mentoring.leaving.pause"), PairPauseTap(pair_id=card.pair_id, on=True))
    why = [
        [Button(t.plain(f"mentoring.leaving.{reason}"), PartTap(pair_id=card.pair_id, reason=reason))]
        for reason in EndReason
    ]
    back = [Button(t.plain("mentoring.back_to_pair"), PairTap(pair_id=card.pair_id))]
    rows: list[Row] = [*([] if card.paused else [[rest]]), *why, back, menu_row(t)]
    return Screen(t("mentoring.leaving.ask", name=name), rows)


def wish(t: Texts, titles: Mapping[str, str]) -> Screen:
    """What a mentor should help with; who learns of it."""
    rows: list[Row] = [[Button(short(title), WishForTap(component=code))] for code, title in titles.items()]
    rows.append([Button(t.plain("mentoring.wish.anything"), WishForTap())])
    return Screen(paragraphs(t("mentoring.wish.what"), t("mentoring.wish.seen_by")), [*rows, ties.row(t), menu_row(t)])


def wish_row(t: Texts, *, wishes: bool) -> list[Button]:
    """«Хочу наставника», or not any more."""
    if wishes:
        return [Button(t.plain("mentoring.wish.end"), UnwishTap())]
    return [Button(t.plain("mentoring.wish"), WishTap())]


def mentor_row(t: Texts) -> list[Button]:
    """A mentor's own card."""
    return [Button(t.plain("mentoring.mentor.card"), MentorTap())]


def proposal_row(t: Texts, pair_id: int, name: str | None) -> list[Button]:
    """A proposal that waits for an answer."""
    return [
        Button(
            short(t.plain("mentoring.proposal.of", name=name or t.plain("mentoring.nameless"))),
            ProposalTap(pair_id=pair_id),
        )
    ]


def answers(t: Texts, pair_id: int, *, below: bool = False) -> list[Button]:
    """Yes and a polite no."""
    yes, no = (ProposalAnswerTap(pair_id=pair_id, agreed=agreed) for agreed in (True, False))
    return [
        Button(t.plain("mentoring.proposal.yes"), yes, style="success", below=below),
        Button(t.plain("mentoring.proposal.no"), no, below=below),
    ]


def proposal(t: Texts, card: ProposalCard, *, lead: object = "") -> Screen:
    """A proposal: who it is, what help is wanted with, what happens with the answer."""
    facts = " · ".join(fact for fact in (card.position, card.organisation) if fact)
    name = card.name or t.plain("mentoring.nameless")
    side = "mentor" if card.is_mentor else "mentee"
    text = paragraphs(
        lead,
        t(f"mentoring.proposal.to_{side}", name=name, facts=short(facts, 140)),
        t("mentoring.proposal.component", component=card.component) if card.component else "",
        t("mentoring.proposal.waits") if card.agreed else t("mentoring.proposal.free"),
    )
    rows: list[Row] = [] if card.agreed else [answers(t, card.pair_id)]
    return Screen(text, [*rows, [_home(t)], menu_row(t)])


def declined(t: Texts, pair_id: int, *, lead: object = "") -> Screen:
    """Thanks for the answer, and asks why, who cares to say."""
    reasons = (EndReason.TIME, EndReason.RELATIVE, EndReason.MISMATCH)
    rows: list[Row] = [
        [Button(t.plain(f"mentoring.reason.{one}"), WhyTap(pair_id=pair_id, reason=one))] for one in reasons
    ]
    return Screen(paragraphs(lead, t("mentoring.proposal.declined")), [*rows, menu_row(t)])


def _marked(title: str, on: bool) -> str:
    return ("✓ " if on else "") + short(title, 28)


def _home(t: Texts) -> Button:
    return Button(t.plain("mentoring.back_to_mentees"), OpenMentoringTap())
