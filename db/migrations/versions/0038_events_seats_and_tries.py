"""two kinds of seats at a hybrid event, a minimum, quotas, events of the past, tries of digits, shared documents"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

UNIT = sa.Enum("centre", "municipality", "organisation", name="unitlevel", native_enum=False, length=32)
FRESH = ("split", "online_seated", "recorded")
ADDED = (*FRESH, "online_capacity", "minimum", "minimum_asked_at", "minimum_settled_at", "quota_unit", "quota")


def upgrade() -> None:
    with op.batch_alter_table("event") as batch:
        batch.add_column(sa.Column("split", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("online_capacity", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("online_seated", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("minimum", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("minimum_asked_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("minimum_settled_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("quota_unit", UNIT, nullable=True))
        batch.add_column(sa.Column("quota", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("recorded", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("event") as batch:
        for name in FRESH:
            batch.alter_column(name, server_default=None)
        batch.create_check_constraint(
            op.f("ck_event_online_seats"),
            "online_seated >= 0 AND (online_capacity IS NULL OR online_seated <= online_capacity)",
        )
        batch.create_check_constraint(op.f("ck_event_minimum"), "minimum IS NULL OR minimum >= 1")
        batch.create_check_constraint(
            op.f("ck_event_quota"), "(quota IS NULL) = (quota_unit IS NULL) AND (quota IS NULL OR quota >= 1)"
        )
    with op.batch_alter_table("registration") as batch:
        batch.add_column(sa.Column("online", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("registration") as batch:
        batch.alter_column("online", server_default=None)
    with op.batch_alter_table("official_document") as batch:
        batch.add_column(sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("official_document") as batch:
        batch.alter_column("shared", server_default=None)
    op.create_table(
        "digits_try",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_digits_try_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_digits_try")),
    )
    op.create_index(op.f("ix_digits_try_began_at"), "digits_try", ["began_at"])
    op.create_table(
        "event_material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_material_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_material")),
    )
    op.create_index(op.f("ix_event_material_event_id"), "event_material", ["event_id"])


def downgrade() -> None:
    op.drop_table("event_material")
    op.drop_table("digits_try")
    with op.batch_alter_table("official_document") as batch:
        batch.drop_column("shared")
    with op.batch_alter_table("registration") as batch:
        batch.drop_column("online")
    with op.batch_alter_table("event") as batch:
        for name in ("online_seats", "minimum", "quota"):
            batch.drop_constraint(op.f(f"ck_event_{name}"), type_="check")
        for name in ADDED:
            batch.drop_column(name)
