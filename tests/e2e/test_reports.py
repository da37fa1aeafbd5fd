"""Step 7 of the story: the reports print the source's figures, on the page, as a picture and in a workbook."""

import re
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from playwright.async_api import Browser, Page, expect

from tests.support.stage import Stage
from tests.support.windows import digits, panel_of, saved

ABSENT = {
    "Варненский МР",
    "Кизильский МР",
    "Локомотивный ГО",
    "Нагайбакский МР",
    "Пластовский МР",
    "Троицкий МР",
    "Уйский МР",
}


async def open_funnel(stage: Stage, page: Page) -> None:
    campaign = stage.value("select id from campaign where code = 'rma-2023'")
    await page.goto(f"{stage.panel_url}/reports/selection?campaign={campaign}")


async def test_the_funnel_prints_the_source_s_figures(stage: Stage, browser: Browser) -> None:
    async with panel_of(browser, stage, "region") as page:
        await open_funnel(stage, page)
        tiles = digits(" ".join(await page.locator(".tiles").all_inner_texts()))
        for figure in ("629", "458", "171"):
            assert re.search(rf"\b{figure}\b", tiles), f"{figure} is not among the figures: {tiles}"
        assert "36 из 43" in tiles
        names = await page.locator("ul.names li").all_inner_texts()
        assert set(names) == ABSENT
        await expect(page.locator("main").first).to_contain_text("Не участвовали 7 муниципалитетов (16 %)")
        sums = [digits(text) for text in await page.locator("tr.sum").all_inner_texts()]
        assert len(sums) == 2, "by direction and by municipality"
        assert all(re.search(r"629\s+458\s+171", text) for text in sums), sums
        bar = page.locator("main svg.bar").first
        await bar.scroll_into_view_if_needed()
        assert await bar.evaluate("bar => bar.querySelector('rect').getBoundingClientRect().width") > 1


async def test_the_workbook_says_what_the_page_says(stage: Stage, browser: Browser) -> None:
    async with panel_of(browser, stage, "region") as page:
        await open_funnel(stage, page)
        async with page.expect_download() as waiting:
            await page.locator("a[href*='.xlsx']").first.click()
        book = load_workbook(BytesIO(await saved(await waiting.value)), read_only=True)
    rows = {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}
    found = [row for sheet in rows.values() for row in sheet]
    assert any(_has(row, 629, 458, 171) for row in found)
    names = {cell for row in found for cell in row if isinstance(cell, str)}
    assert names >= ABSENT
    chelyabinsk = next(row for row in found if "Челябинский ГО" in row)
    assert _has(chelyabinsk, 124, 84, 40)


async def test_the_heat_table_masks_small_groups(stage: Stage, browser: Browser) -> None:
    async with panel_of(browser, stage, "region") as page:
        await page.goto(f"{stage.panel_url}/reports/deficits")
        heat = page.locator("table.heat")
        await expect(heat).to_be_visible()
        assert await heat.locator("thead th").count() == 2 + 6, "municipality, people, six components"
        shown = await heat.locator("tbody tr").all_inner_texts()
        for line in shown:
            people = int(digits(line).split("\t")[1])
            assert people >= 5, line
        assert not any(line.startswith(("Локомотивный ГО", "Троицкий МР")) for line in shown), "fewer than five people"
        await expect(page.locator("main").first).to_contain_text("Локомотивный ГО")
        await heat.locator("tbody th a").first.click()
        await expect(page).to_have_url(re.compile(r"/reports/deficits\?municipality=\d+"))
        await page.go_back()
        await heat.locator("tbody td a").first.click()
        await expect(page).to_have_url(re.compile(r"/reports/deficits/\d+/\w+"))


async def test_attendance_is_a_page_and_a_workbook(stage: Stage, browser: Browser) -> None:
    async with panel_of(browser, stage, "region") as page:
        await page.goto(f"{stage.panel_url}/reports/events?by=format")
        total = digits(await page.locator("main tr", has_text="Всего").inner_text()).split()
        events, seated, attended = (int(figure) for figure in total[1:4])
        assert events == await _figure(page, "Событий")
        assert seated == await _figure(page, "Записано")
        assert attended == await _figure(page, "Пришли")
        async with page.expect_download() as waiting:
            await page.locator("a[href*='.xlsx']").first.click()
        book = load_workbook(BytesIO(await saved(await waiting.value)), read_only=True)
        found = [list(row) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)]
        assert any(_has(row, events, seated, attended) for row in found)


async def _figure(page: Page, name: str) -> int:
    """The number of a tile."""
    text = await page.locator(".tiles > *", has_text=name).first.inner_text()
    return int(re.findall(r"\d+", digits(text))[0])


def _has(row: list[Any], *figures: int) -> bool:
    """Whether these figures stand in the row in this order, side by side."""
    numbers = [cell for cell in row if isinstance(cell, int | float) and not isinstance(cell, bool)]
    return any(tuple(numbers[at : at + len(figures)]) == figures for at in range(len(numbers)))
