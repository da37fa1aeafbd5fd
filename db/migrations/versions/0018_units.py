"""centres that serve municipalities, kinds and marks of organisations, numbers of staff as documents state them"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "centre",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("independent", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("training", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_centre")),
        sa.UniqueConstraint("code", name=op.f("uq_centre_code")),
    )
    op.create_table(
        "staff_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("positions", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_staff_number_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_number")),
        sa.UniqueConstraint("code", name=op.f("uq_staff_number_code")),
    )
    op.create_index(op.f("ix_staff_number_municipality_id"), "staff_number", ["municipality_id"])
    with op.batch_alter_table("municipality") as batch:
        batch.add_column(sa.Column("centre_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_municipality_centre_id"), "centre", ["centre_id"], ["id"])
        batch.create_index(op.f("ix_municipality_centre_id"), ["centre_id"])
    with op.batch_alter_table("organisation") as batch:
        batch.add_column(sa.Column("kind_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("low_results", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("hard_conditions", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.create_foreign_key(op.f("fk_organisation_kind_id"), "term", ["kind_id"], ["id"])
    with op.batch_alter_table("organisation") as batch:
        batch.alter_column("low_results", server_default=None)
        batch.alter_column("hard_conditions", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("organisation") as batch:
        batch.drop_constraint(op.f("fk_organisation_kind_id"), type_="foreignkey")
        batch.drop_column("hard_conditions")
        batch.drop_column("low_results")
        batch.drop_column("kind_id")
    with op.batch_alter_table("municipality") as batch:
        batch.drop_index(op.f("ix_municipality_centre_id"))
        batch.drop_constraint(op.f("fk_municipality_centre_id"), type_="foreignkey")
        batch.drop_column("centre_id")
    op.drop_table("staff_number")
    op.drop_table("centre")
