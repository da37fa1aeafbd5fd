"""Which status of a project and of a recommendation's fulfilment may follow which: pure."""

from datetime import date

from db.projects.models import CellStatus, ProjectStatus
from db.transitions import Transitions

PROJECT = Transitions(
    {
        ProjectStatus.PLANNED: {ProjectStatus.RUNNING, ProjectStatus.DONE, ProjectStatus.STOPPED},
        ProjectStatus.RUNNING: {ProjectStatus.DONE, ProjectStatus.STOPPED, ProjectStatus.PLANNED},
        ProjectStatus.DONE: {ProjectStatus.RUNNING},
        ProjectStatus.STOPPED: {ProjectStatus.RUNNING},
    },
    refusal="project_moved",
)
CELL = Transitions({status: set(CellStatus) - {status} for status in CellStatus})
"""A fulfilment noted by mistake is taken back in one step."""


def late(status: ProjectStatus, ends: date | None, *, today: date) -> bool:
    """Tells whether a project goes on though its last day is past."""
    return ends is not None and ends < today and status in (ProjectStatus.PLANNED, ProjectStatus.RUNNING)
