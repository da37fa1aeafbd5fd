"""Says how an update's status may change."""

from db.inbox.models import UpdateStatus
from db.transitions import Transitions

MOVES = Transitions(
    {
        UpdateStatus.RECEIVED: {UpdateStatus.HANDLED, UpdateStatus.QUARANTINED},
        UpdateStatus.QUARANTINED: {UpdateStatus.RECEIVED},
        UpdateStatus.HANDLED: set(),
    }
)
