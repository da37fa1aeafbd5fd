"""The deep links of all nouns."""

from bot.nouns import LINKS as PART
from bot.ui.links import Links
from db.nouns import parts

LINKS = Links({prefix: link for part in parts(PART).values() for prefix, link in part.LINKS.items()})
