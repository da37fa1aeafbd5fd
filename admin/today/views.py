"""«Today»: what waits for a methodist."""

from admin.access import ALL
from admin.base import Answer, Page, expose


class Today(Page):
    """The first page after signing in."""

    path, endpoint, title = "/", "today", "panel.today.title"
    allowed, section, icon = ALL, "today", "today"

    @expose("/")
    def index(self) -> Answer:
        """What waits, the oldest, today's events."""
        return self.page("today/index.html")
