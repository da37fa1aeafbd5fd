"""Gives a one-time link for files, takes them by it, closes it. Whoever holds the link is no account."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.applications import queries, rules
from db.applications import services as applications
from db.applications.models import ApplicationStatus
from db.applications.queries import CriterionRow, Dossier
from db.caller import Caller, PersonCaller
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.notices import services as notices
from db.people.services import token_hash
from db.storage import StoredFile
from db.training import queries as training_queries
from db.training import services as training
from db.training.models import TrainingRecord
from db.training.rules import EDITABLE
from db.uploads.models import UploadLink
from db.uploads.queries import former_files
from db.uploads.rules import GATHERED, HOUR, LASTS, MOST, TOKEN_BYTES


@dataclass(frozen=True, slots=True)
class UploadPage:
    """What the page of a link shows: the place, how many files there are and may come. Nobody's name.

    `number` of the criterion; without one it is a document of training, which a newer file replaces.
    """

    number: int | None
    short: str
    hint: str
    there: int
    room: int
    received: int
    until: datetime


def give_link(session: Session, caller: PersonCaller, *, application_id: int, number: int) -> str:
    """Makes a link to a part that is open and returns its token, which is shown once; the person's older ones end.

    Raises as `applications.check_room`, DomainError `application_closed`, `upload_many`.
    """
    applications.check_room(session, caller, application_id=application_id, number=number)
    _open_part(session, caller, application_id, number)
    return _made(session, caller, application_id=application_id, criterion=number)


def give_record_link(session: Session, caller: PersonCaller, *, record_id: int) -> str:
    """Makes a link to the document of a record of training that its teacher may change, as `give_link` does.

    Raises NotFoundError, ConflictError `training_sent`, DomainError `upload_many`.
    """
    _open_record(session, caller, record_id)
    return _made(session, caller, record_id=record_id)


def look(session: Session, caller: Caller, *, token: str) -> UploadPage:
    """Returns what a link's page shows.

    Raises NotFoundError `upload_gone` for one that is none, was closed or has run out, and what says that the place
    takes nothing any more.
    """
    link = _link(session, caller, token, lock=False)
    owner = PersonCaller(caller.now, caller.zone, link.person_id)
    told: dict[str, Any] = {"received": link.received, "until": link.expires_at}
    if link.record_id is not None:
        record = _open_record(session, owner, link.record_id)
        return UploadPage(None, record.title or "", "", there=int(record.scan_id is not None), room=1, **told)
    row = _open_part(session, owner, link.application_id, link.criterion)
    there = len(row.documents)
    return UploadPage(row.number, row.short, row.hint, there=there, room=max(0, rules.MAX_DOCUMENTS - there), **told)


def receive(session: Session, caller: Caller, *, token: str, document: StoredFile) -> bool:
    """Puts a stored file where the link leads, as one that the bot took; its person hears of it in the bot.

    Returns whether it was added: the same file twice is there once, and whoever asked removes its copy. Raises as
    `look` and `applications.add_document`.
    """
    link = _link(session, caller, token)
    owner = PersonCaller(caller.now, caller.zone, link.person_id)
    if link.record_id is not None:
        record = _open_record(session, owner, link.record_id)
        added = record.scan is None or record.scan.sha256 != document.sha256
        if added:
            training.put_file(session, owner, record_id=record.id, stored=document)
        place = {"record": record.id, "part": record.title or ""}
    elif link.application_id is None:
        raise NotFoundError
    else:
        row = _open_part(session, owner, link.application_id, link.criterion)
        _, added = applications.add_document(
            session, owner, application_id=link.application_id, number=row.number, document=document
        )
        place = {"application": link.application_id, "criterion": link.criterion, "part": row.short}
    if added:
        # One message for all that came together: the one that still waits gives way to the next, which counts more.
        notices.cancel(session, key=_key(link))
        link.received += 1
        notices.enqueue(
            session,
            caller,
            key=_key(link),
            person_id=link.person_id,
            kind="uploads.came",
            params={**place, "files": link.received},
            due_at=caller.now + GATHERED,
            expires_at=caller.now + HOUR,
        )
    return added


def carry_over(session: Session, caller: PersonCaller, *, application_id: int) -> Dossier:
    """Puts the files of what was last sent to another selection into a draft, because its author says so.

    Each to the same criterion, and again adds nothing. The files themselves stay where they are: two applications show
    them. Raises NotFoundError and as `applications.add_document` does for a part that is closed.
    """
    for number, file in former_files(session, caller, application_id=application_id):
        applications.add_document(session, caller, application_id=application_id, number=number, document=file)
    return queries.own_dossier(session, caller, application_id=application_id)


def close(session: Session, caller: Caller, *, token: str) -> None:
    """Closes a link whose holder is done. Raises NotFoundError `upload_gone`."""
    _link(session, caller, token).closed_at = caller.now


def close_all(session: Session, caller: Caller, *, person_id: int) -> int:
    """Closes every link that the person holds. Returns how many there were."""
    mine = UploadLink.person_id == person_id, UploadLink.closed_at.is_(None), UploadLink.expires_at > caller.now
    closed = update(UploadLink).where(*mine).values(closed_at=caller.now).returning(UploadLink.id)
    return len(session.scalars(closed).all())


# --- the ground of the use cases ---


def _made(session: Session, caller: PersonCaller, **place: int) -> str:
    mine = UploadLink.person_id == caller.person_id
    asked = select(func.count()).select_from(UploadLink).where(mine, UploadLink.created_at > caller.now - HOUR)
    if (session.scalar(asked) or 0) >= MOST:
        raise DomainError("upload_many")
    close_all(session, caller, person_id=caller.person_id)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        UploadLink(
            token_hash=token_hash(token),
            person_id=caller.person_id,
            created_at=caller.now,
            expires_at=caller.now + LASTS,
            **place,
        )
    )
    session.flush()
    return token


def _open_record(session: Session, caller: PersonCaller, record_id: int) -> TrainingRecord:
    """The record, as long as its teacher may change it."""
    row = training_queries.record(session, caller, record_id=record_id)
    if row.status not in EDITABLE:
        raise ConflictError("training_sent")
    return row


def _link(session: Session, caller: Caller, token: str, *, lock: bool = True) -> UploadLink:
    """The link. Unknown, closed and run out are told alike: nobody learns which tokens there were."""
    found = select(UploadLink).where(UploadLink.token_hash == token_hash(token))
    link = session.scalar(found.with_for_update().execution_options(populate_existing=True) if lock else found)
    if link is None or link.closed_at is not None or link.expires_at <= caller.now:
        raise NotFoundError("upload_gone")
    return link


def _open_part(session: Session, caller: PersonCaller, application_id: int | None, number: int | None) -> CriterionRow:
    """The criterion, as long as its author may add to it."""
    if application_id is None or number is None:
        raise NotFoundError
    dossier = queries.own_dossier(session, caller, application_id=application_id)
    row = dossier.criterion(number)
    if dossier.status is ApplicationStatus.DRAFT and not dossier.campaign.open:
        raise DomainError("application_closed")
    if not row.open:
        closed = "application_part_locked" if dossier.status in rules.EDITABLE else "application_locked"
        raise ForbiddenError(closed)
    return row


def _key(link: UploadLink) -> str:
    return f"uploads.came:{link.id}:{link.received}"
