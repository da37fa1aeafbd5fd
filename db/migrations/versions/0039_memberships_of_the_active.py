"""memberships of the active: direction, term, coordinator; municipalities that were invited"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

STATUS = sa.Enum("active", "ended", name="membershipstatus", native_enum=False, length=32)
HOW = sa.Enum("term", "excluded", "left", "undone", "merged", name="membershipend", native_enum=False, length=32)

BY_DECISION = """
    INSERT INTO membership (person_id, campaign_id, direction_id, category_id, order_number, status, since)
    SELECT a.person_id, a.campaign_id, a.direction_id, a.category_id, c.order_number, 'active', a.decided_at
    FROM application a JOIN campaign c ON c.id = a.campaign_id
    JOIN role_grant g ON g.person_id = a.person_id AND g.role = 'active_member' AND g.revoked_at IS NULL
    AND g.granted_at <= a.decided_at
    WHERE a.status = 'approved' ORDER BY a.id"""
BY_EXCEPTION = """
    INSERT INTO membership (person_id, order_number, status, since)
    SELECT g.person_id, g.order_number, 'active', g.granted_at FROM role_grant g
    WHERE g.role = 'active_member' AND g.revoked_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.person_id = g.person_id) ORDER BY g.id"""
"""Who was made an active member by hand: an order, and no direction."""


def upgrade() -> None:
    with op.batch_alter_table("campaign") as batch:
        batch.add_column(sa.Column("serves_until", sa.Date(), nullable=True))
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("direction_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("coordinator_id", sa.Integer(), nullable=True),
        sa.Column("order_number", sa.String(length=64), nullable=False),
        sa.Column("status", STATUS, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_how", HOW, nullable=True),
        sa.CheckConstraint(
            "(status = 'ended') = (ended_at IS NOT NULL AND ended_how IS NOT NULL)", name=op.f("ck_membership_ended")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_membership_campaign_id")),
        sa.ForeignKeyConstraint(["direction_id"], ["term.id"], name=op.f("fk_membership_direction_id")),
        sa.ForeignKeyConstraint(["category_id"], ["term.id"], name=op.f("fk_membership_category_id")),
        sa.ForeignKeyConstraint(["coordinator_id"], ["staff.id"], name=op.f("fk_membership_coordinator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(
        "uq_membership_active",
        "membership",
        ["person_id", "campaign_id"],
        unique=True,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"])
    op.create_index(
        op.f("ix_membership_campaign_id_direction_id_status"), "membership", ["campaign_id", "direction_id", "status"]
    )
    op.create_index(op.f("ix_membership_direction_id_status"), "membership", ["direction_id", "status"])
    op.create_index(op.f("ix_membership_status_until"), "membership", ["status", "until"])
    op.create_table(
        "spot_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_spot_invitation_campaign_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_spot_invitation_municipality_id")
        ),
        sa.ForeignKeyConstraint(["invited_by"], ["staff.id"], name=op.f("fk_spot_invitation_invited_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_invitation")),
    )
    op.create_index(
        "uq_spot_invitation_standing",
        "spot_invitation",
        ["campaign_id", "municipality_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.execute(BY_DECISION)
    op.execute(BY_EXCEPTION)


def downgrade() -> None:
    op.drop_table("spot_invitation")
    op.drop_table("membership")
    with op.batch_alter_table("campaign") as batch:
        batch.drop_column("serves_until")
