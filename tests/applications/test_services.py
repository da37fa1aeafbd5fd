"""What a teacher does with an application, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db.applications import personal, queries, services, staff_services
from db.applications.models import Application, ApplicationStatus, Document, Verdict
from db.applications.rules import MAX_DOCUMENTS, Lack
from db.audit.models import AuditEntry
from db.dictionaries.models import Setting, TermKind
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from tests.applications.support import ANSWERS, World, campaign_id, stored, term_id
from tests.support import callers

S = ApplicationStatus


def at_once(times: int, work: Callable[[int], Any]) -> list[Any]:
    """Runs the work in threads that set off together; refusals come back as values."""
    barrier = Barrier(times)

    def run(number: int) -> Any:
        barrier.wait()
        try:
            return work(number)
        except DomainError as error:
            return error

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def count(session: Session, table: Any) -> int:
    """How many rows."""
    return session.scalar(select(func.count()).select_from(table)) or 0


def journal(session: Session, *, action: str) -> int:
    """How many lines of the journal."""
    return session.scalar(select(func.count()).where(AuditEntry.action == action)) or 0


def test_one_application_per_person_and_campaign(world: World) -> None:
    person = world.teacher()
    campaign = world.database.read(campaign_id)

    def start(_: int) -> int:
        return world.database.write(services.start, callers.person(person, world.now), campaign_id=campaign).id

    assert len(set(at_once(4, start))) == 1
    assert world.database.read(count, Application) == 1


def test_profile_fills_in_the_category(world: World) -> None:
    person = world.teacher()
    dossier = world.draft(person)
    assert dossier.criterion(2).choice == "none"
    assert dossier.criterion(2).missing == ()


@pytest.mark.parametrize(("days", "code"), [(-30, "application_not_open"), (60, "application_closed")])
def test_begins_only_while_the_campaign_is_open(world: World, days: int, code: str) -> None:
    person = world.teacher()
    campaign = world.database.read(campaign_id)
    with pytest.raises(DomainError, match=code):
        world.database.write(
            services.start, callers.person(person, world.now + timedelta(days=days)), campaign_id=campaign
        )


def test_a_loaded_campaign_does_not_move(world: World) -> None:
    """Relative dates count from the first load: reloading a changed pack a week later must not shift them."""
    from db.packs import load_pack
    from db.packs.loading import load

    before = world.database.read(queries.home, callers.person(0, world.now)).campaign
    world.database.write(lambda session: session.execute(delete(Setting).where(Setting.key == "pack")))
    assert world.database.write(load, pack=load_pack("chelyabinsk"), now=world.now + timedelta(days=7)) == []
    assert world.database.read(queries.home, callers.person(0, world.now)).campaign == before


def test_nobody_touches_a_foreign_application(world: World) -> None:
    dossier = world.complete(world.teacher())
    stranger = world.teacher(2002, "Чужая Анна Петровна")
    author, own = callers.person(stranger, world.now), {"application_id": dossier.id}
    document = dossier.criterion(4).documents[0].id
    attempts: list[Callable[[], Any]] = [
        lambda: world.database.read(queries.own_dossier, author, **own),
        lambda: world.database.write(services.answer_text, author, number=1, text="чужой текст", **own),
        lambda: world.database.write(services.answer_choice, author, number=6, choice="no", **own),
        lambda: world.database.write(services.add_document, author, number=1, document=stored(9), **own),
        lambda: world.database.write(services.remove_document, author, document_id=document, **own),
        lambda: world.database.write(services.choose_direction, author, term_id=1, **own),
        lambda: world.database.write(services.submit, author, **own),
        lambda: world.database.write(services.withdraw, author, **own),
    ]
    for attempt in attempts:
        with pytest.raises(NotFoundError):
            attempt()


def test_what_is_typed_is_never_lost(world: World) -> None:
    person = world.teacher()
    dossier = world.draft(person)
    own = {"application_id": dossier.id, "number": 1}

    def typed(text: str, now: Any = world.now, **more: Any) -> queries.CriterionRow:
        return world.database.write(
            services.answer_text, callers.person(person, now), text=text, **own, **more
        ).criterion(1)

    assert typed("Первый").text == "Первый"
    row = typed("Второй")
    assert (row.text, row.previous_text) == ("Второй", "Первый")
    row = world.database.write(services.join_previous, callers.person(person, world.now), **own).criterion(1)
    assert (row.text, row.previous_text) == ("Первый\nВторой", None)
    row = typed("Третий")
    row = world.database.write(services.swap_previous, callers.person(person, world.now), **own).criterion(1)
    assert (row.text, row.previous_text) == ("Первый\nВторой", "Третий")
    assert typed("под фото", addition=True).text == "Первый\nВторой\nпод фото"
    assert typed("под фото", addition=True).text == "Первый\nВторой\nпод фото", "an album's caption comes once"
    later = world.now + timedelta(minutes=1)
    row = typed("ы" * 4096, now=later)
    assert row.missing == (Lack.LONG,)
    row = typed("ы" * 4096 + "э" * 904, now=later)
    assert (row.text, row.previous_text) == ("ы" * 4096 + "э" * 904, "Первый\nВторой\nпод фото"), "it only goes on"


def test_a_direction_is_a_direction(world: World) -> None:
    person = world.teacher()
    dossier = world.draft(person)
    category = world.database.read(term_id, kind=TermKind.SUPPORT_CATEGORY, code="subject")
    with pytest.raises(NotFoundError):
        world.database.write(
            services.choose_direction, callers.person(person, world.now), application_id=dossier.id, term_id=category
        )


@pytest.mark.parametrize(("number", "choice"), [(6, "maybe"), (2, "professor"), (1, "yes")])
def test_forged_choices_are_refused(world: World, number: int, choice: str) -> None:
    person = world.teacher()
    dossier = world.draft(person)
    with pytest.raises(NotFoundError):
        world.database.write(
            services.answer_choice,
            callers.person(person, world.now),
            application_id=dossier.id,
            number=number,
            choice=choice,
        )


def test_the_same_file_twice_is_there_once(world: World) -> None:
    person = world.teacher()
    dossier = world.draft(person)

    def add(number: int) -> bool:
        return world.database.write(
            services.add_document,
            callers.person(person, world.now),
            application_id=dossier.id,
            number=4,
            document=replace(stored(1), stored_name=f"{number + 7:032x}.pdf", file_name=f"{number}.pdf"),
        )[1]

    assert sum(at_once(2, add)) == 1
    assert world.database.read(count, Document) == 1


def test_documents_have_a_limit_under_a_race(world: World) -> None:
    person = world.teacher()
    dossier = world.draft(person)

    def add(number: int) -> bool:
        return world.database.write(
            services.add_document,
            callers.person(person, world.now),
            application_id=dossier.id,
            number=4,
            document=stored(number + 1),
        )[1]

    results = at_once(MAX_DOCUMENTS + 3, add)
    assert results.count(True) == MAX_DOCUMENTS
    assert {error.code for error in results if isinstance(error, DomainError)} == {"documents_full"}
    assert world.database.read(count, Document) == MAX_DOCUMENTS


def test_a_removed_document_is_gone_once(world: World) -> None:
    person = world.teacher()
    dossier = world.complete(person)
    document = dossier.criterion(4).documents[0]

    def remove(_: int) -> str | None:
        return world.database.write(
            services.remove_document,
            callers.person(person, world.now),
            application_id=dossier.id,
            document_id=document.id,
        )[1]

    assert set(at_once(2, remove)) == {None, document.stored_name}
    assert document.stored_name not in world.database.read(queries.stored_names)


def test_sending_twice_sends_once(world: World) -> None:
    person = world.teacher()
    dossier = world.complete(person)

    def submit(_: int) -> bool:
        return world.database.write(services.submit, callers.person(person, world.now), application_id=dossier.id)[1]

    assert sorted(at_once(4, submit)) == [False, False, False, True]
    sent = world.database.read(queries.dossier, callers.clock(world.now), application_id=dossier.id)
    assert (sent.status, sent.number) == (S.SUBMITTED, 1)
    assert world.database.read(journal, action="applications.submitted") == 1


def test_the_number_of_an_erased_application_is_nobody_elses(world: World) -> None:
    """The next teacher got the same number, and «заявка №» meant two people."""
    first, second = world.teacher(3001, "Первая Нина"), world.teacher(3002, "Вторая Нина")
    number = world.submitted(first).number
    world.database.write(personal.forget, callers.clock(world.now), person_id=first)
    assert number is not None and world.submitted(second).number == number + 1


def test_numbers_do_not_repeat(world: World) -> None:
    people = [world.teacher(3000 + place, f"Учитель Номер {place}") for place in range(5)]
    drafts = [world.complete(person) for person in people]

    def submit(place: int) -> int | None:
        return world.database.write(
            services.submit, callers.person(people[place], world.now), application_id=drafts[place].id
        )[0].number

    assert sorted(at_once(5, submit)) == [1, 2, 3, 4, 5]


def test_sending_needs_answers_but_not_perfection(world: World) -> None:
    person = world.teacher()
    dossier = world.draft(person)
    author, own = callers.person(person, world.now), {"application_id": dossier.id}
    with pytest.raises(DomainError, match="application_incomplete"):
        world.database.write(services.submit, author, **own)
    for number, text in ANSWERS.items():
        world.database.write(services.answer_text, author, number=number, text=text, **own)
    dossier = world.database.write(services.answer_choice, author, number=6, choice="no", **own)
    assert dossier.ready.warnings and dossier.ready.complete == 3
    assert world.database.write(services.submit, author, **own)[1], "documents are warned of, not demanded"


def test_sending_is_over_when_the_campaign_is(world: World) -> None:
    person = world.teacher()
    dossier = world.complete(person)
    closes = dossier.campaign.closes_at
    own = {"application_id": dossier.id}
    with pytest.raises(DomainError, match="application_closed"):
        world.database.write(services.submit, callers.person(person, closes), **own)
    assert world.database.write(services.submit, callers.person(person, closes - timedelta(seconds=1)), **own)[1]


def test_what_is_sent_is_locked(world: World) -> None:
    person = world.teacher()
    dossier = world.submitted(person)
    author, own = callers.person(person, world.now), {"application_id": dossier.id}
    with pytest.raises(ForbiddenError, match="application_locked"):
        world.database.write(services.answer_text, author, number=1, text="Передумала, вот новый ответ", **own)
    with pytest.raises(ForbiddenError, match="application_locked"):
        world.database.write(services.add_document, author, number=4, document=stored(77), **own)


def test_a_return_opens_only_what_was_remarked(world: World) -> None:
    person, staff = world.teacher(), world.staff()
    dossier = world.submitted(person)
    world.database.write(
        staff_services.decide,
        callers.staff(staff, world.now),
        application_id=dossier.id,
        verdict=Verdict.RETURN,
        revision=dossier.revision,
        remarks={4: "Снимок обрезан, не видно номера."},
    )
    author, own = callers.person(person, world.now), {"application_id": dossier.id}
    back = world.database.read(queries.own_dossier, author, **own)
    assert [row.number for row in back.criteria if row.open] == [4]
    assert not back.direction_open
    direction = back.direction.id if back.direction else 0
    for locked in (
        lambda: world.database.write(services.answer_text, author, number=1, text="Другой текст о практике", **own),
        lambda: world.database.write(services.choose_direction, author, term_id=direction, **own),
        lambda: world.database.write(
            services.remove_document, author, document_id=back.criterion(5).documents[0].id, **own
        ),
        lambda: world.database.write(services.add_document, author, number=1, document=stored(50), **own),
    ):
        with pytest.raises(ForbiddenError, match="application_part_locked"):
            locked()
    world.database.write(services.add_document, author, number=4, document=stored(51), **own)
    # The campaign may be over by now: the commission itself asked.
    late = callers.person(person, dossier.campaign.closes_at + timedelta(days=1))
    again, new = world.database.write(services.submit, late, **own)
    assert (new, again.status, again.number) == (True, S.SUBMITTED, dossier.number)
    assert all(row.remark is None for row in again.criteria)
    assert again.decisions[0].remarks == {4: "Снимок обрезан, не видно номера."}, "history keeps it"


def test_withdrawing_and_beginning_again_keeps_the_answers(world: World) -> None:
    person = world.teacher()
    dossier = world.submitted(person)
    author, own = callers.person(person, world.now), {"application_id": dossier.id}
    for _ in range(2):
        assert world.database.write(services.withdraw, author, **own).status is S.WITHDRAWN
    again = world.database.write(services.start, callers.person(person, world.now), campaign_id=dossier.campaign.id)
    assert again.status is S.DRAFT and again.criterion(1).text == ANSWERS[1]
    assert world.database.write(services.submit, author, **own)[0].number == dossier.number


def test_a_decided_application_is_not_withdrawn(world: World) -> None:
    person, staff = world.teacher(), world.staff()
    dossier = world.submitted(person)
    world.database.write(
        staff_services.decide,
        callers.staff(staff, world.now),
        application_id=dossier.id,
        verdict=Verdict.APPROVE,
        revision=dossier.revision,
    )
    with pytest.raises(ConflictError):
        world.database.write(services.withdraw, callers.person(person, world.now), application_id=dossier.id)
    with pytest.raises(ConflictError):
        world.database.write(services.submit, callers.person(person, world.now), application_id=dossier.id)
