"""A selection is announced, arranged and closed in the panel; what applications and decisions stand on stays."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.applications.screens import invitation
from bot.documents.callbacks import OfficialDocumentTap
from db.applications import campaigns, services, staff_services
from db.applications.campaigns import CampaignDraft, CriterionDraft
from db.applications.models import AnswerKind, Campaign, Criterion, FilesRule, Reason, Verdict
from db.applications.queries import CampaignCard
from db.applications.rules import ReasonDraft
from db.applications.staff_queries import ApplicationFilter
from db.audit.models import AuditEntry
from db.caller import StaffCaller
from db.clock import FrozenClock
from db.commission.reviews import score
from db.documents.queries import documents
from db.errors import ConflictError, DomainError, ForbiddenError
from db.overviews.register import register
from db.packs import FOLDER, Pack
from db.packs.loading import load
from db.scope import StaffRole
from locales import translator
from tests.applications.panel import Desk, give_password, panel
from tests.applications.support import World, campaign_id
from tests.support import callers

NEW = CampaignDraft(
    title="Отбор наставников",
    issued_by="Министерство",
    order_number="77",
    order_date=date(2026, 1, 15),
    order_title="",
    about="Приглашаем.",
    opens=date(2026, 1, 20),
    closes=date(2030, 12, 31),
)
CRITERION = CriterionDraft(
    title="Наличие статей",
    short="Статьи",
    question="О чём вы писали?",
    hint="Назовите две или три статьи.",
    answer=AnswerKind.TEXT,
    files=FilesRule.OPTIONAL,
    weight=3,
)
REASON = ReasonDraft(
    text="Нет статей", short="Нет статей", gentle="Напишите.", warning="", criteria=frozenset({1}), direction=False
)


@pytest.fixture
def admin(world: World) -> StaffCaller:
    return callers.staff(world.staff("admin", StaffRole.ADMINISTRATOR), world.now)


def announced(world: World, admin: StaffCaller, **more: Any) -> int:
    like = world.database.read(campaign_id)
    return world.database.write(campaigns.save_campaign, admin, campaign_id=None, draft=replace(NEW, **more), like=like)


def shorts(session: Session, *, campaign: int) -> list[str]:
    return [row.short for row in session.get_one(Campaign, campaign).criteria]


def first_reason(session: Session, *, verdict: Verdict, campaign: int) -> Reason:
    asked = select(Reason).where(Reason.campaign_id == campaign, Reason.verdict == verdict).order_by(Reason.number)
    return session.scalars(asked).first()  # type: ignore[return-value]


def test_a_selection_of_ones_own_is_applied_to_by_its_own_criteria(world: World, admin: StaffCaller) -> None:
    campaign = announced(world, admin)
    door = world.database
    door.write(campaigns.save_criterion, admin, campaign_id=campaign, criterion_id=None, draft=CRITERION)
    added = door.read(lambda session: session.get_one(Campaign, campaign).criteria[-1].id)
    for _ in range(6):
        door.write(campaigns.move_criterion, admin, criterion_id=added, by=-1)
    second = door.read(lambda session: session.get_one(Campaign, campaign).criteria[1].id)
    door.write(campaigns.remove_criterion, admin, criterion_id=second)
    assert door.read(shorts, campaign=campaign)[:2] == ["Статьи", "Категория"]
    # Reasons look at the same criteria as before, wherever these stand now; one that is gone is looked at no more.
    looked = door.read(
        lambda session: {row.text[:12]: row.criteria for row in session.get_one(Campaign, campaign).reasons}
    )
    assert looked["Низкий резул"] == [5] and looked["Отсутствие о"] == [3] and looked["Несоответств"] == []
    dossier = door.write(services.start, callers.person(world.teacher(), world.now), campaign_id=campaign)
    assert dossier.criteria[0].short == "Статьи" and dossier.criteria[0].weight == 3
    ours = select(AuditEntry).where(AuditEntry.object_type == "campaign").order_by(AuditEntry.id)
    lines = door.read(lambda session: session.scalars(ours).all())
    assert [line.action for line in lines] == ["campaigns.save", *["campaigns.criterion"] * 8]


def test_what_applications_stand_on_stays_and_words_may_be_mended(world: World, admin: StaffCaller) -> None:
    door, campaign = world.database, world.database.read(campaign_id)
    world.draft(world.teacher())
    first = door.read(lambda session: session.get_one(Campaign, campaign).criteria[0])
    kept = CriterionDraft(
        title=first.title,
        short=first.short,
        question="Что вы делали?",
        hint=first.hint,
        answer=first.answer,
        files=first.files,
        weight=first.weight,
    )
    attempts: list[Callable[[], Any]] = [
        lambda: door.write(campaigns.save_criterion, admin, campaign_id=campaign, criterion_id=None, draft=CRITERION),
        lambda: door.write(
            campaigns.save_criterion, admin, campaign_id=campaign, criterion_id=first.id, draft=replace(kept, weight=2)
        ),
        lambda: door.write(campaigns.move_criterion, admin, criterion_id=first.id, by=1),
        lambda: door.write(campaigns.remove_criterion, admin, criterion_id=first.id),
    ]
    for attempt in attempts:
        with pytest.raises(DomainError, match="campaign_applied"):
            attempt()
    door.write(campaigns.save_criterion, admin, campaign_id=campaign, criterion_id=first.id, draft=kept)
    assert door.read(lambda session: session.get_one(Criterion, first.id).question) == "Что вы делали?"
    seen = door.read(campaigns.opened, admin, campaign_id=campaign)
    row = seen.campaign
    draft = CampaignDraft(
        title=row.title,
        issued_by=row.issued_by,
        order_number=row.order_number,
        order_date=row.order_date,
        order_title=row.order_title,
        about=row.about,
        opens=date(2026, 1, 1),
        closes=date(2030, 1, 1),
    )
    with pytest.raises(DomainError, match="campaign_opened"):
        door.write(campaigns.save_campaign, admin, campaign_id=campaign, draft=draft)


@pytest.mark.parametrize(
    "past",
    [
        update(Criterion).values(number=Criterion.number + 20),
        update(Criterion).values(weight=2),
        update(Criterion).values(files=FilesRule.NONE),
        delete(Criterion),
    ],
    ids=["number", "weight", "files", "gone"],
)
def test_the_database_itself_keeps_what_applications_stand_on(world: World, past: Any) -> None:
    campaign = world.database.read(campaign_id)
    statement = past.where(Criterion.campaign_id == campaign)
    world.draft(world.teacher())
    with pytest.raises(DBAPIError, match="applications stand on this criterion"):
        world.database.write(lambda session: session.execute(statement))


def test_words_told_to_a_teacher_stay_in_the_history(world: World, admin: StaffCaller) -> None:
    door, campaign = world.database, world.database.read(campaign_id)
    dossier = world.submitted(world.teacher())
    door.write(
        staff_services.decide,
        admin,
        application_id=dossier.id,
        verdict=Verdict.RETURN,
        revision=dossier.revision,
        reasons=[1],
    )
    told = door.read(first_reason, verdict=Verdict.RETURN, campaign=campaign)
    for attempt in (
        lambda: door.write(
            campaigns.save_reason, admin, campaign_id=campaign, verdict=Verdict.RETURN, reason_id=told.id, draft=REASON
        ),
        lambda: door.write(campaigns.move_reason, admin, reason_id=told.id, by=1),
        lambda: door.write(campaigns.remove_reason, admin, reason_id=told.id),
    ):
        with pytest.raises(DomainError, match="reason_used"):
            attempt()
    for past in (update(Reason).values(gentle="Иначе"), delete(Reason)):
        statement = past.where(Reason.id == told.id)
        with pytest.raises(DBAPIError, match="decisions name this reason"):
            door.write(lambda session, statement=statement: session.execute(statement))
    with pytest.raises(DomainError, match="campaign_decided"):
        row = door.read(campaigns.opened, admin, campaign_id=campaign).campaign
        opens = row.opens_at.astimezone(admin.zone).date()
        door.write(campaigns.save_campaign, admin, campaign_id=campaign, draft=replace(NEW, opens=opens))
    # A reason that nobody was told is still free.
    other = door.read(first_reason, verdict=Verdict.REJECT, campaign=campaign)
    door.write(campaigns.remove_reason, admin, reason_id=other.id)
    assert door.read(first_reason, verdict=Verdict.REJECT, campaign=campaign).number == 1


def test_a_closed_selection_takes_nobody_and_opens_again_by_a_later_day_only(world: World, admin: StaffCaller) -> None:
    campaign = announced(world, admin)
    door, later = world.database, replace(admin, now=world.now + timedelta(hours=1))
    door.write(campaigns.close, admin, campaign_id=campaign)
    with pytest.raises(ConflictError, match="campaign_closed"):
        door.write(campaigns.close, later, campaign_id=campaign)
    author = callers.person(world.teacher(), later.now)
    today = world.now.astimezone(admin.zone).date()
    # Saved again with the same last day it stays closed: the day is over for it.
    door.write(campaigns.save_campaign, later, campaign_id=campaign, draft=replace(NEW, closes=today))
    with pytest.raises(DomainError, match="application_closed"):
        door.write(services.start, author, campaign_id=campaign)
    door.write(
        campaigns.save_campaign, later, campaign_id=campaign, draft=replace(NEW, closes=today + timedelta(days=1))
    )
    assert door.write(services.start, author, campaign_id=campaign).campaign.open


def test_only_an_administrator_arranges_a_selection(world: World) -> None:
    campaign = world.database.read(campaign_id)
    regional = callers.staff(world.staff(), world.now)
    for attempt in (
        lambda: world.database.write(campaigns.save_campaign, regional, campaign_id=None, draft=NEW),
        lambda: world.database.write(campaigns.close, regional, campaign_id=campaign),
        lambda: world.database.write(
            campaigns.save_criterion, regional, campaign_id=campaign, criterion_id=None, draft=CRITERION
        ),
        lambda: world.database.write(
            campaigns.save_reason, regional, campaign_id=campaign, verdict=Verdict.REJECT, reason_id=None, draft=REASON
        ),
    ):
        with pytest.raises(ForbiddenError):
            attempt()


def test_a_newer_pack_changes_a_selection_only_while_nobody_applied(world: World, tmp_path: Path) -> None:
    door, campaign = world.database, world.database.read(campaign_id)
    newer = Pack(Path(shutil.copytree(FOLDER / "chelyabinsk", tmp_path / "chelyabinsk")))
    file = newer.folder / "campaigns.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("files: required", "files: none\n    weight: 3"), "utf-8")
    world.draft(world.teacher())
    door.write(load, pack=newer, now=world.now)
    kinds = {
        owner: (files, weight)
        for owner, files, weight in door.read(
            lambda session: session.execute(
                select(Criterion.campaign_id, Criterion.files, Criterion.weight).where(Criterion.number == 4)
            ).all()
        )
    }
    assert kinds.pop(campaign) == (FilesRule.REQUIRED, 1)
    assert set(kinds.values()) == {(FilesRule.NONE, 3)}


def test_weights_count_in_the_register(world: World, admin: StaffCaller) -> None:
    campaign = world.database.read(campaign_id)
    world.database.write(
        lambda session: session.execute(
            update(Criterion).where(Criterion.campaign_id == campaign, Criterion.number == 3).values(weight=4)
        )
    )
    sent = world.submitted(world.teacher())
    world.database.write(score, admin, application_id=sent.id, scores={1: 2, 3: 3})
    assert [row.total for row in world.database.read(register, admin, wanted=ApplicationFilter())] == [14]


def test_letters_of_a_decision_fit_one_message_or_are_refused_in_words(world: World, admin: StaffCaller) -> None:
    door, campaign = world.database, world.database.read(campaign_id)
    long = replace(REASON, gentle="Ж" * 400)
    for _ in range(2):
        door.write(
            campaigns.save_reason, admin, campaign_id=campaign, verdict=Verdict.RETURN, reason_id=None, draft=long
        )
    dossier = world.submitted(world.teacher())
    with pytest.raises(DomainError, match="decision_long"):
        door.write(
            staff_services.decide,
            admin,
            application_id=dossier.id,
            verdict=Verdict.RETURN,
            revision=dossier.revision,
            reasons=range(1, 10),
            comment="ы" * 600,
            remarks=dict.fromkeys(range(1, 7), "ж" * 300),
        )


def test_an_administrator_announces_a_selection_in_the_panel(
    world: World, database: Any, clock: FrozenClock, tmp_path: Path
) -> None:
    app: Flask = panel(database, clock, tmp_path)
    desk = Desk(app, give_password(database, world.staff("admin", StaffRole.ADMINISTRATOR)))
    old = database.read(campaign_id)
    page = desk.get("/settings/campaigns/")[1]
    assert "Дополнительный отбор" in page and "идёт приём" in page and f"/settings/campaigns/new?like={old}" in page
    form = {
        "title": "Отбор наставников",
        "order_number": "77",
        "order_date": "2026-01-15",
        "order_title": "О наставниках",
        "issued_by": "Министерство",
        "opens": "2026-01-20",
        "closes": "2026-01-10",
        "about": "",
        "like": str(old),
    }
    code, text = desk.post("/settings/campaigns/new", **form)
    assert "Последний день приёма раньше первого" in text
    order = database.read(documents)[0].id
    form |= {"closes": "2026-02-10", "document": str(order)}
    assert desk.post("/settings/campaigns/new", **{**form, "document": "999999"})[0] == 404
    code, text = desk.post("/settings/campaigns/new", **form)
    assert code == 200 and "Сохранено" in text and "Курсы по направлению" in text and "Нет опыта" in text
    assert f'value="{order}" selected' in text, "the order is one of the documents"
    newest = database.read(lambda session: session.scalars(select(Campaign).order_by(Campaign.id.desc())).first())
    screen = invitation(translator("ru"), CampaignCard.of(newest, world.now), ZoneInfo("UTC"))
    assert OfficialDocumentTap(document_id=order) in [one.tap for row in screen.rows for one in row]
    made = database.read(lambda session: session.scalars(select(Campaign).order_by(Campaign.id.desc())).first())
    assert len(made.criteria) == 6
    first = made.criteria[0]
    code, text = desk.post(f"/settings/criteria/{first.id}/move", down="1")
    assert database.read(shorts, campaign=made.id)[:2] == ["Категория", "Методическая практика"]
    code, text = desk.post(
        f"/settings/criteria/new?campaign={made.id}",
        short="Статьи",
        title="Наличие статей",
        question="Какие?",
        hint="Назовите.",
        answer="text",
        files="none",
        weight="11",
    )
    assert "Вес — целое число от 1 до 10" in text
    code, text = desk.post(
        f"/settings/reasons/new?campaign={made.id}&verdict=reject",
        short="Нет статей",
        text="Нет статей",
        gentle="Напишите хотя бы одну.",
        criteria=["1"],
        warning="",
    )
    assert "Нет статей" in text and code == 200
    forged = {"short": "Чужая", "text": "Чужая", "gentle": "Чужая", "criteria": ["²", "abc", "99", "2"]}
    assert desk.post(f"/settings/reasons/new?campaign={made.id}&verdict=reject", **forged)[0] == 200
    assert desk.post(f"/settings/criteria/{first.id}/remove")[0] == 200
    assert len(database.read(shorts, campaign=made.id)) == 5
