"""How YAML is read: safely, and by libyaml where it is; in Python five thousand brackets take ten seconds."""

from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class AliasError(yaml.YAMLError):
    """Raised for a file with aliases: a few lines of them can stand for gigabytes, and none of ours needs any."""

    def __init__(self) -> None:
        super().__init__("aliases (&name, *name) are not taken: write it out")


def read(text: str | bytes) -> Any:
    """Returns what a file says. Raises AliasError, and what yaml raises for one that is no YAML."""
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, LOADER)):
        raise AliasError
    return yaml.load(text, LOADER)  # noqa: S506  a safe loader
