"""who answers for a line of a plan"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_responsible",
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["plan_line.id"], name=op.f("fk_plan_responsible_line_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_plan_responsible_person_id")),
        sa.PrimaryKeyConstraint("line_id", "person_id", name=op.f("pk_plan_responsible")),
    )
    op.create_index(op.f("ix_plan_responsible_person_id"), "plan_responsible", ["person_id"])
    op.create_index(op.f("ix_plan_responsible_remind_on"), "plan_responsible", ["remind_on"])
    op.create_index(op.f("ix_plan_fulfilment_noted_by"), "plan_fulfilment", ["noted_by"])


def downgrade() -> None:
    op.drop_index(op.f("ix_plan_fulfilment_noted_by"), table_name="plan_fulfilment")
    op.drop_index(op.f("ix_plan_responsible_remind_on"), table_name="plan_responsible")
    op.drop_index(op.f("ix_plan_responsible_person_id"), table_name="plan_responsible")
    op.drop_table("plan_responsible")
