"""indexes of a mentor's pairs and a group's members: the unique ones are of live rows and serve no parameter"""

from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_pair_mentor_id_status"), "pair", ["mentor_id", "status"])
    op.create_index(op.f("ix_group_member_group_id_status"), "group_member", ["group_id", "status"])


def downgrade() -> None:
    op.drop_index(op.f("ix_group_member_group_id_status"), "group_member")
    op.drop_index(op.f("ix_pair_mentor_id_status"), "pair")
