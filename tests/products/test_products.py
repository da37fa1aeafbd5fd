"""Products are of the document's eight kinds, its sums stay sums, authors and the plan's lines are linked to them."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from db import erasure
from db.audit.models import AuditEntry, AuditSubject
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality, Term, TermKind
from db.people.models import Person
from db.plans.models import PlanFulfilment, PlanLine
from db.products.models import Product, ProductAuthor
from db.scope import StaffRole
from tests.support import callers
from tests.support.panel import Visitor
from tests.support.region import NOW, Enter, another, put, sheet
from tests.support.town import add_teacher

EIGHT = (
    "Пособия, описывающие комплексную модель научно-методического сопровождения профессионального роста педагогов и "
    "структурные компоненты целостной системы",
    "Методические рекомендации организации модели научно-методического сопровождения повышения квалификации в условиях "
    "деятельности стажировочных площадок",
    "Модульные программы стажировочных площадок",
    "Комплексы диагностических методик",
    "Методические рекомендации по использованию педагогических технологий, способствующих формированию и развитию "
    "базовых компетенций педагогов",
    "Дорожные карты трансляции инновационного опыта",
    "Методические пособия по организации и реализации деятельности стажировочных площадок",
    "Методические сборники по итогам проведенных краевых и зональных мероприятий",
)
TOWN = "timashevsky-mr"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def enter_product(visitor: Visitor, **values: Any) -> Any:
    sent = {"title": "Сборник статей", "kind_id": "0", "municipality_id": "0", "project_id": "0", **values}
    return visitor.post("/products/new", sent)


def number_of(answer: Any) -> int:
    assert answer.status_code == 302
    return int(answer.headers["Location"].split("/")[-1])


def teacher(database: Database, name: str, external_id: int = 7001) -> int:
    return database.write(
        lambda session: add_teacher(session, external_id=external_id, name=name, now=NOW, municipality=TOWN)
    )


def test_timashevsks_kinds_are_eight_and_its_sums_have_their_period(enter: Enter) -> None:
    visitor, _ = enter("timashevsk")
    page = visitor.text("/products/")
    assert all(kind in page for kind in EIGHT)
    assert "2015–2018" in page and "Вне этих видов: 31" in page and "с суммами 31 продукт" in page
    _, *rows = sheet(visitor, "/products.xlsx")
    assert sorted((row[0], row[2], row[3]) for row in rows) == [
        ("Методические пособия", "2015–2018", 24),
        ("Сборники", "2015–2018", 7),
    ]
    kinds = sheet(visitor, "/products.xlsx", 1)[1:]
    assert [row[0] for row in kinds] == [*EIGHT, "вид не указан"]
    assert [row[1] for row in kinds] == [*[0] * 8, 31]


def test_a_product_of_a_kind_is_counted_and_found_by_year_kind_and_words(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    kinds = select(Term.id).where(Term.kind == TermKind.PRODUCT_KIND, Term.code == "programmes")
    kind = database.read(lambda session: session.scalars(kinds).one())
    number_of(enter_product(visitor, title="Программа площадки № 4", kind_id=kind, year="2024", venue="ЦРО"))
    assert sheet(visitor, "/products.xlsx", 1)[3][1] == 1
    for asked, count in {f"kind={kind}": 1, "year=2016": 2, "year=2024": 1, "year=2019": 0, "q=площадки": 1}.items():
        assert len(sheet(visitor, f"/products.xlsx?{asked}")) == 1 + count, asked
        assert visitor.text(f"/products/?{asked}").count('class="row-link"') == count, asked


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": "а"}, "хотя бы три знака"),
        ({"year": "2024", "until_year": "2023"}, "последний не раньше первого"),
        ({"until_year": "2023"}, "последний не раньше первого"),
        ({"year": "1899"}, "число от 1900 до 2027"),
        ({"year": "2028"}, "число от 1900 до 2027"),
        ({"count": "0"}, "число от 1 до 1000"),
        ({"link": "javascript:alert(1)"}, "начинается с https://"),
    ],
)
def test_a_product_that_cannot_be_so_is_refused_at_its_field(enter: Enter, change: dict[str, str], told: str) -> None:
    visitor, database = enter("timashevsk")
    answer = enter_product(visitor, note="Долго писали", **change)
    assert answer.status_code == 200 and told in answer.text and "Долго писали" in answer.text
    assert len(database.read(lambda session: session.scalars(select(Product)).all())) == 2


def test_authors_are_people_or_names_and_a_reader_learns_neither(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    person = teacher(database, "Кварцитова Вера Ивановна")
    number = number_of(enter_product(visitor))
    found = visitor.text(f"/products/{number}?find=кварц")
    assert f'name="person" value="{person}"' in found
    for _ in range(2):
        visitor.post(f"/products/{number}/authors", {"person": person})
        visitor.post(f"/products/{number}/authors", {"called": "Ильина О. П."})
    visitor.post(f"/products/{number}/authors", {"called": "а"})
    assert "хотя бы три знака" in visitor.text(f"/products/{number}")
    assert sheet(visitor, "/products.xlsx?q=статей")[1][4] == "Кварцитова Вера Ивановна, Ильина О. П."
    assert "Кварцитова Вера Ивановна, Ильина О. П." in visitor.text("/products/")
    subjects = database.read(
        lambda session: session.scalars(
            select(AuditSubject.person_id).join(AuditEntry).where(AuditEntry.action == "products.export")
        ).all()
    )
    assert subjects == [person]
    reader = another(visitor, database, "reader", StaffRole.READER)
    seen = reader.text("/products/") + reader.text(f"/products/{number}/card") + str(sheet(reader, "/products.xlsx"))
    assert "Сборник статей" in seen and "Кварцитова" not in seen and "Ильина" not in seen
    authors = database.read(lambda session: session.scalars(select(ProductAuthor.id).order_by(ProductAuthor.id)).all())
    assert len(authors) == 2
    visitor.post(f"/products/{number}/authors/{authors[1]}/drop", {})
    assert "Ильина" not in visitor.text("/products/")


def test_a_persons_authorship_is_in_their_file_moves_with_them_and_goes_with_them(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    person = teacher(database, "Кварцитова Вера Ивановна")
    number = number_of(enter_product(visitor, year="2024"))
    visitor.post(f"/products/{number}/authors", {"person": person})
    found: dict[str, Any] = database.read(erasure.export, person_id=person)
    assert found["products"] == [
        {"product": "Сборник статей", "product_year": 2024, "product_venue": "", "product_link": ""}
    ]
    database.write(erasure.erase, callers.clock(NOW), person_id=person, requested_by="person")
    assert database.read(lambda session: session.scalars(select(ProductAuthor)).all()) == []
    assert "Сборник статей" in visitor.text("/products/"), "the product stays"


def test_a_line_of_the_plan_is_done_by_a_product_once(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    number = number_of(enter_product(visitor, title="Сборник «Идеи, находки, опыт»"))
    page = visitor.text(f"/products/{number}?words=выпуск+методических")
    assert page.count('name="line"') == 2
    found = select(PlanLine.id).where(PlanLine.text.startswith("Выпуск методических"))
    first, second = database.read(lambda session: session.scalars(found.order_by(PlanLine.id)).all())
    for day, told in {"2026-02-30": "Такого дня нет", "2026-03-03": "ещё не наступил"}.items():
        visitor.post(f"/products/{number}/line", {"line": second, "done_on": day})
        assert told in visitor.text(f"/products/{number}")
    assert visitor.post(f"/products/{number}/line", {"line": second, "done_on": "2026-02-27"}).status_code == 302
    made = database.read(lambda session: session.scalars(select(PlanFulfilment)).one())
    assert (made.line_id, made.word) == (second, "Сборник «Идеи, находки, опыт»")
    assert "Сборник «Идеи, находки, опыт»" in visitor.text(f"/plan/{second}")
    assert "Выпуск методических" in visitor.text(f"/products/{number}/card")
    visitor.post(f"/plan/{first}/remove", {})
    other = number_of(enter_product(visitor, title="Сборник без строки"))
    gone = visitor.post(f"/products/{other}/line", {"line": first, "done_on": "2026-02-27"})
    assert gone.status_code == 404, "the line was taken out of the plan"
    visitor.post(f"/plan/{first}/restore", {})
    visitor.post(f"/products/{number}/line", {"line": first, "done_on": "2026-02-27"})
    assert "уже отмечен у другой строки" in visitor.text(f"/products/{number}")
    other = number_of(enter_product(visitor, title="Другой сборник"))
    visitor.post(f"/products/{other}/line", {"line": second, "done_on": "2026-02-27"})
    assert "уже отметили" in visitor.text(f"/products/{other}"), "the line is due once"
    assert database.read(lambda session: session.get_one(Product, other).line_id) is None
    visitor.post(f"/products/{number}/line/unlink", {})
    assert database.read(lambda session: session.get_one(Product, number).line_id) is None
    actions = database.read(lambda session: session.scalars(select(AuditEntry.action)).all())
    assert (actions.count("products.fulfil"), actions.count("plans.fulfil")) == (1, 0)


def test_a_products_file_is_kept_and_given_back(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    number = number_of(enter_product(visitor))
    assert put(visitor, f"/products/{number}/scan", PNG, "обложка.png").status_code == 302
    assert "обложка.png" in visitor.text(f"/products/{number}/card")
    assert visitor.get(f"/products/{number}/scan").data == PNG
    put(visitor, f"/products/{number}/scan", b"0" * (21 * 1024 * 1024), "книга.pdf")
    assert "больше 20 МБ" in visitor.text(f"/products/{number}")
    reader = another(visitor, database, "reader", StaffRole.READER)
    assert reader.get(f"/products/{number}/scan").status_code == 403
    assert "обложка.png" not in reader.text(f"/products/{number}/card")


def test_a_municipal_account_enters_its_own_products_and_meets_no_foreign_ones(enter: Enter) -> None:
    visitor, database = enter("belgorod")
    towns = {
        code: number
        for number, code in database.read(
            lambda session: [tuple(row) for row in session.execute(select(Municipality.id, Municipality.code))]
        )
    }
    own, foreign = towns["gubkinsky-go"], towns["valuysky-go"]
    town = another(visitor, database, "town", StaffRole.MUNICIPAL_METHODIST, municipalities=("gubkinsky-go",))
    mine = number_of(enter_product(town, title="Наш сборник", municipality_id=own))
    other = number_of(enter_product(visitor, title="Чужой сборник", municipality_id=foreign))
    whole = number_of(enter_product(visitor, title="Общий сборник"))
    page = town.text("/products/") + str(sheet(town, "/products.xlsx"))
    assert "Наш сборник" in page and "Общий сборник" in page and "Чужой сборник" not in page
    codes = {number: town.get(f"/products/{number}").status_code for number in (mine, other, whole)}
    assert codes == {mine: 200, other: 404, whole: 403}
    assert town.post(f"/products/{other}/authors", {"called": "Чужой автор"}).status_code == 404
    assert put(town, f"/products/{other}/scan", PNG).status_code == 404
    assert put(town, f"/products/{whole}/scan", PNG).status_code == 403
    for place in (foreign, "0", ""):
        assert enter_product(town, title="Подложный", municipality_id=place).status_code == 200
    titles = database.read(lambda session: session.scalars(select(Product.title)).all())
    assert sorted(titles) == ["Наш сборник", "Общий сборник", "Чужой сборник"]
    assert database.read(lambda session: session.scalars(select(ProductAuthor)).all()) == []


def test_a_projects_products_are_its_own_list(enter: Enter) -> None:
    visitor, _ = enter("belgorod")
    found = re.search(r'href="/projects/(\d+)/card"', visitor.text("/projects/"))
    assert found
    number_of(enter_product(visitor, title="Памятка наставника", project_id=found[1]))
    number_of(enter_product(visitor, title="Сама по себе"))
    assert f"/products/?project={found[1]}" in visitor.text(f"/projects/{found[1]}/card")
    page = visitor.text(f"/products/?project={found[1]}")
    assert "Памятка наставника" in page and "Сама по себе" not in page
    assert [row[0] for row in sheet(visitor, f"/products.xlsx?project={found[1]}")[1:]] == ["Памятка наставника"]


def test_of_two_rows_of_one_person_a_product_keeps_one_author(database: Database, clock: FrozenClock) -> None:
    from db.products import personal

    def work(session: Any) -> list[int]:
        people = [Person(created_at=clock.now()) for _ in range(2)]
        products = [Product(code=f"p{number}", title="Сборник") for number in range(2)]
        session.add_all([*people, *products])
        session.flush()
        kept, gone = (one.id for one in people)
        for product_id, person_id in ((products[0].id, kept), (products[0].id, gone), (products[1].id, gone)):
            session.add(ProductAuthor(product_id=product_id, person_id=person_id))
        session.flush()
        personal.merge(session, callers.clock(clock.now()), kept_id=kept, gone_id=gone)
        of = select(ProductAuthor.product_id).where(ProductAuthor.person_id == kept)
        return [number - products[0].id for number in session.scalars(of.order_by(ProductAuthor.product_id))]

    assert database.write(work) == [0, 1]
