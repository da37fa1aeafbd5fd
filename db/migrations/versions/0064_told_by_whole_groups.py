"""when a line of a group's route was answered and done; where a difficulty was seen"""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("route_item") as batch:
        for column in ("answered_at", "done_at"):
            batch.add_column(sa.Column(column, MOMENT, nullable=True))
        batch.create_check_constraint(
            op.f("ck_route_item_answered"), "line_id IS NOT NULL OR (answered_at IS NULL AND done_at IS NULL)"
        )
    op.execute(
        "UPDATE route_item SET answered_at = coalesce(closed_at, taken_at)"
        " WHERE line_id IS NOT NULL AND status <> 'proposed'"
    )
    op.execute("UPDATE route_item SET done_at = closed_at WHERE line_id IS NOT NULL AND status = 'done'")

    with op.batch_alter_table("difficulty") as batch:
        batch.add_column(sa.Column("municipality_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_difficulty_municipality_id"), "municipality", ["municipality_id"], ["id"])
        batch.create_index(
            op.f("ix_difficulty_municipality_id_component_noted_at"), ["municipality_id", "component", "noted_at"]
        )
    op.execute(
        "UPDATE difficulty SET municipality_id = (SELECT coalesce(event.municipality_id, person.municipality_id)"
        " FROM diary_line JOIN person ON person.id = diary_line.person_id"
        " LEFT JOIN event ON diary_line.source = 'event' AND event.id = diary_line.source_id"
        " WHERE diary_line.id = difficulty.line_id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("difficulty") as batch:
        batch.drop_index(op.f("ix_difficulty_municipality_id_component_noted_at"))
        batch.drop_constraint(op.f("fk_difficulty_municipality_id"), type_="foreignkey")
        batch.drop_column("municipality_id")
    with op.batch_alter_table("route_item") as batch:
        batch.drop_constraint(op.f("ck_route_item_answered"), type_="check")
        for column in ("done_at", "answered_at"):
            batch.drop_column(column)
