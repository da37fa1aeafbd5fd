"""indexes of what the monitoring and its waves count"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

PROFILE = sa.text("erased_at IS NULL AND profile_saved_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_person_profile",
        "person",
        ["municipality_id", "position_id", "id"],
        sqlite_where=PROFILE,
        postgresql_where=PROFILE,
    )
    asked = ["asked_at", "municipality_id", "answered_at"]
    op.create_index(op.f("ix_help_request_asked_at_municipality_id_answered_at"), "help_request", asked)
    op.drop_index(op.f("ix_component_score_block_id"), "component_score")
    op.create_index(op.f("ix_component_score_block_id_completed_at"), "component_score", ["block_id", "completed_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_component_score_block_id_completed_at"), "component_score")
    op.create_index(op.f("ix_component_score_block_id"), "component_score", ["block_id"])
    op.drop_index(op.f("ix_help_request_asked_at_municipality_id_answered_at"), "help_request")
    op.drop_index("ix_person_profile", "person")
