"""private facts of people in batches, which reports sum; where a route was begun; heads who propose; values of one organisation"""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fact_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fact", sa.String(length=32), nullable=False),
        sa.Column("of_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("upto", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("sums", sa.JSON(), nullable=False),
        sa.CheckConstraint("people >= 5 OR (people = 0 AND count = 0)", name=op.f("ck_fact_batch_people")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_fact_batch_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_batch")),
    )
    op.create_index(op.f("ix_fact_batch_municipality_id"), "fact_batch", ["municipality_id"])
    op.create_index(op.f("ix_fact_batch_fact_municipality_id_upto"), "fact_batch", ["fact", "municipality_id", "upto"])
    op.create_index(op.f("ix_fact_batch_fact_of_id"), "fact_batch", ["fact", "of_id"])

    with op.batch_alter_table("route") as batch:
        batch.add_column(sa.Column("municipality_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_route_municipality_id"), "municipality", ["municipality_id"], ["id"])
        batch.create_index(op.f("ix_route_municipality_id"), ["municipality_id"])
    op.execute(
        "UPDATE route SET municipality_id = (SELECT municipality_id FROM person WHERE person.id = route.person_id)"
    )

    with op.batch_alter_table("motion") as batch:
        batch.alter_column("author_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("proposer_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_motion_proposer_id"), "person", ["proposer_id"], ["id"])
        batch.create_index(op.f("ix_motion_proposer_id"), ["proposer_id"])
        batch.create_check_constraint(op.f("ck_motion_author"), "author_id IS NULL OR proposer_id IS NULL")

    with op.batch_alter_table("indicator_value") as batch:
        batch.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_indicator_value_organisation_id"), "organisation", ["organisation_id"], ["id"]
        )
        batch.create_index(op.f("ix_indicator_value_organisation_id"), ["organisation_id"])
        batch.create_check_constraint(
            op.f("ck_indicator_value_organisation"), "organisation_id IS NULL OR whose = -organisation_id"
        )


def downgrade() -> None:
    op.execute("DELETE FROM indicator_value WHERE organisation_id IS NOT NULL")
    with op.batch_alter_table("indicator_value") as batch:
        batch.drop_constraint(op.f("ck_indicator_value_organisation"), type_="check")
        batch.drop_index(op.f("ix_indicator_value_organisation_id"))
        batch.drop_constraint(op.f("fk_indicator_value_organisation_id"), type_="foreignkey")
        batch.drop_column("organisation_id")
    op.execute("DELETE FROM motion WHERE author_id IS NULL")
    with op.batch_alter_table("motion") as batch:
        batch.drop_constraint(op.f("ck_motion_author"), type_="check")
        batch.drop_index(op.f("ix_motion_proposer_id"))
        batch.drop_constraint(op.f("fk_motion_proposer_id"), type_="foreignkey")
        batch.drop_column("proposer_id")
        batch.alter_column("author_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("route") as batch:
        batch.drop_index(op.f("ix_route_municipality_id"))
        batch.drop_constraint(op.f("fk_route_municipality_id"), type_="foreignkey")
        batch.drop_column("municipality_id")
    op.drop_table("fact_batch")
