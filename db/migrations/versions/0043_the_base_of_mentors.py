"""the base of mentors, proposals of pairs, their rests and ends, visits to lessons"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

LIVE = sa.text("status IN ('proposed', 'active', 'paused')")
LIVE_BEFORE = sa.text("status = 'active'")
OPEN = sa.text("closed_at IS NULL")
SIDE = sa.Enum("mentor", "mentee", name="pairside", native_enum=False, length=32)
REASON = sa.Enum("time", "mismatch", "moved", "relative", name="endreason", native_enum=False, length=32)
KIND = sa.Enum("talk", "visit", name="meetingkind", native_enum=False, length=32)
MOMENTS = ("nudged_at", "resumed_at", "mentor_agreed_at", "mentee_agreed_at")
PAIR = sa.table("pair", sa.column("status", sa.String))


def upgrade() -> None:
    op.drop_index("uq_pair_active", table_name="pair")
    with op.batch_alter_table("pair") as batch:
        for name in MOMENTS:
            batch.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("component", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("declined_side", SIDE, nullable=True))
        batch.add_column(sa.Column("end_reason", REASON, nullable=True))
    with op.batch_alter_table("pair") as batch:
        batch.create_check_constraint(op.f("ck_pair_declined"), "(status = 'declined') = (declined_side IS NOT NULL)")
    op.create_index(
        "uq_pair_live", "pair", ["mentor_id", "mentee_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
    with op.batch_alter_table("meeting") as batch:
        batch.add_column(sa.Column("kind", KIND, nullable=False, server_default="talk"))
    with op.batch_alter_table("meeting") as batch:
        batch.alter_column("kind", server_default=None)
    op.create_table(
        "mentor",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("digest_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("places IS NULL OR places BETWEEN 1 AND 20", name=op.f("ck_mentor_places")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mentor_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mentor")),
    )
    op.create_index(op.f("ix_mentor_digest_digest_at"), "mentor", ["digest", "digest_at"])
    op.create_table(
        "mentor_strength",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("component", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mentor_strength_person_id")),
        sa.PrimaryKeyConstraint("person_id", "component", name=op.f("pk_mentor_strength")),
    )
    op.create_index(op.f("ix_mentor_strength_component"), "mentor_strength", ["component"])
    op.create_table(
        "mentor_direction",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("direction_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["direction_id"], ["term.id"], name=op.f("fk_mentor_direction_direction_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mentor_direction_person_id")),
        sa.PrimaryKeyConstraint("person_id", "direction_id", name=op.f("pk_mentor_direction")),
    )
    op.create_index(op.f("ix_mentor_direction_direction_id"), "mentor_direction", ["direction_id"])
    op.create_table(
        "mentor_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("component", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mentor_wish_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_wish")),
    )
    op.create_index(op.f("ix_mentor_wish_person_id"), "mentor_wish", ["person_id"])
    op.create_index(
        "uq_mentor_wish_open", "mentor_wish", ["person_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )


def downgrade() -> None:
    for name in ("mentor_wish", "mentor_direction", "mentor_strength", "mentor"):
        op.drop_table(name)
    with op.batch_alter_table("meeting") as batch:
        batch.drop_column("kind")
    op.drop_index("uq_pair_live", table_name="pair")
    with op.batch_alter_table("pair") as batch:
        batch.drop_constraint(op.f("ck_pair_declined"), type_="check")
        for name in (*MOMENTS, "component", "declined_side", "end_reason"):
            batch.drop_column(name)
    # The version before knows a pair that works and one that has ended.
    op.execute(PAIR.delete().where(PAIR.c.status.in_(["proposed", "declined"])))
    op.execute(PAIR.update().where(PAIR.c.status.in_(["paused", "broken_off"])).values(status="finished"))
    op.create_index(
        "uq_pair_active",
        "pair",
        ["mentor_id", "mentee_id"],
        unique=True,
        sqlite_where=LIVE_BEFORE,
        postgresql_where=LIVE_BEFORE,
    )
