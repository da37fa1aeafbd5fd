"""indicators of monitoring with their periods and values, waves of self-diagnosis"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "indicator_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.CheckConstraint("starts <= ends", name=op.f("ck_indicator_period_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_period")),
        sa.UniqueConstraint("code", name=op.f("uq_indicator_period_code")),
    )
    op.create_index(op.f("ix_indicator_period_starts_ends"), "indicator_period", ["starts", "ends"])
    op.create_table(
        "indicator_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_set")),
        sa.UniqueConstraint("code", name=op.f("uq_indicator_set_code")),
    )
    op.create_table(
        "indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "region",
                "centre",
                "district",
                "organisation",
                "person",
                name="indicatorlevel",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("part", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("responsible", sa.String(length=300), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("training", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["official_document.id"], name=op.f("fk_indicator_document_id")),
        sa.ForeignKeyConstraint(["set_id"], ["indicator_set.id"], name=op.f("fk_indicator_set_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
        sa.UniqueConstraint("code", name=op.f("uq_indicator_code")),
    )
    op.create_index(op.f("ix_indicator_document_id"), "indicator", ["document_id"])
    op.create_index(op.f("ix_indicator_set_id_position"), "indicator", ["set_id", "position"])
    op.create_table(
        "indicator_fixing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("whose", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fixed_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_indicator_fixing_municipality_id")
        ),
        sa.ForeignKeyConstraint(["period_id"], ["indicator_period.id"], name=op.f("fk_indicator_fixing_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_fixing")),
        sa.UniqueConstraint("period_id", "whose", name=op.f("uq_indicator_fixing_period_id_whose")),
    )
    op.create_index(op.f("ix_indicator_fixing_municipality_id"), "indicator_fixing", ["municipality_id"])
    op.create_table(
        "wave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("planned", "open", "fixed", name="wavestatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("training", sa.Boolean(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invited_to", sa.Integer(), nullable=True),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts <= ends", name=op.f("ck_wave_days")),
        sa.ForeignKeyConstraint(["version_id"], ["instrument_version.id"], name=op.f("fk_wave_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
        sa.UniqueConstraint("code", name=op.f("uq_wave_code")),
    )
    op.create_index(op.f("ix_wave_invited_to"), "wave", ["invited_to"])
    op.create_index(op.f("ix_wave_status_ends"), "wave", ["status", "ends"])
    op.create_index(op.f("ix_wave_version_id"), "wave", ["version_id"])
    op.create_table(
        "indicator_measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("count", "fraction", "rating", name="measurekind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "formula",
            sa.Enum(
                "events",
                "events_low_results",
                "events_hard_conditions",
                "products",
                "networks",
                "network_services",
                "groups",
                "meetings",
                "practices",
                "plan_lines",
                "trained_teachers",
                "trained_methodists",
                "diagnosed",
                "routes",
                "active_members",
                "requests",
                name="formula",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=True),
        sa.Column("baseline", sa.Integer(), nullable=True),
        sa.CheckConstraint("formula IS NULL OR kind <> 'rating'", name=op.f("ck_indicator_measure_formula")),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_indicator_measure_indicator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_measure")),
        sa.UniqueConstraint("code", name=op.f("uq_indicator_measure_code")),
    )
    op.create_index(
        op.f("ix_indicator_measure_indicator_id_position"), "indicator_measure", ["indicator_id", "position"]
    )
    op.create_table(
        "wave_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("component", sa.String(length=64), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("deficit", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("people >= 5", name=op.f("ck_wave_result_people")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_wave_result_municipality_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_wave_result_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave_result")),
    )
    op.create_index(op.f("ix_wave_result_municipality_id"), "wave_result", ["municipality_id"])
    op.create_index(op.f("ix_wave_result_wave_id_municipality_id"), "wave_result", ["wave_id", "municipality_id"])
    op.create_table(
        "wave_unit",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_wave_unit_municipality_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_wave_unit_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "municipality_id", name=op.f("pk_wave_unit")),
    )
    op.create_index(op.f("ix_wave_unit_municipality_id"), "wave_unit", ["municipality_id"])
    op.create_table(
        "indicator_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("whose", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("numerator", sa.Integer(), nullable=True),
        sa.Column("denominator", sa.Integer(), nullable=True),
        sa.Column("least", sa.Boolean(), nullable=False),
        sa.Column("formula", sa.String(length=300), nullable=False),
        sa.Column(
            "rating",
            sa.Enum("absent", "begun", "partly", "settled", name="rating", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("rated_by", sa.String(length=300), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(rating IS NULL) <> (numerator IS NULL)", name=op.f("ck_indicator_value_one")),
        sa.CheckConstraint("denominator IS NULL OR numerator <= denominator", name=op.f("ck_indicator_value_fraction")),
        sa.ForeignKeyConstraint(["document_id"], ["official_document.id"], name=op.f("fk_indicator_value_document_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["indicator_measure.id"], name=op.f("fk_indicator_value_measure_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_indicator_value_municipality_id")
        ),
        sa.ForeignKeyConstraint(["period_id"], ["indicator_period.id"], name=op.f("fk_indicator_value_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_value")),
        sa.UniqueConstraint(
            "measure_id", "period_id", "whose", name=op.f("uq_indicator_value_measure_id_period_id_whose")
        ),
    )
    op.create_index(op.f("ix_indicator_value_document_id"), "indicator_value", ["document_id"])
    op.create_index(op.f("ix_indicator_value_municipality_id"), "indicator_value", ["municipality_id"])
    op.create_index(op.f("ix_indicator_value_period_id_whose"), "indicator_value", ["period_id", "whose"])


def downgrade() -> None:
    op.drop_table("wave_unit")
    op.drop_table("wave_result")
    op.drop_table("wave")
    op.drop_table("indicator_value")
    op.drop_table("indicator_measure")
    op.drop_table("indicator_fixing")
    op.drop_table("indicator")
    op.drop_table("indicator_set")
    op.drop_table("indicator_period")
