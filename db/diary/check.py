"""What must be true of diaries in a sound database."""

RULES = {
    "has a tally that is not the number of lines": """
        SELECT 'person ' || person_id || ', activity ' || activity_id FROM (
        SELECT person_id, activity_id, lines AS number FROM diary_tally UNION ALL
        SELECT person_id, activity_id, -1 FROM diary_line WHERE dropped_at IS NULL) AS counted
        GROUP BY person_id, activity_id HAVING SUM(number) <> 0""",
}
LOOKS = ()
