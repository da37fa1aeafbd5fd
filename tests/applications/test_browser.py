"""The desk of a methodist in a real browser: keys, preview, undo, documents in place."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from db.applications import services
from db.applications.models import Application, ApplicationStatus, Decision, Verdict
from db.clock import FrozenClock
from db.commission.models import ReviewScore
from db.database import Database
from tests.applications.panel import PASSWORD, give_password, panel
from tests.applications.support import PDF, PNG, World
from tests.applications.test_panel import attach
from tests.support import callers
from tests.support.clocks import LONG_ENOUGH, Hand
from tests.support.panel import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

S = ApplicationStatus


@pytest.fixture
def hand(sync_page: "Page", clock: FrozenClock) -> Hand:
    return Hand(sync_page, clock)


@pytest.fixture
def world(sqlite_url: str, clock: FrozenClock) -> Iterator[World]:
    database = Database.connect(sqlite_url)
    yield World(database, clock.moment)
    database.close()


@pytest.fixture
def url(world: World, clock: FrozenClock, tmp_path: Path, sync_page: "Page") -> Iterator[str]:
    with served(panel(world.database, clock, tmp_path / "data")) as address:
        yield address
        sync_page.goto("about:blank")  # else what the page still fetches fails when the panel closes


def sent(world: World, tmp_path: Path, external_id: int, name: str) -> int:
    """An application with real files."""
    person = world.teacher(external_id, name)
    dossier = world.complete(person)
    attach(world, tmp_path / "data", person, dossier.id, PNG, "программа.png")
    attach(world, tmp_path / "data", person, dossier.id, PDF, "отзыв коллег.pdf")
    world.database.write(services.submit, callers.person(person, world.now), application_id=dossier.id)
    return dossier.id


def status(world: World, application: int) -> S:
    return world.database.read(lambda session: session.get_one(Application, application).status)


def enter(page: "Page", world: World, url: str) -> None:
    """Signs in and opens the queue."""
    page.goto(f"{url}/login?next=/applications/")
    page.fill("#f-login", give_password(world.database, world.staff()))
    page.fill("#f-password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".tabs")


def test_keys_decide_undo_and_refuse(hand: Hand, world: World, url: str, tmp_path: Path) -> None:
    page = hand.page
    one = sent(world, tmp_path, 2001, "Белова Марина Сергеевна")
    two = sent(world, tmp_path, 2002, "Громов Сергей Андреевич")
    three = sent(world, tmp_path, 2003, "Зимина Ольга Николаевна")
    enter(page, world, url)

    hand.press("j")  # from the queue into the first that waits
    page.wait_for_selector("h1:has-text('Белова')")
    hand.press("j")
    page.wait_for_selector("h1:has-text('Громов')")
    hand.press("k")
    page.wait_for_selector("h1:has-text('Белова')")
    hand.press("s")
    page.wait_for_selector("h1:has-text('Громов')")

    hand.press("d")  # one key to approve; the next that waits opens
    page.wait_for_selector("h1:has-text('Зимина')")
    page.wait_for_selector(".toast:has-text('одобрена')")
    assert status(world, two) is S.APPROVED
    hand.press("z")
    page.wait_for_selector("h1:has-text('Громов')")
    assert status(world, two) is S.SUBMITTED

    hand.press("f")  # two keys to refuse with a reason
    page.wait_for_selector("dialog#decline:modal")
    hand.press("Shift+Digit2")
    page.wait_for_selector("h1:has-text('Зимина')")
    assert status(world, two) is S.REJECTED
    refused = world.database.read(
        lambda session: session.scalars(select(Decision).order_by(Decision.id.desc())).first()
    )
    assert refused is not None and (refused.verdict, refused.reasons) == (Verdict.REJECT, [2])

    hand.press("f")
    page.wait_for_selector("dialog#decline:modal")
    hand.press("t")
    hand.press("Digit2")
    page.wait_for_selector("[data-bubble]:has-text('удостоверение')")
    page.locator(".remarks summary").click()
    page.fill("textarea[name=remark-4]", "Снимок обрезан <b>")
    hand.wait(0.2)  # a preview comes when the fingers rest
    page.wait_for_selector("[data-bubble]:has-text('Снимок обрезан <b>')")
    page.click("[data-send]")
    page.wait_for_selector("h1:has-text('Белова')")
    assert status(world, three) is S.RETURNED
    assert status(world, one) is S.SUBMITTED


def test_documents_are_seen_in_place_and_scores_are_kept(hand: Hand, world: World, url: str, tmp_path: Path) -> None:
    page = hand.page
    application = sent(world, tmp_path, 2001, "Белова Марина Сергеевна")
    enter(page, world, url)
    page.goto(f"{url}/applications/{application}")
    # A picture is fitted to its frame: a scan of 2000 pixels was cut off at its left corner.
    page.wait_for_function(
        "(() => { const inner = document.querySelector('iframe').contentDocument, image = inner.querySelector('img');"
        "return image?.naturalWidth === 1 && image.clientWidth === inner.documentElement.clientWidth; })()"
    )
    # A PDF is a picture of each page: the browser's own viewer was black, and on phones there is none.
    with page.expect_response("**/pages/1**"):
        page.click("text=отзыв коллег.pdf")
    fitted = (
        "async image => { await image.decode(); return [image.naturalWidth > 500, image.clientWidth === innerWidth]; }"
    )
    assert page.frame_locator("iframe").locator("img[alt^='Страница']").evaluate(fitted) == [True, True]
    with page.expect_download() as taken:
        page.frame_locator("iframe").locator("a").click()
    assert Path(taken.value.path()).read_bytes() == PDF
    hand.look()
    with page.expect_response("**/scores") as saved:
        page.click("#criterion-1 .score span:has-text('3')")
    assert saved.value.status == 204
    score = world.database.read(
        lambda session: session.scalars(select(ReviewScore.score).where(ReviewScore.number == 1)).one()
    )
    assert score == 3


def test_a_refusal_without_a_reason_says_so_above_the_dialog(
    hand: Hand, world: World, url: str, tmp_path: Path
) -> None:
    page = hand.page
    application = sent(world, tmp_path, 2001, "Белова Марина Сергеевна")
    enter(page, world, url)
    page.goto(f"{url}/applications/{application}")
    hand.press("f")
    page.wait_for_selector("dialog#decline:modal")
    hand.press("Enter")
    page.wait_for_selector("dialog#decline:modal .toast.bad:has-text('причину')")  # it lay dimmed behind the dialog
    assert status(world, application) is S.SUBMITTED


def test_on_a_phone_the_search_is_there_and_a_document_opens_by_itself(
    hand: Hand, world: World, url: str, tmp_path: Path
) -> None:
    page = hand.page
    application = sent(world, tmp_path, 2001, "Белова Марина Сергеевна")
    page.set_viewport_size({"width": 390, "height": 844})
    enter(page, world, url)
    page.wait_for_selector("form.filters.folded")
    assert page.is_visible("input[name=q]")  # a hidden field before it had taken its place
    assert not page.is_visible("select[name=direction]")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.goto(f"{url}/applications/{application}")
    with page.expect_popup() as opened:
        page.click("text=программа.png")
    assert "/documents/" in opened.value.url


def test_everything_works_without_scripts(
    sync_browser: "Browser", world: World, url: str, clock: FrozenClock, tmp_path: Path
) -> None:
    application = sent(world, tmp_path, 2001, "Белова Марина Сергеевна")
    context = sync_browser.new_context(java_script_enabled=False)
    page = context.new_page()
    hand = Hand(page, clock)
    enter(page, world, url)
    page.goto(f"{url}/applications/{application}")
    page.click("text=Отклонить или вернуть")
    page.check("text=Нет опыта сопровождения коллег")
    page.click("button[name=preview]")
    assert "не нашлось опыта" in page.inner_text(".bubble")
    hand.wait(LONG_ENOUGH)  # without scripts nothing holds the buttons still, and the server says no
    page.click("[data-send]")
    assert status(world, application) is S.REJECTED
    page.click(".toast button:has-text('Отменить')")
    assert status(world, application) is S.SUBMITTED
    context.close()


def test_a_score_that_was_not_saved_does_not_look_saved(hand: Hand, world: World, url: str, tmp_path: Path) -> None:
    page = hand.page
    application = sent(world, tmp_path, 2001, "Белова Марина Сергеевна")
    enter(page, world, url)
    page.goto(f"{url}/applications/{application}")
    hand.look()
    page.click("#criterion-1 .score span:has-text('2')")
    page.wait_for_selector("#criterion-1 .score-said:text-is('сохранён')")
    world.database.write(
        lambda session: services.withdraw(
            session,
            callers.person(session.get_one(Application, application).person_id, world.now),
            application_id=application,
        )
    )
    page.click("#criterion-1 .score span:has-text('3')")
    page.wait_for_selector("#criterion-1 .score-said:text-is('не сохранён')")
    page.wait_for_selector("#criterion-1 input[value='2']:checked", state="attached")  # what is shown is what is saved
    page.wait_for_selector(".toast.bad:has-text('изменилась')")


def test_keys_live_after_a_click_and_can_be_listed_and_switched_off(
    hand: Hand, world: World, url: str, tmp_path: Path
) -> None:
    page = hand.page
    one = sent(world, tmp_path, 2001, "Белова Марина Сергеевна")
    sent(world, tmp_path, 2002, "Громов Сергей Андреевич")
    enter(page, world, url)
    page.goto(f"{url}/applications/{one}")
    hand.look()
    page.click("#criterion-1 .score span:has-text('2')")
    hand.press("j")
    page.wait_for_selector("h1:has-text('Громов')")
    hand.press("k")
    page.wait_for_selector("h1:has-text('Белова')")
    for name in ("программа.png", "отзыв коллег.pdf"):
        page.click(f"text={name}")
        page.frame_locator("iframe").locator(f"img[alt^='{'Страница' if '.pdf' in name else name}']").click()
        hand.press("j")
        page.wait_for_selector("h1:has-text('Громов')")
        hand.press("k")
        page.wait_for_selector("h1:has-text('Белова')")
    hand.press("j")
    page.wait_for_selector("h1:has-text('Громов')")
    hand.press("?")
    page.wait_for_selector("dialog.keys:modal dt:has-text('D')")
    page.uncheck("dialog.keys input")
    page.keyboard.press("Escape")
    hand.press("k")
    hand.press("d")
    hand.press("d")  # the second is heard after what the first might have begun
    assert page.locator("h1:has-text('Громов')").count() == 1
    page.reload()
    assert status(world, one) is S.SUBMITTED


def test_ten_applications_are_walked_by_keys_alone(hand: Hand, world: World, url: str) -> None:
    page = hand.page
    names = [f"{letter}орова Анна Ивановна" for letter in "БВГДЗКЛМНП"]
    for place, name in enumerate(names):
        world.submitted(world.teacher(3001 + place, name))
    enter(page, world, url)
    hand.press("j")
    for name in names:
        page.wait_for_selector(f"h1:has-text('{name}')")
        hand.press("s" if name.startswith("Г") else "j")
    hand.press("k")
    page.wait_for_selector(f"h1:has-text('{names[-2]}')")
    page.wait_for_load_state("load")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Сразу к содержанию"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    hand.press("f")
    page.wait_for_selector("dialog#decline:modal")
    page.keyboard.press("Escape")
    assert not page.is_visible("dialog#decline")
