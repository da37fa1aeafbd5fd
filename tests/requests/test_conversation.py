"""Asking for help in the chat: a teacher and an active member talk through the bot, which names neither."""

import json
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from sqlalchemy import select

from bot.sandbox.client import SandboxPerson
from db.requests.models import HelpRequest, RequestStatus
from db.routes.models import RouteItem
from tests.diagnostics.test_screens import mixed
from tests.diagnostics.walking import complete
from tests.requests.conftest import QUESTION, add_member
from tests.support.finger import Finger
from tests.support.town import Town, person_of

ANSWER = "Возьмите готовый образец, к нему три вопроса: что, где, почему."
SECRETS = ("vera_canary", "912 345")


class Pair:
    """Who asks and who answers."""

    def __init__(self, town: Town, asker: SandboxPerson, member: SandboxPerson) -> None:
        self.town, self.asker, self.member = town, asker, member

    def row(self) -> HelpRequest:
        newest = select(HelpRequest).order_by(HelpRequest.id.desc())
        return self.town.read(lambda session: session.scalars(newest).first())  # type: ignore[return-value]

    async def delivered(self) -> None:
        """Waits until every notice that is due has gone out."""
        await self.town.delivered()


async def tap(person: SandboxPerson, text: str) -> Any:
    await person.tap(text)
    await person.settle()
    return await person.last()


async def say(person: SandboxPerson, text: str) -> Any:
    await (await person.send(text)).settle()
    return await person.last()


@pytest.fixture
async def pair(town: Town) -> Pair:
    asker = await town.teacher(2001, "Тестова Вера Ивановна")
    member = await town.client.person(2002, first_name="Canary")
    await town.client.request("POST", "people", json={"id": 2002, "first_name": "Canary", "started": True})
    town.write(add_member, external_id=2002, now=town.clock.now(), direction="11", name="Ответова Анна Петровна")
    return Pair(town, asker, member)


async def test_a_question_is_asked_answered_and_closed_within_the_budgets(pair: Pair) -> None:
    asker, member, asks, answers = pair.asker, pair.member, Finger(pair.asker), Finger(pair.member)
    await say(asker, "/menu")
    await asks.tap("Спросить коллегу")
    assert "напишите номер" in (await asks.tap("По направлению")).text
    assert "Напишите вопрос" in (await asks.say("11")).text
    shown = await asks.say(QUESTION)
    assert QUESTION in shown.text
    assert "рабочие часы" in shown.text
    shown = await asks.tap("Отправить")
    assert asks.taps <= 4
    # Monday 11:00 and 16 working hours: the rest of the day has six, Tuesday eight, Wednesday two.
    assert "Вопрос отправлен" in shown.text and "11:00, ср, 4 марта" in shown.text
    await pair.delivered()
    told = await member.last()
    assert QUESTION in told.text and "Не смогу" in told.buttons
    assert "1 вопрос ждёт вашего ответа" in (await say(member, "/active")).text
    assert QUESTION[:20] in str((await tap(member, "Вопросы ко мне")).buttons)
    await answers.tap("Ответить")
    shown = await answers.say(ANSWER)
    assert "Ответ передан" in shown.text and answers.taps <= 2
    await pair.delivered()
    told = await asker.last()
    assert ANSWER in told.text and "Помогло?" in told.text
    shown = await tap(asker, "Помогло")
    assert "Спасибо" in shown.text
    assert (pair.row().status, pair.row().helped) == (RequestStatus.CLOSED, True)
    await pair.delivered()
    assert "Ваш ответ помог коллеге" in (await member.last()).text
    shown = await tap(member, "Сделать практикой")
    assert "Черновик практики готов" in shown.text and ANSWER[:60] in shown.text
    assert "Ваш ответ помог" in [one for one in await member.messages() if one.outgoing][-2].text, "the receipt stays"


async def test_a_typed_number_is_the_topic_of_the_list_on_the_screen(pair: Pair) -> None:
    """A number typed to the numbered list was kept as the question's first words; a later page cost taps."""
    asker, asks = pair.asker, Finger(pair.asker)
    await say(asker, "/menu")
    await asks.tap("Спросить коллегу")
    await asks.tap("По направлению")
    assert "Напишите тему словами" in (await asks.say("20")).text, "there are nineteen"
    await asks.tap("По направлению")
    shown = (await asks.say("№ 19.")).text
    assert "в профессиональных образовательных организациях" in shown and "20" not in shown
    await tap(asker, "Другая тема")
    shown = await say(asker, "цифров")
    (second,) = [line for line in shown.text.splitlines() if line.startswith("2. ")]
    assert second.removeprefix("2. ")[:40] in (await say(asker, "2")).text
    chosen = pair.row().direction_id, pair.row().component
    await tap(asker, "Другая тема")
    await tap(asker, "По направлению")
    await say(asker, "здравствуйте")
    assert "Напишите тему словами" in (await say(asker, "2")).text, "no list is on the screen any more"
    assert (pair.row().direction_id, pair.row().component) == chosen


@pytest.mark.parametrize("way", ["result", "step"])
async def test_a_question_from_a_result_or_a_step_names_its_component_by_itself(pair: Pair, way: str) -> None:
    asker, asks = pair.asker, Finger(pair.asker)
    complete(pair.town.database, pair.town.read(person_of, external_id=2001), mixed, pair.town.clock.now())
    if way == "step":
        await say(asker, "/route")
        await tap(asker, "Взять этот шаг")
        step = pair.town.read(lambda session: session.scalars(select(RouteItem.text)).one())
        await say(asker, "/route")
        await asks.tap(step[:20])
    else:
        await say(asker, "/diagnostics")
    await asks.tap("Спросить коллегу")
    await asks.say(QUESTION)
    assert "Вопрос отправлен" in (await asks.tap("Отправить")).text
    assert asks.taps <= 4 and pair.row().component


async def test_neither_learns_the_other_s_account_number_or_picture(pair: Pair) -> None:
    """A canary in the messenger's name, in words, in a contact, a forward and a file's name."""
    asker, member = pair.asker, pair.member
    await say(asker, "/ask")
    await tap(asker, "По компоненту")
    await tap(asker, "1.")
    await say(asker, f"{QUESTION} Пишите @vera_canary или +7 912 345-67-89")
    await asker.send_odd("contact")
    await asker.settle()
    assert "не передаём" in (await asker.last()).text
    writer, made = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 100)
    writer.add_metadata({"/Author": "vera_canary"})
    writer.write(made)
    await asker.send_file("vera_canary.pdf", made.getvalue())
    await asker.settle()
    await tap(asker, "Отправить")
    await pair.delivered()
    await tap(member, "Открыть вопрос")
    await tap(member, "Файл 1")
    (file,) = [one for one in await member.messages() if one.document]
    read = PdfReader(BytesIO(await member.download(file)))
    assert len(read.pages) == 1 and "vera_canary" not in str(read.metadata)
    await tap(member, "Ответить")
    await say(member, f"{ANSWER} https://t.me/vera_canary")
    await pair.delivered()
    await tap(asker, "Открыть вопрос")
    theirs = {member: ("Тестова", "2001", *SECRETS), asker: ("Ответова", "2002", "Canary", "t.me", "vera_canary.pdf")}
    for reader, secrets in theirs.items():
        heard = json.dumps([one.raw for one in await reader.messages() if one.outgoing], ensure_ascii=False)
        assert not [secret for secret in secrets if secret in heard]
    assert "•••" in (pair.row().question or "")


async def test_a_call_for_a_human_leads_here_from_any_state_and_loses_no_draft(pair: Pair) -> None:
    asker = pair.asker
    await say(asker, "/ask")
    shown = await say(asker, "цифров")
    await tap(asker, "Цифровая")
    await say(asker, QUESTION)
    shown = await say(asker, "Позовите человека!")
    assert "Человек рядом" in shown.text
    shown = await tap(asker, "Вернуться к вопросу")
    assert QUESTION in shown.text
    await say(asker, "/diagnostics")
    await tap(asker, "Начать")
    assert "Человек рядом" in (await say(asker, "помогите")).text
    assert "Пожалуйста" in (await say(asker, "спасибо")).text
    assert "Здравствуйте" in (await say(asker, "здравствуйте")).text
    await tap(asker, "Вернуться к вопросу")
    await tap(asker, "Не отправлять")
    assert "удалён" in (await tap(asker, "Удалить")).text


async def test_who_cannot_says_so_and_the_next_is_asked_then_the_service(pair: Pair) -> None:
    asker, member = pair.asker, pair.member
    await say(asker, "/ask")
    await tap(asker, "По направлению")
    await tap(asker, "›")
    await tap(asker, "11.")
    await say(asker, QUESTION)
    await tap(asker, "Отправить")
    await pair.delivered()
    shown = await tap(member, "Не смогу")
    assert "другой коллега" in shown.text
    assert pair.row().status is RequestStatus.WAITING
    await pair.delivered()
    assert "методист службы" in (await asker.last()).text


async def test_an_answer_at_night_is_delivered_at_eight(pair: Pair) -> None:
    asker, member, town = pair.asker, pair.member, pair.town
    await say(asker, "/ask")
    await tap(asker, "По направлению")
    await tap(asker, "›")
    await tap(asker, "11.")
    await say(asker, QUESTION)
    await tap(asker, "Отправить")
    await pair.delivered()
    town.move(hours=11)  # 22:00
    await tap(member, "Ответить")
    await say(member, ANSWER)
    await pair.delivered()
    assert ANSWER not in (await asker.last()).text
    town.move(hours=9, minutes=59)
    await pair.delivered()
    assert ANSWER not in (await asker.last()).text
    town.move(minutes=1)
    await pair.delivered()
    assert ANSWER in (await asker.last()).text


async def test_a_long_question_and_answer_are_read_to_their_last_words(pair: Pair) -> None:
    """Cut on the request's page and in the notice, an answer of two thousand letters could be read nowhere."""
    asker, member, long = pair.asker, pair.member, "Покажите образец, затем спросите детей. " * 45
    await say(asker, "/ask")
    await tap(asker, "По направлению")
    await tap(asker, "›")
    await tap(asker, "11.")
    await say(asker, f"{long}Вот в чём вопрос.")
    assert len((await asker.last()).text) <= 700
    await tap(asker, "Отправить")
    await pair.delivered()
    await tap(member, "Открыть вопрос")
    await _read(member, "Вот в чём вопрос.")
    await tap(member, "Ответить")
    await say(member, f"{long}Вот и ответ.")
    await pair.delivered()
    shown = await tap(asker, "Открыть вопрос")
    assert len(shown.text) <= 700
    await _read(asker, "Вот и ответ.")


async def _read(person: SandboxPerson, last: str) -> None:
    """Turns the pages of a request's words until the last ones."""
    shown = await tap(person, "Прочитать целиком")
    for _ in range(12):
        assert len(shown.text) <= 700
        if last in shown.text:
            break
        shown = await tap(person, "›")
    assert last in shown.text
    await tap(person, "Назад")


@pytest.mark.parametrize("text", ["Как удержать внимание на последнем уроке?", "Не понимаю, как оценивать проекты"])
async def test_words_that_name_no_topic_begin_the_question(pair: Pair, text: str) -> None:
    """They were quoted with «no such topic» and then gone; «Не понимаю…» found the topic of «неуспешность»."""
    await say(pair.asker, "/ask")
    shown = await say(pair.asker, text)
    assert "сохраню в вопросе" in shown.text
    await tap(pair.asker, "По ")
    shown = await tap(pair.asker, "Методика")
    assert f"Ваш вопрос: «{text}»" in shown.text
    assert pair.row().question == text
