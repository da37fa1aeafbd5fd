"""The search forgives typing errors and other endings, and answers the same on both databases."""

from db.database import Database
from db.practices import queries
from tests.practices.search import plant
from tests.practices.search import queries as mistyped_queries
from tests.support.town import MONDAY

PRACTICES, QUERIES, FIRST = 200, 60, 5


def test_mistyped_words_find_their_practice_among_the_first(database: Database) -> None:
    database.write(plant, count=PRACTICES, now=MONDAY)
    hits = 0
    for one in database.read(mistyped_queries, count=QUERIES):
        found = database.read(queries.page, text=one.text, limit=FIRST)
        hits += one.practice_id in [row.id for row in found.rows]
    assert hits >= QUERIES * 0.9
    told = "карусели мнениё на урок физка"
    first = [row.title for row in database.read(queries.page, text=told, limit=3).rows]
    assert first[0].startswith("Карусель мнений"), first
    assert database.read(queries.page, text="", limit=3).total == PRACTICES
    assert database.read(queries.page, text="?! ы", limit=3).total == 0
    found = database.read(queries.page, text="лестница", component="subject", limit=60)
    assert 0 < found.total < database.read(queries.page, text="лестница", limit=60).total
