"""The audit of dependencies: what it says and when it fails."""

import runpy
from pathlib import Path
from typing import Any

import pytest

AUDIT: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[2] / ".ci" / "audit.py"))
FINE = {"name": "fine", "version": "1.0", "vulns": []}
UNKNOWN = {"name": "unknown", "skip_reason": "not found"}
BAD = {
    "name": "bad",
    "version": "2.0",
    "vulns": [{"id": "A-1", "fix_versions": ["2.1"]}, {"id": "X-2", "fix_versions": []}],
}


@pytest.mark.parametrize("required", [False, True])
@pytest.mark.parametrize(
    ("dependencies", "code", "said"),
    [
        ([FINE, UNKNOWN], 0, "for 1 dependencies; 1 are not known"),
        ([FINE], 0, "for 1 dependencies."),
        (
            [FINE, BAD],
            1,
            "bad 2.0: A-1, mended in 2.1\nbad 2.0: X-2, mended in no release",
        ),
    ],
)
def test_what_is_known_decides(dependencies: Any, code: int, said: str, required: bool) -> None:
    found, lines = AUDIT["judge"](dependencies, required=required)
    assert found == code and said in "\n".join(lines)


@pytest.mark.parametrize("dependencies", [[], [UNKNOWN]])
def test_when_nobody_can_be_asked_it_says_so_and_fails_where_it_must(dependencies: Any) -> None:
    for required in (False, True):
        code, lines = AUDIT["judge"](dependencies, required=required)
        assert code == int(required) and "NOT audited" in lines[0]
