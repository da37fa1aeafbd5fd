"""The service's documents in the chat: by kinds, with numbers and days, where to read them, in pages."""

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.documents.callbacks import OfficialFileTap
from bot.sandbox.client import SandboxPerson
from db.documents import scans
from db.documents.models import DocumentKind, DocumentLevel, OfficialDocument
from db.storage import Storage, StoredFile
from tests.support import callers
from tests.support.town import Town


@pytest.fixture
async def person(town: Town) -> SandboxPerson:
    return await town.teacher(2001, "Мудрая Нина Павловна")


async def say(person: SandboxPerson, text: str) -> str:
    await (await person.send(text)).settle()
    return (await person.last()).text


async def tap(person: SandboxPerson, text: str) -> str:
    await person.tap(text)
    await person.settle()
    return (await person.last()).text


async def test_the_menu_leads_to_the_list_by_kinds_and_to_one_document(town: Town, person: SandboxPerson) -> None:
    await say(person, "/menu")
    await tap(person, "Ещё…")
    told = await tap(person, "Документы")
    assert "7 документов" in told
    assert told.index("Приказы и распоряжения") < told.index("№ 02/1090 от 24.04.2023") < told.index("Письма")
    card = await tap(person, "№ 02/1090 от 24.04.2023")
    assert "Приказ Министерства образования и науки Челябинской области от 24.04.2023 г. № 02/1090" in card
    assert "Текста здесь нет" in card
    assert "7 документов" in await tap(person, "К документам")
    assert "№ 8654" in await tap(person, "›"), "the seventh stands on the second page"
    assert "2 из 2" in (await person.last()).buttons


async def test_a_link_is_a_button_and_what_was_removed_is_told(town: Town, person: SandboxPerson) -> None:
    address = "https://docs.example.test/02-1090.pdf"
    town.write(lambda session: session.execute(update(OfficialDocument).values(link=address)))
    await say(person, "/documents")
    card = await tap(person, "№ 02/1090 от 24.04.2023")
    assert "Текста здесь нет" not in card and "Прочитать" in (await person.last()).buttons
    await tap(person, "К документам")
    gone = delete(OfficialDocument).where(OfficialDocument.number.contains("1090"))
    town.write(lambda session: session.execute(gone))
    await person.tap("№ 02/1090 от 24.04.2023")
    await person.settle()
    assert "6 документов" in await say(person, "/documents")


async def test_the_file_of_a_shared_document_comes_into_the_chat_and_of_no_other(
    town: Town, person: SandboxPerson
) -> None:
    """A scan may show more than a page tells: until a methodist says that all may have it, nobody gets it."""
    folder = town.bot.context.settings.data_dir
    name = f"{'ab' * 16}.pdf"
    place = Storage(folder).place(name)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"%PDF-1.4 order")
    stored = StoredFile("приказ 1090.pdf", name, "application/pdf", 14, "0" * 64)
    cited = OfficialDocument.number.contains("1090")

    def scanned(session: Session) -> int:
        scan_id = scans.keep(session, callers.clock(town.clock.now()), stored=stored)
        session.execute(update(OfficialDocument).where(cited).values(scan_id=scan_id))
        return session.scalars(select(OfficialDocument.id).where(cited)).one()

    number = town.write(scanned)
    await say(person, "/documents")
    assert "Текста здесь нет" in await tap(person, "№ 02/1090 от 24.04.2023")
    assert not [text for text in (await person.last()).buttons if "файл" in text]
    await person.forge(OfficialFileTap(document_id=number).pack(), (await person.last()).id)
    await person.settle()
    assert not any(one.document for one in await person.messages()), "a forged button gets none either"
    town.write(lambda session: session.execute(update(OfficialDocument).where(cited).values(shared=True)))
    await say(person, "/documents")
    assert "Текста здесь нет" not in await tap(person, "№ 02/1090 от 24.04.2023")
    await person.tap("Прислать файл")
    await person.settle()
    sent = await person.last()
    assert sent.document is not None and await person.download(sent) == b"%PDF-1.4 order"


async def test_where_there_are_none_the_menu_has_no_line(town: Town, person: SandboxPerson) -> None:
    town.write(lambda session: session.execute(delete(OfficialDocument)))
    await say(person, "/menu")
    assert "Документы" not in (await person.last()).buttons
    assert "пока нет" in await say(person, "/documents")


async def test_the_longest_document_fits_a_screen(town: Town, person: SandboxPerson) -> None:
    words = "Об утверждении " * 60
    long = {"title": words, "heading": words[:300], "founded": words, "number": "№ " + "1" * 60}
    row = OfficialDocument(code="own-99", position=99, level=DocumentLevel.REGIONAL, kind=DocumentKind.LAW, **long)
    town.write(lambda session: session.add(row))
    assert len(await say(person, "/documents")) <= 700
    (long_one,) = [text for text in (await person.last()).buttons if "111" in text]
    assert len(await tap(person, long_one)) <= 700
