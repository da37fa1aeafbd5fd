"""no rule promises people less than the product does: groups of five, a night, three messages a week"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NAME = "promises"
PROMISES = (
    "key <> 'rules' OR (coalesce({number}mask_under{end}, 5) >= 5"
    " AND coalesce({number}unasked_per_week{end}, 3) BETWEEN 0 AND 3"
    " AND coalesce({hour}quiet_from{close}, '21:00') BETWEEN '12:00' AND '22:00'"
    " AND coalesce({hour}quiet_to{close}, '08:00') BETWEEN '07:00' AND '12:00')"
)
WORDS = {
    "sqlite": {"number": "json_extract(value, '$.", "end": "')", "hour": "json_extract(value, '$.", "close": "')"},
    "postgresql": {"number": "CAST(value ->> '", "end": "' AS INTEGER)", "hour": "(value ->> '", "close": "')"},
}


def upgrade() -> None:
    connection = op.get_bind()
    setting = sa.table("setting", sa.column("key", sa.String), sa.column("value", sa.JSON))
    rules = connection.scalar(sa.select(setting.c.value).where(setting.c.key == "rules"))
    if rules is not None:
        kept = {**rules, **_promised(rules)}
        connection.execute(sa.update(setting).where(setting.c.key == "rules").values(value=kept))
    with op.batch_alter_table("setting") as batch:
        batch.create_check_constraint(op.f(f"ck_setting_{NAME}"), PROMISES.format(**WORDS[connection.dialect.name]))


def downgrade() -> None:
    with op.batch_alter_table("setting") as batch:
        batch.drop_constraint(op.f(f"ck_setting_{NAME}"), type_="check")


def _promised(rules: dict[str, object]) -> dict[str, object]:
    """What older versions let be less, raised to the promise."""
    found: dict[str, object] = {}
    if "mask_under" in rules:
        found["mask_under"] = max(5, int(str(rules["mask_under"])))
    if "unasked_per_week" in rules:
        found["unasked_per_week"] = min(3, max(0, int(str(rules["unasked_per_week"]))))
    for name, first, last in (("quiet_from", "12:00", "22:00"), ("quiet_to", "07:00", "12:00")):
        if name in rules:
            found[name] = min(max(str(rules[name])[:5], first), last)
    return found
