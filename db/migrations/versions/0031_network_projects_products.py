"""the network with its agreements and visits, projects and recommendations, products with authors, scans"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "network",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("declared", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network")),
        sa.UniqueConstraint("code", name=op.f("uq_network_code")),
    )
    op.create_table(
        "network_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "service", "institute", "university", "organisation", name="memberkind", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_member")),
        sa.UniqueConstraint("code", name=op.f("uq_network_member_code")),
    )
    op.create_index(op.f("ix_network_member_position"), "network_member", ["position"])
    op.create_table(
        "portfolio",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("strategy", sa.String(length=300), nullable=False),
        sa.Column("term", sa.String(length=300), nullable=False),
        sa.Column("lead", sa.String(length=300), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portfolio")),
        sa.UniqueConstraint("code", name=op.f("uq_portfolio_code")),
    )
    op.create_table(
        "recommendation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sa.UniqueConstraint("code", name=op.f("uq_recommendation_code")),
    )
    op.create_table(
        "scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("stored_name", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=128), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_scan_stored_name")),
    )
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("preparing", "signed", "ended", name="agreementstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=300), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("scan_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("starts IS NULL OR ends IS NULL OR starts <= ends", name=op.f("ck_agreement_days")),
        sa.ForeignKeyConstraint(["member_id"], ["network_member.id"], name=op.f("fk_agreement_member_id")),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_agreement_scan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_index(op.f("ix_agreement_ends"), "agreement", ["ends"])
    op.create_index(op.f("ix_agreement_member_id"), "agreement", ["member_id"])
    op.create_index(op.f("ix_agreement_scan_id"), "agreement", ["scan_id"])
    op.create_table(
        "mutual_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("guest_id", sa.Integer(), nullable=True),
        sa.Column("host_id", sa.Integer(), nullable=True),
        sa.Column("word", sa.Text(), nullable=False),
        sa.CheckConstraint("guest_id IS NOT NULL OR host_id IS NOT NULL", name=op.f("ck_mutual_visit_sides")),
        sa.CheckConstraint(
            "guest_id IS NULL OR host_id IS NULL OR guest_id <> host_id", name=op.f("ck_mutual_visit_two")
        ),
        sa.ForeignKeyConstraint(["guest_id"], ["network_member.id"], name=op.f("fk_mutual_visit_guest_id")),
        sa.ForeignKeyConstraint(["host_id"], ["network_member.id"], name=op.f("fk_mutual_visit_host_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mutual_visit")),
    )
    op.create_index(op.f("ix_mutual_visit_guest_id"), "mutual_visit", ["guest_id"])
    op.create_index(op.f("ix_mutual_visit_host_id"), "mutual_visit", ["host_id"])
    op.create_index(op.f("ix_mutual_visit_visited_on_id"), "mutual_visit", ["visited_on", "id"])
    op.create_table(
        "recommendation_cell",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("not_begun", "in_progress", "fulfilled", name="cellstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_recommendation_cell_centre_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["official_document.id"], name=op.f("fk_recommendation_cell_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"], name=op.f("fk_recommendation_cell_recommendation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_cell")),
        sa.UniqueConstraint(
            "recommendation_id", "centre_id", name=op.f("uq_recommendation_cell_recommendation_id_centre_id")
        ),
    )
    op.create_index(op.f("ix_recommendation_cell_centre_id"), "recommendation_cell", ["centre_id"])
    op.create_index(op.f("ix_recommendation_cell_document_id"), "recommendation_cell", ["document_id"])
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("portfolio_id", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("term", sa.String(length=300), nullable=False),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("planned", "running", "done", "stopped", name="projectstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.CheckConstraint("centre_id IS NULL OR municipality_id IS NULL", name=op.f("ck_project_unit")),
        sa.CheckConstraint("organisation_id IS NULL OR municipality_id IS NOT NULL", name=op.f("ck_project_place")),
        sa.CheckConstraint("portfolio_id IS NULL OR parent_id IS NULL", name=op.f("ck_project_under")),
        sa.CheckConstraint("starts IS NULL OR ends IS NULL OR starts <= ends", name=op.f("ck_project_days")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_project_centre_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_project_municipality_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_project_organisation_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["project.id"], name=op.f("fk_project_parent_id")),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_project_portfolio_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("code", name=op.f("uq_project_code")),
    )
    op.create_index(op.f("ix_project_centre_id"), "project", ["centre_id"])
    op.create_index(op.f("ix_project_municipality_id"), "project", ["municipality_id"])
    op.create_index(op.f("ix_project_organisation_id"), "project", ["organisation_id"])
    op.create_index(op.f("ix_project_parent_id"), "project", ["parent_id"])
    op.create_index(op.f("ix_project_portfolio_id"), "project", ["portfolio_id"])
    op.create_index(op.f("ix_project_position_id"), "project", ["position", "id"])
    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("until_year", sa.Integer(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("venue", sa.String(length=300), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("scan_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("count >= 1", name=op.f("ck_product_count")),
        sa.CheckConstraint(
            "until_year IS NULL OR (year IS NOT NULL AND year <= until_year)", name=op.f("ck_product_years")
        ),
        sa.ForeignKeyConstraint(["kind_id"], ["term.id"], name=op.f("fk_product_kind_id")),
        sa.ForeignKeyConstraint(["line_id"], ["plan_line.id"], name=op.f("fk_product_line_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_product_municipality_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_product_project_id")),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_product_scan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("code", name=op.f("uq_product_code")),
    )
    op.create_index(op.f("ix_product_kind_id"), "product", ["kind_id"])
    op.create_index(op.f("ix_product_line_id"), "product", ["line_id"])
    op.create_index(op.f("ix_product_municipality_id"), "product", ["municipality_id"])
    op.create_index(op.f("ix_product_project_id"), "product", ["project_id"])
    op.create_index(op.f("ix_product_scan_id"), "product", ["scan_id"])
    op.create_index(op.f("ix_product_year_id"), "product", ["year", "id"])
    op.create_table(
        "project_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_task_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_task")),
    )
    op.create_index(op.f("ix_project_task_project_id_position"), "project_task", ["project_id", "position"])
    op.create_table(
        "product_author",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) = (name <> '')", name=op.f("ck_product_author_one")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_product_author_person_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_product_author_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_author")),
        sa.UniqueConstraint("product_id", "person_id", name=op.f("uq_product_author_product_id_person_id")),
    )
    op.create_index(op.f("ix_product_author_person_id"), "product_author", ["person_id"])
    with op.batch_alter_table("official_document") as batch:
        batch.add_column(sa.Column("scan_id", sa.Integer(), nullable=True))
        batch.create_index(op.f("ix_official_document_scan_id"), ["scan_id"])
        batch.create_foreign_key(op.f("fk_official_document_scan_id"), "scan", ["scan_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("official_document") as batch:
        batch.drop_constraint(op.f("fk_official_document_scan_id"), type_="foreignkey")
        batch.drop_index(op.f("ix_official_document_scan_id"))
        batch.drop_column("scan_id")

    op.drop_table("product_author")
    op.drop_table("project_task")
    op.drop_table("product")
    op.drop_table("project")
    op.drop_table("recommendation_cell")
    op.drop_table("mutual_visit")
    op.drop_table("agreement")
    op.drop_table("scan")
    op.drop_table("recommendation")
    op.drop_table("portfolio")
    op.drop_table("network_member")
    op.drop_table("network")
