"""The network of methodical services: members, their agreements with scans, and mutual visits."""

import enum
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose
from db.documents.models import Scan


class MemberKind(enum.StrEnum):
    """What a member of the network is; a `service` is a territorial methodical one (ТМС)."""

    SERVICE = "service"
    INSTITUTE = "institute"
    UNIVERSITY = "university"
    ORGANISATION = "organisation"


class AgreementStatus(enum.StrEnum):
    """How far an agreement has come; that its term has run out is told by its days."""

    PREPARING = "preparing"
    SIGNED = "signed"
    ENDED = "ended"


class Network(Base):
    """What a document says of the network as a whole: `declared` members may be more than it names."""

    __tablename__ = "network"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    title: Mapped[Name]
    declared: Mapped[int | None]
    note: Mapped[Prose] = mapped_column(default="")
    source: Mapped[Name] = mapped_column(default="")


class NetworkMember(Base):
    """A service, an institute, a university or another organisation of the network, named as the document names it."""

    __tablename__ = "network_member"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=0, index=True)
    kind: Mapped[MemberKind]
    name: Mapped[Name]
    link: Mapped[Name] = mapped_column(default="")
    note: Mapped[Prose] = mapped_column(default="")
    source: Mapped[Name] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)


class Agreement(Base):
    """An agreement with a member. Of several the newest counts. Days are empty where the document gives none."""

    __tablename__ = "agreement"
    __table_args__ = (CheckConstraint("starts IS NULL OR ends IS NULL OR starts <= ends", name="days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("network_member.id"), index=True)
    status: Mapped[AgreementStatus] = mapped_column(default=AgreementStatus.PREPARING)
    number: Mapped[Name] = mapped_column(default="")
    signed_on: Mapped[date | None]
    starts: Mapped[date | None]
    ends: Mapped[date | None] = mapped_column(index=True)
    word: Mapped[Prose] = mapped_column(default="")
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"), index=True)

    member: Mapped[NetworkMember] = relationship()
    scan: Mapped[Scan | None] = relationship()


class MutualVisit(Base):
    """Who visited whom, and what came of it (взаимопосещение). A side that is empty is the service itself."""

    __tablename__ = "mutual_visit"
    __table_args__ = (
        CheckConstraint("guest_id IS NOT NULL OR host_id IS NOT NULL", name="sides"),
        CheckConstraint("guest_id IS NULL OR host_id IS NULL OR guest_id <> host_id", name="two"),
        Index(None, "visited_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visited_on: Mapped[date]
    guest_id: Mapped[int | None] = mapped_column(ForeignKey("network_member.id"), index=True)
    host_id: Mapped[int | None] = mapped_column(ForeignKey("network_member.id"), index=True)
    word: Mapped[Prose]

    guest: Mapped[NetworkMember | None] = relationship(foreign_keys=guest_id)
    host: Mapped[NetworkMember | None] = relationship(foreign_keys=host_id)
