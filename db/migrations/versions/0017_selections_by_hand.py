"""criteria have a weight; what applications and decisions stand on cannot be taken from under them"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# By table: the columns that stay, whether anything stands on the row, and what is told then.
KEPT = {
    "criterion": (
        "campaign_id, number, answer, files, weight",
        "SELECT 1 FROM application WHERE campaign_id = OLD.campaign_id",
        "applications stand on this criterion",
    ),
    "reason": (
        "campaign_id, verdict, number, text, gentle",
        "SELECT 1 FROM decision JOIN application ON application.id = decision.application_id,"
        " {each}(decision.reasons) AS one WHERE application.campaign_id = OLD.campaign_id"
        " AND decision.verdict = OLD.verdict AND {value} = OLD.number",
        "decisions name this reason",
    ),
}


def upgrade() -> None:
    with op.batch_alter_table("criterion") as batch:
        batch.add_column(sa.Column("weight", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("criterion") as batch:
        batch.alter_column("weight", server_default=None)
        batch.create_check_constraint(op.f("ck_criterion_weight"), "weight BETWEEN 1 AND 10")
    with op.batch_alter_table("campaign") as batch:
        batch.create_check_constraint(op.f("ck_campaign_closes_at"), "closes_at > opens_at")
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, (columns, stands, refusal) in KEPT.items():
        name = f"{table}_stands"
        if sqlite:
            when = stands.format(each="json_each", value="one.value")
            for act, what in (("UPDATE", f"UPDATE OF {columns}"), ("DELETE", "DELETE")):
                op.execute(
                    f"CREATE TRIGGER {name}_{act.lower()} BEFORE {what} ON {table} WHEN EXISTS ({when})"
                    f" BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
                )
        else:
            when = stands.format(each="json_array_elements_text", value="CAST(one.value AS integer)")
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS ({when})"
                f" THEN RAISE EXCEPTION '{refusal}'; END IF; RETURN COALESCE(NEW, OLD); END $$"
            )
            op.execute(
                f"CREATE TRIGGER {name} BEFORE UPDATE OF {columns} OR DELETE ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION {name}()"
            )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in KEPT:
        name = f"{table}_stands"
        if sqlite:
            op.execute(f"DROP TRIGGER {name}_update")
            op.execute(f"DROP TRIGGER {name}_delete")
        else:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}")
    with op.batch_alter_table("campaign") as batch:
        batch.drop_constraint(op.f("ck_campaign_closes_at"), type_="check")
    with op.batch_alter_table("criterion") as batch:
        batch.drop_constraint(op.f("ck_criterion_weight"), type_="check")
        batch.drop_column("weight")
