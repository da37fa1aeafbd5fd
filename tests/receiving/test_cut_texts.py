"""A long text comes in parts, because the messenger cuts it: it is one answer, and nobody keeps its tail alone."""

import pytest
from sqlalchemy import select

from bot.people.callbacks import FieldTap
from db.applications.models import CriterionAnswer
from db.dictionaries.models import Organisation
from db.inbox.models import Dialog
from tests.applications.test_conversation import begun
from tests.people.test_first_meeting import walk
from tests.support.town import Town

TAIL = "Школа номер семь"


async def test_the_tail_of_a_long_name_of_a_school_is_no_school(town: Town) -> None:
    vera = await town.teacher()
    screen = await walk(vera, ">/menu")
    await vera.forge(FieldTap(field="organisation").pack(), screen.id)
    await vera.settle()
    await vera.send("слово " * 682 + TAIL)
    await vera.settle()
    screen = await vera.last()
    assert "4108 знаков" in screen.text and TAIL not in screen.text
    assert not town.read(lambda session: session.scalar(select(Organisation).where(Organisation.name.contains(TAIL))))


@pytest.mark.parametrize("text", ["ы" * 5000, "ы" * 9000, "Первая часть. " * 400])
async def test_a_long_answer_is_kept_whole(town: Town, text: str) -> None:
    applicant = await begun(town)
    await applicant.say(text)
    kept = town.read(lambda session: session.scalars(select(CriterionAnswer).where(CriterionAnswer.number == 1)).one())
    assert kept.text is not None and kept.text.replace("\n", "").replace(" ", "") == text.replace(" ", "")
    assert kept.previous_text is None


async def test_the_next_answer_after_a_long_one_is_an_answer_of_its_own(town: Town) -> None:
    applicant = await begun(town)
    await applicant.say("ы" * 2500)
    town.server.world.clock_offset += 5  # what a message is dated by
    await applicant.say("Короче: провожу семинары.")
    kept = town.read(lambda session: session.scalars(select(CriterionAnswer).where(CriterionAnswer.number == 1)).one())
    assert (kept.text, kept.previous_text) == ("Короче: провожу семинары.", "ы" * 2500)
    dialog = town.read(lambda session: session.scalars(select(Dialog)).one())
    assert "part" not in dialog.data, "what was cut is not kept for longer than the next text"


@pytest.mark.parametrize("asked", [None, "organisation"])
async def test_a_cut_text_that_nobody_awaits_or_can_take_has_one_answer(town: Town, asked: str | None) -> None:
    """The two parts drew two menus, or two refusals."""
    vera = await town.teacher()
    screen = await walk(vera, ">/menu")
    if asked:
        await vera.forge(FieldTap(field=asked).pack(), screen.id)
        await vera.settle()
    before = (await vera.last()).id
    await vera.send("слово " * 1000)
    await vera.settle()
    answers = [one for one in await vera.messages() if one.outgoing and one.id > before]
    assert len(answers) == 1
    assert not asked or "5999 знаков" in answers[0].text


async def test_a_command_after_a_cut_text_is_a_command(town: Town) -> None:
    """Within two seconds it was taken for the text's next part, and nothing answered it."""
    vera = await town.teacher()
    await walk(vera, ">/menu")
    await vera.send("слово " * 1000)
    await vera.settle()
    before = (await vera.last()).id
    screen = await walk(vera, ">/events")
    assert screen.id > before and "События" in screen.text
