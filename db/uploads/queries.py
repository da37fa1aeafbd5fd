"""Reads which files of the last selection may be taken along, and where one's last link led."""

from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from db.applications import queries, rules
from db.applications.models import Application, ApplicationStatus, Campaign, Criterion, Document, FilesRule
from db.applications.queries import ApplicationHome
from db.applications.services import last_sent
from db.caller import PersonCaller
from db.errors import NotFoundError
from db.storage import StoredFile
from db.training.models import TrainingRecord
from db.uploads.models import UploadLink


@dataclass(frozen=True, slots=True)
class LinkPlace:
    """Where a link leads: a criterion of an application by its `number`, or the document of a record of training."""

    application_id: int | None
    number: int | None
    record_id: int | None
    name: str


def last_place(session: Session, caller: PersonCaller) -> LinkPlace | None:
    """Returns where the asker's newest link leads, working or over; nothing once it is forgotten."""
    row = session.execute(
        select(UploadLink, Criterion.short, TrainingRecord.title)
        .outerjoin(Application, Application.id == UploadLink.application_id)
        .outerjoin(
            Criterion,
            and_(Criterion.campaign_id == Application.campaign_id, Criterion.number == UploadLink.criterion),
        )
        .outerjoin(TrainingRecord, TrainingRecord.id == UploadLink.record_id)
        .where(UploadLink.person_id == caller.person_id)
        .order_by(UploadLink.created_at.desc(), UploadLink.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    link, short, title = row
    return LinkPlace(link.application_id, link.criterion, link.record_id, short or title or "")


def home(session: Session, caller: PersonCaller) -> tuple[ApplicationHome, int]:
    """Returns where one's application stands, and how many files of the last selection may come along to its draft."""
    found = queries.home(session, caller)
    one = found.dossier
    if one is None or one.status is not ApplicationStatus.DRAFT or not one.campaign.open:
        return found, 0
    return found, len(former_files(session, caller, application_id=one.id))


def former_files(session: Session, caller: PersonCaller, *, application_id: int) -> list[tuple[int, StoredFile]]:
    """Lists the files that were last sent to another selection, by criterion now, as far as a draft has room for them.

    Nothing for what is no draft. Raises NotFoundError.
    """
    application = session.get(Application, application_id)
    if application is None or application.person_id != caller.person_id:
        raise NotFoundError
    former = last_sent(session, application) if application.status is ApplicationStatus.DRAFT else None
    if former is None:
        return []
    there = session.execute(
        select(Document.criterion, Document.sha256).where(Document.application_id == application_id)
    ).all()
    known, full = {(row.criterion, row.sha256) for row in there}, [row.criterion for row in there]
    now, before = (session.get_one(Campaign, one.campaign_id).criteria for one in (application, former))
    takes = {row.number for row in now if row.files is not FilesRule.NONE}
    found: list[tuple[int, StoredFile]] = []
    for number, then in rules.alike(now, before).items():
        for row in former.documents:
            if row.criterion == then and number in takes and (number, row.sha256) not in known:
                if full.count(number) >= rules.MAX_DOCUMENTS:
                    break
                full.append(number)
                file = StoredFile(row.file_name, row.stored_name, row.media_type, row.size, row.sha256)
                found.append((number, file))
    return found
