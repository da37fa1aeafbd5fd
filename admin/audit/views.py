"""Pages of audit."""

from admin.base import View

VIEWS: list[View] = []
