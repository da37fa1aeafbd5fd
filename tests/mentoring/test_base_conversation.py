"""The base of mentors in the chat: six taps to declare, two to ask, one to answer, two for a meeting."""

import io
import zipfile

import pytest
from docx import Document
from sqlalchemy import select

from bot.sandbox.client import SandboxPerson
from db.mentoring import meetings, papers, proposals, services, staff_services
from db.mentoring.models import EndReason, MeetingKind, MeetingStatus, Mentor, MentorStrength, MentorWish, PairStatus
from db.mentoring.papers import PairPaper, PairWriter, StaffPaper
from db.people.models import Role
from locales import translator
from tests.mentoring.conftest import REGION, ZONE, Duo
from tests.mentoring.test_conversation import School, say, school, tap  # noqa: F401  a fixture
from tests.support import callers
from tests.support.town import Town, person_of


async def taps(person: SandboxPerson, *texts: str) -> str:
    """Presses them one after the other; returns what is seen then."""
    seen = ""
    for text in texts:
        seen = await tap(person, text)
    return seen


async def test_a_mentor_declares_by_six_taps_rests_and_wants_the_weekly_summary(town: Town) -> None:
    nina = await town.teacher(2001, "Мудрая Нина Павловна", roles=[Role.MENTOR])
    assert "карточку наставника" in await say(nina, "/mentees")
    asked = await tap(nina, "Карточка наставника")
    assert "готовы помогать" in asked and "видят методисты" in asked
    strength = (await nina.last()).buttons[0]
    assert "Отметьте" in await tap(nina, strength)
    assert (await nina.last()).buttons[0] == f"✓ {strength}"
    await tap(nina, "Дальше")
    direction = (await nina.last()).buttons[0]
    await taps(nina, direction, "Дальше")
    card = await tap(nina, "3")
    assert strength.rstrip("…") in card and "Мест: 3, занято 0" in card
    assert "Сейчас пауза" in await tap(nina, "Пауза")
    assert "Сейчас пауза" not in await tap(nina, "Снова предлагать")
    assert "сводка" in await tap(nina, "присылать")
    row = town.read(lambda session: session.scalars(select(Mentor)).one())
    assert (row.places, row.paused, row.digest) == (3, False, True)
    assert len(town.read(lambda session: session.scalars(select(MentorStrength)).all())) == 1


async def test_the_wish_for_a_mentor_stands_in_the_menu_and_is_found_by_its_words(town: Town) -> None:
    """Only a command that no menu shows led to it, so who needed a mentor most never met the button."""
    olga = await town.teacher(2002, "Юная Ольга Олеговна")
    assert "Что открыть" in await say(olga, "хочу наставника")
    assert "С чем хочется помощи" in await tap(olga, "Хочу наставника")
    assert not [one for one in (await olga.last()).buttons if "одопечные" in one], "of whom there are none"
    await say(olga, "/menu")
    await taps(olga, "Ещё…", "Хочу наставника")
    assert "Записали" in await tap(olga, "Просто нужен")
    await say(olga, "/menu")
    await tap(olga, "Ещё…")
    found = await tap(olga, "Хочу наставника")
    assert "Вы ищете наставника" in found and "Хотите наставника" not in found
    assert "больше не ищем" in await tap(olga, "Больше не ищу")


async def test_a_teacher_asks_by_two_taps_and_both_answer_a_proposal(town: Town) -> None:
    nina = await town.teacher(2001, "Мудрая Нина Павловна", roles=[Role.MENTOR])
    olga = await town.teacher(2002, "Юная Ольга Олеговна")
    await say(olga, "/mentees")
    asked = await tap(olga, "Хочу наставника")
    assert "Закрытые результаты" in asked
    assert "Записали" in await tap(olga, (await olga.last()).buttons[0])
    wish = town.read(lambda session: session.scalars(select(MentorWish)).one())
    assert wish.component is not None and "Больше не ищу наставника" in (await olga.last()).buttons
    ids = {one.id: town.read(person_of, external_id=one.id) for one in (nina, olga)}
    caller = callers.staff(REGION, town.clock.now())
    pair = town.write(proposals.propose, caller, mentor_id=ids[nina.id], mentee_id=ids[olga.id])
    place = School.__new__(School)
    place.town, place.mentor, place.mentee, place.pair = town, nina, olga, pair
    await place.delivered()
    assert "предлагает вам подопечного: Юная Ольга" in (await nina.last()).text
    assert "Нужна помощь" in await tap(nina, "Подробнее")
    assert "ждём второй ответ" in await tap(nina, "Согласие")
    assert "предлагает вам наставника" in (await olga.last()).text
    await tap(olga, "Согласие")  # the notice of the pair may have come by now
    assert any("пара начинает работу" in one.text for one in await olga.messages())
    assert place.row().status is PairStatus.ACTIVE

    vera = await town.teacher(2003, "Занятая Вера")
    other = town.write(
        proposals.propose, caller, mentor_id=ids[nina.id], mentee_id=town.read(person_of, external_id=2003)
    )
    await place.delivered()
    assert "Спасибо, что ответили" in await tap(vera, "Не получится")
    assert "Спасибо, учтём" in await tap(vera, "родственники")
    await place.delivered()
    heard = (await nina.last()).text
    assert "не сложилась" in heard and "родственник" not in heard
    place.pair = other
    assert place.row().end_reason is EndReason.RELATIVE


async def test_a_meeting_is_logged_by_two_taps_from_the_list_and_taken_back(school: School) -> None:  # noqa: F811
    await say(school.mentor, "/mentees")
    await tap(school.mentor, "Встретились")
    asked = await tap(school.mentor, "Сегодня")
    assert "Отметили встречу" in asked and "Заметка — для вас" in asked
    assert [row.status for row in school.meetings()] == [MeetingStatus.HELD]
    assert "Посещение урока" in await tap(school.mentor, "посещение урока")
    assert school.meetings()[0].kind is MeetingKind.VISIT
    assert "Убрали отметку" in await tap(school.mentor, "Отметили по ошибке")
    assert not school.meetings()


async def test_a_pair_pauses_and_parts_by_three_taps_and_the_reason_is_not_told(school: School) -> None:  # noqa: F811
    mentor, mentee = school.mentor, school.mentee
    await say(mentee, "/mentees")
    asked = await tap(mentee, "Сделать паузу или расстаться")
    assert "увидит только методист" in asked
    assert "Пара на паузе. Второму сообщим" in await tap(mentee, "Сделать паузу")
    await school.delivered()
    assert "на паузе" in (await mentor.last()).text
    assert "снова работает" in await tap(mentee, "Продолжить")
    await tap(mentee, "Сделать паузу или расстаться")
    assert "Пара завершена" in await tap(mentee, "не подошли")
    await school.delivered()
    heard = (await mentor.last()).text
    assert "завершена" in heard and "не подошли" not in heard
    assert school.row().end_reason is EndReason.MISMATCH


async def test_goals_say_who_sees_them_and_papers_come_as_files(school: School) -> None:  # noqa: F811
    await say(school.mentor, "/mentees")
    await tap(school.mentor, "Юная Ольга")
    assert "увидят оба участника пары и методист" in await tap(school.mentor, "Цели пары")
    assert "Провести открытый урок" in await say(school.mentor, "Провести открытый урок")
    await tap(school.mentor, "Программа")
    await school.delivered()
    captions = [one.text for one in await school.mentor.messages()]
    assert any("Заметок наставника в ней нет" in one for one in captions)


@pytest.fixture
def told(duo: Duo) -> Duo:
    """A pair with a held visit, its note, and one planned meeting."""
    meeting = duo.plan(hours=1)
    caller = callers.person(duo.mentor, duo.move(hours=2))
    duo.database.write(meetings.log_meeting, caller, meeting_id=meeting, held=True)
    duo.database.write(meetings.put_kind, caller, meeting_id=meeting, kind=MeetingKind.VISIT)
    duo.database.write(meetings.write_outcome, caller, meeting_id=meeting, text="личная заметка")
    duo.database.write(services.write_goals, caller, pair_id=duo.pair, text="=1+1 <цель>")
    duo.plan(days=3)
    return duo


def words(content: bytes) -> str:
    word = Document(io.BytesIO(content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in word.paragraphs), *cells])


def test_papers_are_made_of_rows_alike_twice_and_without_the_mentors_notes(told: Duo) -> None:
    caller = callers.staff(REGION, told.clock.now())
    writer = PairWriter(translator("ru"), service="Служба", zone=ZONE)

    def made() -> dict[str, bytes]:
        facts = told.database.read(papers.staff_facts, caller, pair_id=told.pair)
        files = {one.value: writer.of_pair(one, facts) for one in PairPaper}
        for paper in StaffPaper:
            found = told.database.read(papers.pairs_facts, caller, paper=paper)
            files[paper.value] = writer.of_all(paper, found)
        return files

    first = made()
    told.move(days=1)
    assert made() == first, "the day of making stands in none"
    said = {name: words(content) for name, content in first.items()}
    assert not any("личная заметка" in one for one in said.values())
    assert "=1+1 <цель>" in said["programme"] and "назначена" in said["programme"]
    assert "Состоялось встреч: 1, из них посещений уроков: 1" in said["report"] and "назначена" not in said["report"]
    assert all("Мудрая Нина" in one and "Юная Ольга" in one for one in said.values())
    assert "ПРИКАЗЫВАЮ" in said["order"] and "Пар: 1, из них работают: 1" in said["curator"]
    assert zipfile.is_zipfile(io.BytesIO(first["order"]))
    told.database.write(staff_services.finish_pair, caller, pair_id=told.pair)
    assert "Мудрая" not in words(made()["order"]), "an order names pairs that work"
