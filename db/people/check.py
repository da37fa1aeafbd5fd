"""What must be true of profiles, consents and erasures."""

RULES = {
    "has a profile without any consent": """
        SELECT 'person ' || p.id FROM person p WHERE p.erased_at IS NULL AND p.full_name IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM consent c WHERE c.person_id = p.id)""",
    "is erased, but a name is still there": """
        SELECT 'person ' || id FROM person WHERE erased_at IS NOT NULL AND (full_name IS NOT NULL
        OR external_id IS NOT NULL)""",
}

LOOKS = ()
