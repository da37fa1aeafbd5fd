"""A real file system of a few megabytes, so that a full disk is a full disk."""

import contextlib
import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mounted at the folder and unmounted at the end; where mounting is not allowed the test is skipped and says so."""
    folder.mkdir()
    rights = [] if os.geteuid() == 0 else ["sudo", "-n"]
    options = f"size={megabytes}m,mode=0777"
    try:
        command = [*rights, "mount", "-t", "tmpfs", "-o", options, "opora-test", str(folder)]
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.SubprocessError) as error:
        reason = getattr(error, "stderr", "") or error
        pytest.skip(f"a real full disk needs the right to mount one: {reason}")
    try:
        yield folder
    finally:
        subprocess.run([*rights, "umount", "--lazy", str(folder)], check=True, timeout=10)


def fill(folder: Path) -> Path:
    """Writes until not one byte more fits; removing the answered file gives the room back."""
    ballast = folder / "ballast"
    with ballast.open("ab", buffering=0) as file:
        for size in (2**20, 2**12, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))
    with pytest.raises(OSError) as refusal:
        (folder / "one-more").write_bytes(b"x")
    assert refusal.value.errno == errno.ENOSPC
    (folder / "one-more").unlink(missing_ok=True)
    return ballast
