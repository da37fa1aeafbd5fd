"""reports count results by blocks that are published at once; the next housekeeping makes the first ones"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WAITING = sa.text("block_id IS NULL AND latest AND deficit IS NOT NULL")
SUMS = ("people", "deficit", "need", "priority")


def upgrade() -> None:
    op.create_table(
        "score_block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("component", sa.String(64), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("position_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("deficit", sa.BigInteger(), nullable=False),
        sa.Column("need", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("above", sa.Integer(), nullable=False),
        sa.Column("cuts", sa.String(64), nullable=False),
        sa.Column("bands", sa.JSON(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.CheckConstraint("closed >= 5", name=op.f("ck_score_block_closed")),
        sa.CheckConstraint("left_at IS NOT NULL OR people >= closed", name=op.f("ck_score_block_people")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_score_block_municipality_id")),
        sa.ForeignKeyConstraint(["position_id"], ["term.id"], name=op.f("fk_score_block_position_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_block")),
    )
    op.create_index("ix_score_block_municipality_id_component", "score_block", ["municipality_id", "component"])
    op.drop_index("ix_component_score_latest_municipality_id_component", table_name="component_score")
    with op.batch_alter_table("component_score") as batch:
        batch.add_column(sa.Column("block_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_component_score_block_id"), "score_block", ["block_id"], ["id"])
        batch.create_index("ix_component_score_block_id", ["block_id"])
    op.create_index(
        "ix_component_score_waiting",
        "component_score",
        ["completed_at"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    with op.batch_alter_table("attempt") as batch:
        batch.add_column(sa.Column("disclosed", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("attempt") as batch:
        batch.alter_column("disclosed", server_default=None)
    # What was open for a while may have been read, too.
    op.execute(
        "UPDATE attempt SET disclosed = shared_with_methodist OR EXISTS (SELECT 1 FROM audit_entry e"
        " WHERE e.object_type = 'attempt' AND e.object_id = attempt.id AND e.action = 'diagnostics.opened')"
    )
    op.drop_table("score_tally")


def downgrade() -> None:
    op.create_table(
        "score_tally",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("component", sa.String(64), nullable=False),
        sa.Column("tally_by", sa.String(32), nullable=False),
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Integer() if name == "people" else sa.BigInteger(), nullable=False) for name in SUMS),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_score_tally_municipality_id")),
        sa.PrimaryKeyConstraint("municipality_id", "component", "tally_by", "key", name=op.f("pk_score_tally")),
    )
    for by, key in (
        ("points", "CAST(deficit AS INTEGER) + CASE WHEN deficit > CAST(deficit AS INTEGER) THEN 1 ELSE 0 END"),
        ("position", "coalesce(position_id, 0)"),
    ):
        op.execute(
            "INSERT INTO score_tally (municipality_id, component, tally_by, key, people, deficit, need, priority)"  # noqa: S608
            f" SELECT municipality_id, component, '{by}', {key}, count(*), sum(round(deficit * 100)),"
            " sum(coalesce(need, 0)), sum(round(coalesce(priority, 0) * 100)) FROM component_score"
            " WHERE latest AND deficit IS NOT NULL AND municipality_id IS NOT NULL"
            f" GROUP BY municipality_id, component, {key}"
        )
    with op.batch_alter_table("attempt") as batch:
        batch.drop_column("disclosed")
    op.drop_index("ix_component_score_waiting", table_name="component_score")
    with op.batch_alter_table("component_score") as batch:
        batch.drop_index("ix_component_score_block_id")
        batch.drop_constraint(op.f("fk_component_score_block_id"), type_="foreignkey")
        batch.drop_column("block_id")
    op.create_index(
        "ix_component_score_latest_municipality_id_component",
        "component_score",
        ["latest", "municipality_id", "component"],
    )
    op.drop_table("score_block")
