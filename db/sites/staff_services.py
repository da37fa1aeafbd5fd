"""Changing sites by hand, as the panel does."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.dictionaries.models import Term, TermKind
from db.dictionaries.staff_services import CODE, store
from db.errors import DomainError, NotFoundError
from db.people.staff_queries import within
from db.people.staff_services import refuse_withdrawn
from db.sites.models import MasterRole, Site, SiteComponent, SiteMaster
from db.sites.staff_queries import site


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a methodist says about a site."""

    code: str
    kind: str
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
    address: str = ""
    working_group: str = ""


def save_site(session: Session, caller: StaffCaller, *, site_id: int | None, draft: Draft) -> int:
    """Adds or changes a site and returns its id.

    Raises DomainError `site_kind`, `dictionary_name`, `dictionary_code`, `dictionary_taken`, `letters_mixed`,
    `site_months`, NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    if site_id is None:
        code = draft.code.strip().lower()
        if not CODE.fullmatch(code):
            raise DomainError("dictionary_code")
        row = Site(code=code, components=[])
    else:
        row = site(session, caller, site_id=site_id)
    kinds = select(Term.code).where(Term.kind == TermKind.SITE_KIND, Term.active)
    if draft.kind != row.kind and draft.kind not in set(session.scalars(kinds)):
        raise DomainError("site_kind")
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
    row.address, row.working_group = draft.address, draft.working_group
    row.active = draft.active
    kept = [item for item in row.components if item.component in draft.components]
    new = draft.components - {item.component for item in kept}
    row.components = kept + [SiteComponent(component=code) for code in sorted(new)]
    store(session, row)
    audit.record(session, caller, action="sites.save", object_type="site", object_id=row.id)
    return row.id


def name_master(
    session: Session,
    caller: StaffCaller,
    *,
    site_id: int,
    role: MasterRole,
    person_id: int | None = None,
    called: str = "",
) -> None:
    """Adds somebody to a site's working group: a person within reach, or a name alone. Twice is once.

    Raises DomainError `author_name`, NotFoundError, ForbiddenError.
    """
    row = site(session, caller, site_id=site_id)
    caller.scope.check_write(row)
    if person_id is not None:
        within(session, caller, person_id=person_id)
        refuse_withdrawn(session, person_id)
        called = ""
    elif len(called) < 3:
        raise DomainError("author_name")
    same = SiteMaster.name == called if person_id is None else SiteMaster.person_id == person_id
    if session.scalar(select(SiteMaster.id).where(SiteMaster.site_id == site_id, same)) is not None:
        return
    session.add(SiteMaster(site_id=site_id, person_id=person_id, name=called, role=role))
    session.flush()
    audit.record(
        session,
        caller,
        action="sites.name_master",
        object_type="site",
        object_id=site_id,
        municipality_id=row.municipality_id,
        subject_person_id=person_id,
    )


def drop_master(session: Session, caller: StaffCaller, *, site_id: int, master_id: int) -> None:
    """Takes somebody out of a site's working group. Raises NotFoundError, ForbiddenError."""
    row = site(session, caller, site_id=site_id)
    caller.scope.check_write(row)
    master = session.get(SiteMaster, master_id)
    if master is None or master.site_id != site_id:
        raise NotFoundError
    person_id = master.person_id
    session.delete(master)
    session.flush()
    audit.record(
        session,
        caller,
        action="sites.drop_master",
        object_type="site",
        object_id=site_id,
        municipality_id=row.municipality_id,
        subject_person_id=person_id,
    )
