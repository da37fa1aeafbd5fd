"""Products of the demo with their authors."""

from db.demo.world import World
from db.dictionaries.models import TermKind
from db.products.staff_services import ProductDraft, name_author, save_product


def make(world: World) -> None:
    """Enters the recipe's products; authors whom the recipe names are people of the demo."""
    for item in world.recipe.get("products", []):
        caller = world.account("region", world.at(-item["days_ago"]))
        product_id = save_product(
            world.session,
            caller,
            product_id=None,
            draft=ProductDraft(
                title=item["title"],
                kind_id=world.term(TermKind.PRODUCT_KIND, item["kind"]) if "kind" in item else None,
                year=caller.now.astimezone(world.zone).year,
                until_year=None,
                count=1,
                venue=item["venue"],
                link="",
                note=item["note"],
                project_id=None,
            ),
        )
        for key in item["people"]:
            if key in world.by_key:
                person_id = world.by_key[key].id
                name_author(world.session, caller, product_id=product_id, person_id=person_id)
        for called in item["authors"]:
            name_author(world.session, caller, product_id=product_id, called=called)
