"""`make audit` tells «nothing known» from «nobody could be asked», and never waits for ever."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAULT = {"id": "PYSEC-1", "fix_versions": ["2.0"]}


PATIENT, HASTY = 60.0, 1.0
"""Seconds that our side waits for an answer: only where none comes does it hang on them."""


def audit(folder: Path, script: str, within: float = PATIENT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Our side run as it is, beside a program that behaves as pip-audit would."""
    program = folder / "pip-audit"
    program.write_text(f"#!{sys.executable}\n{script}\n")
    program.chmod(0o700)
    code = f"import audit, sys; sys.exit(audit.main(sys.argv[1], 'x', {within}))"
    command, environment = [sys.executable, "-c", code, str(program)], environment | {"PYTHONPATH": str(ROOT / ".ci")}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180, check=False)


def answer(*packages: dict[str, Any]) -> str:
    return f"print({json.dumps({'dependencies': list(packages)})!r})"


def known(*faults: dict[str, Any]) -> dict[str, Any]:
    return {"name": "brittle", "version": "1.0", "vulns": list(faults)}


def test_what_has_a_mended_version_is_named_and_fails(tmp_path: Path) -> None:
    assert audit(tmp_path, answer(known())).returncode == 0
    done = audit(tmp_path, answer(known(FAULT)), CI="true")
    assert done.returncode == 1 and "brittle 1.0: PYSEC-1, mended in 2.0" in done.stdout
    done = audit(tmp_path, answer(known({**FAULT, "fix_versions": []})))
    assert done.returncode == 0 and "no mended version yet" in done.stdout


@pytest.mark.parametrize(
    "script",
    [
        answer(
            {"name": "a", "skip_reason": "Dependency not found"}, {"name": "b", "skip_reason": "Dependency not found"}
        ),
        "raise SystemExit('no network')",
        "import time; time.sleep(50)",
    ],
    ids=["asked about none", "no network", "hangs"],
)
def test_when_nobody_can_be_asked_it_is_said_and_stops_no_build(tmp_path: Path, script: str) -> None:
    within = HASTY if "sleep" in script else PATIENT
    alone, built = audit(tmp_path, script, within), audit(tmp_path, script, within, CI="true")
    assert (alone.returncode, built.returncode) == (3, 0)
    assert "NOT DONE" in alone.stderr and "NOT DONE" in built.stderr
