"""What the processes write is for their own account's eyes only, whatever the machine's habits are."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from db.settings import keep_private

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_database_and_documents_are_private(tmp_path: Path) -> None:
    data = tmp_path / "data"
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{data / 'opora.db'}",
        "DATA_DIR": str(data),
    }
    done = subprocess.run(
        ["sh", "-c", f"umask 022; exec {sys.executable} -m db upgrade"], cwd=ROOT, env=environment, check=False
    )
    assert done.returncode == 0
    for path in (data, *data.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_the_sandboxes_chats_and_the_documents_in_them_are_private(tmp_path: Path) -> None:
    """Bot, panel and `python -m db` kept to their owner, the stand-in did not: its file was open to every account."""
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "data"), "SANDBOX_LISTEN": "127.0.0.1:0"}
    command = ["sh", "-c", f"umask 022; exec {sys.executable} -m bot.sandbox"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline()
        process.terminate()
    for path in (tmp_path / "data", tmp_path / "data" / "sandbox.json"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_whatever_is_started_keeps_what_it_writes_to_its_owner() -> None:
    """A new process is a new place to forget it."""
    started = [path for room in ("admin", "bot", "db") for path in (ROOT / room).rglob("__main__.py")]
    assert len(started) >= 4
    assert [str(path) for path in started if "\n    keep_private()\n" not in path.read_text(encoding="utf-8")] == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
@pytest.mark.parametrize(("mode", "after"), [(0o644, 0o600), (0o664, 0o600), (0o640, 0o640), (0o600, 0o600)])
def test_settings_that_everybody_could_read_are_their_owners_at_the_next_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: int, after: int
) -> None:
    """`cp .env.example .env` left the token and the database's password open. A group was let in on purpose."""
    secrets = tmp_path / ".env"
    secrets.write_text("BOT_TOKEN=1:x")
    secrets.chmod(mode)
    umask = os.umask(0)
    try:
        keep_private(secrets)
        keep_private(tmp_path / "none")
    finally:
        os.umask(umask)
    assert stat.S_IMODE(secrets.stat().st_mode) == after
    assert ("was open to every account" in capsys.readouterr().err) == (mode != after)
