"""Pages of reports."""

from admin.base import View

VIEWS: list[View] = []
