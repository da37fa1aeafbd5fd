"""an event's ratings are published once; the next housekeeping does it for those that are over"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

RATED = "(rated IS NULL) = (stars IS NULL) AND (rated IS NULL OR rated >= 5)"


def upgrade() -> None:
    with op.batch_alter_table("event") as batch:
        batch.add_column(sa.Column("rated", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("stars", sa.Integer(), nullable=True))
        batch.create_check_constraint(op.f("ck_event_rated"), RATED)


def downgrade() -> None:
    with op.batch_alter_table("event") as batch:
        batch.drop_constraint(op.f("ck_event_rated"), type_="check")
        batch.drop_column("stars")
        batch.drop_column("rated")
