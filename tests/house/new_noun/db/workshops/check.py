"""What must be true of workshops."""

RULES = {"has no title": "SELECT 'workshop ' || id FROM workshop WHERE title = ''"}
LOOKS = ()
