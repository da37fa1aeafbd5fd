"""a record that a methodist entered is claimed by its owner; two rows of one person are merged"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("birth_date", sa.Date(), nullable=True))
        batch.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_person_merged_into_id"), "person", ["merged_into_id"], ["id"])
        batch.create_index(op.f("ix_person_merged_into_id"), ["merged_into_id"])
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(64), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.CheckConstraint("token_hash IS NOT NULL OR person_id IS NOT NULL", name=op.f("ck_claim_way")),
        sa.ForeignKeyConstraint(["record_id"], ["person.id"], name=op.f("fk_claim_record_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_claim_person_id")),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_claim_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_claim_token_hash")),
    )
    op.create_index(op.f("ix_claim_record_id"), "claim", ["record_id"])
    op.create_index(op.f("ix_claim_person_id"), "claim", ["person_id"])
    waits = sa.text("closed_at IS NULL AND token_hash IS NULL")
    op.create_index(
        "uq_claim_offered",
        "claim",
        ["record_id", "person_id"],
        unique=True,
        sqlite_where=waits,
        postgresql_where=waits,
    )


def downgrade() -> None:
    op.drop_table("claim")
    with op.batch_alter_table("person") as batch:
        batch.drop_constraint(op.f("fk_person_merged_into_id"), type_="foreignkey")
        batch.drop_index(op.f("ix_person_merged_into_id"))
        batch.drop_column("merged_into_id")
        batch.drop_column("birth_date")
