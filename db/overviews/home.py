"""What the menu tells a person: what is unfinished and what comes next."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from db.applications.models import Application, ApplicationStatus, Campaign
from db.caller import PersonCaller
from db.diagnostics.models import Attempt, AttemptStatus, Instrument, InstrumentKind
from db.diary.queries import keeping
from db.dictionaries.models import Municipality
from db.documents.models import OfficialDocument
from db.events.models import Event, EventStatus, Registration, RegistrationStatus
from db.expertise.models import ExpertWork
from db.expertise.queries import SHOWN
from db.groups.membership import LASTING
from db.groups.models import GroupLevel, GroupMember, GroupStatus, MemberStatus, MethodicalGroup
from db.indicators.models import Indicator, IndicatorLevel
from db.mentoring.models import Pair, PairStatus
from db.people.models import Person
from db.plans.models import PlanResponsible
from db.requests.models import HelpRequest, RequestStatus
from db.routes.models import Route
from db.routes.queries import LIVE
from db.sites.models import Site


@dataclass(frozen=True, slots=True)
class Seat:
    """An event of one's own. `until` is set where an offered seat waits for the person's word."""

    event_id: int
    title: str
    starts_at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class MenuHome:
    """The menu's content. `remark`: an application came back with remarks; `draft`: one is not sent yet.

    `selections`: whether the service knows selections at all; `groups_near`: whether one may ask to join a group;
    `sites`: whether the region has any; `diary`: whether one keeps a diary; `expertise`: whether one was called as an
    expert; `requests`: how many wait for the person's answer; `indicators`: whether a document has any of people.
    """

    full_name: str | None
    open_attempt: bool
    draft: bool
    remark: bool
    offer: Seat | None
    next_event: Seat | None
    mentees: int
    has_mentor: bool
    no_organisation: bool
    selections: bool
    plan_lines: bool
    route: bool
    documents: bool
    groups: bool = False
    groups_near: bool = False
    sites: bool = False
    diary: bool = False
    expertise: bool = False
    requests: int = 0
    indicators: bool = False


def home(session: Session, caller: PersonCaller) -> MenuHome:
    """Reads the menu's content in two short queries, each by an index that begins with the person."""
    asked = {"person": caller.person_id, "now": caller.now}
    connection = session.connection()  # rows alone: of those a Session need not know
    row = connection.execute(_HOME, asked).one()
    seats = connection.execute(_SEATS, asked).all()
    offers = [
        Seat(seat.id, seat.title, seat.starts_at, seat.offered_until)
        for seat in seats
        if seat.status is RegistrationStatus.OFFERED and seat.offered_until and seat.offered_until > caller.now
    ]
    coming = [
        Seat(seat.id, seat.title, seat.starts_at, None) for seat in seats if seat.status is RegistrationStatus.SEATED
    ]
    return MenuHome(
        full_name=row.full_name,
        open_attempt=row.open_attempt,
        draft=row.draft,
        remark=row.remark,
        offer=offers[0] if offers else None,
        next_event=coming[0] if coming else None,
        mentees=row.mentees,
        has_mentor=row.has_mentor,
        no_organisation=row.profile_saved_at is not None and row.organisation_id is None,
        selections=row.selections,
        plan_lines=row.plan_lines,
        route=row.route,
        groups=row.groups,
        groups_near=row.groups_near,
        documents=row.documents,
        sites=row.sites,
        diary=row.diary,
        expertise=row.expertise,
        requests=row.requests,
        indicators=row.indicators,
    )


# Asked at every «В меню»: built once, for building a statement costs more than running it.
_PERSON = bindparam("person", type_=Integer)
_APPLIED = select(Application.id).where(Application.person_id == _PERSON)
_IN_GROUP = (
    select(GroupMember.id)
    .join(MethodicalGroup)
    .where(
        GroupMember.person_id == _PERSON,
        GroupMember.status.in_((MemberStatus.ASKED, MemberStatus.ACTIVE)),
        MethodicalGroup.status == GroupStatus.ACTIVE,
    )
    .exists()
)
_WORKING = select(MethodicalGroup.id).where(MethodicalGroup.status == GroupStatus.ACTIVE)
_CENTRE = select(Municipality.centre_id).where(Municipality.id == Person.municipality_id).scalar_subquery()
_NEAR = (  # each by an index of its own
    (MethodicalGroup.organisation_id == Person.organisation_id,),
    (MethodicalGroup.municipality_id == Person.municipality_id, MethodicalGroup.level == GroupLevel.MUNICIPALITY),
    (MethodicalGroup.centre_id == _CENTRE,),
    (MethodicalGroup.municipality_id.is_(None), MethodicalGroup.level == GroupLevel.REGION, LASTING),
)
_HOME = select(
    Person.full_name,
    Person.organisation_id,
    Person.profile_saved_at,
    exists()
    .where(
        Attempt.person_id == _PERSON,
        Attempt.status == AttemptStatus.IN_PROGRESS,
        Attempt.instrument_id.in_(select(Instrument.id).where(Instrument.kind == InstrumentKind.DIAGNOSIS)),
    )
    .label("open_attempt"),
    _APPLIED.join(Campaign)
    .where(Application.status == ApplicationStatus.DRAFT, Campaign.closes_at > bindparam("now"))
    .exists()
    .label("draft"),
    _APPLIED.where(Application.status == ApplicationStatus.RETURNED).exists().label("remark"),
    select(func.count())
    .where(Pair.mentor_id == _PERSON, Pair.status == PairStatus.ACTIVE)
    .scalar_subquery()
    .label("mentees"),
    exists().where(Pair.mentee_id == _PERSON, Pair.status == PairStatus.ACTIVE).label("has_mentor"),
    select(Campaign.id).exists().label("selections"),
    exists().where(PlanResponsible.person_id == _PERSON).label("plan_lines"),
    exists().where(Route.person_id == _PERSON, LIVE).label("route"),
    _IN_GROUP.label("groups"),
    or_(*(_WORKING.where(*one).correlate(Person).exists() for one in _NEAR)).label("groups_near"),
    select(OfficialDocument.id).exists().label("documents"),
    select(Site.id).where(Site.active).exists().label("sites"),
    keeping().label("diary"),
    exists().where(ExpertWork.person_id == _PERSON, ExpertWork.status.in_(SHOWN)).label("expertise"),
    select(func.count())
    .where(HelpRequest.assignee_id == _PERSON, HelpRequest.status == RequestStatus.ASSIGNED)
    .scalar_subquery()
    .label("requests"),
    exists().where(Indicator.level == IndicatorLevel.PERSON, Indicator.active).label("indicators"),
).where(Person.id == _PERSON)
_SEATS = (
    select(Registration.status, Registration.offered_until, Event.id, Event.title, Event.starts_at)
    .join(Event)
    .where(
        Registration.person_id == _PERSON,
        Registration.status.in_((RegistrationStatus.SEATED, RegistrationStatus.OFFERED)),
        Event.status == EventStatus.PUBLISHED,
        Event.ends_at > bindparam("now"),
    )
    .order_by(Event.starts_at)
)
