"""Loads the network that a pack's source describes: what it declares, and whom it names with which agreement."""

from datetime import date
from typing import ClassVar

from pydantic import Field, model_validator

from db.network.models import Agreement, AgreementStatus, MemberKind, Network, NetworkMember
from db.packs.entries import Loading
from db.packs.sections import Code, Entry, Line, Section


class AgreementEntry(Entry):
    """Describes an agreement; days are empty where the source gives none."""

    status: AgreementStatus
    number: str = ""
    signed_on: date | None = None
    starts: date | None = None
    ends: date | None = None
    word: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> "AgreementEntry":
        if self.starts and self.ends and self.starts > self.ends:
            raise ValueError("starts is after ends: put them right")
        return self


class MemberEntry(Entry):
    """Describes a member, named as the source names it."""

    code: Code
    kind: MemberKind
    name: Line
    link: str = ""
    note: str = ""
    source: Line
    agreement: AgreementEntry | None = None


class NetworkEntry(Entry):
    """Describes the network as a whole. `declared` is how many members the source speaks of."""

    code: Code
    title: Line
    declared: int | None = Field(default=None, ge=0)
    note: str = ""
    source: Line


class NetworkSection(Section):
    """`network.yaml`."""

    FILE: ClassVar[str] = "network"

    network: NetworkEntry | None = None
    members: list[MemberEntry] = []


def load(loading: Loading) -> None:
    """Loads `network.yaml` in the order of its lines; how an agreement has gone on since stays."""
    section = loading.section(NetworkSection)
    if section.network is not None:
        values = section.network.model_dump(exclude={"code", "demo"})
        loading.put(Network, section.network.code, {"code": section.network.code}, values)
    for position, item in enumerate(section.members, 1):
        values = item.model_dump(exclude={"code", "demo", "agreement"}) | {"position": position}
        row = loading.put(NetworkMember, item.code, {"code": item.code}, values)
        if row is not None and item.agreement is not None:
            values = item.agreement.model_dump(exclude={"demo", "status"})
            once = {"status": item.agreement.status}
            loading.put(Agreement, item.code, {"member_id": row.id}, values, once=once)


SECTIONS = {"network": load}
