"""practices: described, looked at by two experts, tried and confirmed; a step of a route that no result names"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

STEP_BEFORE = "kind NOT IN ('step', 'practice') OR (item IS NOT NULL AND attempt_id IS NOT NULL)"
STEP = f"{STEP_BEFORE} OR (kind = 'step' AND item IS NULL AND attempt_id IS NULL)"
STATUS = sa.Enum(
    "draft",
    "sent",
    "expertise",
    "returned",
    "published",
    "sunk",
    "withdrawn",
    name="practicestatus",
    native_enum=False,
    length=32,
)
VERDICT = sa.Enum("publish", "return", name="practiceverdict", native_enum=False, length=32)


def upgrade() -> None:
    with op.batch_alter_table("route_item") as batch:
        batch.drop_constraint(op.f("ck_route_item_step"), type_="check")
        batch.create_check_constraint(op.f("ck_route_item_step"), STEP)
    op.create_table(
        "practice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposer_id", sa.Integer(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("status", STATUS, nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("audience", sa.String(length=300), nullable=False),
        sa.Column("lesson", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("adopted", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("adopted >= 0", name=op.f("ck_practice_adopted")),
        sa.CheckConstraint(
            "status NOT IN ('published', 'sunk') OR confirmed_at IS NOT NULL", name=op.f("ck_practice_confirmed")
        ),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_practice_municipality_id")),
        sa.ForeignKeyConstraint(["proposer_id"], ["person.id"], name=op.f("fk_practice_proposer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice")),
    )
    op.create_index(op.f("ix_practice_municipality_id"), "practice", ["municipality_id"])
    op.create_index(op.f("ix_practice_proposer_id"), "practice", ["proposer_id"])
    op.create_index(op.f("ix_practice_status_adopted_id"), "practice", ["status", "adopted", "id"])
    op.create_index(op.f("ix_practice_status_confirmed_at"), "practice", ["status", "confirmed_at"])
    op.create_table(
        "practice_component",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("component", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_practice_component_practice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("practice_id", "component", name=op.f("pk_practice_component")),
    )
    op.create_index(op.f("ix_practice_component_component"), "practice_component", ["component"])
    op.create_table(
        "practice_author",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) = (name <> '')", name=op.f("ck_practice_author_one")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_practice_author_person_id")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_practice_author_practice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_author")),
        sa.UniqueConstraint("practice_id", "person_id", name=op.f("uq_practice_author_practice_id_person_id")),
    )
    op.create_index(op.f("ix_practice_author_person_id"), "practice_author", ["person_id"])
    op.create_table(
        "practice_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("scan_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_practice_file_practice_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_practice_file_scan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_file")),
        sa.UniqueConstraint("practice_id", "scan_id", name=op.f("uq_practice_file_practice_id_scan_id")),
    )
    op.create_index(op.f("ix_practice_file_scan_id"), "practice_file", ["scan_id"])
    op.create_table(
        "practice_expert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("verdict", VERDICT, nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("appointed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(verdict IS NULL) = (answered_at IS NULL)", name=op.f("ck_practice_expert_answered")),
        sa.CheckConstraint("verdict IS NULL OR remark <> ''", name=op.f("ck_practice_expert_remark")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_practice_expert_person_id")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_practice_expert_practice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_expert")),
        sa.UniqueConstraint(
            "practice_id", "turn", "person_id", name=op.f("uq_practice_expert_practice_id_turn_person_id")
        ),
    )
    op.create_index(op.f("ix_practice_expert_person_id"), "practice_expert", ["person_id"])
    op.create_table(
        "practice_trial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("word", sa.Text(), nullable=False),
        sa.CheckConstraint("(applied_at IS NULL) = (word = '')", name=op.f("ck_practice_trial_applied")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["route_item.id"], name=op.f("fk_practice_trial_item_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_practice_trial_person_id")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_practice_trial_practice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_trial")),
        sa.UniqueConstraint("practice_id", "person_id", name=op.f("uq_practice_trial_practice_id_person_id")),
    )
    op.create_index(op.f("ix_practice_trial_item_id"), "practice_trial", ["item_id"])
    op.create_index(op.f("ix_practice_trial_person_id"), "practice_trial", ["person_id"])
    op.create_table(
        "practice_word",
        sa.Column("word", sa.String(length=16), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_practice_word_practice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "practice_id", name=op.f("pk_practice_word")),
    )
    op.create_index(op.f("ix_practice_word_practice_id"), "practice_word", ["practice_id"])


def downgrade() -> None:
    for name in ("word", "trial", "expert", "file", "author", "component"):
        op.drop_table(f"practice_{name}")
    op.drop_table("practice")
    op.execute("DELETE FROM route_item WHERE kind = 'step' AND item IS NULL")
    with op.batch_alter_table("route_item") as batch:
        batch.drop_constraint(op.f("ck_route_item_step"), type_="check")
        batch.create_check_constraint(op.f("ck_route_item_step"), STEP_BEFORE)
