"""ended sessions and wrong passwords of the panel, known to all its processes"""

import sqlalchemy as sa
from alembic import op

import db.base

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ended_session",
        sa.Column("nonce_hash", sa.String(length=64), nullable=False),
        sa.Column("until", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce_hash", name=op.f("pk_ended_session")),
    )
    op.create_table(
        "wrong_passwords",
        sa.Column("account_hash", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", db.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_hash", name=op.f("pk_wrong_passwords")),
    )


def downgrade() -> None:
    op.drop_table("wrong_passwords")
    op.drop_table("ended_session")
