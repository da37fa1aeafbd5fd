"""application numbers are counted on the campaign, wiped notices are not looked at again"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UNWIPED = sa.text("NOT wiped")


def upgrade() -> None:
    op.add_column("campaign", sa.Column("last_number", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE campaign SET last_number = coalesce("
        "(SELECT max(number) FROM application WHERE application.campaign_id = campaign.id), 0)"
    )
    op.add_column("notice", sa.Column("wiped", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_notice_unwiped", "notice", ["due_at"], sqlite_where=UNWIPED, postgresql_where=UNWIPED)


def downgrade() -> None:
    op.drop_index("ix_notice_unwiped", table_name="notice")
    op.drop_column("notice", "wiped")
    op.drop_column("campaign", "last_number")
