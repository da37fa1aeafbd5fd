"""Reading applications for the bot: one dossier holds all that any of its screens shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, case, exists, select
from sqlalchemy.orm import Session

from db.applications.models import (
    AnswerKind,
    Application,
    ApplicationStatus,
    Campaign,
    Criterion,
    CriterionAnswer,
    Decision,
    Document,
    FilesRule,
    Reason,
    Verdict,
)
from db.applications.rules import DIRECTION, Given, Lack, Parts, Readiness, open_parts, readiness, risks, step_of
from db.base import Base, table
from db.caller import Caller, PersonCaller
from db.dictionaries.models import Term, TermKind
from db.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class CampaignCard:
    """A campaign as people see it. `open` at the moment of reading."""

    id: int
    title: str
    order_number: str
    order_date: date
    order_title: str
    issued_by: str
    about: str
    opens_at: datetime
    closes_at: datetime
    open: bool
    document_id: int | None = None
    appeal_days: int | None = None

    @classmethod
    def of(cls, campaign: Campaign | Row[Any], now: datetime) -> "CampaignCard":
        """From the row."""
        return cls(
            campaign.id,
            campaign.title,
            campaign.order_number,
            campaign.order_date,
            campaign.order_title,
            campaign.issued_by,
            campaign.about,
            campaign.opens_at,
            campaign.closes_at,
            is_open(campaign, now),
            campaign.document_id,
            campaign.appeal_days,
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of a short list. `code` of a direction is its number in the order."""

    id: int
    code: str
    name: str
    short: str

    @classmethod
    def of(cls, term: Term | Row[Any]) -> "Choice":
        """From the row."""
        return cls(term.id, term.code, term.name, term.short or term.name)


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document of evidence. Size in bytes."""

    id: int
    criterion: int
    file_name: str
    stored_name: str
    media_type: str
    size: int
    uploaded_at: datetime


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion with what was given to it. `open`: its author may change it now; `options` to choose from."""

    number: int
    title: str
    short: str
    question: str
    hint: str
    kind: AnswerKind
    files: FilesRule
    weight: int
    text: str
    previous_text: str | None
    choice: str | None
    choice_name: str | None
    documents: tuple[DocumentRow, ...]
    remark: str | None
    asked_before: str | None
    missing: tuple[Lack, ...]
    blocking: bool
    open: bool
    options: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision with its reasons as texts."""

    id: int
    verdict: Verdict
    numbers: tuple[int, ...]
    reasons: tuple[str, ...]
    gentle: tuple[str, ...]
    step: tuple[str, str | None] | None
    comment: str | None
    remarks: dict[int, str]
    staff_id: int | None
    decided_at: datetime
    undone_at: datetime | None
    undone_reason: str | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """An application in full."""

    id: int
    person_id: int
    number: int | None
    status: ApplicationStatus
    revision: int
    campaign: CampaignCard
    direction: Choice | None
    category: Choice | None
    direction_remark: str | None
    direction_open: bool
    criteria: tuple[CriterionRow, ...]
    ready: Readiness
    decisions: tuple[DecisionRow, ...]
    submitted_at: datetime | None
    decided_at: datetime | None

    @property
    def decision(self) -> DecisionRow | None:
        """The decision in force."""
        standing = [row for row in self.decisions if row.undone_at is None]
        return standing[-1] if standing else None

    def criterion(self, number: int) -> CriterionRow:
        """One criterion. Raises NotFoundError."""
        for row in self.criteria:
            if row.number == number:
                return row
        raise NotFoundError


@dataclass(frozen=True, slots=True)
class ApplicationHome:
    """What /apply shows: the application that matters now, else the campaign to apply in, else nothing."""

    campaign: CampaignCard | None
    dossier: Dossier | None


def is_open(campaign: Campaign | Row[Any], now: datetime) -> bool:
    """Whether applications are taken at this moment."""
    return campaign.opens_at <= now < campaign.closes_at


def home(session: Session, caller: PersonCaller) -> ApplicationHome:
    """Finds the application or campaign that /apply shows.

    One that waits for its author, else the open campaign (with the application there), else the latest application,
    else the campaign that opens next.
    """
    asked = {"person": caller.person_id, "now": caller.now}
    returned = session.scalar(_RETURNED, asked)
    if returned is not None:
        return _home(session, caller, returned)
    campaign = session.execute(_RUNNING, asked).first()
    if campaign is not None:
        there = session.scalar(_THERE, {**asked, "campaign": campaign.id})
        return (
            _home(session, caller, there)
            if there is not None
            else ApplicationHome(CampaignCard.of(campaign, caller.now), None)
        )
    latest = session.scalar(_LATEST, asked)
    if latest is not None:
        return _home(session, caller, latest)
    coming = session.execute(_COMING, asked).first()
    return ApplicationHome(CampaignCard.of(coming, caller.now) if coming else None, None)


def _home(session: Session, caller: PersonCaller, application_id: int) -> ApplicationHome:
    found = dossier(session, caller, application_id=application_id)
    return ApplicationHome(found.campaign, found)


def own_dossier(session: Session, caller: PersonCaller, *, application_id: int) -> Dossier:
    """Reads the author's own application. Raises NotFoundError for anybody else's."""
    found = dossier(session, caller, application_id=application_id)
    if found.person_id != caller.person_id:
        raise NotFoundError
    return found


def dossier(session: Session, caller: Caller, *, application_id: int) -> Dossier:
    """Reads an application in full, in a handful of queries. Raises NotFoundError. It is not checked whose it is."""
    application = session.execute(_APPLICATION, {"application": application_id}).one_or_none()
    if application is None:
        raise NotFoundError
    asked = {"application": application_id, "campaign": application.campaign_id}
    campaign = session.execute(_CAMPAIGN, asked).one()
    criteria = session.execute(_CRITERIA, asked).all()
    reasons = session.execute(_REASONS, asked).all()
    answers = {row.number: row for row in session.execute(_ANSWERS, asked)}
    documents: dict[int, list[DocumentRow]] = {}
    for row in session.execute(_DOCUMENTS, asked):
        documents.setdefault(row.criterion, []).append(document_row(row))
    terms = session.execute(_TERMS).all()
    by_id = {term.id: term for term in terms}
    qualifications = tuple(Choice.of(term) for term in terms if term.kind is TermKind.QUALIFICATION)
    direction = by_id.get(application.direction_id or 0)
    category = by_id.get(application.category_id or 0)
    given = [_given(row, answers.get(row.number), len(documents.get(row.number, ()))) for row in criteria]
    ready = readiness(
        given,
        risks(reasons),
        direction=direction.name if direction else None,
        category=category is not None,
        directions=[term.name for term in terms if term.kind is TermKind.DIRECTION],
    )
    remarked = {number for number, answer in answers.items() if answer.remark is not None}
    if application.direction_remark is not None:
        remarked.add(DIRECTION)
    parts = open_parts(application.status, frozenset(remarked), [row.number for row in criteria])
    rows = session.execute(_DECISIONS, asked)
    return Dossier(
        id=application.id,
        person_id=application.person_id,
        number=application.number,
        status=application.status,
        revision=application.revision,
        campaign=CampaignCard.of(campaign, caller.now),
        direction=Choice.of(direction) if direction else None,
        category=Choice.of(category) if category else None,
        direction_remark=application.direction_remark,
        direction_open=parts.direction,
        criteria=tuple(
            _criterion(row, answers.get(row.number), documents.get(row.number, []), ready, parts, qualifications)
            for row in criteria
        ),
        ready=ready,
        decisions=tuple(decision_row(row, reasons) for row in rows),
        submitted_at=application.submitted_at,
        decided_at=application.decided_at,
    )


def decision_row(row: Row[Any], reasons: Sequence[Row[Any]]) -> DecisionRow:
    """A decision with the texts of its reasons."""
    texts = {reason.number: reason for reason in reasons if reason.verdict is row.verdict}
    known = [texts[number] for number in row.reasons if number in texts]
    return DecisionRow(
        id=row.id,
        verdict=row.verdict,
        numbers=tuple(row.reasons),
        reasons=tuple(reason.text for reason in known),
        gentle=tuple(reason.gentle for reason in known),
        step=step_of(known),
        comment=row.comment,
        remarks={int(number): text for number, text in row.remarks.items()},
        staff_id=row.staff_id,
        decided_at=row.decided_at,
        undone_at=row.undone_at,
        undone_reason=row.undone_reason,
    )


def choices(session: Session, *, kind: TermKind) -> list[Choice]:
    """The lines of a short list to choose from."""
    rows = session.scalars(select(Term).where(Term.kind == kind, Term.active).order_by(Term.position, Term.id))
    return [Choice.of(term) for term in rows]


def stored_names(session: Session) -> set[str]:
    """Names of all files that some application still has; any other file is an orphan."""
    return set(session.scalars(select(Document.stored_name)))


def document_row(row: Document | Row[Any]) -> DocumentRow:
    """From the row."""
    return DocumentRow(row.id, row.criterion, row.file_name, row.stored_name, row.media_type, row.size, row.uploaded_at)


def _given(criterion: Row[Any], answer: Row[Any] | None, documents: int) -> Given:
    return Given(
        criterion.number,
        criterion.answer,
        criterion.files,
        (answer.text or "") if answer else "",
        answer.choice if answer else None,
        documents,
    )


def _criterion(
    row: Row[Any],
    answer: Row[Any] | None,
    documents: list[DocumentRow],
    ready: Readiness,
    parts: Parts,
    qualifications: Sequence[Choice],
) -> CriterionRow:
    choice = answer.choice if answer else None
    options = qualifications if row.answer is AnswerKind.CATEGORY else ()
    return CriterionRow(
        number=row.number,
        title=row.title,
        short=row.short,
        question=row.question,
        hint=row.hint,
        kind=row.answer,
        files=row.files,
        weight=row.weight,
        text=(answer.text or "") if answer else "",
        previous_text=answer.previous_text if answer else None,
        choice=choice,
        choice_name=next((item.name for item in options if item.code == choice), None),
        documents=tuple(documents),
        remark=answer.remark if answer else None,
        asked_before=answer.asked_before if answer else None,
        missing=ready.missing[row.number],
        blocking=row.number in ready.blocking,
        open=row.number in parts.criteria,
        options=tuple(options),
    )


def _rows(model: type[Base], column: str, asked: str) -> Select[Any]:
    return select(table(model)).where(table(model).c[column] == bindparam(asked))


# Asked at every tap of an application: built once, for building a statement costs more than running it.
_CAMPAIGNS = table(Campaign)
_APPLIED = (
    select(Application.id)
    .join(Campaign, Campaign.id == Application.campaign_id)
    .where(Application.person_id == bindparam("person"))
)
_RETURNED = _APPLIED.where(Application.status == ApplicationStatus.RETURNED).order_by(Application.id.desc())
_THERE = _APPLIED.where(Application.campaign_id == bindparam("campaign"))
_LATEST = _APPLIED.order_by(
    case((Application.status == ApplicationStatus.DRAFT, 1), else_=0),
    Campaign.opens_at.desc(),
    Application.id.desc(),
)
_RUNNING = (
    select(_CAMPAIGNS)
    .where(
        _CAMPAIGNS.c.opens_at <= bindparam("now"),
        _CAMPAIGNS.c.closes_at > bindparam("now"),
        exists().where(table(Criterion).c.campaign_id == _CAMPAIGNS.c.id),
    )
    .order_by(_CAMPAIGNS.c.opens_at.desc())
)
_COMING = select(_CAMPAIGNS).where(_CAMPAIGNS.c.opens_at > bindparam("now")).order_by(_CAMPAIGNS.c.opens_at)
_APPLICATION = _rows(Application, "id", "application")
_CAMPAIGN = _rows(Campaign, "id", "campaign")
_CRITERIA = _rows(Criterion, "campaign_id", "campaign").order_by("number")
_REASONS = _rows(Reason, "campaign_id", "campaign").order_by("number")
_ANSWERS = _rows(CriterionAnswer, "application_id", "application")
_DOCUMENTS = _rows(Document, "application_id", "application").order_by("id")
_DECISIONS = _rows(Decision, "application_id", "application").order_by("id")
_TERMS = (
    select(table(Term))
    .where(table(Term).c.kind.in_([TermKind.DIRECTION, TermKind.QUALIFICATION, TermKind.SUPPORT_CATEGORY]))
    .order_by("position")
)
