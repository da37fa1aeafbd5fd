"""short re-tests of one component"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

OPEN = sa.text("status = 'open'")


def upgrade() -> None:
    op.create_table(
        "retest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("component", sa.String(64), nullable=False),
        sa.Column("then_item", sa.String(64), nullable=False),
        sa.Column("route_item_id", sa.Integer()),
        sa.Column("status", sa.Enum("open", "done", name="reteststatus", native_enum=False, length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("(status = 'done') = (completed_at IS NOT NULL)", name=op.f("ck_retest_completed")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_retest_attempt_id")),
        sa.ForeignKeyConstraint(["version_id"], ["instrument_version.id"], name=op.f("fk_retest_version_id")),
        sa.ForeignKeyConstraint(["route_item_id"], ["route_item.id"], name=op.f("fk_retest_route_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retest")),
    )
    op.create_index(
        "uq_retest_open",
        "retest",
        ["attempt_id", "component"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(op.f("ix_retest_attempt_id_component"), "retest", ["attempt_id", "component"])
    op.create_index(op.f("ix_retest_route_item_id"), "retest", ["route_item_id"])
    op.create_table(
        "retest_answer",
        sa.Column("retest_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(32), nullable=False),
        sa.Column("value", sa.Integer()),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value IS NULL OR value BETWEEN 0 AND 5", name=op.f("ck_retest_answer_value")),
        sa.ForeignKeyConstraint(
            ["retest_id"], ["retest.id"], name=op.f("fk_retest_answer_retest_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("retest_id", "item", name=op.f("pk_retest_answer")),
    )


def downgrade() -> None:
    op.drop_table("retest_answer")
    op.drop_table("retest")
