"""What the processes write is for their own account's eyes only, whatever the machine's habits are."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

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
