"""Versions: published for good, retired by the next, comparable."""

import copy
from datetime import timedelta
from typing import Any

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.database import Database
from db.diagnostics import queries, staff_services
from db.diagnostics.content import InstrumentError
from db.diagnostics.models import Instrument, InstrumentVersion, VersionStatus
from db.errors import ConflictError, DomainError
from db.packs import load_pack
from db.scope import Scope, StaffRole
from tests.diagnostics.walking import NOW, complete, finish, start, teacher, walk
from tests.support import callers

ADMIN = callers.staff(Scope(1, StaffRole.ADMINISTRATOR, None), NOW)

OWN = load_pack("chelyabinsk").instruments()[0]["version"]


@pytest.fixture
def content() -> dict[str, Any]:
    return copy.deepcopy(load_pack("chelyabinsk").instruments()[0])


def as_file(content: dict[str, Any]) -> bytes:
    return yaml.safe_dump(content, allow_unicode=True).encode()


def versions(session: Session) -> list[tuple[int, str]]:
    """The teachers' versions, counted from the pack's own."""
    rows = session.scalars(
        select(InstrumentVersion)
        .join(Instrument)
        .where(Instrument.key == "teacher")
        .order_by(InstrumentVersion.version)
    )
    return [(row.version - OWN + 1, row.status.value) for row in rows]


def next_version(content: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(content), "version": content["version"] + 1, **changes}


def test_the_pack_publishes_once(database: Database, content: dict[str, Any]) -> None:
    assert database.read(versions) == [(1, "published")]
    database.write(staff_services.publish, callers.clock(NOW), content=content)
    assert database.read(versions) == [(1, "published")]


def test_a_published_version_never_changes(database: Database, content: dict[str, Any]) -> None:
    content["components"][0]["items"][0]["text"] = "Иначе"
    with pytest.raises(ConflictError) as refused:
        database.write(staff_services.publish, callers.clock(NOW), content=content)
    assert (refused.value.code, refused.value.params["version"]) == ("instrument_immutable", OWN)
    with pytest.raises(ConflictError):
        database.write(staff_services.import_draft, ADMIN, file=as_file(content))
    kept = database.read(
        lambda session: session.scalars(
            select(InstrumentVersion.content).join(Instrument).where(Instrument.key == "teacher")
        ).one()
    )
    assert kept["components"][0]["items"][0]["text"] != "Иначе"


def test_the_next_version_retires_the_former(database: Database, content: dict[str, Any]) -> None:
    database.write(staff_services.publish, callers.clock(NOW), content=next_version(content))
    assert database.read(versions) == [(1, "retired"), (2, "published")]
    with pytest.raises(ConflictError) as refused:
        database.write(staff_services.publish, callers.clock(NOW), content={**content, "title": "Старая"})
    assert refused.value.code == "instrument_immutable"


def test_an_older_number_is_refused(database: Database, content: dict[str, Any]) -> None:
    database.write(staff_services.publish, callers.clock(NOW), content={**content, "version": OWN + 4})
    with pytest.raises(ConflictError) as refused:
        database.write(staff_services.publish, callers.clock(NOW), content={**content, "version": OWN + 2})
    assert refused.value.code == "instrument_outdated"


def test_a_draft_may_be_replaced_and_is_given_to_nobody(database: Database, content: dict[str, Any]) -> None:
    database.write(staff_services.import_draft, ADMIN, file=as_file(next_version(content, title="Раз")))
    draft = database.write(staff_services.import_draft, ADMIN, file=as_file(next_version(content, title="Два")))
    assert database.read(versions) == [(1, "published"), (2, "draft")]
    assert start(database, teacher(database)).questionnaire.version == OWN
    database.write(staff_services.publish_version, ADMIN, version_id=draft.id)
    database.write(staff_services.publish_version, ADMIN, version_id=draft.id)
    assert database.read(versions) == [(1, "retired"), (2, "published")]
    assert start(database, teacher(database, 7002)).questionnaire.title == "Два"


def test_a_wrong_file_changes_nothing(database: Database, content: dict[str, Any]) -> None:
    with pytest.raises(InstrumentError):
        database.write(staff_services.publish, callers.clock(NOW), content={**next_version(content), "scale": []})
    assert database.read(versions) == [(1, "published")]


def test_an_attempt_ends_on_the_version_it_began_with(database: Database, content: dict[str, Any]) -> None:
    person = teacher(database)
    attempt = start(database, person).attempt_id
    changed = next_version(content)
    changed["components"] = changed["components"][:5]
    database.write(staff_services.publish, callers.clock(NOW), content=changed)
    assert walk(database, person) == attempt
    assert len(finish(database, person, attempt).components) == 6


def test_results_of_two_versions_are_compared_by_components(database: Database, content: dict[str, Any]) -> None:
    person = teacher(database)
    complete(database, person)
    changed = next_version(content)
    changed["components"][5] |= {"code": "media"}
    for number, item in enumerate(changed["components"][5]["items"], 1):
        item["code"] = f"media_{number}"
    database.write(staff_services.publish, callers.clock(NOW), content=changed)
    later = complete(database, person, lambda item: 1 if item.need else 3, NOW + timedelta(days=120))
    assert {line.component.code: line.change for line in later.components} == {
        "subject": 25,
        "methodical": 25,
        "assessment": 25,
        "psychology": 25,
        "communication": 25,
        "media": None,
    }


def test_a_component_whose_questions_changed_is_not_compared_and_says_so(
    database: Database, content: dict[str, Any]
) -> None:
    """Its number would have moved because of the questions, and looked like growth or decline."""
    person = teacher(database)
    complete(database, person)
    changed = next_version(content)
    changed["components"][2]["items"][0]["code"] = "assessment_9"
    changed["components"][0]["items"][0]["text"] = "Те же слова, сказанные яснее"
    database.write(staff_services.publish, callers.clock(NOW), content=changed)
    later = complete(database, person, lambda item: 1 if item.need else 3, NOW + timedelta(days=120))
    lines = {line.component.code: (line.change, line.before, line.renewed) for line in later.components}
    assert lines["assessment"] == (None, None, True)
    assert lines["subject"] == (25, 50, False)
    again = complete(database, person, lambda item: 1 if item.need else 4, NOW + timedelta(days=240))
    assert not any(line.renewed for line in again.components), "the same version is compared again"


def test_without_an_instrument_the_answer_is_kind(database: Database) -> None:
    def retire(session: Session) -> None:
        for version in session.scalars(select(InstrumentVersion)):
            version.status = VersionStatus.RETIRED

    database.write(retire)
    person = teacher(database)
    with pytest.raises(DomainError) as refused:
        start(database, person)
    assert refused.value.code == "diagnostics_no_instrument"
    assert database.read(queries.home, callers.person(person, NOW)).questionnaire is None
