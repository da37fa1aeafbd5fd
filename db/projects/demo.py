"""Projects of the demo with their tasks, and what centres have fulfilled."""

from typing import Any

from sqlalchemy import select

from db.demo.world import World
from db.dictionaries.models import Centre
from db.projects.models import CellStatus, Project, ProjectStatus, Recommendation
from db.projects.staff_services import CellDraft, ProjectDraft, add_task, close_task, save_cell, save_project


def make(world: World) -> None:
    """Enters the recipe's projects, each by its account, and the cells of recommendations."""
    centres = {row.code: row.id for row in world.session.scalars(select(Centre))}
    for item in world.recipe.get("projects", []):
        _project(world, centres, item)
    advice = {row.code: row.id for row in world.session.scalars(select(Recommendation))}
    for item in world.recipe.get("recommendation_cells", []):
        day = world.at(-item["days_ago"])
        status = CellStatus(item["status"])
        done_on = day.date() if status is CellStatus.FULFILLED else None
        save_cell(
            world.session,
            world.account(item["account"], day),
            recommendation_id=advice[item["recommendation"]],
            centre_id=centres[item["centre"]],
            draft=CellDraft(status=status, word=item["word"], done_on=done_on, document_id=None, link="", revision=0),
        )


def _project(world: World, centres: dict[str, int], item: dict[str, Any]) -> None:
    began = world.at(-item["days_ago"])
    caller = world.account(item["account"], began)
    parents = {row.code: row.id for row in world.session.scalars(select(Project))}
    project_id = save_project(
        world.session,
        caller,
        project_id=None,
        centre_id=centres.get(item.get("centre", "")),
        municipality_id=world.municipalities.get(item.get("municipality", "")),
        draft=ProjectDraft(
            title=item["title"],
            parent_id=parents.get(item.get("parent", "")),
            about=item["about"],
            term=item["term"],
            starts=began.date(),
            ends=None,
            status=ProjectStatus(item["status"]),
            outcome="",
            link="",
            organisation="",
        ),
    )
    for task in item["tasks"]:
        task_id = add_task(world.session, caller, project_id=project_id, text=task["text"])
        if "result" in task:
            done = world.account(item["account"], world.at(-task["days_ago"]))
            close_task(world.session, done, project_id=project_id, task_id=task_id, done_on=None, result=task["result"])
