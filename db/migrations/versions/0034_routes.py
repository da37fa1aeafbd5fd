"""routes and their items"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "route",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("active", "paused", "finished", "cancelled", name="routestatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_route_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route")),
    )
    op.create_index(op.f("ix_route_person_id_status"), "route", ["person_id", "status"])
    op.create_index(
        "uq_route_live",
        "route",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('active', 'paused')"),
        postgresql_where=sa.text("status IN ('active', 'paused')"),
    )
    op.create_table(
        "route_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("route_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum("step", "event", name="itemkind", native_enum=False, length=32), nullable=False),
        sa.Column(
            "status",
            sa.Enum("open", "awaiting", "done", "dropped", name="itemstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("component", sa.String(length=64), nullable=True),
        sa.Column("item", sa.String(length=64), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column(
            "setting",
            sa.Enum(
                "primary",
                "middle",
                "upper",
                "senior",
                "kindergarten",
                "other",
                name="stepsetting",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome", sa.Enum("worked", "not_yet", name="stepoutcome", native_enum=False, length=32), nullable=True
        ),
        sa.Column("word", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(kind = 'event') = (event_id IS NOT NULL)", name=op.f("ck_route_item_event")),
        sa.CheckConstraint(
            "kind = 'event' OR (item IS NOT NULL AND attempt_id IS NOT NULL)", name=op.f("ck_route_item_step")
        ),
        sa.CheckConstraint("(planned_on IS NULL) = (setting IS NULL)", name=op.f("ck_route_item_planned")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_route_item_attempt_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_route_item_event_id")),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_route_item_route_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_item")),
    )
    op.create_index(op.f("ix_route_item_ask_at"), "route_item", ["ask_at"])
    op.create_index(op.f("ix_route_item_attempt_id"), "route_item", ["attempt_id"])
    op.create_index(op.f("ix_route_item_event_id"), "route_item", ["event_id"])
    op.create_index(op.f("ix_route_item_route_id"), "route_item", ["route_id"])
    op.create_index(
        "uq_route_item_event",
        "route_item",
        ["route_id", "event_id"],
        unique=True,
        sqlite_where=sa.text("event_id IS NOT NULL"),
        postgresql_where=sa.text("event_id IS NOT NULL"),
    )
    op.create_index(
        "uq_route_item_step",
        "route_item",
        ["route_id", "item"],
        unique=True,
        sqlite_where=sa.text("status = 'open' AND kind = 'step'"),
        postgresql_where=sa.text("status = 'open' AND kind = 'step'"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_route_item_step",
        table_name="route_item",
        sqlite_where=sa.text("status = 'open' AND kind = 'step'"),
        postgresql_where=sa.text("status = 'open' AND kind = 'step'"),
    )
    op.drop_index(
        "uq_route_item_event",
        table_name="route_item",
        sqlite_where=sa.text("event_id IS NOT NULL"),
        postgresql_where=sa.text("event_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_route_item_route_id"), table_name="route_item")
    op.drop_index(op.f("ix_route_item_event_id"), table_name="route_item")
    op.drop_index(op.f("ix_route_item_attempt_id"), table_name="route_item")
    op.drop_index(op.f("ix_route_item_ask_at"), table_name="route_item")
    op.drop_table("route_item")
    op.drop_index(
        "uq_route_live",
        table_name="route",
        sqlite_where=sa.text("status IN ('active', 'paused')"),
        postgresql_where=sa.text("status IN ('active', 'paused')"),
    )
    op.drop_index(op.f("ix_route_person_id_status"), table_name="route")
    op.drop_table("route")
