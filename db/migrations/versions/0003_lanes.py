"""which of several bot processes handles a chat"""

import sqlalchemy as sa
from alembic import op

import db.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WAITING = sa.text("status = 'received'")


def upgrade() -> None:
    op.create_table(
        "lane",
        sa.Column("chat_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("process", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("leased_until", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_key", name=op.f("pk_lane")),
    )
    op.create_index("ix_lane_process", "lane", ["process"])
    op.create_index(
        "ix_incoming_update_waiting",
        "incoming_update",
        ["chat_key", "update_id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    op.drop_index("ix_incoming_update_waiting", table_name="incoming_update")
    op.drop_table("lane")
