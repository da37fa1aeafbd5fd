"""Taps of the base of mentors: a mentor's own card, a wish for a mentor, a proposal; what most of them lead to."""

from collections.abc import Sequence

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.mentoring import screens, screens_mentors
from bot.mentoring.callbacks import (
    DigestTap,
    LeavingTap,
    MentorDirectionsTap,
    MentorDirectionTap,
    MentorPlacesTap,
    MentorPlaceTap,
    MentorTap,
    PairPauseTap,
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
from bot.ui.refusals import FLAG, Afresh
from bot.ui.screens import Row
from bot.ui.visit import Visit
from db.mentoring import mentors, proposals, queries, services
from db.people.models import Role

router = Router(name="mentoring.mentors")


async def home(visit: Visit, *, page: int = 0, lead: object = "") -> None:
    """My pairs, proposals and what I look for; somebody with nothing but a mentor sees the mentor at once."""
    await visit.expect(None)
    view = await visit.read(queries.home)
    is_mentor = visit.visitor is not None and Role.MENTOR in visit.visitor.roles
    if len(view.mentors) == 1 and not (view.mentees or view.proposals or is_mentor or lead):
        await pair(visit, view.mentors[0].pair_id)
        return
    zone = visit.context.zone
    await visit.show(screens.home(visit.t, view, page=page, zone=zone, is_mentor=is_mentor, lead=lead))


async def pair(
    visit: Visit,
    pair_id: int,
    *,
    lead: object = "",
    extra: Sequence[Row] = (),
    meeting_id: int = 0,
    row: bool = False,
) -> None:
    """One pair, with a word above it about what has just been done and what one may want next.

    `meeting_id` has just got its time, with `row` those after it too: what stands at the same hour is named.
    """
    await visit.expect(None)
    card = await visit.read(queries.card, pair_id=pair_id)
    near = card.beside(meeting_id, row=row)
    await visit.show(screens.pair(visit.t, card, zone=visit.context.zone, lead=lead, extra=extra, near=near))


async def _home_again(visit: Visit, _tap: object) -> None:
    await home(visit)


FRESH = {FLAG: Afresh(_home_again)}


@router.callback_query(MentorTap.filter(), flags=FRESH)
async def open_card(_tap: CallbackQuery, visit: Visit) -> None:
    """A mentor's own card; whoever has not declared yet begins at once."""
    found = await visit.read(mentors.declaration)
    await visit.expect(None)
    if found.places is None and not found.strengths and found.components:
        await visit.show(screens_mentors.strengths(visit.t, found))
    else:
        await visit.show(screens_mentors.mentor(visit.t, found))


@router.callback_query(StrengthsTap.filter(), flags=FRESH)
async def open_strengths(_tap: CallbackQuery, visit: Visit) -> None:
    """What one can help with."""
    await visit.expect(None)
    await visit.show(screens_mentors.strengths(visit.t, await visit.read(mentors.declaration)))


@router.callback_query(StrengthTap.filter(), flags=FRESH)
async def strength(_tap: CallbackQuery, callback_data: StrengthTap, visit: Visit) -> None:
    """One more, or one less."""
    await visit.write(mentors.put_strength, component=callback_data.component, on=callback_data.on)
    await visit.show(screens_mentors.strengths(visit.t, await visit.read(mentors.declaration)))


@router.callback_query(MentorDirectionsTap.filter(), flags=FRESH)
async def open_directions(_tap: CallbackQuery, callback_data: MentorDirectionsTap, visit: Visit) -> None:
    """On which directions one works."""
    found = await visit.read(mentors.declaration)
    await visit.show(screens_mentors.directions(visit.t, found, page=callback_data.page))


@router.callback_query(MentorDirectionTap.filter(), flags=FRESH)
async def direction(_tap: CallbackQuery, callback_data: MentorDirectionTap, visit: Visit) -> None:
    """One more, or one less."""
    await visit.write(mentors.put_direction, direction_id=callback_data.direction_id, on=callback_data.on)
    found = await visit.read(mentors.declaration)
    await visit.show(screens_mentors.directions(visit.t, found, page=callback_data.page))


@router.callback_query(MentorPlacesTap.filter(), flags=FRESH)
async def open_places(_tap: CallbackQuery, visit: Visit) -> None:
    """How many mentees at once."""
    await visit.show(screens_mentors.places(visit.t, await visit.read(mentors.declaration)))


@router.callback_query(MentorPlaceTap.filter(), flags=FRESH)
async def place(_tap: CallbackQuery, callback_data: MentorPlaceTap, visit: Visit) -> None:
    """So many: the card is whole."""
    await visit.write(mentors.put_places, places=callback_data.places)
    await _card(visit, lead=visit.t("mentoring.mentor.kept"))


@router.callback_query(RestTap.filter(), flags=FRESH)
async def rest(_tap: CallbackQuery, callback_data: RestTap, visit: Visit) -> None:
    """Proposed to nobody for a while, or again."""
    await visit.write(mentors.put_paused, paused=callback_data.on)
    await _card(visit)


@router.callback_query(DigestTap.filter(), flags=FRESH)
async def digest(_tap: CallbackQuery, callback_data: DigestTap, visit: Visit) -> None:
    """The weekly summary, wanted or not."""
    await visit.write(mentors.put_digest, digest=callback_data.on)
    await _card(visit, lead=visit.t("mentoring.mentor.digest_on") if callback_data.on else "")


@router.callback_query(WishTap.filter())
async def open_wish(_tap: CallbackQuery, visit: Visit) -> None:
    """What a mentor should help with; how it stands for who has said so already."""
    wishes, _, titles = await visit.read(proposals.own_wish)
    if wishes:
        return await home(visit)
    await visit.expect(None)
    await visit.show(screens_mentors.wish(visit.t, titles))


@router.callback_query(WishForTap.filter(), flags=FRESH)
async def wish_for(_tap: CallbackQuery, callback_data: WishForTap, visit: Visit) -> None:
    """The methodist learns of it."""
    await visit.write(proposals.wish, component=callback_data.component or None)
    await home(visit, lead=visit.t("mentoring.wish.kept"))


@router.callback_query(UnwishTap.filter(), flags=FRESH)
async def unwish(_tap: CallbackQuery, visit: Visit) -> None:
    """Not any more."""
    await visit.write(proposals.end_wish)
    await home(visit, lead=visit.t("mentoring.wish.ended"))


@router.callback_query(ProposalTap.filter(), flags=FRESH)
async def open_proposal(_tap: CallbackQuery, callback_data: ProposalTap, visit: Visit) -> None:
    """One proposal."""
    card = await visit.read(proposals.proposal, pair_id=callback_data.pair_id)
    await visit.expect(None)
    await visit.show(screens_mentors.proposal(visit.t, card))


@router.callback_query(ProposalAnswerTap.filter(), flags=FRESH)
async def answer(_tap: CallbackQuery, callback_data: ProposalAnswerTap, visit: Visit) -> None:
    """Yes: the pair works, or waits for the other's answer. No: thanks, and why, who cares to say."""
    pair_id = callback_data.pair_id
    works = await visit.write(proposals.answer, pair_id=pair_id, agreed=callback_data.agreed)
    if works:
        await pair(visit, pair_id, lead=visit.t("mentoring.proposal.works"))
    elif callback_data.agreed:
        await visit.show(screens_mentors.proposal(visit.t, await visit.read(proposals.proposal, pair_id=pair_id)))
    else:
        await visit.show(screens_mentors.declined(visit.t, pair_id))


@router.callback_query(WhyTap.filter(), flags=FRESH)
async def say_why(_tap: CallbackQuery, callback_data: WhyTap, visit: Visit) -> None:
    """The methodist will see it."""
    await visit.write(proposals.say_why, pair_id=callback_data.pair_id, reason=callback_data.reason)
    await home(visit, lead=visit.t("mentoring.reason.kept"))


@router.callback_query(LeavingTap.filter(), flags=FRESH)
async def open_leaving(_tap: CallbackQuery, callback_data: LeavingTap, visit: Visit) -> None:
    """A rest, or an end and why."""
    card = await visit.read(queries.card, pair_id=callback_data.pair_id)
    await visit.show(screens_mentors.leaving(visit.t, card))


@router.callback_query(PairPauseTap.filter(), flags=FRESH)
async def pause(_tap: CallbackQuery, callback_data: PairPauseTap, visit: Visit) -> None:
    """The pair rests, or works again."""
    await visit.write(services.pause, pair_id=callback_data.pair_id, on=callback_data.on)
    lead = visit.t("mentoring.leaving.paused" if callback_data.on else "mentoring.leaving.resumed")
    await pair(visit, callback_data.pair_id, lead=lead)


@router.callback_query(PartTap.filter(), flags=FRESH)
async def part(_tap: CallbackQuery, callback_data: PartTap, visit: Visit) -> None:
    """The pair ends; the methodist sees why."""
    await visit.write(services.part, pair_id=callback_data.pair_id, reason=callback_data.reason)
    await home(visit, lead=visit.t("mentoring.leaving.parted"))


async def _card(visit: Visit, *, lead: object = "") -> None:
    await visit.show(screens_mentors.mentor(visit.t, await visit.read(mentors.declaration), lead=lead))
