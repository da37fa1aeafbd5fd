"""What must be true of programmes and runs in a sound database."""

from collections.abc import Mapping, Sequence

from db.nouns import Look

RULES: Mapping[str, str] = {
    "a programme's hours are those of its modules": """
        SELECT p.code FROM programme p
        WHERE p.hours <> (SELECT COALESCE(SUM(m.hours), 0) FROM programme_module m WHERE m.programme_id = p.id)
    """,
    "a run is an event that counts by its parts": """
        SELECT e.code FROM programme_run r JOIN event e ON e.id = r.event_id WHERE NOT e.by_parts
    """,
    "a lesson is of its run's programme": """
        SELECT e.code FROM programme_lesson l
        JOIN programme_module m ON m.id = l.module_id
        JOIN event_session s ON s.id = l.session_id
        JOIN event e ON e.id = s.event_id
        LEFT JOIN programme_run r ON r.event_id = s.event_id AND r.programme_id = m.programme_id
        WHERE r.event_id IS NULL
    """,
}
LOOKS: Sequence[Look] = ()
