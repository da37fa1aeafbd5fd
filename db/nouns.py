"""Lists the nouns in their order and finds the parts that each of them brings.

This is the one list of nouns in the project. In `db` a later noun may import an earlier one, never back; a screen of
the bot may lead to any noun's. A part is a module of a fixed name in the noun's folder (`db/events/sweeps.py`,
`bot/events/notices.py`, `admin/events/views.py`); what it has to offer is its Protocol, and `tests/house/test_nouns.py`
holds every part to it. So a new noun is its folders and a line here, and nobody keeps a list of erasures, sweeps,
sections of a pack or pages elsewhere.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

from db.affairs import Affair
from db.caller import Caller, StaffCaller
from db.demo.world import World
from db.dictionaries.rules import Rules
from db.packs.entries import Loading
from db.papers import PaperLine, PaperReader
from db.storage import Storage

NOUNS = (
    "audit",
    "dictionaries",
    "accounts",
    "people",
    "ties",
    "imports",
    "notices",
    "inbox",
    "sites",
    "documents",
    "diary",
    "diagnostics",
    "surveys",
    "events",
    "presence",
    "calendar",
    "programmes",
    "training",
    "active",
    "applications",
    "uploads",
    "mentoring",
    "plans",
    "groups",
    "routes",
    "retests",
    "growth",
    "network",
    "projects",
    "products",
    "workplans",
    "advice",
    "practices",
    "requests",
    "expertise",
    "broadcasts",
    "commission",
    "appeals",
    "reports",
    "indicators",
    "motions",
    "memos",
    "api",
)

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Part(Generic[P]):
    """A kind of part: its package, its file's name and what such a module offers."""

    package: str
    file: str
    protocol: Any  # P itself, for the test that holds the modules to it


def parts(part: Part[P]) -> dict[str, P]:
    """Returns the modules of this kind by noun, in the order of nouns; nouns without one are left out."""
    return {noun: module for noun in NOUNS if (module := _module(f"{part.package}.{noun}", part.file)) is not None}


@cache
def _module(folder: str, file: str) -> Any:
    if find_spec(folder) is None or find_spec(f"{folder}.{file}") is None:
        return None
    return import_module(f"{folder}.{file}")


class Sweep(Protocol):
    """Puts in what has come due. It runs in a transaction of its own, in one process at a time."""

    __name__: str

    def __call__(self, session: Session, caller: Caller, /, *, rules: Rules) -> object:
        """Puts in what is due at the caller's moment."""


class Chore(Protocol):
    """Drops what is not needed any more, in a transaction of its own."""

    __name__: str

    def __call__(self, session: Session, caller: Caller, /) -> object:
        """Drops what is old at the caller's moment."""


class LongChore(Generic[P]):
    """A chore that reads much: it looks beside the writer, and a short transaction puts in what it has found.

    Called as any other chore it does both at once. In between others may have written: `put` sees to that.
    """

    def __init__(
        self, name: str, look: Callable[[Session, Caller], P], put: Callable[[Session, Caller, P], object]
    ) -> None:
        self.__name__, self.look, self.put = name, look, put

    def __call__(self, session: Session, caller: Caller, /) -> object:
        """Looks and puts in."""
        return self.put(session, caller, self.look(session, caller))


class Sweeps(Protocol):
    """`sweeps.py`: what happens by the clock."""

    EVERY_MINUTE: Sequence[Sweep]
    EVERY_HOUR: Sequence[Chore]


class Personal(Protocol):
    """`personal.py`: one person's data in this noun (152-ФЗ, articles 14, 20 and 21)."""

    PLACE: int
    """Where the noun's sections stand in the file that a person gets; the lower, the earlier."""

    def counts(self, *, person_id: int) -> dict[str, Select[int]]:
        """Returns how much is stored about the person; a text `people.data.<name>` says each."""

    def export(self, session: Session, *, person_id: int) -> dict[str, Any]:
        """Returns what is stored about the person, by the section's name."""

    def stop(self, session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
        """Ends what must not go on without consent; returns how much of what."""

    def forget(self, session: Session, caller: Caller, *, person_id: int) -> dict[str, Any]:
        """Deletes what is personal; returns how much of what. `files` are stored names to delete after the commit."""

    def merge(self, session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
        """Makes all rows of one person those of the other, who is the same.

        Where a rule lets only one of two be theirs, the better one is, and the other stays under the former number;
        none is lost.
        """


class Load(Protocol):
    """Puts a section of a region pack into the database, repeatably."""

    def __call__(self, loading: Loading, /) -> object:
        """Loads the section of the pack in hand."""


class PackPart(Protocol):
    """`pack.py`: the noun's sections of a region pack."""

    SECTIONS: Mapping[str, Load]
    """By the file that each reads, without its ending."""


class Look(Protocol):
    """Looks for what is wrong beyond one query; returns a line for each fault and changes nothing."""

    def __call__(self, session: Session, /, *, storage: Storage) -> list[str]:
        """Returns a line for each fault."""


class Check(Protocol):
    """`check.py`: what must be true of the noun's rows in a sound database."""

    RULES: Mapping[str, str]
    """SQL by the rule that it tests; each query answers a label per row that breaks the rule."""

    LOOKS: Sequence[Look]
    """What no query tells."""


class Lists(Protocol):
    """`lists.py`: lists about the noun that `db/imports` brings in."""

    PLANNERS: Mapping[Any, Any]
    """By the kind of the list (`db.imports.models.ImportKind`), what plans it (`db.imports.plan.Plans`)."""


class Demo(Protocol):
    """`demo.py`: the noun's share of the demo data."""

    def make(self, world: World) -> None:
        """Adds what people and staff did; what earlier nouns made is there already."""


class Papers(Protocol):
    """`papers.py`: what the noun has to say about a person in a paper, such as the journal or a dossier."""

    def lines(self, session: Session, caller: Caller, *, person_id: int, reader: PaperReader) -> Iterable[PaperLine]:
        """Returns what the person did, each with its day and its evidence; what has none is left out."""


class Handover(Protocol):
    """`handover.py`: what people answer for in this noun, which another takes over when they leave."""

    def holders(self, caller: StaffCaller) -> Select[int]:
        """Returns ids of people who answer for something within reach, those who are gone and left it behind too."""

    def held(self, session: Session, caller: StaffCaller, *, person_id: int) -> Sequence[Affair]:
        """Lists what somebody answers for within reach, with those who may take it over, the best first."""

    def hand_over(self, session: Session, caller: StaffCaller, *, held_id: int, to_person_id: int) -> None:
        """Gives one affair to another, tells whom it concerns and writes the journal.

        Raises NotFoundError, ForbiddenError, and what the noun's own use cases do.
        """


SWEEPS: Part[Sweeps] = Part("db", "sweeps", Sweeps)
PERSONAL: Part[Personal] = Part("db", "personal", Personal)
PACK: Part[PackPart] = Part("db", "pack", PackPart)
CHECK: Part[Check] = Part("db", "check", Check)
LISTS: Part[Lists] = Part("db", "lists", Lists)
DEMO: Part[Demo] = Part("db", "demo", Demo)
PAPERS: Part[Papers] = Part("db", "papers", Papers)
HANDOVER: Part[Handover] = Part("db", "handover", Handover)


def models() -> list[Any]:
    """Imports every noun's tables and returns the modules."""
    return [module for noun in NOUNS if (module := _module(f"db.{noun}", "models")) is not None]
