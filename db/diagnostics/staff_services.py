"""Instruments and their versions: drafting, publishing for good, retiring."""

from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.audit import services as audit
from db.caller import Caller, StaffCaller
from db.diagnostics import queries
from db.diagnostics.content import STEP, InstrumentError, Problem, fingerprint, from_yaml, parse
from db.diagnostics.models import Instrument, InstrumentKind, InstrumentVersion, ItemStep, VersionStatus
from db.dictionaries.models import Audience
from db.errors import ConflictError, DomainError, NotFoundError
from db.transitions import move
from db.upsert import insert

LARGEST = 256 * 1024  # the pack's own instrument has 25 KB


class Described(Protocol):
    """What is asked of any content before it is published: its key, its version's number, its title, for whom."""

    @property
    def kind(self) -> InstrumentKind:
        """A self-diagnosis or a survey."""

    @property
    def key(self) -> str:
        """By which the instrument stays known."""

    @property
    def version(self) -> int:
        """Its number."""

    @property
    def title(self) -> str:
        """What people read."""

    @property
    def whom(self) -> Audience:
        """By whose positions it is offered."""


def publish(
    session: Session, caller: Caller, *, content: dict[str, Any], about: Described | None = None
) -> InstrumentVersion:
    """Publishes a content at once, as packs do. The very same version again changes nothing.

    A questionnaire is read here; of anything else `about` tells what it is.

    Raises InstrumentError for a wrong file, ConflictError `instrument_immutable` where the version is published with
    another content, `instrument_outdated` where a newer one is.
    """
    about = about or parse(content)
    draft = _draft(session, caller, content, about)
    return draft if draft.status is not VersionStatus.DRAFT else _publish(session, caller, draft, about)


def import_draft(session: Session, caller: StaffCaller, *, file: bytes) -> InstrumentVersion:
    """Keeps a file's content as a draft; a draft of the same number is replaced, a published version is never touched.

    Raises InstrumentError, ConflictError `instrument_immutable` or `instrument_outdated`, ForbiddenError.
    """
    caller.scope.check_admin()
    if len(file) > LARGEST:
        raise InstrumentError([Problem("too_big", "")])
    content = from_yaml(file)
    return _draft(session, caller, content, parse(content))


def publish_version(session: Session, caller: StaffCaller, *, version_id: int) -> InstrumentVersion:
    """Publishes a draft for good and retires the version before it; attempts under way end on their own version.

    Published already: nothing changes. Raises NotFoundError, ConflictError `instrument_outdated`, ForbiddenError.
    """
    caller.scope.check_admin()
    version = session.get(InstrumentVersion, version_id)
    if version is None or version.instrument.kind is not InstrumentKind.DIAGNOSIS:
        raise NotFoundError
    return _publish(session, caller, version, parse(version.content))


def save_step(session: Session, caller: StaffCaller, *, instrument: str, item: str, text: str) -> None:
    """Writes an item's step in the service's own words; whoever reads a result from now on reads these.

    An empty text, or the pack's own words, gives the pack's step back. What a route holds already stays as it was read.
    Raises DomainError `item_step`, NotFoundError for an unknown item, ForbiddenError.
    """
    caller.scope.check_region()
    row = session.scalar(select(Instrument).where(Instrument.key == instrument).with_for_update())
    if row is None or row.kind is not InstrumentKind.DIAGNOSIS:
        raise NotFoundError
    version_id = queries.published_version(session, key=instrument)
    if version_id is None:
        raise NotFoundError
    content = queries.questionnaire(session, version_id=version_id)
    asked = {one.code: one for one in content.items if not one.need}
    if item not in asked:
        raise NotFoundError
    if len(text) > STEP or (text and len(text) < 3):
        raise DomainError("item_step", most=STEP)
    own = session.scalar(select(ItemStep).where(ItemStep.instrument_id == row.id, ItemStep.item == item))
    if text in ("", asked[item].step):
        if own is not None:
            session.delete(own)
    elif own is None:
        session.add(ItemStep(instrument_id=row.id, item=item, text=text, changed_at=caller.now))
    else:
        own.text, own.changed_at = text, caller.now
    session.flush()
    audit.record(session, caller, action="diagnostics.step", object_type="instrument", object_id=row.id, item=item)


def _draft(session: Session, caller: Caller, content: dict[str, Any], about: Described) -> InstrumentVersion:
    digest = _fingerprint(content)
    instrument = _instrument(session, about)
    version = session.scalar(
        select(InstrumentVersion).where(
            InstrumentVersion.instrument_id == instrument.id, InstrumentVersion.version == about.version
        )
    )
    if version is not None and version.content_hash == digest:
        return version
    if version is not None and version.status is not VersionStatus.DRAFT:
        raise ConflictError("instrument_immutable", key=instrument.key, version=about.version)
    _refuse_outdated(session, instrument, about.version)
    if version is None:
        version = InstrumentVersion(instrument_id=instrument.id, version=about.version, status=VersionStatus.DRAFT)
        session.add(version)
    version.content, version.content_hash = content, digest
    session.flush()
    _record(session, caller, version, "drafted")
    return version


def _publish(session: Session, caller: Caller, version: InstrumentVersion, about: Described) -> InstrumentVersion:
    # The instrument's row is the lock: two versions can't be published side by side.
    instrument = session.get(Instrument, version.instrument_id, with_for_update=True)
    session.refresh(version)
    if instrument is None or version.status is VersionStatus.RETIRED:
        raise ConflictError("instrument_outdated", version=version.version, current="")
    if version.status is VersionStatus.PUBLISHED:
        return version
    _refuse_outdated(session, instrument, version.version)
    for former in session.scalars(
        select(InstrumentVersion).where(
            InstrumentVersion.instrument_id == instrument.id, InstrumentVersion.status == VersionStatus.PUBLISHED
        )
    ):
        move(former, VersionStatus.RETIRED)
    move(version, VersionStatus.PUBLISHED)
    version.published_at = caller.now
    instrument.title, instrument.audience = about.title, about.whom
    session.flush()
    _record(session, caller, version, "published")
    return version


def _instrument(session: Session, about: Described) -> Instrument:
    statement = insert(session, Instrument).values(
        key=about.key, kind=about.kind, title=about.title, audience=about.whom
    )
    session.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
    row = session.scalars(select(Instrument).where(Instrument.key == about.key).with_for_update()).one()
    if row.kind is not about.kind:  # a key is one instrument's for good
        raise ConflictError("instrument_immutable", key=about.key, version=about.version)
    return row


def _refuse_outdated(session: Session, instrument: Instrument, version: int) -> None:
    newest = session.scalar(
        select(InstrumentVersion.version)
        .where(InstrumentVersion.instrument_id == instrument.id, InstrumentVersion.status != VersionStatus.DRAFT)
        .order_by(InstrumentVersion.version.desc())
        .limit(1)
    )
    if newest is not None and newest >= version:
        raise ConflictError("instrument_outdated", version=version, current=newest)


def _fingerprint(content: dict[str, Any]) -> str:
    try:
        return fingerprint(content)
    except (TypeError, ValueError):  # a date or a binary value that YAML knows and JSON doesn't
        raise InstrumentError([Problem("not_text", "")]) from None


def _record(session: Session, caller: Caller, version: InstrumentVersion, verb: str) -> None:
    audit.record(
        session,
        caller,
        action=f"diagnostics.{verb}",
        object_type="instrument_version",
        object_id=version.id,
        version=version.version,
    )
