"""What did not arrive: notices that the messenger refused, updates that the bot could not handle."""

from admin.access import ALL, METHODISTS, REGIONAL, only
from admin.base import Answer, Page, View, expose
from admin.notices.tables import NOUNS, WHY, notices_sheet
from admin.paging import Paging
from db.inbox import staff_queries as inbox_queries
from db.inbox import staff_services
from db.notices import staff_queries
from db.notices import staff_services as notices_staff_services


class Notices(Page):
    """Failed notices within the account's municipalities; the bot's own troubles for the whole region's accounts."""

    path, endpoint, title = "/notices", "notices", "notices.panel.title"
    allowed, section, icon, order = ALL, "service", "bell", 10

    @expose("/")
    def index(self) -> Answer:
        """Figures, the dead by their causes, the set aside."""
        counts = self.read(staff_queries.counts)
        causes = self.read(staff_queries.causes)
        cause = self.word("why", 20)
        paging = Paging.asked(causes.get(cause, 0) if cause else counts.dead)
        rows = self.read(staff_queries.dead, why=cause, offset=paging.offset, limit=paging.limit)
        self.note_reading(action="notices.list", object_type="notice", people=(row.person_id for row in rows))
        regional = self.scope.municipality_ids is None
        return self.page(
            "notices/list.html",
            counts=counts,
            causes=causes,
            cause=cause,
            paging=paging,
            rows=rows,
            why=WHY,
            nouns=NOUNS,
            set_aside=self.read(inbox_queries.quarantined) if regional else [],
            may_retry_updates=self.account.role in REGIONAL,
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """Those of the cause that is chosen, as a file."""
        rows = self.read(staff_queries.dead, why=self.word("why", 20), limit=None)
        people = [row.person_id for row in rows] if self.scope.sees_names else []
        return self.taken(notices_sheet(rows, self.panel), "notices", people, action="notices.export")

    @expose("/<int:notice_id>/retry", methods=["POST"])
    @only(METHODISTS)
    def retry(self, notice_id: int) -> Answer:
        """Tries one again."""
        self.perform(notices_staff_services.retry, notice_id=notice_id).say("notices.panel.retried")
        return self.back("notices.index")

    @expose("/retry", methods=["POST"])
    @only(METHODISTS)
    def retry_all(self) -> Answer:
        """Tries all again."""
        outcome = self.perform(notices_staff_services.retry_all)
        if (done := outcome.value) is not None:
            outcome.say("notices.panel.retried_all", n=done.again)
            if done.late:
                outcome.say("notices.panel.too_late", n=done.late)
        return self.back("notices.index")

    @expose("/<int:notice_id>/drop", methods=["POST"])
    @only(METHODISTS)
    def drop(self, notice_id: int) -> Answer:
        """Leaves one unsent."""
        self.perform(notices_staff_services.drop, notice_id=notice_id).say("notices.panel.dropped")
        return self.back("notices.index")

    @expose("/updates/<platform>/<int:update_id>/retry", methods=["POST"])
    @only(REGIONAL)
    def retry_update(self, platform: str, update_id: int) -> Answer:
        """Lets the bot try an update again."""
        self.perform(staff_services.retry_update, platform=platform, update_id=update_id).say("notices.panel.put_back")
        return self.back("notices.index")


VIEWS: list[View] = [Notices]
