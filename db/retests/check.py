"""What must be true of re-tests."""

RULES = {
    "is done without answers": """
        SELECT 'retest ' || r.id FROM retest r WHERE r.status = 'done'
        AND NOT EXISTS (SELECT 1 FROM retest_answer a WHERE a.retest_id = r.id)""",
    "asks by another instrument than its result": """
        SELECT 'retest ' || r.id FROM retest r JOIN attempt t ON t.id = r.attempt_id
        JOIN instrument_version v ON v.id = r.version_id WHERE v.instrument_id <> t.instrument_id""",
    "answers the step of another person": """
        SELECT 'retest ' || r.id FROM retest r JOIN attempt t ON t.id = r.attempt_id
        JOIN route_item i ON i.id = r.route_item_id JOIN route o ON o.id = i.route_id
        WHERE o.person_id <> t.person_id""",
}
LOOKS = ()
