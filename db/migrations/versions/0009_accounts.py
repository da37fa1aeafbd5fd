"""a person may be in several messengers: what belongs to a messenger moves into a table of accounts"""

import sqlalchemy as sa
from alembic import op

import db.base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FIRST = "telegram"  # where whoever was in no messenger stood
MOMENT = db.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "messenger_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(64), nullable=False),
        sa.Column("external_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(8), nullable=False),
        sa.Column("blocked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_messenger_account_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messenger_account")),
        sa.UniqueConstraint("platform", "external_id", name=op.f("uq_messenger_account_platform_external_id")),
    )
    op.create_index(op.f("ix_messenger_account_person_id_id"), "messenger_account", ["person_id", "id"])
    op.execute(
        "INSERT INTO messenger_account (platform, external_id, person_id, locale, blocked_at) "
        "SELECT platform, external_id, id, locale, blocked_at FROM person WHERE external_id IS NOT NULL ORDER BY id"
    )
    with op.batch_alter_table("person") as batch:
        batch.drop_constraint(op.f("uq_person_platform_external_id"), type_="unique")
        for column in ("platform", "external_id", "locale", "blocked_at"):
            batch.drop_column(column)


def downgrade() -> None:
    """Of several messengers a person keeps the first: the older version has no place for more."""
    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("platform", sa.String(64), nullable=False, server_default=FIRST))
        batch.add_column(sa.Column("external_id", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("locale", sa.String(8), nullable=False, server_default="ru"))
        batch.add_column(sa.Column("blocked_at", MOMENT, nullable=True))
    kept = ("platform", "external_id", "locale", "blocked_at")
    op.execute(
        f"UPDATE person SET ({', '.join(kept)}) = (SELECT {', '.join(kept)} FROM messenger_account "  # noqa: S608
        "WHERE person_id = person.id ORDER BY id LIMIT 1) "
        "WHERE id IN (SELECT person_id FROM messenger_account)"
    )
    with op.batch_alter_table("person") as batch:
        batch.alter_column("platform", server_default=None)
        batch.alter_column("locale", server_default=None)
        batch.create_unique_constraint(op.f("uq_person_platform_external_id"), ["platform", "external_id"])
    op.drop_table("messenger_account")
