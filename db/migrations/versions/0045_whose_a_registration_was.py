"""a registration remembers the organisation of its person, materials as files, questions; a selection cites"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("registration") as batch:
        batch.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_registration_organisation_id"), "organisation", ["organisation_id"], ["id"], ondelete="SET NULL"
        )
    op.execute(
        "UPDATE registration SET organisation_id = (SELECT o.id FROM person p JOIN organisation o"
        " ON o.id = p.organisation_id AND o.confirmed WHERE p.id = registration.person_id)"
    )
    with op.batch_alter_table("event_material") as batch:
        batch.add_column(sa.Column("scan_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_event_material_scan_id"), "scan", ["scan_id"], ["id"])
        batch.create_check_constraint(op.f("ck_event_material_one"), "(link = '') = (scan_id IS NOT NULL)")
        batch.create_index(op.f("ix_event_material_scan_id"), ["scan_id"])
    op.create_table(
        "event_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_event_question_answered")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_question_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_event_question_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_question")),
    )
    op.create_index(op.f("ix_event_question_event_id"), "event_question", ["event_id"])
    op.create_index(op.f("ix_event_question_person_id"), "event_question", ["person_id"])
    with op.batch_alter_table("campaign") as batch:
        batch.add_column(sa.Column("document_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_campaign_document_id"), "official_document", ["document_id"], ["id"])
        batch.create_index(op.f("ix_campaign_document_id"), ["document_id"])


def downgrade() -> None:
    with op.batch_alter_table("campaign") as batch:
        batch.drop_index(op.f("ix_campaign_document_id"))
        batch.drop_constraint(op.f("fk_campaign_document_id"), type_="foreignkey")
        batch.drop_column("document_id")
    op.drop_table("event_question")
    op.execute("DELETE FROM event_material WHERE scan_id IS NOT NULL")
    with op.batch_alter_table("event_material") as batch:
        batch.drop_index(op.f("ix_event_material_scan_id"))
        batch.drop_constraint(op.f("ck_event_material_one"), type_="check")
        batch.drop_constraint(op.f("fk_event_material_scan_id"), type_="foreignkey")
        batch.drop_column("scan_id")
    with op.batch_alter_table("registration") as batch:
        batch.drop_constraint(op.f("fk_registration_organisation_id"), type_="foreignkey")
        batch.drop_column("organisation_id")
