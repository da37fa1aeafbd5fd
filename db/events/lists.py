"""Plans a list of results of contests: each row the result of somebody who was there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import texts
from db.accounts.staff_queries import own_person
from db.caller import Caller
from db.dictionaries.models import Organisation, Term, TermKind
from db.events.hosts import CONTEST
from db.events.models import Event, EventStatus, Registration
from db.imports.models import ImportKind
from db.imports.plan import Planned, Planner, Plans
from db.imports.rules import no_result
from db.people.importing import RowRefusedError, day_in, key_of, name_in, named_in, school_of
from db.people.models import Person


@dataclass(frozen=True, slots=True)
class _Contest:
    """A contest within reach, its local day and those who were there by the name as names are compared."""

    id: int
    title: str
    code: str
    day: date
    came: dict[str, list["_Came"]]


@dataclass(slots=True)
class _Came:
    """Somebody who was there; `line` is the row of the list that has told of them."""

    registration_id: int
    person_id: int
    name: str
    organisation: str
    result_id: int | None
    line: int | None = None


class _Results(Planner):
    def __init__(self, session: Session, caller: Caller, title: str, upload_id: int) -> None:
        super().__init__(session, caller, title, upload_id)
        self.own = own_person(session, self.scope)
        self.contests: list[_Contest] = []

    @cached_property
    def results(self) -> Mapping[str, tuple[int, str]]:
        """What somebody may come to, by the name as names are compared."""
        known = select(Term.name, Term.id).where(Term.kind == TermKind.CONTEST_RESULT, Term.active)
        return {key_of(name): (number, name) for name, number in self.session.execute(known)}

    def know(self, rows: Sequence[dict[str, str]]) -> None:
        named = {_called(row) for row in rows}
        begun = (
            select(Event)
            .join(Term, Term.id == Event.format_id)
            .where(Term.group == CONTEST, Event.status == EventStatus.PUBLISHED, Event.starts_at <= self.caller.now)
        )
        for event in self.session.scalars(begun.order_by(Event.id)):
            if self.sees(event.municipality_id) and {key_of(event.title), key_of(event.code)} & named:
                day = event.starts_at.astimezone(self.caller.zone).date()
                self.contests.append(_Contest(event.id, event.title, event.code, day, {}))
        by_id = {one.id: one for one in self.contests}
        came = (
            select(Registration, Person.full_name, Organisation.name)
            .join(Person, Person.id == Registration.person_id)
            .outerjoin(Organisation, Organisation.id == Person.organisation_id)
            .where(Registration.event_id.in_(by_id), Registration.attended_at.is_not(None), named_in(rows))
        )
        for one, name, work in self.session.execute(came.order_by(Registration.id)):
            found = _Came(one.id, one.person_id, name or "", school_of(work or ""), one.result_id)
            by_id[one.event_id].came.setdefault(key_of(name), []).append(found)

    def row(self, line: int, values: dict[str, str]) -> Iterable[Planned]:
        name, contest = name_in("full_name", values), self._contest(values)
        person = self._who(name, contest, values.get("organisation") or "")
        said = values.get("result") or ""
        if not said:
            return
        result_id, word = (None, said) if no_result(said) else self.results.get(key_of(said), (0, ""))
        if result_id == 0:
            raise RowRefusedError("result", "row_result", value=said, known=", ".join(self._known()))
        if person.line is not None:
            raise RowRefusedError("full_name", "row_twice", value=name, line=person.line)
        person.line = line
        if person.result_id == result_id:
            return
        if person.person_id == self.own:
            raise RowRefusedError("full_name", "result_own")
        new = {"result_id": result_id, "result_at": self.caller.now}
        had = {"result_id": person.result_id}
        label, whose = f"{person.name} — {word}", person.person_id
        yield Planned(line, "registration", label, new, person.registration_id, had, person_id=whose)

    def _known(self) -> Iterable[str]:
        return (name for _, name in self.results.values())

    def _contest(self, values: dict[str, str]) -> _Contest:
        """The contest of a row, by its title or code, and by its day where there are several."""
        said, called = values.get("event") or "", _called(values)
        day = day_in(values["held_on"], "held_on") if values.get("held_on") else None
        found = [one for one in self.contests if called in (key_of(one.title), key_of(one.code))]
        found = [one for one in found if day in (None, one.day)]
        if not found:
            raise RowRefusedError("event", "row_contest", value=said)
        if len(found) > 1:
            raise RowRefusedError("held_on", "row_contests", value=said)
        return found[0]

    @staticmethod
    def _who(name: str, contest: _Contest, organisation: str) -> _Came:
        work = school_of(organisation)
        named = contest.came.get(key_of(name), [])
        found = [one for one in named if not work or len(named) == 1 or one.organisation == work]
        if not found:
            raise RowRefusedError("full_name", "row_not_there", value=name)
        if len(found) > 1:
            raise RowRefusedError("full_name", "row_namesakes", value=name)
        return found[0]


def _called(values: dict[str, str]) -> str:
    """The contest of a row as titles are compared: straight quotes are the Russian ones."""
    return key_of(texts.quoted(values.get("event") or ""))


PLANNERS: Mapping[ImportKind, Plans] = {ImportKind.RESULTS: _Results}
