"""What is said to somebody who had blocked the bot and came back."""

from aiogram import Bot

from bot.context import Context
from bot.notices import screens
from bot.nouns import NOTICES
from bot.ui.receipts import Attachment
from bot.ui.screens import Screen
from db.caller import PersonCaller
from db.notices import queries
from db.notices.outbox import Outgoing
from db.notices.services import MISSED
from db.nouns import parts
from db.overviews.home import home
from db.people.queries import visitor
from locales import Texts


async def missed(_bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
    """What was lost, each with its day, and what is true now: the menu's places of the nouns that spoke."""
    caller = PersonCaller(context.clock.now(), context.zone, outgoing.person_id)
    lost = await context.database.read(queries.missed, caller, notice_ids=outgoing.params["notices"])
    now = await context.database.read(home, caller)
    who = await context.database.read(visitor, platform=context.settings.platform, external_id=outgoing.external_id)
    if who is None:
        raise LookupError("nobody is there any more")
    said = {kind: say for part in parts(NOTICES).values() for kind, say in part.NOTICES.items()}
    # A ticket is no news, and what was said long ago is forgotten: those are only counted.
    told = [
        (one.at, str(said[one.kind](t, one.params, context.zone).text))
        for one in lost
        if one.kind in said and one.params
    ]
    nouns = frozenset(one.kind.partition(".")[0] for one in lost)
    return screens.missed(t, told, len(lost), nouns, now, who, context.zone), None


RECEIPTS = {MISSED: missed}
