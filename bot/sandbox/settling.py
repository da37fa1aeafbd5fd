"""When has the bot finished reacting? So that tests need no sleeps."""

import time

from bot.sandbox.state import Chat, Stimulus

# A toast alone may be the whole reaction; it is taken as such after this pause.
TOAST_PAUSE = 0.4


async def settle(chat: Chat, seconds: float, quiet: float, *, need_change: bool = True) -> str:
    """Wait until everything this person did is taken and answered, and the chat is calm for `quiet` seconds.

    Returns an empty string when settled, else what is still missing after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        now = time.monotonic()
        missing = _missing(chat, need_change=need_change, calm=now - chat.active_at)
        if not missing:
            rest = quiet - (now - chat.active_at)
            if rest <= 0 and not chat.in_flight:
                chat.open.clear()
                return ""
            missing = "the bot is still calling"
        else:
            rest = TOAST_PAUSE / 4
        if now >= deadline:
            return missing
        await chat.wait(min(max(rest, 0.002), deadline - now + 0.001))


def _missing(chat: Chat, *, need_change: bool, calm: float) -> str:
    for stimulus in chat.open:
        words = _lacks(stimulus, need_change=need_change, calm=calm)
        if words:
            return f"update {stimulus.update_id} ({stimulus.kind}): {words}"
    return ""


def _lacks(stimulus: Stimulus, *, need_change: bool, calm: float) -> str:
    if not stimulus.delivered:
        return "not fetched by the bot"
    if stimulus.kind == "callback" and not stimulus.answered:
        return "callback query not answered"
    if stimulus.kind != "silent" and not stimulus.changed:
        enough = (stimulus.toast or not need_change) and calm >= TOAST_PAUSE
        if not enough:
            return "no message sent, edited or deleted after it"
    return "" if stimulus.confirmed else "fetched but not confirmed"
