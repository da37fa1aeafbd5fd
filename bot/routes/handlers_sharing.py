"""Taps and texts of who may look into a route: one use case a tap, one screen."""

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.routes import screens_sharing
from bot.routes.callbacks import (
    RouteCommentsTap,
    RouteCommentTap,
    RouteLookTap,
    RouteRevokeTap,
    RouteShareTap,
    RouteSharingTap,
    RoutesOpenedTap,
)
from bot.ui.refusals import FLAG, Afresh, why
from bot.ui.visit import Visit, typed
from db.errors import DomainError
from db.routes import sharing

router = Router(name="routes.sharing")


class RouteSharingStates(StatesGroup):
    """What is typed: something to say of another's route."""

    comment = State()


async def _sharing(visit: Visit, found: sharing.RouteSharing) -> None:
    await visit.expect(None)
    await visit.show(screens_sharing.sharing(visit.t, found, visit.context.zone))


async def _opened_again(visit: Visit, _tap: object) -> None:
    await visit.expect(None)
    await visit.show(screens_sharing.opened(visit.t, await visit.read(sharing.opened), 0))


READING = {FLAG: Afresh(_opened_again)}


@router.callback_query(RouteSharingTap.filter())
async def open_sharing(_tap: CallbackQuery, visit: Visit) -> None:
    """Whom the route is open to."""
    await _sharing(visit, await visit.read(sharing.sharing))


@router.callback_query(RouteShareTap.filter())
async def share(_tap: CallbackQuery, callback_data: RouteShareTap, visit: Visit) -> None:
    """It is open to one more."""
    await _sharing(visit, await visit.write(sharing.share, reader=callback_data.reader, of=callback_data.of))


@router.callback_query(RouteRevokeTap.filter())
async def revoke(_tap: CallbackQuery, callback_data: RouteRevokeTap, visit: Visit) -> None:
    """It is closed to somebody."""
    await _sharing(visit, await visit.write(sharing.revoke, share_id=callback_data.share_id))


@router.callback_query(RouteCommentsTap.filter())
async def open_comments(_tap: CallbackQuery, callback_data: RouteCommentsTap, visit: Visit) -> None:
    """What was said of it."""
    await visit.expect(None)
    found = await visit.read(sharing.comments)
    await visit.show(screens_sharing.comments(visit.t, found, callback_data.page, visit.context.zone))


@router.callback_query(RoutesOpenedTap.filter())
async def open_opened(_tap: CallbackQuery, callback_data: RoutesOpenedTap, visit: Visit) -> None:
    """Routes that are open to one."""
    await visit.expect(None)
    await visit.show(screens_sharing.opened(visit.t, await visit.read(sharing.opened), callback_data.page))


@router.callback_query(RouteLookTap.filter(), flags=READING)
async def look(_tap: CallbackQuery, callback_data: RouteLookTap, visit: Visit) -> None:
    """One of them; its person sees that one looked."""
    found = await visit.write(sharing.look, share_id=callback_data.share_id)
    await visit.expect(None)
    await visit.show(screens_sharing.look(visit.t, found, callback_data.page, visit.context.zone))


@router.callback_query(RouteCommentTap.filter(), flags=READING)
async def ask_comment(_tap: CallbackQuery, callback_data: RouteCommentTap, visit: Visit) -> None:
    """Something to say."""
    found = await visit.write(sharing.look, share_id=callback_data.share_id)
    await visit.expect(RouteSharingStates.comment, share_id=found.share_id)
    await visit.show(screens_sharing.ask_comment(visit.t, found.share_id, found.name))


@router.message(RouteSharingStates.comment)
async def typed_comment(message: Message, visit: Visit) -> None:
    """It is said; the route's person hears it."""
    share_id = (await visit.dialog.get_data())["share_id"]
    try:
        text = typed(message, sharing.COMMENT_LENGTH)
    except DomainError as error:
        found = await visit.write(sharing.look, share_id=share_id)
        lead = why(visit, error, "routes.comment.words")
        await visit.show(screens_sharing.ask_comment(visit.t, found.share_id, found.name, lead=lead))
        return
    found = await visit.write(sharing.comment, share_id=share_id, text=text)
    await visit.expect(None)
    await visit.show(screens_sharing.look(visit.t, found, 0, visit.context.zone, lead=visit.t("routes.comment.said")))
