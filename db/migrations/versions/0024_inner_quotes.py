"""quotes within the quotes of an organisation's name become other ones, as every name is kept since; one that would then
be called as another there is left, and `python -m db check` tells of it"""

import sqlalchemy as sa
from alembic import op

from db.texts import quoted

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    table = sa.table("organisation", *map(sa.column, ("id", "municipality_id", "name")))
    rows = connection.execute(sa.select(table).order_by(table.c.id)).all()
    taken = {(row.municipality_id, row.name) for row in rows}
    for row in rows:
        right = (row.municipality_id, quoted(row.name))
        if right not in taken:
            taken.add(right)
            connection.execute(sa.update(table).where(table.c.id == row.id).values(name=right[1]))


def downgrade() -> None:
    """The earlier version reads these quotes as well."""
