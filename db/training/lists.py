"""Plans a list of courses that comes in: each row a course of somebody of the register, confirmed by the list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, exists, not_, select
from sqlalchemy.orm import Session

from db import texts
from db.accounts.staff_queries import own_person
from db.caller import Caller
from db.dictionaries.models import Organisation
from db.imports.models import ImportKind
from db.imports.plan import Planned, Planner, Plans
from db.imports.rules import yes
from db.limits import whole
from db.people.importing import RowRefusedError, day_in, key_of, name_in, named_in, school_of
from db.people.models import Consent, Person
from db.training.models import TrainingRecord, TrainingStatus
from db.training.rules import LONGEST, MOST_HOURS, believable, years_then


@dataclass(frozen=True, slots=True)
class _Known:
    """Somebody of the register, as far as a row tells them from others of the same name."""

    id: int
    name: str
    organisation: str
    birth_date: date | None
    experience: int | None
    withdrawn: bool


class _Courses(Planner):
    def __init__(self, session: Session, caller: Caller, title: str, upload_id: int) -> None:
        super().__init__(session, caller, title, upload_id)
        self.today = caller.now.astimezone(caller.zone).date()
        self.own = own_person(session, self.scope)
        self.people: dict[str, list[_Known]] = {}
        self.there: set[tuple[int, str, date | None]] = set()

    def know(self, rows: Sequence[dict[str, str]]) -> None:
        theirs = named_in(rows)
        consents = exists().where(Consent.person_id == Person.id)
        withdrawn = and_(consents, not_(consents.where(Consent.withdrawn_at.is_(None))))
        people = (
            select(
                *(Person.id, Person.full_name, Person.municipality_id, Organisation.name),
                *(Person.birth_date, Person.experience_years, withdrawn),
            )
            .outerjoin(Organisation, Organisation.id == Person.organisation_id)
            .where(Person.erased_at.is_(None), theirs)
        )
        for number, name, place, organisation, born, experience, gone in self.session.execute(people):
            if self.sees(place):
                one = _Known(number, name or "", school_of(organisation or ""), born, experience, gone)
                self.people.setdefault(key_of(name), []).append(one)
        there = select(TrainingRecord.person_id, TrainingRecord.title, TrainingRecord.issued_on)
        their = there.join(Person, Person.id == TrainingRecord.person_id).where(theirs)
        self.there = {(number, key_of(course), day) for number, course, day in self.session.execute(their)}

    def row(self, line: int, values: dict[str, str]) -> Iterable[Planned]:
        person = self._whose(values)
        title, provider = self._said("title", values), self._said("provider", values)
        hours = whole(values.get("hours") or "")
        if hours is None or not 1 <= hours <= MOST_HOURS:
            raise RowRefusedError("hours", "training_hours", most=MOST_HOURS)
        day = day_in(values.get("issued_on") or "", "issued_on")
        if not believable(day, today=self.today):
            raise RowRefusedError("issued_on", "training_day")
        of_project = yes(values["of_project"]) if values.get("of_project") else False
        if of_project is None:
            raise RowRefusedError("of_project", "row_yes", value=values["of_project"])
        mark = person.id, key_of(title), day
        if mark in self.there:
            return
        self.there.add(mark)
        now = self.caller.now
        course: dict[str, Any] = {
            "person_id": person.id,
            "status": TrainingStatus.CONFIRMED,
            "title": title,
            "organisation": provider,
            "hours": hours,
            "document": texts.quoted(values.get("document") or "")[:LONGEST],
            "issued_on": day,
            "of_project": of_project,
            "experience": years_then(person.experience, issued_on=day, today=self.today),
            "scan_id": None,
            "remark": "",
            "training": False,
            "created_at": now,
            "sent_at": now,
            "decided_at": now,
        }
        yield Planned(line, "training_record", f"{person.name}: {title}", course)

    def _whose(self, values: dict[str, str]) -> _Known:
        """Finds whom a row is about, by the name and the day of birth, or the place of work where that is not known."""
        name = name_in("full_name", values)
        born = day_in(values["birth_date"], "birth_date") if values.get("birth_date") else None
        work = school_of(values.get("organisation") or "")
        if born is None and not work:
            raise RowRefusedError("birth_date", "row_who")
        named = self.people.get(key_of(name), [])
        found = [one for one in named if born is not None and one.birth_date == born]
        if not found:
            unknown = [one for one in named if born is None or one.birth_date is None]
            found = [one for one in unknown if work and one.organisation == work]
        if not found:
            raise RowRefusedError("full_name", "row_nobody", value=name)
        if len(found) > 1:
            raise RowRefusedError("full_name", "row_several", value=name)
        (person,) = found
        if person.id == self.own:
            raise RowRefusedError("full_name", "training_own")
        if person.withdrawn:
            raise RowRefusedError("full_name", "person_withdrawn")
        return person

    @staticmethod
    def _said(field: str, values: dict[str, str]) -> str:
        said = texts.quoted(values.get(field) or "")[:LONGEST]
        if len(said) < 2:
            raise RowRefusedError(field, "row_empty")
        return said


PLANNERS: Mapping[ImportKind, Plans] = {ImportKind.TRAINING: _Courses}
