"""what centres recommend after a result, and steps of items in staff's own words"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "advice_category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("positions", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advice_category")),
        sa.UniqueConstraint("code", name=op.f("uq_advice_category_code")),
    )
    op.create_table(
        "centre_advice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("component", sa.String(length=64), nullable=True),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("signed_by", sa.String(length=300), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("training", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("signed_by <> ''", name=op.f("ck_centre_advice_signed")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_centre_advice_centre_id")),
        sa.ForeignKeyConstraint(["category_id"], ["advice_category.id"], name=op.f("fk_centre_advice_category_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_centre_advice_site_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["official_document.id"],
            name=op.f("fk_centre_advice_document_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_centre_advice")),
        sa.UniqueConstraint("code", name=op.f("uq_centre_advice_code")),
    )
    for column in ("centre_id", "category_id", "component", "site_id", "document_id"):
        op.create_index(op.f(f"ix_centre_advice_{column}"), "centre_advice", [column])
    op.create_table(
        "item_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["instrument_id"], ["instrument.id"], name=op.f("fk_item_step_instrument_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_step")),
        sa.UniqueConstraint("instrument_id", "item", name=op.f("uq_item_step_instrument_id_item")),
    )


def downgrade() -> None:
    op.drop_table("item_step")
    for column in ("document_id", "site_id", "component", "category_id", "centre_id"):
        op.drop_index(op.f(f"ix_centre_advice_{column}"), table_name="centre_advice")
    op.drop_table("centre_advice")
    op.drop_table("advice_category")
