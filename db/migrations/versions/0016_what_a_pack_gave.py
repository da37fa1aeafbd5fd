"""what a pack gave is noted, so that a newer version of it keeps what staff changed"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pack_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(64), nullable=False),
        sa.Column("code", sa.String(400), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_entry")),
        sa.UniqueConstraint("table_name", "code", name=op.f("uq_pack_entry_table_name_code")),
    )


def downgrade() -> None:
    op.drop_table("pack_entry")
