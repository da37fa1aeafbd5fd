"""The journal: who did what, and whose data were read."""

from datetime import UTC, datetime, time, timedelta

from admin.access import ADMINISTRATORS
from admin.base import Answer, Page, View, expose
from admin.paging import Paging
from db.audit import queries
from db.audit.queries import Filter
from db.audit.rules import staff_actor
from db.people import register, staff_queries


class Journal(Page):
    """Append-only, for administrators."""

    path, endpoint, title = "/audit", "audit", "audit.title"
    allowed, section, icon, order = ADMINISTRATORS, "service", "journal", 90

    @expose("/")
    def index(self) -> Answer:
        """The newest first, narrowed by actor, object, subject, time."""
        narrowed = Filter(
            actor=self.word("actor", 64),
            action=self.word("action", 64),
            object_type=self.word("object", 64),
            object_id=self.number("id"),
            subject_person_id=self.number("person"),
            since=self._day("since"),
            until=self._day("until", after=1),
        )
        paging = Paging.asked(self.read(queries.count, narrowed=narrowed))
        rows = self.read(queries.entries, narrowed=narrowed, limit=paging.limit, offset=paging.offset)
        actions, kinds = self.read(queries.known)
        subjects = sorted({row.subject_person_id for row in rows if row.subject_person_id})
        people = self.read(register.rows, person_ids=subjects)
        return self.page(
            "audit/list.html",
            rows=rows,
            paging=paging,
            narrowed=narrowed,
            actions=actions,
            kinds=kinds,
            people={row.id: row.full_name for row in people},
            actors=[(staff_actor(row.id), row.name) for row in self.read(staff_queries.staff_list)],
            since=self.word("since", 10),
            until=self.word("until", 10),
        )

    def _day(self, name: str, after: int = 0) -> datetime | None:
        try:
            day = datetime.strptime(self.word(name, 10), "%Y-%m-%d").date() + timedelta(days=after)  # noqa: DTZ007
            return datetime.combine(day, time(), self.house.zone).astimezone(UTC)
        except (ValueError, OverflowError):
            return None


VIEWS: list[View] = [Journal]
