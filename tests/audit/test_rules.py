"""How the journal names who did something."""

from db.audit.rules import staff_actor, staff_of


def test_an_accounts_name_is_read_back() -> None:
    assert staff_actor(12) == "staff:12"
    assert staff_of("staff:12") == 12
    assert staff_of("system") is None
    assert staff_of("person:12") is None
