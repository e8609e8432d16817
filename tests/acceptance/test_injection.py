"""What is typed into any option or form is text: it changes no statement, pings nobody, breaks no
reply, and is seen neither in a log nor in the record of an interaction."""

import io
import logging
from collections.abc import Iterator
from random import Random
from typing import Any, Final

import pytest
import structlog

from bot import logs
from bot.settings import Settings
from events.engine.catalogue import decode
from events.interactions import InteractionUsed
from projections.engine import worker
from projections.engine.read_model import read_models
from projections.engine.rebuild import verify
from sql import checkpoints, fingerprint, lake
from sql.migrate import connect
from sql.pool import ALL_GUILDS, Database
from tests.simulation import fuzz
from tests.support.intruding import walk
from tests.support.simulator import World, text, world

MARK: Final = "zzqzz"
TYPED: Final = (
    "'; drop table event_lake; --",
    '" or 1=1; delete from streams where "1"="1',
    "%s %(guild)s %% {0} {guild} $1",
    "{0.__class__.__mro__} ${jndi:ldap://x} `rm -rf`",
    "@everyone @here <@&1> <#1> </pay:1>",
    "[here](javascript:alert(1)) ||x|| ```py",
    "\x00\u202e\u2066 \U0001f469\u200d\U0001f4bb \u0663",
    "\n\n# big\n> quote\r\n\t",
    "../../etc/passwd",
    "0x10 1e9 -0 \u221e",
)
NUMBERS: Final = {"asks": 0}


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """All that is logged, libraries included, at the most talkative level."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    logs.configure(Settings(log_format="json", log_level="DEBUG"))
    stream = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in logs.NOISY:
        logging.getLogger(name).setLevel(logging.NOTSET)


def typed(options: dict[str, Any], command: Any, what: str) -> dict[str, Any]:
    """``options`` with every free text replaced; as long as Discord lets it be."""
    found = dict(options)
    for parameter in command.parameters:
        if parameter.type.name == "string" and not parameter.choices:
            most = int(parameter.max_value or 6000)
            least = int(parameter.min_value or 0)
            found[parameter.display_name] = (f"{MARK}{what}"[:most]).ljust(least, "x")
    return found


def has_text(command: Any) -> bool:
    return any(p.type.name == "string" and not p.choices for p in command.parameters)


def check_requests(w: World) -> None:
    """Nothing that the bot sent pings anybody whom a member named in a text."""
    for entry in w.env.http_requests:
        body = entry.json if isinstance(entry.json, dict) else {}
        data = body.get("data", body)
        if isinstance(data, dict) and (data.get("content") or data.get("embeds")):
            allowed = data.get("allowed_mentions")
            assert allowed is not None and not allowed.get("parse"), entry.path
            assert not allowed.get("roles"), entry.path


@pytest.mark.parametrize("part", range(4))
async def test_what_is_typed_into_a_command_is_text(
    database: Database, written: io.StringIO, part: int
) -> None:
    async with world(database) as w:
        dice = Random(part)
        commands = [command for command in walk(w.bot) if has_text(command)]
        assert len(commands) > 30
        for number, command in enumerate(commands[part::4]):
            for what in (TYPED[number % len(TYPED)], dice.choice(TYPED)):
                options = await fuzz.options(w, w.admin, command, dice)
                options = typed(options, command, what)
                told = await w.admin.slash(w.channel, command.qualified_name, **options)
                await check_answer(w, told, what)
        await check_world(w, written)


async def check_answer(w: World, told: Any, what: str) -> None:
    """It was answered with a sentence, or a form that is handed in full of the same."""
    if told.modal is not None:
        fields = {name: f"{MARK}{what}"[:most] for name, most in inputs(told.modal)}
        told = await w.admin.submit_modal(told, fields)
    assert told.response is not None or told.autocomplete_choices is not None
    assert "our mistake" not in text(told), (what, text(told))


def inputs(modal: Any) -> Iterator[tuple[str, int]]:
    """The text fields of a form and how long each may be."""
    spec = modal if isinstance(modal, dict) else modal.to_dict()
    waiting = list(spec.get("components", []))
    while waiting:
        one = waiting.pop()
        if "max_length" in one or one.get("type") == 4:
            yield one["custom_id"], int(one.get("max_length") or 4000)
        waiting += one.get("components", [])
        if "component" in one:
            waiting.append(one["component"])


async def check_world(w: World, written: io.StringIO) -> None:
    """Tables, events, logs and read models are as if the texts had been harmless."""
    await w.capture.drain()
    check_requests(w)
    with connect(w.database.dsn) as conn:
        assert list(fingerprint.drift(fingerprint.take(conn), fingerprint.expected())) == []
    with w.database.transaction(w.guild.id) as conn:
        events = [decode(row) for row in lake.read(conn, w.guild.id, 0, 10_000)]
    used = [event for event in events if isinstance(event, InteractionUsed)]
    assert used and not any(MARK in repr(event.model_dump()) for event in used)
    assert "interaction" in written.getvalue()
    assert MARK not in written.getvalue()
    worker.drain(w.database)
    with w.database.transaction(ALL_GUILDS) as conn:
        assert checkpoints.dead_letters(conn) == []
    assert verify(w.database.dsn, list(read_models().values()), processes=1).differences == []


async def test_no_secret_is_logged_whatever_goes_wrong(
    database: Database, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours, replies that Discord refuses, a message with text: nothing of them."""
    from bot.commands import balance

    def mistake(*_: Any, **__: Any) -> None:
        raise RuntimeError("a bug")

    async with world(database) as w:
        await w.alice.send(w.channel, f"{MARK} my password is hunter2")
        monkeypatch.setattr(balance, "look_up", mistake)
        first = await w.alice.slash(w.channel, "balance")
        assert "our mistake" in text(first)
        w.env.inject_error("POST", "/interactions/*/*/callback", status=400, code=50035, message="")
        second = await w.alice.slash(w.channel, "profile")
        await w.capture.drain()
        told = written.getvalue()
    assert "a bug" in told and "reply_failed" in told
    for secret in (MARK, "hunter2", first._interaction.token, second._interaction.token):
        assert secret not in told
