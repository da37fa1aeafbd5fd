"""an account may work for a centre and reaches what the centre serves"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("staff") as batch:
        batch.add_column(sa.Column("centre_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_staff_centre_id"), "centre", ["centre_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("staff") as batch:
        batch.drop_constraint(op.f("fk_staff_centre_id"), type_="foreignkey")
        batch.drop_column("centre_id")
