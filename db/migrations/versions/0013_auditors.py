"""an auditor reads one selection, for a term"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

AUDITOR = "(role = 'auditor') = (campaign_id IS NOT NULL AND ends_at IS NOT NULL)"


def upgrade() -> None:
    with op.batch_alter_table("staff") as batch:
        batch.add_column(sa.Column("campaign_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(op.f("fk_staff_campaign_id"), "campaign", ["campaign_id"], ["id"])
        batch.create_check_constraint(op.f("ck_staff_auditor"), AUDITOR)


def downgrade() -> None:
    """Who was an auditor is switched off: the older version knows no such role."""
    op.execute("UPDATE staff SET active = false WHERE role = 'auditor'")
    with op.batch_alter_table("staff") as batch:
        batch.drop_constraint(op.f("ck_staff_auditor"), type_="check")
        batch.drop_constraint(op.f("fk_staff_campaign_id"), type_="foreignkey")
        batch.drop_column("ends_at")
        batch.drop_column("campaign_id")
    op.execute("UPDATE staff SET role = 'reader' WHERE role = 'auditor'")
