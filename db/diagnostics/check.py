"""What must be true of attempts, scores, and the blocks and their sums that reports count."""

RULES = {
    "is closed without scores": """
        SELECT 'attempt ' || t.id FROM attempt t WHERE t.status = 'completed'
        AND NOT EXISTS (SELECT 1 FROM component_score s WHERE s.attempt_id = t.id)""",
    "has two results marked as the last one": """
        SELECT 'person ' || s.person_id FROM component_score s JOIN attempt t ON t.id = s.attempt_id
        WHERE s.latest GROUP BY s.person_id, t.instrument_id, s.component HAVING count(*) > 1""",
    "is by another instrument than its version": """
        SELECT 'attempt ' || t.id FROM attempt t JOIN instrument_version v ON v.id = t.version_id
        WHERE v.instrument_id <> t.instrument_id""",
    "has more results than it counts": """
        SELECT 'block ' || b.id FROM score_block b JOIN component_score s ON s.block_id = b.id
        WHERE b.left_at IS NULL GROUP BY b.id, b.people HAVING count(*) > b.people""",
    "counts other closed results than it has": """
        SELECT 'block ' || b.id FROM score_block b WHERE b.left_at IS NULL AND b.closed - b.gone <> (
        SELECT count(*) FROM component_score s JOIN attempt t ON t.id = s.attempt_id
        WHERE s.block_id = b.id AND s.latest AND NOT t.disclosed)""",
    "sums up other people than its blocks hold": """
        SELECT 'instrument ' || instrument_id || ', ' || component || ', municipality ' || coalesce(municipality_id, 0)
        || ', organisation ' || coalesce(organisation_id, 0) FROM (
        SELECT instrument_id, component, form, municipality_id, organisation_id, position_id, cuts, people
        FROM score_block WHERE left_at IS NULL UNION ALL
        SELECT instrument_id, component, form, municipality_id, organisation_id, position_id, cuts, -people
        FROM score_tally
        ) AS both_sides GROUP BY instrument_id, component, form, municipality_id, organisation_id, position_id, cuts
        HAVING sum(people) <> 0""",
}
LOOKS = ()
