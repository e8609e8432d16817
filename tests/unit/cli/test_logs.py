"""Logging: one shape for our lines and the libraries', in UTC, without secrets."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs
from bot.settings import Settings

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
