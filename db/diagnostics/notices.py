"""Names the kinds of notices about self-diagnoses."""

UNFINISHED = "diagnostics.unfinished"


RETEST = "diagnostics.retest"
