"""results are counted by organisation and instrument; reports read sums that are kept, not blocks"""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

WAITING = "block_id IS NULL AND latest AND deficit IS NOT NULL"
LEAVING = sa.text("left_at IS NULL AND gone >= 5")
NUMBERS = ("people", "deficit", "need", "priority", "above")
OTHERS = ("bands", "needs", "points", "published_at")


def upgrade() -> None:
    with op.batch_alter_table("component_score") as batch:
        batch.drop_index("ix_component_score_waiting")
        batch.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_component_score_organisation_id"),
            "organisation",
            ["organisation_id"],
            ["id"],
            ondelete="SET NULL",
        )
    op.execute(
        "UPDATE component_score SET organisation_id = (SELECT o.id FROM person p JOIN organisation o"  # noqa: S608
        " ON o.id = p.organisation_id AND o.municipality_id = component_score.municipality_id"
        f" WHERE p.id = component_score.person_id) WHERE {WAITING}"
    )
    for name, column, there in (
        ("ix_component_score_waiting", "completed_at", "NULL"),
        ("ix_component_score_waiting_there", "organisation_id", "NOT NULL"),
    ):
        where = sa.text(f"{WAITING} AND organisation_id IS {there}")
        op.create_index(name, "component_score", [column], sqlite_where=where, postgresql_where=where)
    with op.batch_alter_table("score_block") as batch:
        batch.drop_index("ix_score_block_municipality_id_component")
        batch.add_column(sa.Column("instrument_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_score_block_instrument_id"), "instrument", ["instrument_id"], ["id"])
        batch.create_foreign_key(op.f("fk_score_block_organisation_id"), "organisation", ["organisation_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_score_block_placed"), "organisation_id IS NULL OR municipality_id IS NOT NULL"
        )
    # One instrument was all there could be; a block that all have left knows of none.
    op.execute(
        "UPDATE score_block SET instrument_id = coalesce((SELECT v.instrument_id FROM component_score s"
        " JOIN attempt t ON t.id = s.attempt_id JOIN instrument_version v ON v.id = t.version_id"
        " WHERE s.block_id = score_block.id LIMIT 1), (SELECT min(id) FROM instrument))"
    )
    with op.batch_alter_table("score_block") as batch:
        batch.alter_column("instrument_id", existing_type=sa.Integer(), nullable=False)
    op.create_index("ix_score_block_leaving", "score_block", ["gone"], sqlite_where=LEAVING, postgresql_where=LEAVING)
    tally = op.create_table(
        "score_tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("component", sa.String(64), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("position_id", sa.Integer(), nullable=True),
        sa.Column("cuts", sa.String(64), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("deficit", sa.BigInteger(), nullable=False),
        sa.Column("need", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("above", sa.Integer(), nullable=False),
        sa.Column("bands", sa.JSON(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("people >= 5", name=op.f("ck_score_tally_people")),
        sa.ForeignKeyConstraint(["instrument_id"], ["instrument.id"], name=op.f("fk_score_tally_instrument_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_score_tally_municipality_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_score_tally_organisation_id")),
        sa.ForeignKeyConstraint(["position_id"], ["term.id"], name=op.f("fk_score_tally_position_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_tally")),
    )
    op.create_index(
        "ix_score_tally_whose", "score_tally", ["instrument_id", "municipality_id", "organisation_id", "component"]
    )
    rows = _sums(op.get_bind(), ("instrument_id", "component", "municipality_id", "position_id", "cuts"))
    if rows:
        op.bulk_insert(tally, rows)


def _sums(connection: sa.Connection, key: tuple[str, ...]) -> list[dict[str, object]]:
    """Sums of the blocks that are published."""
    json = {name: sa.JSON() for name in ("bands", "needs", "points")}
    blocks = sa.table(
        "score_block",
        *(sa.column(name) for name in (*key, *NUMBERS)),
        *(sa.column(name, json.get(name, sa.DateTime(timezone=True))) for name in OTHERS),
        sa.column("left_at"),
    )
    groups = defaultdict(list)
    for row in connection.execute(sa.select(blocks).where(blocks.c.left_at.is_(None))):
        groups[tuple(getattr(row, name) for name in key)].append(row)
    return [
        {
            **dict(zip(key, values, strict=True)),
            **{name: sum(getattr(row, name) for row in here) for name in NUMBERS},
            "bands": [sum(numbers) for numbers in zip(*(row.bands for row in here), strict=True)],
            "needs": [sum(numbers) for numbers in zip(*(row.needs for row in here), strict=True)],
            "points": {
                code: sum(row.points.get(code, 0) for row in here)
                for code in sorted({c for row in here for c in row.points})
            },
            "changed_at": max(row.published_at for row in here),
        }
        for values, here in groups.items()
    ]


def downgrade() -> None:
    op.drop_table("score_tally")
    op.drop_index("ix_score_block_leaving", table_name="score_block")
    with op.batch_alter_table("score_block") as batch:
        batch.drop_constraint(op.f("ck_score_block_placed"), type_="check")
        batch.drop_constraint(op.f("fk_score_block_organisation_id"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_score_block_instrument_id"), type_="foreignkey")
        batch.drop_column("organisation_id")
        batch.drop_column("instrument_id")
        batch.create_index("ix_score_block_municipality_id_component", ["municipality_id", "component"])
    op.drop_index("ix_component_score_waiting_there", table_name="component_score")
    op.drop_index("ix_component_score_waiting", table_name="component_score")
    with op.batch_alter_table("component_score") as batch:
        batch.drop_constraint(op.f("fk_component_score_organisation_id"), type_="foreignkey")
        batch.drop_column("organisation_id")
    where = sa.text(WAITING)
    op.create_index(
        "ix_component_score_waiting", "component_score", ["completed_at"], sqlite_where=where, postgresql_where=where
    )
