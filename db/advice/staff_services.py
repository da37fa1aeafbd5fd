"""Changing advice by hand, as the panel does; a piece that somebody changed is signed anew with the day."""

import secrets
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import texts
from db.advice.models import AdviceCategory, CentreAdvice
from db.advice.rules import SIGNED, TEXT, TITLE, WHY
from db.advice.staff_queries import levels, matters, visible
from db.audit import services as audit
from db.caller import StaffCaller
from db.dictionaries.models import Centre
from db.documents.models import OfficialDocument
from db.errors import DomainError, ForbiddenError, NotFoundError
from db.projects.reach import may_change
from db.sites.models import Site

SHORTEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceDraft:
    """What a methodist says about a piece of advice."""

    title: str
    text: str
    why: str
    category_id: int | None
    component: str
    levels: frozenset[str]
    site_id: int | None
    document_id: int | None
    signed_by: str
    active: bool


def save_advice(
    session: Session,
    caller: StaffCaller,
    *,
    advice_id: int | None,
    centre_id: int | None = None,
    draft: AdviceDraft,
) -> int:
    """Adds a piece of advice to a centre or, without one, to the whole service, or changes one; returns its id.

    Raises DomainError `advice_title`, `advice_text`, `advice_why`, `advice_signed`, `advice_component`,
    NotFoundError, ForbiddenError.
    """
    row = _new(session, caller, centre_id) if advice_id is None else _changed(session, caller, advice_id)
    _check(session, draft)
    kept = [code for code, _ in levels(session) if code in draft.levels]
    row.title = texts.one_alphabet(draft.title, field="title")
    row.text, row.why, row.signed_by = draft.text, draft.why, draft.signed_by
    row.category_id, row.component = draft.category_id, draft.component or None
    row.levels, row.active = kept, draft.active
    row.site_id, row.document_id = draft.site_id, draft.document_id
    row.signed_on, row.training = caller.now.astimezone(caller.zone).date(), False
    session.add(row)
    session.flush()
    audit.record(session, caller, action="advice.save", object_type="centre_advice", object_id=row.id)
    return row.id


def _check(session: Session, draft: AdviceDraft) -> None:
    for code, text, most in (
        ("advice_title", draft.title, TITLE),
        ("advice_text", draft.text, TEXT),
        ("advice_why", draft.why, WHY),
        ("advice_signed", draft.signed_by, SIGNED),
    ):
        if not SHORTEST <= len(text) <= most:
            raise DomainError(code, most=most)
    if draft.component and draft.component not in {one.code for one in matters(session)}:
        raise DomainError("advice_component")
    for table, number in (
        (AdviceCategory, draft.category_id),
        (Site, draft.site_id),
        (OfficialDocument, draft.document_id),
    ):
        if number is not None and session.get(table, number) is None:
            raise NotFoundError


def _new(session: Session, caller: StaffCaller, centre_id: int | None) -> CentreAdvice:
    if centre_id is not None and session.get(Centre, centre_id) is None:
        raise NotFoundError
    if not may_change(session, caller.scope, centre_id=centre_id, municipality_id=None):
        raise ForbiddenError
    last = session.scalar(select(func.max(CentreAdvice.position))) or 0
    return CentreAdvice(code=f"own-{secrets.token_hex(6)}", position=last + 1, centre_id=centre_id)


def _changed(session: Session, caller: StaffCaller, advice_id: int) -> CentreAdvice:
    where = (CentreAdvice.id == advice_id, visible(caller.scope))
    row = session.scalars(select(CentreAdvice).where(*where).with_for_update(of=CentreAdvice)).one_or_none()
    if row is None:
        raise NotFoundError
    if not may_change(session, caller.scope, centre_id=row.centre_id, municipality_id=None):
        raise ForbiddenError
    return row
