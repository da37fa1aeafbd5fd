"""The whole journey in the bot, over HTTP, and everything that may come in its way."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.applications.callbacks import CheckApplicationTap, OverviewTap
from bot.sandbox.client import Message, SandboxPerson
from db import storage
from db.applications import queries, staff_services
from db.applications.models import Application, ApplicationStatus, Campaign, CriterionAnswer, Document, Verdict
from db.inbox.models import IncomingUpdate, UpdateStatus
from db.scope import StaffRole
from tests.applications.support import ANSWERS, EXE, PDF, PNG, add_staff, docx
from tests.support import callers
from tests.support.disks import small_disk
from tests.support.town import Town

S = ApplicationStatus
LIMIT = 22


class Applicant:
    """A person who counts taps."""

    def __init__(self, person: SandboxPerson) -> None:
        self.person = person
        self.taps = 0

    async def tap(self, text: str) -> Message:
        self.taps += 1
        await self.person.tap(text)
        await self.person.settle()
        return await self.person.last()

    async def say(self, text: str) -> Message:
        await self.person.send(text)
        await self.person.settle()
        return await self.person.last()

    async def file(self, name: str, content: bytes) -> Message:
        await self.person.send_file(name, content)
        await self.person.settle()
        return await self.person.last()


def application(session: Session) -> Application:
    """The only one."""
    return session.scalars(select(Application)).one()


def documents(session: Session) -> list[Document]:
    """All of them."""
    return list(session.scalars(select(Document).order_by(Document.id)))


def answer(session: Session, *, number: int) -> CriterionAnswer:
    """An answer of the only application."""
    return session.scalars(select(CriterionAnswer).where(CriterionAnswer.number == number)).one()


async def begun(town: Town) -> Applicant:
    """Somebody at the first criterion."""
    applicant = Applicant(await town.teacher())
    await applicant.say("/apply")
    await applicant.tap("Подать заявку")
    await applicant.say("грамотность")
    await applicant.tap("Функциональная грамотность")
    await applicant.tap("Учителя-предметники")
    return applicant


async def filled(town: Town) -> Applicant:
    """Somebody before the check, with all that is needed."""
    applicant = await begun(town)
    await applicant.say(ANSWERS[1])
    await applicant.tap("Дальше")
    await applicant.tap("Первая")
    await applicant.tap("Дальше")
    await applicant.say(ANSWERS[3])
    await applicant.tap("Дальше")
    await applicant.say(ANSWERS[4])
    await applicant.file("удостоверение.pdf", PDF)
    await applicant.tap("Дальше")
    await applicant.say(ANSWERS[5])
    await applicant.file("оценка.png", PNG)
    await applicant.tap("Дальше")
    await applicant.tap("Да")
    return applicant


async def test_the_whole_journey_within_its_budget(town: Town) -> None:
    applicant = Applicant(await town.teacher())
    screen = await applicant.say("/apply")
    assert "ДЕМО-01" in screen.text and "включительно" in screen.text and "20 МБ" in screen.text
    assert "самодиагностики в заявку не попадает" in screen.text
    screen = await applicant.tap("Подать заявку")
    assert "<blockquote expandable>" in screen.html or "expandable" in str(screen.entities)
    for _ in range(3):  # the long way, by pages
        await applicant.tap("›")
    await applicant.tap("Муниципальные методслужбы")
    await applicant.tap("›")
    screen = await applicant.tap("Молодые педагоги")
    assert "Критерий 1 из 6" in screen.text
    screen = await applicant.say(ANSWERS[1])
    assert "Ваш ответ" in screen.text
    screen = await applicant.tap("Дальше")
    assert "Критерий 2 из 6" in screen.text
    await applicant.tap("Первая")
    await applicant.tap("Дальше")
    await applicant.say(ANSWERS[3])
    await applicant.tap("Дальше")
    await applicant.say(ANSWERS[4])
    screen = await applicant.file("удостоверение.pdf", PDF)
    assert "1 файл" in screen.text
    await applicant.tap("Дальше")
    await applicant.say(ANSWERS[5])
    await applicant.file("справка.docx", docx())
    await applicant.tap("Дальше")
    screen = await applicant.tap("Да")
    assert "Проверьте" in screen.text and "готово 6 из 6" in screen.text
    await applicant.tap("Отправить заявку")
    receipt = await applicant.person.wait_for("Заявка № 1 отправлена")
    assert applicant.taps <= LIMIT
    row = town.read(application)
    assert (row.status, row.number, row.municipality_id is not None) == (S.SUBMITTED, 1, True)
    await applicant.tap("Открыть заявку")
    messages = await applicant.person.messages()
    assert receipt.id in [message.id for message in messages], "a receipt stays"
    assert "у методиста" in messages[-1].text


async def test_leaving_in_the_middle_loses_nothing(town: Town) -> None:
    applicant = await begun(town)
    await applicant.say(ANSWERS[1])
    await town.kill_bot()
    screen = await applicant.say("/apply")
    assert "готово 2 из 6" in screen.text
    screen = await applicant.tap("Продолжить заявку")
    assert "Функциональная грамотность" in screen.text
    screen = await applicant.tap("1. Методическая")
    assert ANSWERS[1][:40] in screen.text


async def test_a_killed_bot_still_takes_the_answer(town: Town) -> None:
    applicant = await begun(town)
    await town.kill_bot()
    screen = await applicant.say(ANSWERS[1])
    assert "Ваш ответ" in screen.text


@pytest.mark.parametrize("kind", ["sticker", "voice", "video_note", "contact", "location", "dice"])
async def test_what_cannot_be_read_is_answered_kindly(town: Town, kind: str) -> None:
    applicant = await begun(town)
    await applicant.say(ANSWERS[1])
    await applicant.person.send_odd(kind)
    await applicant.person.settle()
    screen = await applicant.person.last()
    assert "не прочитать" in screen.text and ANSWERS[1][:40] in screen.text


async def test_a_very_long_text_is_kept_and_told_of(town: Town) -> None:
    applicant = await begun(town)
    text = "Провела семинар. " * 240
    screen = await applicant.say(text)
    assert "до 3000" in screen.text
    assert town.read(answer, number=1).text == text.strip()
    town.server.world.clock_offset += 60
    screen = await applicant.say("Коротко: провела семинар для коллег района.")
    assert "до 3000" not in screen.text and "Вернуть прежний" in screen.buttons


async def test_an_answer_that_is_too_long_is_named_before_sending(town: Town) -> None:
    applicant = await begun(town)
    await applicant.say("Провела семинар. " * 240)
    await applicant.tap("Все критерии")
    screen = await applicant.tap("Проверить")
    assert "слишком длинно" in screen.text.partition("\n")[2].partition("Отправить пока нельзя")[0]


async def test_a_draft_after_the_closing_day_is_read_and_promises_nothing(town: Town) -> None:
    applicant = await filled(town)
    town.write(lambda session: session.execute(update(Campaign).values(closes_at=town.clock.now())))
    screen = await applicant.say("/apply")
    assert "Приём заявок уже закончился" in screen.text and "Продолжить заявку" not in screen.buttons
    screen = await applicant.tap("Посмотреть ответы")
    assert "Грамотность" in screen.text or "грамотность" in screen.text
    assert "Отправить заявку" not in screen.buttons
    screen = await applicant.say("/menu")
    assert not any("заявк" in text.lower() for text in screen.buttons if "Продолжить" in text)


async def test_an_album_is_one_message(town: Town) -> None:
    applicant = await begun(town)
    before = len(await applicant.person.messages())
    await applicant.person.send_album([("1.pdf", PDF), ("2.png", PNG), ("3.docx", docx()), ("virus.pdf", EXE)])
    # Each part is an update of its own; the last one completes the message.
    await applicant.person.wait_for(lambda m: "3 файла" in m.text and "virus.pdf" in m.text)
    answers = [message for message in (await applicant.person.messages())[before:] if message.outgoing]
    assert len(answers) == 1
    assert len(town.read(documents)) == 3
    screen = await applicant.tap("Документы: 3")
    assert "2.png" in screen.text
    screen = await applicant.tap("Убрать 2. 2.png")
    assert "2.png" not in screen.text and len(town.read(documents)) == 2


async def test_the_same_file_twice_is_there_once(town: Town, tmp_path: Path) -> None:
    applicant = await begun(town)
    await applicant.file("справка.pdf", PDF)
    screen = await applicant.file("она же.pdf", PDF)
    assert "1 файл" in screen.text
    assert len([path for path in (tmp_path / "data" / "documents").rglob("*") if path.is_file()]) == 1


async def test_a_photo_and_its_caption_are_taken(town: Town) -> None:
    applicant = await begun(town)
    await applicant.person.send_photo(PNG, caption="Семинар для молодых педагогов, апрель")
    await applicant.person.settle()
    screen = await applicant.person.last()
    assert "1 файл" in screen.text and "Семинар для молодых" in screen.text
    # The commission read «photo-286249533.png», the number of a message.
    assert [document.file_name for document in town.read(documents)] == ["Фото 1.png"]


async def test_bad_files_are_refused_and_the_rest_stays(town: Town) -> None:
    applicant = await begun(town)
    await applicant.say(ANSWERS[1])
    screen = await applicant.file("справка.pdf", EXE)
    assert "справка.pdf" in screen.text and "не подошёл" in screen.text and "Ваш ответ" in screen.text
    screen = await applicant.file("<b>&.pdf", b"")
    assert "<b>&.pdf" in screen.text and "пустой" in screen.text
    assert town.read(documents) == []


async def test_a_file_over_twenty_megabytes_is_refused_before_it_is_fetched(town: Town) -> None:
    applicant = await begun(town)
    screen = await applicant.file("большой.pdf", PDF + b"0" * (21 * 1024 * 1024))
    assert "больше 20 МБ" in screen.text
    assert not [call for call in await town.client.calls() if call["method"] == "getFile"]


async def test_a_disk_that_fills_up_under_a_download_is_a_no_in_words(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its error was tried three times, and then the update was set aside with an apology."""
    applicant = await begun(town)
    monkeypatch.setattr(storage, "ROOM_LEFT", -(2**40))  # the room was there when it was asked for
    (tmp_path / "data").mkdir(exist_ok=True)
    with small_disk(tmp_path / "data" / "documents", 1) as folder:
        screen = await applicant.file("справка.pdf", PDF + bytes(3 * storage.MEGABYTE))
        assert "повторите через минуту" in screen.text and "Методическая практика" in screen.text
        assert [path for path in folder.rglob("*") if path.is_file()] == []
    set_aside = select(func.count()).where(IncomingUpdate.status == UpdateStatus.QUARANTINED)
    assert town.read(lambda session: session.scalar(set_aside)) == 0


async def test_a_no_is_warned_of_before_sending(town: Town) -> None:
    applicant = await begun(town)
    for number in (1, 3, 4, 5):
        await applicant.say("Пока опыта нет, но очень хочется попробовать")
        await applicant.tap("Дальше")
        if number == 1:
            await applicant.tap("Дальше")
    screen = await applicant.tap("Нет")
    assert screen.text.count("нужен документ") == 2, "what is missing is seen where one checks"
    screen = await applicant.tap("Отправить заявку")
    assert "отказывает чаще всего" in screen.text and "Самодиагностика бота не подойдёт" in screen.text
    assert town.read(application).status is S.DRAFT
    await applicant.tap("Отправить как есть")
    await applicant.person.wait_for("отправлена")
    assert town.read(application).status is S.SUBMITTED


async def test_one_goes_on_with_whom_to_accompany_and_may_type_it(town: Town) -> None:
    applicant = Applicant(await town.teacher())
    await applicant.say("/apply")
    await applicant.tap("Подать заявку")
    await applicant.say("грамотность")
    screen = await applicant.tap("3. Функциональная грамотность")
    assert "Кого вы готовы" in screen.text
    await applicant.say("/apply")
    screen = await applicant.tap("Продолжить заявку")
    assert "Кого вы готовы" in screen.text, "the direction is known already"
    screen = await applicant.say("щщщ")
    assert "никого не нашлось" in screen.text
    screen = await applicant.say("предметник")
    assert "Учителя-предметники" in screen.buttons and "Воспитатели детских садов" not in screen.buttons
    assert "Критерий 1 из 6" in (await applicant.tap("Учителя-предметники")).text


async def test_sending_twice_gives_one_receipt(town: Town) -> None:
    applicant = await filled(town)
    check = await applicant.person.last()
    data = check.button("Отправить заявку")["callback_data"]
    for _ in range(2):
        await applicant.person.forge(data, check.id)
    await applicant.person.settle()
    receipts = [message for message in await applicant.person.messages() if "отправлена\n" in message.text]
    assert len(receipts) == 1


async def test_somebody_elses_button_does_nothing(town: Town) -> None:
    applicant = await filled(town)
    check = await applicant.person.last()
    stranger = await town.teacher(2002, "Чужая Анна Петровна")
    await stranger.send("/apply")
    await stranger.settle()
    mine = await stranger.last()
    for data in {*check.callbacks, "apx:1:1", "apb:1:1", "apfr:1:4:1", "apq:1:99", "apqc:1:2:zzz", "apo:99999999"}:
        if data not in ("menu", "nop") and data.startswith("ap"):
            await stranger.forge(data, mine.id)
            await stranger.settle()
    assert town.read(application).status is S.DRAFT
    assert len(town.read(documents)) == 2


async def test_withdrawing_asks_first(town: Town) -> None:
    applicant = await filled(town)
    await applicant.tap("Отправить заявку")
    await applicant.tap("Открыть заявку")
    screen = await applicant.tap("Отозвать заявку")
    assert "Отозвать заявку?" in screen.text and town.read(application).status is S.SUBMITTED
    screen = await applicant.tap("Да, отозвать")
    assert "отозвана" in screen.text and town.read(application).status is S.WITHDRAWN
    number = town.read(application).id
    for stale in (OverviewTap(application=number), CheckApplicationTap(application=number)):  # from a screen further up
        await applicant.person.forge(stale.pack(), screen.id)
        await applicant.person.settle()
        assert "отозвана" in (await applicant.person.last()).text
    await applicant.say("/apply")
    screen = await applicant.tap("Подать снова")
    assert "готово 6 из 6" in screen.text


async def test_a_return_is_told_after_ten_seconds_and_opens_only_its_parts(town: Town) -> None:
    applicant = await filled(town)
    await applicant.tap("Отправить заявку")
    await applicant.person.wait_for("отправлена")
    staff = town.write(add_staff, login="m", role=StaffRole.REGIONAL_METHODIST, now=town.clock.now())
    row = town.read(application)
    town.write(
        staff_services.decide,
        callers.staff(staff, town.clock.now()),
        application_id=row.id,
        verdict=Verdict.RETURN,
        revision=row.revision,
        reasons=[2],
        remarks={4: "Снимок <обрезан>, не видно номера."},
        comment="Вера Ивановна, заявка хорошая.",
    )
    await town.sweep()
    assert not [m for m in await applicant.person.messages() if "Посмотрели" in m.text], "not within the undo window"
    town.move(seconds=10)
    await town.sweep()
    notice = await applicant.person.wait_for("Посмотрели вашу заявку")
    assert "Снимок <обрезан>" in notice.text and "заявка хорошая" in notice.text
    screen = await applicant.tap("Поправить заявку")
    assert screen.id != notice.id and "4. Курсы" in screen.text
    screen = await applicant.tap("Поправить заявку")
    numbers = [button for button in screen.buttons if button[0].isdigit()]
    assert [button[0] for button in numbers] == ["4"]
    assert "без замечаний" in screen.text
    assert "есть замечание" in screen.text and "готово 6 из 6" not in screen.text, "nothing invites to send the same"
    screen = await applicant.tap("4. Курсы")
    assert "Замечание методиста" in screen.text
    await applicant.file("удостоверение-целиком.png", PNG)
    await applicant.tap("К проверке")
    await applicant.tap("Отправить снова")
    await applicant.person.wait_for(lambda message: message.text.count("отправлена") == 1)
    dossier = town.read(queries.dossier, callers.clock(town.clock.now()), application_id=row.id)
    assert (dossier.status, dossier.number, len(dossier.criterion(4).documents)) == (S.SUBMITTED, 1, 2)


@pytest.mark.parametrize(("verdict", "word"), [(Verdict.APPROVE, "Поздравляем"), (Verdict.REJECT, "не получилось")])
async def test_a_decision_is_told_once(town: Town, verdict: Verdict, word: str) -> None:
    applicant = await filled(town)
    await applicant.tap("Отправить заявку")
    await applicant.person.wait_for("отправлена")
    staff = town.write(add_staff, login="m", role=StaffRole.REGIONAL_METHODIST, now=town.clock.now())
    row = town.read(application)
    town.write(
        staff_services.decide,
        callers.staff(staff, town.clock.now()),
        application_id=row.id,
        verdict=verdict,
        revision=row.revision,
        reasons=[1, 3] if verdict is Verdict.REJECT else [],
    )
    town.move(seconds=11)
    for _ in range(2):
        await town.sweep()
    await applicant.person.wait_for(word)
    await town.kill_bot()
    await town.sweep()
    await applicant.person.settle()
    assert len([m for m in await applicant.person.messages() if word in m.text and m.outgoing]) == 1


async def test_screens_keep_within_their_limits(town: Town) -> None:
    applicant = await filled(town)
    for message in await applicant.person.messages(deleted=True):
        if message.outgoing:
            assert len(message.text) <= 700, message
            assert all(len(text) <= 30 for text in message.buttons), message.buttons
            assert all(len(data.encode()) <= 64 for data in message.callbacks)


async def test_the_rest_of_an_english_journey(town: Town) -> None:
    person = await town.teacher(locale="en")
    applicant = Applicant(person)
    screen = await applicant.say("/apply")
    assert "through" in screen.text
    await applicant.tap("Apply")
    await applicant.say("17")
    await applicant.tap("17.")
    screen = await applicant.tap("Психологи и логопеды")
    assert "Criterion 1 of 6" in screen.text
