"""`pack.yaml`: who the service is, its zone, contact, rules, languages and consent."""

from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from db.packs.sections import Code, Entry, Line, Prose, Section
from db.scope import StaffRole

PURPOSES = "{purposes}"
OPERATOR = "{operator}"


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("no such time zone; write it as Europe/Moscow or Asia/Yekaterinburg") from None
    return name


def _with_purposes(text: str) -> str:
    if PURPOSES not in text:
        raise ValueError(f"the consent's text needs {PURPOSES} where people read what they agree to")
    return text


class Contact(Entry):
    """Whom a person may ask, shown in the bot's help."""

    who: Line
    how: Line
    answer_time: Line


class Purpose(Entry):
    """One purpose of the consent: agreed to, and withdrawn, as a whole."""

    code: Code
    title: Line


class ConsentWords(Entry):
    """The consent's text; `{purposes}` becomes the list of purposes, `{operator}` the service's name."""

    version: int = Field(ge=1)
    purposes: list[Purpose] = Field(min_length=1)
    text: Annotated[Prose, AfterValidator(_with_purposes)]


class About(Section):
    """What the whole pack is about."""

    FILE: ClassVar[str] = "pack"

    extends: Code | None = None
    """The pack whose files stand where this one has none."""
    title: Line
    service_name: Line
    """The operator of the data, as the consent names it."""
    time_zone: Annotated[Code, AfterValidator(_zone)]
    time_zone_label: Line
    contact: Contact | None = None
    instruments: list[Code] = []
    """Which questionnaires people are offered, by their files in `instruments/`."""
    rules: dict[str, Any] = {}
    languages: dict[Code, Line] = {}
    """Names of languages that a catalogue may be in and no standard list knows, by the catalogue's code."""
    staff_roles: dict[StaffRole, Line] = {}
    """What the region calls roles of accounts, where the usual name does not fit."""
    programmes_note: Line = ""
    """What the document leaves unsaid of its programmes; stands beside them."""
    consent: ConsentWords
    who_sees_what: Prose

    @property
    def consent_words(self) -> ConsentWords:
        """The consent with the service as the operator where its text leaves it open."""
        return self.consent.model_copy(update={"text": self.consent.text.replace(OPERATOR, self.service_name)})
