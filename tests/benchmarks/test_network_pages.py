"""How long the pages of the network, projects and products take at 2,000 members and 5,000 products: 300 ms at most.

make bench T=tests/benchmarks/test_network_pages.py
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.network.models import Agreement, AgreementStatus, MemberKind, MutualVisit, NetworkMember
from db.people.models import Person
from db.products.models import Product, ProductAuthor
from db.projects.models import Project, ProjectStatus, ProjectTask
from db.scope import StaffRole
from tests.support.figures import Figures
from tests.support.panel import Visitor, add_staff, make_panel

MEMBERS, VISITS, PRODUCTS, PROJECTS, OPENINGS, GOAL_MS = 2_000, 10_000, 5_000, 2_000, 7, 300
TODAY = date(2026, 3, 2)
PAGES = {
    "first page": "/",
    "network": "/network/",
    "network, last page": "/network/?page=40",
    "network, over": "/network/?agreement=over",
    "member's card": "/network/1000/card",
    "visits": "/network/visits/",
    "form of a visit": "/network/visits/new",
    "projects": "/projects/",
    "projects, by words": "/projects/?q=Проект+77",
    "products": "/products/",
    "products, last page": "/products/?page=100",
    "products, by words and year": "/products/?q=сборник+1&year=2020",
    "form of a product": "/products/2500",
}


def grow(session: Session, clock: FrozenClock) -> None:
    """A large network with everything in it."""
    kinds, now = list(MemberKind), clock.now()

    def put(table: type, rows: list[dict[str, object]]) -> None:
        session.execute(insert(table), rows)

    numbers = range(1, MEMBERS + 1)
    named = [
        {"id": one, "code": f"m{one}", "position": one, "kind": kinds[one % 4], "name": f"Служба {one}"}
        for one in numbers
    ]
    put(NetworkMember, named)
    put(
        Agreement,
        [
            {
                "member_id": 1 + one % MEMBERS,
                "status": AgreementStatus.SIGNED,
                "starts": TODAY - timedelta(days=400),
                "ends": TODAY + timedelta(days=one % 400 - 100),
            }
            for one in range(2 * MEMBERS)
        ],
    )
    put(
        MutualVisit,
        [
            {
                "visited_on": TODAY - timedelta(days=one % 2000),
                "guest_id": 1 + one % MEMBERS,
                "host_id": None,
                "word": "Открытые уроки",
            }
            for one in range(VISITS)
        ],
    )
    put(
        Project,
        [
            {"id": one, "code": f"p{one}", "position": one, "title": f"Проект {one}", "status": ProjectStatus.RUNNING}
            for one in range(1, PROJECTS + 1)
        ],
    )
    put(
        ProjectTask,
        [{"project_id": 1 + one % PROJECTS, "position": one, "text": "Задача"} for one in range(4 * PROJECTS)],
    )
    put(Person, [{"id": 10**6 + one, "full_name": f"Иванова Анна {one}", "created_at": now} for one in range(1000)])
    put(
        Product,
        [
            {
                "id": one,
                "code": f"r{one}",
                "title": f"Сборник {one}",
                "year": 2000 + one % 26,
                "project_id": 1 + one % 99,
            }
            for one in range(1, PRODUCTS + 1)
        ],
    )
    put(
        ProductAuthor,
        [{"product_id": 1 + one % PRODUCTS, "person_id": 10**6 + one % 999} for one in range(2 * PRODUCTS)],
    )


@pytest.fixture
def visitor(database: Database, clock: FrozenClock, tmp_path: Path) -> Iterator[Visitor]:
    database.write(
        lambda session: add_staff(session, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    )
    database.write(lambda session: grow(session, clock))
    found = Visitor(make_panel(database, clock, tmp_path))
    assert found.sign_in("region").status_code == 302
    yield found


@pytest.mark.bench
def test_pages_of_a_large_network(visitor: Visitor, database: Database, figures: Figures) -> None:
    told = f"page: {{}}, {MEMBERS:,} members, {PRODUCTS:,} products, {database.engine.dialect.name}"
    deeds = {name: partial(visitor.text, url) for name, url in PAGES.items()}
    assert not figures.timed(deeds, told, openings=OPENINGS, goal=GOAL_MS)
