"""A route is opened to a mentor, a head or methodists; they comment; closed, it is gone for them at once."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.rules import Rules
from db.errors import DomainError, NotFoundError
from db.groups import staff_services as group_staff
from db.groups.models import MethodicalGroup
from db.mentoring import staff_services as mentoring
from db.notices.models import Notice
from db.notices.rules import is_quiet
from db.people.models import Person, Role
from db.routes import personal, planning, queries, services, sharing
from db.routes.models import Route, RouteComment, RouteLook, RouteReader, RouteShare
from db.scope import StaffRole
from tests.diagnostics.walking import NOW, ZONE, teacher
from tests.events.support import REGION, heard
from tests.groups.conftest import add_kind, make_group
from tests.routes.support import every, open_to_head
from tests.routes.test_conversation import say, tap
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import Town, add_teacher, person_of


def union(database: Database, head: int, name: str = "Объединение", **unit: Any) -> int:
    group_id = database.write(make_group, now=NOW, kind_id=database.write(add_kind, name), name=name, **unit)
    database.write(group_staff.name_head, callers.staff(REGION, NOW), group_id=group_id, person_id=head)
    return group_id


async def test_a_comment_of_the_head_arrives_and_a_closed_route_is_gone_at_once(town: Town) -> None:
    """ACCEPTANCE, sverdlovsk 7."""
    town.clock.moment = NOW
    head = await town.teacher(2001, "Мудрая Нина Павловна")
    member = await town.teacher(2002, "Юная Вера Ивановна")
    group_id = union(town.database, town.read(person_of, external_id=2001))
    own = callers.person(town.read(person_of, external_id=2002), NOW)
    staff = callers.staff(REGION, NOW)
    town.write(group_staff.add_member, staff, group_id=group_id, person_id=own.person_id, since=None)
    line = town.write(planning.add_own, own, text="Прочитать книгу об оценивании")
    town.write(planning.prove, own, item_id=line.id, text="Слова для себя")
    town.write(heard, now=NOW)
    await say(member, "/route")
    assert [len(row) for row in (await member.last()).rows[-4:]] == [2, 2, 2, 1], "ways stand two to a row"
    assert "Сейчас его видите только вы" in await tap(member, "Кому открыт")
    assert "ещё не смотрели" in await tap(member, "Открыть: Объединение")
    await town.sweep()
    await head.wait_for("Вам открыли маршрут")
    told = await say(head, "/route")
    assert "начинается с самодиагностики" in told
    await tap(head, "Мне открыли: 1")
    told = await tap(head, "Юная Вера")
    assert "Прочитать книгу" in told
    assert "Слова для себя" not in told
    button = (await head.last()).callbacks[0]
    assert "прочитает это в боте" in await tap(head, "Написать комментарий")
    assert "Передал" in await say(head, "Хороший выбор, начните с третьей главы")
    await town.sweep()
    await member.wait_for("начните с третьей главы")
    await say(member, "/route")
    told = await tap(member, "Кому открыт")
    assert "смотрели:" in told
    told = await tap(member, "Закрыть: Мудрая")
    assert "закрыт" in told and "смотрели:" in told, "who looked and when is seen after it was closed"
    await head.forge(button, (await head.last()).id)
    await head.settle()
    assert "Сейчас вам ничего не открыто" in (await head.last()).text
    assert len(town.read(every, RouteLook.looked_by)) == 1
    assert "Методисты\n" in await tap(member, "Открыть методистам")
    assert "Закрыть методистам" in (await member.last()).buttons


def test_a_head_who_left_or_a_mentor_of_no_pair_reads_nothing(database: Database) -> None:
    head, other = teacher(database), teacher(database, 7002)
    group_id = union(database, head)
    member, share_id = open_to_head(database, group_id, NOW)
    reader, own = callers.person(head, NOW), callers.person(member, NOW)
    assert database.write(sharing.look, reader, share_id=share_id).items[0].text == "Прочитать книгу"
    with pytest.raises(NotFoundError):
        database.write(sharing.look, callers.person(other, NOW), share_id=share_id)
    with pytest.raises(NotFoundError):
        database.write(sharing.share, own, reader=RouteReader.MENTOR, of=1)
    assert database.read(queries.home, reader).opened == 1
    database.write(lambda s: s.execute(update(MethodicalGroup).values(head_id=other)))
    assert database.read(queries.home, reader).opened == 0, "a button to nothing said that it was open still"
    with pytest.raises(NotFoundError):
        database.write(sharing.comment, reader, share_id=share_id, text="Чужое")
    with pytest.raises(NotFoundError):
        database.write(sharing.look, callers.person(other, NOW), share_id=share_id)
    database.write(mentoring.create_pair, callers.staff(REGION, NOW), mentor_id=_mentor(database), mentee_id=member)
    (choice,) = [one for one in database.read(sharing.sharing, own).choices if one.reader is RouteReader.MENTOR]
    opened = database.write(sharing.share, own, reader=RouteReader.MENTOR, of=choice.of)
    again = database.write(sharing.share, own, reader=RouteReader.MENTOR, of=choice.of)
    assert len(opened.shares) == len(again.shares) == 2, "twice is once"
    database.write(services.finish, own)
    assert database.read(lambda s: s.scalars(select(RouteShare.revoked_at)).all()) == [NOW, NOW]


def _mentor(database: Database) -> int:
    return database.write(add_teacher, external_id=9000, name="Мудрая Нина", now=NOW, roles=[Role.MENTOR])


def test_a_comment_of_the_night_waits_for_the_morning_and_the_same_words_are_one(database: Database) -> None:
    head = teacher(database)
    member, share_id = open_to_head(database, union(database, head), NOW)
    night = NOW + timedelta(hours=14)
    for _ in range(2):
        database.write(sharing.comment, callers.person(head, night), share_id=share_id, text="Хороший выбор")
    told = database.read(lambda s: s.scalars(select(Notice).where(Notice.kind == "routes.commented")).all())
    assert [(one.person_id, is_quiet(one.due_at, rules=Rules(), zone=ZONE)) for one in told] == [(member, False)]
    assert len(database.read(sharing.comments, callers.person(member, night))) == 1


def test_an_erased_head_leaves_no_word_and_a_withdrawn_owner_opens_nothing(database: Database) -> None:
    head = teacher(database)
    member, share_id = open_to_head(database, union(database, head), NOW)
    reader = callers.person(head, NOW)
    database.write(sharing.comment, reader, share_id=share_id, text="Хороший выбор")
    assert database.read(personal.export, person_id=head)["route_comments"][0]["text"] == "Хороший выбор"
    (route,) = database.read(personal.export, person_id=member)["routes"]
    assert [one["reader"] for one in route["shares"]] == ["head"]
    database.write(personal.stop, callers.clock(NOW), person_id=member)
    with pytest.raises(NotFoundError):
        database.write(sharing.look, reader, share_id=share_id)
    database.write(personal.forget, callers.clock(NOW), person_id=head)
    assert database.read(every, RouteShare.id) == []


def test_a_methodist_reads_what_is_open_and_a_closed_route_answers_404(database: Database, tmp_path: Path) -> None:
    database.write(add_staff, login="one", role=StaffRole.REGIONAL_METHODIST, now=NOW)
    panel = Visitor(make_panel(database, FrozenClock(NOW), tmp_path))
    assert panel.sign_in("one").status_code == 302
    member = database.write(add_teacher, external_id=2002, name="Юная Вера", now=NOW)
    own = callers.person(member, NOW)
    line = database.write(planning.add_own, own, text="Прочитать книгу")
    database.write(planning.prove, own, item_id=line.id, text="Слова для себя")
    route_id = database.read(every, Route.id)[0]
    address = f"/routes/{route_id}"
    assert panel.get(address).status_code == 404
    share_id = database.write(sharing.share, own, reader=RouteReader.METHODIST, of=0).shares[0].share_id
    assert "Юная Вера" in panel.text("/routes/?show=opened")
    page = panel.text(address)
    assert ("Прочитать книгу" in page, "Слова для себя" in page) == (True, False)
    panel.post(f"{address}/comment", {"text": "Начните с третьей главы<script>"})
    assert "Начните с третьей главы&lt;script&gt;" in panel.text(address)
    actions = database.read(every, AuditEntry.action)
    assert (actions.count("routes.read"), actions.count("routes.comment")) == (2, 1)
    assert len(database.read(sharing.sharing, own).shares[0].looks) == 1
    assert database.read(sharing.comments, own)[0].name == "", "no account's name"
    database.write(sharing.revoke, own, share_id=share_id)
    assert panel.get(address).status_code == 404
    assert panel.post(f"{address}/comment", {"text": "Начните с первой"}).status_code == 404
    assert "Юная Вера" not in panel.text("/routes/?show=opened")


def test_a_centre_sees_the_routes_of_its_unions_and_anothers_answers_404(database: Database, tmp_path: Path) -> None:
    """ACCEPTANCE, sverdlovsk 8: states only."""
    people = {
        code: database.write(add_teacher, external_id=number, name=f"Юная Вера {number}", now=NOW, municipality=code)
        for number, code in ((1, "chelyabinsky-go"), (2, "zlatoustovsky-go"))
    }
    groups = {}
    for code, who in people.items():
        line = database.write(planning.add_own, callers.person(who, NOW), text="Прочитать книгу")
        database.write(planning.prove, callers.person(who, NOW), item_id=line.id, text="Слова")
        place = database.read(lambda s, who=who: s.get_one(Person, who).municipality_id)
        groups[code] = union(database, who, f"Объединение {code}", municipality_id=place)
    town = {"login": "town", "role": StaffRole.MUNICIPAL_METHODIST, "municipalities": ["chelyabinsky-go"]}
    database.write(add_staff, now=NOW, **town)
    panel = Visitor(make_panel(database, FrozenClock(NOW), tmp_path))
    assert panel.sign_in("town").status_code == 302
    page = panel.text(f"/routes/?group={groups['chelyabinsky-go']}")
    assert "Юная Вера 1" in page and "Прочитать книгу" not in page
    assert panel.get(f"/routes/?group={groups['zlatoustovsky-go']}").status_code == 404
    assert panel.get(f"/routes/list.xlsx?group={groups['zlatoustovsky-go']}").status_code == 404


def test_whoever_may_read_a_route_can_not_shower_its_person_nor_the_person_a_reader(database: Database) -> None:
    """Every new comment was a message, and so was every opening after a closing: a hundred of them in a minute."""
    head = teacher(database)
    group_id = union(database, head)
    member, share_id = open_to_head(database, group_id, NOW)
    own, reader = callers.person(member, NOW), callers.person(head, NOW)
    for number in range(sharing.MOST_COMMENTS):
        database.write(sharing.comment, reader, share_id=share_id, text=f"Ещё слово {number}")
    with pytest.raises(DomainError, match="route_comments_many"):
        database.write(sharing.comment, reader, share_id=share_id, text="И ещё одно")
    database.write(sharing.comment, reader, share_id=share_id, text="Ещё слово 1")
    tomorrow = callers.person(head, NOW + timedelta(days=1, minutes=1))
    database.write(sharing.comment, tomorrow, share_id=share_id, text="И ещё одно")
    for _ in range(sharing.MOST_OPENINGS - 1):
        database.write(sharing.revoke, own, share_id=share_id)
        share_id = database.write(sharing.share, own, reader=RouteReader.HEAD, of=group_id).shares[0].share_id
    database.write(sharing.revoke, own, share_id=share_id)
    with pytest.raises(DomainError, match="route_opened_often"):
        database.write(sharing.share, own, reader=RouteReader.HEAD, of=group_id)
    later = callers.person(member, NOW + timedelta(days=1, minutes=1))
    assert database.write(sharing.share, later, reader=RouteReader.HEAD, of=group_id).shares[0].revoked_at is None


async def test_a_head_who_is_writing_when_the_route_closes_is_told_so_and_nothing_arrives(town: Town) -> None:
    town.clock.moment = NOW
    head = await town.teacher(2001, "Мудрая Нина Павловна")
    group_id = union(town.database, town.read(person_of, external_id=2001))
    member, share_id = open_to_head(town.database, group_id, NOW)
    town.write(heard, now=NOW)
    await say(head, "/route")
    await tap(head, "Мне открыли: 1")
    await tap(head, "Юная Вера")
    await tap(head, "Написать комментарий")
    hostile = "</b><a href='tg://user?id=1'>Слово & дело</a>"
    assert hostile in await say(head, hostile), "markup is text"
    town.write(lambda session: session.execute(delete(RouteComment)))
    await tap(head, "Написать комментарий")
    town.write(sharing.revoke, callers.person(member, NOW), share_id=share_id)
    told = await say(head, "<b>Слово</b> вдогонку")
    assert "Этого здесь уже нет" in told
    assert town.read(every, RouteComment.text) == []
    await say(head, "/route")
    assert not any("Мне открыли" in one for one in (await head.last()).buttons)
