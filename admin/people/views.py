"""Pages of people."""

from admin.base import View

VIEWS: list[View] = []
