"""Loads the pack's consultation groups and which directions answer to which component."""

from typing import Any, ClassVar

from sqlalchemy import delete, select

from db.dictionaries.models import Term, TermKind
from db.packs.entries import Loading
from db.packs.sections import Code, Entry, Line, Section, unknown
from db.requests.models import HelpTopic


class TopicEntry(Entry):
    """Describes a consultation group, its name as the document has it, or a component by its code.

    `directions` are the codes of those whose active members answer; without them all do.
    """

    code: Code
    name: Line
    directions: list[Code] = []


class RequestsSection(Section):
    """`requests.yaml`."""

    FILE: ClassVar[str] = "requests"

    groups: list[TopicEntry] = []
    components: list[TopicEntry] = []


def load(loading: Loading) -> None:
    """Loads `requests.yaml`; where examples are not wanted, those that an older version loaded go."""
    session, section = loading.session, loading.section(RequestsSection)
    for item in loading.pack.left_out("requests"):
        session.execute(delete(HelpTopic).where(HelpTopic.code == item["code"], HelpTopic.training))
    directions = set(session.scalars(select(Term.code).where(Term.kind == TermKind.DIRECTION)))
    for consultation, entries in ((True, section.groups), (False, section.components)):
        for place, one in enumerate(entries, 1):
            for code in one.directions:
                if code not in directions:
                    raise ValueError(f"topic «{one.code}» names a direction there is not: {unknown(code, directions)}")
            values: dict[str, Any] = {
                "name": one.name,
                "consultation": consultation,
                "direction_codes": one.directions,
                "position": place,
                "training": one.demo,
            }
            loading.put(HelpTopic, one.code, {"code": one.code}, values)


SECTIONS = {"requests": load}
