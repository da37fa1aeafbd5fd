"""Says where in an application a document or words may go that came without being asked for."""

from db.applications.models import AnswerKind, ApplicationStatus, FilesRule
from db.applications.queries import CriterionRow, Dossier
from db.applications.rules import Lack


def editable(found: Dossier) -> bool:
    """Returns whether its author may go on with it now."""
    draft = found.status is ApplicationStatus.DRAFT and found.campaign.open
    return draft or found.status is ApplicationStatus.RETURNED


def for_documents(found: Dossier) -> list[CriterionRow]:
    """Returns what a remark asks to mend, else what lacks a document, else whatever takes one."""
    takes = [row for row in _open(found) if row.files is not FilesRule.NONE]
    remarked = [row for row in takes if row.remark]
    lacking = [row for row in takes if Lack.DOCUMENT in row.missing]
    return remarked or lacking or takes


def for_words(found: Dossier) -> list[CriterionRow]:
    """Returns the criteria that are answered in words."""
    return [row for row in _open(found) if row.kind is AnswerKind.TEXT]


def _open(found: Dossier) -> list[CriterionRow]:
    return [row for row in found.criteria if row.open] if editable(found) else []
