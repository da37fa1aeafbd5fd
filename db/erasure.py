"""Everything about one person from every noun: as a file, at the end of a consent, at an erasure.

152-ФЗ, articles 14, 20 and 21. Each noun offers its own in its `personal.py` (`db.nouns.Personal`). Here they are
called in one transaction, later nouns first: the person's own row comes last.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.audit import services as audit
from db.caller import Caller, PersonCaller
from db.database import Database
from db.errors import NotFoundError
from db.inbox import personal as inbox
from db.nouns import PERSONAL, Personal, parts
from db.people import queries
from db.people.models import Erasure, Person
from db.people.queries import Profile

ERASED_WITHIN = timedelta(hours=20)
"""A withdrawn consent is followed by an erasure after this; the promise is 24 hours, the rest is for a stopped bot."""


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """All that is stored about a person, by noun. Raises NotFoundError for nobody."""
    found: dict[str, Any] = {}
    for part in _in_order():
        found |= part.export(session, person_id=person_id)
    for former in former_numbers(session, person_id):
        for noun, part in of_a_person().items():
            if noun != "people":  # nothing is left in that row itself
                for name, more in part.export(session, person_id=former).items():
                    found[name] += more
    return found


@dataclass(frozen=True, slots=True)
class Overview:
    """How much of what is stored about a person, by the names of `Personal.counts`."""

    profile: Profile
    consent_version: int | None
    consent_given_at: datetime | None
    counts: dict[str, int]


def overview(session: Session, *, person_id: int) -> Overview:
    """What is stored, in numbers. Raises NotFoundError for nobody."""
    consent = queries.consent(session, person_id=person_id)
    counts: Counter[str] = Counter()
    for number in (person_id, *former_numbers(session, person_id)):
        queries_of = {name: one for part in _in_order() for name, one in part.counts(person_id=number).items()}
        row = session.execute(select(*(one.scalar_subquery() for one in queries_of.values()))).one()
        counts.update(dict(zip(queries_of, row, strict=True)))
    return Overview(
        queries.profile_of(session, person_id=person_id),
        consent.version if consent.given_at else None,
        consent.given_at,
        dict(counts),
    )


def withdraw_consent(session: Session, caller: PersonCaller) -> datetime:
    """Ends the consent: notices, seats, open applications, pairs and roles end at once, the rest is erased later.

    Answers the moment from which everything is erased; a new consent before it takes the erasure back. The same word
    again changes nothing. Raises NotFoundError for nobody.
    """
    person_id, now = caller.person_id, caller.now
    person = _lock(session, person_id)
    known = _pending(session, person_id)
    if known is not None:
        return known.requested_at + ERASED_WITHIN
    stopped = {noun: part.stop(session, caller, person_id=person_id) for noun, part in _later_first()}
    summary = {noun: counts for noun, counts in stopped.items() if counts}
    session.add(Erasure(person_id=person.id, requested_at=now, requested_by="person", summary={"withdrawn": summary}))
    audit.record(
        session,
        caller,
        action="people.consent_withdrawn",
        object_type="person",
        object_id=person_id,
        subject_person_id=person_id,
    )
    return now + ERASED_WITHIN


def erase(session: Session, caller: Caller, *, person_id: int, requested_by: str) -> list[str]:
    """Erases a person and writes the act.

    Answers the stored names of files to delete after the commit; they stay in the act until `files_deleted`, so that a
    crash in between loses none. Erased already: the same answer, no new act.

    `requested_by` is `person`, `operator`, `restore` or `staff:<id>`. Whoever was kept under several numbers is erased
    under all of them, each with an act: a backup of before knows them apart. Raises NotFoundError where there never was
    such a person.
    """
    person = session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFoundError
    if person.merged_into_id is not None and not _erased(session, person.merged_into_id):
        return erase(session, caller, person_id=person.merged_into_id, requested_by=requested_by)
    former = former_numbers(session, person_id)
    names = [
        name for number in former for name in _erase(session, caller, session.get_one(Person, number), requested_by)
    ]
    return [*names, *_erase(session, caller, person, requested_by)]


def _erase(session: Session, caller: Caller, person: Person, requested_by: str) -> list[str]:
    person_id = person.id
    act = session.scalar(select(Erasure).where(Erasure.person_id == person_id).order_by(Erasure.id.desc()).limit(1))
    if person.erased_at is not None and (
        person.merged_into_id is None or (act is not None and act.done_at is not None)
    ):
        return list(act.summary.get("files", ())) if act else []
    addresses = queries.addresses(session, person_id=person_id)
    forgotten = {noun: part.forget(session, caller, person_id=person_id) for noun, part in _later_first()}
    files: list[str] = [name for counts in forgotten.values() for name in counts.pop("files", ())]
    summary: dict[str, Any] = {noun: counts for noun, counts in forgotten.items() if counts}
    came_in = [inbox.forget(session, platform=one.platform, external_id=one.external_id) for one in addresses]
    if came_in:
        summary["inbox"] = {name: sum(counts[name] for counts in came_in) for name in came_in[0]}
    summary["files"], summary["stays"] = files, ["consent_dates", "decided_applications", "attendance", "audit"]
    if act is None or act.done_at is not None:
        act = Erasure(person_id=person_id, requested_at=caller.now, requested_by=requested_by, summary=summary)
        session.add(act)
    act.summary, act.done_at, act.scrubbed_at = summary, caller.now, None
    audit.record_as(
        session,
        actor=f"person:{person_id}" if requested_by == "person" else requested_by,
        action="people.erased",
        object_type="person",
        object_id=person_id,
        subject_person_id=person_id,
        now=caller.now,
    )
    session.flush()
    return files


def carry_out(session: Session, caller: Caller, *, person_id: int) -> list[str]:
    """The erasure that a withdrawn consent asked for, when its time has come; a consent given anew took it back."""
    person = session.get(Person, person_id, with_for_update=True)
    act = _pending(session, person_id)
    if person is None or act is None or act.requested_at > caller.now - ERASED_WITHIN:
        return []
    return erase(session, caller, person_id=person_id, requested_by="person")


def due(session: Session, *, now: datetime) -> list[int]:
    """Whose withdrawn consent is to be followed by an erasure now."""
    return list(
        session.scalars(
            select(Erasure.person_id).where(Erasure.done_at.is_(None), Erasure.requested_at <= now - ERASED_WITHIN)
        )
    )


def unscrubbed(session: Session) -> list[int]:
    """Acts of what is erased for everybody who asks, but may still stand in the database's files."""
    done = Erasure.done_at.is_not(None) & Erasure.scrubbed_at.is_(None)
    return list(session.scalars(select(Erasure.id).where(done).order_by(Erasure.id)))


def scrub(database: Database, caller: Caller) -> bool:
    """Rids the database's files of what was erased; returns false while somebody still reads it."""
    acts = database.read(unscrubbed)
    if not database.scrub():
        return False
    if acts:
        database.write(scrubbed, caller, act_ids=acts)
    return True


def scrubbed(session: Session, caller: Caller, *, act_ids: list[int]) -> None:
    """Notes that the database was scrubbed after these acts."""
    session.execute(update(Erasure).where(Erasure.id.in_(act_ids)).values(scrubbed_at=caller.now))


def files_left(session: Session) -> list[str]:
    """Stored names of erased people's files that may still be on the disk after a crash."""
    acts = session.scalars(select(Erasure).where(Erasure.done_at.is_not(None)))
    return [name for act in acts for name in act.summary.get("files", ())]


def files_deleted(session: Session, *, names: list[str]) -> None:
    """The files are gone from the disk."""
    gone = set(names)
    for act in session.scalars(select(Erasure).where(Erasure.done_at.is_not(None)).with_for_update()):
        kept = [name for name in act.summary.get("files", ()) if name not in gone]
        if kept != act.summary.get("files", []):
            act.summary = {**act.summary, "files": kept}


def former_numbers(session: Session, person_id: int) -> Sequence[int]:
    """Lists the other numbers under which rows of somebody may stand: of those who were found to be the same."""
    query = select(Person.id).where(Person.merged_into_id == person_id).order_by(Person.id)
    return session.scalars(query).all()


def _erased(session: Session, person_id: int) -> bool:
    return session.scalar(select(Person.erased_at).where(Person.id == person_id)) is not None


def _lock(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id, with_for_update=True)
    if person is None or person.erased_at is not None:
        raise NotFoundError
    return person


def _pending(session: Session, person_id: int) -> Erasure | None:
    return session.scalar(select(Erasure).where(Erasure.person_id == person_id, Erasure.done_at.is_(None)))


def of_a_person() -> dict[str, Personal]:
    """Returns every noun's part about a person, in the order of nouns."""
    # What came in is kept by messenger account and knows no person: it is called by itself.
    return {noun: part for noun, part in parts(PERSONAL).items() if noun != "inbox"}


def _in_order() -> list[Personal]:
    return sorted(of_a_person().values(), key=attrgetter("PLACE"))


def _later_first() -> list[tuple[str, Personal]]:
    return [*reversed(of_a_person().items())]
