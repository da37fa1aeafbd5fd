"""LibreOffice, where there is one: how what leaves the product looks to whoever opens it."""

import shutil
import subprocess
from pathlib import Path

import pytest

OFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="there is no LibreOffice here")


def converted(folder: Path, name: str, content: bytes, to: str) -> Path:
    """Has a file opened and saved as something else by LibreOffice, with a profile of its own."""
    (folder / name).write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    asked = [OFFICE or "", profile, "--headless", "--convert-to", to, "--outdir", str(folder), str(folder / name)]
    subprocess.run(asked, check=True, capture_output=True, timeout=180)
    return (folder / name).with_suffix(f".{to.partition(':')[0]}")
