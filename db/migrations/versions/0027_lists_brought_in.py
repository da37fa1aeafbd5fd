"""lists that are brought in, and what they changed, so that it can be undone"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_upload_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    going = sa.text("status = 'going'")
    op.create_index("uq_upload_going", "upload", ["status"], unique=True, sqlite_where=going, postgresql_where=going)
    op.create_table(
        "upload_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(64), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("added", sa.Boolean(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_change_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_change")),
    )
    op.create_index(op.f("ix_upload_change_upload_id"), "upload_change", ["upload_id"])
    op.create_index(op.f("ix_upload_change_table_name_row_id"), "upload_change", ["table_name", "row_id"])


def downgrade() -> None:
    op.drop_table("upload_change")
    op.drop_table("upload")
