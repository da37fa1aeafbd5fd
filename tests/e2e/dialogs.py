"""Ways into every dialog in which the bot waits for words: who says what until it waits, and what must not be lost."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from aiogram.fsm.state import State, StatesGroup
from sqlalchemy import select, update

from bot.applications.handlers_uploads import Filling
from bot.diagnostics.handlers import Diagnosing
from bot.events.handlers import EventStates
from bot.mentoring.handlers import MentoringStates
from bot.nouns import HANDLERS
from bot.people.callbacks import ClaimForm, ProfileForm
from bot.plans.handlers import PlanStates
from bot.sandbox.client import Message, SandboxPerson
from db.applications.models import Application, CriterionAnswer
from db.diagnostics.models import Answer
from db.events.models import Registration, RegistrationStatus
from db.inbox.models import Dialog as DialogRow
from db.mentoring import staff_services
from db.mentoring.models import Meeting, Pair
from db.nouns import parts
from db.people.models import Person, Role
from db.plans import staff_services as plans
from db.plans.models import PlanFulfilment, PlanLine
from tests.applications.support import PDF
from tests.events.support import heard, make_event
from tests.mentoring.conftest import REGION
from tests.support import callers
from tests.support.town import Town, add_teacher, on_paper_only, person_of

BORN = date(1985, 3, 5)
EVIDENCE = "Веду городской семинар для учителей: пять встреч за год, около двадцати коллег."


@dataclass
class Waiting:
    """Somebody the bot waits for.

    `good` is an answer it takes and `shows` what it says then; `draft` reads what was given before and must stay.
    """

    town: Town
    person: SandboxPerson
    good: str
    shows: str
    draft: Callable[[], object]

    async def say(self, text: str) -> Message:
        """Says it and waits for the reply."""
        await (await self.person.send(text)).settle(15)
        return await self.person.last()

    def state(self) -> str | None:
        """What the bot waits for, as the database knows it: that is what survives."""
        query = select(DialogRow.state).where(DialogRow.key.endswith(f":{self.person.id}:{self.person.id}"))
        return self.town.read(lambda session: session.scalars(query).first())


Way = Callable[[Town], Awaitable[Waiting]]
WAYS: dict[State, Way] = {}


def into(state: State) -> Callable[[Way], Way]:
    """Registers the way into a state."""

    def register(way: Way) -> Way:
        WAYS[state] = way
        return way

    return register


def every_state() -> Iterator[State]:
    """All states of the bot's own dialogs, wherever they are defined: every noun's handlers are loaded for it."""
    parts(HANDLERS)
    for group in StatesGroup.__subclasses__():
        if group.__module__.startswith("bot."):
            yield from group.__all_states__


async def walk(person: SandboxPerson, *steps: str) -> None:
    """Says commands, presses the rest."""
    for step in steps:
        if step.startswith("/"):
            await person.send(step)
        else:
            await person.tap(step)
        await person.settle(15)


def person_behind(town: Town, external_id: int) -> Person:
    """The person behind a chat."""
    return town.read(lambda session: session.get_one(Person, person_of(session, external_id=external_id)))


@into(ProfileForm.answer)
async def profile(town: Town) -> Waiting:
    """A newcomer at the second question."""
    person = await town.client.person(2002, first_name="Новая")
    await walk(person, "/start", "Познакомиться")
    while "Читать дальше" in (await person.last()).buttons:
        await walk(person, "Читать дальше")
    await walk(person, "Даю согласие")
    await (await person.send("Новикова Нина Петровна")).settle(15)
    return Waiting(town, person, "магнитогорск", "Магнитогорский ГО", lambda: person_behind(town, 2002).full_name)


@into(Diagnosing.question)
async def question(town: Town) -> Waiting:
    """Somebody at the second question of the self-diagnosis."""
    person = await town.teacher()
    await walk(person, "/diagnostics", "Начать", "Г")
    given = select(Answer.value).where(Answer.item == "subject_1")
    return Waiting(town, person, "2", "вопрос 3 из 6", lambda: town.read(lambda session: session.scalars(given).one()))


@into(ClaimForm.birth)
async def birth(town: Town) -> Waiting:
    """A newcomer of a name that a list holds too."""
    person = await town.teacher(2003, name="Списочная Вера Ивановна")
    mine = town.write(add_teacher, external_id=2004, name="Списочная Вера Ивановна", now=town.clock.now())
    town.write(on_paper_only, person_id=mine)
    unsaved = {"profile_saved_at": None}
    town.write(lambda session: session.execute(update(Person).where(Person.id == mine).values(birth_date=BORN)))
    town.write(lambda session: session.execute(update(Person).where(Person.id != mine).values(**unsaved)))
    await walk(person, "/menu", "Продолжить", "сохранить")
    return Waiting(town, person, "05.03.1985", "методист это подтвердит", lambda: person_behind(town, 2003).full_name)


@into(Filling.direction)
async def direction(town: Town) -> Waiting:
    """An applicant who looks for a direction."""
    person = await town.teacher()
    await walk(person, "/apply", "Подать заявку")
    draft = select(Application.status, Application.person_id)
    return Waiting(
        town, person, "грамотность", "нашлось", lambda: town.read(lambda session: tuple(session.execute(draft).one()))
    )


@into(Filling.category)
async def category(town: Town) -> Waiting:
    """An applicant who has chosen a direction and looks for whom to accompany."""
    person = await town.teacher()
    await walk(person, "/apply", "Подать заявку", "1. ")
    draft = select(Application.direction_id)
    return Waiting(
        town, person, "предметники", "нашлось", lambda: town.read(lambda session: session.scalars(draft).one())
    )


@into(Filling.criterion)
async def criterion(town: Town) -> Waiting:
    """An applicant at the third criterion, the first one answered."""
    person = await town.teacher()
    await walk(person, "/apply", "Подать заявку", "1. ", "Учителя-предметники")
    await (await person.send(EVIDENCE)).settle(15)
    await walk(person, "Дальше", "Первая")
    if "Критерий 3" not in (await person.last()).text:
        await walk(person, "Дальше")
    given = select(CriterionAnswer.text).where(CriterionAnswer.number == 1)
    return Waiting(
        town,
        person,
        "Руководитель методобъединения города, шестой год.",
        "Руководитель методобъединения города",
        lambda: town.read(lambda session: session.scalars(given).one()),
    )


@into(Filling.place)
async def place(town: Town) -> Waiting:
    """An applicant with a file that fits several criteria."""
    person = await town.teacher()
    await walk(person, "/apply", "Подать заявку", "1. ", "Учителя-предметники")
    await (await person.send(EVIDENCE)).settle(15)
    await walk(person, "/menu")
    await (await person.send_file("справка.pdf", PDF)).settle(15)
    given = select(CriterionAnswer.text).where(CriterionAnswer.number == 1)
    return Waiting(town, person, "4", "Критерий 4", lambda: town.read(lambda session: session.scalars(given).one()))


@into(EventStates.comment)
async def comment(town: Town) -> Waiting:
    """A guest of a past event who has rated it and adds a few words."""
    person = await town.teacher()
    now = town.clock.now()
    event_id = town.write(make_event, now=now, starts_at=now - timedelta(days=1))
    attended = Registration(
        event_id=event_id,
        person_id=person_behind(town, 2001).id,
        status=RegistrationStatus.SEATED,
        sequence=1,
        cause="self",
        registered_at=now - timedelta(days=3),
        seated_at=now - timedelta(days=3),
        attended_at=now - timedelta(days=1),
    )
    town.write(lambda session: session.add(attended))
    await walk(person, "/my", "Прошедшие", "Обратная связь", "Оценить", "4", "Добавить пару слов")
    rating = select(Registration.rating)
    return Waiting(
        town, person, "Было полезно", "передали организаторам", lambda: town.read(lambda s: s.scalars(rating).one())
    )


@into(MentoringStates.when)
async def when(town: Town) -> Waiting:
    """A mentor who plans a meeting."""
    person = await _mentor(town)
    await walk(person, "Назначить встречу")
    goals = select(Pair.goals)
    return Waiting(town, person, "завтра 15:00", "15:00", lambda: town.read(lambda s: s.scalars(goals).one()))


@into(MentoringStates.note)
async def note(town: Town) -> Waiting:
    """A mentor who writes how a meeting was."""
    person = await _mentor(town)
    await walk(person, "Уже встретились", "Сегодня")
    held = select(Meeting.status)
    return Waiting(town, person, "Разобрали урок", "Разобрали урок", lambda: town.read(lambda s: s.scalars(held).one()))


@into(MentoringStates.about)
async def about(town: Town) -> Waiting:
    """A mentee who would like to meet."""
    await _mentor(town)
    mentee = await town.client.person(2003)
    await walk(mentee, "/mentees", "Попросить о встрече")
    goals = select(Pair.goals)
    return Waiting(town, mentee, "О собрании", "Передам", lambda: town.read(lambda s: s.scalars(goals).one()))


@into(PlanStates.word)
async def word(town: Town) -> Waiting:
    """Somebody who has done what the plan says."""
    person = await town.teacher(2001, "Мудрая Нина Павловна")
    line_id = town.read(lambda s: s.scalars(select(PlanLine.id)).first())
    town.write(
        plans.name_responsible,
        callers.staff(REGION, town.clock.now()),
        line_id=line_id,
        person_id=person_behind(town, 2001).id,
    )
    town.write(heard, now=town.clock.now())
    await walk(person, "/plan", "Формирование комплекта", "Сделано")
    days = select(PlanFulfilment.done_on)
    return Waiting(town, person, "Приказ № 5", "Записал", lambda: town.read(lambda s: s.scalars(days).one()))


async def _mentor(town: Town) -> SandboxPerson:
    person = await town.teacher(2001, "Мудрая Нина Павловна", roles=[Role.MENTOR])
    await town.teacher(2003, "Юная Ольга Олеговна")
    town.write(
        staff_services.create_pair,
        callers.staff(REGION, town.clock.now()),
        mentor_id=person_behind(town, 2001).id,
        mentee_id=person_behind(town, 2003).id,
        goals="Спокойно проводить собрания",
    )
    await person.wait_for("новый подопечный")  # told unasked: not in between later
    await walk(person, "/mentees", "Юная")
    return person
