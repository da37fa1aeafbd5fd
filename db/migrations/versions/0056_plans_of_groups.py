"""plans of groups: lines of a school year with due slots, and what fulfilled them; results of contests"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

OF = {
    "meeting": ("group_meeting", "CASCADE"),
    "decision": ("group_decision", "CASCADE"),
    "event": ("event", "CASCADE"),
    "document": ("official_document", None),
    "product": ("product", None),
}
"""What may fulfil a line: its table, and what becomes of the mark when a row of it goes."""


def upgrade() -> None:
    op.create_table(
        "workplan_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("term", sa.String(length=300), nullable=False),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column(
            "period", sa.Enum("month", "quarter", "year", name="period", native_enum=False, length=32), nullable=True
        ),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.CheckConstraint("times >= 1 AND times <= 12", name=op.f("ck_workplan_line_times")),
        sa.CheckConstraint(
            "(starts IS NULL) = (ends IS NULL) AND (starts IS NULL OR starts <= ends)",
            name=op.f("ck_workplan_line_days"),
        ),
        sa.ForeignKeyConstraint(["group_id"], ["methodical_group.id"], name=op.f("fk_workplan_line_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workplan_line")),
    )
    op.create_index(op.f("ix_workplan_line_group_id_year_id"), "workplan_line", ["group_id", "year", "id"])
    op.create_index(op.f("ix_workplan_line_year"), "workplan_line", ["year"])
    op.create_index(op.f("ix_workplan_line_remind_on"), "workplan_line", ["remind_on"])
    op.create_table(
        "workplan_fulfilment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("way", sa.Enum("hand", *OF, name="workway", native_enum=False, length=32), nullable=False),
        *(sa.Column(f"{name}_id", sa.Integer(), nullable=True) for name in OF),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint("slot >= 0", name=op.f("ck_workplan_fulfilment_slot")),
        sa.CheckConstraint(
            "(way = 'meeting') = (meeting_id IS NOT NULL) AND (way = 'decision') = (decision_id IS NOT NULL)"
            " AND (way = 'event') = (event_id IS NOT NULL) AND (way = 'document') = (document_id IS NOT NULL)"
            " AND (way = 'product') = (product_id IS NOT NULL)",
            name=op.f("ck_workplan_fulfilment_way"),
        ),
        sa.ForeignKeyConstraint(["line_id"], ["workplan_line.id"], name=op.f("fk_workplan_fulfilment_line_id")),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"], [f"{table}.id"], name=op.f(f"fk_workplan_fulfilment_{name}_id"), ondelete=then
            )
            for name, (table, then) in OF.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workplan_fulfilment")),
        sa.UniqueConstraint("line_id", "slot", name=op.f("uq_workplan_fulfilment_line_id_slot")),
    )
    for name in (*(f"{one}_id" for one in OF), "noted_by"):
        op.create_index(op.f(f"ix_workplan_fulfilment_{name}"), "workplan_fulfilment", [name])
    with op.batch_alter_table("registration") as batch:
        batch.add_column(sa.Column("result_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_registration_result_id"), "term", ["result_id"], ["id"])
        batch.create_index(op.f("ix_registration_result_id"), ["result_id"])


def downgrade() -> None:
    with op.batch_alter_table("registration") as batch:
        batch.drop_index(op.f("ix_registration_result_id"))
        batch.drop_constraint(op.f("fk_registration_result_id"), type_="foreignkey")
        batch.drop_column("result_id")
    op.drop_table("workplan_fulfilment")
    op.drop_table("workplan_line")
