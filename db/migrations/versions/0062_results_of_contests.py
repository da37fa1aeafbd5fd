"""results of contests of which a person has heard, and when they were said"""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("registration") as batch:
        batch.add_column(sa.Column("result_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("told_result_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_registration_told_result_id"), "term", ["told_result_id"], ["id"])
    # Results of before were told of by hand: nobody hears of one that is months old.
    op.execute("UPDATE registration SET told_result_id = result_id WHERE result_id IS NOT NULL")
    op.create_index(
        "ix_registration_untold",
        "registration",
        ["result_at"],
        sqlite_where=sa.text("result_id IS NOT told_result_id"),
        postgresql_where=sa.text("result_id IS DISTINCT FROM told_result_id"),
    )


def downgrade() -> None:
    op.drop_index("ix_registration_untold", "registration")
    with op.batch_alter_table("registration") as batch:
        batch.drop_constraint(op.f("fk_registration_told_result_id"), type_="foreignkey")
        batch.drop_column("told_result_id")
        batch.drop_column("result_at")
