"""Says which status of a record of training follows which, and what is young, recent and whole. No Session here."""

import re
from datetime import date

from db.people.rules import YOUNG as YOUNG
from db.training.models import TrainingRecord, TrainingStatus
from db.transitions import Transitions

YEARS = 3
"""How many the report looks back."""
MOST_HOURS = 2000
OLDEST = 30
"""Years: no document is older."""
LONGEST = 300
_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})|(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)

TRAINING = Transitions(
    {
        TrainingStatus.DRAFT: [TrainingStatus.SENT, TrainingStatus.CONFIRMED],
        TrainingStatus.SENT: [TrainingStatus.CONFIRMED, TrainingStatus.RETURNED],
        TrainingStatus.RETURNED: [TrainingStatus.SENT],
        TrainingStatus.CONFIRMED: [TrainingStatus.RETURNED],
    }
)
EDITABLE = frozenset({TrainingStatus.DRAFT, TrainingStatus.RETURNED})
"""What its teacher may still change."""


def years_before(day: date, years: int) -> date:
    """Returns the same day so many years earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def believable(day: date, *, today: date) -> bool:
    """Tells whether a document may be of this day."""
    return years_before(today, OLDEST) <= day <= today


def day_typed(text: str) -> date | None:
    """Returns a day as it was typed: 12.05.2025, 12.5.25, 2025-05-12; none for anything else."""
    found = _DAY.fullmatch(text.strip().rstrip(". "))
    if found is None:
        return None
    day, month, year = (int(one) for one in (found.group(1, 2, 3) if found[1] else found.group(6, 5, 4)))
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def missing(record: TrainingRecord) -> str | None:
    """Returns the first part that is not told yet; none where it is whole. A document's number and a file may lack."""
    if not record.title:
        return "title"
    if not record.organisation:
        return "organisation"
    if record.hours is None:
        return "hours"
    if record.issued_on is None:
        return "issued_on"
    if record.of_project is None:
        return "of_project"
    return None


def years_then(now: int | None, *, issued_on: date, today: date) -> int | None:
    """Returns how long somebody had worked on the document's day, from the years of today; none where unknown."""
    if now is None:
        return None
    return max(0, now - (today.year - issued_on.year - ((today.month, today.day) < (issued_on.month, issued_on.day))))
