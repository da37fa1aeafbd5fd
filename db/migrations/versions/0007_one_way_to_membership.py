"""who is an active member is so by an order, and a decision may be taken up again with a reason"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LIVE = sa.text("revoked_at IS NULL")
ORDER_OF_THE_SELECTION = """
    UPDATE role_grant SET order_number = coalesce((
        SELECT max(campaign.order_number) FROM application JOIN campaign ON campaign.id = application.campaign_id
        WHERE application.person_id = role_grant.person_id AND application.status = 'approved'), '')
    WHERE role = 'active_member'"""


def upgrade() -> None:
    with op.batch_alter_table("decision") as batch:
        batch.add_column(sa.Column("undone_by", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("undone_reason", sa.Text(), nullable=True))
        batch.create_foreign_key(op.f("fk_decision_undone_by"), "staff", ["undone_by"], ["id"])
    op.drop_index("uq_role_grant_live", table_name="role_grant")
    with op.batch_alter_table("role_grant") as batch:
        batch.add_column(sa.Column("order_number", sa.String(64), nullable=True))
        batch.add_column(sa.Column("reason", sa.Text(), nullable=True))
        batch.add_column(sa.Column("revoked_by", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("revoked_reason", sa.Text(), nullable=True))
        batch.create_foreign_key(op.f("fk_role_grant_revoked_by"), "staff", ["revoked_by"], ["id"])
    op.execute(ORDER_OF_THE_SELECTION)
    with op.batch_alter_table("role_grant") as batch:
        batch.create_check_constraint("membership", "role != 'active_member' OR order_number IS NOT NULL")
    _index()


def downgrade() -> None:
    op.drop_index("uq_role_grant_live", table_name="role_grant")
    with op.batch_alter_table("role_grant") as batch:
        batch.drop_constraint(op.f("ck_role_grant_membership"), type_="check")
        batch.drop_constraint(op.f("fk_role_grant_revoked_by"), type_="foreignkey")
        for column in ("order_number", "reason", "revoked_by", "revoked_reason"):
            batch.drop_column(column)
    _index()
    with op.batch_alter_table("decision") as batch:
        batch.drop_constraint(op.f("fk_decision_undone_by"), type_="foreignkey")
        batch.drop_column("undone_by")
        batch.drop_column("undone_reason")


def _index() -> None:
    op.create_index(
        "uq_role_grant_live",
        "role_grant",
        ["person_id", "role"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
