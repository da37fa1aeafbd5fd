"""Pages, addresses, files and statements compiled once per process: each test's engine and panel have the same ones."""

import pickle
from collections.abc import Callable
from types import CodeType, SimpleNamespace
from typing import Any

import pytest
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from db import safe_yaml


class Compiled(BytecodeCache):
    """What was compiled, by template and its text."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


def compile_addresses_once(patch: pytest.MonkeyPatch) -> None:
    """Keeps the functions that Werkzeug compiles for its rules: two for each, two thirds of what a panel costs."""
    compile_builder, known = Rule._compile_builder, dict[Any, Callable[..., tuple[str, str]]]()

    def once(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (*self._trace, *(self.defaults or {}).items(), append_unknown)
        if key not in known:
            known[key] = compile_builder(self, append_unknown)
        return known[key]

    patch.setattr(Rule, "_compile_builder", once)


def read_files_once(patch: pytest.MonkeyPatch) -> None:
    """Keeps what the packs' files say, by their text; each reader has it anew, as if it had read the file."""
    known = dict[str, bytes]()

    def once(text: str) -> Any:
        if text not in known:
            known[text] = pickle.dumps(safe_yaml.read(text), pickle.HIGHEST_PROTOCOL)
        return pickle.loads(known[text])

    patch.setattr("db.packs.safe_yaml", SimpleNamespace(read=once, told=safe_yaml.told))


STATEMENTS = 2_000


def compile_statements_once(patch: pytest.MonkeyPatch) -> None:
    """Gives all engines of the process one store of compiled statements; the product has one engine, and one store.

    What was compiled is found again by its dialect, and each engine has one of its own: those that would compile the
    same are equal here.
    """
    known = LRUCache[Any, Any](STATEMENTS)
    patch.setattr(Engine, "_compiled_cache", property(lambda _: known, lambda _, own: None), raising=False)
    patch.setattr(DefaultDialect, "__eq__", lambda self, other: self is other or _meant(self) == _meant(other))
    patch.setattr(DefaultDialect, "__hash__", lambda self: hash(type(self)))


def _meant(dialect: Any) -> tuple[object, ...]:
    """What a statement's compiled form depends on."""
    own = ("_json_serializer", "server_version_info", "paramstyle", "_backslash_escapes")
    return (type(dialect), *(getattr(dialect, name, None) for name in own))
