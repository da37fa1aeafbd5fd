"""the year's plan behind a route, and who may look into it"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

LIVE = sa.text("status IN ('draft', 'agreed', 'active', 'paused')")
LIVE_BEFORE = sa.text("status IN ('active', 'paused')")
OPENED = sa.text("revoked_at IS NULL")
OPENED_TO_STAFF = sa.text("revoked_at IS NULL AND reader = 'methodist'")
STEP = "kind NOT IN ('step', 'practice') OR (item IS NOT NULL AND attempt_id IS NOT NULL)"
STEP_BEFORE = "kind = 'event' OR (item IS NOT NULL AND attempt_id IS NOT NULL)"
CHECKS = {
    "term": "(term IS NULL) = (evidence IS NULL)",
    "line": "kind IN ('step', 'event') OR term IS NOT NULL",
    "proposed": "status <> 'proposed' OR term IS NOT NULL",
    "evidence": "status <> 'done' OR outcome IS NOT NULL OR word IS NOT NULL OR link IS NOT NULL",
}
EVIDENCE = sa.Enum("attendance", "word", "link", name="evidencekind", native_enum=False, length=32)
READER = sa.Enum("mentor", "head", "methodist", name="routereader", native_enum=False, length=32)


def live(condition: sa.TextClause) -> None:
    """A person has one route that is not over, whatever that means."""
    op.drop_index("uq_route_live", table_name="route")
    op.create_index(
        "uq_route_live", "route", ["person_id"], unique=True, sqlite_where=condition, postgresql_where=condition
    )


def upgrade() -> None:
    live(LIVE)
    with op.batch_alter_table("route_item") as batch:
        batch.add_column(sa.Column("term", sa.Date(), nullable=True))
        batch.add_column(sa.Column("evidence", EVIDENCE, nullable=True))
        batch.add_column(sa.Column("link", sa.String(length=300), nullable=True))
        batch.drop_constraint(op.f("ck_route_item_step"), type_="check")
        batch.create_check_constraint(op.f("ck_route_item_step"), STEP)
        for name, condition in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_route_item_{name}"), condition)
    op.create_table(
        "route_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("route_id", sa.Integer(), nullable=False),
        sa.Column("reader", READER, nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(reader = 'methodist') = (reader_id IS NULL)", name=op.f("ck_route_share_reader")),
        sa.CheckConstraint("(reader = 'head') = (group_id IS NOT NULL)", name=op.f("ck_route_share_group")),
        sa.ForeignKeyConstraint(["group_id"], ["methodical_group.id"], name=op.f("fk_route_share_group_id")),
        sa.ForeignKeyConstraint(["reader_id"], ["person.id"], name=op.f("fk_route_share_reader_id")),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_route_share_route_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_share")),
    )
    for column in ("route_id", "reader_id", "group_id"):
        op.create_index(op.f(f"ix_route_share_{column}"), "route_share", [column])
    for index, columns, where in (
        ("uq_route_share_person", ["route_id", "reader_id"], OPENED),
        ("uq_route_share_methodist", ["route_id"], OPENED_TO_STAFF),
    ):
        op.create_index(index, "route_share", columns, unique=True, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "route_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("share_id", sa.Integer(), nullable=False),
        sa.Column("looked_by", sa.String(length=64), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["share_id"], ["route_share.id"], name=op.f("fk_route_look_share_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_look")),
    )
    op.create_index(op.f("ix_route_look_share_id"), "route_look", ["share_id"])
    op.create_table(
        "route_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("share_id", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["share_id"], ["route_share.id"], name=op.f("fk_route_comment_share_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_comment")),
    )
    for column in ("share_id", "written_by"):
        op.create_index(op.f(f"ix_route_comment_{column}"), "route_comment", [column])


def downgrade() -> None:
    for table in ("route_comment", "route_look", "route_share"):
        op.drop_table(table)
    op.execute("DELETE FROM route_item WHERE kind NOT IN ('step', 'event')")
    op.execute("UPDATE route_item SET status = 'dropped' WHERE status = 'proposed'")
    with op.batch_alter_table("route_item") as batch:
        for name in (*CHECKS, "step"):
            batch.drop_constraint(op.f(f"ck_route_item_{name}"), type_="check")
        batch.create_check_constraint(op.f("ck_route_item_step"), STEP_BEFORE)
        for column in ("link", "evidence", "term"):
            batch.drop_column(column)
    op.execute("UPDATE route SET status = 'active' WHERE status IN ('draft', 'agreed')")
    live(LIVE_BEFORE)
