"""Deep links: what a payload of /start opens, by its prefix.

Nouns bring their openers, `bot.dispatch.deep_links` puts them together, and whoever meets a payload asks the visit for
them: so a noun may open a link of any other noun without importing it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Link:
    """Opens the rest of a payload of /start.

    Without `needs_profile` it opens right after the consent. After a «no» `instead` is shown, or the menu. `keeps`
    exchanges what would be out of date before a newcomer has a profile for something that waits.
    """

    opens: Callable[[Any, str], Awaitable[None]]  # a Visit, whose module holds the links in turn
    needs_profile: bool = True
    instead: Callable[[Any], Awaitable[None]] | None = None
    keeps: Callable[[Any, str], Awaitable[str]] | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """All links of the bot by prefix."""

    by_prefix: Mapping[str, Link]

    def find(self, payload: str) -> tuple[Link, str] | None:
        """The link that a payload names, and what stands behind its prefix."""
        for prefix, link in self.by_prefix.items():
            if payload.startswith(prefix):
                return link, payload.removeprefix(prefix)
        return None

    async def kept(self, visit: Any, payload: str) -> str:
        """What of a payload waits until a newcomer has a profile."""
        for prefix, link in self.by_prefix.items():
            if link.keeps is not None and payload.startswith(prefix):
                return prefix + await link.keeps(visit, payload.removeprefix(prefix))
        return payload

    def needs_profile(self, payload: str) -> bool:
        """Whether the payload waits until the profile is saved."""
        found = self.find(payload)
        return found is None or found[0].needs_profile
