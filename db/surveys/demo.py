"""Surveys of the demo: those who have walked a self-diagnosis reply to one, where the pack has any."""

from datetime import timedelta

from db.caller import PersonCaller
from db.demo.world import Someone, World
from db.diagnostics.blocks import publish
from db.diagnostics.models import InstrumentKind
from db.diagnostics.offering import offers
from db.surveys import services
from db.surveys.content import QuestionKind
from db.surveys.queries import SurveyStep
from db.surveys.rules import Reply

SHARE, DECLINED = 0.45, 0.08
REPLYING = timedelta(seconds=20)


def make(world: World) -> None:
    """A good part of everybody replies, some weeks ago, so that reports tell of it."""
    dice = world.dice("surveys")
    for person in world.people:
        if person.newcomer or person.key is not None or dice.random() > SHARE:
            continue
        if offers(world.session, person_id=person.id, kind=InstrumentKind.SURVEY):
            _walk(world, person)
    while publish(world.session, world.clock(world.now)):
        pass


def _walk(world: World, person: Someone) -> None:
    dice = world.dice(f"survey:{person.id}")
    at = world.at(-dice.uniform(35, 60), dice.randint(9, 20), dice.randint(0, 59))
    step = services.start_or_resume(world.session, world.person(person.id, at))
    while step.question is not None:
        at += REPLYING
        step = _reply(world, world.person(person.id, at), step)
    services.finish(world.session, world.person(person.id, at + REPLYING), attempt_id=step.attempt_id)


def _reply(world: World, caller: PersonCaller, step: SurveyStep) -> SurveyStep:
    question = step.question
    if question is None:
        return step
    dice = world.dice(f"reply:{caller.person_id}:{question.code}")
    said = Reply()
    if question.kind is QuestionKind.WORDS:
        said = Reply(words=dice.choice(world.recipe["survey_words"]))
    elif dice.random() > DECLINED:
        count = 1 if question.kind is QuestionKind.ONE else dice.randint(1, question.most)
        weights = [1 / (place + 1) for place in range(len(question.options))]
        wanted = set(dice.choices([one.code for one in question.options], weights, k=count))
        said = Reply(tuple(one.code for one in question.options if one.code in wanted))
    return services.reply(world.session, caller, attempt_id=step.attempt_id, question=question.code, said=said)
