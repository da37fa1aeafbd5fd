"""What must be true of commissions and their reviews."""

RULES = {
    "has no chair": """
        SELECT 'commission of campaign ' || c.campaign_id FROM commission c WHERE NOT EXISTS (
        SELECT 1 FROM commission_member m WHERE m.campaign_id = c.campaign_id AND m.seat = 'chair')""",
    "is handed in without a score of every criterion": """
        SELECT 'review ' || r.id FROM review r JOIN application a ON a.id = r.application_id
        WHERE r.status = 'done' AND EXISTS (SELECT 1 FROM criterion c WHERE c.campaign_id = a.campaign_id
        AND NOT EXISTS (SELECT 1 FROM review_score s WHERE s.review_id = r.id AND s.number = c.number))""",
}
LOOKS = ()
