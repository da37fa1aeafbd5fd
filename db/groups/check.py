"""What must be true of groups in a sound database."""

RULES = {
    "is headed by somebody who is not in it": """
        SELECT 'group ' || g.id FROM methodical_group g WHERE g.head_id IS NOT NULL AND g.status = 'active'
        AND NOT EXISTS (SELECT 1 FROM group_member m WHERE m.group_id = g.id AND m.person_id = g.head_id
        AND m.status = 'active')""",
    "was held, and nobody knows how many were needed": """
        SELECT 'group meeting ' || t.id FROM group_meeting t WHERE t.status = 'held' AND t.needed < 1""",
    "has levels of fewer than five": """
        SELECT 'group ' || s.group_id FROM group_score s WHERE s.people < 5""",
}
LOOKS = ()
