"""Region packs: everything that is a region's own, as data in `db/packs/<region>/*.yaml`."""

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from db import safe_yaml
from db.errors import SettingsError
from db.packs.about import About
from db.packs.sections import unknown
from db.texts import clean

FOLDER = Path(__file__).parent
COMMON = "common"
"""What packs share: a pack that `extends` it, and no region's own."""


@dataclass(frozen=True)
class Pack:
    """One region's pack. Sections are read when they are asked for.

    What no source gave is marked `demo: true`, a whole file or one entry of it, and is for the sandbox only. A pack
    may extend another: what stands in its own files wins, name by name, and of the rest the other's stands.
    """

    folder: Path
    examples: bool = True

    @property
    def name(self) -> str:
        """The pack's short name, as in REGION_PACK."""
        return self.folder.name

    @property
    def real(self) -> "Pack":
        """The same pack without its examples: what a real installation loads."""
        return replace(self, examples=False)

    def left_out(self, name: str) -> list[dict[str, Any]]:
        """The entries of the file and list `name` that are examples and not loaded: an older version loaded them."""
        if self.examples:
            return []
        kept = self.section(name).get(name, [])
        return [one for one in replace(self, examples=True).section(name).get(name, []) if one not in kept]

    @cached_property
    def about(self) -> About:
        """`pack.yaml`. Raises SettingsError that says what is wrong there."""
        return About.read(self.section("pack"), pack=self.name)

    @cached_property
    def base(self) -> "Pack | None":
        """The pack that this one extends."""
        name = self._own("pack").get("extends")
        if name is None:
            return None
        if name not in [path.parent.name for path in FOLDER.glob("*/pack.yaml")]:
            raise SettingsError(f"pack {self.name}, pack.yaml: extends: there is no pack «{name}»")
        base = replace(self, folder=FOLDER / name)
        if base._own("pack").get("extends") is not None:
            raise SettingsError(f"pack {self.name}, pack.yaml: extends: «{name}» extends another itself; name that one")
        return base

    @property
    def zone(self) -> ZoneInfo:
        """The region's time zone."""
        return ZoneInfo(self.about.time_zone)

    @property
    def recipe(self) -> dict[str, Any]:
        """How the sandbox is filled: `demo.yaml`, and the one that packs share where this one has none."""
        return self.section("demo") or Pack(FOLDER / COMMON).section("demo")

    @property
    def sandbox_people(self) -> list[dict[str, Any]]:
        """People of the sandbox's chat page."""
        people: list[dict[str, Any]] | None = self.recipe.get("sandbox_people")
        if not people:
            raise SettingsError(
                f"pack {self.name}, demo.yaml: sandbox_people is missing: write `sandbox_people: …` there"
            )
        return people

    def section(self, name: str) -> dict[str, Any]:
        """One YAML file of the pack; empty when the pack has none. Raises SettingsError for one that is no YAML."""
        own = self._own(name)
        return own if self.base is None else _over(self.base.section(name), own)

    def _own(self, name: str) -> dict[str, Any]:
        path = self.folder / f"{name}.yaml"
        if not path.exists():
            return {}
        content, here = path.read_bytes(), f"pack {self.name}, {name}.yaml"
        try:
            text = clean(content.decode())
            data = safe_yaml.read(text)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise SettingsError(f"{here}: line {line}: letters that are no UTF-8: save the file as UTF-8") from error
        except yaml.YAMLError as error:
            raise SettingsError(f"{here}: {safe_yaml.told(error, text)}") from error
        if data is None:
            raise SettingsError(f"{here}: the file is empty: fill it, or remove it")
        if not isinstance(data, dict):
            raise SettingsError(f"{here}: expected names with values, as in other packs")
        return data if self.examples else _sourced(data)

    @property
    def files(self) -> list[Path]:
        """Every file of the pack, and of the one that it extends, in one order."""
        return [*(self.base.files if self.base else []), *sorted(self.folder.rglob("*.yaml"))]

    @property
    def strangers(self) -> list[Path]:
        """Files among the pack's that are none of it by their ending: `sites.yml` would be missed in silence."""
        return sorted(
            path
            for path in self.folder.rglob("*")
            if path.is_file() and path.suffix != ".yaml" and not path.name.startswith((".", "__"))
        )

    def instruments(self) -> list[dict[str, Any]]:
        """The pack's diagnostic instruments, as it names them. Raises SettingsError for one that has no file."""
        known = {path.stem for path in self.files if path.parent.name == "instruments"}
        for name in self.about.instruments:
            if name not in known:
                raise SettingsError(f"pack {self.name}, pack.yaml: instruments: {name}: {unknown(name, known)}")
        return [self.section(f"instruments/{name}") for name in self.about.instruments]

    def fingerprint(self) -> str:
        """Changes whenever a file of the pack changes."""
        digest = hashlib.sha256()
        for path in self.files:
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()


def _over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """A file over the file that it extends: names of groups are looked into, lists are taken as a whole."""
    both = {name: {**base[name], **value} for name, value in own.items() if _groups(base.get(name), value)}
    return {**base, **own, **both}


def _groups(*values: Any) -> bool:
    return all(isinstance(value, dict) for value in values)


def _sourced(section: dict[str, Any]) -> dict[str, Any]:
    """A section without what is marked as an example."""
    if _is_example(section):
        return {}
    return {
        name: [one for one in value if not _is_example(one)] if isinstance(value, list) else value
        for name, value in section.items()
        if not _is_example(value)
    }


def _is_example(entry: Any) -> bool:
    return isinstance(entry, dict) and bool(entry.get("demo"))


def load_pack(name: str) -> Pack:
    """The pack of REGION_PACK. Raises SettingsError when there is none of that name."""
    known = sorted({path.parent.name for path in FOLDER.glob("*/pack.yaml")} - {COMMON})
    if name not in known:
        raise SettingsError(f"REGION_PACK: expected one of {', '.join(known)}")
    return Pack(FOLDER / name)
