"""aiogram's models, each built when it is first used.

aiogram marks its four hundred models to be built lazily and then builds every one while it is imported, each with all
that it refers to: two seconds and a hundred megabytes at every start, for types of which a bot uses a few dozen. Here
the import only notes how they are to be built. Imported before aiogram; where aiogram came first nothing changes.
"""

import os
import sys
from typing import Any

# Nobody's plug-ins are wanted, and looking for them reads the notes of every installed package.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")

from pydantic import BaseModel

_build = BaseModel.model_rebuild.__func__  # type: ignore[attr-defined]


def _import_without_building() -> None:
    names: dict[str, Any] = {}

    def note(_model: type[BaseModel], /, *, _types_namespace: dict[str, Any] | None = None, **_options: Any) -> None:
        names.update(_types_namespace or {})

    BaseModel.model_rebuild = classmethod(note)  # type: ignore[assignment,method-assign]
    # Handed down to the methods and to every button's data, which would be built on the spot.
    BaseModel.model_config["defer_build"] = True
    try:
        import aiogram.filters.callback_data  # noqa: F401
        from aiogram.methods.base import Response, TelegramMethod
        from aiogram.types.base import TelegramObject
    finally:
        BaseModel.model_rebuild = classmethod(_build)  # type: ignore[assignment,method-assign]
        del BaseModel.model_config["defer_build"]

    def build(model: type[BaseModel], /, **options: Any) -> bool | None:
        result: bool | None = _build(model, **{"_types_namespace": names, **options})
        return result

    for base in (TelegramObject, TelegramMethod, Response):
        base.model_rebuild = classmethod(build)  # type: ignore[assignment,method-assign]


if "aiogram" not in sys.modules:
    _import_without_building()
