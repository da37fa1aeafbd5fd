"""components of modules, routes for groups, indexes that reports of deficits read alone"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

WHOSE = ["instrument_id", "municipality_id", "organisation_id", "component"]
SUMMED = ["form", "cuts", "people", "deficit", "need", "priority", "above", "changed_at"]
WHOM = (
    "(CASE WHEN group_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN organisation_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN event_id IS NULL THEN 0 ELSE 1 END) = 1"
)
TARGETS = {
    "municipality_id": "municipality.id",
    "group_id": "methodical_group.id",
    "organisation_id": "organisation.id",
    "event_id": "event.id",
}
POSITION = ["instrument_id", "position_id", "component", "municipality_id", "organisation_id"]


def upgrade() -> None:
    op.drop_index("ix_score_tally_whose", "score_tally")
    op.create_index("ix_score_tally_whose", "score_tally", [*WHOSE, "position_id", *SUMMED])
    op.create_index("ix_score_tally_position", "score_tally", [*POSITION, *SUMMED])
    with op.batch_alter_table("programme_module") as batch:
        batch.add_column(sa.Column("component", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_event_session_starts_at"), "event_session", ["starts_at"])
    _group_routes()


def _group_routes() -> None:
    op.create_table(
        "group_route",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(WHOM, name=op.f("ck_group_route_whom")),
        *(sa.ForeignKeyConstraint([name], [to], name=op.f(f"fk_group_route_{name}")) for name, to in TARGETS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_route")),
    )
    for name in TARGETS:
        op.create_index(op.f(f"ix_group_route_{name}"), "group_route", [name])
    op.create_table(
        "group_route_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_route_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_route_id"], ["group_route.id"], name=op.f("fk_group_route_line_group_route_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_route_line")),
    )
    op.create_index(op.f("ix_group_route_line_group_route_id_due_on"), "group_route_line", ["group_route_id", "due_on"])
    with op.batch_alter_table("route_item") as batch:
        batch.add_column(sa.Column("line_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        batch.create_foreign_key(op.f("fk_route_item_line_id"), "group_route_line", ["line_id"], ["id"])
        batch.create_check_constraint(op.f("ck_route_item_due"), "(line_id IS NULL) = (due_on IS NULL)")
    op.create_index(op.f("ix_route_item_line_id"), "route_item", ["line_id"])
    op.create_index("uq_route_item_line", "route_item", ["route_id", "line_id"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_route_item_line", "route_item")
    op.drop_index(op.f("ix_route_item_line_id"), "route_item")
    with op.batch_alter_table("route_item") as batch:
        batch.drop_constraint(op.f("ck_route_item_due"), type_="check")
        batch.drop_constraint(op.f("fk_route_item_line_id"), type_="foreignkey")
        batch.drop_column("due_on")
        batch.drop_column("line_id")
    op.drop_table("group_route_line")
    op.drop_table("group_route")
    op.drop_index(op.f("ix_event_session_starts_at"), "event_session")
    with op.batch_alter_table("programme_module") as batch:
        batch.drop_column("component")
    op.drop_index("ix_score_tally_position", "score_tally")
    op.drop_index("ix_score_tally_whose", "score_tally")
    op.create_index("ix_score_tally_whose", "score_tally", WHOSE)
