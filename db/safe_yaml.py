"""How YAML is read: safely, and by libyaml where it is; in Python five thousand brackets take ten seconds."""

from typing import Any

import yaml


class AliasError(yaml.YAMLError):
    """Raised for a file with aliases: a few lines of them can stand for gigabytes, and none of ours needs any."""

    def __init__(self) -> None:
        super().__init__("aliases (&name, *name) are not taken: write it out")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Refuses what yaml takes in silence or for another program's fault.

    Of a name that stands twice yaml keeps the last and drops what stands under the first; a day that there is not is a
    ValueError without a line.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        problem=f"«{key.value}» stands twice here: keep one", problem_mark=key.start_mark
                    )
                seen.add(key.value)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            raise yaml.constructor.ConstructorError(
                problem=f"there is no such day as {node.value}", problem_mark=node.start_mark
            ) from None


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)


def read(text: str | bytes) -> Any:
    """Returns what a file says. Raises AliasError, and what yaml raises for one that is no YAML."""
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, _Loader)):
        raise AliasError
    return yaml.load(text, _Loader)  # noqa: S506  a safe loader


REMEDIES = {
    "cannot start any token": "the value begins with a sign that YAML keeps for itself: put the value in quotes",
    "mapping values are not allowed": "a colon in a value, or a line that is indented too far: put the value in quotes,"
    " or indent as the lines above",
    "did not find expected ',' or": "a bracket is not closed",
    "did not find expected node content": "a bracket is not closed, or a value is missing in it",
    "unexpected end of stream": "a quote is not closed",
    "did not find expected key": "the line is indented otherwise than the lines above, or something stands behind a"
    " closing quote",
    "did not find expected '-'": "the line is indented otherwise than the lines above, or its «- » is missing",
}
"""What yaml says, and what whoever wrote the file can do."""


def told(error: yaml.YAMLError, text: str) -> str:
    """Returns in one line what is wrong with a file, where, and what to do."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    if mark is None or not problem:
        return " ".join(str(error).split())
    line = text.splitlines()[mark.line] if mark.line < len(text.splitlines()) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return f"line {mark.line + 1}: a tab at its beginning: indent by spaces"
    remedy = next((what for said, what in REMEDIES.items() if said in problem), problem)
    begun = getattr(error, "context_mark", None)
    since = f" (it begins in line {begun.line + 1})" if begun and begun.line != mark.line else ""
    return f"line {mark.line + 1}: {remedy}{since}"
