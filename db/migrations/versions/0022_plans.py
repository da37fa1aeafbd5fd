"""documents; plans with their stages, sections, lines, and what fulfilled them"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "official_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "federal", "regional", "municipal", "organisation", name="documentlevel", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("heading", sa.String(length=300), nullable=False),
        sa.Column("number", sa.String(length=300), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("founded", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_document")),
        sa.UniqueConstraint("code", name=op.f("uq_official_document_code")),
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("participants", sa.JSON(), nullable=False),
        sa.Column("performers", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("code", name=op.f("uq_plan_code")),
    )
    op.create_table(
        "plan_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("direction_id", sa.Integer(), nullable=True),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["direction_id"], ["term.id"], name=op.f("fk_plan_section_direction_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_section_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_section")),
        sa.UniqueConstraint("code", name=op.f("uq_plan_section_code")),
    )
    op.create_index(op.f("ix_plan_section_direction_id"), "plan_section", ["direction_id"])
    op.create_index(op.f("ix_plan_section_plan_id"), "plan_section", ["plan_id"])
    op.create_table(
        "plan_stage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("term", sa.String(length=300), nullable=False),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_stage_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_stage")),
        sa.UniqueConstraint("code", name=op.f("uq_plan_stage_code")),
    )
    op.create_index(op.f("ix_plan_stage_plan_id"), "plan_stage", ["plan_id"])
    op.create_table(
        "plan_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("group_name", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("participants", sa.Text(), nullable=False),
        sa.Column("performers", sa.Text(), nullable=False),
        sa.Column("term", sa.String(length=300), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column(
            "period", sa.Enum("month", "quarter", "year", name="period", native_enum=False, length=32), nullable=True
        ),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("format_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(starts IS NULL) = (ends IS NULL)", name=op.f("ck_plan_line_both_days")),
        sa.CheckConstraint("starts IS NULL OR ends IS NULL OR starts <= ends", name=op.f("ck_plan_line_days")),
        sa.CheckConstraint("times >= 1 AND times <= 12", name=op.f("ck_plan_line_times")),
        sa.ForeignKeyConstraint(["format_id"], ["term.id"], name=op.f("fk_plan_line_format_id")),
        sa.ForeignKeyConstraint(["section_id"], ["plan_section.id"], name=op.f("fk_plan_line_section_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_line")),
        sa.UniqueConstraint("code", name=op.f("uq_plan_line_code")),
    )
    op.create_index(op.f("ix_plan_line_section_id_position"), "plan_line", ["section_id", "position"])
    op.create_table(
        "plan_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("goal", "task", "result", "work", name="pointkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["stage_id"], ["plan_stage.id"], name=op.f("fk_plan_point_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_point")),
        sa.UniqueConstraint("code", name=op.f("uq_plan_point_code")),
    )
    op.create_table(
        "plan_fulfilment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column(
            "way", sa.Enum("event", "document", "hand", name="way", native_enum=False, length=32), nullable=False
        ),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(way = 'event') = (event_id IS NOT NULL) AND (way = 'document') = (document_id IS NOT NULL)",
            name=op.f("ck_plan_fulfilment_way"),
        ),
        sa.CheckConstraint("slot >= 0", name=op.f("ck_plan_fulfilment_slot")),
        sa.ForeignKeyConstraint(["document_id"], ["official_document.id"], name=op.f("fk_plan_fulfilment_document_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_plan_fulfilment_event_id")),
        sa.ForeignKeyConstraint(["line_id"], ["plan_line.id"], name=op.f("fk_plan_fulfilment_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_fulfilment")),
        sa.UniqueConstraint("line_id", "slot", name=op.f("uq_plan_fulfilment_line_id_slot")),
    )
    op.create_index(op.f("ix_plan_fulfilment_document_id"), "plan_fulfilment", ["document_id"])
    op.create_index(op.f("ix_plan_fulfilment_event_id"), "plan_fulfilment", ["event_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_plan_fulfilment_event_id"), table_name="plan_fulfilment")
    op.drop_index(op.f("ix_plan_fulfilment_document_id"), table_name="plan_fulfilment")
    op.drop_table("plan_fulfilment")
    op.drop_table("plan_point")
    op.drop_index(op.f("ix_plan_line_section_id_position"), table_name="plan_line")
    op.drop_table("plan_line")
    op.drop_index(op.f("ix_plan_stage_plan_id"), table_name="plan_stage")
    op.drop_table("plan_stage")
    op.drop_index(op.f("ix_plan_section_plan_id"), table_name="plan_section")
    op.drop_index(op.f("ix_plan_section_direction_id"), table_name="plan_section")
    op.drop_table("plan_section")
    op.drop_table("plan")
    op.drop_table("official_document")
