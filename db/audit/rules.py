"""How the journal names who did something."""

STAFF = "staff:"


def staff_actor(staff_id: int) -> str:
    """An account of the panel, as `AuditEntry.actor`."""
    return f"{STAFF}{staff_id}"


def staff_of(actor: str) -> int | None:
    """The account's number; None where it was somebody else."""
    return int(actor.removeprefix(STAFF)) if actor.startswith(STAFF) else None
