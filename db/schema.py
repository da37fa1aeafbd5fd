"""Every table, imported: what migrations compare with and tests create."""

from db.applications import models as applications
from db.audit import models as audit
from db.base import Base
from db.broadcasts import models as broadcasts
from db.diagnostics import models as diagnostics
from db.dictionaries import models as dictionaries
from db.events import models as events
from db.inbox import models as inbox
from db.mentoring import models as mentoring
from db.notices import models as notices
from db.people import models as people
from db.sites import models as sites

metadata = Base.metadata

__all__ = [
    "applications",
    "audit",
    "broadcasts",
    "diagnostics",
    "dictionaries",
    "events",
    "inbox",
    "mentoring",
    "metadata",
    "notices",
    "people",
    "sites",
]
