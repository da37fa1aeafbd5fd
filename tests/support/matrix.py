"""What a row of the matrix says: one address of the panel, whose objects it is of and who may open it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.trust.planted import Planted

WORD = "Кварцитова"
ALL_ROLES, WHOLE_REGION, WRITERS = (
    ("admin", "region", "town", "centre", "reader", "school"),
    ("admin", "region"),
    ("admin", "region", "town", "centre"),
)
NAMED = (*WRITERS, "school")
EVERYBODY, AUDITED = (*ALL_ROLES, "auditor", "coordinator"), (*NAMED, "auditor", "coordinator")


@dataclass(frozen=True)
class Side:
    """One municipality's objects."""

    place: int
    has: Planted
    draft: int
    site: int
    staff: int
    broadcasts: tuple[int, int]
    centre: int
    motion: int


@dataclass(frozen=True)
class Row:
    """One route in the matrix.

    `urls` and `form` are made from a municipality's objects. `opens` says whose objects a municipal methodist may open
    here: `own` (foreign ones are 404), `any` (a page without objects of its own), `nobody` (another role's page),
    `token` (a program's address, which no session opens). `changes` marks a form. `roles` may open it at all.
    """

    urls: Callable[[Side], list[str]]
    opens: str = "own"
    roles: tuple[str, ...] = ALL_ROLES
    form: Callable[[Side], dict[str, Any]] = field(default=lambda side: {})


def one(*templates: str) -> Callable[[Side], list[str]]:
    """Addresses with `{place}`, `{person}`, `{sent}` and the like filled in."""

    def fill(side: Side) -> list[str]:
        has = side.has
        known = {
            "place": side.place,
            "person": has.person,
            "other": has.other,
            "sent": has.sent,
            "draft_application": has.applications[0],
            "approved": has.applications[2],
            "document": has.documents[1],
            "draft_document": has.documents[0],
            "decision": has.decision,
            "appeal": has.appeal,
            "event": has.events[0],
            "past": has.events[1],
            "draft": side.draft,
            "registration": has.registrations[0],
            "came": has.registrations[1],
            "attempt": has.attempts[0],
            "pair": has.pair,
            "notice": has.notice,
            "organisation": has.organisation,
            "site": side.site,
            "centre": side.centre,
            "motion": side.motion,
            "staff": side.staff,
            "claim": has.claim,
            "merge": has.merge,
            "upload": has.upload,
            "certificate": has.certificate,
            **{
                name: getattr(has, name)
                for name in (
                    "group",
                    "group_kind",
                    "group_member",
                    "group_meeting",
                    "group_decision",
                    "group_result",
                    "workplan_line",
                    "workplan_mark",
                    "programme",
                    "module",
                    "run",
                    "lesson",
                    "training",
                    "diary",
                    "expert_work",
                    "tie",
                    "route",
                    "membership",
                    "request",
                    "known",
                    "practice",
                    "practice_expert",
                    "practice_author",
                    "practice_file",
                    "group_route",
                    "group_line",
                    "commission",
                    "review",
                    "interest",
                )
            },
            "written": side.broadcasts[0],
            "going": side.broadcasts[1],
        }
        return [template.format(**known) for template in templates]

    return fill


FILTERS = (
    "?municipality={place}",
    "?q=" + WORD,
    "?q=" + WORD + "&municipality={place}",
    "?status=approved&municipality={place}",
    "?status=draft&municipality={place}",
    "?page=2&municipality={place}",
)
