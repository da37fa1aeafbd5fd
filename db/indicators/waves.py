"""Waves of monitoring: planned, opened with invitations, put down; two of them side by side.

A wave's figures are sums of whole blocks, those that hold results of its days alone (`db/diagnostics/blocks.py`): so
whatever waves, days, units and reports are subtracted from each other, whole blocks come out, never a small group.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from db.audit import services as audit
from db.caller import Caller, StaffCaller
from db.clock import midnight
from db.diagnostics.content import Component
from db.diagnostics.models import (
    Instrument,
    InstrumentKind,
    InstrumentVersion,
    ScoreBlock,
    VersionStatus,
)
from db.diagnostics.queries import questionnaire
from db.dictionaries.models import Audience, Municipality, StaffNumber, Term, TermKind
from db.errors import ConflictError, DomainError, NotFoundError
from db.indicators.models import Wave, WaveResult, WaveStatus, WaveUnit
from db.indicators.rules import HUNDREDTHS, mean_change
from db.reports.rules import Trend, mean
from db.transitions import move

LONGEST = 366
"""Days of the longest wave."""
SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveDraft:
    """What a methodist says about a wave; no municipality means all of them."""

    title: str
    version_id: int
    starts: date | None
    ends: date | None
    note: str
    municipality_ids: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class WaveSum:
    """What whole blocks of a component come to: people and their deficits, in hundredths of a point."""

    form: str
    people: int
    deficit: int

    @property
    def mean(self) -> int:
        """The mean deficit in points, of a small group never at the end of the scale."""
        return round(mean(self.deficit / HUNDREDTHS, self.people, low=0, high=100))


@dataclass(frozen=True, slots=True)
class WaveRow:
    """A wave with how many took part within reach, of how many whom documents count; none where none does."""

    wave: Wave
    people: int
    expected: int | None
    places: Sequence[str]


@dataclass(frozen=True, slots=True)
class WaveChange:
    """A component in two waves. A side is none where nothing may be told of it."""

    code: str
    name: str
    title: str
    before: WaveSum | None
    after: WaveSum | None
    change: Trend


@dataclass(frozen=True, slots=True)
class WavePlace:
    """A municipality's people and mean deficits by component; without a municipality, several small ones together."""

    municipality: Municipality | None
    people: int
    sums: Mapping[str, WaveSum]


@dataclass(frozen=True, slots=True)
class WaveCard:
    """A wave beside an earlier one of the same instrument, component by component, and its municipalities."""

    row: WaveRow
    before: WaveRow | None
    earlier: Sequence[Wave]
    components: Sequence[tuple[str, str]]
    changes: Sequence[WaveChange]
    places: Sequence[WavePlace]


def save_wave(session: Session, caller: StaffCaller, *, wave_id: int | None, draft: WaveDraft) -> int:
    """Adds a wave, or changes one that nobody was invited to yet, and returns its id.

    Raises DomainError `wave_title`, `wave_days`, `wave_version` for what no wave is held by, ConflictError
    `wave_moved`, NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    if len(draft.title) < 3:
        raise DomainError("wave_title")
    if draft.starts is None or draft.ends is None or not 0 <= (draft.ends - draft.starts).days <= LONGEST:
        raise DomainError("wave_days", most=LONGEST)
    version = session.get(InstrumentVersion, draft.version_id)
    if version is None or version.status is VersionStatus.DRAFT or version.instrument.kind is InstrumentKind.SURVEY:
        raise DomainError("wave_version")
    known = set(session.scalars(select(Municipality.id).where(Municipality.id.in_(draft.municipality_ids))))
    if known != set(draft.municipality_ids):
        raise NotFoundError
    if wave_id is None:
        last = session.scalar(select(func.max(Wave.id))) or 0
        row = Wave(code=f"own-{last + 1}", version_id=version.id, title="", starts=draft.starts, ends=draft.ends)
        session.add(row)
    else:
        row = _held(session, wave_id)
        if row.status is not WaveStatus.PLANNED:
            raise ConflictError("wave_moved")
    row.title, row.version_id, row.note = draft.title, version.id, draft.note
    row.starts, row.ends = draft.starts, draft.ends
    kept = {one.municipality_id: one for one in row.units}
    row.units = [kept.get(number) or WaveUnit(municipality_id=number) for number in sorted(known)]
    session.flush()
    audit.record(session, caller, action="indicators.wave", object_type="wave", object_id=row.id)
    return row.id


def open_wave(session: Session, caller: StaffCaller, *, wave_id: int) -> None:
    """Opens a wave: the sweep invites its people, a few hundred a minute.

    Raises DomainError `wave_over`, ConflictError `wave_moved`, NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    row = _held(session, wave_id)
    if row.ends < caller.now.astimezone(caller.zone).date():
        raise DomainError("wave_over")
    move(row, WaveStatus.OPEN)
    row.invited_at, row.invited_to = caller.now, 0
    session.flush()
    audit.record(session, caller, action="indicators.open_wave", object_type="wave", object_id=row.id)


def fix_wave(session: Session, caller: StaffCaller, *, wave_id: int) -> int:
    """Puts down what a wave came to, once its days are over; returns how many sums that are.

    Raises DomainError `wave_goes_on`, ConflictError `wave_moved`, NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    row = _held(session, wave_id)
    if row.ends >= caller.now.astimezone(caller.zone).date():
        raise DomainError("wave_goes_on")
    move(row, WaveStatus.FIXED)
    row.fixed_at, row.invited_to = caller.now, None
    found = _live(session, caller, row)
    for (municipality_id, component), one in sorted(found.items(), key=str):
        session.add(
            WaveResult(
                wave_id=row.id,
                municipality_id=municipality_id,
                component=component,
                form=one.form,
                people=one.people,
                deficit=one.deficit,
            )
        )
    session.flush()
    audit.record(session, caller, action="indicators.fix_wave", object_type="wave", object_id=row.id, sums=len(found))
    return len(found)


def waves(session: Session, caller: StaffCaller) -> Sequence[WaveRow]:
    """Lists the waves, the newest first, with how many took part within reach."""
    rows = session.scalars(
        select(Wave)
        .options(joinedload(Wave.version).joinedload(InstrumentVersion.instrument), selectinload(Wave.units))
        .order_by(Wave.starts.desc(), Wave.id.desc())
        .limit(SHOWN)
    ).all()
    names, staff, sums = _names(session), _staff(session, caller), _sums(session, caller, rows)
    return [_row(caller, one, sums[one.id], names, staff) for one in rows]


def wave(session: Session, *, wave_id: int) -> Wave:
    """Returns one wave. Raises NotFoundError."""
    row = session.get(Wave, wave_id, options=[selectinload(Wave.units)])
    if row is None:
        raise NotFoundError
    return row


def card(session: Session, caller: StaffCaller, *, wave_id: int, before_id: int | None = None) -> WaveCard:
    """Returns a wave beside an earlier one of the same instrument, the last failing another wish.

    Raises NotFoundError.
    """
    row = wave(session, wave_id=wave_id)
    of = select(Wave).join(InstrumentVersion).where(InstrumentVersion.instrument_id == row.version.instrument_id)
    older = or_(Wave.starts < row.starts, and_(Wave.starts == row.starts, Wave.id < row.id))
    earlier = session.scalars(of.where(older).order_by(Wave.starts.desc(), Wave.id.desc()).limit(SHOWN)).all()
    before = next((one for one in earlier if before_id in (None, one.id)), None)
    if before_id is not None and before is None:
        raise NotFoundError
    names, staff, content = _names(session), _staff(session, caller), questionnaire(session, version_id=row.version_id)
    known = _sums(session, caller, [row, before] if before else [row])
    sums, was = known[row.id], known[before.id] if before else {}
    parts = {one.code: one for one in content.components}
    if before is not None:
        former = questionnaire(session, version_id=before.version_id)
        parts |= {one.code: one for one in former.components if one.code not in parts}
    places = sorted({key[0] for key in sums}, key=lambda number: (number is None, names[number].name if number else ""))
    return WaveCard(
        row=_row(caller, row, sums, names, staff),
        before=_row(caller, before, was, names, staff) if before else None,
        earlier=earlier,
        components=[(one.code, one.name) for one in content.components],
        changes=[_change(one, _total(was, code), _total(sums, code)) for code, one in parts.items()],
        places=[_place(names.get(number or 0), number, sums) for number in places],
    )


def versions(session: Session) -> Sequence[tuple[int, str, int]]:
    """Lists versions that a wave may be held by: (id, instrument, version)."""
    rows = session.execute(
        select(InstrumentVersion.id, Instrument.title, InstrumentVersion.version)
        .join(Instrument, Instrument.id == InstrumentVersion.instrument_id)
        .where(Instrument.kind == InstrumentKind.DIAGNOSIS, InstrumentVersion.status != VersionStatus.DRAFT)
        .order_by(Instrument.id, InstrumentVersion.version.desc())
    )
    return [(row.id, row.title, row.version) for row in rows]


Key = tuple[int | None, str]


def _held(session: Session, wave_id: int) -> Wave:
    row = session.get(Wave, wave_id, with_for_update=True)
    if row is None:
        raise NotFoundError
    return row


def _names(session: Session) -> Mapping[int, Municipality]:
    return {one.id: one for one in session.scalars(select(Municipality))}


def _sums(session: Session, caller: StaffCaller, rows: Sequence[Wave]) -> Mapping[int, Mapping[Key, WaveSum]]:
    """Of what is within reach, as it was put down or as it is. What small ones have together is the region's."""
    fixed = [one.id for one in rows if one.status is WaveStatus.FIXED]
    found = {one.id: {} if one.id in fixed else _live(session, caller, one) for one in rows}
    for one in session.scalars(
        select(WaveResult).where(WaveResult.wave_id.in_(fixed), caller.scope.limits(WaveResult))
    ):
        found[one.wave_id][one.municipality_id, one.component] = WaveSum(one.form, one.people, one.deficit)
    return found


def _live(session: Session, caller: StaffCaller, row: Wave) -> dict[Key, WaveSum]:
    """Sums up published blocks of what the version asks that hold results of the wave's days and no others."""
    content = questionnaire(session, version_id=row.version_id)
    begins, over = days(row, caller)
    named = [one.municipality_id for one in row.units]
    rows = session.execute(
        select(
            ScoreBlock.municipality_id,
            ScoreBlock.component,
            ScoreBlock.form,
            func.sum(ScoreBlock.people),
            func.sum(ScoreBlock.deficit),
        )
        .where(
            ScoreBlock.instrument_id == row.version.instrument_id,
            ScoreBlock.left_at.is_(None),
            ScoreBlock.first_at >= begins,
            ScoreBlock.last_at < over,
            ScoreBlock.form.in_([component.form for component in content.components]),
            ScoreBlock.municipality_id.in_(named) if named else true(),
            caller.scope.limits(ScoreBlock),
        )
        .group_by(ScoreBlock.municipality_id, ScoreBlock.component, ScoreBlock.form)
    )
    return {(one[0], one[1]): WaveSum(one[2], int(one[3]), int(one[4])) for one in rows}


def days(row: Wave, caller: Caller) -> tuple[datetime, datetime]:
    """The moments between which a wave is, in the region's zone."""
    return midnight(row.starts, caller.zone), midnight(row.ends + timedelta(days=1), caller.zone)


def _row(
    caller: StaffCaller,
    row: Wave,
    sums: Mapping[Key, WaveSum],
    names: Mapping[int, Municipality],
    staff: Mapping[Audience, Sequence[StaffNumber]],
) -> WaveRow:
    many: dict[str, int] = {}
    for (_, component), one in sums.items():
        many[component] = many.get(component, 0) + one.people
    seen = [names[one.municipality_id].name for one in row.units if caller.scope.sees(one.municipality_id)]
    return WaveRow(row, max(many.values(), default=0), _expected(row, staff), seen)


def _expected(row: Wave, staff: Mapping[Audience, Sequence[StaffNumber]]) -> int | None:
    """How many people of the instrument's audience documents count in the wave's units, within reach."""
    named = {one.municipality_id for one in row.units}
    found = [
        one.count
        for one in staff.get(row.version.instrument.audience, ())
        if not named or one.municipality_id is None or one.municipality_id in named
    ]
    return sum(found) if found else None


def _staff(session: Session, caller: StaffCaller) -> Mapping[Audience, Sequence[StaffNumber]]:
    """What documents count within reach, by the one audience that all of its positions are of."""
    held = session.execute(select(Term.code, Term.audience).where(Term.kind == TermKind.POSITION))
    audiences = {row.code: row.audience or Audience.TEACHER for row in held}
    found: dict[Audience, list[StaffNumber]] = {}
    for one in session.scalars(select(StaffNumber).where(_placed(caller))):
        whose = {audiences.get(code) for code in one.positions}
        if len(whose) == 1 and (audience := whose.pop()) is not None:
            found.setdefault(audience, []).append(one)
    return found


def _placed(caller: StaffCaller) -> ColumnElement[bool]:
    own = caller.scope.limits(StaffNumber)
    return or_(own, StaffNumber.municipality_id.is_(None)) if caller.scope.is_regional else own


def _total(sums: Mapping[Key, WaveSum], component: str) -> WaveSum | None:
    """All municipalities together: they are of one form, for a version asks each component in one way."""
    found = [one for (_, code), one in sums.items() if code == component]
    if not found:
        return None
    return WaveSum(found[0].form, sum(one.people for one in found), sum(one.deficit for one in found))


def _change(component: Component, before: WaveSum | None, after: WaveSum | None) -> WaveChange:
    if before is None or after is None:
        change = Trend.UNKNOWN
    elif before.form != after.form:
        change = Trend.INCOMPARABLE
    else:
        change = mean_change(before.mean, before.people, after.mean, after.people)
    return WaveChange(component.code, component.name, component.title, before, after, change)


def _place(town: Municipality | None, number: int | None, sums: Mapping[Key, WaveSum]) -> WavePlace:
    own = {component: one for (place, component), one in sums.items() if place == number}
    return WavePlace(town, max(one.people for one in own.values()), own)
