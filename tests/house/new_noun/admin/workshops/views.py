"""The page of workshops."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.access import ALL
from admin.base import Answer, Page, View, expose
from db.workshops.models import Workshop


def _titles(session: Session) -> list[str]:
    return list(session.scalars(select(Workshop.title)))


class Workshops(Page):
    """All of them."""

    path, endpoint, title = "/workshops", "workshops", "workshops.title"
    allowed, section, icon, order = ALL, "work", "inbox", 45

    @expose("/")
    def index(self) -> Answer:
        """The list."""
        return self.page("workshops/list.html", titles=self.read(_titles))


VIEWS: list[View] = [Workshops]
