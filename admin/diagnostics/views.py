"""Pages of diagnostics."""

from admin.base import View

VIEWS: list[View] = []
