"""The page of a one-time link: files go to a teacher's application without an account and without a messenger."""

from typing import Any

from flask import current_app, g, request

from admin.access import public
from admin.base import Answer, Page, View, expose, why
from admin.scans import kept
from db.errors import DomainError, NotFoundError, StorageError
from db.storage import MAX_SIZE, MEGABYTE, Storage
from db.uploads import services
from db.uploads.rules import AT_ONCE, TOKEN_LIMIT

UPLOAD_LIMIT = "60 per minute"
OVER = "files_over"
"""What the bot opens for whoever came by a link that has served: how to get a new one."""


class Upload(Page):
    """What the bot's link opens, on a phone or a computer. No account, one criterion, half an hour."""

    path, endpoint, title = "/upload", "upload", "uploads.page.title"

    @expose("/")
    @public
    def index(self) -> Answer:
        """A page is opened by its link alone."""
        return self._over(NotFoundError("upload_gone"))

    @expose("/<token>")
    @public
    def card(self, token: str) -> Answer:
        """What is asked and how much room there is."""
        return self._shown(token)

    @expose("/<token>/files", methods=["POST"])
    @public
    def receive(self, token: str) -> Answer:
        """Takes files, each checked as the bot checks what is sent to it; one that is refused holds up no other."""
        files = [file for file in request.files.getlist("scan") if file.filename]
        refused = [] if files else [why(DomainError("upload_none"))]
        if len(files) > AT_ONCE:
            refused = [why(DomainError("upload_at_once", most=AT_ONCE))]
        taken: list[str] = []
        storage = Storage(self.panel.settings.data_dir)
        try:
            self._asked(self.panel.database.read, services.look, token)  # nothing is read from whoever holds no link
            for file in files[:AT_ONCE]:
                try:
                    taken.append(self._take(storage, token, file))
                except NotFoundError:
                    raise
                except DomainError as refusal:
                    refused.append(why(refusal))
        except DomainError as refusal:
            return self._over(refusal)
        return self._shown(token, taken=taken, refused=refused)

    @expose("/<token>/close", methods=["POST"])
    @public
    def close(self, token: str) -> Answer:
        """Closes the link when all is sent."""
        try:
            self._asked(self.panel.database.write, services.close, token)
        except DomainError as refusal:
            return self._over(refusal)
        self._quiet()
        return self.page("uploads/closed.html", link=self.bot_link("files"))

    def _take(self, storage: Storage, token: str, file: Any) -> str:
        document = kept(storage, file)
        added = False
        try:
            added = self._asked(self.panel.database.write, services.receive, token, document=document)
        finally:
            if not added:
                storage.remove(document.stored_name)
        return document.file_name

    def _shown(self, token: str, *, taken: list[str] | None = None, refused: list[str] | None = None) -> Answer:
        try:
            found = self._asked(self.panel.database.read, services.look, token)
        except DomainError as refusal:
            return self._over(refusal)
        self._quiet()
        return self.page(
            "uploads/page.html",
            found=found,
            token=token,
            taken=taken or [],
            refused=refused or [],
            most=MAX_SIZE,
            megabytes=MAX_SIZE // MEGABYTE,
        )

    def _asked(self, door: Any, use_case: Any, token: str, **arguments: Any) -> Any:
        with current_app.extensions["opora_limiter"].shared_limit(UPLOAD_LIMIT, scope="upload"):
            return door(use_case, self.panel.stranger, token=token[:TOKEN_LIMIT], **arguments)

    def _over(self, refusal: DomainError) -> Answer:
        if isinstance(refusal, StorageError):  # the link is as good as before: a while later it opens
            raise refusal
        self._quiet()
        said = self.t(f"errors.{refusal.code}", None, **refusal.params)
        gone = refusal.code == "upload_gone"
        return self.page("uploads/over.html", why=said, gone=gone, link=self.bot_link(OVER if gone else "files")), 404

    def _quiet(self) -> None:
        """The address is a key: no other page is told where its reader came from."""
        g.referrer = "no-referrer"


VIEWS: list[View] = [Upload]
