"""which mark of a plan a group's decision made"""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("group_decision") as batch:
        batch.add_column(sa.Column("fulfilment_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_group_decision_fulfilment_id"), "plan_fulfilment", ["fulfilment_id"], ["id"], ondelete="SET NULL"
        )
        batch.create_unique_constraint(op.f("uq_group_decision_fulfilment_id"), ["fulfilment_id"])


def downgrade() -> None:
    with op.batch_alter_table("group_decision") as batch:
        batch.drop_constraint(op.f("uq_group_decision_fulfilment_id"), type_="unique")
        batch.drop_constraint(op.f("fk_group_decision_fulfilment_id"), type_="foreignkey")
        batch.drop_column("fulfilment_id")
