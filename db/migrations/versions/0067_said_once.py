"""when one first said how a step went; when a route became one's own; what is measured of people"""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("route_item") as batch:
        batch.add_column(sa.Column("reflected_at", MOMENT, nullable=True))
        batch.create_check_constraint(op.f("ck_route_item_reflected"), "reflected_at IS NULL OR word IS NOT NULL")
    op.execute("UPDATE route_item SET reflected_at = closed_at WHERE status = 'done' AND word IS NOT NULL")

    with op.batch_alter_table("route") as batch:
        batch.alter_column("started_at", existing_type=MOMENT, nullable=True)
    # A draft had a day too, and one that was thrown away is told from a broken off one by what came of it alone.
    op.execute(
        "UPDATE route SET started_at = NULL WHERE status = 'draft' OR (status = 'cancelled' AND NOT EXISTS"
        " (SELECT 1 FROM route_item WHERE route_item.route_id = route.id"
        " AND route_item.status NOT IN ('proposed', 'dropped')))"
    )

    with op.batch_alter_table("indicator_measure") as batch:
        batch.add_column(sa.Column("of_people", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("indicator_measure") as batch:
        batch.alter_column("of_people", server_default=None, existing_type=sa.Boolean(), existing_nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("indicator_measure") as batch:
        batch.drop_column("of_people")
    op.execute("UPDATE route SET started_at = coalesce(ended_at, CURRENT_TIMESTAMP) WHERE started_at IS NULL")
    with op.batch_alter_table("route") as batch:
        batch.alter_column("started_at", existing_type=MOMENT, nullable=False)
    with op.batch_alter_table("route_item") as batch:
        batch.drop_constraint(op.f("ck_route_item_reflected"), type_="check")
        batch.drop_column("reflected_at")
