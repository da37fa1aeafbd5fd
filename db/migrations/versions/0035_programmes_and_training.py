"""programmes of sites, events that count by their parts, and the register of training"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("event") as batch:
        batch.add_column(sa.Column("by_parts", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("event") as batch:
        batch.alter_column("by_parts", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("event_session") as batch:
        batch.add_column(sa.Column("hours", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("place", sa.String(length=300), nullable=True))
        batch.create_check_constraint(op.f("ck_event_session_hours"), "hours IS NULL OR hours BETWEEN 1 AND 99")
    with op.batch_alter_table("site") as batch:
        batch.add_column(sa.Column("address", sa.String(length=300), nullable=False, server_default=""))
        batch.add_column(sa.Column("working_group", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("site") as batch:
        batch.alter_column("address", existing_type=sa.String(length=300), server_default=None)
        batch.alter_column("working_group", existing_type=sa.Text(), server_default=None)
    op.create_table(
        "site_master",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("role", sa.Enum("leader", "master", name="masterrole", native_enum=False, length=32), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) = (name <> '')", name=op.f("ck_site_master_one")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_site_master_person_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_master_site_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_master")),
        sa.UniqueConstraint("site_id", "person_id", name=op.f("uq_site_master_site_id_person_id")),
    )
    op.create_index(op.f("ix_site_master_person_id"), "site_master", ["person_id"])
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("months_from", sa.Integer(), nullable=False),
        sa.Column("months_to", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("training", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "months_from >= 1 AND months_from <= months_to AND months_to <= 60", name=op.f("ck_programme_months")
        ),
        sa.CheckConstraint("hours BETWEEN 0 AND 999", name=op.f("ck_programme_hours")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("code", name=op.f("uq_programme_code")),
    )
    op.create_table(
        "programme_module",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.CheckConstraint("hours BETWEEN 1 AND 999", name=op.f("ck_programme_module_hours")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_programme_module_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_module")),
    )
    op.create_index(op.f("ix_programme_module_programme_id_position"), "programme_module", ["programme_id", "position"])
    op.create_table(
        "programme_run",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_programme_run_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_programme_run_programme_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_programme_run_site_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_programme_run")),
    )
    op.create_index(op.f("ix_programme_run_programme_id"), "programme_run", ["programme_id"])
    op.create_index(op.f("ix_programme_run_site_id"), "programme_run", ["site_id"])
    op.create_table(
        "programme_lesson",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["module_id"], ["programme_module.id"], name=op.f("fk_programme_lesson_module_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["event_session.id"], name=op.f("fk_programme_lesson_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_programme_lesson")),
    )
    op.create_index(op.f("ix_programme_lesson_module_id"), "programme_lesson", ["module_id"])
    op.create_table(
        "training_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("draft", "sent", "confirmed", "returned", name="trainingstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("organisation", sa.String(length=300), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("document", sa.String(length=300), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("of_project", sa.Boolean(), nullable=True),
        sa.Column("experience", sa.Integer(), nullable=True),
        sa.Column("scan_id", sa.Integer(), nullable=True),
        sa.Column("training", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.CheckConstraint("hours IS NULL OR hours BETWEEN 1 AND 2000", name=op.f("ck_training_record_hours")),
        sa.CheckConstraint(
            "experience IS NULL OR experience BETWEEN 0 AND 70", name=op.f("ck_training_record_experience")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_training_record_person_id")),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_training_record_scan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_record")),
    )
    op.create_index(op.f("ix_training_record_person_id_status"), "training_record", ["person_id", "status"])
    op.create_index(op.f("ix_training_record_status_issued_on"), "training_record", ["status", "issued_on"])
    op.create_index(op.f("ix_training_record_scan_id"), "training_record", ["scan_id"])
    op.create_index(
        "uq_training_record_draft",
        "training_record",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("status = 'draft'"),
        postgresql_where=sa.text("status = 'draft'"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_training_record_draft",
        table_name="training_record",
        sqlite_where=sa.text("status = 'draft'"),
        postgresql_where=sa.text("status = 'draft'"),
    )
    op.drop_index(op.f("ix_training_record_scan_id"), table_name="training_record")
    op.drop_index(op.f("ix_training_record_status_issued_on"), table_name="training_record")
    op.drop_index(op.f("ix_training_record_person_id_status"), table_name="training_record")
    op.drop_table("training_record")
    op.drop_index(op.f("ix_programme_lesson_module_id"), table_name="programme_lesson")
    op.drop_table("programme_lesson")
    op.drop_index(op.f("ix_programme_run_site_id"), table_name="programme_run")
    op.drop_index(op.f("ix_programme_run_programme_id"), table_name="programme_run")
    op.drop_table("programme_run")
    op.drop_index(op.f("ix_programme_module_programme_id_position"), table_name="programme_module")
    op.drop_table("programme_module")
    op.drop_table("programme")
    op.drop_index(op.f("ix_site_master_person_id"), table_name="site_master")
    op.drop_table("site_master")
    with op.batch_alter_table("site") as batch:
        batch.drop_column("working_group")
        batch.drop_column("address")
    with op.batch_alter_table("event_session") as batch:
        batch.drop_constraint(op.f("ck_event_session_hours"), type_="check")
        batch.drop_column("place")
        batch.drop_column("hours")
    with op.batch_alter_table("event") as batch:
        batch.drop_column("by_parts")
