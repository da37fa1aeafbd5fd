"""The journal: who did what, and whose data were read."""

from datetime import datetime, timedelta
from typing import Any

from admin.access import ADMINISTRATORS
from admin.base import Answer, Page, View, expose
from admin.paging import Paging
from db.accounts import staff_queries
from db.audit import staff_queries as audit_staff_queries
from db.audit.rules import staff_actor
from db.audit.staff_queries import AuditFilter
from db.clock import midnight
from db.limits import day_of
from db.people import staff_queries as people_staff_queries


class Journal(Page):
    """Append-only, for administrators."""

    path, endpoint, title = "/audit", "audit", "audit.title"
    allowed, section, icon, order = ADMINISTRATORS, "service", "journal", 90

    @expose("/")
    def index(self) -> Answer:
        """The newest first, narrowed by actor, object, subject, time."""
        narrowed = AuditFilter(
            actor=self.word("actor", 64),
            action=self.word("action", 64),
            object_type=self.word("object", 64),
            object_id=self.number("id"),
            subject_person_id=self.number("person"),
            since=self._day("since"),
            until=self._day("until", after=1),
        )
        paging = Paging.asked(self.read(audit_staff_queries.count, narrowed=narrowed))
        rows = self.read(audit_staff_queries.entries, narrowed=narrowed, limit=paging.limit, offset=paging.offset)
        actions, kinds = self.read(audit_staff_queries.known)
        subjects = sorted({row.subject_person_id for row in rows if row.subject_person_id})
        people = self.read(people_staff_queries.rows, person_ids=subjects)
        self.note_reading(action="audit.read", object_type="person", people=(row.id for row in people))
        return self.page(
            "audit/list.html",
            rows=rows,
            paging=paging,
            narrowed=narrowed,
            actions=actions,
            shown=self.read(audit_staff_queries.shown, entry_ids=[row.id for row in rows]),
            kinds=kinds,
            people={row.id: row.full_name for row in people},
            actors=self._actors(),
            since=self.word("since", 10),
            until=self.word("until", 10),
        )

    @expose("/seen")
    def seen(self) -> Answer:
        """Whose data an account saw since a day."""
        actor, since = self.word("actor", 64), self._day("since")
        asked: dict[str, Any] = {"actor": actor, "since": since, "entry_id": self.number("entry")}
        paging = Paging.asked(self.read(audit_staff_queries.seen_count, **asked))
        rows = self.read(audit_staff_queries.seen, **asked, limit=paging.limit, offset=paging.offset)
        people = self.read(people_staff_queries.rows, person_ids=[row.person_id for row in rows])
        self.note_reading(action="audit.read", object_type="person", people=(row.id for row in people))
        return self.page(
            "audit/seen.html",
            rows=rows,
            paging=paging,
            people={row.id: row.full_name for row in people},
            actor=actor,
            actors=self._actors(),
            since=self.word("since", 10),
        )

    def _actors(self) -> list[tuple[str, str]]:
        return [(staff_actor(row.id), row.name) for row in self.read(staff_queries.staff_list)]

    def _day(self, name: str, after: int = 0) -> datetime | None:
        day = day_of(self.word(name, 10))
        if day is None:
            return None
        return midnight(day + timedelta(days=after), self.panel.zone)


VIEWS: list[View] = [Journal]
