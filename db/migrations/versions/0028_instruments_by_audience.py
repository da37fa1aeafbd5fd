"""attempts know their instrument, positions whose are for them; «не хочу отвечать» is an answer"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

OPEN = sa.text("status = 'in_progress'")
AUDIENCE = sa.Enum("teacher", "methodist", "manager", name="audience", native_enum=False, length=32)
OF_VERSION = "(SELECT v.instrument_id FROM instrument_version v WHERE v.id = attempt.version_id)"


def upgrade() -> None:
    with op.batch_alter_table("term") as batch:
        batch.add_column(sa.Column("audience", AUDIENCE, nullable=True))
    with op.batch_alter_table("instrument") as batch:
        batch.alter_column("audience", existing_type=sa.String(64), type_=AUDIENCE, existing_nullable=False)
    with op.batch_alter_table("attempt") as batch:
        batch.add_column(sa.Column("instrument_id", sa.Integer(), nullable=True))
    op.execute(f"UPDATE attempt SET instrument_id = {OF_VERSION}")  # noqa: S608  a constant
    with op.batch_alter_table("attempt") as batch:
        batch.drop_index("uq_attempt_open")
        batch.alter_column("instrument_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(op.f("fk_attempt_instrument_id"), "instrument", ["instrument_id"], ["id"])
        batch.create_index(op.f("ix_attempt_instrument_id"), ["instrument_id"])
    columns = ["person_id", "instrument_id"]
    op.create_index("uq_attempt_open", "attempt", columns, unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    _admit("value IS NULL OR value BETWEEN 0 AND 5")


def downgrade() -> None:
    answer = sa.table("answer", sa.column("value"))
    op.execute(sa.update(answer).where(answer.c.value == 5).values(value=None))
    _admit("value IS NULL OR value BETWEEN 0 AND 4")
    with op.batch_alter_table("attempt") as batch:
        batch.drop_index("uq_attempt_open")
        batch.drop_index(op.f("ix_attempt_instrument_id"))
        batch.drop_constraint(op.f("fk_attempt_instrument_id"), type_="foreignkey")
        batch.drop_column("instrument_id")
    # One open attempt a person was all there could be: the first stays.
    again = "SELECT a.id FROM attempt a JOIN attempt b ON b.person_id = a.person_id AND b.id < a.id"
    op.execute(
        f"DELETE FROM attempt WHERE id IN ({again}"  # noqa: S608  constants
        " WHERE a.status = 'in_progress' AND b.status = 'in_progress')"
    )
    op.create_index("uq_attempt_open", "attempt", ["person_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    with op.batch_alter_table("instrument") as batch:
        batch.alter_column("audience", existing_type=AUDIENCE, type_=sa.String(64), existing_nullable=False)
    with op.batch_alter_table("term") as batch:
        batch.drop_column("audience")


def _admit(values: str) -> None:
    with op.batch_alter_table("answer") as batch:
        batch.drop_constraint(op.f("ck_answer_value"), type_="check")
        batch.create_check_constraint(op.f("ck_answer_value"), values)
