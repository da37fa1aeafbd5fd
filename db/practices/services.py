"""What a teacher does with an own practice: tells it part by part, sends it, takes it back, says that it lives."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import texts
from db.caller import Caller, PersonCaller
from db.documents import scans
from db.documents.models import Scan
from db.errors import ConflictError, DomainError, NotFoundError
from db.events.queries import component_names
from db.notices import services as notices
from db.people.models import Person
from db.practices import search
from db.practices.models import Practice, PracticeAuthor, PracticeFile, PracticeStatus
from db.practices.notices import FILE, STILL, prefix
from db.practices.queries import files
from db.practices.rules import (
    EDITABLE,
    FOUND,
    LIMITS,
    MOST_AUTHORS,
    MOST_COMPONENTS,
    MOST_DRAFTS,
    MOST_FILES,
    NEEDED,
    SHORTEST,
    TEXT,
    WITHDRAWABLE,
    PracticePart,
    first_line,
    lacking,
    names_in,
)
from db.storage import StoredFile
from db.transitions import move


def draft(session: Session, caller: Caller, *, person_id: int, text: str, component: str | None = None) -> int:
    """Makes a draft of what somebody said elsewhere, such as a good answer; it is theirs to complete and to send.

    Returns its id; the same text again is the same draft, and what is longer than a part may be is cut. Raises
    NotFoundError for who is not there.
    """
    text = text if len(text) <= TEXT else text[: TEXT - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
    person = session.get(Person, person_id, with_for_update=True)
    if person is None or person.erased_at is not None:
        raise NotFoundError
    known = select(Practice.id).where(Practice.proposer_id == person_id, Practice.lesson == text)
    if (found := session.scalar(known.order_by(Practice.id).limit(1))) is not None:
        return found
    row = Practice(proposer_id=person_id, title=first_line(text), lesson=text, made_at=caller.now)
    row.component_codes = [component] if component else []
    session.add(row)
    session.flush()
    return row.id


def start(session: Session, caller: PersonCaller) -> int:
    """Begins a practice, or goes on with one that nothing was told of yet. Returns its id.

    Raises DomainError `practice_drafts` where as many are begun as may be.
    """
    # Two taps at once would begin two: the person is one.
    session.get_one(Person, caller.person_id, with_for_update=True)
    mine = select(Practice).where(Practice.proposer_id == caller.person_id, Practice.status == PracticeStatus.DRAFT)
    drafts = session.scalars(mine.order_by(Practice.id)).all()
    empty = next((one for one in drafts if not any(getattr(one, part.value) for part in NEEDED)), None)
    if empty is not None:
        return empty.id
    if len(drafts) >= MOST_DRAFTS:
        raise DomainError("practice_drafts", most=MOST_DRAFTS)
    row = Practice(proposer_id=caller.person_id, made_at=caller.now)
    session.add(row)
    session.flush()
    return row.id


def tell(session: Session, caller: PersonCaller, *, practice_id: int, part: PracticePart, text: str) -> Practice:
    """Keeps what was typed for a part; names of further authors take the place of those before.

    Raises NotFoundError, ConflictError `practice_moved_on`, DomainError `practice_short`, `practice_long`,
    `practice_authors`, `author_name`.
    """
    row = _editable(session, caller, practice_id)
    text = texts.clean(text)
    if len(text) > LIMITS[part]:
        raise DomainError("practice_long", length=len(text), limit=LIMITS[part])
    if part is PracticePart.AUTHORS:
        _name_authors(session, row, names_in(text))
        return row
    if len(text) < SHORTEST:
        raise DomainError("practice_short", least=SHORTEST)
    setattr(row, part.value, texts.cyrillic(text) if part is PracticePart.TITLE else text)
    return row


def choose_component(session: Session, caller: PersonCaller, *, practice_id: int, component: str) -> Practice:
    """Puts a component in, or takes it out again.

    Raises NotFoundError, ConflictError `practice_moved_on`, DomainError `practice_components`.
    """
    row = _editable(session, caller, practice_id)
    codes = set(row.component_codes) ^ {component}
    if component not in component_names(session):
        raise NotFoundError
    if len(codes) > MOST_COMPONENTS:
        raise DomainError("practice_components", most=MOST_COMPONENTS)
    row.component_codes = codes
    session.flush()
    return row


def check_room(session: Session, caller: PersonCaller, *, practice_id: int) -> int:
    """Returns how many files there are. Raises as `add_file`: before anything is downloaded."""
    return _room(session, _editable(session, caller, practice_id))


def add_file(session: Session, caller: PersonCaller, *, practice_id: int, stored: StoredFile) -> bool:
    """Adds a stored file; the same one twice is there once. Returns whether it was added: if not, the copy may go.

    Raises NotFoundError, ConflictError `practice_moved_on`, DomainError `practice_files`.
    """
    row = _editable(session, caller, practice_id)
    same = select(PracticeFile.id).join(Scan).where(PracticeFile.practice_id == row.id, Scan.sha256 == stored.sha256)
    if session.scalar(same) is not None:
        return False
    _room(session, row)
    session.add(PracticeFile(practice_id=row.id, scan_id=scans.keep(session, caller, stored=stored)))
    session.flush()
    return True


def drop_file(session: Session, caller: PersonCaller, *, practice_id: int, file_id: int) -> None:
    """Takes a file out; one that is gone already stays so. Raises NotFoundError, ConflictError `practice_moved_on`."""
    row = _editable(session, caller, practice_id)
    one = session.get(PracticeFile, file_id)
    if one is not None and one.practice_id == row.id:
        forget_file(session, one)


def forget_file(session: Session, one: PracticeFile) -> None:
    """Deletes a file's row with its scan's."""
    scan_id = one.scan_id
    session.delete(one)
    scans.drop(session, scan_id=scan_id)


def send(session: Session, caller: PersonCaller, *, practice_id: int) -> Practice:
    """Sends a practice to the methodists of the own centre; sent twice is sent once.

    Raises NotFoundError, ConflictError `practice_moved_on`, DomainError `practice_lacks`.
    """
    row = own(session, caller, practice_id)
    if row.status in (PracticeStatus.SENT, PracticeStatus.EXPERTISE):
        return row
    if row.status not in EDITABLE:
        raise ConflictError("practice_moved_on")
    if lacking(row) or not row.components:
        raise DomainError("practice_lacks")
    move(row, PracticeStatus.SENT)
    row.turn, row.sent_at, row.said = row.turn + 1, caller.now, ""
    row.municipality_id = session.get_one(Person, caller.person_id).municipality_id
    session.flush()
    search.put_in(session, row)
    return row


def withdraw(session: Session, caller: PersonCaller, *, practice_id: int) -> Practice:
    """Takes an own practice back, wherever it is; nobody finds it and nobody is asked about it any more.

    Raises NotFoundError.
    """
    row = own(session, caller, practice_id)
    if row.status in WITHDRAWABLE:
        end(session, row)
    return row


def end(session: Session, row: Practice) -> None:
    """Withdraws a locked practice with what was still to be said about it."""
    move(row, PracticeStatus.WITHDRAWN)
    search.take_out(session, row.id)
    notices.cancel_prefix(session, prefix=prefix(row.id))


def resume(session: Session, caller: PersonCaller, *, practice_id: int) -> Practice:
    """Makes a withdrawn practice a draft again. Raises NotFoundError, ConflictError `practice_moved_on`."""
    row = own(session, caller, practice_id)
    if row.status is not PracticeStatus.DRAFT:
        move(row, PracticeStatus.DRAFT)
    return row


def confirm(session: Session, caller: PersonCaller, *, practice_id: int, still: bool) -> Practice:
    """Says whether one still does so: yes brings it up for a year, no lets it sink at once.

    Raises NotFoundError, ConflictError `practice_moved_on`.
    """
    row = own(session, caller, practice_id)
    if row.status not in FOUND:
        raise ConflictError("practice_moved_on")
    if still:
        alive(session, caller, row)
    else:
        notices.cancel_prefix(session, prefix=prefix(row.id), kinds=(STILL,))
        if row.status is PracticeStatus.PUBLISHED:
            move(row, PracticeStatus.SUNK)
    return row


def alive(session: Session, caller: Caller, row: Practice) -> None:
    """Says of a locked practice that it is done so now; what was about to ask it does not."""
    notices.cancel_prefix(session, prefix=prefix(row.id), kinds=(STILL,))
    row.confirmed_at = caller.now
    if row.status is PracticeStatus.SUNK:
        move(row, PracticeStatus.PUBLISHED)


def ask_for_files(session: Session, caller: PersonCaller, *, practice_id: int, request: str) -> int:
    """Owes the person the files of a practice that one may open; each `request` is answered once.

    Returns how many there are. Raises NotFoundError.
    """
    found = files(session, caller, practice_id=practice_id).files
    for one in found:
        notices.owe(
            session,
            caller,
            key=f"{prefix(practice_id)}file:{one.id}:{caller.person_id}:{request}",
            person_id=caller.person_id,
            kind=FILE,
            params={"practice": practice_id, "file": one.id},
        )
    return len(found)


def own(session: Session, caller: PersonCaller, practice_id: int) -> Practice:
    """Returns an own practice, locked. Raises NotFoundError."""
    row = session.scalar(
        select(Practice)
        .where(Practice.id == practice_id, Practice.proposer_id == caller.person_id)
        .with_for_update(of=Practice)
    )
    if row is None:
        raise NotFoundError
    return row


def _editable(session: Session, caller: PersonCaller, practice_id: int) -> Practice:
    row = own(session, caller, practice_id)
    if row.status not in EDITABLE:
        raise ConflictError("practice_moved_on")
    return row


def _room(session: Session, row: Practice) -> int:
    there = session.scalar(select(func.count()).where(PracticeFile.practice_id == row.id)) or 0
    if there >= MOST_FILES:
        raise DomainError("practice_files", most=MOST_FILES)
    return there


def _name_authors(session: Session, row: Practice, names: list[str]) -> None:
    """Names alone: who of them is a person of ours a methodist says."""
    if len(names) > MOST_AUTHORS:
        raise DomainError("practice_authors", most=MOST_AUTHORS)
    if any(len(name) < 3 for name in names):
        raise DomainError("author_name")
    for one in list(row.authors):
        if one.person_id is None:
            row.authors.remove(one)
            session.delete(one)
    row.authors += [PracticeAuthor(name=texts.cyrillic(name)) for name in names]
    session.flush()
