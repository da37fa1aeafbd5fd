"""What the demo shows of the network: agreements whose days are examples, and mutual visits."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from db.demo.world import World
from db.network.models import Agreement, AgreementStatus, NetworkMember
from db.network.staff_services import AgreementDraft, VisitDraft, save_agreement, save_visit


def make(world: World) -> None:
    """Gives some agreements a term and notes some visits, where the pack has a network."""
    members = {row.code: row.id for row in world.session.scalars(select(NetworkMember))}
    for item in world.recipe.get("network_agreements", []):
        _agreement(world, members[item["member"]], item)
    for item in world.recipe.get("network_visits", []):
        day = world.at(-item["days_ago"])
        save_visit(
            world.session,
            world.account("region", day),
            visit_id=None,
            draft=VisitDraft(
                visited_on=day.date(),
                guest_id=members.get(item.get("guest", "")),
                host_id=members.get(item.get("host", "")),
                word=item["word"],
            ),
        )


def _agreement(world: World, member_id: int, item: dict[str, Any]) -> None:
    starts = world.at(-item["days_ago"])
    row = world.session.scalars(select(Agreement).where(Agreement.member_id == member_id)).one()
    save_agreement(
        world.session,
        world.account("region", starts),
        agreement_id=row.id,
        member_id=None,
        draft=AgreementDraft(
            status=AgreementStatus.SIGNED,
            number=item["number"],
            signed_on=starts.date(),
            starts=starts.date(),
            ends=(starts + timedelta(days=item["lasts_days"])).date(),
            word=item["word"],
        ),
    )
