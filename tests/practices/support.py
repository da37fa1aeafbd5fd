"""A practice that is with its experts, and what the bot's buttons would change of one's own."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.database import Database
from db.documents.models import Scan
from db.events.queries import component_names
from db.people.models import Person
from db.practices import search
from db.practices.models import (
    Practice,
    PracticeAuthor,
    PracticeExpert,
    PracticeFile,
    PracticeStatus,
    PracticeTrial,
    PracticeVerdict,
)
from db.practices.rules import NEEDED


def practice_of(session: Session, person: int | None, /, *, now: datetime, word: str, **more: Any) -> int:
    """A practice of somebody with the word in every text; a draft unless said otherwise."""
    texts = {part.value: word for part in NEEDED}
    row = Practice(**{"proposer_id": person, "made_at": now, "said": word, **texts, **more})
    if person is not None:
        row.municipality_id = session.get_one(Person, person).municipality_id
    row.component_codes = list(component_names(session))[:1]
    session.add(row)
    session.flush()
    return row.id


def expertise_of(session: Session, person: int, other: int, *, now: datetime, word: str, stored: str) -> dict[str, int]:
    """A practice of one person with a file, another's name and another's remark; it waits for the second expert."""
    sent = {"status": PracticeStatus.EXPERTISE, "turn": 1, "sent_at": now}
    number = practice_of(session, person, now=now, word=word, **sent)
    author = PracticeAuthor(practice_id=number, person_id=other)
    expert = PracticeExpert(
        practice_id=number,
        turn=1,
        person_id=other,
        appointed_at=now,
        answered_at=now,
        verdict=PracticeVerdict.RETURN,
        remark=word,
    )
    session.add_all([author, expert, PracticeTrial(practice_id=number, person_id=other, taken_at=now)])
    session.flush()
    return {
        "practice": number,
        "practice_author": author.id,
        "practice_expert": expert.id,
        "practice_file": file_of(session, number, now=now, word=word, stored=stored),
    }


def of_others(session: Session, person: int, other: int, now: datetime) -> list[Any]:
    """A practice of another of which somebody is a further author, an expert and one who tries it."""
    number = practice_of(session, other, now=now, word="Чужая практика", sent_at=now, turn=1)
    asked = PracticeExpert(practice_id=number, turn=1, person_id=person, appointed_at=now)
    trial = PracticeTrial(practice_id=number, person_id=person, taken_at=now)
    return [PracticeAuthor(practice_id=number, person_id=person), asked, trial]


def published(session: Session, person: int | None, *, now: datetime, word: str = "Чужой приём на уроке") -> int:
    """A practice of somebody that everybody may find."""
    shown = {"status": PracticeStatus.PUBLISHED, "turn": 1, "sent_at": now, "confirmed_at": now, "decided_at": now}
    number = practice_of(session, person, now=now, word=word, **shown)
    search.put_in(session, session.get_one(Practice, number))
    return number


def asked_expert(session: Session, person: int, *, now: datetime) -> int:
    """Somebody is asked to look at a practice of nobody we know; returns the expert's row."""
    sent = {"status": PracticeStatus.SENT, "turn": 1, "sent_at": now}
    number = practice_of(session, None, now=now, word="Чужой приём на уроке", **sent)
    row = PracticeExpert(practice_id=number, turn=1, person_id=person, appointed_at=now)
    session.add(row)
    session.flush()
    return row.id


def practices_of(database: Database, own: PersonCaller, other: int) -> dict[str, int]:
    """What the buttons of practices would change: each practice is of the first but the one to try."""
    new: dict[str, Any] = {"now": own.now, "word": "Свой приём на уроке"}
    numbers = {"told": database.write(practice_of, own.person_id, **new)}
    numbers["gone"] = database.write(practice_of, own.person_id, **new, status=PracticeStatus.WITHDRAWN)
    numbers["found"] = database.write(published, other, now=own.now)
    numbers["lives"] = database.write(published, own.person_id, now=own.now, word="Свой живой приём")
    for name in ("told", "found"):
        numbers[f"{name}_file"] = database.write(file_of, numbers[name], now=own.now, word="приём")
    return numbers


def file_of(session: Session, practice_id: int, *, now: datetime, word: str, stored: str = "") -> int:
    """A file of a practice; returns its id."""
    scan = Scan(
        file_name=f"{word}.pdf",
        stored_name=stored or f"{practice_id:032x}.pdf",
        media_type="application/pdf",
        size=1,
        sha256="0" * 64,
        uploaded_at=now,
    )
    session.add(scan)
    session.flush()
    file = PracticeFile(practice_id=practice_id, scan_id=scan.id)
    session.add(file)
    session.flush()
    return file.id


def texts(session: Session) -> list[str]:
    """Names of all practices, for what must not be lost."""
    return list(session.scalars(select(Practice.title).order_by(Practice.id)))
