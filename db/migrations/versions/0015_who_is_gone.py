"""blocks count who is no last result any more, so that nobody has to look through all results every hour"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("score_block") as batch:
        batch.add_column(sa.Column("gone", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE score_block SET gone = closed - (SELECT count(*) FROM component_score s JOIN attempt t"
        " ON t.id = s.attempt_id WHERE s.block_id = score_block.id AND s.latest AND NOT t.disclosed)"
        " WHERE left_at IS NULL"
    )
    with op.batch_alter_table("score_block") as batch:
        batch.alter_column("gone", server_default=None)
        batch.create_check_constraint(op.f("ck_score_block_gone"), "gone BETWEEN 0 AND closed")


def downgrade() -> None:
    with op.batch_alter_table("score_block") as batch:
        batch.drop_constraint(op.f("ck_score_block_gone"), type_="check")
        batch.drop_column("gone")
