"""Ways into every dialog in which the bot waits for words: who says what until it waits, and what must not be lost."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aiogram.fsm.state import State, StatesGroup
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.appeals.handlers import AppealStates
from bot.applications.handlers_uploads import Filling
from bot.diagnostics.handlers import Diagnosing
from bot.diary.handlers import DiaryStates
from bot.events.handlers import EventStates
from bot.expertise.handlers_difficulties import DifficultyStates
from bot.groups.handlers import GroupStates
from bot.mentoring.handlers import MentoringStates
from bot.mentoring.handlers_series import SeriesStates
from bot.motions.handlers import MotionStates
from bot.nouns import HANDLERS
from bot.people.callbacks import ClaimForm, ProfileForm
from bot.plans.handlers import PlanStates
from bot.practices.handlers import PracticeStates
from bot.practices.handlers_own import OwnPracticeStates
from bot.requests.handlers_asking import RequestStates
from bot.retests.handlers import Retesting
from bot.routes.handlers import RouteStates
from bot.routes.handlers_plan import RoutePlanStates
from bot.routes.handlers_sharing import RouteSharingStates
from bot.sandbox.client import Message, SandboxPerson
from bot.surveys.handlers import Surveying
from bot.ties.handlers import TieStates
from bot.training.handlers import TrainingStates
from bot.workplans.handlers import WorkplanStates
from db.applications import staff_services as application_staff
from db.applications.models import Application, CriterionAnswer, Decision, Verdict
from db.diagnostics.models import Answer, Attempt
from db.diary.models import DiaryLine
from db.events import seats, services
from db.events.models import Event, EventHost, EventQuestion, HostRole, Registration, RegistrationStatus
from db.groups import staff_services as group_staff
from db.groups.models import GroupDecision, GroupMeeting, GroupMeetingStatus, MethodicalGroup
from db.inbox.models import Dialog as DialogRow
from db.mentoring import staff_services
from db.mentoring.models import Meeting, Pair
from db.nouns import parts
from db.people.models import Person, Role, RoleGrant
from db.people.roles import grant
from db.plans import staff_services as plans
from db.plans.models import PlanFulfilment, PlanLine
from db.requests.models import HelpRequest
from db.retests.models import RetestAnswer
from db.routes.models import RouteItem
from db.scope import StaffRole
from db.surveys.models import SurveyReply
from db.training.models import TrainingRecord
from db.workplans.models import WorkplanFulfilment, WorkplanLine
from tests.applications.support import PDF
from tests.applications.support import sent as sent_application
from tests.diagnostics.test_screens import mixed
from tests.diagnostics.walking import complete
from tests.events.support import door, heard, make_event
from tests.groups.conftest import add_kind, make_group
from tests.mentoring.conftest import REGION
from tests.motions.support import levels_and_council
from tests.practices.support import asked_expert, published, texts
from tests.routes.support import every, open_to_head
from tests.support import callers
from tests.support.panel import add_staff
from tests.support.town import Town, add_teacher, on_paper_only, person_of
from tests.surveys.walking import add_survey

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
        await (await self.person.send(text)).settle()
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
    """Says commands and what begins with «>», presses the rest."""
    for step in steps:
        if step.startswith(("/", ">")):
            await person.send(step.removeprefix(">"))
        else:
            await person.tap(step)
        await person.settle()


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
    await (await person.send("Новикова Нина Петровна")).settle()
    return Waiting(town, person, "магнитогорск", "Магнитогорский ГО", lambda: person_behind(town, 2002).full_name)


@into(Diagnosing.question)
async def question(town: Town) -> Waiting:
    """Somebody at the second question of the self-diagnosis."""
    person = await town.teacher()
    await walk(person, "/diagnostics", "Начать", "Г")
    given = select(Answer.value).where(Answer.item == "subject_1")
    return Waiting(town, person, "2", "вопрос 3 из 6", lambda: town.read(lambda session: session.scalars(given).one()))


@into(Retesting.question)
async def retest(town: Town) -> Waiting:
    """Somebody at the second question of a re-test of one component."""
    person = await _routed(town)
    town.move(days=21)
    await walk(person, "/route", "Проверить один раздел", "Предмет", "Начать", "Г")
    given = select(RetestAnswer.value).order_by(RetestAnswer.answered_at).limit(1)
    return Waiting(town, person, "2", "Вопрос 3 из 6", lambda: town.read(lambda session: session.scalars(given).one()))


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
    await (await person.send(EVIDENCE)).settle()
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
    await (await person.send(EVIDENCE)).settle()
    await walk(person, "/menu")
    await (await person.send_file("справка.pdf", PDF)).settle()
    given = select(CriterionAnswer.text).where(CriterionAnswer.number == 1)
    return Waiting(town, person, "4", "Критерий 4", lambda: town.read(lambda session: session.scalars(given).one()))


@into(AppealStates.text)
async def appeal(town: Town) -> Waiting:
    """Somebody refused who says why it should be looked at again."""
    person = await town.teacher()
    author = callers.person(town.read(person_of, external_id=2001), town.clock.now())
    sent = town.write(sent_application, author, files=2)
    town.write(
        application_staff.decide,
        callers.administrator(town.clock.now(), town.write(judge, now=town.clock.now())),
        application_id=sent.id,
        verdict=Verdict.REJECT,
        revision=sent.revision,
        reasons=[1],
    )
    await walk(person, "/apply", "Не согласны?", "Попросить пересмотреть")
    verdict = select(Decision.reasons)
    return Waiting(
        town,
        person,
        "Справка об оценке приложена, посмотрите её.",
        "посмотрит другой человек",
        lambda: town.read(lambda session: session.scalars(verdict).one()),
    )


def judge(session: Session, *, now: datetime) -> int:
    """An administrator's account."""
    return add_staff(session, login="chief", role=StaffRole.ADMINISTRATOR, now=now)


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


@into(EventStates.question)
async def event_question(town: Town) -> Waiting:
    """A guest of a coming event who asks those who lead it."""
    person = await town.teacher()
    now = town.clock.now()
    event_id = town.write(make_event, now=now, code="ahead")
    town.write(seats.register, callers.person(person_behind(town, 2001).id, now), event_id=event_id)
    await (await person.start("ev_ahead")).settle()
    await walk(person, "Спросить ведущего")
    seated = select(Event.seated)
    return Waiting(
        town, person, "Будет ли запись?", "Вопрос передан", lambda: town.read(lambda s: s.scalars(seated).one())
    )


@into(EventStates.answer)
async def event_answer(town: Town) -> Waiting:
    """A host who answers what a guest has asked."""
    person = await town.teacher()
    now = town.clock.now()
    event_id = town.write(make_event, now=now)
    guest = town.write(add_teacher, external_id=2002, name="Юная Вера", now=now)
    town.write(seats.register, callers.person(guest, now), event_id=event_id)
    me = person_behind(town, 2001).id
    host = EventHost(event_id=event_id, person_id=me, role=HostRole.SPEAKER)
    town.write(lambda session: session.add(host))
    town.write(services.ask, callers.person(guest, now), event_id=event_id, text="Будет ли запись?", named=False)
    await town.sweep()
    await person.settle()
    await walk(person, "Ответить")
    return Waiting(town, person, "Да, будет", "Ответ отправлен", lambda: town.read(every, EventQuestion.text))


@into(EventStates.digits)
async def digits(town: Town) -> Waiting:
    """A guest in the hall who types what the screen shows."""
    person = await town.teacher()
    now = town.clock.now()
    event_id = town.write(make_event, now=now, starts_at=now, code="hall")
    early = callers.person(person_behind(town, 2001).id, now - timedelta(hours=1))
    town.write(seats.register, early, event_id=event_id)
    await (await person.start("ev_hall")).settle()
    await walk(person, "Я на месте")
    shown = town.read(door, event_id=event_id, now=now).digits
    seated = select(Event.seated)
    return Waiting(town, person, shown, "тметили вас", lambda: town.read(lambda s: s.scalars(seated).one()))


@into(MentoringStates.when)
async def when(town: Town) -> Waiting:
    """A mentor who plans a meeting."""
    person = await _mentor(town)
    await walk(person, "Назначить встречу")
    goals = select(Pair.goals)
    return Waiting(town, person, "завтра 15:00", "15:00", lambda: town.read(lambda s: s.scalars(goals).one()))


@into(SeriesStates.until)
async def until_which_day(town: Town) -> Waiting:
    """A mentor whose meeting is to come back."""
    person = await _mentor(town)
    await walk(person, "Назначить встречу", "вт, 3 марта", "15:00", "Повторять каждую неделю")
    goals = select(Pair.goals)
    return Waiting(town, person, "31 марта", "Впереди", lambda: town.read(lambda s: s.scalars(goals).one()))


@into(TieStates.name)
async def somebody_close(town: Town) -> Waiting:
    """Somebody who names a relative."""
    person = await town.teacher(2001, "Мудрая Нина Павловна")
    await walk(person, "/ties", "Назвать родственника")
    name = select(Person.full_name).where(Person.full_name.is_not(None))
    return Waiting(town, person, "Близкая Мария", "Записали", lambda: town.read(lambda s: s.scalars(name).first()))


@into(MentoringStates.note)
async def note(town: Town) -> Waiting:
    """A mentor who writes how a meeting was."""
    person = await _mentor(town)
    await walk(person, "Уже встретились", "Сегодня")
    held = select(Meeting.status)
    return Waiting(town, person, "Разобрали урок", "Разобрали урок", lambda: town.read(lambda s: s.scalars(held).one()))


@into(MentoringStates.goals)
async def goals_of_a_pair(town: Town) -> Waiting:
    """A mentor who writes what the two want to come to."""
    person = await _mentor(town)
    await walk(person, "Цели пары")
    status = select(Pair.status)
    return Waiting(town, person, "Вести урок", "Вести урок", lambda: town.read(lambda s: s.scalars(status).one()))


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


@into(GroupStates.agenda)
async def agenda(town: Town) -> Waiting:
    """A head who has called a meeting."""
    person = await _head(town)
    await walk(person, "Собрать заседание", "чт, 5 марта", "15:00")
    at = select(GroupMeeting.status)
    return Waiting(town, person, "Итоги года", "Повестка записана", lambda: town.read(lambda s: s.scalars(at).one()))


@into(GroupStates.word)
async def group_word(town: Town) -> Waiting:
    """Somebody who has done what a meeting decided."""
    person = await _head(town)
    town.write(_decided, person_id=person_behind(town, 2001).id, now=town.clock.now())
    await walk(person, "К объединениям", "Мои поручения", "Сделать дело", "Сделано")
    days = select(GroupDecision.done_on)
    return Waiting(town, person, "Вышло", "Записано", lambda: town.read(lambda s: s.scalars(days).one()))


@into(WorkplanStates.text)
async def work_line(town: Town) -> Waiting:
    """A head who adds a line to the group's plan."""
    person = await _head(town)
    await walk(person, "План", "Добавить строку")
    names = select(MethodicalGroup.name)
    return Waiting(town, person, "Открытые дни", "Записано в план", lambda: town.read(lambda s: s.scalars(names).all()))


@into(WorkplanStates.term)
async def work_term(town: Town) -> Waiting:
    """A head who says when."""
    person = await _head(town)
    await walk(person, "План", "Добавить строку", ">Открытые уроки")
    texts = select(WorkplanLine.text)
    return Waiting(town, person, "1 раз в квартал", "Срок записан", lambda: town.read(lambda s: s.scalars(texts).one()))


@into(WorkplanStates.word)
async def work_word(town: Town) -> Waiting:
    """A head who has done what the plan says."""
    person = await _head(town)
    await walk(person, "План", "Добавить строку", ">Открытые уроки", "В течение года", "Сделано")
    days = select(WorkplanFulfilment.done_on)
    return Waiting(town, person, "Пять уроков", "Записано", lambda: town.read(lambda s: s.scalars(days).one()))


@into(MotionStates.change)
async def motion(town: Town) -> Waiting:
    """A head who proposes by the levels of the own group."""
    person = await _head(town)
    town.write(levels_and_council, now=town.clock.now())
    await walk(person, "Уровни вместе", "Предложить")
    names = select(MethodicalGroup.name)
    return Waiting(town, person, "Провести практикум", "Внесено", lambda: town.read(lambda s: s.scalars(names).all()))


def _decided(session: Session, *, person_id: int, now: datetime) -> None:
    group_id = session.scalars(select(MethodicalGroup.id)).one()
    meeting = GroupMeeting(
        group_id=group_id,
        planned_at=now - timedelta(days=1),
        status=GroupMeetingStatus.HELD,
        needed=1,
        called_by="system",
    )
    session.add(meeting)
    session.flush()
    session.add(GroupDecision(meeting_id=meeting.id, position=1, text="Сделать дело", responsible_id=person_id))


async def _head(town: Town) -> SandboxPerson:
    """The head of a council, at its card."""
    person = await town.teacher(2001, "Мудрая Нина Павловна")
    staff, number = callers.staff(REGION, town.clock.now()), person_behind(town, 2001).id
    group_id = town.write(make_group, now=town.clock.now(), kind_id=town.write(add_kind), name="Совет")
    town.write(group_staff.name_head, staff, group_id=group_id, person_id=number)
    town.write(heard, now=town.clock.now())
    await walk(person, "/menu", "Моё объединение", "Совет")
    return person


async def _routed(town: Town) -> SandboxPerson:
    """Somebody with a result, at the own route."""
    person = await town.teacher()
    complete(town.database, person_behind(town, 2001).id, mixed, town.clock.now())
    town.write(heard, now=town.clock.now())
    return person


@into(RouteStates.word)
async def route_word(town: Town) -> Waiting:
    """Somebody whose step has worked."""
    person = await _routed(town)
    await walk(person, "/route", "Взять этот шаг", "Решу позже", "/route")
    step = town.read(lambda s: s.scalars(select(RouteItem.text)).one())
    await walk(person, step[:20], "Получилось")
    done = select(RouteItem.status)
    return Waiting(
        town, person, "Дети сами попросили ещё", "Сохранил", lambda: town.read(lambda s: s.scalars(done).one())
    )


@into(RequestStates.topic)
async def request_topic(town: Town) -> Waiting:
    """Somebody with a draft who looks for another topic."""
    person = await _asking(town)
    await walk(person, "Другая тема")
    return Waiting(town, person, "цифров", "нашлось", lambda: town.read(every, HelpRequest.question))


@into(RequestStates.question)
async def request_question(town: Town) -> Waiting:
    """Somebody who has written the first half of a question."""
    person = await _asking(town)
    begun = select(HelpRequest.component)
    return Waiting(
        town, person, "И сколько на это минут?", "И сколько", lambda: town.read(lambda s: s.scalars(begun).one())
    )


@into(RequestStates.reply)
async def request_reply(town: Town) -> Waiting:
    """Somebody who adds to a question that was sent."""
    person = await _asking(town)
    await walk(person, "Отправить", "Открыть вопрос", "Написать ещё")
    return Waiting(town, person, "И ещё одно", "Передано", lambda: town.read(every, HelpRequest.question))


async def _asking(town: Town) -> SandboxPerson:
    person = await town.teacher()
    await walk(person, "/ask", "По компоненту", "1.")
    await (await person.send("Как начать урок?")).settle(15)
    return person


@into(TrainingStates.part)
async def training_part(town: Town) -> Waiting:
    """Somebody who tells what a course was called."""
    person = await town.teacher()
    town.write(heard, now=town.clock.now())
    await walk(person, "/sites", "Моё обучение", "Добавить курс")
    named = select(TrainingRecord.status)
    return Waiting(
        town, person, "Формирующее оценивание", "Кто учил?", lambda: town.read(lambda s: s.scalars(named).one())
    )


async def _member(town: Town, kind: str = "Консультации") -> SandboxPerson:
    """Somebody of the active, who keeps a diary, at the question what a new line is of."""
    person = await town.teacher()
    who, number = callers.clock(town.clock.now()), person_behind(town, 2001).id
    town.write(grant, who, person_id=number, role=Role.ACTIVE_MEMBER, order_number="1")
    await walk(person, "/diary", "Добавить запись", *(["›"] if kind == "Посещение занятий" else []), kind)
    return person


@into(DiaryStates.new)
async def diary_new(town: Town) -> Waiting:
    """Somebody who writes a line into the diary."""
    person = await _member(town)
    return Waiting(town, person, "Помогла разобрать работы", "Записано", lambda: town.read(every, RoleGrant.role))


@into(DiaryStates.other)
async def diary_other(town: Town) -> Waiting:
    """Somebody who says a line of the diary in other words."""
    person = await _member(town)
    await walk(person, ">Помогла", "Изменить слова")
    return Waiting(town, person, "Помогла разобрать работы", "Записано", lambda: town.read(every, DiaryLine.day))


@into(DifficultyStates.people)
async def difficulty_people(town: Town) -> Waiting:
    """Somebody of the active who tells how many teachers had difficulties at a lesson."""
    person = await _member(town, "Посещение занятий")
    await walk(person, ">Была на уроке", "Затруднения педагогов", "Предмет")
    return Waiting(town, person, "12", "Записано", lambda: town.read(every, DiaryLine.text))


@into(RoutePlanStates.own)
async def route_own_line(town: Town) -> Waiting:
    """Somebody who adds a line to the plan of the year."""
    person = await _routed(town)
    await walk(person, "/route", "План на год", "Добавить своё")
    return Waiting(town, person, "Прочитать книгу", "Добавил в план", lambda: town.read(every, Attempt.completed_at))


@into(RoutePlanStates.proof)
async def route_proof(town: Town) -> Waiting:
    """Somebody who says what shows that a line of the plan is done."""
    person = await _routed(town)
    await walk(person, "/route", "План на год", "Составить план", "Принять весь план", "Занятие коллеги", "Сделано")
    return Waiting(town, person, "Была у Ольги на уроке", "Сохранил", lambda: town.read(every, RouteItem.text))


@into(RouteSharingStates.comment)
async def route_comment(town: Town) -> Waiting:
    """The head of a council to whom a member has opened a route."""
    person = await _head(town)
    open_to_head(town.database, town.read(lambda s: s.scalars(select(MethodicalGroup.id)).one()), town.clock.now())
    town.write(heard, now=town.clock.now())
    await walk(person, "/route", "Мне открыли", "Юная Вера", "Написать комментарий")
    return Waiting(town, person, "Хороший выбор", "Передал", lambda: town.read(every, RouteItem.text))


@into(PracticeStates.search)
async def practice_search(town: Town) -> Waiting:
    """Somebody who looks for a practice."""
    person = await town.teacher()
    town.write(published, None, now=town.clock.now(), word="Лестница вопросов")
    town.write(heard, now=town.clock.now())
    await walk(person, "/practices", "Найти")
    return Waiting(town, person, "леснтица вопросов", "Нашлось", lambda: town.read(texts))


@into(PracticeStates.word)
async def practice_word(town: Town) -> Waiting:
    """Somebody who says how a practice was applied."""
    person = await town.teacher()
    town.write(published, None, now=town.clock.now(), word="Лестница вопросов")
    town.write(heard, now=town.clock.now())
    await walk(person, "/practices", "Все практики", "Лестница", "Получилось применить")
    return Waiting(town, person, "Спорили весь урок", "Спасибо", lambda: town.read(texts))


@into(OwnPracticeStates.part)
async def practice_part(town: Town) -> Waiting:
    """Somebody at the second question about an own practice."""
    person = await town.teacher()
    town.write(heard, now=town.clock.now())
    await walk(person, "/practices", "Предложить свою")
    await (await person.send("Лестница вопросов")).settle(15)
    return Waiting(town, person, "Учителям истории", "на одном занятии", lambda: town.read(texts))


@into(OwnPracticeStates.files)
async def practice_files(town: Town) -> Waiting:
    """Somebody who may send a file of an own practice."""
    person = await town.teacher()
    town.write(heard, now=town.clock.now())
    await walk(person, "/practices", "Предложить свою")
    await (await person.send("Лестница вопросов")).settle(15)
    await walk(person, "К проверке", "Файлы: 0")
    return Waiting(town, person, "файла пока нет", "жду файл", lambda: town.read(texts))


@into(OwnPracticeStates.remark)
async def practice_remark(town: Town) -> Waiting:
    """An expert who writes the remark."""
    person = await town.teacher()
    town.write(asked_expert, person_behind(town, 2001).id, now=town.clock.now())
    town.write(heard, now=town.clock.now())
    await walk(person, "/practices", "Посмотреть как эксперт", "Чужой приём", "Публиковать")
    return Waiting(town, person, "Понятно с первого чтения", "Спасибо", lambda: town.read(texts))


@into(Surveying.question)
async def survey_question(town: Town) -> Waiting:
    """Somebody at the second question of a survey of needs."""
    person = await town.teacher()
    town.write(add_survey, now=town.clock.now())
    await walk(person, "/diagnostics", "Опрос:", "Начать", "А", "Дальше")
    first = select(SurveyReply.chosen).where(SurveyReply.question == "forms")
    return Waiting(town, person, "2", "Вопрос 3 из 6", lambda: town.read(lambda s: s.scalars(first).one()))


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
