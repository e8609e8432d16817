"""The command line: what an operator types, sees, and gets back as an exit code."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from bot.cli import app, main
from bot.settings import Settings
from projections.engine import worker
from projections.engine.read_model import read_models
from sql import checkpoints, lake
from sql.migrate import connect
from sql.pool import Database
from tests.support.facts import GUILD, message

ROOT = Path(__file__).parents[2]
HISTORY = ROOT / "tests" / "data" / "history"
SAMPLE = HISTORY / "real_history_wafer_sample.json"


@pytest.fixture
def call(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on a fresh database."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    return run


def fill(database_url: str) -> None:
    with Database(database_url) as database:
        with database.transaction(GUILD) as conn:
            lake.append(conn, [message(n, user=2000 + n % 2, seconds=n * 60) for n in range(8)])
        worker.drain(database)


def data(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_history_comes_in_and_can_be_looked_at(call: Any) -> None:
    trial = data(call("import", "discord-export", str(SAMPLE), "--dry-run", "--json"))
    assert trial["dry_run"] and trial["messages"] == 12
    assert "12 messages" in call("import", "discord-export", str(SAMPLE)).output
    again = data(call("import", "discord-export", str(SAMPLE), "--json"))
    assert again["new"] == {} and again["duplicate"]["message_create"] == 12
    newest = data(call("log", "tail", "-n", "1", "--json"))[0]
    (guild,) = again["guilds"]
    shown = data(call("log", "show", guild, str(newest["position"]), "--json"))
    assert shown["source_id"] == newest["source_id"]
    assert sum(row["events"] for row in data(call("log", "stats", "--json"))) == newest["position"]
    board = data(call("board", guild, "messages", "--json"))
    why = data(call("why", guild, board[0]["name"], "xp", "--json"))
    assert why["sum"] == why["number"] > 0 and why["member"] == board[0]["user_id"]
    assert "the number shown" in call("why", guild, str(board[0]["user_id"]), "stars").output


def test_live_tables_are_verified_and_rebuilt(call: Any, database_url: str) -> None:
    fill(database_url)
    assert "Identical" in call("verify", "--all", "--processes", "1").output
    with connect(database_url) as conn:
        conn.execute(b"update profiles set xp = xp + 1 where user_id = 2001")
    differs = call("verify", "profiles", "--processes", "1", "--json")
    assert differs.exit_code == 1
    assert {row["only_in"] for row in json.loads(differs.stdout)} == {"live", "rebuilt"}
    unequal = call("why", str(GUILD), "2001")
    assert unequal.exit_code == 1 and "is not" in unequal.output
    assert call("rebuild", "user_stats", "--processes", "1").exit_code == 0
    assert call("verify", "profiles", "--processes", "1").exit_code == 0


def test_the_log_is_verified(call: Any, database_url: str) -> None:
    fill(database_url)
    assert "Untouched: 8 events in 1 guilds" in call("log", "verify", "--all").output
    with connect(database_url) as conn:
        conn.execute(b"set session_replication_role = replica")
        conn.execute(b"update event_lake set user_id = 7 where position = 3")
    broken = call("log", "verify", str(GUILD), "--json")
    assert broken.exit_code == 1
    assert json.loads(broken.stdout) == [
        {
            "guild": GUILD,
            "position": 3,
            "problem": "content was changed after it was recorded",
        }
    ]


def test_lag_is_shown(call: Any, database_url: str) -> None:
    with Database(database_url) as database, database.transaction(GUILD) as conn:
        lake.append(conn, [message(1)])
    rows = data(call("lag", "--json"))
    assert {row["lag"] for row in rows} == {1}
    assert "profiles" in call("lag").output


def test_the_schema_is_checked_object_by_object(call: Any, database_url: str) -> None:
    assert call("db", "check").exit_code == 0
    assert call("doctor", "--quick").exit_code == 0
    with connect(database_url) as conn:
        conn.execute(b"drop index activity_log_by_member")
        conn.execute(b"alter table streams add column extra text")
    found = call("db", "check", "--json")
    assert found.exit_code == 1
    problems = " ".join(row["problem"] for row in json.loads(found.stdout))
    assert "index activity_log.activity_log_by_member is missing" in problems
    assert "column streams.extra is not known" in problems
    assert call("doctor", "--quick").exit_code == 1


def test_the_expected_fingerprint_is_in_step(call: Any) -> None:
    printed = json.loads(call("db", "fingerprint").stdout)
    expected = json.loads((ROOT / "sql" / "fingerprint.json").read_text())
    assert printed == expected, "renew it: python -m bot db fingerprint > sql/fingerprint.json"


def test_migrating_twice_is_safe(call: Any) -> None:
    rows = data(call("migrate", "--json"))
    assert [row["version"] for row in rows] == list(range(1, len(rows) + 1))
    assert not any(row["new"] for row in rows)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["board", "99"], "There is no guild 99. There are: 1001"),
        (["board", "1001", "starz"], "'starz' is not understood here. Give: [GUILD] [xp|"),
        (["board", "xp", "stars"], "'xp' is not understood here"),
        (["board", "coins", "--season", "1"], "There is no season 1"),
        (["board", "--season", "7"], "There is no season 7. /season list shows those there are."),
        (["board", "--period", "decade"], "There is no such time. Ask for one of: all time"),
        (["board", "--since", "2026-13-01"], "`2026-13-01` is no date"),
        (["board", "--until", "2026-01-01"], "Say from which day on"),
        (["board", "--since", "2026-02-01", "--until", "2026-01-01"], "lies before the first"),
        (["board", "--season", "1", "--period", "week"], "Give one of --season, --period"),
        (["board", "coins", "--period", "week"], "no days"),
        (["season", "preview", "--at", "tomorrow"], "'tomorrow' is no time with a zone"),
        (["why", "1001", "4"], "Nobody in guild 1001 is called '4' or has that id"),
        (["why", "1001", "9" * 40], "or has that id"),
        (["why", "1001", "2001", "messages"], "'2001' is not understood here"),
        (["log", "tail", "99"], "There is no guild 99"),
        (["log", "verify", "99"], "There is no guild 99"),
        (["log", "verify", "1001", "--all"], "not both"),
        (["log", "show", "1001", "1001", "3"], "'1001' is not understood here"),
        (["projections", "retry", "nonsense"], "There is no read model 'nonsense'"),
        (["import", "discord-export", "README.md"], "is not a JSON file"),
        (["why", "1001", "nobody"], "Nobody in guild 1001 is called 'nobody'"),
        (["rebuild"], "Which read model? There are: accounts"),
        (["rebuild", "nonsense"], "There is no read model 'nonsense'"),
        (["verify", "badges", "--all"], "not both"),
        (["log", "show", "1001", "999"], "its log ends at 8"),
        (["import", "discord-export", "nowhere.json"], "nowhere.json"),
    ],
)
def test_wrong_input_gets_a_sentence(
    call: Any, database_url: str, words: list[str], sentence: str
) -> None:
    fill(database_url)
    result = call(*words)
    assert result.exit_code == 2
    assert sentence in result.stderr


@pytest.mark.parametrize(
    "words",
    [["nonsense"], ["log", "nonsense"], ["log", "show", "x"], ["board", "-n", "0"], ["why"]],
)
def test_wrong_words_are_a_usage_error(call: Any, words: list[str]) -> None:
    assert call(*words).exit_code == 2


def test_the_only_guild_need_not_be_named(call: Any, database_url: str) -> None:
    fill(database_url)
    with Database(database_url) as database, database.transaction(0) as conn:
        lake.append(conn, [message(99, guild=0)])  # direct messages are no guild
    assert data(call("board", "messages", "--json")) == data(
        call("board", str(GUILD), "messages", "--json")
    )
    assert data(call("why", "user2001", "stars", "--json"))["what"] == "stars"
    assert data(call("why", "2001", "--json"))["guild"] == GUILD
    assert data(call("log", "show", "3", "--json"))["guild_id"] == GUILD
    assert "Which guild?" not in call("log", "tail").output
    assert "3:message_create" in call("log", "show", "4").output
    with Database(database_url) as database, database.transaction(7) as conn:
        lake.append(conn, [message(98, guild=7)])
    unclear = call("board")
    assert unclear.exit_code == 2 and "Which guild? There are: 0, 7, 1001" in unclear.stderr


def test_what_members_wrote_is_shown_as_it_is(call: Any, database_url: str) -> None:
    names = {3: "[/red] [bold]", 4: "twin", 5: "twin", 6: "\N{ESCAPE}[31mred :star:"}
    with Database(database_url) as database, database.transaction(GUILD) as conn:
        lake.append(conn, [message(n, user=n, name=name) for n, name in names.items()])
    shown = call("board")
    assert "[/red] [bold]" in shown.output and ":star:" in shown.output
    assert "\N{ESCAPE}" not in shown.output
    twins = call("why", "twin")
    assert twins.exit_code == 2 and "give the id: 4, 5" in twins.stderr


def test_numbers_that_are_not_complete_say_so(
    call: Any, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.engine.advance.PAGE", 2)
    with Database(database_url) as database, database.transaction(GUILD) as conn:
        lake.append(conn, [message(n) for n in range(5)])
    assert "3 events are not counted yet" in call("board").stderr


def test_ctrl_c_leaves_the_tables(
    call: Any, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database_url)
    before = data(call("board", "--json"))

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("projections.engine.rebuild._swap", interrupted)
    ended = call("rebuild", "--all", "--processes", "1")
    assert ended.exit_code == 130 and "as they were before" in ended.stderr
    assert data(call("board", "--json")) == before
    assert data(call("projections", "list", "--json"))


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (b"update schema_migrations set checksum = 'x' where version = 2", "was edited after"),
        (b"update schema_migrations set version = 99 where version = 1", "newer than this code"),
        (b"delete from schema_migrations where version > 2", "Run: python -m bot migrate"),
    ],
)
def test_a_history_that_does_not_fit_is_refused(
    call: Any, database_url: str, statement: bytes, sentence: str
) -> None:
    with connect(database_url) as conn:
        conn.execute(statement)
    refused = call("lag")
    assert refused.exit_code == 2 and sentence in refused.stderr
    checked = call("db", "check")
    assert checked.exit_code == 1 and sentence in " ".join(checked.output.split())
    assert call("doctor", "--quick").exit_code == 1


def test_an_empty_database_is_refused_then_migrated(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    refused = CliRunner().invoke(app, ["lag"])
    assert refused.exit_code == 2 and "Run: python -m bot migrate" in refused.stderr
    migrated = CliRunner().invoke(app, ["migrate"])
    assert migrated.exit_code == 0 and "Made the tables of: accounts" in migrated.output
    assert CliRunner().invoke(app, ["db", "check"]).exit_code == 0
    assert data(CliRunner().invoke(app, ["lag", "--json"])) == []


def states(result: Result) -> dict[str, str]:
    return {row["what"]: row["state"] for row in json.loads(result.stdout)}


def test_the_doctor_looks_at_everything(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    without = call("doctor", "--json")
    assert without.exit_code == 1
    assert states(without) == dict.fromkeys(("database", "schema", "writes", "lag"), "fine") | {
        "token": "wrong"
    }

    async def diagnose(token: str) -> list[tuple[str, str, str]]:
        return [("token", "skipped", f"asked with {len(token)} letters")]

    monkeypatch.setenv("DISCORD_TOKEN", "tok")
    monkeypatch.setattr("bot.diagnosis.diagnose", diagnose)
    healthy = call("doctor")
    assert healthy.exit_code == 0 and "Nothing is wrong" in healthy.output
    assert "asked with 3 letters" in healthy.output
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:hunter2@127.0.0.1:1/none")
    down = call("doctor", "--quick", "--json")
    assert down.exit_code == 1 and states(down) == {"database": "wrong"}
    assert "hunter2" not in down.output


def test_the_doctor_finds_what_waits(call: Any, database_url: str) -> None:
    fill(database_url)
    with connect(database_url) as conn:
        conn.execute(b"update checkpoints set position = 2 where name = 'badges'")
        conn.execute(b"set session_replication_role = replica")
        conn.execute(b"update event_lake set recorded_at = recorded_at - interval '1 hour'")
        conn.execute(b"update read_models set version = 0 where name = 'settings'")
    result = call("doctor", "--quick")
    text = " ".join(result.output.split())
    assert result.exit_code == 1
    assert "badges is 6 events behind, in guild 1001" in text
    assert "settings was built by another release" in text


def test_the_demo_is_given_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[Settings] = []
    monkeypatch.setenv("TALLYSTICK_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("bot.demo.run", seen.append)
    assert CliRunner().invoke(app, ["demo"]).exit_code == 0
    assert [settings.data_dir for settings in seen] == [tmp_path]


def python(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {k: v for k, v in os.environ.items() if k not in {"DISCORD_TOKEN", "DATABASE_URL"}}
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_worker_alone_folds_until_it_is_told_to_stop(database_url: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run", "--only", "worker"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url, "LOG_FORMAT": "json"},
        stderr=subprocess.PIPE,
        text=True,
    )
    with Database(database_url) as database:
        with database.transaction(GUILD) as conn:
            lake.append(conn, [message(n) for n in range(5)])
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            with database.transaction(GUILD) as conn:
                if not any(place.lag for place in checkpoints.lag(conn, list(read_models()))):
                    break
            time.sleep(0.1)
    time.sleep(0.5)  # it folds a moment before it listens to signals
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    lines = [json.loads(line) for line in err.splitlines()]
    assert (lines[0]["event"], lines[-1]["event"]) == ("started", "stopped")
    assert time.monotonic() < deadline


def test_without_a_token_three_lines_say_what_to_do() -> None:
    done = python("run")
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 3
    assert "Reset Token" in lines[0] and "Server Members Intent" in lines[1]


def test_a_database_that_is_down_is_a_sentence_without_the_password() -> None:
    address = "postgresql://somebody:hunter2@127.0.0.1:1/none"
    done = python("lag", DATABASE_URL=address)
    assert done.returncode == 2
    assert "Is PostgreSQL running" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_a_secret_comes_from_a_file_or_the_environment_but_not_both(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("abc")
    done = python("run", DISCORD_TOKEN="abc", DISCORD_TOKEN_FILE=str(token))
    assert done.returncode == 2 and "are both set" in done.stderr
    done = python("run", DISCORD_TOKEN_FILE=str(tmp_path / "none"))
    assert done.returncode == 2 and "cannot read" in done.stderr
    done = python("lag", LOG_LEVEL="LOUD")
    assert done.returncode == 2 and "LOG_LEVEL" in done.stderr


def test_main_turns_an_expected_error_into_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database_url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setattr(sys, "argv", ["bot", "board", "5"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "There are no events yet" in capsys.readouterr().err


def commands(group: Any, prefix: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    found: dict[tuple[str, ...], Any] = {}
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found |= commands(command, (*prefix, name))
        else:
            found[(*prefix, name)] = command
    return found


def test_every_command_can_be_learned_from_its_help() -> None:
    for words, command in commands(get_command(app)).items():
        text = command.help or ""
        assert "Example: " in text and " ".join(words) in text.split("Example:")[1], words
        assert "Exit codes: 0" in text, words


def test_the_readme_lists_every_command() -> None:
    section = (ROOT / "README.md").read_text().split("<!-- commands -->")[1]
    section = section.split("<!-- /commands -->")[0]
    listed = [line.split("`")[1].split() for line in section.splitlines() if "`" in line]
    known = commands(get_command(app))
    assert sorted(words for words in known) == sorted(tuple(words) for words in listed)


def test_a_gap_is_recorded_once_in_every_guild_and_listed(call: Any, database_url: str) -> None:
    fill(database_url)
    with Database(database_url) as database, database.transaction(GUILD + 1) as conn:
        lake.append(conn, [message(1, guild=GUILD + 1)])
    span = ("--from", "2026-01-05T10:00+02:00", "--to", "2026-01-05T09:30Z")
    assert "in 2 guilds" in call("gap", "record", *span).output
    assert "in 0 guilds" in call("gap", "record", *span, "--guild", str(GUILD)).output
    times = {"began": "2026-01-05T08:00:00+00:00", "ended": "2026-01-05T09:30:00+00:00"}
    listed = data(call("gap", "list", "--json"))
    assert [row["guild"] for row in listed] == [GUILD, GUILD + 1]
    for row in listed:
        assert row.items() >= (times | {"cause": "operator", "filled": False}).items()
    for wrong, sentence in (
        (("--from", "yesterday", "--to", "2026-01-05T09:30Z"), "is no time with a zone"),
        (("--from", "2026-01-05T09:30", "--to", "2026-01-05T09:31Z"), "is no time with a zone"),
        (("--from", "2026-01-05T09:30Z", "--to", "2026-01-05T09:00Z"), "ends after it began"),
        ((*span, "--guild", "77"), "There is no guild 77"),
    ):
        refused = call("gap", "record", *wrong)
        assert refused.exit_code == 2 and sentence in " ".join(refused.output.split()), wrong


def test_rules_are_shown_changed_and_taken_over(call: Any, database_url: str) -> None:
    fill(database_url)
    rows = {row["key"]: row for row in data(call("settings", "show", "--json"))}
    assert rows["message_cooldown"]["value"] == rows["message_cooldown"]["default"] == "30 s"
    assert (
        "message_cooldown: default -> 60 s"
        in call("settings", "set", "message_cooldown", "60").output
    )
    assert "level_curve: default -> MEE6" in call("settings", "preset", "mee6").output
    again = call("settings", "preset", "mee6")
    assert again.exit_code == 2 and "already" in again.stderr
    assert "60 s -> default" in call("settings", "set", "message_cooldown").output
    refused = call("settings", "set", "level_curve", "5 0")
    assert refused.exit_code == 2 and "level 2 would need 5 XP" in refused.stderr
    rows = {row["key"]: row for row in data(call("settings", "show", "--json"))}
    assert (rows["message_cooldown"]["value"], rows["message_xp_high"]["value"]) == (
        "30 s",
        "25 XP",
    )
    with Database(database_url) as database, database.transaction(GUILD) as conn:
        changed = lake.with_prefix(conn, GUILD, "rule:setting:")
    assert {row.user_id for row in changed} == {None}
