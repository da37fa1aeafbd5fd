"""Pages of notices."""

from admin.base import View

VIEWS: list[View] = []
