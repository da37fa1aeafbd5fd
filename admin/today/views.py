"""«Today»: what waits for a methodist."""

from datetime import datetime

from flask import redirect, url_for

from admin.access import ALL, EVERY_ACCOUNT, only
from admin.base import Answer, Page, expose
from db.overviews import search as everywhere
from db.overviews import today as figures


class Today(Page):
    """The first page after signing in."""

    path, endpoint, title = "/", "today", "panel.today.title"
    allowed, section, icon, order = EVERY_ACCOUNT, "today", "today", 0

    def offered(self) -> bool:
        """To whom works with the region: for the others the applications are the first page."""
        return not self.scope.applications_only

    @expose("/")
    def index(self) -> Answer:
        """What waits, the oldest, today's events; for who reads applications only, these."""
        if self.scope.applications_only:
            return redirect(url_for("applications.index"))
        now = self.now()
        found = self.read(figures.today)
        self.note_reading(action="people.list", object_type="person", people=(row.id for row in found.newest))
        return self.page("today/index.html", today=found, greeting=self._greeting(now), now=now)

    @expose("/search")
    @only(ALL)
    def search(self) -> Answer:
        """Finds people, applications by name or number, events and organisations, all at once."""
        text = self.word("find", 100)
        found = self.read(everywhere.everywhere, text=text)
        people = [*(row.id for row in found.people), *(row.person_id for row in found.applications)]
        self.note_reading(action="people.list", object_type="person", people=people)
        return self.page("today/search.html", found=found, text=text, most=everywhere.MOST)

    def _greeting(self, now: datetime) -> str:
        hour = self.panel.local(now).hour
        part = "night" if hour < 5 else "morning" if hour < 12 else "day" if hour < 18 else "evening"
        return self.t.plain(f"panel.today.greeting.{part}")
