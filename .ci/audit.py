"""Known vulnerabilities of the locked packages: `make audit`.

pip-audit says «no known vulnerabilities» and exits 0 also when it could ask about none of the packages, so what it was
able to ask is looked at here. Exit code: 0 nothing known, 1 a package has a fixed version to go to, 3 nobody knows,
because the data could not be reached; in CI (the variable CI) that is said too, but stops nothing.
"""

import json
import os
import subprocess
import sys

WITHIN = 90


def main(program: str, lock: str, within: float = WITHIN) -> int:
    """Runs pip-audit over a lock, for so many seconds at most."""
    arguments = ["-r", lock, "--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run(  # noqa: S603  our own arguments
            [program, *arguments, "--timeout", "10"], capture_output=True, text=True, timeout=within, check=False
        )
        packages = json.loads(done.stdout)["dependencies"]
    except FileNotFoundError:
        return unknown("pip-audit is not installed: is the package index reachable?")
    except subprocess.TimeoutExpired:
        return unknown(f"no answer within {within:.0f} seconds")
    except (ValueError, KeyError):
        return unknown((done.stderr.strip().splitlines() or ["no reason given"])[-1])
    asked = [package for package in packages if "vulns" in package]
    if not asked or len(asked) < len(packages) * 0.9:
        return unknown(f"the data know {len(asked)} of {len(packages)} packages")
    fixable = 0
    for package in asked:
        for fault in package["vulns"]:
            fixed = ", ".join(fault["fix_versions"])
            fixable += bool(fixed)
            remedy = f"mended in {fixed}" if fixed else "no mended version yet"
            print(f"audit: {package['name']} {package['version']}: {fault['id']}, {remedy}")
    if fixable:
        print("audit: raise the bounds in pyproject.toml where needed, then make lock UPGRADE='--upgrade-package NAME'")
        return 1
    print(f"audit: nothing to mend in {len(asked)} packages")
    return 0


def unknown(reason: str) -> int:
    """Says that nothing is known, which is not the same as that nothing is wrong."""
    print(f"audit: NOT DONE: the data on vulnerabilities could not be reached ({reason[:200]})", file=sys.stderr)
    return 0 if os.environ.get("CI") else 3


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
