"""Pages of mentoring."""

from admin.base import View

VIEWS: list[View] = []
