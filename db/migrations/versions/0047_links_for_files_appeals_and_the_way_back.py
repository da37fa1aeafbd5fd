"""one-time links for files; appeals with their terms; a reason names the next step, a selection remembers the last"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("received >= 0", name=op.f("ck_upload_link_received")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_upload_link_person_id")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_upload_link_application_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_upload_link_token_hash")),
    )
    op.create_index(op.f("ix_upload_link_person_id_created_at"), "upload_link", ["person_id", "created_at"])
    op.create_index(op.f("ix_upload_link_application_id"), "upload_link", ["application_id"])
    op.create_index(op.f("ix_upload_link_expires_at"), "upload_link", ["expires_at"])
    with op.batch_alter_table("campaign") as batch:
        batch.add_column(sa.Column("appeal_days", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("answer_days", sa.Integer(), nullable=True))
        batch.create_check_constraint(op.f("ck_campaign_appeals"), "(appeal_days IS NULL) = (answer_days IS NULL)")
    op.add_column("reason", sa.Column("next_step", sa.Text(), nullable=True))
    op.add_column("reason", sa.Column("leads_to", sa.String(length=32), nullable=True))
    op.add_column("criterion_answer", sa.Column("asked_before", sa.Text(), nullable=True))
    with op.batch_alter_table("document") as batch:
        batch.drop_constraint(op.f("uq_document_stored_name"), type_="unique")
        batch.create_index(op.f("ix_document_stored_name"), ["stored_name"])
    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_appeal_decision_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_appeal_application_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["staff.id"], name=op.f("fk_appeal_answered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_appeal_decision_id")),
    )
    op.create_index(op.f("ix_appeal_application_id"), "appeal", ["application_id"])
    op.create_index(op.f("ix_appeal_status_due_at_id"), "appeal", ["status", "due_at", "id"])


def downgrade() -> None:
    op.drop_table("appeal")
    # A file that two selections share goes back to the first of them.
    op.execute(
        "DELETE FROM document WHERE EXISTS (SELECT 1 FROM document AS first"
        " WHERE first.stored_name = document.stored_name AND first.id < document.id)"
    )
    with op.batch_alter_table("document") as batch:
        batch.drop_index(op.f("ix_document_stored_name"))
        batch.create_unique_constraint(op.f("uq_document_stored_name"), ["stored_name"])
    op.drop_column("criterion_answer", "asked_before")
    op.drop_column("reason", "leads_to")
    op.drop_column("reason", "next_step")
    with op.batch_alter_table("campaign") as batch:
        batch.drop_constraint(op.f("ck_campaign_appeals"), type_="check")
        batch.drop_column("answer_days")
        batch.drop_column("appeal_days")
    op.drop_table("upload_link")
