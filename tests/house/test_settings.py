"""A wrong setting stops the start with one line that names it; every setting of the example is known to the code."""

import re
from pathlib import Path

import pytest

from admin.settings import AdminSettings
from bot.settings import BotSettings
from db.errors import SettingsError
from db.settings import DataSettings, PrepareSettings

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bot_token", "no token"),
        ("database_url", "mysql://host/name"),
        ("telegram_api_url", "ftp://host"),
        ("telegram_proxy", "somewhere"),
        ("telegram_proxy", "https://host:8080"),
        ("telegram_proxy", "socks5://host:99999"),
        ("webhook_listen", "8080"),
        ("webhook_listen", "127.0.0.1:99999"),
        ("sandbox_listen", "host"),
        ("time_zone", "Mars/Olympus"),
        ("log_level", "LOUD"),
        ("log_format", "xml"),
        ("redis_url", "127.0.0.1:6379"),
        ("metrics_listen", "9000"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        BotSettings.load(_env_file=None, **{name: value})
    text = str(refusal.value)
    assert text.startswith(name.upper()) and "\n" not in text


@pytest.mark.parametrize("settings", [BotSettings, AdminSettings, PrepareSettings])
def test_a_port_that_cannot_be_is_refused_by_whoever_reads_it(settings: type[DataSettings]) -> None:
    """The bot used to take it and to end with a traceback where it listens."""
    listens = [name for name in settings.model_fields if name.endswith("_listen")]
    assert "admin_listen" in listens
    for name in listens:
        with pytest.raises(SettingsError, match=f"^{name.upper()}: expected host:port"):
            settings.load(_env_file=None, **{name: "127.0.0.1:65536"})
        assert getattr(settings.load(_env_file=None, **{name: "127.0.0.1:65535"}), name) == "127.0.0.1:65535"


def test_a_webhook_without_a_secret_refuses_to_start() -> None:
    with pytest.raises(SettingsError, match="WEBHOOK_SECRET"):
        BotSettings.load(_env_file=None, webhook_url="https://example.org")


@pytest.mark.parametrize("secret", ["with blanks", "секрет", "a" * 257])
def test_a_secret_that_telegram_refuses_is_named_at_the_start(secret: str) -> None:
    """It was refused by Telegram alone, when the bot was up already."""
    with pytest.raises(SettingsError, match=r"^WEBHOOK_SECRET: expected 1-256 of A-Z a-z 0-9 _ -"):
        BotSettings.load(_env_file=None, webhook_url="https://example.org", webhook_secret=secret)


def test_a_webhook_that_telegram_cannot_call_is_named_at_the_start() -> None:
    """http:// was taken; a Bot API server of one's own may call it, Telegram may not."""
    asked = {"bot_token": "123:hidden", "webhook_url": "http://example.org", "webhook_secret": "a-secret"}
    with pytest.raises(SettingsError, match=r"^WEBHOOK_URL: expected an address that begins with https://"):
        BotSettings.load(_env_file=None, **asked)
    own = BotSettings.load(_env_file=None, telegram_api_url="http://127.0.0.1:8081", **asked)
    assert own.webhook_url == "http://example.org"


def test_a_token_never_stands_in_the_refusal_nor_in_the_settings_text() -> None:
    with pytest.raises(SettingsError) as refusal:
        BotSettings.load(_env_file=None, bot_token="123:secret word")
    assert "secret" not in str(refusal.value)
    assert "hidden" not in repr(BotSettings.load(_env_file=None, bot_token="123:hidden"))


def test_every_setting_of_the_example_is_read_somewhere() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = {name.lower() for name in re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)}
    assert named <= {*BotSettings.model_fields, *AdminSettings.model_fields}
    assert {*BotSettings.model_fields, *AdminSettings.model_fields} <= named
