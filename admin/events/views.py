"""Pages of events."""

from admin.base import View

VIEWS: list[View] = []
