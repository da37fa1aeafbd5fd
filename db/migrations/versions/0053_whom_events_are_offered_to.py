"""whom events and programmes are offered to, by position and by years at work; broadcasts to the young"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, of in (("event_position", "event"), ("programme_position", "programme")):
        op.create_table(
            table,
            sa.Column(f"{of}_id", sa.Integer(), nullable=False),
            sa.Column("position_id", sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(
                [f"{of}_id"],
                [f"{of}.id"],
                name=op.f(f"fk_{table}_{of}_id"),
                ondelete="CASCADE" if of == "event" else None,
            ),
            sa.ForeignKeyConstraint(["position_id"], ["term.id"], name=op.f(f"fk_{table}_position_id")),
            sa.PrimaryKeyConstraint(f"{of}_id", "position_id", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_position_id"), table, ["position_id"])
    for table, kwargs in (("event", {}), ("broadcast", {"sqlite_autoincrement": True})):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("young", sa.Boolean(), nullable=False, server_default=sa.false()))
        with op.batch_alter_table(table, table_kwargs=kwargs) as batch:
            batch.alter_column("young", server_default=None, existing_type=sa.Boolean(), existing_nullable=False)


def downgrade() -> None:
    for table in ("broadcast", "event"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("young")
    op.drop_table("programme_position")
    op.drop_table("event_position")
