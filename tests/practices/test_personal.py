"""What is kept of a person's practices: in papers, as a file, after an erasure and a merging."""

from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db.papers import PaperKind, PaperLine, PaperReader
from db.practices import check, papers, personal, trials
from db.practices.models import Practice, PracticeExpert, PracticeStatus, PracticeTrial
from tests.practices.conftest import Circle
from tests.practices.support import file_of
from tests.support import callers
from tests.support.town import MONDAY


def lines(session: Session, person_id: int, reader: PaperReader) -> list[PaperLine]:
    return list(papers.lines(session, callers.clock(), person_id=person_id, reader=reader))


def sound(circle: Circle) -> list[Any]:
    """What breaks a rule of the check."""
    return [
        rule
        for rule, query in check.RULES.items()
        if circle.database.read(lambda session, query=query: session.execute(text(query)).all())  # type: ignore[misc]
    ]


def test_papers_tell_of_a_published_practice_and_of_what_was_applied(circle: Circle) -> None:
    circle.sent()
    number = circle.published(title="Карусель мнений в группах")
    circle.database.write(trials.apply, circle.person(3), practice_id=number, word="Слова только для себя")
    [own] = circle.database.read(lines, circle.people[0], PaperReader.OWNER)
    assert (own.kind, own.title, own.payload) == (
        PaperKind.PRACTICE,
        "Карусель мнений в группах",
        f"practice_{number}",
    )
    [applied] = circle.database.read(lines, circle.people[3], PaperReader.OWNER)
    assert (applied.kind, applied.note) == (PaperKind.APPLIED, "Слова только для себя")
    [seen] = circle.database.read(lines, circle.people[3], PaperReader.METHODIST)
    assert seen.note == "", "the own words are not for the methodist's copy"


def test_whoever_is_erased_takes_practices_files_and_trials_along_and_leaves_a_remark_without_a_name(
    circle: Circle,
) -> None:
    first, second = circle.published(), circle.looked_at(title="Карусель мнений в группах")
    stored = "e" * 32 + ".pdf"
    circle.database.write(file_of, second, now=MONDAY, word="план", stored=stored)
    circle.database.write(trials.apply, circle.person(3), practice_id=first, word="Получилось с первого раза")
    assert sound(circle) == []
    told = circle.database.read(personal.export, person_id=circle.people[3])
    assert [one["word"] for one in told["practice_trials"]] == ["Получилось с первого раза"]
    told = circle.database.read(personal.export, person_id=circle.people[1])
    assert len(told["practice_reviews"]) == 2
    circle.database.write(personal.forget, callers.clock(MONDAY), person_id=circle.people[3])
    assert circle.row(first).adopted == 0
    circle.database.write(personal.forget, callers.clock(MONDAY), person_id=circle.people[1])
    assert circle.row(second).status is PracticeStatus.SENT, "an expert who left makes room for another"
    remarks = select(PracticeExpert.person_id, PracticeExpert.remark).where(PracticeExpert.practice_id == first)
    kept = circle.database.read(lambda session: [tuple(row) for row in session.execute(remarks)])
    assert (None, "Замечание эксперта номер 1") in kept
    assert sound(circle) == []
    gone = circle.database.write(personal.forget, callers.clock(MONDAY), person_id=circle.people[0])
    assert (gone["practices"], gone["files"]) == (2, [stored])
    assert circle.database.read(lambda session: session.scalars(select(Practice.id)).all()) == []


def test_of_two_trials_of_one_person_the_applied_one_stays(circle: Circle) -> None:
    number = circle.published()
    circle.database.write(trials.take, circle.person(2), practice_id=number)
    circle.database.write(trials.apply, circle.person(3), practice_id=number, word="Получилось с первого раза")
    both = {"kept_id": circle.people[2], "gone_id": circle.people[3]}
    circle.database.write(personal.merge, callers.clock(MONDAY), **both)
    rows = circle.database.read(lambda session: session.scalars(select(PracticeTrial)).all())
    assert [(row.person_id, row.word) for row in rows] == [(circle.people[2], "Получилось с первого раза")]
    assert (circle.row(number).adopted, sound(circle)) == (1, [])
