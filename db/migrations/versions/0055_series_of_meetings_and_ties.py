"""meetings that come back, rests that stop a pair's clock, people who are close by their own word"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "meeting_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("weeks BETWEEN 1 AND 4", name=op.f("ck_meeting_series_weeks")),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("fk_meeting_series_pair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_series")),
    )
    op.create_index(op.f("ix_meeting_series_pair_id"), "meeting_series", ["pair_id"])
    with op.batch_alter_table("meeting") as batch:
        batch.add_column(sa.Column("series_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_meeting_series_id"), "meeting_series", ["series_id"], ["id"])
        batch.create_index(op.f("ix_meeting_series_id"), ["series_id"])
    op.add_column("pair", sa.Column("paused_at", MOMENT, nullable=True))
    op.create_table(
        "tie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(300), nullable=True),
        sa.Column("key", sa.String(300), nullable=True),
        sa.Column("kind", sa.Enum("relative", "other", name="tiekind", native_enum=False, length=32), nullable=False),
        sa.Column("declared_at", MOMENT, nullable=False),
        sa.CheckConstraint("(other_id IS NULL) <> (name IS NULL)", name=op.f("ck_tie_one")),
        sa.CheckConstraint("(name IS NULL) = (key IS NULL)", name=op.f("ck_tie_key")),
        sa.CheckConstraint("other_id <> person_id", name=op.f("ck_tie_two_people")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_tie_person_id")),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_tie_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie")),
        sa.UniqueConstraint("person_id", "other_id", name=op.f("uq_tie_person_id_other_id")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_tie_person_id_key")),
    )
    op.create_index(op.f("ix_tie_other_id"), "tie", ["other_id"])
    op.create_index(op.f("ix_tie_key"), "tie", ["key"])
    # What was said of a pair that was a pair of relatives is kept where every rule asks now.
    op.execute(
        "INSERT INTO tie (person_id, other_id, kind, declared_at)"
        " SELECT mentor_id, mentee_id, 'relative', max(coalesce(ended_at, started_at)) FROM pair"
        " WHERE end_reason = 'relative' AND declined_side = 'mentor' GROUP BY mentor_id, mentee_id"
    )
    op.execute(
        "INSERT INTO tie (person_id, other_id, kind, declared_at)"
        " SELECT mentee_id, mentor_id, 'relative', max(coalesce(ended_at, started_at)) FROM pair"
        " WHERE end_reason = 'relative' AND coalesce(declined_side, '') <> 'mentor' GROUP BY mentee_id, mentor_id"
    )
    # A rest that is under way began nobody knows when: its silence begins anew, as it did.
    op.execute("UPDATE pair SET paused_at = last_contact_at WHERE status = 'paused'")


def downgrade() -> None:
    op.drop_table("tie")
    with op.batch_alter_table("pair") as batch:
        batch.drop_column("paused_at")
    with op.batch_alter_table("meeting") as batch:
        batch.drop_constraint(op.f("fk_meeting_series_id"), type_="foreignkey")
        batch.drop_index(op.f("ix_meeting_series_id"))
        batch.drop_column("series_id")
    op.drop_table("meeting_series")
