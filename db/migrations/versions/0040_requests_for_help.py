"""requests for help: consultation groups, requests, turns, words, files, answers that help others"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATUS = sa.Enum(
    "draft", "waiting", "assigned", "answered", "closed", name="requeststatus", native_enum=False, length=32
)
ENDED = sa.Enum("declined", "passed_on", "reassigned", "left", name="turnend", native_enum=False, length=32)
SPEAKER = sa.Enum("asker", "member", "service", name="speaker", native_enum=False, length=32)
ONE_TOPIC = (
    "(CASE WHEN component IS NULL THEN 0 ELSE 1 END) + (CASE WHEN direction_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN group_id IS NULL THEN 0 ELSE 1 END) = 1"
)


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _index(table: str, *columns: str, unique: bool = False) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=unique)


def upgrade() -> None:
    op.create_table(
        "help_topic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("consultation", sa.Boolean(), nullable=False),
        sa.Column("direction_codes", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("training", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_topic")),
        sa.UniqueConstraint("code", name=op.f("uq_help_topic_code")),
    )
    op.create_table(
        "help_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("component", sa.String(length=64), nullable=True),
        sa.Column("direction_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("status", STATUS, nullable=False),
        sa.Column("not_own_school", sa.Boolean(), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("late_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("helped", sa.Boolean(), nullable=True),
        sa.CheckConstraint(ONE_TOPIC, name=op.f("ck_help_request_one_topic")),
        sa.CheckConstraint("assignee_id IS NULL OR assignee_id <> person_id", name=op.f("ck_help_request_two_people")),
        _key("help_request", "person_id", "person"),
        _key("help_request", "municipality_id", "municipality"),
        _key("help_request", "direction_id", "term"),
        _key("help_request", "group_id", "help_topic"),
        _key("help_request", "assignee_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_request")),
    )
    op.create_index(
        "uq_help_request_draft",
        "help_request",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("status = 'draft'"),
        postgresql_where=sa.text("status = 'draft'"),
    )
    _index("help_request", "person_id", "id")
    _index("help_request", "assignee_id", "status")
    _index("help_request", "status", "due_at")
    _index("help_request", "municipality_id", "status", "due_at")
    _index("help_request", "status", "asked_at")
    op.create_table(
        "help_turn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended", ENDED, nullable=True),
        _key("help_turn", "request_id", "help_request"),
        _key("help_turn", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_turn")),
    )
    _index("help_turn", "request_id")
    _index("help_turn", "person_id", "given_at")
    op.create_table(
        "help_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("speaker", SPEAKER, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("said_at", MOMENT, nullable=False),
        _key("help_message", "request_id", "help_request"),
        _key("help_message", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_message")),
    )
    _index("help_message", "request_id", "id")
    _index("help_message", "person_id")
    op.create_table(
        "help_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("scan_id", sa.Integer(), nullable=False),
        _key("help_file", "request_id", "help_request"),
        _key("help_file", "person_id", "person"),
        _key("help_file", "scan_id", "scan"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_file")),
    )
    _index("help_file", "request_id")
    _index("help_file", "scan_id")
    _index("help_file", "person_id")
    op.create_table(
        "knowledge_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("component", sa.String(length=64), nullable=True),
        sa.Column("direction_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("question", sa.String(length=300), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("helped", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        _key("knowledge_line", "request_id", "help_request"),
        _key("knowledge_line", "direction_id", "term"),
        _key("knowledge_line", "group_id", "help_topic"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_line")),
    )
    _index("knowledge_line", "component")
    _index("knowledge_line", "direction_id")
    _index("knowledge_line", "group_id")
    _index("knowledge_line", "request_id", unique=True)


def downgrade() -> None:
    for name in ("knowledge_line", "help_file", "help_message", "help_turn", "help_request", "help_topic"):
        op.drop_table(name)
