"""Workshops: the throw-away noun of `test_new_noun`."""
