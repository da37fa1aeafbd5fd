"""`python -m admin` as a process: it starts, answers, stops when asked, and names a wrong setting in one line."""

import signal
import socket
import stat
import subprocess
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from admin.settings import AdminSettings
from db.errors import SettingsError
from tests.support.panel import start_panel

ROOT = Path(__file__).resolve().parents[2]


def test_it_stops_when_asked_and_leaves_with_zero(running: "subprocess.Popen[str]", port: int) -> None:
    statuses: list[int] = []

    def ask() -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=60) as answer:
            statuses.append(answer.status)

    callers = [threading.Thread(target=ask) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=60)  # what does not stop never ends; a busy machine may take its time
    assert running.returncode == 0
    assert statuses == [200] * 8
    assert f"http://127.0.0.1:{port}" in said


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ADMIN_LISTEN", "nowhere", "host:port"),
        ("ADMIN_URL", "panel.example.org", "https://panel.example.org"),
        ("SECRET_KEY", "short", "32 or more"),
        ("DATABASE_URL", "mysql://x", "sqlite:///"),
    ],
)
def test_a_wrong_setting_stops_the_start_in_one_line(
    sqlite_url: str, tmp_path: Path, name: str, value: str, expected: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        AdminSettings.load(_env_file=None, **{name.lower(): value})
    assert str(refusal.value).startswith(f"{name}: ")
    assert expected in str(refusal.value)


def test_a_taken_address_is_said_in_one_line(sqlite_url: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start_panel(sqlite_url, tmp_path, ADMIN_LISTEN=f"127.0.0.1:{taken.getsockname()[1]}")
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.count("\n") == 1
    assert said.startswith("opora: ADMIN_LISTEN: ")


def test_the_key_is_made_once_for_the_owners_eyes(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    keys: list[str] = []
    makers = [
        threading.Thread(target=lambda: keys.append(AdminSettings(_env_file=None, data_dir=folder).signing_key()))
        for _ in range(8)
    ]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(set(keys)) == 1
    assert len(keys[0]) >= 32
    path = folder / "secret_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in folder.iterdir()] == ["secret_key"]
    assert AdminSettings(_env_file=None, data_dir=folder, secret_key="k" * 40).signing_key() == "k" * 40
