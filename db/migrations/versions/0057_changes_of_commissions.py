"""what was changed in a commission after its reviews began; what its members declared outlives their seats; links for documents"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WHAT = sa.Enum(
    *("reviews", "spread", "places", "seat", "cap", "acting", "interest", "sitting"),
    name="changedthing",
    native_enum=False,
    length=32,
)
PLACE = "(application_id IS NULL) = (criterion IS NULL) AND (application_id IS NULL) <> (record_id IS NULL)"
OLD = "fk_commission_interest_campaign_id_staff_id"


def upgrade() -> None:
    op.create_table(
        "commission_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("what", WHAT, nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.String(length=20), nullable=True),
        sa.Column("after", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["commission.campaign_id"],
            name=op.f("fk_commission_change_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["changed_by"], ["staff.id"], name=op.f("fk_commission_change_changed_by")),
        sa.ForeignKeyConstraint(["member_id"], ["staff.id"], name=op.f("fk_commission_change_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_change")),
    )
    op.create_index(op.f("ix_commission_change_campaign_id"), "commission_change", ["campaign_id"])
    with op.batch_alter_table("commission_interest") as batch:
        batch.drop_constraint(op.f(OLD), type_="foreignkey")
        batch.create_foreign_key(
            op.f("fk_commission_interest_campaign_id"),
            "commission",
            ["campaign_id"],
            ["campaign_id"],
            ondelete="CASCADE",
        )
        batch.create_foreign_key(op.f("fk_commission_interest_staff_id"), "staff", ["staff_id"], ["id"])
    op.create_index(op.f("ix_commission_interest_staff_id"), "commission_interest", ["staff_id"])
    with op.batch_alter_table("upload_link") as batch:
        batch.add_column(sa.Column("record_id", sa.Integer(), nullable=True))
        batch.alter_column("application_id", existing_type=sa.Integer(), nullable=True)
        batch.alter_column("criterion", existing_type=sa.Integer(), nullable=True)
        batch.create_foreign_key(
            op.f("fk_upload_link_record_id"), "training_record", ["record_id"], ["id"], ondelete="CASCADE"
        )
        batch.create_check_constraint(op.f("ck_upload_link_place"), PLACE)
    op.create_index(op.f("ix_upload_link_record_id"), "upload_link", ["record_id"])


def downgrade() -> None:
    op.execute("DELETE FROM upload_link WHERE record_id IS NOT NULL")
    op.drop_index(op.f("ix_upload_link_record_id"), "upload_link")
    with op.batch_alter_table("upload_link") as batch:
        batch.drop_constraint(op.f("ck_upload_link_place"), type_="check")
        batch.drop_constraint(op.f("fk_upload_link_record_id"), type_="foreignkey")
        batch.drop_column("record_id")
        batch.alter_column("application_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("criterion", existing_type=sa.Integer(), nullable=False)
    op.drop_index(op.f("ix_commission_interest_staff_id"), "commission_interest")
    op.execute(
        "DELETE FROM commission_interest WHERE NOT EXISTS (SELECT 1 FROM commission_member m WHERE "
        "m.campaign_id = commission_interest.campaign_id AND m.staff_id = commission_interest.staff_id)"
    )
    with op.batch_alter_table("commission_interest") as batch:
        batch.drop_constraint(op.f("fk_commission_interest_staff_id"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_commission_interest_campaign_id"), type_="foreignkey")
        batch.create_foreign_key(
            op.f(OLD),
            "commission_member",
            ["campaign_id", "staff_id"],
            ["campaign_id", "staff_id"],
            ondelete="CASCADE",
        )
    op.drop_table("commission_change")
