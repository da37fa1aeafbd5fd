"""What must be true of profiles, consents and erasures."""

RULES = {
    "has a profile without any consent": """
        SELECT 'person ' || p.id FROM person p WHERE p.erased_at IS NULL AND p.full_name IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM consent c WHERE c.person_id = p.id)""",
    "is erased, but a name or a messenger account is still there": """
        SELECT 'person ' || p.id FROM person p WHERE p.erased_at IS NOT NULL AND (p.full_name IS NOT NULL
        OR EXISTS (SELECT 1 FROM messenger_account a WHERE a.person_id = p.id))""",
    "is erased, but may still stand in the database's files: the bot tries every minute": """
        SELECT 'person ' || person_id FROM erasure WHERE done_at IS NOT NULL AND scrubbed_at IS NULL""",
}

LOOKS = ()
