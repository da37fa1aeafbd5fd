"""updates, lanes, dialogs, pace and pauses belong to a messenger: two of them may use the same numbers"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FIRST = "telegram"  # whose everything was until now
WAITING = sa.text("status = 'received'")
NUMBERS = {"incoming_update": "update_id", "lane": "chat_key"}


def upgrade() -> None:
    op.drop_index("ix_incoming_update_waiting", table_name="incoming_update")
    for table, number in NUMBERS.items():
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("platform", sa.String(64), nullable=False, server_default=FIRST))
            batch.drop_constraint(f"pk_{table}", type_="primary")
            batch.create_primary_key(f"pk_{table}", ["platform", number])
        with op.batch_alter_table(table) as batch:
            batch.alter_column("platform", server_default=None)
    op.create_index(
        "ix_incoming_update_waiting",
        "incoming_update",
        ["platform", "chat_key", "update_id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.execute(r"UPDATE dialog SET key = 'telegram\:' || key WHERE key NOT LIKE 'telegram\:%'")
    op.execute(r"UPDATE setting SET key = key || '\:telegram' WHERE key IN ('delivery_pause', 'delivery_pace')")


def downgrade() -> None:
    """What came from another messenger has no place in the older version: it is dropped."""
    op.execute(r"DELETE FROM setting WHERE key LIKE 'delivery_pa%\:%' AND key NOT LIKE '%\:telegram'")
    op.execute(r"UPDATE setting SET key = replace(key, '\:telegram', '') WHERE key LIKE 'delivery_pa%\:telegram'")
    op.execute(r"DELETE FROM dialog WHERE key NOT LIKE 'telegram\:%'")
    op.execute("UPDATE dialog SET key = substr(key, 10)")
    op.drop_index("ix_incoming_update_waiting", table_name="incoming_update")
    for table, number in NUMBERS.items():
        rows = sa.table(table, sa.column("platform"))
        op.execute(rows.delete().where(rows.c.platform != FIRST))
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(f"pk_{table}", type_="primary")
            batch.create_primary_key(f"pk_{table}", [number])
            batch.drop_column("platform")
    op.create_index(
        "ix_incoming_update_waiting",
        "incoming_update",
        ["chat_key", "update_id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
