"""Every list of the panel is a table too: `.xlsx` at the same address (CONTRACT of addresses, docs)."""

from admin.base import Page
from admin.nouns import VIEWS
from db.nouns import parts

NO_LISTS = {
    "settings": "leads to the dictionaries",
    "reports": "each report has a workbook of its own",
    "criteria": "stands on the page of a selection",
    "reasons": "stands on the page of a selection",
    "agreements": "stands on the pages of the network's members",
    "workplans": "a group's plan has the file; there is no list of all",
    "ties": "stand under a person's page; nobody takes a list of who is close to whom away",
    "presence": "the door of one event; the event's list has everybody",
    "door": "a helper's page for one day, without an account",
    "upload": "a page for half an hour that takes files, without an account",
    "verify": "for whoever holds a paper in hand",
    "afisha": "for everybody's eyes; the panel's list of events has the file",
    "own_calendar": "a feed",
    "posters": "sheets to print",
    "memo_forms": "some files of a region; each is a file to be taken away itself",
    "memos": "a paper of sentences; its tables are those of the reports, each with a file of its own",
    "imports": "what was brought in is a table already",
    "plan_uploads": "what was brought in is a table already",
    "api": "for programs, which take JSON and CSV",
    "audit": "the journal stays where it is kept: whose data a file held could not be taken back from it",
}
"""Pages at a noun's address that are no list to be taken away, and why."""


def test_every_list_page_is_a_workbook_at_the_same_address() -> None:
    """`admin/app.py` gives `/x/list.xlsx` the address `/x.xlsx`; no page of a list is without it."""
    views = [view for part in parts(VIEWS).values() for view in part.VIEWS]
    pages = {view.endpoint: view for view in views if isinstance(view, type) and issubclass(view, Page)}
    assert len(pages) > 30, "they are not found any more"
    without = [
        endpoint
        for endpoint, view in pages.items()
        if endpoint not in NO_LISTS
        if "/list.xlsx" not in {url for url, _ in getattr(getattr(view, "export", None), "_urls", ())}
    ]
    assert not without, "a list that nobody can take away"
    assert not NO_LISTS.keys() - pages.keys(), "it is no page any more"
