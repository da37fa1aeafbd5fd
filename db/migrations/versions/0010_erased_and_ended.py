"""an erasure knows whether the files were scrubbed, an account ends all its sessions, the journal cannot be changed"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UNSCRUBBED = sa.text("scrubbed_at IS NULL")
REFUSAL = "the journal is never changed"


def upgrade() -> None:
    with op.batch_alter_table("erasure") as batch:
        batch.add_column(sa.Column("scrubbed_at", sa.DateTime(timezone=True)))
    op.create_index("ix_erasure_unscrubbed", "erasure", ["id"], sqlite_where=UNSCRUBBED, postgresql_where=UNSCRUBBED)
    with op.batch_alter_table("staff") as batch:
        batch.add_column(sa.Column("epoch", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("staff") as batch:
        batch.alter_column("epoch", server_default=None)
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_entry_no_{act.lower()} BEFORE {act} ON audit_entry"
                f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION audit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry"
            " FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_stays()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER audit_entry_no_{act}")
    else:
        op.execute("DROP TRIGGER audit_entry_stays ON audit_entry")
        op.execute("DROP FUNCTION audit_entry_stays")
    with op.batch_alter_table("staff") as batch:
        batch.drop_column("epoch")
    op.drop_index("ix_erasure_unscrubbed", table_name="erasure")
    with op.batch_alter_table("erasure") as batch:
        batch.drop_column("scrubbed_at")
