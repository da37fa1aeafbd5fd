"""diaries: lines, what sources mean, who keeps one; expert work"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

SOURCE = sa.Enum(
    *("event", "request", "visit", "meeting", "expertise", "review", "minutes"),
    name="diarysource",
    native_enum=False,
    length=32,
)
KEEPER = sa.Enum("active_member", "mentor", "methodist", name="diarykeeper", native_enum=False, length=32)
STATUS = sa.Enum(
    *("invited", "accepted", "declined", "cancelled", "done"), name="expertstatus", native_enum=False, length=32
)
COUNTED = sa.text("dropped_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "diary_keeping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("keeper", KEEPER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diary_keeping")),
        sa.UniqueConstraint("keeper", name=op.f("uq_diary_keeping_keeper")),
    )
    op.create_table(
        "diary_meaning",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", SOURCE, nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("training", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["term.id"], name=op.f("fk_diary_meaning_activity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diary_meaning")),
        sa.UniqueConstraint("source", name=op.f("uq_diary_meaning_source")),
    )
    op.create_table(
        "diary_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("source", SOURCE, nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "dropped_at IS NULL OR (source IS NOT NULL AND text = '')", name=op.f("ck_diary_line_dropped")
        ),
        sa.CheckConstraint("(source IS NULL) = (source_id IS NULL)", name=op.f("ck_diary_line_source")),
        sa.CheckConstraint("hours IS NULL OR hours BETWEEN 1 AND 2000", name=op.f("ck_diary_line_hours")),
        sa.ForeignKeyConstraint(["activity_id"], ["term.id"], name=op.f("fk_diary_line_activity_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_diary_line_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diary_line")),
    )
    op.create_index("uq_diary_line_source", "diary_line", ["person_id", "source", "source_id"], unique=True)
    op.create_index(op.f("ix_diary_line_source_source_id"), "diary_line", ["source", "source_id"])
    for name, columns in (("counted", ["person_id", "activity_id", "day"]), ("newest", ["day", "id"])):
        op.create_index(f"ix_diary_line_{name}", "diary_line", columns, sqlite_where=COUNTED, postgresql_where=COUNTED)
    op.create_table(
        "diary_tally",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["term.id"], name=op.f("fk_diary_tally_activity_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_diary_tally_person_id")),
        sa.PrimaryKeyConstraint("person_id", "activity_id", "year", name=op.f("pk_diary_tally")),
    )
    op.create_table(
        "expert_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("training", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_kind")),
        sa.UniqueConstraint("code", name=op.f("uq_expert_kind_code")),
    )
    op.create_table(
        "expert_work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("status", STATUS, nullable=False),
        sa.Column("relative", sa.Boolean(), nullable=False),
        sa.Column("scan_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("NOT relative OR status = 'declined'", name=op.f("ck_expert_work_relative")),
        sa.CheckConstraint("hours IS NULL OR hours BETWEEN 1 AND 2000", name=op.f("ck_expert_work_hours")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_expert_work_days")),
        sa.ForeignKeyConstraint(["kind_id"], ["expert_kind.id"], name=op.f("fk_expert_work_kind_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_expert_work_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_expert_work_person_id")),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_expert_work_scan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_work")),
    )
    for columns in (["person_id", "status", "starts_on"], ["status", "ends_on"], ["organisation_id"], ["scan_id"]):
        op.create_index(op.f(f"ix_expert_work_{'_'.join(columns)}"), "expert_work", columns)
    op.create_table(
        "expert_relative",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_expert_relative_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_expert_relative_person_id")),
        sa.PrimaryKeyConstraint("person_id", "organisation_id", name=op.f("pk_expert_relative")),
    )
    op.create_index(op.f("ix_expert_relative_organisation_id"), "expert_relative", ["organisation_id"])
    op.create_table(
        "difficulty",
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("component", sa.String(length=64), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("people BETWEEN 1 AND 500", name=op.f("ck_difficulty_people")),
        sa.ForeignKeyConstraint(["line_id"], ["diary_line.id"], name=op.f("fk_difficulty_line_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("line_id", "component", name=op.f("pk_difficulty")),
    )


def downgrade() -> None:
    op.drop_table("difficulty")
    op.drop_table("expert_relative")
    op.drop_table("expert_work")
    op.drop_table("expert_kind")
    op.drop_table("diary_tally")
    op.drop_table("diary_line")
    op.drop_table("diary_meaning")
    op.drop_table("diary_keeping")
