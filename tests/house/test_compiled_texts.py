"""What was compiled of the catalogues is kept and found again, and never outlives the files that it was made of."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import locales
from locales import languages, translator

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(locales, "FOLDER", tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "ru" / "LC_MESSAGES").mkdir(parents=True)
    yield tmp_path
    _forget()


def _forget() -> None:
    languages.cache_clear()
    translator.cache_clear()


def _said(folder: Path, text: str) -> str:
    (folder / "ru" / "LC_MESSAGES" / "bot.po").write_text(f'{HEAD}msgid "hello"\nmsgstr "{text}"\n', encoding="utf-8")
    _forget()
    assert translator().has("hello")
    return translator().plain("hello")


def test_every_start_spent_half_a_second_on_compiling_the_same_texts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _said(folder, "Здравствуйте") == "Здравствуйте"
    with monkeypatch.context() as patch:
        patch.setattr(locales, "write_mo", lambda *_: pytest.fail("compiled once more"))
        assert _said(folder, "Здравствуйте") == "Здравствуйте"
    assert _said(folder, "Добрый день") == "Добрый день"
    assert len(list((folder / "__pycache__").iterdir())) == 1, "what an older text was compiled to stays behind"


def test_where_nothing_may_be_written_texts_are_compiled_all_the_same(folder: Path) -> None:
    (folder / "__pycache__").write_text("a file where the folder would be")
    assert _said(folder, "Здравствуйте") == "Здравствуйте"


@pytest.mark.parametrize("left", [b"", b"\xde\x12\x04\x95", None])
def test_what_a_power_cut_left_of_compiled_texts_ended_every_start(folder: Path, left: bytes | None) -> None:
    assert _said(folder, "Здравствуйте") == "Здравствуйте"
    (kept,) = (folder / "__pycache__").iterdir()
    kept.write_bytes(kept.read_bytes()[:-40] if left is None else left)
    assert _said(folder, "Здравствуйте") == "Здравствуйте"


def test_compiled_texts_that_the_image_brings_could_be_read_by_root_alone(folder: Path) -> None:
    before = os.umask(0o077)
    try:
        _said(folder, "Здравствуйте")
    finally:
        os.umask(before)
    (kept,) = (folder / "__pycache__").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o644
