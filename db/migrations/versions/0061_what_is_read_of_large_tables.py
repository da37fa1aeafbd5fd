"""where facts of a kind wait from; days of blocks; indexes of what is read of large tables"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

DAYS = ["instrument_id", "first_at", "last_at", "form", "municipality_id", "component", "people", "deficit"]
PUBLISHED = sa.text("left_at IS NULL")
LIST = ["event_id", "municipality_id", "status", "attended_at"]


def upgrade() -> None:
    op.create_table(
        "fact_mark",
        sa.Column("fact", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fact", name=op.f("pk_fact_mark")),
    )
    with op.batch_alter_table("score_block") as batch:
        batch.add_column(sa.Column("first_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("last_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE score_block SET"
        " first_at = COALESCE((SELECT min(completed_at) FROM component_score WHERE block_id = score_block.id), published_at),"
        " last_at = COALESCE((SELECT max(completed_at) FROM component_score WHERE block_id = score_block.id), published_at)"
    )
    with op.batch_alter_table("score_block") as batch:
        for column in ("first_at", "last_at"):
            batch.alter_column(column, existing_type=sa.DateTime(timezone=True), nullable=False)
    op.create_index("ix_score_block_days", "score_block", DAYS, sqlite_where=PUBLISHED, postgresql_where=PUBLISHED)
    op.drop_index(op.f("ix_attempt_version_id"), "attempt")
    op.create_index(op.f("ix_attempt_version_id_completed_at"), "attempt", ["version_id", "completed_at"])
    op.create_index(op.f("ix_attempt_completed_at"), "attempt", ["completed_at"])
    op.create_index(op.f("ix_route_started_at"), "route", ["started_at"])
    op.create_index(op.f("ix_application_submitted_at"), "application", ["submitted_at"])
    op.create_index(op.f("ix_registration_event_id_municipality_id_status_attended_at"), "registration", LIST)


def downgrade() -> None:
    op.drop_index(op.f("ix_registration_event_id_municipality_id_status_attended_at"), "registration")
    op.drop_index(op.f("ix_application_submitted_at"), "application")
    op.drop_index(op.f("ix_route_started_at"), "route")
    op.drop_index(op.f("ix_attempt_completed_at"), "attempt")
    op.drop_index(op.f("ix_attempt_version_id_completed_at"), "attempt")
    op.create_index(op.f("ix_attempt_version_id"), "attempt", ["version_id"])
    op.drop_index("ix_score_block_days", "score_block")
    with op.batch_alter_table("score_block") as batch:
        batch.drop_column("last_at")
        batch.drop_column("first_at")
    op.drop_table("fact_mark")
