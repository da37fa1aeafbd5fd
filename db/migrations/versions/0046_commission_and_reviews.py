"""commissions of selections, their members and sittings; scores move from the answers into reviews of their own"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
SEAT = sa.Enum("chair", "secretary", "member", "observer", name="memberseat", native_enum=False, length=32)
STATUS = sa.Enum("assigned", "done", "released", "free", name="reviewstatus", native_enum=False, length=32)
CHAIR = sa.text("seat = 'chair'")


def upgrade() -> None:
    # Not as a batch: triggers of other tables name this one, which SQLite would have to rename.
    op.add_column("application", sa.Column("sent_revision", sa.Integer(), nullable=False, server_default="0"))
    # A decision is one revision after the sending that it is about.
    op.execute(
        "UPDATE application SET sent_revision = CASE WHEN status IN ('returned', 'approved', 'rejected')"
        " AND revision > 0 THEN revision - 1 ELSE revision END"
    )
    _commissions()
    _reviews()
    # Whose score it was nobody wrote down: the one who decided or held the application, else whoever kept accounts first.
    op.execute(
        "INSERT INTO review (application_id, revision, staff_id, status, note, assigned_at)"
        " SELECT a.id, a.sent_revision, COALESCE("
        "(SELECT d.staff_id FROM decision d WHERE d.application_id = a.id AND d.staff_id IS NOT NULL"
        " ORDER BY d.id DESC LIMIT 1), a.assigned_to, (SELECT min(s.id) FROM staff s)),"
        " 'free', '', COALESCE(a.submitted_at, a.created_at) FROM application a"
        " WHERE EXISTS (SELECT 1 FROM criterion_answer c WHERE c.application_id = a.id AND c.score IS NOT NULL)"
        " AND EXISTS (SELECT 1 FROM staff)"
    )
    op.execute(
        "INSERT INTO review_score (review_id, number, score) SELECT r.id, c.number, c.score"
        " FROM criterion_answer c JOIN review r ON r.application_id = c.application_id"
        " WHERE c.score BETWEEN 0 AND 3"
    )
    with op.batch_alter_table("criterion_answer") as batch:
        batch.drop_column("score")


def _commissions() -> None:
    op.create_table(
        "commission",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("spread", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("training", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("reviews BETWEEN 1 AND 5", name=op.f("ck_commission_reviews")),
        sa.CheckConstraint("spread BETWEEN 1 AND 240", name=op.f("ck_commission_spread")),
        sa.CheckConstraint("places IS NULL OR places BETWEEN 1 AND 100000", name=op.f("ck_commission_places")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_commission_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_commission")),
    )
    op.create_table(
        "commission_member",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seat", SEAT, nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("acting", sa.Boolean(), nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.CheckConstraint("cap BETWEEN 0 AND 1000", name=op.f("ck_commission_member_cap")),
        sa.CheckConstraint("NOT acting OR seat IN ('secretary', 'member')", name=op.f("ck_commission_member_acting")),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["commission.campaign_id"],
            name=op.f("fk_commission_member_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_commission_member_staff_id")),
        sa.PrimaryKeyConstraint("campaign_id", "staff_id", name=op.f("pk_commission_member")),
    )
    op.create_index(op.f("ix_commission_member_staff_id"), "commission_member", ["staff_id"])
    op.create_index(
        "uq_commission_member_chair",
        "commission_member",
        ["campaign_id"],
        unique=True,
        sqlite_where=CHAIR,
        postgresql_where=CHAIR,
    )
    op.create_table(
        "commission_interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("declared_at", MOMENT, nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name=op.f("ck_commission_interest_one")),
        sa.ForeignKeyConstraint(
            ["campaign_id", "staff_id"],
            ["commission_member.campaign_id", "commission_member.staff_id"],
            name=op.f("fk_commission_interest_campaign_id_staff_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_commission_interest_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_commission_interest_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_interest")),
        sa.UniqueConstraint(
            "campaign_id", "staff_id", "person_id", name=op.f("uq_commission_interest_campaign_id_staff_id_person_id")
        ),
        sa.UniqueConstraint(
            "campaign_id",
            "staff_id",
            "organisation_id",
            name=op.f("uq_commission_interest_campaign_id_staff_id_organisation_id"),
        ),
    )
    op.create_index(op.f("ix_commission_interest_person_id"), "commission_interest", ["person_id"])
    op.create_index(op.f("ix_commission_interest_organisation_id"), "commission_interest", ["organisation_id"])
    op.create_table(
        "commission_sitting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("against", sa.Integer(), nullable=False),
        sa.Column("abstained", sa.Integer(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.CheckConstraint("agreed >= 0 AND against >= 0 AND abstained >= 0", name=op.f("ck_commission_sitting_votes")),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["commission.campaign_id"],
            name=op.f("fk_commission_sitting_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_sitting")),
    )
    op.create_index(op.f("ix_commission_sitting_campaign_id_held_on"), "commission_sitting", ["campaign_id", "held_on"])
    op.create_table(
        "commission_presence",
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["sitting_id"],
            ["commission_sitting.id"],
            name=op.f("fk_commission_presence_sitting_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_commission_presence_staff_id")),
        sa.PrimaryKeyConstraint("sitting_id", "staff_id", name=op.f("pk_commission_presence")),
    )


def _reviews() -> None:
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("status", STATUS, nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("assigned_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(status = 'done') <= (total IS NOT NULL AND done_at IS NOT NULL)", name=op.f("ck_review_done")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_review_application_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_review_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint(
            "application_id", "revision", "staff_id", name=op.f("uq_review_application_id_revision_staff_id")
        ),
    )
    op.create_index(op.f("ix_review_staff_id_status"), "review", ["staff_id", "status"])
    op.create_table(
        "review_score",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 3", name=op.f("ck_review_score_score")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_score_review_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("review_id", "number", name=op.f("pk_review_score")),
    )


def downgrade() -> None:
    with op.batch_alter_table("criterion_answer") as batch:
        batch.add_column(sa.Column("score", sa.Integer(), nullable=True))
    # One score for all is what the version before knows: that of the newest review.
    op.execute(
        "UPDATE criterion_answer SET score = (SELECT s.score FROM review_score s JOIN review r ON r.id = s.review_id"
        " WHERE r.application_id = criterion_answer.application_id AND s.number = criterion_answer.number"
        " ORDER BY r.id DESC LIMIT 1)"
    )
    for name in (
        *("review_score", "review", "commission_presence", "commission_sitting", "commission_interest"),
        *("commission_member", "commission"),
    ):
        op.drop_table(name)
    op.drop_column("application", "sent_revision")
