"""Settings of the panel."""

import contextlib
import ipaddress
import os
import re
import secrets
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr, field_validator

from db.errors import SettingsError
from db.settings import Address, DataSettings

KEY_FILE = "secret_key"
THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "[::1]"})


class AdminSettings(DataSettings):
    """What the panel needs besides the data. Without BOT_TOKEN this is the sandbox."""

    admin_listen: Address = "127.0.0.1:8080"
    admin_url: str | None = None
    secret_key: SecretStr | None = None
    bot_token: SecretStr | None = None

    @field_validator("admin_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^\s/]+/?", value):
            raise ValueError("expected an address such as https://panel.example.org, without a path")
        return value.rstrip("/") if value else value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            raise ValueError("expected 32 or more random characters")
        return value

    @property
    def sandbox(self) -> bool:
        """Whether this is the demo on one machine, whose login may be shown."""
        return self.bot_token is None

    @property
    def public_url(self) -> str:
        """The panel's address as people open it."""
        return self.admin_url or f"http://{self.admin_listen}"

    @property
    def secure(self) -> bool:
        """Whether people come over https, so that cookies may insist on it."""
        return self.public_url.startswith("https://")

    def answers_to(self, host: str) -> bool:
        """Whether people may call the panel by this name (of the Host header, small letters, no port).

        It answers to ADMIN_URL's name, to where it listens and to this machine's names. Without ADMIN_URL it also
        takes any address of numbers where it listens to others: a name can be made to point here, an address can't.
        The sandbox on a network holds nothing worth a guard and takes every name.
        """
        if host in THIS_MACHINE or host == self._listening_host:
            return True
        if self.admin_url is not None:
            return host == (urlsplit(self.admin_url).hostname or "").lower()
        return self._listening_host not in THIS_MACHINE and (self.sandbox or _is_address(host))

    @property
    def _listening_host(self) -> str:
        return self.admin_listen.rpartition(":")[0].lower()

    def signing_key(self) -> str:
        """SECRET_KEY, or one that was made once and is kept in the data folder for this account's eyes only."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        path = self.data_dir / KEY_FILE
        try:
            return _kept_key(path)
        except OSError as error:
            raise SettingsError(f"SECRET_KEY: set it, or make {path} writable ({error.strerror})") from None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _kept_key(path: Path) -> str:
    if path.exists():
        return path.read_text().strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    # Linked into place complete, so that another process starting now never reads half a key; mkstemp gives mode 600.
    descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        os.unlink(fresh)
    return path.read_text().strip()
