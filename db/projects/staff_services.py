"""Changing projects and the fulfilment of recommendations by hand, as the panel does."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.dictionaries.models import Centre, Municipality, Organisation
from db.documents import queries as documents
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.projects import reach
from db.projects.models import (
    CellStatus,
    Project,
    ProjectStatus,
    ProjectTask,
    RecommendationCell,
)
from db.projects.staff_queries import cell as cell_of
from db.texts import comparable
from db.transitions import move
from db.upsert import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectDraft:
    """What a methodist says about a project. `organisation` is a name, as the dictionary of the municipality has it."""

    title: str
    parent_id: int | None
    about: str
    term: str
    starts: date | None
    ends: date | None
    status: ProjectStatus
    outcome: str
    link: str
    organisation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellDraft:
    """What a centre says about a recommendation. `revision` is the one that was looked at."""

    status: CellStatus
    word: str
    done_on: date | None
    document_id: int | None
    link: str
    revision: int


def save_project(
    session: Session,
    caller: StaffCaller,
    *,
    project_id: int | None,
    centre_id: int | None = None,
    municipality_id: int | None = None,
    draft: ProjectDraft,
) -> int:
    """Adds a project to a centre, a municipality or the region, or changes one, and returns its id.

    Raises DomainError `project_title`, `project_days`, `project_link`, `project_organisation`, ConflictError
    `project_moved`, NotFoundError, ForbiddenError.
    """
    _check(draft)
    if project_id is None:
        row = _added(session, caller, centre_id, municipality_id)
    else:
        row = reach.changed(session, caller.scope, project_id)
    if draft.parent_id is not None and row.portfolio_id is None:
        parent = session.get(Project, draft.parent_id)
        if parent is None or parent.portfolio_id is None:
            raise NotFoundError
    row.parent_id = draft.parent_id if row.portfolio_id is None else None
    row.title = texts.one_alphabet(draft.title, field="title")
    row.organisation_id = _organisation(session, row.municipality_id, draft.organisation)
    row.about, row.term, row.outcome, row.link = draft.about, draft.term, draft.outcome, draft.link
    row.starts, row.ends = draft.starts, draft.ends
    if row.status is not draft.status:
        move(row, draft.status)
    session.flush()
    audit.record(
        session,
        caller,
        action="projects.save",
        object_type="project",
        object_id=row.id,
        municipality_id=row.municipality_id,
    )
    return row.id


def add_task(session: Session, caller: StaffCaller, *, project_id: int, text: str) -> int:
    """Adds a task to a project and returns its id. Raises DomainError `task_text`, NotFoundError, ForbiddenError."""
    project = reach.changed(session, caller.scope, project_id)
    if len(text) < 3:
        raise DomainError("task_text")
    last = session.scalar(select(func.max(ProjectTask.position)).where(ProjectTask.project_id == project.id)) or 0
    row = ProjectTask(project_id=project.id, position=last + 1, text=text)
    session.add(row)
    session.flush()
    audit.record(session, caller, action="projects.add_task", object_type="project", object_id=project.id, task=row.id)
    return row.id


def close_task(
    session: Session, caller: StaffCaller, *, project_id: int, task_id: int, done_on: date | None, result: str
) -> None:
    """Notes that a task is done, today where no day is given, with its result.

    Raises DomainError `task_ahead`, NotFoundError, ForbiddenError.
    """
    row = _task(session, caller, project_id, task_id)
    today = caller.now.astimezone(caller.zone).date()
    if done_on is not None and done_on > today:
        raise DomainError("task_ahead")
    row.done_on, row.result = done_on or today, result
    audit.record(
        session, caller, action="projects.close_task", object_type="project", object_id=project_id, task=row.id
    )


def reopen_task(session: Session, caller: StaffCaller, *, project_id: int, task_id: int) -> None:
    """Takes back that a task is done; its result stays as a draft. Raises NotFoundError, ForbiddenError."""
    row = _task(session, caller, project_id, task_id)
    row.done_on = None
    audit.record(
        session, caller, action="projects.reopen_task", object_type="project", object_id=project_id, task=row.id
    )


def drop_task(session: Session, caller: StaffCaller, *, project_id: int, task_id: int) -> None:
    """Takes a task out. Raises NotFoundError, ForbiddenError."""
    session.delete(_task(session, caller, project_id, task_id))
    audit.record(
        session, caller, action="projects.drop_task", object_type="project", object_id=project_id, task=task_id
    )


def save_cell(
    session: Session, caller: StaffCaller, *, recommendation_id: int, centre_id: int, draft: CellDraft
) -> None:
    """Writes down how a centre fulfils a recommendation. Only who speaks for the centre may.

    Raises DomainError `cell_word`, `cell_ahead`, `cell_link`, ConflictError `cell_moved_on` where another has saved
    since it was looked at, NotFoundError, ForbiddenError.
    """
    cell_of(session, caller, recommendation_id=recommendation_id, centre_id=centre_id)
    if centre_id not in reach.own_centres(session, caller.scope):
        raise ForbiddenError
    today = caller.now.astimezone(caller.zone).date()
    if draft.done_on is not None and draft.done_on > today:
        raise DomainError("cell_ahead")
    if draft.link and not draft.link.lower().startswith(("https://", "http://")):
        raise DomainError("cell_link")
    if draft.status is CellStatus.FULFILLED and len(draft.word) < 3 and not draft.document_id and not draft.link:
        raise DomainError("cell_word")
    if draft.document_id is not None:
        documents.document(session, document_id=draft.document_id)
    row = _locked_cell(session, recommendation_id, centre_id)
    if row.revision != draft.revision:
        raise ConflictError("cell_moved_on")
    if row.status is not draft.status:
        move(row, draft.status)
    row.word, row.link, row.document_id = draft.word, draft.link, draft.document_id
    row.done_on = (draft.done_on or today) if draft.status is CellStatus.FULFILLED else draft.done_on
    row.revision += 1
    row.changed_at = caller.now
    audit.record(
        session,
        caller,
        action="projects.save_cell",
        object_type="recommendation",
        object_id=recommendation_id,
        centre=centre_id,
    )


def _locked_cell(session: Session, recommendation_id: int, centre_id: int) -> RecommendationCell:
    """Returns the cell, locked; two who write the same one for the first time are one after the other too."""
    key = {"recommendation_id": recommendation_id, "centre_id": centre_id}
    empty = {"status": CellStatus.NOT_BEGUN, "word": "", "link": "", "revision": 0}
    session.execute(insert(session, RecommendationCell).values({**key, **empty}).on_conflict_do_nothing())
    return session.scalars(select(RecommendationCell).filter_by(**key).with_for_update()).one()


def _check(draft: ProjectDraft) -> None:
    if len(draft.title) < 3:
        raise DomainError("project_title")
    if draft.starts and draft.ends and draft.starts > draft.ends:
        raise DomainError("project_days")
    if draft.link and not draft.link.lower().startswith(("https://", "http://")):
        raise DomainError("project_link")


def _added(session: Session, caller: StaffCaller, centre_id: int | None, municipality_id: int | None) -> Project:
    if municipality_id is not None:
        caller.scope.check_write(municipality_id)
    if not reach.may_change(session, caller.scope, centre_id=centre_id, municipality_id=municipality_id):
        raise ForbiddenError
    for table, number in ((Centre, centre_id), (Municipality, municipality_id)):
        if number is not None and session.get(table, number) is None:
            raise NotFoundError
    last = session.scalar(select(func.max(Project.position))) or 0
    row = Project(
        code=f"own-{last + 1}",
        position=last + 1,
        title="",
        centre_id=centre_id,
        municipality_id=municipality_id,
        status=ProjectStatus.PLANNED,
    )
    session.add(row)
    session.flush()
    return row


def _organisation(session: Session, municipality_id: int | None, text: str) -> int | None:
    if not text:
        return None
    if municipality_id is not None:
        of = select(Organisation.id, Organisation.name).where(
            Organisation.municipality_id == municipality_id, Organisation.confirmed
        )
        for number, name in session.execute(of):
            if comparable(name) == comparable(text):
                return int(number)
    raise DomainError("project_organisation")


def _task(session: Session, caller: StaffCaller, project_id: int, task_id: int) -> ProjectTask:
    reach.changed(session, caller.scope, project_id)
    row = session.get(ProjectTask, task_id)
    if row is None or row.project_id != project_id:
        raise NotFoundError
    return row
