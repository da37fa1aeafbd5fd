"""events as they are: a code that turns, helpers, guests on paper, hosts, levels, hours, sessions, own calendars"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

AUDIENCE = sa.Enum("teacher", "methodist", "manager", name="audience", native_enum=False, length=32)
ROLE = sa.Enum("leader", "speaker", "expert", "organiser", name="hostrole", native_enum=False, length=32)
KEY_BYTES = 32


def upgrade() -> None:
    with op.batch_alter_table("municipality") as batch:
        batch.add_column(sa.Column("outside", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("network", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("municipality") as batch:
        batch.alter_column("outside", server_default=None)
        batch.alter_column("network", server_default=None)
    _events()
    with op.batch_alter_table("registration") as batch:
        batch.add_column(sa.Column("dative", sa.String(300), nullable=True))
    op.create_table(
        "event_host",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(300), nullable=True),
        sa.Column("role", ROLE, nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (name IS NULL)", name=op.f("ck_event_host_who")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_host_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_event_host_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_host")),
        sa.UniqueConstraint("event_id", "person_id", name=op.f("uq_event_host_event_id_person_id")),
    )
    op.create_index(op.f("ix_event_host_person_id"), "event_host", ["person_id"])
    _presence()
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("secret", name=op.f("uq_calendar_feed_secret")),
    )


def _events() -> None:
    with op.batch_alter_table("event") as batch:
        batch.add_column(sa.Column("meant_for", AUDIENCE, nullable=True))
        batch.add_column(sa.Column("for_network", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("level_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("hours", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("signatory", sa.String(300), nullable=True))
        batch.add_column(sa.Column("check_in_key", sa.String(64), nullable=True))
    # The links of before went from hand to hand, so nothing of them may be what the codes are counted from.
    event = sa.table("event", sa.column("id"), sa.column("check_in_key"))
    bind = op.get_bind()
    for (number,) in bind.execute(sa.select(event.c.id)).all():
        key = secrets.token_urlsafe(KEY_BYTES)
        bind.execute(sa.update(event).where(event.c.id == number).values(check_in_key=key))
    with op.batch_alter_table("event") as batch:
        batch.alter_column("check_in_key", existing_type=sa.String(64), nullable=False)
        batch.alter_column("check_in_token", existing_type=sa.String(64), nullable=True)
        batch.alter_column("for_network", server_default=None)
        batch.create_foreign_key(op.f("fk_event_level_id"), "term", ["level_id"], ["id"])
        batch.create_check_constraint(op.f("ck_event_hours"), "hours IS NULL OR hours BETWEEN 1 AND 999")


def _presence() -> None:
    op.create_table(
        "door_helper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("label", sa.String(300), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_door_helper_created_by")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_door_helper_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_helper")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_door_helper_token_hash")),
    )
    op.create_index(op.f("ix_door_helper_event_id"), "door_helper", ["event_id"])
    op.create_table(
        "paper_guest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("name", sa.String(300), nullable=True),
        sa.Column("helper_id", sa.Integer(), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_paper_guest_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["helper_id"], ["door_helper.id"], name=op.f("fk_paper_guest_helper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_guest")),
        sa.UniqueConstraint("key", name=op.f("uq_paper_guest_key")),
    )
    op.create_index(op.f("ix_paper_guest_event_id_marked_at"), "paper_guest", ["event_id", "marked_at"])
    op.create_index(op.f("ix_paper_guest_helper_id"), "paper_guest", ["helper_id"])
    op.create_index(op.f("ix_paper_guest_received_at"), "paper_guest", ["received_at"])
    op.create_table(
        "event_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_event_session_times")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_session_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_session")),
    )
    op.create_index(op.f("ix_event_session_event_id_starts_at"), "event_session", ["event_id", "starts_at"])
    op.create_table(
        "session_mark",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["event_session.id"], name=op.f("fk_session_mark_session_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["registration_id"], ["registration.id"], name=op.f("fk_session_mark_registration_id")),
        sa.PrimaryKeyConstraint("session_id", "registration_id", name=op.f("pk_session_mark")),
    )
    op.create_index(op.f("ix_session_mark_registration_id"), "session_mark", ["registration_id"])


def downgrade() -> None:
    for name in ("calendar_feed", "session_mark", "event_session", "paper_guest", "door_helper", "event_host"):
        op.drop_table(name)
    with op.batch_alter_table("registration") as batch:
        batch.drop_column("dative")
    bind, event = op.get_bind(), sa.table("event", sa.column("check_in_token"), sa.column("id"))
    for (number,) in bind.execute(sa.select(event.c.id).where(event.c.check_in_token.is_(None))).all():
        token = secrets.token_urlsafe(16)
        bind.execute(sa.update(event).where(event.c.id == number).values(check_in_token=token))
    with op.batch_alter_table("event") as batch:
        batch.drop_constraint(op.f("ck_event_hours"), type_="check")
        batch.drop_constraint(op.f("fk_event_level_id"), type_="foreignkey")
        for name in ("check_in_key", "signatory", "hours", "level_id", "for_network", "meant_for"):
            batch.drop_column(name)
        batch.alter_column("check_in_token", existing_type=sa.String(64), nullable=False)
    with op.batch_alter_table("municipality") as batch:
        batch.drop_column("network")
        batch.drop_column("outside")
