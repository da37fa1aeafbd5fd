"""Fills a form (a Word file with fields) in a process of its own, under the inspector's limits.

`db/inspection.py` starts it: `filler.py fill FILE`, with the values of the fields on stdin, as JSON. It answers with
the bytes of the filled file. Whatever a form does to the template language, it does to this process alone.
"""

import io
import json
import re
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[1]))  # behind all else: nothing of ours takes a library's name

from db.docx import same
from db.inspector import MEGABYTE, RefusedFile, bound, judge

FORM_LIMIT = 8 * MEGABYTE
"""Of one part of a form, unpacked; and of what a filled form may measure."""
SEEN_PARTS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".svg", ".odttf")
"""What a form has beside its text: pictures and fonts."""
OBJECTS = frozenset({"oleObject", "package", "control", "aFChunk", "subDocument", "activeXControlBinary", "vbaProject"})
FORM_LOOPS, FORM_DEPTH = 100, 2
FORM_FILTERS = ("upper", "lower", "capitalize", "default")
FIELD_ACTS = re.compile(r"DDE|INCLUDE|IMPORT|MACROBUTTON|DATABASE|LINK|ASK|FILLIN|RD ")
"""Fields of Word that fetch, run or ask when the document is opened; a HYPERLINK is followed by a person."""


def fill(path: Path, values: dict[str, Any]) -> bytes:
    """Returns a form with its fields filled in, the same bytes for the same values.

    A field is a name of `values`, or a word of one: `{{ events.text }}`; a loop goes over a list there. Nothing else of
    the template language is taken, and what is taken runs in its sandbox. Raises RefusedFile.
    """
    _check_form(path)
    from docxtpl import DocxTemplate
    from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError

    target = io.BytesIO()
    rules = _form_rules(values)
    try:
        form = DocxTemplate(path)
        form.render(values, rules, autoescape=True)
        form.docx.save(target)
    except RefusedFile:
        raise
    except UndefinedError as error:
        raise RefusedFile(f"memo_form_field:{str(error)[:60]}") from None
    except TemplateSyntaxError as error:
        raise RefusedFile(f"memo_form_syntax:{(error.message or '')[:60]}") from None
    except (MemoryError, RecursionError, OverflowError):
        raise RefusedFile("memo_form_large") from None
    except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, SyntaxError):
        raise RefusedFile("memo_form_broken") from None
    if not rules.found:
        raise RefusedFile("memo_form_empty")
    return _same(target.getvalue())


def _check_form(path: Path) -> None:
    """Checks what is looked at before anything is filled in: every part of the file, whatever it is called.

    Word reads a part by the kind that is declared for it, not by its name; so a part that is none of the known kinds,
    or is declared as text under another name, is refused.
    """
    if judge(path) != "docx":
        raise RefusedFile("memo_form_kind")
    try:
        with zipfile.ZipFile(path) as archive:
            for part in archive.infolist():
                name = part.filename.lower()
                if "/embeddings/" in name or "/activex/" in name:
                    raise RefusedFile("memo_form_objects")
                if name.endswith((".xml", ".rels")):
                    _check_part(archive, part)
                elif not (name.endswith(("/", *SEEN_PARTS)) or "/printersettings/" in name):
                    raise RefusedFile("memo_form_objects")
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, LookupError, RuntimeError, SyntaxError):
        raise RefusedFile("document_broken") from None


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Raises RefusedFile for parts that fetch or run, ValueError for a DTD, SyntaxError for what is no XML."""
    from defusedxml import ElementTree

    if part.file_size > FORM_LIMIT:
        raise RefusedFile("memo_form_large")
    asked: list[str] = []
    with archive.open(part) as file:
        for _, element in ElementTree.iterparse(file, forbid_dtd=True):
            name = element.tag.rpartition("}")[2]
            if _is_object(name, {key.rpartition("}")[2]: value for key, value in element.items()}):
                raise RefusedFile("memo_form_objects")
            if name in ("altChunk", "subDoc", "object", "control", "OLEObject"):
                raise RefusedFile("memo_form_objects")
            if name == "instrText":
                asked.append(element.text or "")
            asked += [value for key, value in element.items() if name == "fldSimple" and key.endswith("}instr")]
    if FIELD_ACTS.search("".join(asked).upper().replace("HYPERLINK", "")):
        raise RefusedFile("memo_form_fetches")


def _is_object(name: str, said: dict[str, str]) -> bool:
    """Whether a relation leads to an object, or a type makes text of a part that is not read as such."""
    if name == "Relationship":
        return said.get("Type", "").rpartition("/")[2] in OBJECTS
    if name not in ("Default", "Override") or not said.get("ContentType", "").lower().rpartition("/")[2].endswith(
        "xml"
    ):
        return False
    return not f".{said.get('Extension', '')}{said.get('PartName', '')}".lower().endswith((".xml", ".rels"))


def _form_rules(values: dict[str, Any]) -> Any:
    """Returns the sandbox of a form: it reads every piece of a form's language before it is run."""
    from jinja2 import StrictUndefined, nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    taken = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.For,
             nodes.If, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter)  # fmt: skip

    class FormRules(ImmutableSandboxedEnvironment):
        found = 0

        def from_string(self, source: Any, *more: Any, **other: Any) -> Any:
            self.walk(self.parse(source), 0, frozenset(values))
            return super().from_string(source, *more, **other)

        def walk(self, node: Any, depth: int, known: frozenset[str]) -> None:
            if not isinstance(node, taken):
                raise RefusedFile(f"memo_form_word:{type(node).__name__.lower()}")
            if isinstance(node, nodes.For):
                self.found += 1
                plain = isinstance(node.iter, nodes.Name | nodes.Getattr) and isinstance(node.target, nodes.Name)
                if depth == FORM_DEPTH or self.found > FORM_LOOPS or not plain or node.recursive:
                    raise RefusedFile("memo_form_loops")
                self.walk(node.iter, depth, known)
                inside = known | {str(getattr(node.target, "name", "")), "loop"}
                for one in (*node.body, *node.else_, *([node.test] if node.test else [])):
                    self.walk(one, depth + 1, inside)
                return
            if isinstance(node, nodes.Name):
                self.found += 1
                if node.name not in known:
                    raise RefusedFile(f"memo_form_field:{node.name[:60]}")
            if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
                raise RefusedFile(f"memo_form_field:{node.attr[:60]}")
            if isinstance(node, nodes.Filter) and node.name not in FORM_FILTERS:
                raise RefusedFile(f"memo_form_word:{node.name[:60]}")
            for one in node.iter_child_nodes():
                self.walk(one, depth, known)

    rules = FormRules(undefined=StrictUndefined)
    rules.globals.clear()
    rules.filters = {name: rules.filters[name] for name in FORM_FILTERS}
    return rules


def _same(content: bytes) -> bytes:
    """Returns a filled form that is the same for the same values. Raises RefusedFile for one that has grown large."""
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        if sum(part.file_size for part in made.infolist()) > 4 * FORM_LIMIT:
            raise RefusedFile("memo_form_large")
    return same(content)


def main(_way: str, file: str) -> int:
    """Answers with the filled file. Returns 0; 1 for a refusal, whose code is what it says."""
    bound()
    try:
        sys.stdout.buffer.write(fill(Path(file), json.load(sys.stdin)))
    except RefusedFile as refusal:
        sys.stdout.write(str(refusal))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
