"""«Today»: what waits for a methodist."""

from datetime import datetime

from admin.access import ALL
from admin.base import Answer, Page, expose
from db.overviews import search as everywhere
from db.overviews import today as figures


class Today(Page):
    """The first page after signing in."""

    path, endpoint, title = "/", "today", "panel.today.title"
    allowed, section, icon, order = ALL, "today", "today", 0

    @expose("/")
    def index(self) -> Answer:
        """What waits, the oldest, today's events."""
        now = self.now()
        return self.page("today/index.html", today=self.read(figures.today), greeting=self._greeting(now), now=now)

    @expose("/search")
    def search(self) -> Answer:
        """Finds people, applications by name or number, events and organisations, all at once."""
        text = self.word("q", 100)
        found = self.read(everywhere.everywhere, text=text)
        return self.page("today/search.html", found=found, text=text, most=everywhere.MOST)

    def _greeting(self, now: datetime) -> str:
        hour = self.panel.local(now).hour
        part = "night" if hour < 5 else "morning" if hour < 12 else "day" if hour < 18 else "evening"
        return self.t.plain(f"panel.today.greeting.{part}")
