"""Whether enough changed rules made a test fail: `make mutants`.

A rule that no test reaches counts as one whose change nobody noticed. One that made the tests hang is noticed.
"""

import json
import sys
from pathlib import Path


def main(stats: str, least: float) -> int:
    """Reads mutmut's figures; exit code 1 where fewer than `least` per cent were noticed."""
    counts: dict[str, int] = json.loads(Path(stats).read_text(encoding="utf-8"))
    noticed = counts["killed"] + counts["timeout"] + counts.get("segfault", 0)
    share = 100 * noticed / counts["total"]
    print(f"{noticed} of {counts['total']} changes were noticed: {share:.1f} %, at least {least:.0f} % are wanted")
    print("the others: .venv/bin/python -m mutmut results; one of them: .venv/bin/python -m mutmut show <name>")
    return int(share < least)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
