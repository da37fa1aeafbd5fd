"""groups: kinds, members, meetings with minutes, decisions, results"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "group_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "region", "centre", "municipality", "organisation", name="grouplevel", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("temporary", sa.Boolean(), nullable=False),
        sa.Column("supports", sa.String(length=64), nullable=False),
        sa.Column("functions", sa.JSON(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.CheckConstraint("quorum IS NULL OR quorum BETWEEN 1 AND 100", name=op.f("ck_group_kind_quorum")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_kind")),
        sa.UniqueConstraint("code", name=op.f("uq_group_kind_code")),
    )
    op.create_table(
        "methodical_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "region", "centre", "municipality", "organisation", name="grouplevel", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("head_id", sa.Integer(), nullable=True),
        sa.Column(
            "status", sa.Enum("active", "closed", name="groupstatus", native_enum=False, length=32), nullable=False
        ),
        sa.Column("quorum", sa.Integer(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("training", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("levels_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(level = 'centre') = (centre_id IS NOT NULL) AND (level = 'organisation') = (organisation_id IS NOT NULL) AND (level IN ('municipality', 'organisation')) = (municipality_id IS NOT NULL)",
            name=op.f("ck_methodical_group_unit"),
        ),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name=op.f("ck_methodical_group_parent")),
        sa.CheckConstraint("quorum IS NULL OR quorum >= 1", name=op.f("ck_methodical_group_quorum")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_methodical_group_centre_id")),
        sa.ForeignKeyConstraint(["head_id"], ["person.id"], name=op.f("fk_methodical_group_head_id")),
        sa.ForeignKeyConstraint(["kind_id"], ["group_kind.id"], name=op.f("fk_methodical_group_kind_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_methodical_group_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_methodical_group_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["methodical_group.id"],
            name=op.f("fk_methodical_group_parent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["subject_id"], ["term.id"], name=op.f("fk_methodical_group_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_methodical_group")),
    )
    op.create_index(op.f("ix_methodical_group_centre_id"), "methodical_group", ["centre_id"], unique=False)
    op.create_index(op.f("ix_methodical_group_levels_at"), "methodical_group", ["levels_at"], unique=False)
    op.create_index(
        op.f("ix_methodical_group_municipality_id_status"),
        "methodical_group",
        ["municipality_id", "status"],
        unique=False,
    )
    op.create_index(op.f("ix_methodical_group_organisation_id"), "methodical_group", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_methodical_group_parent_id"), "methodical_group", ["parent_id"], unique=False)
    op.create_index(op.f("ix_methodical_group_status_kind_id"), "methodical_group", ["status", "kind_id"], unique=False)
    op.create_index(
        "uq_methodical_group_head",
        "methodical_group",
        ["head_id", "kind_id"],
        unique=True,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_table(
        "group_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("planned", "held", "cancelled", name="groupmeetingstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("called_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["methodical_group.id"], name=op.f("fk_group_meeting_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_meeting")),
    )
    op.create_index(
        op.f("ix_group_meeting_group_id_planned_at"), "group_meeting", ["group_id", "planned_at"], unique=False
    )
    op.create_index(op.f("ix_group_meeting_status_planned_at"), "group_meeting", ["status", "planned_at"], unique=False)
    op.create_table(
        "group_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("asked", "active", "left", "declined", name="memberstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("until IS NULL OR since IS NULL OR until >= since", name=op.f("ck_group_member_days")),
        sa.ForeignKeyConstraint(["group_id"], ["methodical_group.id"], name=op.f("fk_group_member_group_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_group_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_member")),
    )
    op.create_index(op.f("ix_group_member_person_id_status"), "group_member", ["person_id", "status"], unique=False)
    op.create_index(
        "uq_group_member_live",
        "group_member",
        ["group_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('asked', 'active')"),
        postgresql_where=sa.text("status IN ('asked', 'active')"),
    )
    op.create_table(
        "group_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["methodical_group.id"], name=op.f("fk_group_result_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_result")),
    )
    op.create_index(op.f("ix_group_result_group_id_year"), "group_result", ["group_id", "year"], unique=False)
    op.create_table(
        "group_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("component", sa.String(length=64), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("deficit", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["methodical_group.id"], name=op.f("fk_group_score_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_score")),
        sa.UniqueConstraint("group_id", "component", name=op.f("uq_group_score_group_id_component")),
    )
    op.create_table(
        "group_attendance",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "answer", sa.Enum("coming", "unable", name="groupanswer", native_enum=False, length=32), nullable=True
        ),
        sa.Column("came", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["group_meeting.id"], name=op.f("fk_group_attendance_meeting_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_group_attendance_person_id")),
        sa.PrimaryKeyConstraint("meeting_id", "person_id", name=op.f("pk_group_attendance")),
    )
    op.create_index(op.f("ix_group_attendance_person_id"), "group_attendance", ["person_id"], unique=False)
    op.create_table(
        "group_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("responsible_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("done_by", sa.String(length=64), nullable=False),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.Column("created_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("remind_on IS NULL OR due_on IS NOT NULL", name=op.f("ck_group_decision_remind")),
        sa.ForeignKeyConstraint(["created_id"], ["methodical_group.id"], name=op.f("fk_group_decision_created_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["group_meeting.id"], name=op.f("fk_group_decision_meeting_id")),
        sa.ForeignKeyConstraint(["responsible_id"], ["person.id"], name=op.f("fk_group_decision_responsible_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_decision")),
        sa.UniqueConstraint("created_id", name=op.f("uq_group_decision_created_id")),
    )
    op.create_index(op.f("ix_group_decision_done_by"), "group_decision", ["done_by"], unique=False)
    op.create_index(op.f("ix_group_decision_due_on_done_on"), "group_decision", ["due_on", "done_on"], unique=False)
    op.create_index(
        op.f("ix_group_decision_meeting_id_position"), "group_decision", ["meeting_id", "position"], unique=False
    )
    op.create_index(op.f("ix_group_decision_remind_on"), "group_decision", ["remind_on"], unique=False)
    op.create_index(op.f("ix_group_decision_responsible_id"), "group_decision", ["responsible_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_group_decision_responsible_id"), table_name="group_decision")
    op.drop_index(op.f("ix_group_decision_remind_on"), table_name="group_decision")
    op.drop_index(op.f("ix_group_decision_meeting_id_position"), table_name="group_decision")
    op.drop_index(op.f("ix_group_decision_due_on_done_on"), table_name="group_decision")
    op.drop_index(op.f("ix_group_decision_done_by"), table_name="group_decision")
    op.drop_table("group_decision")
    op.drop_index(op.f("ix_group_attendance_person_id"), table_name="group_attendance")
    op.drop_table("group_attendance")
    op.drop_table("group_score")
    op.drop_index(op.f("ix_group_result_group_id_year"), table_name="group_result")
    op.drop_table("group_result")
    op.drop_index(
        "uq_group_member_live",
        table_name="group_member",
        sqlite_where=sa.text("status IN ('asked', 'active')"),
        postgresql_where=sa.text("status IN ('asked', 'active')"),
    )
    op.drop_index(op.f("ix_group_member_person_id_status"), table_name="group_member")
    op.drop_table("group_member")
    op.drop_index(op.f("ix_group_meeting_status_planned_at"), table_name="group_meeting")
    op.drop_index(op.f("ix_group_meeting_group_id_planned_at"), table_name="group_meeting")
    op.drop_table("group_meeting")
    op.drop_index(
        "uq_methodical_group_head",
        table_name="methodical_group",
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )
    op.drop_index(op.f("ix_methodical_group_status_kind_id"), table_name="methodical_group")
    op.drop_index(op.f("ix_methodical_group_parent_id"), table_name="methodical_group")
    op.drop_index(op.f("ix_methodical_group_organisation_id"), table_name="methodical_group")
    op.drop_index(op.f("ix_methodical_group_municipality_id_status"), table_name="methodical_group")
    op.drop_index(op.f("ix_methodical_group_levels_at"), table_name="methodical_group")
    op.drop_index(op.f("ix_methodical_group_centre_id"), table_name="methodical_group")
    op.drop_table("methodical_group")
    op.drop_table("group_kind")
