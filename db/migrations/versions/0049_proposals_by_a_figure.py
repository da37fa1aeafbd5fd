"""proposals that figures give rise to, with the figure as it was"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

PLAIN = ("author_id", "programme_id", "group_id", "centre_id", "municipality_id", "organisation_id", "meeting_id")
CASES = (
    ("author_id", "staff", None),
    ("programme_id", "programme", None),
    ("group_id", "methodical_group", None),
    ("centre_id", "centre", None),
    ("municipality_id", "municipality", None),
    ("organisation_id", "organisation", None),
    ("meeting_id", "group_meeting", None),
    ("decided_by", "staff", None),
    ("decision_id", "group_decision", "SET NULL"),
    ("line_id", "plan_line", "SET NULL"),
    ("event_id", "event", "SET NULL"),
)


def upgrade() -> None:
    op.create_table(
        "motion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("measure", sa.String(64), nullable=False),
        sa.Column("figure_name", sa.Text(), nullable=False),
        sa.Column("figure_about", sa.Text(), nullable=False),
        sa.Column("unit_name", sa.String(300), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("word", sa.String(64), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(64), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(programme_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_motion_target")),
        sa.CheckConstraint("(value IS NULL) = (word <> '')", name=op.f("ck_motion_told")),
        sa.CheckConstraint("people >= least", name=op.f("ck_motion_masked")),
        sa.CheckConstraint("centre_id IS NULL OR municipality_id IS NULL", name=op.f("ck_motion_unit")),
        sa.CheckConstraint("organisation_id IS NULL OR municipality_id IS NOT NULL", name=op.f("ck_motion_place")),
        sa.CheckConstraint(
            "(status IN ('accepted', 'declined')) = (decided_at IS NOT NULL)", name=op.f("ck_motion_decided")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_motion_{column}"), ondelete=then)
            for column, to, then in CASES
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_motion_decision_id")),
        sa.UniqueConstraint("line_id", name=op.f("uq_motion_line_id")),
    )
    for column in (*PLAIN, "event_id"):
        op.create_index(op.f(f"ix_motion_{column}"), "motion", [column])
    op.create_index(op.f("ix_motion_status_id"), "motion", ["status", "id"])


def downgrade() -> None:
    op.drop_table("motion")
