"""A panel over the demo, and small worlds to plant people in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.clock import FrozenClock
from db.database import Database
from db.scope import StaffRole
from tests.support.demo import demo_copy
from tests.support.panel import Visitor, add_staff, make_panel


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Database]:
    database = Database.connect(demo_copy(tmp_path))
    yield database
    database.close()


@pytest.fixture
def visit(demo: Database, clock: FrozenClock, tmp_path: Path):  # type: ignore[no-untyped-def]
    """`visit(role, *municipalities)`: a browser signed in with such an account."""
    app = make_panel(demo, clock, tmp_path)

    def signed_in(role: StaffRole = StaffRole.REGIONAL_METHODIST, *municipalities: str) -> Visitor:
        login = f"{role.value[:8]}-{len(municipalities)}"
        demo.write(add_staff, login=login, role=role, now=clock.now(), municipalities=municipalities)
        visitor = Visitor(app)
        assert visitor.sign_in(login).status_code == 302
        return visitor

    return signed_in
