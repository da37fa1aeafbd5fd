"""Results of a contest: all at once and by a list, told once to each as it is right, found as a diploma, counted."""

import io
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.events import notices as bot_notices
from db import erasure
from db.accounts.models import Staff
from db.accounts.staff_queries import scope_of
from db.audit.models import AuditEntry, AuditSubject
from db.caller import StaffCaller
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Term, TermKind
from db.errors import ConflictError, DomainError, NotFoundError
from db.events import hosts, staff_services, sweeps
from db.events.hosts import ResultMark
from db.events.models import Event, EventStatus, Registration
from db.imports import queries as import_queries
from db.imports import services as imports
from db.imports import whole
from db.imports.models import ImportKind, UploadChange
from db.indicators.formulas import Window, things
from db.indicators.models import Formula, IndicatorMeasure, MeasureKind
from db.notices.models import Notice
from db.people.models import Person
from db.scope import StaffRole
from db.spreadsheet import Grid
from locales import translator
from tests.events.support import REGION, RULES, heard, make_people
from tests.events.test_turns import came, contest
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import Town, person_of

TITLE = "Обратная связь за две минуты"
HOME = "chelyabinsky-go"
HEADER = ["ФИО", "Место работы", "Событие", "Дата", "Итог"]


class Held:
    """A contest of yesterday with those who were there, and what a methodist and the minutes do to it."""

    def __init__(self, database: Database, clock: FrozenClock, *, count: int = 4, first: int = 2001) -> None:
        self.database, self.clock = database, clock
        self.event_id, self.known = database.write(contest, clock.now())
        self.people = database.write(make_people, count=count, now=clock.now(), first=first)
        self.numbers = database.write(came, self.event_id, self.people, clock.now())

    @property
    def staff(self) -> StaffCaller:
        return callers.staff(REGION, self.clock.now())

    def award(self, *results: str | None, was: tuple[str | None, ...] = ()) -> int:
        """The results of the first of them, in their order."""
        seen = was or (None,) * len(results)
        marks = [
            ResultMark(number, self.known.get(before or ""), self.known.get(now or ""))
            for number, before, now in zip(self.numbers, seen, results, strict=False)
        ]
        return self.database.write(hosts.award, self.staff, event_id=self.event_id, marks=marks)

    def later(self, **parts: int) -> None:
        """Time passes, and what is due is said and goes out."""
        self.clock.moment += timedelta(**parts)
        self.database.write(sweeps.sweep, callers.clock(self.clock.now()), rules=RULES)

    def out(self) -> None:
        self.database.write(heard, now=self.clock.now())

    def told(self) -> list[tuple[int, str | None, bool, str]]:
        """Who was told what of a result, whether as a correction, and what became of it."""
        rows = select(Notice).where(Notice.kind == "events.result").order_by(Notice.id)
        return [
            (self.people.index(one.person_id), one.params["result"], one.params["corrected"], one.status.value)
            for one in self.database.read(lambda session: session.scalars(rows).all())
        ]

    def stands(self) -> list[int | None]:
        query = select(Registration.result_id).where(Registration.event_id == self.event_id).order_by(Registration.id)
        return self.database.read(lambda session: list(session.scalars(query)))


@pytest.fixture
def held(database: Database, clock: FrozenClock) -> Held:
    return Held(database, clock)


def journal(session: Session) -> list[tuple[str, int]]:
    """Lines about results, with how many people each names."""
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "events.award")).all()
    subjects = list(session.scalars(select(AuditSubject.entry_id)))
    return [(entry.action, subjects.count(entry.id)) for entry in entries]


def test_the_results_of_all_are_one_deed_with_one_line_of_the_journal(held: Held) -> None:
    assert held.award("winner", "prize", None, "laureate") == 3
    assert held.stands() == [held.known["winner"], held.known["prize"], None, held.known["laureate"]]
    assert held.database.read(journal) == [("events.award", 3)]
    same = ("winner", "prize", None, "laureate")
    assert held.award(*same, was=same) == 0
    assert held.award(*same) == 0, "the same said by another who had not seen it"
    assert len(held.database.read(journal)) == 1, "what changes nothing is no deed"


def test_of_two_who_said_something_else_the_second_writes_nothing(held: Held) -> None:
    held.award("winner")
    with pytest.raises(ConflictError):
        held.award("prize", "laureate")
    assert held.stands() == [held.known["winner"], None, None, None]


def test_a_name_put_right_on_an_old_page_leaves_the_result_that_another_has_said_since(
    held: Held, clock: FrozenClock, tmp_path: Path
) -> None:
    """The form of a name carried the result as it had stood: saving it took the winner's place back, and told them."""
    account(held.database, clock, "region", StaffRole.REGIONAL_METHODIST)
    panel, number, winner = Visitor(make_panel(held.database, clock, tmp_path)), held.numbers[0], held.known["winner"]
    panel.sign_in("region")
    form = {"dative": "Педагогу Первому", f"was-{number}": "", f"result-{number}": ""}
    held.award("winner")
    panel.post(f"/events/{held.event_id}/people/{number}/spell", form)
    assert held.stands()[0] == winner
    assert f'name="was-{number}" value="{winner}"' in panel.text(f"/events/{held.event_id}")
    assert 'value="Педагогу Первому"' in panel.text(f"/events/{held.event_id}")
    other = {**form, f"result-{number}": str(held.known["prize"])}
    page = panel.post(f"/events/{held.event_id}/people/{number}/spell", other, follow_redirects=True)
    assert "Пока вы смотрели" in page.get_data(as_text=True) and held.stands()[0] == winner
    right = {**other, f"was-{number}": str(winner)}
    panel.post(f"/events/{held.event_id}/people/{number}/spell", right)
    assert held.stands()[0] == held.known["prize"]
    foreign = {"dative": "", f"was-{held.numbers[1]}": "", f"result-{held.numbers[1]}": str(winner)}
    assert panel.post(f"/events/{held.event_id}/people/{number}/spell", foreign).status_code == 404


def test_who_turns_out_not_to_have_come_has_no_result_and_hears_of_none(held: Held) -> None:
    """A mark taken back left the result: who had never been there was congratulated, and counted as a winner."""
    held.award("winner", "prize")
    for present in (False, True):
        held.database.write(staff_services.mark, held.staff, registration_id=held.numbers[0], present=present)
        assert held.stands()[:2] == [None, held.known["prize"]]
    held.later(minutes=10)
    assert [who for who, *_ in held.told()] == [1]
    held.out()
    held.database.write(staff_services.mark, held.staff, registration_id=held.numbers[1], present=False)
    held.later(minutes=10)
    assert held.told()[-1] == (1, None, True, "pending"), "who had heard of it hears that it was a mistake"
    last = held.database.read(lambda session: session.scalars(select(Notice).order_by(Notice.id.desc())).first())
    assert last is not None
    screen = bot_notices.result(translator("ru"), last.params, callers.ZONE)
    assert "сертификат" not in screen.text and len(screen.rows) == 1, "there is no certificate to be had"


def test_of_a_long_list_nothing_is_lost_when_one_of_them_turns_out_not_to_have_come(
    held: Held, clock: FrozenClock, tmp_path: Path
) -> None:
    """A colleague had taken one mark back meanwhile: «not found» stood in the place of all that was chosen."""
    account(held.database, clock, "region", StaffRole.REGIONAL_METHODIST)
    panel, page = Visitor(make_panel(held.database, clock, tmp_path)), f"/events/{held.event_id}/results"
    panel.sign_in("region")
    laureate = str(held.known["laureate"])
    form = {f"result-{number}": laureate for number in held.numbers} | {f"was-{number}": "" for number in held.numbers}
    held.database.write(staff_services.mark, held.staff, registration_id=held.numbers[0], present=False)
    refused = panel.post(page, form)
    text = refused.get_data(as_text=True)
    assert refused.status_code == 200 and "Пока вы смотрели" in text
    assert text.count(f'value="{laureate}" selected') == 3 and held.stands() == [None] * 4
    for name in ("result", "was"):
        del form[f"{name}-{held.numbers[0]}"]
    panel.post(page, form)
    assert held.stands() == [None] + [held.known["laureate"]] * 3


def test_only_those_who_came_to_a_contest_have_results_and_only_known_ones(held: Held) -> None:
    other, _ = held.database.write(contest, held.clock.now())
    (theirs,) = held.database.write(came, other, held.people[:1], held.clock.now())
    missed = update(Registration).where(Registration.id == held.numbers[3]).values(attended_at=None)
    held.database.write(lambda session: session.execute(missed))
    for number, result in (
        (theirs, held.known["winner"]),
        (held.numbers[3], held.known["winner"]),
        (10**6, held.known["winner"]),
        (held.numbers[0], 10**6),
    ):
        marks = [ResultMark(held.numbers[1], None, held.known["prize"]), ResultMark(number, None, result)]
        with pytest.raises(ConflictError if number == held.numbers[3] else NotFoundError):
            held.database.write(hosts.award, held.staff, event_id=held.event_id, marks=marks)
    assert held.stands() == [None] * 4, "one wrong line, and nothing of it is written"


def test_each_hears_of_the_own_result_once_when_it_has_stood_for_ten_minutes(held: Held) -> None:
    held.award("winner", "prize")
    held.later(minutes=9)
    assert held.told() == []
    held.award("prize", was=("winner",))
    held.later(minutes=9)
    assert held.told() == [(1, "призёр", False, "pending")], "the first was put right meanwhile: ten minutes anew"
    held.later(minutes=1)
    for _ in range(3):
        held.later(minutes=1)
    assert [(who, result) for who, result, *_ in held.told()] == [(1, "призёр"), (0, "призёр")]


def test_a_slip_that_nobody_heard_of_is_never_told_and_one_that_was_heard_is_put_right(held: Held) -> None:
    held.award("winner", "winner")
    held.later(minutes=5)
    held.award(None, "winner", was=("winner", "winner"))
    held.later(minutes=10)
    held.out()
    assert held.told() == [(1, "победитель", False, "sent")]
    held.award(None, "laureate", was=(None, "winner"))
    held.later(minutes=10)
    held.out()
    held.award(None, None, was=(None, "laureate"))
    held.later(minutes=10)
    assert held.told()[1:] == [(1, "лауреат", True, "sent"), (1, None, True, "pending")]


def test_what_waits_in_the_outbox_is_replaced_and_not_followed(held: Held) -> None:
    held.award("winner")
    held.later(minutes=10)
    held.award("prize", was=("winner",))
    held.later(minutes=10)
    assert held.told() == [(0, "победитель", False, "cancelled"), (0, "призёр", False, "pending")]
    held.award(None, was=("prize",))
    held.later(minutes=10)
    assert [status for *_, status in held.told()] == ["cancelled", "cancelled"], "nobody heard: no word of none"


def test_nobody_hears_at_night_or_before_the_end_or_of_what_was_entered_as_it_had_been(
    database: Database, clock: FrozenClock
) -> None:
    night = clock.now().replace(hour=17)  # ten in the evening there
    clock.moment = night
    held = Held(database, clock)
    ends = update(Event).where(Event.id == held.event_id).values(ends_at=night + timedelta(hours=13))
    database.write(lambda session: session.execute(ends))
    held.award("winner")
    held.later(hours=1)
    held.later(hours=11)
    assert held.told() == [], "ten in the morning: it is not over"
    held.later(hours=2)
    assert len(held.told()) == 1
    paper = Held(database, clock, first=3001)
    entered = update(Event).where(Event.id == paper.event_id).values(recorded=True)
    database.write(lambda session: session.execute(entered))
    paper.award("winner")
    paper.later(minutes=11)
    assert len(held.told()) == 1
    untold = select(Registration.id).where(Registration.result_id.is_distinct_from(Registration.told_result_id))
    assert database.read(lambda session: session.scalars(untold).all()) == [], "and it is not looked at again"


def test_on_a_holiday_it_waits_for_the_next_day(held: Held) -> None:
    day = (held.clock.now() + timedelta(minutes=10)).date()
    held.award("winner")
    held.clock.moment += timedelta(minutes=10)
    clock = callers.clock(held.clock.now())
    closed = replace(RULES, holidays=(f"{day:%Y-%m-%d}",))
    held.database.write(sweeps.sweep, clock, rules=closed)
    assert held.told() == []
    held.later(days=1)
    assert len(held.told()) == 1


def account(database: Database, clock: FrozenClock, login: str, role: StaffRole, *places: str) -> StaffCaller:
    number = database.write(add_staff, login=login, role=role, municipalities=places, now=clock.now())
    return callers.staff(database.read(lambda session: scope_of(session.get_one(Staff, number))), clock.now())


def brought(database: Database, caller: StaffCaller, *rows: tuple[str, ...], header: list[str] = HEADER) -> int:
    """A list of results that was read; the first line under the header is the second of the file."""
    grid = Grid(header, [(line, list(row)) for line, row in enumerate(rows, 2)])
    return database.write(imports.keep, caller, kind=ImportKind.RESULTS, title="итоги.xlsx", grid=grid)


def one(who: int, result: str, *, event: str = TITLE, work: str = "", day: str = "01.03.2026") -> tuple[str, ...]:
    return f"Педагог {who}", work, event, day, result


def test_a_list_is_looked_at_brought_in_and_taken_back_before_anybody_hears(held: Held, clock: FrozenClock) -> None:
    database, staff = held.database, account(held.database, clock, "region", StaffRole.REGIONAL_METHODIST)
    held.award(None, None, "laureate")
    rows = one(0, "Победитель"), one(1, "призер"), one(2, "участник"), one(3, "")
    number = brought(database, staff, *rows)
    plan = database.read(import_queries.preview, staff, upload_id=number).plan
    assert plan is not None and not plan.errors
    assert [change.label for change in plan.changes] == [
        "Педагог 0 — победитель",
        "Педагог 1 — призёр",
        "Педагог 2 — участник",
    ]
    assert held.stands() == [None, None, held.known["laureate"], None], "a dry run"
    assert whole.apply(database, staff, upload_id=number) == (0, 3)
    assert held.stands() == [held.known["winner"], held.known["prize"], None, None]
    held.later(minutes=5)
    assert whole.undo(database, staff, upload_id=number) == (3, 0)
    held.later(minutes=10)
    assert [(who, result) for who, result, *_ in held.told()] == [(2, "лауреат")], "what the list said nobody heard"


def test_who_works_in_another_town_by_now_takes_no_list_of_the_region_back(held: Held, clock: FrozenClock) -> None:
    """A list goes with the account that brought it in: moved to a town it still wrote into the region's contests."""
    database, staff = held.database, account(held.database, clock, "region", StaffRole.REGIONAL_METHODIST)
    number = brought(database, staff, one(0, "победитель"), one(1, "призёр"))
    whole.apply(database, staff, upload_id=number)
    moved = replace(staff.scope, role=StaffRole.MUNICIPAL_METHODIST, municipality_ids=frozenset({1}))
    with pytest.raises(DomainError, match="imports_beyond"):
        whole.undo(database, callers.staff(moved, clock.now()), upload_id=number)
    assert held.stands()[:2] == [held.known["winner"], held.known["prize"]]
    assert whole.undo(database, staff, upload_id=number) == (2, 0), "nothing of the way back is spent"


def test_a_list_that_is_taken_back_after_people_heard_is_put_right_to_them(held: Held, clock: FrozenClock) -> None:
    staff = account(held.database, clock, "region", StaffRole.REGIONAL_METHODIST)
    number = brought(held.database, staff, one(0, "победитель"), one(1, "призёр"))
    whole.apply(held.database, staff, upload_id=number)
    held.later(minutes=10)
    held.out()
    held.award(None, "laureate", was=(None, "prize"))
    assert whole.undo(held.database, staff, upload_id=number) == (1, 1), "what somebody changed since stays"
    held.later(minutes=10)
    assert held.told()[2:] == [(0, None, True, "pending"), (1, "лауреат", True, "pending")]


def test_what_is_wrong_in_a_list_is_named_by_row_and_nothing_comes_in(held: Held, clock: FrozenClock) -> None:
    database = held.database
    twin = Person(full_name="Педагог 3", created_at=clock.now(), municipality_id=1)
    database.write(lambda session: session.add(twin))
    other = database.read(lambda session: session.scalars(select(Person.id).order_by(Person.id.desc())).first()) or 0
    database.write(came, held.event_id, [other], clock.now())
    staff = account(database, clock, "region", StaffRole.REGIONAL_METHODIST)
    number = brought(
        database,
        staff,
        one(0, "победитель"),
        one(0, "призёр"),
        one(1, "первое место"),
        one(9, "призёр"),
        one(3, "призёр"),
        one(2, "призёр", event="Другой конкурс"),
        one(2, "призёр", day="02.03.2026"),
        one(2, "призёр", day="вчера"),
        ("=СУММ(1)", "", TITLE, "", "призёр"),
    )
    plan = database.read(import_queries.preview, staff, upload_id=number).plan
    assert plan is not None
    assert [(wrong.line, wrong.column, wrong.code) for wrong in plan.errors] == [
        (3, "full_name", "row_twice"),
        (4, "result", "row_result"),
        (5, "full_name", "row_not_there"),
        (6, "full_name", "row_namesakes"),
        (7, "event", "row_contest"),
        (8, "event", "row_contest"),
        (9, "held_on", "row_day"),
        (10, "full_name", "row_formula"),
    ]
    with pytest.raises(DomainError, match="imports_wrong"):
        whole.apply(database, staff, upload_id=number)
    assert held.stands() == [None] * 5


def test_of_two_contests_of_one_name_the_day_tells_and_another_towns_is_none(
    database: Database, clock: FrozenClock
) -> None:
    first, second = Held(database, clock), Held(database, clock, first=3001)
    moved = update(Event).where(Event.id == second.event_id)
    back = clock.now() - timedelta(days=8)
    database.write(lambda session: session.execute(moved.values(starts_at=back, ends_at=back + timedelta(hours=1))))
    staff = account(database, clock, "region", StaffRole.REGIONAL_METHODIST)
    rows = one(0, "победитель", day=""), one(0, "победитель", event='"Обратная связь за две минуты"', day="")
    plan = database.read(import_queries.preview, staff, upload_id=brought(database, staff, *rows)).plan
    assert plan is not None and [wrong.code for wrong in plan.errors] == ["row_contests", "row_contest"]
    whole.apply(database, staff, upload_id=brought(database, staff, one(0, "победитель", day="2026-02-22")))
    assert (first.stands()[0], second.stands()[0]) == (None, first.known["winner"])
    code = database.read(lambda session: session.get_one(Event, first.event_id).code)
    whole.apply(database, staff, upload_id=brought(database, staff, one(0, "победитель", event=code, day="")))
    assert first.stands()[0] == first.known["winner"]
    town = account(database, clock, "town", StaffRole.MUNICIPAL_METHODIST, HOME)
    plan = database.read(import_queries.preview, town, upload_id=brought(database, town, one(1, "призёр"))).plan
    assert plan is not None and [wrong.code for wrong in plan.errors] == ["row_contest"], "the region's is not its own"


def test_an_erasure_takes_what_a_list_changed_along(held: Held, clock: FrozenClock) -> None:
    staff = account(held.database, clock, "region", StaffRole.ADMINISTRATOR)
    whole.apply(held.database, staff, upload_id=brought(held.database, staff, one(0, "победитель"), one(1, "призёр")))
    waits = brought(held.database, staff, one(0, "победитель"))
    held.database.write(erasure.erase, staff, person_id=held.people[0], requested_by="operator")
    rows = held.database.read(lambda session: session.scalars(select(UploadChange.row_id)).all())
    assert rows == [held.numbers[1]]
    assert not held.database.read(import_queries.preview, staff, upload_id=waits).header, "a list that names them goes"
    held.later(minutes=10)
    assert [who for who, *_ in held.told()] == [1]


def test_the_page_saves_all_at_once_and_its_table_comes_back_as_a_list(
    held: Held, clock: FrozenClock, tmp_path: Path
) -> None:
    account(held.database, clock, "region", StaffRole.REGIONAL_METHODIST)
    panel = Visitor(make_panel(held.database, clock, tmp_path))
    panel.sign_in("region")
    page, (first, second, third, _) = f"/events/{held.event_id}/results", held.numbers
    assert page in panel.text(f"/events/{held.event_id}")
    chosen = {f"was-{first}": "", f"result-{first}": str(held.known["winner"]), f"result-{second}": ""}
    panel.post(page, chosen)
    text = panel.text(page)
    assert "Сохранён 1 итог" in text and text.count(" selected") == 1
    late = {**chosen, f"result-{first}": str(held.known["prize"]), f"result-{third}": str(held.known["laureate"])}
    refused = panel.post(page, late).get_data(as_text=True)
    assert f'value="{held.known["prize"]}" selected' in refused, "what was chosen stays on the page"
    assert held.stands() == [held.known["winner"], None, None, None]
    book = openpyxl.load_workbook(io.BytesIO(panel.get(f"{page}.xlsx").data))
    told = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert [row[-1] for row in told[1:]] == ["победитель", "", "", ""] and told[1][0] == "Педагог 0"
    for row, said in enumerate(("призёр", "лауреат", "участник"), 2):
        book.active.cell(row, 5, said)
    out = io.BytesIO()
    book.save(out)
    sent = panel.post("/imports/", {"kind": "results", "file": (io.BytesIO(out.getvalue()), "итоги.xlsx")})
    look = sent.headers["Location"]
    text = panel.text(look)
    assert "Добавится 0, изменится 2, уже есть 2." in text and "Педагог 0 — призёр" in text
    assert "result_at" not in text and "imports.value" not in text
    panel.post(f"{look}/apply")
    assert held.stands() == [held.known["prize"], held.known["laureate"], None, None]
    panel.post(f"{look}/undo")
    assert held.stands() == [held.known["winner"], None, None, None]


def test_the_page_promises_no_word_where_none_is_sent(held: Held, clock: FrozenClock, tmp_path: Path) -> None:
    """A contest that was entered after it had been told nobody of a result, and its page said that the bot would."""
    held.database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    panel = Visitor(make_panel(held.database, clock, tmp_path))
    panel.sign_in("region")
    page = f"/events/{held.event_id}/results"
    assert "Бот сообщит каждому" in panel.text(page)
    entered = update(Event).where(Event.id == held.event_id).values(recorded=True)
    held.database.write(lambda session: session.execute(entered))
    assert "Бот сообщит" not in panel.text(page) and "бот об итогах не пишет" in panel.text(page)


def test_what_is_no_contest_has_no_page_of_results(held: Held, clock: FrozenClock, tmp_path: Path) -> None:
    form = select(Term.id).where(Term.kind == TermKind.EVENT_FORMAT, Term.group.is_(None))
    held.database.write(lambda session: session.execute(update(Event).values(format_id=session.scalars(form).first())))
    account(held.database, clock, "region", StaffRole.REGIONAL_METHODIST)
    panel = Visitor(make_panel(held.database, clock, tmp_path))
    panel.sign_in("region")
    assert "/results" not in panel.text(f"/events/{held.event_id}")
    assert {panel.get(f"/events/{held.event_id}/results{end}").status_code for end in ("", ".xlsx")} == {404}


async def test_a_winner_hears_of_it_and_finds_the_diploma(town: Town) -> None:
    vera = await town.teacher(2001, "Тестова Вера Ивановна")
    me = town.read(person_of, external_id=2001)
    event_id, known = town.write(contest, town.clock.now())
    (number,) = town.write(came, event_id, [me], town.clock.now())
    mark = ResultMark(number, None, known["winner"])
    town.write(hosts.award, callers.staff(REGION, town.clock.now()), event_id=event_id, marks=[mark])
    town.move(minutes=11)
    await town.sweep()
    await vera.wait_for("Итог конкурса")
    told = await vera.last()
    assert "Итог конкурса: победитель" in told.text and TITLE in told.text
    await vera.tap("Получить диплом")
    await vera.settle()
    paper = await vera.last()
    assert paper.document is not None and "Ваш диплом" in paper.text
    await (await vera.send("/my")).settle()
    await vera.tap("Прошедшие")
    await vera.settle()
    assert "ваш итог: победитель" in (await vera.last()).text
    await vera.tap(TITLE[:10])
    await vera.settle()
    card = await vera.last()
    assert "Ваш итог: победитель" in card.text and "Получить диплом" in card.buttons


def counted(database: Database, now: datetime, town: int | None = None, **params: Any) -> tuple[int, list[int]]:
    """What the indicator comes to, and the events that it opens."""
    measure = IndicatorMeasure(kind=MeasureKind.COUNT, formula=Formula.CONTEST_RESULTS, params=params)
    window = Window.of(callers.staff(REGION, now), town, (now - timedelta(days=30)).date(), now.date())
    found = things(measure, window)
    assert found is not None
    rows = database.read(lambda session: session.execute(found).all())
    return sum(row.many for row in rows), sorted(row.id for row in rows)


def test_the_indicator_counts_results_by_level_and_result_as_by_hand(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    first, second, third = (Held(database, clock, first=number) for number in (2001, 3001, 4001))
    first.award("winner", "prize", "laureate")
    second.award("winner", "winner")
    third.award("winner")
    levels = dict(
        database.read(
            lambda session: session.execute(select(Term.code, Term.id).where(Term.kind == TermKind.EVENT_LEVEL)).all()
        )
    )

    def placed(session: Session) -> None:
        session.execute(update(Event).where(Event.id == first.event_id).values(level_id=levels["regional"]))
        session.execute(update(Event).where(Event.id == second.event_id).values(level_id=levels["municipal"]))
        session.execute(update(Event).where(Event.id == third.event_id).values(status=EventStatus.CANCELLED))
        session.execute(update(Registration).where(Registration.id == first.numbers[1]).values(municipality_id=2))
        session.execute(update(Registration).where(Registration.id == second.numbers[0]).values(municipality_id=2))

    database.write(placed)
    both = [first.event_id, second.event_id]
    assert counted(database, now) == (5, both), "what was called off is not counted"
    assert counted(database, now, levels=["regional"]) == (3, both[:1])
    assert counted(database, now, results=["winner", "prize"]) == (4, both)
    assert counted(database, now, levels=["municipal"], results=["prize"]) == (0, [])
    assert counted(database, now, town=2) == (2, both), "of whom the region's contest has, each town its own"
    assert counted(database, now, town=2, levels=["regional"], formats=["contest"]) == (1, both[:1])
