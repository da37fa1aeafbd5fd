"""A version's content as frozen objects, and the check that a file holds a questionnaire. No Session here."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from db import safe_yaml
from db.diagnostics.models import FORM, InstrumentKind
from db.dictionaries.models import Audience
from db.errors import DomainError

CODE = re.compile(r"[a-z][a-z0-9_]{0,23}")
NEED = "{component}_need"
ANCHORS = 5  # the scale is 0–4: five behaviours, from «пока не делаю» to «помогаю коллегам»
NEEDS = 4  # need is 0–3
DECLINED = 5  # «не хочу отвечать»: kept as an answer beyond the scale, counted as none
LEVELS = 4  # three cuts make four bands
COMPONENTS = 12
ITEMS = 12
QUESTION_LIMIT = 520  # a screen holds 700 characters, its own words take the rest
BUTTON_LIMIT = 30
STEP = 160
"""As long as a step may be, in a file and in staff's own words."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question. `options` are behaviours for 0–4, or the words for a need of 0–3 where `need` is true.

    `step` is what one may do about it this week.
    """

    code: str
    component: str
    text: str
    short: str
    options: tuple[str, ...]
    need: bool = False
    step: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """One component. `questions` are its items and, last, the need. `strong` is said in the result."""

    code: str
    name: str
    title: str
    description: str
    questions: tuple[Item, ...]
    strong: str

    @property
    def items(self) -> tuple[Item, ...]:
        """What the level is counted from: everything but the need."""
        return tuple(item for item in self.questions if not item.need)

    @property
    def need(self) -> Item:
        """The question about the need for support."""
        return self.questions[-1]

    @property
    def form(self) -> str:
        """The same in every version that asks the same here: an item that means something else has another code."""
        return form(self.code, [item.code for item in self.items])


@dataclass(frozen=True, slots=True)
class Level:
    """Words for a band of levels. `deficit_name` is for summaries of methodists, the teacher reads the others."""

    code: str
    name: str
    deficit_name: str
    text: str


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A version's content. `levels` go from the lowest; `scale` names the marks 0–4 shortly.

    `audience` tells in words for whom it is, `whom` by whose positions it is offered; `source` is for staff.
    """

    key: str
    version: int
    title: str
    audience: str
    whom: Audience
    source: str
    minutes: int
    intro: str
    scale: tuple[str, ...]
    not_applicable: str
    declined: str
    not_enough_name: str
    not_enough_text: str
    finish: str
    levels: tuple[Level, ...]
    components: tuple[Component, ...]
    items: tuple[Item, ...]
    places: Mapping[str, int] = field(repr=False)

    @property
    def kind(self) -> InstrumentKind:
        """What every questionnaire is."""
        return InstrumentKind.DIAGNOSIS

    def place(self, code: str) -> int:
        """Where an item stands, from 0. Raises KeyError for a code that this version doesn't have."""
        return self.places[code]

    def component(self, code: str) -> Component | None:
        """The component of a code, where this version has it."""
        return next((component for component in self.components if component.code == code), None)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a file: a code (`diagnostics.problem.<code>`), and where."""

    code: str
    where: str


class InstrumentError(DomainError):
    """The file is no questionnaire; `problems` tell why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("instrument_invalid", count=len(problems))
        self.problems = problems


def form(part: str, asked: Iterable[str]) -> str:
    """Names what a part of an instrument asks, by the codes of its items in whatever order."""
    return hashlib.sha256("|".join((part, *sorted(asked))).encode()).hexdigest()[:FORM]


def fingerprint(content: Mapping[str, Any]) -> str:
    """The same for the same content, whatever the order of its keys or the spacing of its file."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def from_yaml(file: bytes) -> dict[str, Any]:
    """The content of an uploaded file. Raises InstrumentError where it is no YAML, or YAML that could blow up."""
    try:
        content = safe_yaml.read(file)
    except safe_yaml.AliasError:
        raise InstrumentError([Problem("alias", "")]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InstrumentError([Problem("not_yaml", str(line))]) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise InstrumentError([Problem("not_yaml", "1")]) from None
    if not isinstance(content, dict):
        raise InstrumentError([Problem("not_mapping", "")])
    return content


def parse(content: Any) -> Questionnaire:
    """The content as objects. Raises InstrumentError with everything that is wrong, not only the first thing."""
    check = _Check()
    questionnaire = check.questionnaire(content)
    if check.problems:
        raise InstrumentError(check.problems)
    return questionnaire


class _Check:
    """Reads a file's values and notes what is wrong on the way."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._codes: set[str] = set()

    def questionnaire(self, content: Any) -> Questionnaire:
        top = self._mapping(content, "")
        components = tuple(
            self._component(self._mapping(value, where), where)
            for value, where in self._sequence(top, "components", "", 1, COMPONENTS)
        )
        items = tuple(item for component in components for item in component.questions)
        enough = self._mapping(top.get("not_enough"), "not_enough")
        absent = self._mapping(top.get("not_applicable"), "not_applicable")
        declined = self._mapping(top.get("declined", {"label": absent.get("label")}), "declined")
        return Questionnaire(
            key=self._code(top, "key", ""),
            version=self._number(top, "version", ""),
            title=self._text(top, "title", ""),
            audience=self._text(top, "audience", ""),
            whom=self._whom(top),
            source=self._maybe(top, "source", "", 300),
            minutes=self._number(top, "minutes", ""),
            intro=self._text(top, "intro", "", 500),
            scale=tuple(
                self._text(self._mapping(value, where), "label", where, BUTTON_LIMIT)
                for value, where in self._sequence(top, "scale", "", ANCHORS, ANCHORS)
            ),
            not_applicable=self._text(absent, "label", "not_applicable", BUTTON_LIMIT),
            declined=self._text(declined, "label", "declined", BUTTON_LIMIT),
            not_enough_name=self._text(enough, "name", "not_enough", 40),
            not_enough_text=self._text(enough, "text", "not_enough", 200),
            finish=self._text(top, "finish", "", 200),
            levels=tuple(
                self._level(self._mapping(value, where), where)
                for value, where in self._sequence(top, "levels", "", LEVELS, LEVELS)
            ),
            components=components,
            items=items,
            places={item.code: place for place, item in enumerate(items)},
        )

    def _whom(self, top: Mapping[str, Any]) -> Audience:
        try:
            return Audience(top.get("whom", Audience.TEACHER))
        except ValueError:
            self._wrong("unknown_audience", "whom")
            return Audience.TEACHER

    def _component(self, value: Mapping[str, Any], where: str) -> Component:
        code = self._code(value, "code", where)
        self._once(code, where)
        questions = [
            self._item(self._mapping(item, place), code, place)
            for item, place in self._sequence(value, "items", where, 1, ITEMS)
        ]
        need_at = f"{where}.need"
        need = self._mapping(value.get("need"), need_at)
        words = tuple(
            self._checked(word, place, BUTTON_LIMIT)
            for word, place in self._sequence(need, "options", need_at, NEEDS, NEEDS)
        )
        need_code = NEED.format(component=code)
        self._once(need_code, need_at)
        text = self._text(need, "text", need_at, 200)
        title = self._text(value, "title", where, 40)
        questions.append(Item(need_code, code, text, title, words, need=True))
        return Component(
            code=code,
            name=self._text(value, "name", where, 40),
            title=title,
            description=self._text(value, "description", where, 120),
            questions=tuple(questions),
            strong=self._text(value, "strong", where, 160),
        )

    def _item(self, value: Mapping[str, Any], component: str, where: str) -> Item:
        code = self._code(value, "code", where)
        self._once(code, where)
        anchors = tuple(
            self._checked(word, place, 120) for word, place in self._sequence(value, "anchors", where, ANCHORS, ANCHORS)
        )
        text = self._text(value, "text", where, 200)
        if len(text) + sum(map(len, anchors)) > QUESTION_LIMIT:
            self._wrong("too_long", where)
        return Item(
            code,
            component,
            text,
            self._text(value, "short", where, 40),
            anchors,
            step=self._maybe(value, "step", where, STEP),
        )

    def _level(self, value: Mapping[str, Any], where: str) -> Level:
        return Level(
            code=self._code(value, "code", where),
            name=self._text(value, "name", where, 40),
            deficit_name=self._text(value, "deficit_name", where, 40),
            text=self._text(value, "text", where, 160),
        )

    def _wrong(self, code: str, where: str) -> None:
        self.problems.append(Problem(code, where))

    def _once(self, code: str, where: str) -> None:
        if code and code in self._codes:
            self._wrong("repeated", where)
        self._codes.add(code)

    def _mapping(self, value: Any, where: str) -> Mapping[str, Any]:
        if isinstance(value, Mapping):
            return value
        self._wrong("missing" if value is None else "not_mapping", where)
        return {}

    def _sequence(
        self, parent: Mapping[str, Any], key: str, where: str, least: int, most: int
    ) -> list[tuple[Any, str]]:
        place = _join(where, key)
        values = parent.get(key)
        if not isinstance(values, list):
            self._wrong("missing" if values is None else "not_list", place)
            return []
        if not least <= len(values) <= most:
            self._wrong("count", place)
        return [(value, f"{place}[{number}]") for number, value in enumerate(values, 1)]

    def _number(self, parent: Mapping[str, Any], key: str, where: str) -> int:
        value = parent.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 10_000:
            return value
        self._wrong("not_number", _join(where, key))
        return 0

    def _code(self, parent: Mapping[str, Any], key: str, where: str) -> str:
        value = parent.get(key)
        if isinstance(value, str) and CODE.fullmatch(value):
            return value
        self._wrong("bad_code", _join(where, key))
        return ""

    def _text(self, parent: Mapping[str, Any], key: str, where: str, limit: int = 300) -> str:
        return self._checked(parent.get(key), _join(where, key), limit)

    def _maybe(self, parent: Mapping[str, Any], key: str, where: str, limit: int) -> str:
        return self._text(parent, key, where, limit) if key in parent else ""

    def _checked(self, value: Any, where: str, limit: int) -> str:
        if not isinstance(value, str) or not value.strip():
            self._wrong("missing" if value in (None, "") else "not_text", where)
            return ""
        text = value.strip()
        if len(text) > limit:
            self._wrong("too_long", where)
        return text


def _join(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key
