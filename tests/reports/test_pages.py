"""The pages, pictures and workbooks, for every kind of account."""

import io
import re
from collections import OrderedDict
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from admin import charts
from db.applications.models import Campaign
from db.audit.models import AuditEntry
from db.database import Database
from db.dictionaries.models import Municipality
from db.scope import StaffRole

PAGES = (
    "/reports/",
    "/reports/selection",
    "/reports/deficits",
    "/reports/deficits?measure=share&sort=digital",
    "/reports/deficits?measure=need&position=1",
    "/reports/events",
    "/reports/events?by=format",
    "/reports/events?by=municipality",
    "/reports/events?by=component&since=2020-01-01",
)
SHEETS = ("/reports/selection.xlsx", "/reports/deficits.xlsx", "/reports/events.xlsx")
PICTURES = (
    "/reports/selection/directions",
    "/reports/selection/municipalities",
    "/reports/deficits",
    "/reports/events",
)


@pytest.mark.parametrize("role", [StaffRole.ADMINISTRATOR, StaffRole.REGIONAL_METHODIST, StaffRole.READER])
def test_every_report_opens_for_the_region(visit, role: StaffRole) -> None:  # type: ignore[no-untyped-def]
    visitor = visit(role)
    for page in PAGES:
        visitor.text(page)
    for sheet in SHEETS:
        assert visitor.get(sheet).status_code == 200


def test_the_funnel_says_what_the_source_says(visit) -> None:  # type: ignore[no-untyped-def]
    text = visit().text("/reports/selection")
    for figure in ("629", "458", "171", "36 из 43", "7 муниципалитетов (16 %)", "Локомотивный ГО", "Уйский МР"):
        assert figure in text


def test_a_municipal_methodist_sees_nothing_foreign(visit, demo: Database) -> None:  # type: ignore[no-untyped-def]
    visitor = visit(StaffRole.MUNICIPAL_METHODIST, "magnitogorsky-go")
    with demo.engine.connect() as connection:
        names = {row.name for row in connection.execute(select(Municipality.name))} - {"Магнитогорский ГО"}
        foreign = connection.execute(select(Municipality.id).where(Municipality.code == "chelyabinsky-go")).scalar()
    for page in PAGES:
        text = visitor.text(page)
        assert not {name for name in names if name in text}, page
    for sheet in SHEETS:
        book = load_workbook(io.BytesIO(visitor.get(sheet).data))
        said = {str(cell.value) for page in book for row in page.iter_rows() for cell in row}
        assert not said & names, sheet
    assert visitor.get(f"/reports/deficits/{foreign}/digital").status_code == 404
    assert "43" in visitor.text("/reports/selection")  # 43 approved of 64, not of 43 municipalities


@pytest.mark.parametrize("address", PICTURES)
def test_charts_are_pictures_in_both_forms(visit, address: str) -> None:  # type: ignore[no-untyped-def]
    visitor = visit()
    svg, png = visitor.get(f"{address}.svg"), visitor.get(f"{address}.png?take=1")
    assert ElementTree.fromstring(svg.data).tag.endswith("svg")
    assert png.data.startswith(b"\x89PNG\r\n\x1a\n")
    assert "attachment" in png.headers["Content-Disposition"]


def test_a_picture_is_drawn_once_for_the_same_figures(  # type: ignore[no-untyped-def]
    visit, demo: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, drawn = "/reports/selection/directions.svg", []
    draw = charts._bars
    monkeypatch.setattr(charts, "_kept", OrderedDict())
    monkeypatch.setattr(charts, "_bars", lambda picture, kind: drawn.append(kind) or draw(picture, kind))
    region, town = visit(), visit(StaffRole.MUNICIPAL_METHODIST, "magnitogorsky-go")
    first = region.get(address)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert region.get(address).data == first.data
    known = {"If-None-Match": first.headers["ETag"]}
    again = region.client.get(address, headers=known)
    assert (again.status_code, again.data, drawn) == (304, b"", ["svg"])
    foreign = town.client.get(address, headers=known)
    assert (foreign.status_code, drawn) == (200, ["svg", "svg"]), "other figures are another picture"
    demo.write(lambda session: session.execute(update(Campaign).values(title="Другое название")))
    changed = region.client.get(address, headers=known)
    assert changed.status_code == 200 and changed.headers["ETag"] != first.headers["ETag"]
    taken = region.client.get(f"{address}?take=1", headers=known)
    assert (taken.status_code, taken.headers["Cache-Control"]) == (200, "no-store")


def test_the_workbook_has_the_figures_and_a_frozen_heading(visit) -> None:  # type: ignore[no-untyped-def]
    book = load_workbook(io.BytesIO(visit().get("/reports/selection.xlsx").data))
    assert book.sheetnames == [
        "По направлениям",
        "По муниципалитетам",
        "Не участвовали",
        "Почему отклонили",
        "Об отчёте",
    ]
    directions = book["По направлениям"]
    assert directions.freeze_panes == "B2"
    assert [cell.value for cell in directions[1]][:4] == ["№", "Направление", "Подано", "Одобрено"]
    assert [cell.value for cell in directions[directions.max_row]][1:5] == ["Всего", 629, 458, 171]
    assert book["Не участвовали"].max_row == 8


def test_masked_cells_are_masked_in_the_workbook_too(visit) -> None:  # type: ignore[no-untyped-def]
    book = load_workbook(io.BytesIO(visit().get("/reports/deficits.xlsx").data))
    names = {row[0].value for row in book["Дефицит"].iter_rows(min_row=2)}
    assert "Локомотивный ГО" not in names and "Челябинский ГО" in names
    assert ("Локомотивный ГО", "< 5") in {
        (row[0].value, row[1].value) for row in book["Не показаны"].iter_rows(min_row=2)
    }


@pytest.mark.parametrize("start", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)"])
def test_a_name_that_looks_like_a_formula_stays_a_text(visit, demo: Database, start: str) -> None:  # type: ignore[no-untyped-def]
    demo.write(
        lambda session: session.execute(
            update(Municipality).where(Municipality.code == "chelyabinsky-go").values(name=start)
        )
    )
    book = load_workbook(io.BytesIO(visit().get("/reports/selection.xlsx").data))
    cells = [cell for row in book["По муниципалитетам"].iter_rows() for cell in row if cell.value == start]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]


def test_what_is_taken_away_is_in_the_journal(visit, demo: Database) -> None:  # type: ignore[no-untyped-def]
    visitor = visit(StaffRole.READER)
    visitor.get("/reports/deficits.svg")  # a picture on the page is no export
    visitor.get("/reports/deficits.xlsx?position=1")
    visitor.get("/reports/events.png?take=1&by=format")
    entries = demo.read(
        lambda session: session.scalars(select(AuditEntry).where(AuditEntry.action == "reports.export")).all()
    )
    assert [(entry.details["report"], entry.details["kind"]) for entry in entries] == [
        ("deficits", "xlsx"),
        ("events", "png"),
    ]
    assert entries[0].details["asked"] == {"position": "1"}


@pytest.mark.parametrize(
    "address",
    [
        "/reports/selection?campaign=999",
        "/reports/deficits/999/digital",
        "/reports/deficits/1/nonsense",
        "/reports/selection/nonsense.svg",
        "/reports/deficits.pdf",
    ],
)
def test_what_is_not_there_is_404(visit, address: str) -> None:  # type: ignore[no-untyped-def]
    assert visit().get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/reports/deficits?measure=nonsense&position=x&sort='%22<b>",
        "/reports/events?by=nonsense&since=31.12.2025",
        "/reports/selection?campaign=-1",
    ],
)
def test_nonsense_in_the_address_falls_back(visit, address: str) -> None:  # type: ignore[no-untyped-def]
    assert visit().get(address).status_code == 200


def test_what_is_well_above_the_mean_is_marked_not_only_by_its_colour(visit) -> None:  # type: ignore[no-untyped-def]
    text = visit().text("/reports/deficits")
    table = text.split("<tbody>")[1].split("</tbody>")[0]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in table.split("</tr>") if "<td" in row]
    told = [[(re.search(r">\s*(\d+)", cell), "▲" in cell) for cell in row[1:]] for row in rows]
    means = [int(found[1]) if found else None for found, _ in told[-1]]
    marks = 0
    for row in told[:-1]:
        for (found, marked), mean in zip(row, means, strict=True):
            if found and mean is not None:
                assert marked == (int(found[1]) >= mean + 5), (found[1], mean)
                marks += marked
    assert marks, "somebody is"
