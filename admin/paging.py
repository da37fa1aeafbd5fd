"""Pages of long lists: «2 из 7»."""

from dataclasses import dataclass

from flask import request

SIZE = 50


@dataclass(frozen=True, slots=True)
class Paging:
    """Where a list stands; `offset` and `limit` go to the query. Numbers begin with 1."""

    total: int
    number: int = 1
    size: int = SIZE

    @classmethod
    def asked(cls, total: int, size: int = SIZE) -> "Paging":
        """The page that the address asks for, never outside the list."""
        last = max(1, -(-total // size))
        return cls(total, min(cls.wanted(), last), size)

    @staticmethod
    def wanted() -> int:
        """The number of the page in the address, for queries that find rows and their count together."""
        value = request.args.get("page", "1")
        return max(1, int(value)) if value.isdecimal() and len(value) < 8 else 1

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        """How many rows to skip."""
        return (self.number - 1) * self.size

    @property
    def limit(self) -> int:
        """How many rows to take."""
        return self.size
