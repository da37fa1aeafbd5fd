"""`python -m bot.sandbox`: the stand-in and its chat page alone."""

import asyncio
import signal
import sys

from bot.sandbox.server import SandboxServer
from bot.settings import BotSettings
from db.errors import SettingsError
from db.packs import load_pack
from db.settings import keep_private
from locales import translator


async def run(settings: BotSettings) -> int:
    """Serve until SIGTERM or Ctrl-C; 1 when the address is taken. :raises SettingsError: for an unknown pack."""
    texts = translator(settings.locale)
    host, _, port = settings.sandbox_listen.rpartition(":")
    # The demo data knows everybody but the newcomer, so they must have pressed Start before.
    people = [{"started": p.get("role") != "newcomer", **p} for p in load_pack(settings.region_pack).sandbox_people]
    server = SandboxServer(
        people,
        host=host,
        port=int(port),
        bot_name=texts.plain("sandbox.bot_name"),
        language=settings.locale,
        memory=settings.data_dir / "sandbox.json",
        panel=settings.panel_url,
    )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await server.start()
    except OSError as error:
        sys.stderr.write(f"SANDBOX_LISTEN: cannot listen on {settings.sandbox_listen}: {error.strerror}\n")
        return 1
    sys.stdout.write(f"{texts.plain('sandbox.ready', url=server.url)}\n")
    sys.stdout.flush()
    await stop.wait()
    await server.stop()
    return 0


def main() -> int:
    """Read the settings and run; 2 with one clear line when a setting is wrong."""
    keep_private()
    try:
        return asyncio.run(run(BotSettings.load()))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
