"""What a region's own form of a memo is filled with, tried with and told of: pure."""

from datetime import date

from db.memos.rules import (
    LONGEST_TABLE,
    MOST_COLUMNS,
    TABLES,
    Memo,
    MemoKind,
    MemoPart,
    MemoTable,
    cut,
    form_values,
    palette,
    row_of,
    sample_values,
    year_before,
)

EMPTY = {f"c{number}": "" for number in range(1, 13)}


def row(*values: str) -> dict[str, str]:
    return EMPTY | {f"c{number}": value for number, value in enumerate(values, 1)}


def test_a_row_has_twelve_columns_and_what_is_beyond_stays_out() -> None:
    assert MOST_COLUMNS == 12
    assert row_of([]) == EMPTY
    assert row_of(["Март", "5"]) == row("Март", "5")
    assert row_of([str(number) for number in range(1, 15)]) == {f"c{n}": str(n) for n in range(1, 13)}


def test_a_form_gets_every_field_and_what_the_memo_does_not_tell_is_empty() -> None:
    months = MemoTable("months", "По месяцам", ["Месяц", "Число"], [["Февраль", "2"], ["Март", "1"]], "журнал")
    other = MemoTable("unheard", "Иное", [], [["1"]], "журнал")
    part = MemoPart(MemoKind.EVENTS, "Мероприятия", ["Прошло три.", "Было людно."], [months, other])
    plan = MemoPart(MemoKind.PLAN, "План", [])
    memo = Memo(MemoKind.YEAR, "Справка", "Служба", "район", date(2026, 2, 1), date(2026, 3, 2), [part, plan])
    found = form_values(memo, "1 февраля", "2 марта")
    assert {name: found.pop(name) for name in ("service", "title", "unit", "since", "made")} == {
        "service": "Служба",
        "title": "Справка",
        "unit": "район",
        "since": "1 февраля",
        "made": "2 марта",
    }
    assert found.pop("events") == {
        "text": "Прошло три. Было людно.",
        "sentences": ["Прошло три.", "Было людно."],
        "months": [row("Февраль", "2"), row("Март", "1")],
        "formats": [],
        "places": [],
    }
    assert found.pop("plan") == {"text": "", "sentences": [], "plan": [], "overdue": []}
    assert set(found) == {kind.value for kind in TABLES} - {"events", "plan"}
    assert found["network"] == {"text": "", "sentences": [], "partners": [], "agreements": [], "visits": []}


def test_a_form_is_tried_with_a_word_everywhere_and_two_rows_a_table() -> None:
    found = sample_values("слово")
    full = {f"c{number}": "слово" for number in range(1, 13)}
    for name in ("service", "title", "unit", "since", "made"):
        assert found.pop(name) == "слово"
    assert found.pop("mentoring") == {"text": "слово", "sentences": ["слово", "слово"], "pairs": [full, full]}
    assert {kind: set(fields) - {"text", "sentences"} for kind, fields in found.items()} == {
        kind.value: set(names) for kind, names in TABLES.items() if kind is not MemoKind.MENTORING
    }


def test_the_palette_names_every_field_as_it_is_typed() -> None:
    found = palette()
    assert found[:5] == ["{{ service }}", "{{ title }}", "{{ unit }}", "{{ since }}", "{{ made }}"]
    assert found[5:9] == [
        "{{ diagnostics.text }}",
        "{%tr for row in diagnostics.components %}",
        "{%tr for row in diagnostics.deficits %}",
        "{%tr for row in diagnostics.coverage %}",
    ]
    assert found[-4:] == ["{{ chain.text }}", "{%tr for row in chain.chain %}", "{{ row.c1 }}", "{%tr endfor %}"]
    assert len(found) == 5 + len(TABLES) + sum(map(len, TABLES.values())) + 2


def test_a_long_table_is_cut_and_says_how_much_is_left_out() -> None:
    rows = [[str(number)] for number in range(LONGEST_TABLE + 3)]
    assert cut(rows) == (rows[:60], 3)
    assert cut(rows[:60]) == (rows[:60], 0) and cut([]) == ([], 0)


def test_a_year_before_is_the_first_of_the_same_month() -> None:
    assert year_before(date(2026, 3, 31)) == date(2025, 3, 1)
