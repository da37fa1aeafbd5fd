"""Names the kinds of notices about self-diagnoses."""

UNFINISHED = "diagnostics.unfinished"


RETEST = "diagnostics.retest"

FINISHED = "diagnostics.finished"
"""The receipt: the picture of a result."""

FILE = "diagnostics.file"
"""The receipt: a result as a file to keep."""
