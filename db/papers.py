"""Says in one shape what each noun knows of a person that a paper may show: a deed, its day and what shows it.

Sections stand in the order of the journal that a district's programme names («Журнал непрерывного профессионального
роста»): self-diagnoses, route, events, internship, practices, reflection. A noun brings its lines by `papers.py`, see
`db.nouns.Papers`; what has no day or no evidence is no line.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


class PaperKind(enum.StrEnum):
    """What a line tells of. A pack names these where it says what shows a criterion."""

    DIAGNOSIS = "diagnosis"
    RETEST = "retest"
    STEP = "step"
    ROUTE_EVENT = "route_event"
    EVENT = "event"
    INTERNSHIP = "internship"
    COURSE = "course"
    HOSTED = "hosted"
    MENTORING = "mentoring"
    GROUP = "group"
    PRODUCT = "product"
    PRACTICE = "practice"
    APPLIED = "applied"
    WORD = "word"


class PaperSection(enum.StrEnum):
    """The sections of the journal in their order."""

    DIAGNOSES = "diagnoses"
    ROUTE = "route"
    EVENTS = "events"
    INTERNSHIP = "internship"
    PRACTICES = "practices"
    REFLECTION = "reflection"


KINDS: Mapping[PaperSection, tuple[PaperKind, ...]] = {
    PaperSection.DIAGNOSES: (PaperKind.DIAGNOSIS, PaperKind.RETEST),
    PaperSection.ROUTE: (PaperKind.STEP, PaperKind.ROUTE_EVENT),
    PaperSection.EVENTS: (PaperKind.EVENT,),
    PaperSection.INTERNSHIP: (PaperKind.INTERNSHIP, PaperKind.COURSE),
    PaperSection.PRACTICES: (
        *(PaperKind.HOSTED, PaperKind.MENTORING, PaperKind.GROUP),
        *(PaperKind.PRODUCT, PaperKind.PRACTICE, PaperKind.APPLIED),
    ),
    PaperSection.REFLECTION: (PaperKind.WORD,),
}


class PaperReader(enum.StrEnum):
    """Who takes a paper: a methodist gets what the person opened to methodists, and what they see anyway."""

    OWNER = "owner"
    METHODIST = "methodist"


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One deed. `title` and `note` are words of people or of documents, never of ours.

    `role` is what the person was there, or with whom a step was tried. `number` is a certificate's, checked by
    everybody; `payload` opens the evidence in the bot, `link` elsewhere. `times` is how often it was since `since`.
    `components` are those that it serves.
    """

    kind: PaperKind
    at: datetime
    title: str
    note: str = ""
    role: str = ""
    number: str = ""
    payload: str = ""
    link: str = ""
    hours: int | None = None
    times: int = 1
    since: datetime | None = None
    components: tuple[str, ...] = ()
