"""Names the kinds of notices about surveys."""

UNFINISHED = "surveys.unfinished"
