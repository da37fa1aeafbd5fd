"""How an agreement stands at a day, and which status may follow which: pure."""

import enum
from datetime import date, timedelta

from db.network.models import AgreementStatus
from db.transitions import Transitions

AGREEMENT = Transitions(
    {
        AgreementStatus.PREPARING: {AgreementStatus.SIGNED, AgreementStatus.ENDED},
        AgreementStatus.SIGNED: {AgreementStatus.ENDED},
        AgreementStatus.ENDED: set(),
    },
    refusal="agreement_moved",
)
SOON = timedelta(days=30)
"""So long before its last day an agreement is spoken of on the first page."""


class AgreementStanding(enum.StrEnum):
    """How a member's agreement stands at a day. `soon` and `over` are signed ones, by their last day."""

    SIGNED = "signed"
    SOON = "soon"
    OVER = "over"
    PREPARING = "preparing"
    ENDED = "ended"
    NONE = "none"


def standing(status: AgreementStatus | None, ends: date | None, *, today: date) -> AgreementStanding:
    """Returns how an agreement stands; `ends` is its last day, on which it still holds."""
    if status is None:
        return AgreementStanding.NONE
    if status is not AgreementStatus.SIGNED or ends is None:
        return AgreementStanding(status.value)
    return (
        AgreementStanding.OVER
        if ends < today
        else AgreementStanding.SOON
        if ends <= today + SOON
        else AgreementStanding.SIGNED
    )
