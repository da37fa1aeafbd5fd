"""plans: the source's kinds of terms; lines by a file; events by a line; documents have a kind"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

KIND = sa.Enum(
    "law", "order", "letter", "programme", "statute", "other", name="documentkind", native_enum=False, length=32
)
STATUS = sa.Enum("waiting", "done", "undone", "dropped", name="planuploadstatus", native_enum=False, length=32)


def upgrade() -> None:
    with op.batch_alter_table("plan") as batch:
        batch.add_column(sa.Column("terms", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("plan") as batch:
        batch.alter_column("terms", existing_type=sa.JSON(), existing_nullable=False, server_default=None)
    with op.batch_alter_table("official_document") as batch:
        batch.add_column(sa.Column("kind", KIND, nullable=False, server_default="other"))
    with op.batch_alter_table("official_document") as batch:
        batch.alter_column("kind", existing_type=KIND, existing_nullable=False, server_default=None)
    op.create_table(
        "plan_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("status", STATUS, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_plan_upload_created_by")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_upload_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_upload")),
    )
    op.create_index(op.f("ix_plan_upload_plan_id"), "plan_upload", ["plan_id"])
    with op.batch_alter_table("plan_line") as batch:
        batch.add_column(sa.Column("upload_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_plan_line_upload_id"), "plan_upload", ["upload_id"], ["id"])
        batch.create_index(op.f("ix_plan_line_upload_id"), ["upload_id"])
    op.create_table(
        "plan_event",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_plan_event_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["line_id"], ["plan_line.id"], name=op.f("fk_plan_event_line_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_plan_event")),
    )
    op.create_index(op.f("ix_plan_event_line_id"), "plan_event", ["line_id"])
    op.create_index(op.f("ix_plan_event_settled"), "plan_event", ["settled"])


def downgrade() -> None:
    op.drop_table("plan_event")
    with op.batch_alter_table("plan_line") as batch:
        batch.drop_index(op.f("ix_plan_line_upload_id"))
        batch.drop_constraint(op.f("fk_plan_line_upload_id"), type_="foreignkey")
        batch.drop_column("upload_id")
    op.drop_table("plan_upload")
    with op.batch_alter_table("official_document") as batch:
        batch.drop_column("kind")
    with op.batch_alter_table("plan") as batch:
        batch.drop_column("terms")
