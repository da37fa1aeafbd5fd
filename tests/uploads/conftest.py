"""Fixtures of one-time links for files."""

from tests.applications.conftest import world

__all__ = ["world"]
