"""A refused teacher in the bot: the words of the refusal, the appeal, its answer."""

from sqlalchemy import select

from bot.applications.notices import decided
from bot.ui.screens import plain
from db.appeals import staff_services
from db.appeals.models import Appeal
from db.applications import staff_services as applications
from db.applications.models import Verdict
from db.notices.models import Notice
from db.scope import Scope, StaffRole
from locales import translator
from tests.applications.support import add_staff, sent
from tests.support import callers
from tests.support.town import Town, person_of


def refuse(town: Town, judge: Scope) -> int:
    author = callers.person(town.read(person_of, external_id=2001), town.clock.now())
    dossier = town.write(sent, author, files=2)
    town.write(
        applications.decide,
        callers.staff(judge, town.clock.now()),
        application_id=dossier.id,
        verdict=Verdict.REJECT,
        revision=dossier.revision,
        reasons=[2],
    )
    return dossier.id


async def test_a_refusal_reads_kindly_leads_on_and_may_be_appealed_against(town: Town) -> None:
    person = await town.teacher()
    now = town.clock.now()
    judge = town.write(add_staff, login="first", role=StaffRole.REGIONAL_METHODIST, now=now)
    colleague = town.write(add_staff, login="second", role=StaffRole.REGIONAL_METHODIST, now=now)
    refuse(town, judge)
    await town.sweep()
    await person.settle()  # the receipt of the sending has come
    params = town.read(lambda session: session.scalars(select(Notice.params).where(Notice.kind.like("%decided"))).one())
    said = decided(translator("ru"), params, callers.ZONE)
    assert plain(said.text) == (
        "Заявка № 1: в этот раз не получилось\n"
        "Дополнительный отбор в региональный методический актив. Спасибо, что подали её. Вот почему так вышло.\n\n"
        "В заявке не нашлось опыта сопровождения коллег: руководства методобъединением, наставничества, работы"
        " экспертом. Его можно набрать за год.\n\n"
        "С чего удобно начать\nЗаполните карточку наставника, и вам предложат пару. Год рядом с молодым коллегой станет"
        " таким опытом.\n\n"
        "На следующем отборе заявка откроется уже заполненной: ваши ответы никуда не денутся.\n\n"
        "Не согласны? До 12 марта можно попросить пересмотреть: ответит другой человек."
    )
    assert [[button.text for button in row] for row in said.rows][:2] == [["Карточка наставника"], ["Не согласны?"]]

    async def step(text: str) -> str:
        await (person.tap(text) if not text.startswith("/") else person.send(text))
        await person.settle()
        return (await person.last()).text

    async def say(text: str) -> str:
        await person.send(text)
        await person.settle()
        return (await person.last()).text

    assert "До 12 марта можно попросить пересмотреть" in await step("/apply")
    assert "до 12 марта" in await step("Не согласны?")
    assert "С чем вы не согласны" in await step("Попросить пересмотреть")
    assert "Слишком коротко" in await say("Нет!")
    assert "посмотрит другой человек" in await say("Третий год веду школьное методобъединение, это есть в заявке.")
    assert "Взять просьбу назад?" in await step("Взять просьбу назад")
    assert "посмотрит другой человек" in await step("Оставить")
    number = town.read(lambda session: session.scalars(select(Appeal.id)).one())
    answered = callers.staff(colleague, town.clock.now())
    words = "Приказ о руководстве не приложен, поэтому опыт не засчитан."
    town.write(staff_services.answer, answered, appeal_id=number, uphold=False, text=words)
    await step("/apply")
    shown = await step("Не согласны?")
    assert "решение остаётся" in shown and words in shown
    assert "Попросить пересмотреть" not in (await person.last()).buttons
