"""application numbers are counted on the campaign; a long line of notices is looked at by its beginning only"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UNWIPED = sa.text("NOT wiped")
LEASED = sa.text("claimed_until IS NOT NULL")


def upgrade() -> None:
    op.add_column("campaign", sa.Column("last_number", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE campaign SET last_number = coalesce("
        "(SELECT max(number) FROM application WHERE application.campaign_id = campaign.id), 0)"
    )
    op.add_column("notice", sa.Column("wiped", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("ix_notice_status_due_at", table_name="notice")
    op.create_index("ix_notice_status_due_at_id", "notice", ["status", "due_at", "id"])
    op.create_index("ix_notice_leased", "notice", ["person_id"], sqlite_where=LEASED, postgresql_where=LEASED)
    op.create_index("ix_notice_unwiped", "notice", ["due_at"], sqlite_where=UNWIPED, postgresql_where=UNWIPED)


def downgrade() -> None:
    op.drop_index("ix_notice_unwiped", table_name="notice")
    op.drop_index("ix_notice_leased", table_name="notice")
    op.drop_index("ix_notice_status_due_at_id", table_name="notice")
    op.create_index("ix_notice_status_due_at", "notice", ["status", "due_at"])
    op.drop_column("notice", "wiped")
    op.drop_column("campaign", "last_number")
