"""where a relative works and what came on paper are ties; where the author worked when an application was sent"""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

ONE_BEFORE = "(other_id IS NULL) <> (name IS NULL)"
ONE = " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in ("other_id", "name", "organisation_id"))


def upgrade() -> None:
    with op.batch_alter_table("tie") as batch:
        batch.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("paper_on", sa.Date(), nullable=True))
        batch.create_foreign_key(op.f("fk_tie_organisation_id"), "organisation", ["organisation_id"], ["id"])
        batch.create_index(op.f("ix_tie_organisation_id"), ["organisation_id"])
        batch.create_unique_constraint(op.f("uq_tie_person_id_organisation_id"), ["person_id", "organisation_id"])
        batch.drop_constraint(op.f("ck_tie_one"), type_="check")
        batch.create_check_constraint(op.f("ck_tie_one"), f"{ONE} = 1")
    if op.get_bind().dialect.name == "postgresql":  # after a restored dump the counter may stand behind its rows
        op.execute("SELECT setval(pg_get_serial_sequence('tie', 'id'), coalesce(max(id), 0) + 1, false) FROM tie")
    op.execute(
        "INSERT INTO tie (person_id, organisation_id, kind, declared_at)"
        " SELECT person_id, organisation_id, 'relative', declared_at FROM expert_relative"
    )
    op.drop_table("expert_relative")
    # In words that both databases know: SQLite's triggers on criteria name the table, which so can't be built anew.
    op.execute(
        "ALTER TABLE application ADD COLUMN organisation_id INTEGER"
        " CONSTRAINT fk_application_organisation_id REFERENCES organisation (id)"
    )
    # Where the authors of what was sent work now: nobody kept where they worked then.
    op.execute(
        "UPDATE application SET organisation_id ="
        " (SELECT person.organisation_id FROM person WHERE person.id = application.person_id)"
        " WHERE submitted_at IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_column("application", "organisation_id")
    op.create_table(
        "expert_relative",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_expert_relative_person_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_expert_relative_organisation_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "organisation_id", name=op.f("pk_expert_relative")),
    )
    op.create_index(op.f("ix_expert_relative_organisation_id"), "expert_relative", ["organisation_id"])
    op.execute(
        "INSERT INTO expert_relative (person_id, organisation_id, declared_at)"
        " SELECT person_id, organisation_id, declared_at FROM tie WHERE organisation_id IS NOT NULL"
    )
    op.execute("DELETE FROM tie WHERE organisation_id IS NOT NULL")
    with op.batch_alter_table("tie") as batch:
        batch.drop_constraint(op.f("ck_tie_one"), type_="check")
        batch.create_check_constraint(op.f("ck_tie_one"), ONE_BEFORE)
        batch.drop_constraint(op.f("uq_tie_person_id_organisation_id"), type_="unique")
        batch.drop_constraint(op.f("fk_tie_organisation_id"), type_="foreignkey")
        batch.drop_index(op.f("ix_tie_organisation_id"))
        batch.drop_column("paper_on")
        batch.drop_column("organisation_id")
