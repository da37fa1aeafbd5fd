"""The menu by role, commands, settings, links, one's own data: over HTTP."""

import asyncio
import io
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import erasure
from bot.notices.callbacks import FewerTap
from bot.nouns import Audience
from bot.people.screens import help_screen
from bot.sandbox.client import Message, SandboxPerson
from bot.ui.commands import commands, publish_commands
from db.accounts import services as accounts_services
from db.accounts import staff_services
from db.accounts.models import LinkPurpose, OneTimeLink, Staff
from db.diagnostics import services as diagnostics
from db.notices import services as notices
from db.packs import load_pack
from db.people import staff_services as people_staff_services
from db.people.models import Invitation, MessengerAccount, Person, Role, RoleGrant
from db.scope import StaffRole
from locales import translator
from tests.support import callers
from tests.support.town import Town, until


async def walk(person: SandboxPerson, *deeds: str) -> Message:
    """Deeds in turn: «>text» is typed, anything else is a tap; answers the last screen."""
    for deed in deeds:
        if deed.startswith(">"):
            await person.send(deed[1:])
        else:
            await person.tap(deed)
        await person.settle()
    return await person.last()


def account(session: Session, *, now: datetime, person: str = "") -> int:
    """A methodist's account, connected to the person of that name where one is given."""
    staff_id = staff_services.create_staff(
        session,
        callers.clock(now),
        login="region",
        name="Орлова Елена",
        role=StaffRole.REGIONAL_METHODIST,
    )
    if person:
        person_id = session.scalars(select(Person.id).where(Person.full_name == person)).one()
        session.execute(update(Staff).where(Staff.id == staff_id).values(person_id=person_id))
    return staff_id


def invite_mentor(session: Session, *, town: Town) -> str:
    staff_id = account(session, now=town.clock.now())
    return people_staff_services.invite(session, callers.administrator(town.clock.now(), staff_id), role=Role.MENTOR)


# --- the menu ---


async def test_the_menu_of_a_teacher(town: Town) -> None:
    vera = await town.teacher()
    screen = await walk(vera, ">/menu")
    assert screen.text == "Вера Ивановна, чем помочь?"
    assert screen.buttons == [
        "Самодиагностика",
        "События",
        "Спросить коллегу",
        "Мои записи",
        "Заявка в актив",
        "Практики",
        "Ещё…",
        "Помощь",
    ]
    await vera.tap("Ещё…")
    assert (await (await vera.settle()).last()).buttons == [
        "Площадки",
        "Документы",
        "Хочу наставника",
        "Мои данные",
        "Настройки",
        "В меню",
    ]


async def test_a_mentor_and_a_methodist_see_their_own_doors(town: Town) -> None:
    olga = await town.teacher(2002, "Зимина Ольга Николаевна", roles=[Role.MENTOR])
    town.write(account, now=town.clock.now(), person="Зимина Ольга Николаевна")
    screen = await walk(olga, ">/menu")
    assert {"Наставничество", "Панель"} <= set(screen.buttons)


async def test_what_is_unfinished_stands_in_the_menu(town: Town) -> None:
    vera = await town.teacher()

    def begin(session: Session) -> None:
        person_id = session.scalars(select(Person.id)).one()
        diagnostics.start_or_resume(session, callers.person(person_id, town.clock.now(), zone=town.bot.context.zone))

    town.write(begin)
    assert "Продолжить диагностику" in (await walk(vera, ">/menu")).buttons


@pytest.mark.parametrize(
    ("text", "heard", "way"),
    [("привет", "Здравствуйте", "Помощь"), ("/unknown", "команды нет", "Помощь"), ("😀", "😀", "Спросить человека")],
)
async def test_what_nobody_waits_for_is_answered_with_a_way_to_a_human(
    town: Town, text: str, heard: str, way: str
) -> None:
    vera = await town.teacher()
    screen = await walk(vera, ">" + text)
    assert heard in screen.text and way in screen.buttons


async def test_a_corrected_message_is_not_passed_over_in_silence(town: Town) -> None:
    """The chat showed the new words, the bot kept the old ones and said nothing."""
    vera = await town.teacher()
    await (await vera.send("Здравствуйте")).settle()
    own = next(one for one in await vera.messages() if not one.outgoing)
    await vera.send_odd("edited", message_id=own.id, text="Добрый день")
    told = await vera.wait_for("Пришлите, пожалуйста, исправленный текст")
    assert told.buttons == ["В меню"]


async def test_corrections_in_a_group_are_nobodys_business(town: Town) -> None:
    await town.teacher()
    group = {"id": -100, "type": "group", "title": "Учительская"}
    person = {"id": 2001, "is_bot": False, "first_name": "Вера"}
    edited = {"message_id": 5, "date": 1, "edit_date": 2, "chat": group, "from": person, "text": "Добрый день"}
    await town.bot.receiver.take([{"update_id": 1, "edited_message": edited}])
    await town.bot.receiver.idle()
    assert await town.client.calls(method="sendMessage", chat_id=-100) == []


async def test_keeping_reminders_as_they_are_writes_nothing(town: Town) -> None:
    vera = await town.teacher()
    town.write(lambda session: session.execute(update(Person).values(reminders=False)))
    await (await vera.send("/menu")).settle()
    await vera.forge(FewerTap().pack(), (await vera.last()).id)
    await vera.settle()
    await vera.tap("Оставить как есть")
    await vera.settle()
    assert town.read(lambda session: session.scalars(select(Person.reminders)).one()) is False
    assert "Самодиагностика" in (await vera.last()).text + " ".join((await vera.last()).buttons)


async def test_a_stranger_who_writes_first_is_led_back_to_the_link(town: Town) -> None:
    stranger = await town.person(2001)
    await (await stranger.start("ev_1234567890")).settle()
    assert "Ссылка не потеряется" in (await stranger.last()).text
    await (await stranger.send("Здравствуйте")).settle()
    assert "к самому первому сообщению" in (await stranger.last()).text


def test_the_operators_contact_stands_in_the_help() -> None:
    screen = help_screen(translator("ru"), load_pack("chelyabinsk"), newcomer=False, selections=True)
    assert "metodist@example.org" in screen.text and "в течение суток" in screen.text
    assert (
        "example.org"
        not in help_screen(translator("ru"), load_pack("chelyabinsk").real, newcomer=False, selections=True).text
    )


async def test_a_human_is_two_taps_away(town: Town) -> None:
    vera = await town.teacher()
    screen = await walk(vera, ">/menu", "Помощь")
    assert "example.org" not in screen.text, "of the pack's example a real installation says nothing"
    assert len(screen.text) <= 700
    assert "наставнику" in (await walk(vera, "Кто видит мои данные")).text


async def test_nothing_to_cancel_is_said_kindly(town: Town) -> None:
    vera = await town.teacher()
    assert "Всё, что вы начали, сохранено" in (await walk(vera, ">/cancel")).text


async def test_a_receipt_stays_when_one_goes_to_the_menu(town: Town) -> None:
    vera = await town.teacher()
    town.write(account, now=town.clock.now(), person="Тестова Вера Ивановна")
    link = await walk(vera, ">/panel")
    await walk(vera, "В меню")
    texts = [message.text for message in await vera.messages()]
    assert link.text in texts
    assert "чем помочь" in texts[-1]


# --- settings ---


async def test_settings_change_language_and_reminders_at_once(town: Town) -> None:
    vera = await town.teacher()
    screen = await walk(vera, ">/settings")
    assert "МСК+2, сейчас 11:00" in screen.text and "с 21:00 до 08:00; вс, праздники — весь день" in screen.text
    screen = await walk(vera, "Не присылать советы")
    assert "не приходят" in screen.text
    screen = await walk(vera, "English")
    assert "Settings" in screen.text
    assert "How can I help" in (await walk(vera, ">/menu")).text or "how can I help" in (await vera.last()).text
    assert town.read(lambda session: session.scalars(select(Person.reminders)).one()) is False
    assert town.read(lambda session: session.scalars(select(MessengerAccount.locale)).one()) == "en"
    assert {item["command"] for item in await vera.commands()} >= {"menu", "help"}


# --- links ---


async def test_an_invitation_waits_for_the_profile_and_then_opens(town: Town) -> None:
    token = town.write(invite_mentor, town=town)
    anna = await town.person(1001)
    screen = await walk(
        anna,
        f">/start inv_{token}",
        "Познакомиться",
        "Читать дальше",
        "Даю согласие",
        ">ковалёва анна",
        "Выйти",
        ">/menu",
        "Продолжить",
    )
    await town.kill_bot()
    screen = await walk(
        anna, ">миасский го", ">Моя школа", "Оставить", "Учитель", "Математика", "6–10", "Первая", "сохранить"
    )
    assert "вы наставник" in screen.text
    assert "Наставничество" in screen.buttons
    assert town.read(lambda session: session.scalars(select(RoleGrant.role)).all()) == [Role.MENTOR]


async def test_a_spent_invitation_is_refused_and_leads_on(town: Town) -> None:
    token = town.write(invite_mentor, town=town)
    first, second = await town.teacher(2001), await town.teacher(2002, "Вторая Анна Павловна")
    assert "вы наставник" in (await walk(first, f">/start inv_{token}")).text
    screen = await walk(second, f">/start inv_{token}")
    assert "уже принял" in screen.text
    assert "чем помочь" in screen.text
    assert "Наставничество" not in screen.buttons
    assert "вы наставник" in (await walk(first, f">/start inv_{token}")).text, "the same link again changes nothing"
    assert town.read(lambda session: session.scalars(select(Invitation.used_by)).one()) is not None


@pytest.mark.parametrize("payload", ["nonsense", "zz_1", "inv_guess", "st_guess", "ev_nothing", "ci_nothing", "a" * 64])
async def test_a_link_that_leads_nowhere_leads_to_the_menu(town: Town, payload: str) -> None:
    vera = await town.teacher()
    await walk(vera, f">/start {payload}")
    assert (await walk(vera, ">/menu")).buttons


async def test_a_methodist_connects_the_account_without_a_teachers_profile(town: Town) -> None:
    def issue(session: Session) -> str:
        staff_id = account(session, now=town.clock.now())
        return accounts_services.issue_link(
            session, callers.clock(town.clock.now()), staff_id=staff_id, purpose=LinkPurpose.CONNECT
        )

    token = town.write(issue)
    elena = await town.person(1006)
    screen = await walk(elena, f">/start st_{token}", "Познакомиться", "Читать дальше", "Даю согласие")
    assert "привязан к вашей учётной записи" in screen.text
    assert screen.buttons[:3] == ["Панель", "Сводка", "Заполнить профиль педагога"]
    screen = await walk(elena, "Панель")
    assert "/link/" in screen.text
    assert "Шаг 1 из 7" in (await walk(elena, ">/menu", "Заполнить профиль")).text
    assert "panel" in {item["command"] for item in await elena.commands()}


# --- the panel's link ---


async def test_the_panel_link_is_one_time_and_only_for_staff(town: Town) -> None:
    vera = await town.teacher()
    assert "рабочее место методистов" in (await walk(vera, ">/panel")).text
    town.write(account, now=town.clock.now(), person="Тестова Вера Ивановна")
    screen = await walk(vera, ">/panel")
    token = screen.text.partition("/link/")[2].split()[0]
    now = town.clock.now()
    expires = town.read(lambda session: session.scalars(select(OneTimeLink.expires_at)).one())
    assert now < expires <= now + timedelta(minutes=10)
    assert town.write(accounts_services.consume_link, callers.clock(now), token=token, purpose=LinkPurpose.SIGN_IN)


# --- one's own data ---


async def test_the_file_with_everything(town: Town) -> None:
    vera = await town.teacher()
    await walk(vera, ">/mydata", "Скачать всё файлом")
    message = await vera.wait_for(lambda one: one.document is not None and one.document["name"].endswith(".zip"))
    with zipfile.ZipFile(io.BytesIO(await vera.download(message))) as packed:
        data = json.loads(packed.read("data.json"))
        inside = packed.read("data.html")
    beside = await vera.wait_for(lambda one: one.document is not None and one.document["name"].endswith(".html"))
    page = (await vera.download(beside)).decode()
    assert inside.decode() == page, "a phone opens no archive: the page comes beside it"
    assert "src=" not in page and "http" not in page, "it needs nothing from elsewhere"
    assert data["profile"]["full_name"] == "Тестова Вера Ивановна"
    assert len(data["consents"]) == 5
    assert "<dt>Имя</dt><dd>Тестова Вера Ивановна</dd>" in page
    assert "people." not in page, "every name on the page is translated"


async def test_withdrawing_the_consent(town: Town) -> None:
    vera = await town.teacher()
    town.write(notice_tomorrow, town=town)
    screen = await walk(vera, ">/mydata", "Отозвать согласие")
    assert "Отозвать согласие?" in screen.text
    assert "хранится" in (await walk(vera, "Нет, оставить")).text
    screen = await walk(vera, "Отозвать согласие", "Да, отозвать")
    assert "Согласие отозвано" in screen.text
    assert "3 марта 2026, 07:00" in screen.text
    town.move(days=1, hours=1)
    await town.sweep()
    assert "напоминание" not in " ".join(message.text for message in await vera.messages())
    screen = await walk(vera, ">/menu")
    assert "скоро удалю" in screen.text, "until the erasure «nothing is stored» would not be true"
    assert screen.buttons == ["Прочитать согласие", "Удалить прямо сейчас"]
    await erasure.carry_out(town.bot.context)
    assert town.read(lambda session: session.scalars(select(Person.full_name)).all()) == [None]


def notice_tomorrow(session: Session, *, town: Town) -> None:
    now = town.clock.now()
    person_id = session.scalars(select(Person.id)).one()
    notices.enqueue(
        session, callers.clock(now), key="k", person_id=person_id, kind="people.none", due_at=now + timedelta(hours=20)
    )


async def test_a_change_of_mind_keeps_everything(town: Town) -> None:
    vera = await town.teacher()
    await walk(vera, ">/mydata", "Отозвать согласие", "Да, отозвать")
    screen = await walk(vera, "Прочитать согласие", "Читать дальше", "Даю согласие")
    assert "чем помочь" in screen.text
    town.move(days=2)
    await erasure.carry_out(town.bot.context)
    assert "Вера Ивановна" in (await walk(vera, ">/menu")).text


async def test_erasing_everything_and_starting_anew(town: Town) -> None:
    vera = await town.teacher()
    stored = Path(town.bot.context.settings.data_dir) / "documents"
    screen = await walk(vera, ">/mydata", "Удалить все мои данные")
    assert "Вернуть их будет нельзя" in screen.text
    screen = await walk(vera, "Да, удалить навсегда")
    assert "данные удалены" in screen.text
    assert screen.buttons == ["Начать заново"]
    assert not list(stored.glob("*")) if stored.exists() else True
    assert "ничего не хранится" in (await walk(vera, ">/mydata")).text
    screen = await walk(vera, ">/start", "Познакомиться", "Читать дальше", "Даю согласие")
    assert "Шаг 1 из 7" in screen.text
    assert len(town.read(lambda session: session.scalars(select(Person.id)).all())) == 2


async def test_a_second_tap_on_erase_harms_nobody(town: Town) -> None:
    vera = await town.teacher()
    screen = await walk(vera, ">/mydata", "Удалить все мои данные")
    await walk(vera, "Да, удалить навсегда")
    await vera.forge("pem:erase_yes", screen.id)
    await vera.settle(answer_is_enough=True)
    assert "ничего не хранится" in (await vera.last()).text


# --- who left and who came back ---


async def test_blocking_and_coming_back(town: Town) -> None:
    vera = await town.teacher()

    def is_blocked() -> bool:
        return town.read(lambda session: session.scalars(select(MessengerAccount.blocked_at)).one()) is not None

    await vera.block()
    await until(is_blocked)
    await vera.block(False)
    await until(lambda: not is_blocked())


# --- Telegram's own menu ---


async def test_commands_are_published_by_language_and_role_even_when_telegram_is_away_at_first(town: Town) -> None:
    vera = await town.teacher(roles=[Role.MENTOR])
    john = await town.client.person(3001, language_code="en")
    await town.client.fault("error", status=502, methods=["setMyCommands"], times=1)
    await publish_commands(town.bot.bot, town.bot.context, asyncio.Event())
    assert {"command": "menu", "description": "Menu"} in await john.commands()
    own = {item["command"]: item["description"] for item in await vera.commands()}
    assert own["mentees"] == "Мои подопечные"
    assert "mentees" not in {item["command"] for item in await john.commands()}


async def test_who_opens_the_bot_for_the_first_time_reads_what_it_is_before_start(town: Town) -> None:
    await publish_commands(town.bot.bot, town.bot.context, asyncio.Event())
    api = town.bot.bot
    russian, english = await api.get_my_description(), await api.get_my_description(language_code="en")
    assert "видите только вы" in russian.description
    assert "The questionnaire is in Russian" in english.description
    assert "методической службы" in (await api.get_my_short_description()).short_description
    assert "methodical service" in (await api.get_my_short_description(language_code="en")).short_description


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_descriptions_fit_what_telegram_takes(language: str) -> None:
    t = translator(language)
    assert 0 < len(t.plain("menu.description")) <= 512
    assert 0 < len(t.plain("menu.short_description")) <= 120


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_command_is_described(language: str) -> None:
    for command in commands(language, Audience(list(Role), staff=True, selections=True)):
        assert translator(language).has(f"menu.command.{command.command}")
        assert len(command.description) <= 256
