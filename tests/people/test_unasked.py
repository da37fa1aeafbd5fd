"""Whatever a person gives is used or asked about: nothing is dropped with «Не понял» and a menu."""

import pytest
from sqlalchemy import select

from bot.sandbox.client import Message, SandboxPerson
from db.applications import staff_services
from db.applications.models import CriterionAnswer, Document, Verdict
from db.scope import StaffRole
from tests.applications.support import EXE, PDF, PNG, World, add_staff, docx
from tests.events.support import make_event
from tests.support import callers
from tests.support.town import Town, person_of


class Guest:
    """Somebody who sends what nobody asked for."""

    def __init__(self, town: Town, person: SandboxPerson) -> None:
        self.town, self.person = town, person
        self.me = town.read(person_of, external_id=2001)
        self.world = World(town.database, town.clock.now())

    async def say(self, text: str) -> Message:
        await (await self.person.send(text)).settle()
        return await self.person.last()

    async def tap(self, text: str) -> Message:
        await self.person.tap(text)
        await self.person.settle()
        return await self.person.last()

    async def file(self, name: str = "справка.pdf", content: bytes = PDF, caption: str = "") -> Message:
        await self.person.send_file(name, content, caption)
        await self.person.settle()
        return await self.person.last()

    def documents(self) -> list[tuple[int, str]]:
        rows = select(Document.criterion, Document.file_name).order_by(Document.id)
        return [tuple(row) for row in self.town.read(lambda session: session.execute(rows).all())]

    def returned(self, remarks: dict[int, str]) -> None:
        """The application came back with remarks."""
        now = self.town.clock.now()
        sent = self.world.submitted(self.me)
        scope = self.town.write(add_staff, login="m", role=StaffRole.REGIONAL_METHODIST, now=now)
        self.town.write(
            staff_services.decide,
            callers.staff(scope, now),
            application_id=sent.id,
            verdict=Verdict.RETURN,
            revision=sent.revision,
            reasons=[2],
            remarks=remarks,
            comment=None,
        )


@pytest.fixture
async def guest(town: Town) -> Guest:
    return Guest(town, await town.teacher())


# --- files ---


@pytest.mark.parametrize("screen", ["/menu", "/apply", "/events", "/help", "/diagnostics"])
async def test_a_document_for_the_only_remark_is_taken_on_any_screen(guest: Guest, screen: str) -> None:
    """A returned application asked for one document; sent on its card it was dropped."""
    guest.returned({4: "Снимок обрезан."})
    before = len(guest.documents())
    await guest.say(screen)
    shown = await guest.file("новое.pdf", PDF + b"%")
    assert guest.documents()[before:] == [(4, "новое.pdf")]
    assert "Критерий 4" in shown.text and "2 файла" in shown.text


async def test_a_photo_for_a_draft_that_lacks_one_document_goes_there(guest: Guest) -> None:
    dossier = guest.world.complete(guest.me)
    gone = next(row.documents[0].id for row in dossier.criteria if row.number == 5)
    guest.town.write(lambda session: session.delete(session.get_one(Document, gone)))
    await guest.say("/menu")
    await guest.person.send_photo(PNG, caption="Оценка, весна")
    await guest.person.settle()
    assert "Критерий 5" in (await guest.person.last()).text
    assert [number for number, _ in guest.documents()] == [4, 5]
    words = select(CriterionAnswer.text).where(CriterionAnswer.number == 5)
    assert (guest.town.read(lambda session: session.scalar(words)) or "").endswith("Оценка, весна")


async def test_an_album_that_may_belong_to_several_criteria_is_kept_and_asked_about_once(guest: Guest) -> None:
    guest.world.draft(guest.me)
    await guest.say("/apply")
    overview = await guest.tap("Продолжить заявку")
    await guest.person.send_album([("1.pdf", PDF), ("2.png", PNG), ("3.docx", docx()), ("virus.pdf", EXE)])
    asked = await guest.person.wait_for("Файлы у меня (4)")
    await guest.person.settle()
    assert len([one for one in await guest.person.messages() if one.outgoing and one.id > overview.id]) == 1
    assert guest.documents() == []
    await guest.town.kill_bot()
    shown = await guest.tap("4. ")
    assert shown.id == asked.id and "Критерий 4" in shown.text and "virus.pdf" in shown.text
    assert guest.documents() == [(4, "1.pdf"), (4, "2.png"), (4, "3.docx")]


async def test_the_place_of_a_file_may_be_typed_and_what_is_no_place_is_asked_again(guest: Guest) -> None:
    guest.world.draft(guest.me)
    await guest.say("/menu")
    await guest.file()
    again = await guest.say("в портфолио")
    assert "подождёт" in again.text
    await guest.person.send_odd("voice")
    await guest.person.settle()
    assert "подождёт" in (await guest.person.last()).text
    assert "Критерий 5" in (await guest.say("5.")).text
    assert guest.documents() == [(5, "справка.pdf")]


async def test_a_document_while_a_direction_is_chosen_is_kept_too(guest: Guest) -> None:
    await guest.say("/apply")
    await guest.tap("Подать заявку")
    assert "Файл у меня" in (await guest.file()).text
    await guest.tap("4. ")
    assert guest.documents() == [(4, "справка.pdf")]


async def test_a_document_that_nothing_needs_is_told_when_it_will_be(guest: Guest) -> None:
    shown = await guest.file()
    assert "некуда приложить" in shown.text and "Подать заявку" in shown.buttons
    guest.world.submitted(guest.me)
    await guest.file()
    assert len([one for one in await guest.person.messages() if "некуда приложить" in one.text]) == 2


# --- words ---


@pytest.mark.parametrize(
    ("said", "button"),
    [("самодиагностика", "Самодиагностика"), ("мои записи", "Мои записи"), ("заявка", "Заявка в актив"),
     ("помощь", "Помощь"), ("обратная связь", "Обратная связь за две минуты"), ("настройки", "Настройки")],
)  # fmt: skip
async def test_the_name_of_a_place_or_of_an_event_is_offered(guest: Guest, said: str, button: str) -> None:
    guest.town.write(make_event, now=guest.town.clock.now())
    await guest.say("/menu")
    shown = await guest.say(said)
    assert button in shown.buttons and len(shown.buttons) <= 6
    await guest.tap(button)


@pytest.mark.parametrize(
    ("said", "heard"),
    [("Спасибо!", "Пожалуйста"), ("привет", "Здравствуйте"), ("Позовите человека", "методист"),
     ("Как мне повысить категорию в следующем году", "Вы написали"), ("/zzz", "Такой команды нет"),
     ("/меню", "Такой команды нет"), ("\u202e", "Вы написали"),
     ("/Route", "Мой маршрут"), ("/ask", "О чём ваш вопрос"), ("/practices", "Практики"),
     ("/sites@opora_bot", "Выберите вид площадки"), ("/requests", "Вопросов к вам"), ("/diary", "Дневник ведут"),
     ("/plan", "строк плана нет")],
)  # fmt: skip
async def test_words_are_answered_as_words(guest: Guest, said: str, heard: str) -> None:
    shown = await guest.say(said)
    assert heard in shown.text and "Не понял" not in shown.text and shown.buttons


async def test_words_beside_an_open_draft_are_kept_and_asked_about(guest: Guest) -> None:
    guest.world.draft(guest.me)
    said = "Провела для математиков района два семинара о задачах на проценты."
    shown = await guest.say(said)
    assert "Это для заявки?" in shown.text
    await guest.tap("1. ")
    words = select(CriterionAnswer.text).where(CriterionAnswer.number == 1)
    assert guest.town.read(lambda session: session.scalar(words)) == said


@pytest.mark.parametrize("kind", ["voice", "sticker", "video_note", "location"])
async def test_what_can_not_be_read_leaves_the_screen_as_it_is(guest: Guest, kind: str) -> None:
    menu = await guest.say("/menu")
    await guest.person.send_odd(kind)
    await guest.person.settle()
    assert "словами" in (await guest.person.last()).text
    assert next(one for one in await guest.person.messages() if one.id == menu.id).buttons == menu.buttons


async def test_words_that_name_nothing_are_not_asked_what_to_open(guest: Guest) -> None:
    shown = await guest.say("как мне повысить категорию")
    assert "сам не отвечу" in shown.text and "Что открыть" not in shown.text and "Спросить человека" in shown.buttons
