"""Says who asks for a use case and when. The door gives it; nobody passes a moment, a zone or an id by hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from db.scope import Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """The moment (UTC) and the region's zone. As such it is the clock, the command line, or a stranger in the bot."""

    now: datetime
    zone: ZoneInfo

    @property
    def actor(self) -> str:
        """How the journal names whoever asks."""
        return "system"


@dataclass(frozen=True, slots=True)
class PersonCaller(Caller):
    """A person in the bot."""

    person_id: int

    @property
    def actor(self) -> str:
        """How the journal names whoever asks."""
        return f"person:{self.person_id}"


@dataclass(frozen=True, slots=True)
class StaffCaller(Caller):
    """An account of the panel with what it may see and change."""

    scope: Scope

    @property
    def actor(self) -> str:
        """How the journal names whoever asks."""
        return f"staff:{self.scope.staff_id}"


def asks_who(use_case: Any) -> bool:
    """Whether a use case wants its caller: its second parameter is called so."""
    code = getattr(use_case, "__code__", None)
    return code is not None and code.co_argcount > 1 and code.co_varnames[1] == "caller"
