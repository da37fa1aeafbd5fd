"""Workshops."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = sorted(path.stem.partition("_")[0] for path in Path(__file__).parent.glob("[0-9]*.py"))[-2]
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workshop",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("title", sa.String(300), nullable=False, unique=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("told_at", sa.DateTime()),
    )


def downgrade() -> None:
    op.drop_table("workshop")
