"""coordinators read the applications of their directions"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_direction",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_direction_staff_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_staff_direction_term_id")),
        sa.PrimaryKeyConstraint("staff_id", "term_id", name=op.f("pk_staff_direction")),
    )


def downgrade() -> None:
    op.execute("DELETE FROM staff_direction")
    op.drop_table("staff_direction")
