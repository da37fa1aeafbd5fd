"""Whatever stands in an address or a form, the panel answers with a page or a kind refusal, never with a failure.

Which arguments a route reads is seen while it runs; then they come back with values that no page of ours sends.
"""

import os
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, request

from admin.security import Typed
from tests.trust.matrix import MATRIX
from tests.trust.test_scope_matrix import Region, region, rules  # noqa: F401

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = int(os.environ.get("FUZZ_ROUNDS", "2"))
MOST = 5
"""Arguments changed at once: with more of them the first refusal would hide the others."""
HOSTILE = (
    "",
    " ",
    "0",
    "-1",
    "-0",
    "+7",
    "1.5",
    "1e9",
    "NaN",
    "inf",
    "²",
    "٣",
    "1_000",
    "9" * 25,
    "9" * 5000,
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "2026-13-01T25:61",
    "9999-12-31T23:59",
    "0001-01-01T00:00",
    "24:00",
    "\x00",
    "\x1f\x7f",
    "\u202e\u200b",
    "\ufeffслово",
    "🦄" * 300,
    "%",
    "_",
    "\\",
    "'\";--",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "../../etc/passwd",
    "//host/x",
    "null",
    "true",
    "[]",
    '{"a": {"b": []}}',
    "a" * 20_000,
    "\n".join(["строка"] * 400),
)


class Asked(Typed):
    """Arguments, cleaned as the panel's are, that note under which names a route asked for them."""

    names: defaultdict[str, set[str]] = defaultdict(set)

    def _note(self, name: object) -> None:
        if request and request.endpoint and isinstance(name, str):
            self.names[request.endpoint].add(name)

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        self._note(key)
        return super().get(key, *args, **kwargs)

    def getlist(self, key: str, *args: Any, **kwargs: Any) -> Any:
        self._note(key)
        return super().getlist(key, *args, **kwargs)

    def __getitem__(self, key: str) -> Any:
        self._note(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._note(key)
        return super().__contains__(key)


@pytest.fixture
def noting(region: Region, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:  # noqa: F811
    """The panel, whose routes' arguments are noted: this test's alone, so that it tries the same after any other."""
    monkeypatch.setattr(Asked, "names", defaultdict(set))
    kind = region.app.request_class

    class Noting(kind):  # type: ignore[misc, valid-type]
        parameter_storage_class = Asked

    region.app.request_class = Noting
    yield region.app
    region.app.request_class = kind


SOURCE = "".join(file.read_text() for file in (ROOT / "admin").rglob("*.py"))
PREFIXES = sorted(set(re.findall(r'numbered\("([\w-]+)"\)', SOURCE)))
"""Fields that are told by a number in their names."""


def odd_names(chance: random.Random) -> dict[str, list[str]]:
    """Such fields with numbers that no page has."""
    odd = ("9" * 5000, "9" * 20, "²", "-1", "", "1.5", "0")
    return {prefix + chance.choice(odd): [chance.choice(HOSTILE)] for prefix in PREFIXES}


@pytest.mark.parametrize(
    ("database_url", "login"), [("sqlite", "admin"), ("postgres", "town")], indirect=["database_url"]
)
def test_no_argument_makes_a_page_fail(region: Region, noting: Flask, login: str) -> None:  # noqa: F811
    visitor = region.enter(login)
    token = visitor.token()
    chance = random.Random(f"{login} {os.environ.get('FUZZ_SEED', 1)}")
    failed: list[str] = []
    tried = 0

    def ask(url: str, method: str, values: dict[str, Any]) -> None:
        nonlocal tried
        tried += 1
        if method == "GET":
            answer = visitor.client.get(urlsplit(url).path, query_string=values, buffered=True)
        else:
            answer = visitor.client.post(url, data={**values, "csrf_token": token}, buffered=True)
        if answer.status_code >= 500:
            said = {name[:30]: [one[:40] for one in value] for name, value in values.items()}
            failed.append(f"{method} {url}: {answer.status_code} {said}")

    for rule in sorted(rules(noting), key=lambda rule: rule.endpoint):
        row = MATRIX[rule.endpoint]
        if login not in row.roles or rule.endpoint.startswith("auth."):
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            urls = row.urls(region.own)
            form = (
                {
                    name: [str(one) for one in value] if isinstance(value, list) else [str(value)]
                    for name, value in row.form(region.own).items()
                }
                if method == "POST"
                else {}
            )
            ask(urls[0], method, form)
            for _ in range(ROUNDS):
                names = sorted((Asked.names[rule.endpoint] | form.keys()) - {"csrf_token"})
                values = dict(form)
                for name in chance.sample(names, min(len(names), chance.randint(1, MOST))):
                    values[name] = [chance.choice(HOSTILE) for _ in range(chance.choice((1, 1, 1, 2)))]
                ask(chance.choice(urls), method, values | (odd_names(chance) if method == "POST" else {}))
    assert not failed, f"{len(failed)} of {tried}:\n" + "\n".join(failed)
    assert len(PREFIXES) > 1, "fields with numbers in their names were not found"
    assert sum(map(len, Asked.names.values())) > 100, "hardly any argument was seen: nothing is shown by this"
