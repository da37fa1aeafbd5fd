"""What must be true of memberships in a sound database."""

RULES = {
    "goes on, and the person has no role": """
        SELECT 'membership ' || m.id FROM membership m WHERE m.status = 'active' AND NOT EXISTS (SELECT 1
        FROM role_grant g WHERE g.person_id = m.person_id AND g.role = 'active_member' AND g.revoked_at IS NULL)""",
    "is an active member, and no membership says of what": """
        SELECT 'person ' || g.person_id FROM role_grant g WHERE g.role = 'active_member' AND g.revoked_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.person_id = g.person_id AND m.status = 'active')""",
}
LOOKS = ()
