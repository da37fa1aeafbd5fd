"""Settings of the bot. Without BOT_TOKEN it talks to the sandbox on this machine."""

import re
from typing import ClassVar, Self

from pydantic import SecretStr, ValidationInfo, field_validator, model_validator
from python_socks import parse_proxy_url

from db.engine import is_sqlite
from db.settings import Address, DataSettings

SANDBOX_TOKEN = "1000000:sandbox"  # noqa: S105  the sandbox takes any token of this shape
OFFICIAL_API = "https://api.telegram.org"


class BotSettings(DataSettings):
    """What the bot needs besides the data."""

    platform: ClassVar[str] = "telegram"  # in the data: whose numbers of people and updates these are

    bot_token: SecretStr | None = None
    telegram_api_url: str = OFFICIAL_API
    telegram_proxy: str | None = None
    metrics_listen: Address | None = None
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    webhook_listen: Address = "127.0.0.1:8082"
    sandbox_listen: Address = "127.0.0.1:8081"
    admin_listen: Address = "127.0.0.1:8080"
    admin_url: str | None = None

    @field_validator("bot_token")
    @classmethod
    def _token_shape(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"\d+:[\w-]+", value.get_secret_value()):
            raise ValueError("expected a token from @BotFather such as 123456:ABC-def")
        return value

    @field_validator("telegram_api_url", "webhook_url", "admin_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"https?://\S+", value):
            raise ValueError("expected an address that begins with http:// or https://")
        return value.rstrip("/") if value else value

    @field_validator("webhook_url")
    @classmethod
    def _called_by_https(cls, value: str | None, others: ValidationInfo) -> str | None:
        """Telegram itself calls nothing else; a Bot API server of one's own takes http:// as well."""
        to_telegram = others.data.get("bot_token") and others.data.get("telegram_api_url") == OFFICIAL_API
        if value is not None and to_telegram and not value.startswith("https://"):
            raise ValueError("expected an address that begins with https://: Telegram calls no other")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _secret_shape(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
            raise ValueError("expected 1-256 of A-Z a-z 0-9 _ -: Telegram takes no other")
        return value

    @field_validator("telegram_proxy")
    @classmethod
    def _proxy(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                parse_proxy_url(value)  # what the session will read it with
            except ValueError:
                raise ValueError("expected http://host:port or socks5://host:port") from None
        return value

    @model_validator(mode="after")
    def _webhook_has_a_secret(self) -> Self:
        if self.webhook_url and not self.webhook_secret:
            raise ValueError("WEBHOOK_SECRET must be set with WEBHOOK_URL: without it anyone could forge updates")
        return self

    @property
    def beside_others(self) -> bool:
        """Whether other bot processes may work on the same database: by webhook on PostgreSQL, behind a balancer."""
        return self.webhook_url is not None and not is_sqlite(self.database_url)

    @property
    def sandbox(self) -> bool:
        """Whether the bot talks to the stand-in on this machine."""
        return self.bot_token is None

    @property
    def token(self) -> str:
        """The token for the Bot API; the sandbox's own one when none is set."""
        return self.bot_token.get_secret_value() if self.bot_token else SANDBOX_TOKEN

    @property
    def api_url(self) -> str:
        """The Bot API server to talk to."""
        return f"http://{self.sandbox_listen}" if self.sandbox else self.telegram_api_url

    @property
    def panel_url(self) -> str:
        """The panel's address as people open it."""
        return self.admin_url or f"http://{self.admin_listen}"

    @property
    def panel_is_open(self) -> bool:
        """Whether teachers reach the panel from their own machines: it has an address, or all are on this one."""
        return self.admin_url is not None or self.sandbox
