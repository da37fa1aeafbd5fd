"""Changing sites by hand, as the panel does."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.dictionaries.staff_services import CODE, store
from db.errors import DomainError
from db.sites.models import Site, SiteComponent, SiteKind
from db.sites.staff_queries import site


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a methodist says about a site."""

    code: str
    kind: SiteKind
    title: str
    organisation: str
    municipality_id: int
    about: str
    contact: str
    how_to_join: str
    programme: str
    months: int | None
    active: bool
    components: frozenset[str]


def save_site(session: Session, caller: StaffCaller, *, site_id: int | None, draft: Draft) -> int:
    """Adds or changes a site and returns its id.

    Raises DomainError `dictionary_name`, `dictionary_code`, `dictionary_taken`, `letters_mixed`, `site_months`,
    NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    if site_id is None:
        code = draft.code.strip().lower()
        if not CODE.fullmatch(code):
            raise DomainError("dictionary_code")
        row = Site(code=code, components=[])
    else:
        row = site(session, caller, site_id=site_id)
    if len(draft.title) < 3 or len(draft.organisation) < 2:
        raise DomainError("dictionary_name")
    if draft.months is not None and not 1 <= draft.months <= 60:
        raise DomainError("site_months")
    row.kind, row.title, row.organisation = (
        draft.kind,
        texts.one_alphabet(draft.title, field="title"),
        texts.name(draft.organisation, field="organisation"),
    )
    row.municipality_id, row.about, row.contact = draft.municipality_id, draft.about, draft.contact
    row.how_to_join, row.programme, row.months = draft.how_to_join, draft.programme or None, draft.months
    row.active = draft.active
    kept = [item for item in row.components if item.component in draft.components]
    new = draft.components - {item.component for item in kept}
    row.components = kept + [SiteComponent(component=code) for code in sorted(new)]
    store(session, row)
    audit.record(session, caller, action="sites.save", object_type="site", object_id=row.id)
    return row.id
