"""Pages of dictionaries."""

from admin.base import View

VIEWS: list[View] = []
