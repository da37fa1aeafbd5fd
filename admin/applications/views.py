"""Pages of applications."""

from admin.base import View

VIEWS: list[View] = []
