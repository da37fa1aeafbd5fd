"""What must be true of seats and certificates."""

RULES = {
    "the count of seats differs from the list": """
        SELECT 'event ' || e.code FROM event e WHERE e.seated <> (
            SELECT count(*) FROM registration r
            WHERE r.event_id = e.id AND r.status IN ('seated', 'offered') AND NOT r.online)""",
    "the count of seats online differs from the list": """
        SELECT 'event ' || e.code FROM event e WHERE e.online_seated <> (
            SELECT count(*) FROM registration r
            WHERE r.event_id = e.id AND r.status IN ('seated', 'offered') AND r.online)""",
    "a number on the list is greater than the last one given": """
        SELECT 'event ' || e.code FROM event e WHERE e.sequence < (
            SELECT coalesce(max(r.sequence), 0) FROM registration r WHERE r.event_id = e.id)""",
    "was there without a seat": """
        SELECT 'registration ' || id FROM registration WHERE attended_at IS NOT NULL AND status <> 'seated'""",
    "a certificate for somebody who was not there": """
        SELECT 'certificate ' || c.number FROM certificate c JOIN registration r ON r.id = c.registration_id
        WHERE r.attended_at IS NULL""",
}

LOOKS = ()
