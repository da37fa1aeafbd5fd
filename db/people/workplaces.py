"""Organisations that teachers typed themselves: the same as a known one, or new."""
