"""Settings of the data: which database, which region, where files live. Read from the environment and `.env`."""

import os
import re
import sys
from pathlib import Path
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from db.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent


def keep_private(secrets: Path = ROOT / ".env") -> None:
    """Keeps what this process writes, and the settings' file, from all other accounts.

    That is database, documents and backups, and `.env` with the token and the passwords. A group that was let read
    `.env` goes on reading it.
    """
    os.umask(0o077)
    try:
        mode = secrets.stat().st_mode
        if mode & 0o007:
            secrets.chmod(mode & 0o600)
            sys.stderr.write(f"opora: {secrets} was open to every account of this machine: now to its owner alone\n")
    except FileNotFoundError:
        pass
    except PermissionError:
        sys.stderr.write(f"opora: {secrets} is open to every account of this machine: chmod 600 it\n")


def _host_and_port(value: str) -> str:
    match = re.fullmatch(r"[^:\s]+:(\d{1,5})", value)
    if not match or int(match[1]) > 65535:
        raise ValueError("expected host:port such as 127.0.0.1:8080")
    return value


Address = Annotated[str, AfterValidator(_host_and_port)]


class CommonSettings(BaseSettings):
    """How settings are read everywhere: `.env` beside the code, then the environment; empty means absent."""

    model_config = SettingsConfigDict(
        env_file=ROOT / ".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    @classmethod
    def load(cls, **values: Any) -> Self:
        """Reads the settings. Raises SettingsError with one line that names the setting and what is expected."""
        try:
            return cls(**values)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            name = "_".join(str(part) for part in first["loc"]).upper() or "settings"
            message = str(first["msg"]).removeprefix("Value error, ")
            raise SettingsError(f"{name}: {message}") from None


class DataSettings(CommonSettings):
    """What the database and the region pack need."""

    database_url: str = "sqlite:///data/opora.db"
    redis_url: str | None = None
    data_dir: Path = ROOT / "data"
    region_pack: str = "chelyabinsk"
    time_zone: str | None = None
    locale: str = "ru"
    log_level: str = "INFO"
    log_format: str = "console"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        try:
            backend = make_url(value).get_backend_name()
        except ArgumentError:
            backend = ""
        if backend not in ("sqlite", "postgresql"):
            raise ValueError("expected sqlite:///path/to/file.db or postgresql://user:password@host/name")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"rediss?://[^/\s]", value):
            raise ValueError("expected redis://:password@host:6379/0 or rediss://…")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                ZoneInfo(value)
            except (KeyError, ValueError):
                raise ValueError("expected a zone name such as Asia/Yekaterinburg") from None
        return value

    @field_validator("log_format")
    @classmethod
    def _known_format(cls, value: str) -> str:
        if value not in ("console", "json"):
            raise ValueError("expected console or json")
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("expected DEBUG, INFO, WARNING or ERROR")
        return value.upper()


class PrepareSettings(DataSettings):
    """What `python -m db` tells a person about the other processes."""

    bot_token: SecretStr | None = None
    sandbox_listen: Address = "127.0.0.1:8081"
    admin_listen: Address = "127.0.0.1:8080"
    admin_url: str | None = None
