"""the journal says of lists and files whose data they showed"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_subject",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_subject_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "person_id", name=op.f("pk_audit_subject")),
    )
    op.create_index("ix_audit_subject_person_id_entry_id", "audit_subject", ["person_id", "entry_id"])


def downgrade() -> None:
    op.drop_table("audit_subject")
