"""Instruments and their versions: drafting, publishing for good, retiring."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.audit import services as audit
from db.caller import Caller, StaffCaller
from db.diagnostics.content import InstrumentError, Problem, Questionnaire, fingerprint, from_yaml, parse
from db.diagnostics.models import Instrument, InstrumentVersion, VersionStatus
from db.errors import ConflictError, NotFoundError
from db.transitions import move
from db.upsert import insert

LARGEST = 256 * 1024  # the pack's own instrument has 25 KB


def publish(session: Session, caller: Caller, *, content: dict[str, Any]) -> InstrumentVersion:
    """Publishes a content at once, as packs do. The very same version again changes nothing.

    Raises InstrumentError for a wrong file, ConflictError `instrument_immutable` where the version is published with
    another content, `instrument_outdated` where a newer one is.
    """
    draft = _draft(session, caller, content)
    return draft if draft.status is not VersionStatus.DRAFT else _publish(session, caller, draft)


def import_draft(session: Session, caller: StaffCaller, *, file: bytes) -> InstrumentVersion:
    """Keeps a file's content as a draft; a draft of the same number is replaced, a published version is never touched.

    Raises InstrumentError, ConflictError `instrument_immutable` or `instrument_outdated`, ForbiddenError.
    """
    caller.scope.check_admin()
    if len(file) > LARGEST:
        raise InstrumentError([Problem("too_big", "")])
    return _draft(session, caller, from_yaml(file))


def publish_version(session: Session, caller: StaffCaller, *, version_id: int) -> InstrumentVersion:
    """Publishes a draft for good and retires the version before it; attempts under way end on their own version.

    Published already: nothing changes. Raises NotFoundError, ConflictError `instrument_outdated`, ForbiddenError.
    """
    caller.scope.check_admin()
    version = session.get(InstrumentVersion, version_id)
    if version is None:
        raise NotFoundError
    return _publish(session, caller, version)


def _draft(session: Session, caller: Caller, content: dict[str, Any]) -> InstrumentVersion:
    questionnaire = parse(content)
    digest = _fingerprint(content)
    instrument = _instrument(session, questionnaire)
    version = session.scalar(
        select(InstrumentVersion).where(
            InstrumentVersion.instrument_id == instrument.id, InstrumentVersion.version == questionnaire.version
        )
    )
    if version is not None and version.content_hash == digest:
        return version
    if version is not None and version.status is not VersionStatus.DRAFT:
        raise ConflictError("instrument_immutable", key=instrument.key, version=questionnaire.version)
    _refuse_outdated(session, instrument, questionnaire.version)
    if version is None:
        version = InstrumentVersion(
            instrument_id=instrument.id, version=questionnaire.version, status=VersionStatus.DRAFT
        )
        session.add(version)
    version.content, version.content_hash = content, digest
    session.flush()
    _record(session, caller, version, "drafted")
    return version


def _publish(session: Session, caller: Caller, version: InstrumentVersion) -> InstrumentVersion:
    # The instrument's row is the lock: two versions can't be published side by side.
    instrument = session.get(Instrument, version.instrument_id, with_for_update=True)
    session.refresh(version)
    if instrument is None or version.status is VersionStatus.RETIRED:
        raise ConflictError("instrument_outdated", version=version.version, current="")
    if version.status is VersionStatus.PUBLISHED:
        return version
    _refuse_outdated(session, instrument, version.version)
    questionnaire = parse(version.content)
    for former in session.scalars(
        select(InstrumentVersion).where(
            InstrumentVersion.instrument_id == instrument.id, InstrumentVersion.status == VersionStatus.PUBLISHED
        )
    ):
        move(former, VersionStatus.RETIRED)
    move(version, VersionStatus.PUBLISHED)
    version.published_at = caller.now
    instrument.title, instrument.audience = questionnaire.title, questionnaire.whom
    session.flush()
    _record(session, caller, version, "published")
    return version


def _instrument(session: Session, questionnaire: Questionnaire) -> Instrument:
    statement = insert(session, Instrument).values(
        key=questionnaire.key, title=questionnaire.title, audience=questionnaire.whom
    )
    session.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
    return session.scalars(select(Instrument).where(Instrument.key == questionnaire.key).with_for_update()).one()


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
