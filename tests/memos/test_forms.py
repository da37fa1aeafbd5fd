"""A region's own form: honest ones are filled in, whatever else a file may be is refused in words."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from db import filler, inspection
from db.errors import DomainError
from db.inspector import RefusedFile
from db.memos.rules import TABLES, MemoKind, palette
from locales import translator
from tests.memos.support import VALUES, body, form, kept, parts, relation, words

ROWS = [["Месяц", "Событий"], ["{%tr for row in events.months %}", ""], ["{{ row.c1 }}", "{{ row.c2 }}"],
        ["{%tr endfor %}", ""]]  # fmt: skip
HONEST = {
    "letter": lambda: (form("{{ service }}", "{{ title }}", "{{ unit }}, с {{ since }} по {{ made }}",
                            "{{ events.text }}"),
               ["Служба <и> «Центр» & Ко", "За период — 3 события. Пришли 54 человека."]),
    "table": lambda: (form("{{ title }}", table=ROWS), ["Февраль", "2", "Март", "1"]),
    "list": lambda: (form("{%p for one in events.sentences %}", "{{ loop.index }}. {{ one }}", "{%p endfor %}"),
             ["1. За период — 3 события.", "2. Пришли 54 человека."]),
    "margins": lambda: (form("{{ title }}", header="{{ service | upper }}", footer="{{ made }}"),
                ["СЛУЖБА <И> «ЦЕНТР» & КО", "2 марта 2026 года"]),
    "choice": lambda: (form("{% if plan.text %}{{ plan.text }}{% else %}Плана нет{% endif %}", "Итог: {{ title }}"),
               ["Плана нет", "Итог: Аналитическая справка за год"]),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_form_is_filled_the_same_twice(name: str, tmp_path: Path) -> None:
    content, expected = HONEST[name]()
    path = kept(tmp_path, content)
    filled = filler.fill(path, VALUES)
    assert filled == filler.fill(path, VALUES)
    told = words(filled)
    assert [one for one in expected if one not in told] == []
    assert "{{" not in " ".join(told) and "{%" not in " ".join(told)


def test_a_process_of_its_own_fills_it_too(tmp_path: Path) -> None:
    content, expected = HONEST["table"]()
    assert set(expected) <= set(words(inspection.filled(kept(tmp_path, content), VALUES)))


def nested(depth: int) -> bytes:
    start = [f"{{%p for a{number} in events.months %}}" for number in range(depth)]
    return form(*start, "{{ title }}", *["{%p endfor %}"] * depth)


def field(word: str) -> bytes:
    return body(f"<w:p><w:r><w:instrText>{word}</w:instrText></w:r></w:p>")


def renamed(old: str, new: str) -> bytes:
    def put(found: dict[str, bytes]) -> None:
        found[new] = found.pop(old)

    return parts(form("{{ title }}"), put)


def added(name: str, content: bytes) -> bytes:
    return parts(form("{{ title }}"), lambda found: found.update({name: content}))


def inside(name: str, old: bytes, new: bytes) -> bytes:
    return parts(form("{{ title }}"), lambda found: found.update({name: found[name].replace(old, new, 1)}))


def retyped(what: str) -> bytes:
    """A picture by its name that is text by its declared kind: that is how Word reads it."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
    return inside(TYPES, b"</Types>", f'<{what} ContentType="{kind}"/></Types>'.encode())


def bomb() -> bytes:
    return added("word/media/a.xml", b"<a>" + b" " * 3_000_000 + b"</a>")


def twice() -> bytes:
    target = BytesIO(form("{{ title }}"))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(target, "a") as archive:
        archive.writestr("word/document.xml", b"<x/>")
    return target.getvalue()


DTD = b"<!DOCTYPE a [<!ENTITY b 'bbbbbbbbbb'>]>"
DOCUMENT, TYPES = "word/document.xml", "[Content_Types].xml"
HOSTILE = {
    # what the template language can do
    "class": lambda: form("{{ title.__class__ }}"),
    "mro": lambda: form("{{ title.__class__.__mro__ }}"),
    "item": lambda: form("{{ title['__class__'] }}"),
    "attr filter": lambda: form("{{ title | attr('__class__') }}"),
    "call": lambda: form("{{ title.upper() }}"),
    "format": lambda: form("{{ title.format(1) }}"),
    "globals": lambda: form("{{ self }}"),
    "cycler": lambda: form("{{ cycler }}"),
    "namespace": lambda: form("{{ namespace }}"),
    "config": lambda: form("{{ config }}"),
    "range": lambda: form("{% for a in range(10) %}{{ a }}{% endfor %}"),
    "range without end": lambda: form("{% for a in range(999999999) %}{{ a }}{% endfor %}"),
    "set": lambda: form("{% set a = 1 %}{{ a }}"),
    "include": lambda: form("{% include '/etc/passwd' %}"),
    "import": lambda: form("{% import 'os' as os %}{{ os }}"),
    "from": lambda: form("{% from 'os' import path %}{{ path }}"),
    "extends": lambda: form("{% extends 'base' %}"),
    "macro": lambda: form("{% macro a() %}{{ a() }}{% endmacro %}"),
    "call block": lambda: form("{% call title() %}{% endcall %}"),
    "block": lambda: form("{% block a %}{{ title }}{% endblock %}"),
    "filter block": lambda: form("{% filter upper %}{{ title }}{% endfilter %}"),
    "safe": lambda: form("{{ title | safe }}"),
    "tojson": lambda: form("{{ title | tojson }}"),
    "power": lambda: form("{{ 9 ** 999999999 }}"),
    "product": lambda: form("{{ title * 99999999 }}"),
    "join": lambda: form("{{ title ~ title }}"),
    "list": lambda: form("{% for a in [1, 2] %}{{ a }}{% endfor %}"),
    "text as a loop": lambda: form("{% for a in 'aaaa' %}{{ a }}{% endfor %}"),
    "deep loops": lambda: nested(3),
    "many loops": lambda: form(*["{% for a in events.months %}{{ title }}{% endfor %}"] * 101),
    "recursive": lambda: form("{% for a in events.months recursive %}{{ loop(a) }}{% endfor %}"),
    "unknown field": lambda: form("{{ salary }}"),
    "unknown word": lambda: form("{{ events.names }}"),
    "no end": lambda: form("{% for a in events.months %}{{ title }}"),
    "broken tag": lambda: form("{{ title }"  "{{ }}"),
    "broken expression": lambda: form("{{ title + }}"),
    "no field": lambda: form("Просто текст"),
    "in the margin": lambda: form("{{ title }}", header="{{ title.__class__ }}"),
    # what the file can do
    "empty": lambda: b"",
    "no zip": lambda: b"PK\x03\x04" + b"a" * 300,
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + b"a" * 100,
    "half": lambda: form("{{ title }}")[:4000],
    "bomb": bomb,
    "one name twice": twice,
    "macros": lambda: added("word/vbaProject.bin", b"a"),
    "macros by type": lambda: inside(TYPES, b"document.main+xml", b"document.macroEnabled.main+xml"),
    "picture from afar": lambda: relation("image", "http://a.example/b.png"),
    "template from afar": lambda: relation("attachedTemplate", "http://a.example/b.dotm"),
    "share": lambda: relation("oleObject", "file://a.example/share/b.docx"),
    "frame": lambda: relation("frame", "http://a.example"),
    "sub document": lambda: relation("subDocument", "http://a.example/b.docx"),
    "embedded": lambda: added("word/embeddings/oleObject1.bin", b"a"),
    "active": lambda: added("word/activeX/activeX1.xml", b"<a/>"),
    "object under another name": lambda: added("word/data.bin", b"a"),
    "table inside": lambda: added("word/other.xlsx", b"PK"),
    "object by relation": lambda: relation("oleObject", "media/a.png", "Internal"),
    "chunk by relation": lambda: relation("aFChunk", "media/a.png", "Internal"),
    "text under another name": lambda: retyped('Default Extension="png"'),
    "text of another part": lambda: retyped('Override PartName="/word/media/a.png"'),
    "other format": lambda: body('<w:altChunk xmlns:r="a" r:id="rId5"/>'),
    "object": lambda: body("<w:p><w:r><w:object/></w:r></w:p>"),
    "dde": lambda: field('DDEAUTO c:\\\\windows\\\\cmd.exe "/k"'),
    "include text": lambda: field("INCLUDETEXT http://a.example"),
    "include in pieces": lambda: body("<w:p><w:r><w:instrText>INCLUDE</w:instrText></w:r><w:r><w:instrText>PICTURE a"
                              "</w:instrText></w:r></w:p>"),
    "simple field": lambda: body('<w:p><w:fldSimple w:instr="LINK a b"><w:r/></w:fldSimple></w:p>'),
    "entities": lambda: inside(DOCUMENT, b"?>", b"?>" + DTD),
    "entities of relations": lambda: inside("word/_rels/document.xml.rels", b"?>", b"?>" + DTD),
    "broken xml": lambda: inside(DOCUMENT, b"</w:body>", b""),
    "no document": lambda: renamed(DOCUMENT, "word/other.xml"),
    "huge part": lambda: added("word/huge.xml", b"<a>" + bytes(range(32, 59)) * 330_000 + b"</a>"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_form_is_refused_in_words(name: str, tmp_path: Path) -> None:
    path = kept(tmp_path, HOSTILE[name]())
    with pytest.raises(RefusedFile) as refused:
        filler.fill(path, VALUES)
    code, _, word = str(refused.value).partition(":")
    told = translator("ru").plain(f"errors.{code}", None, word=word, name="a.docx", limit=20)
    assert not told.startswith("errors."), code


def test_there_are_fifty_of_them() -> None:
    assert len(HOSTILE) >= 50 and len(HONEST) == 5


def test_one_that_works_for_ever_is_ended(tmp_path: Path) -> None:
    """Loops over long tables, one in another: ten million rows; the process has seconds and a bounded memory."""
    rows = [{f"c{place}": "а" * 300 for place in range(1, 13)}] * 4000
    values = VALUES | {"events": {**VALUES["events"], "months": rows}}
    with pytest.raises(DomainError) as refused:
        inspection.filled(kept(tmp_path, nested(2)), values)
    assert refused.value.code in ("memo_form_slow", "memo_form_large")


def test_a_value_is_never_a_field_or_a_tag(tmp_path: Path) -> None:
    values = VALUES | {"title": "{{ service }} <w:br/> {% for a in b %}"}
    assert "{{ service }} <w:br/> {% for a in b %}" in words(filler.fill(kept(tmp_path, form("{{ title }}")), values))


def test_every_field_of_the_palette_is_one(tmp_path: Path) -> None:
    """What is copied from the page works where it is put."""
    for number, one in enumerate(palette()):
        if one.startswith("{%tr for"):
            content = form("{{ title }}", table=[[one], ["{{ row.c1 }}"], ["{%tr endfor %}"]])
        elif "row." in one or "endfor" in one:
            continue
        else:
            content = form(one)
        if number % 4 == 0:  # a quarter of them is tried as a file, each is among the values
            assert filler.fill(kept(tmp_path, content), VALUES)
        name = one.replace("{%tr for row in ", "").strip("{}% ")
        found = VALUES
        for word in name.split("."):
            found = found[word]
    assert set(TABLES) == set(MemoKind) - {MemoKind.YEAR}
