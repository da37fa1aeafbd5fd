"""Reads a file of a pack as a typed section; what does not fit is told by file, place and remedy."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, ClassVar, Self, get_args

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from db.errors import SettingsError

Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Prose = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Button = Annotated[str, StringConstraints(min_length=1, max_length=30)]
"""What fits a button of a phone."""

SHOWN = 3
"""Mistakes told at once: the others are counted."""
NAMES = ("name", "title", "short", "code", "number")


class Entry(BaseModel):
    """One entry of a list, or a whole file. `demo` marks what no source gave: only the sandbox loads it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    demo: bool = False


class Section(Entry):
    """A file of the pack, named by `FILE` without its ending. A noun's sections stand in its `pack.py`."""

    FILE: ClassVar[str]

    @classmethod
    def read(cls, data: Mapping[str, Any], *, pack: str) -> Self:
        """Returns the file's content as objects. Raises SettingsError that names the places and what to write there."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            told = [_told(cls, data, one["loc"], one["type"], one["msg"]) for one in error.errors(include_url=False)]
            more = f"; and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
            raise SettingsError(f"pack {pack}, {cls.FILE}.yaml: {'; '.join(told[:SHOWN])}{more}") from None


def unknown(name: str, known: Mapping[str, Any] | set[str]) -> str:
    """Returns what to say of a word that nobody knows: the one that was meant, or all that are known."""
    close = get_close_matches(name, known, 1)
    return f"did you mean «{close[0]}»?" if close else f"expected one of {', '.join(sorted(known))}"


def _told(model: type[BaseModel], data: Any, place: tuple[int | str, ...], kind: str, message: str) -> str:
    *parents, last = place
    where = _where(data, place)
    if kind == "missing":
        return f"{where} is missing: write `{last}: …` there"
    if kind == "extra_forbidden":
        return f"{where} is not known here: {unknown(str(last), set(_model(model, parents).model_fields))}"
    return f"{where}: {message}"


def _where(data: Any, place: tuple[int | str, ...]) -> str:
    """As a person counts, and with the name of the entry: `municipalities[3] «Ашинский МР».code`."""
    told = ""
    for part in place:
        data = _inside(data, part)
        told += f"[{part + 1}]{_name(data)}" if isinstance(part, int) else f".{part}" if told else part
    return told


def _inside(data: Any, part: int | str) -> Any:
    try:
        return data[part]
    except (KeyError, IndexError, TypeError):
        return None


def _name(entry: Any) -> str:
    found = next((entry[name] for name in NAMES if entry.get(name)), None) if isinstance(entry, Mapping) else None
    return f" «{found}»" if found else ""


def _model(model: type[BaseModel], place: list[int | str]) -> type[BaseModel]:
    """The model of what stands at the place: pydantic tells the place, and the model knows which names fit there."""
    for part in place:
        if isinstance(part, str) and part in model.model_fields:
            model = next(_models(model.model_fields[part].annotation), model)
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
