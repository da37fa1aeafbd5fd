"""what was typed before every text had one form gets it too; what would then be called as another is left as it is, and
`python -m db check` tells of it"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from db.texts import clean, quoted

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NAMES = {
    "organisation": ("name", ("municipality_id",)),
    "person": ("full_name", ("municipality_id", "organisation_id")),
}
TEXTS = {
    "staff": ("name",),
    "event": ("title", "about", "place", "audience", "organiser"),
    "registration": ("comment",),
    "application": ("direction_remark",),
    "criterion_answer": ("text", "previous_text", "remark"),
    "decision": ("comment", "undone_reason"),
    "broadcast": ("text",),
    "pair": ("goals",),
    "meeting": ("topic", "outcome"),
    "role_grant": ("reason", "revoked_reason"),
}


def upgrade() -> None:
    for table, (column, beside) in NAMES.items():
        _rewrite(table, column, quoted, beside)
    for table, columns in TEXTS.items():
        for column in columns:
            _rewrite(table, column, clean, None)


def downgrade() -> None:
    """One form stays: the earlier version reads it as well."""


def _rewrite(name: str, column: str, form: Callable[[str], str], beside: tuple[str, ...] | None) -> None:
    """Rewrites a column where its form is another; with `beside` not where a row with the same there has that already."""
    connection = op.get_bind()
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    keys, typed = list(table.primary_key), table.c[column]
    others = [table.c[one] for one in beside or ()]
    query = sa.select(typed, *others, *keys).where(typed.is_not(None)).order_by(*keys)
    found = [(row[0], tuple(row[1 : 1 + len(others)]), row[1 + len(others) :]) for row in connection.execute(query)]
    taken = {(text, there) for text, there, _ in found}
    for text, there, key in found:
        right = form(text)
        if not right or right == text or (beside is not None and (right, there) in taken):
            continue
        taken.add((right, there))
        same = (one == value for one, value in zip(keys, key, strict=True))
        connection.execute(sa.update(table).where(*same).values({typed: right}))
