"""Logging: one shape for our lines and the libraries', in UTC, without secrets."""

import ast
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot import logs, look
from bot.answer import Reply, Services
from bot.handle import Call
from bot.settings import Settings
from bot.tracing import trace_of
from tests.unit.test_answer import FakeInteraction, run

ROOT = Path(__file__).parents[3]

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4OQ" + ".GabcDE." + "x" * 38
URL = "postgresql://somebody:hunter2@db:5432/tallystick"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in logs.NOISY:
        logging.getLogger(name).setLevel(logging.NOTSET)


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    out, err = capsys.readouterr()
    assert out == ""
    return err.splitlines()


def test_json_lines_of_ours_and_of_libraries(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="json"))
    structlog.get_logger("tallystick.test").info("interaction", position=7, parts=("bot",))
    logging.getLogger("discord.gateway").warning("shard %s is late", 3)
    logging.getLogger("discord.gateway").info("not for us")
    structlog.get_logger("tallystick.test").debug("not asked for")
    ours, theirs = map(json.loads, lines(capsys))
    assert (ours["event"], ours["position"], ours["level"]) == ("interaction", 7, "info")
    assert ours["logger"] == "tallystick.test" and ours["timestamp"].endswith("Z")
    assert (theirs["event"], theirs["logger"]) == ("shard 3 is late", "discord.gateway")


@pytest.mark.parametrize("style", ["json", "console"])
def test_no_secret_gets_through(capsys: pytest.CaptureFixture[str], style: str) -> None:
    logs.configure(Settings.model_validate({"log_format": style}))
    log = structlog.get_logger("tallystick.test")
    log.info("nested", where={"url": URL}, token=TOKEN)
    try:
        raise ValueError(f"cannot reach {URL} password=hunter2 with {TOKEN}")
    except ValueError:
        log.exception("failed")
    text = "\n".join(lines(capsys))
    assert "hunter2" not in text and TOKEN not in text
    assert "somebody" in text and logs.HIDDEN in text and "ValueError" in text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"Bot {TOKEN}", "Bot ***"),
        (URL, "postgresql://somebody:***@db:5432/tallystick"),
        ("host=db password=hunter2 user=a", "host=db password=*** user=a"),
        (
            "POST https://x.y/api/v10/webhooks/17/aW50ZXJhY3Rpb24_-x/messages/1 gave 429",
            "POST https://x.y/api/v10/webhooks/17/***/messages/1 gave 429",
        ),
        ("/interactions/17/aW50/callback", "/interactions/17/***/callback"),
        ("nothing to hide at 12:30 in a.b.c", "nothing to hide at 12:30 in a.b.c"),
    ],
)
def test_what_is_hidden(text: str, hidden: str) -> None:
    assert logs.hide(text) == hidden


async def test_what_is_logged_during_an_interaction_says_of_which_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure(Settings(log_format="json"))

    async def work(services: Services, call: Call) -> Reply:
        structlog.get_logger("tallystick.test").warning("inside")
        await services.work(structlog.get_logger("tallystick.test").warning, "in a thread")
        return Reply(look.note("here"), position=7)

    await run(FakeInteraction(), work)
    told = [json.loads(line) for line in lines(capsys)]
    assert [line["event"] for line in told] == ["inside", "in a thread", "interaction"]
    for line in told:
        assert (line["guild"], line["member"], line["interaction"]) == (7, 8, 2**40)
    assert told[-1]["position"] == 7
    assert {line["trace"] for line in told} == {trace_of(7, f"{2**40}:interaction")}
    structlog.get_logger("tallystick.test").warning("outside")
    assert "guild" not in json.loads(lines(capsys)[0])


LEVELS = {"debug", "info", "warning", "error", "exception"}
SYNONYMS = {
    **{"guild_id": "guild", "user_id": "member", "user": "member", "channel_id": "channel"},
    **{"event_type": "type", "interaction_id": "interaction", "pos": "position"},
    **dict.fromkeys(("content", "text", "message", "url", "dsn", "token"), "nothing: it may tell"),
}


def log_calls() -> Iterator[tuple[str, ast.Call]]:
    """Every line that the program can log, and where."""
    for path in sorted((ROOT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                of = node.func.value
                if isinstance(of, ast.Name) and of.id == "log" and node.func.attr in LEVELS:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_every_line_calls_things_alike_and_has_a_fixed_word() -> None:
    found = list(log_calls())
    assert len(found) > 30
    for where, call in found:
        (first, *others) = call.args
        assert isinstance(first, ast.Constant | ast.Name) and not others, where
        if isinstance(first, ast.Constant):  # or a word that was handed in
            assert re.fullmatch(r"[a-z_]+", str(first.value)), where
        for keyword in call.keywords:
            assert keyword.arg not in SYNONYMS, f"{where}: say {SYNONYMS[str(keyword.arg)]}"


def test_a_line_about_an_event_says_in_which_guild_it_is() -> None:
    about = [
        (where, names)
        for where, call in log_calls()
        if {"position", "source_id", "type"} & (names := {one.arg for one in call.keywords})
    ]
    assert len(about) >= 3
    for where, names in about:
        assert names & {"guild", None}, where  # None: the names come from a function
