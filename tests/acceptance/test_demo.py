"""``make demo``: what a stranger sees first."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_demo_shows_the_whole_way(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "demo"],
        cwd=ROOT,
        env=os.environ | {"TALLYSTICK_DATA_DIR": str(tmp_path / "data"), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for words in (
        "Imported once more: 0 new events",
        "XP leaderboard",
        "coins left",
        "are missing",
        "Award: please confirm",
        "from @admin",
        "Newest first",
        "Live and rebuilt tables are identical, row for row.",
        "make run",
    ):
        assert words in done.stdout, words
