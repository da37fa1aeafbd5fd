"""The way back after a refusal: the next selection begins with what was sent last, and says what was missed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db.applications import campaigns, services, staff_services
from db.applications.campaigns import CampaignDraft
from db.applications.models import Campaign, Document, Verdict
from db.applications.queries import Dossier
from db.clock import local_day
from db.errors import DomainError, NotFoundError
from db.scope import Scope, StaffRole
from db.uploads import services as uploads
from db.uploads.queries import former_files
from tests.applications.support import ANSWERS, World, campaign_id, stored
from tests.support import callers

NEXT = timedelta(days=60)


def refused(world: World, person_id: int, judge: Scope) -> Dossier:
    dossier = world.submitted(person_id)
    world.database.write(
        staff_services.decide,
        callers.staff(judge, world.now),
        application_id=dossier.id,
        verdict=Verdict.REJECT,
        revision=dossier.revision,
        reasons=[1],
    )
    return dossier


def announced(world: World, admin: Scope) -> int:
    """The next selection, like the last one."""
    today = local_day(world.now, callers.ZONE)
    draft = CampaignDraft(
        title="Следующий отбор",
        issued_by="Министерство",
        order_number="7",
        order_date=today,
        order_title="",
        about="",
        opens=today + NEXT - timedelta(days=1),
        closes=today + NEXT + timedelta(days=30),
        appeal_days=10,
        answer_days=10,
    )
    like = world.database.read(campaign_id)
    asked = callers.staff(admin, world.now)
    return world.database.write(campaigns.save_campaign, asked, campaign_id=None, draft=draft, like=like)


def begun(world: World, person_id: int, number: int) -> Dossier:
    return world.database.write(services.start, callers.person(person_id, world.now + NEXT), campaign_id=number)


def test_the_next_application_opens_filled_in_and_says_what_was_missed(world: World) -> None:
    person_id, admin = world.teacher(), world.staff("admin", StaffRole.ADMINISTRATOR)
    last = refused(world, person_id, admin)
    dossier = begun(world, person_id, announced(world, admin))
    assert {row.number: row.text for row in dossier.criteria if row.text} == ANSWERS
    assert (dossier.direction, dossier.category) == (last.direction, last.category)
    missed = {row.number: row.asked_before for row in dossier.criteria if row.asked_before}
    assert list(missed) == [5] and "Результат приложенной оценки" in missed[5]
    assert not any(row.documents for row in dossier.criteria), "files come when their owner says so"
    stranger = world.teacher(2002, "Другова Анна Петровна")
    other = begun(world, stranger, dossier.campaign.id)
    assert not any(row.text or row.asked_before for row in other.criteria)


def test_files_come_along_by_a_word_once_and_lie_on_the_disk_once(world: World) -> None:
    person_id, admin = world.teacher(), world.staff("admin", StaffRole.ADMINISTRATOR)
    refused(world, person_id, admin)
    dossier = begun(world, person_id, announced(world, admin))
    asked = callers.person(person_id, world.now + NEXT)
    own = {"application_id": dossier.id}
    assert [number for number, _ in world.database.read(former_files, asked, **own)] == [4, 5]
    for _ in range(2):
        carried = world.database.write(uploads.carry_over, asked, **own)
        assert [len(row.documents) for row in carried.criteria] == [0, 0, 0, 1, 1, 0]
    assert world.database.read(former_files, asked, **own) == []
    names = world.database.read(lambda session: session.scalars(select(Document.stored_name)).all())
    assert len(names) == 4 and len(set(names)) == 2
    first = carried.criterion(4).documents[0]
    _, gone = world.database.write(services.remove_document, asked, document_id=first.id, **own)
    assert gone is None, "the last application goes on showing it"
    with pytest.raises(NotFoundError):
        world.database.read(former_files, callers.person(person_id + 1, world.now), **own)
    fresh = world.database.write(services.add_document, asked, number=4, document=stored(77), **own)[0]
    number = next(row.id for row in fresh.criterion(4).documents if row.size == 1077)
    _, gone = world.database.write(services.remove_document, asked, document_id=number, **own)
    assert gone == stored(77).stored_name


def test_terms_of_appeals_are_both_there_or_neither(world: World) -> None:
    admin = world.staff("admin", StaffRole.ADMINISTRATOR)
    number = announced(world, admin)
    row = world.database.read(lambda session: session.get_one(Campaign, number))
    assert (row.appeal_days, row.answer_days) == (10, 10)
    today = local_day(world.now, callers.ZONE)
    kept = ("title", "issued_by", "order_number", "order_date", "order_title", "about")
    draft = {name: getattr(row, name) for name in kept} | {"opens": today + NEXT, "closes": today + NEXT}
    asked = callers.staff(admin, world.now)

    def save(**days: int | None) -> None:
        change = CampaignDraft(**draft, **days)  # type: ignore[arg-type]
        world.database.write(campaigns.save_campaign, asked, campaign_id=number, draft=change)

    for wrong in ({"appeal_days": 10}, {"appeal_days": 91, "answer_days": 5}):
        with pytest.raises(DomainError, match="campaign_appeal"):
            save(**wrong)
    save(answer_days=5)
    row = world.database.read(lambda session: session.get_one(Campaign, number))
    assert (row.appeal_days, row.answer_days) == (None, None)
