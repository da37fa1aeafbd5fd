"""sums are of comparable versions only; surveys of needs"""

import hashlib
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TABLES = ("component_score", "score_block", "score_tally")
NUMBERS = ("people", "deficit", "need", "priority", "above")
LISTS = ("bands", "needs")
PLACE = ("instrument_id", "component", "municipality_id", "organisation_id", "position_id", "cuts")
SITE_KIND = sa.Enum("internship", "support", name="sitekind", native_enum=False, length=32)
KIND = sa.Enum("diagnosis", "survey", name="instrumentkind", native_enum=False, length=32)


def upgrade() -> None:
    _comparable()
    with op.batch_alter_table("instrument") as batch:
        batch.add_column(sa.Column("kind", KIND, nullable=False, server_default="diagnosis"))
    with op.batch_alter_table("instrument") as batch:
        batch.alter_column("kind", existing_type=KIND, existing_nullable=False, server_default=None)
    with op.batch_alter_table("organisation") as batch:
        batch.add_column(sa.Column("nameless", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("organisation") as batch:
        batch.alter_column("nameless", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
    with op.batch_alter_table("upload") as batch:
        batch.add_column(sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("site") as batch:
        batch.alter_column("kind", existing_type=SITE_KIND, type_=sa.String(64), existing_nullable=False)
    with op.batch_alter_table("staff") as batch:
        batch.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_staff_organisation_id"), "organisation", ["organisation_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_staff_organisation"), "(role = 'organisation') = (organisation_id IS NOT NULL)"
        )
    op.create_table(
        "survey_reply",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(64), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_survey_reply_attempt_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("attempt_id", "question", name=op.f("pk_survey_reply")),
    )


def _comparable() -> None:
    for name in TABLES:
        with op.batch_alter_table(name) as batch:
            batch.add_column(sa.Column("form", sa.String(16), nullable=False, server_default=""))
    connection = op.get_bind()
    score = sa.table("component_score", *(sa.column(name) for name in ("attempt_id", "component", "form", "block_id")))
    attempt = sa.table("attempt", sa.column("id"), sa.column("version_id"))
    version = sa.table("instrument_version", sa.column("id"), sa.column("content", sa.JSON()))
    for row in connection.execute(sa.select(version.c.id, version.c.content)).all():
        of_version = sa.select(attempt.c.id).where(attempt.c.version_id == row.id)
        for part in row.content.get("components", []):
            own = score.c.attempt_id.in_(of_version), score.c.component == part["code"]
            connection.execute(sa.update(score).where(*own).values(form=_form(part)))
    # A block of results by several versions stays one: taken apart it would tell of fewer than five.
    found = sa.select(sa.func.min(score.c.form), sa.func.max(score.c.form), score.c.block_id)
    block = sa.table("score_block", sa.column("id"), sa.column("form"))
    of_block = {
        number: least
        for least, most, number in connection.execute(
            found.where(score.c.block_id.is_not(None)).group_by(score.c.block_id)
        )
        if least == most
    }
    if of_block:
        change = sa.update(block).where(block.c.id == sa.bindparam("number")).values(form=sa.bindparam("of"))
        connection.execute(change, [{"number": number, "of": form} for number, form in of_block.items()])
    _sum_up(connection, (*PLACE, "form"))
    for name in TABLES:
        with op.batch_alter_table(name) as batch:
            batch.alter_column("form", existing_type=sa.String(16), existing_nullable=False, server_default=None)


def _form(part: dict[str, Any]) -> str:
    asked = sorted(item["code"] for item in part.get("items", []))
    return hashlib.sha256("|".join((part["code"], *asked)).encode()).hexdigest()[:16]


def _sum_up(connection: sa.Connection, key: tuple[str, ...]) -> None:
    """Sums up the blocks that are published anew, by this key."""

    def table(name: str, *moments: str) -> sa.TableClause:
        jsons = (sa.column(name, sa.JSON()) for name in (*LISTS, "points"))
        times = (sa.column(name, sa.DateTime(timezone=True)) for name in moments)
        return sa.table(name, *(sa.column(name) for name in (*key, *NUMBERS)), *jsons, *times)

    blocks, tally = table("score_block", "published_at", "left_at"), table("score_tally", "changed_at")
    changed = {
        tuple(row[: len(PLACE)]): row.changed_at
        for row in connection.execute(sa.select(*(tally.c[name] for name in PLACE), tally.c.changed_at))
    }
    connection.execute(sa.delete(tally))
    groups = defaultdict(list)
    for row in connection.execute(sa.select(blocks).where(blocks.c.left_at.is_(None))):
        groups[tuple(getattr(row, name) for name in key)].append(row)
    rows = [
        {
            **dict(zip(key, values, strict=True)),
            **{name: sum(getattr(row, name) for row in here) for name in NUMBERS},
            **{name: [sum(them) for them in zip(*(getattr(row, name) for row in here), strict=True)] for name in LISTS},
            "points": {
                code: sum(row.points.get(code, 0) for row in here)
                for code in sorted({code for row in here for code in row.points})
            },
            "changed_at": changed.get(values[: len(PLACE)]) or max(row.published_at for row in here),
        }
        for values, here in groups.items()
    ]
    if rows:
        op.bulk_insert(tally, rows)


def downgrade() -> None:
    op.drop_table("survey_reply")
    # A reader sees no names: nobody learns more by going back.
    op.execute("UPDATE staff SET organisation_id = NULL, role = 'reader', active = false WHERE role = 'organisation'")
    with op.batch_alter_table("staff") as batch:
        batch.drop_constraint(op.f("ck_staff_organisation"), type_="check")
        batch.drop_constraint(op.f("fk_staff_organisation_id"), type_="foreignkey")
        batch.drop_column("organisation_id")
    op.execute("UPDATE site SET kind = 'support' WHERE kind NOT IN ('internship', 'support')")
    with op.batch_alter_table("site") as batch:
        batch.alter_column("kind", existing_type=sa.String(64), type_=SITE_KIND, existing_nullable=False)
    with op.batch_alter_table("upload") as batch:
        batch.drop_column("worked_at")
    with op.batch_alter_table("organisation") as batch:
        batch.drop_column("nameless")
    attempts = "SELECT a.id FROM attempt a JOIN instrument i ON i.id = a.instrument_id WHERE i.kind = 'survey'"
    surveys = "SELECT id FROM instrument WHERE kind = 'survey'"
    for table, column, those in (
        ("component_score", "attempt_id", attempts),
        ("attempt", "instrument_id", surveys),
        ("score_tally", "instrument_id", surveys),
        ("score_block", "instrument_id", surveys),
        ("instrument_version", "instrument_id", surveys),
    ):
        op.execute(f"DELETE FROM {table} WHERE {column} IN ({those})")  # noqa: S608  constants
    op.execute("DELETE FROM instrument WHERE kind = 'survey'")
    with op.batch_alter_table("instrument") as batch:
        batch.drop_column("kind")
    _sum_up(op.get_bind(), PLACE)
    for name in TABLES:
        with op.batch_alter_table(name) as batch:
            batch.drop_column("form")
