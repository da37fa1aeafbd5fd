"""a region's own forms of a memo, version by version"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "memo_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memo_form")),
    )
    op.create_table(
        "memo_form_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scan_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["memo_form.id"], name=op.f("fk_memo_form_version_form_id")),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_memo_form_version_scan_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["staff.id"], name=op.f("fk_memo_form_version_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memo_form_version")),
        sa.UniqueConstraint("form_id", "number", name=op.f("uq_memo_form_version_form_id_number")),
    )
    op.create_index(op.f("ix_memo_form_version_scan_id"), "memo_form_version", ["scan_id"])


def downgrade() -> None:
    op.drop_table("memo_form_version")
    op.drop_table("memo_form")
