"""The loopback Discord as it is used by hand, with the program as an operator runs it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import tests.support.discord as loopback
from events.engine.catalogue import decode
from events.messages import MessageCreated
from events.voice import VoiceLeft
from sql import lake
from sql.pool import ALL_GUILDS, Database
from tests.support.discord.script import BadScript, read

EXAMPLE = Path(loopback.__file__).with_name("example.toml")


@contextmanager
def started(*command: str, **environment: str) -> "Iterator[subprocess.Popen[str]]":
    """A process of its own, with a standard output that can be read; gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        finally:
            process.kill()
            process.communicate()


def test_the_example_is_played_to_the_program(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    with started("tests.support.discord", "--script", str(EXAMPLE), "--once") as discord:
        assert discord.stdout is not None
        url = discord.stdout.readline().split()[1]
        environment = {
            "DISCORD_TOKEN": "loopback",
            "DATABASE_URL": database_url,
            "TALLYSTICK_DATA_DIR": str(tmp_path),
        }
        with started("tests.support.discord.bot", url, "run", **environment) as program:
            said, _ = discord.communicate(timeout=60)
        assert (discord.returncode, program.returncode) == (0, 0), said
    assert "#general alice: Good morning, everybody\n" in said
    assert "#general Tallystick: " in said
    with database.transaction(ALL_GUILDS) as conn:
        (guild_id,) = lake.heads(conn)
    with database.transaction(guild_id) as conn:
        facts = [decode(row) for row in lake.read(conn, guild_id, 0, 100)]
    people = [fact for fact in facts if isinstance(fact, MessageCreated) and not fact.is_bot]
    assert len(people) == 2
    assert sum(isinstance(fact, VoiceLeft) for fact in facts) == 1


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ('[[step]]\nwho = "alice"\n', "one thing"),
        ('[[step]]\nsays = "x"\nenters = true\n', "one thing"),
        ('[[step]]\nfault = "flood"\n', "no fault flood"),
        ('[[step]]\nfault = "cut"\nby = 1\n', "cut: .*by"),
        ('[[step]]\nwho = "eve"\nsays = "x"\n', "only alice, .*: eve"),
        ("[[step]\n", "no TOML"),
    ],
)
def test_a_script_that_says_nothing_is_refused(tmp_path: Path, script: str, why: str) -> None:
    path = tmp_path / "script.toml"
    path.write_text(script)
    with pytest.raises(BadScript, match=why):
        read(path)
