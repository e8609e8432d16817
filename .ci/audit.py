"""Asks the advisory databases whether anything that we depend on is known to be vulnerable.

Used by ``make lint``. It fails when something is, and with ``TALLYSTICK_AUDIT=required`` also when
nobody could be asked. Without that, a machine without a network can still run the checks, and is
told what was left out.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LOCKS = ("requirements.lock", "requirements-dev.lock")


def ask() -> list[dict[str, Any]]:
    """What pip-audit says of each dependency of both lock files; nothing when it has no answer."""
    program = [str(Path(sys.executable).with_name("pip-audit")), "--format", "json"]
    program += ["--progress-spinner", "off", "--require-hashes", "--disable-pip"]
    for lock in LOCKS:
        program += ["--requirement", lock]
    said = subprocess.run(program, capture_output=True, text=True, check=False).stdout
    try:
        found: list[dict[str, Any]] = json.loads(said)["dependencies"]
    except (ValueError, KeyError):
        return []
    return found


def judge(dependencies: Sequence[dict[str, Any]], *, required: bool) -> tuple[int, list[str]]:
    """The exit code and what to say."""
    said: list[str] = []
    for one in dependencies:
        for flaw in one.get("vulns", []):
            fixed = ", ".join(flaw["fix_versions"]) or "no release yet"
            said.append(f"{one['name']} {one['version']}: {flaw['id']}, mended in {fixed}")
    if said:
        return 1, [*said, "Renew the lock files: make lock"]
    asked = [one for one in dependencies if "vulns" in one]
    if not asked:
        return int(required), ["Dependencies NOT audited: no advisory database could be reached."]
    left = len(dependencies) - len(asked)
    rest = f"; {left} are not known to it" if left else ""
    return 0, [f"No advisory is known for {len(asked)} dependencies{rest}."]


if __name__ == "__main__":
    code, lines = judge(ask(), required=os.environ.get("TALLYSTICK_AUDIT") == "required")
    print(*lines, sep="\n")
    sys.exit(code)
