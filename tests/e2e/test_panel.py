"""Step 5 of the story: ways into the panel, what each role sees and may do, «Сегодня»."""

import re

from playwright.async_api import Browser, Page, expect

from tests.support.stage import Stage
from tests.support.windows import chat_of, panel_of, window

WAITING = (
    "select a.id from application a join municipality m on m.id = a.municipality_id "
    "where a.status = 'submitted' and (m.code = ?) = ? order by a.id"
)


async def test_a_wrong_password_is_refused_kindly_and_today_says_what_waits(stage: Stage, browser: Browser) -> None:
    async with window(browser) as page:
        await page.goto(f"{stage.panel_url}/applications/")
        await expect(page).to_have_url(re.compile(r"/login\?next="))
        await page.locator("input[name=login]").fill("region")
        await page.locator("input[name=password]").fill("not the password")
        await page.get_by_role("button", name="Войти").click()
        await expect(page.get_by_role("alert")).to_contain_text("не подходят")
    async with panel_of(browser, stage, "region") as page:
        waiting = stage.value("select count(*) from application where status = 'submitted'")
        await expect(page.locator(".tiles")).to_contain_text(str(waiting))
        await expect(page.locator("main, body").first).to_contain_text("Обратная связь за две минуты")
        await page.locator(".tiles a").first.click()
        await expect(page).to_have_url(re.compile("/applications/"))


async def test_a_link_from_the_chat_opens_the_panel_once(stage: Stage, browser: Browser) -> None:
    async with chat_of(browser, stage, 1006) as chat:
        found = re.search(rf"{stage.panel_url}/link/\S+", await chat.say("/panel"))
        assert found
    async with window(browser) as page:
        await page.goto(found[0])
        await page.goto(found[0])  # a preview in a messenger opens it too: that spends nothing
        await page.get_by_role("button", name="Войти в панель").click()
        await expect(page).to_have_url(f"{stage.panel_url}/")
        await expect(page.locator("body")).to_contain_text("Елена Викторовна")
    async with window(browser) as page:
        await page.goto(found[0])
        await page.get_by_role("button", name="Войти в панель").click()
        await expect(page).to_have_url(re.compile("/login"))
    async with chat_of(browser, stage, 1004) as chat:
        assert "/link/" not in await chat.say("/panel"), "who is no staff gets no link"


async def test_a_municipal_methodist_sees_only_the_own_municipality(stage: Stage, browser: Browser) -> None:
    own = [row[0] for row in stage.rows(WAITING, "chelyabinsky-go", 1)]
    foreign = [row[0] for row in stage.rows(WAITING, "chelyabinsky-go", 0)]
    assert own
    assert foreign
    async with panel_of(browser, stage, "chelyabinsk") as page:
        await page.goto(f"{stage.panel_url}/people/")
        towns = set(await page.locator("table tbody tr").all_inner_texts())
        assert towns
        assert all("Магнитогорский" not in text and "Миасский" not in text for text in towns)
        await page.goto(f"{stage.panel_url}/applications/")
        for line in await page.locator("table tbody tr").all_inner_texts():
            assert "Челябинский ГО" in line
        assert await status_of(page, f"/applications/{own[0]}") == 200
        assert await status_of(page, f"/applications/{foreign[0]}") == 404
        stranger = stage.value(
            "select p.id from person p join municipality m on m.id = p.municipality_id "
            "where m.code = 'magnitogorsky-go' order by p.id"
        )
        assert await status_of(page, f"/people/{stranger}") == 404
        assert await post(page, f"/applications/{foreign[0]}/decide", verdict="approve", revision="1") == 404
    assert stage.value("select status from application where id = ?", foreign[0]) == "submitted"


async def test_a_reader_reads_and_can_not_decide(stage: Stage, browser: Browser) -> None:
    one = stage.rows(WAITING, "chelyabinsky-go", 0)[0][0]
    async with panel_of(browser, stage, "reader") as page:
        assert await status_of(page, f"/applications/{one}") == 403, "a card has a name and documents"
        await page.goto(f"{stage.panel_url}/applications/")
        await expect(page.locator("h1")).to_be_visible()
        await expect(page.get_by_role("button", name="Одобрить")).to_have_count(0)
        assert await post(page, f"/applications/{one}/decide", verdict="approve", revision="1") == 403
        assert await status_of(page, "/events/new") == 403
    assert stage.value("select status from application where id = ?", one) == "submitted"
    assert stage.value("select count(*) from decision where application_id = ?", one) == 0


async def status_of(page: Page, path: str) -> int:
    """What the server answers whoever is signed in at this page."""
    status: int = await page.evaluate("path => fetch(path).then(answer => answer.status)", path)
    return status


async def post(page: Page, path: str, **fields: str) -> int:
    """The same for a form somebody made up: with the right token, as a script in the page could send it."""
    code = """async ([path, fields]) => {
        const form = new FormData();
        form.set("csrf_token", document.querySelector("[name=csrf_token]").value);
        for (const [name, value] of Object.entries(fields)) form.set(name, value);
        return (await fetch(path, {method: "POST", body: form, redirect: "manual"})).status;
    }"""
    status: int = await page.evaluate(code, [path, fields])
    return status


async def test_a_broadcast_is_looked_at_counted_sent_and_recalled(stage: Stage, browser: Browser) -> None:
    async with panel_of(browser, stage, "region") as page:
        await page.get_by_role("link", name="Рассылки").click()
        await page.get_by_role("link", name="Новая рассылка").first.click()
        await page.get_by_label("Текст").fill("В пятницу\nвстреча <наставников>")
        await page.get_by_label("Роль").select_option("mentor")
        await page.get_by_role("button", name="Сохранить и посмотреть").click()
        await expect(page.locator(".bubble")).to_have_text(
            re.compile("Методическая служба.*встреча <наставников>", re.S)
        )
        label = await page.locator("label[for=f-typed]").inner_text()
        count = int(label.rpartition(" ")[2])
        await page.get_by_label(label).fill(str(count + 1))
        await page.get_by_role("button", name="Отправить всем").click()
        await expect(page.locator(".error")).to_contain_text(f"получателей {count}.")
        await page.get_by_label(label).fill(str(count))
        await page.get_by_role("button", name="Отправить всем").click()
        await expect(page.locator(".toast")).to_contain_text("Рассылка отправлена")
        await page.get_by_role("button", name="Отозвать неотправленное").click()
        await page.get_by_role("dialog").get_by_role("button", name="Отозвать неотправленное").click()
        await expect(page.locator(".toast")).to_contain_text("Рассылка остановлена")
    assert stage.value("select status from broadcast order by id desc limit 1") == "recalled"
