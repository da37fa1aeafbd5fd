"""Dictionaries, sites and the rules by their use cases: each checks the account's reach and writes one line."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.audit.models import AuditEntry
from db.database import Database
from db.dictionaries import staff_queries, staff_services
from db.dictionaries.models import Municipality, Organisation, TermKind
from db.errors import ForbiddenError, NotFoundError
from db.scope import Scope, StaffRole
from db.sites import staff_services as sites
from tests.admin.conftest import FOREIGN, HOME
from tests.support import callers

REGION = frozenset({StaffRole.ADMINISTRATOR, StaffRole.REGIONAL_METHODIST})
ADMIN = frozenset({StaffRole.ADMINISTRATOR})


def place(session: Session, code: str) -> int:
    return session.scalars(select(Municipality.id).where(Municipality.code == code)).one()


def scopes(home: int) -> list[Scope]:
    return [
        Scope(1, StaffRole.ADMINISTRATOR, None),
        Scope(2, StaffRole.REGIONAL_METHODIST, None),
        Scope(3, StaffRole.MUNICIPAL_METHODIST, frozenset({home})),
        Scope(4, StaffRole.READER, None),
    ]


def site(home: int) -> sites.Draft:
    return sites.Draft(
        code="a-site",
        kind="support",
        title="Площадка",
        organisation="Лицей",
        municipality_id=home,
        about="О площадке",
        contact="Контакт",
        how_to_join="Написать",
        programme="",
        months=None,
        active=True,
        components=frozenset(),
    )


PLAIN = {"kind_id": None, "low_results": False, "hard_conditions": False, "confirmed": True}
WORK: list[tuple[Callable[..., Any], Callable[[int], dict[str, Any]], frozenset[StaffRole], str, str]] = [
    (
        staff_services.change_rules,
        lambda home: {"values": {"retest_days": 100}},
        ADMIN,
        "settings.rules",
        "rules",
    ),
    (
        staff_services.save_municipality,
        lambda home: {"municipality_id": None, "code": "new-mr", "name": "Новый район", "aliases": []},
        ADMIN,
        "municipalities.save",
        "municipality",
    ),
    (
        staff_services.save_centre,
        lambda home: {
            "centre_id": None,
            "code": "new",
            "name": "Новый центр",
            "independent": False,
            "note": "",
            "municipality_ids": [home],
        },
        ADMIN,
        "centres.save",
        "centre",
    ),
    (
        staff_services.save_organisation,
        lambda home: {"organisation_id": None, "municipality_id": home, "name": "Новая школа", **PLAIN},
        REGION,
        "organisations.save",
        "organisation",
    ),
    (
        staff_services.save_term,
        lambda home: {
            "term_id": None,
            "kind": TermKind.POSITION,
            "code": "new",
            "name": "Новая",
            "short": "",
            "position": 1,
            "active": True,
        },
        ADMIN,
        "terms.save",
        "term",
    ),
    (sites.save_site, lambda home: {"site_id": None, "draft": site(home)}, REGION, "sites.save", "site"),
]


@pytest.mark.parametrize(
    ("use_case", "arguments", "roles", "action", "object_type"), WORK, ids=[one[3] for one in WORK]
)
def test_who_may_save_is_asked_by_the_use_case_which_writes_one_line(
    database: Database,
    use_case: Callable[..., Any],
    arguments: Callable[[int], dict[str, Any]],
    roles: frozenset[StaffRole],
    action: str,
    object_type: str,
) -> None:
    home = database.read(place, HOME)
    for scope in scopes(home):
        if scope.role in roles:
            continue
        with pytest.raises(ForbiddenError):
            database.write(use_case, callers.staff(scope), **arguments(home))
    lines = select(AuditEntry).where(AuditEntry.actor.startswith("staff:"))
    assert database.read(lambda session: session.scalars(lines).all()) == []
    made = database.write(use_case, callers.staff(scopes(home)[0]), **arguments(home))
    (line,) = database.read(lambda session: session.scalars(lines).all())
    assert (line.actor, line.action, line.object_type) == ("staff:1", action, object_type)
    if object_type == "rules":
        assert (line.object_id, line.details) == (None, {"retest_days": 100})
    else:
        reach = {"municipalities": [home]} if action == "centres.save" else {}  # who works there reaches them
        assert (line.object_id, line.details) == (made, reach)


def test_an_organisation_out_of_reach_is_not_there(database: Database) -> None:
    home, foreign = database.read(place, HOME), database.read(place, FOREIGN)
    region, town = callers.staff(scopes(home)[1]), callers.staff(scopes(home)[2])

    def school(where: int) -> int:
        return database.write(
            staff_services.save_organisation,
            region,
            organisation_id=None,
            municipality_id=where,
            name=f"Школа № {where}",
            **{**PLAIN, "confirmed": False},
        )

    own, other = school(home), school(foreign)
    assert database.read(staff_queries.organisation, town, organisation_id=own).id == own
    with pytest.raises(NotFoundError):
        database.read(staff_queries.organisation, town, organisation_id=other)
    asked = {"narrowed": staff_queries.OrganisationFilter(), "limit": 1000, "offset": 0}
    found = database.read(staff_queries.organisations, town, **asked)
    count = database.read(staff_queries.organisation_count, town, narrowed=asked["narrowed"])
    assert {row.municipality for row in found} == {"Челябинский ГО"} and count == len(found)
    everywhere = database.read(staff_queries.organisations, region, **asked)
    assert {own, other} <= {row.id for row in everywhere}
    assert database.read(lambda session: session.get_one(Organisation, other).name) == f"Школа № {foreign}"


def test_schools_stand_in_the_order_of_their_numbers(database: Database) -> None:
    """The list had № 13, № 1, № 9; a page of it begins where the former one ends."""
    region, home = callers.staff(scopes(database.read(place, HOME))[1]), database.read(place, HOME)
    for number in (13, 1, 9, 102):
        save = {
            "organisation_id": None,
            "municipality_id": home,
            "name": f"Гимназия-лицей № {number}",
        }
        database.write(staff_services.save_organisation, region, **save, **PLAIN)
    asked = {"narrowed": staff_queries.OrganisationFilter(text="гимназия-лицей"), "limit": 2}
    pages = [database.read(staff_queries.organisations, region, **asked, offset=offset) for offset in (0, 2)]
    assert [row.name.rpartition(" ")[2] for page in pages for row in page] == ["1", "9", "13", "102"]
