"""Capture with the real client in a simulated Discord, and when something goes wrong."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import simcord
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from bot import importer
from bot.answer import Services
from bot.client import Tallystick
from bot.gateway.capture import Capture
from bot.gateway.recorder import MOST_QUARANTINED
from events.engine.catalogue import StoredEvent, decode
from events.engine.event import Event
from sql import lake, quarantine
from sql.errors import DatabaseUnreachable, RowTooLarge
from sql.lake import Result
from sql.pool import ALL_GUILDS, Database
from sql.writer import LakeWriter, QueueFull
from tests.unit.gateway import payloads as p
from tests.unit.importer import exports as x

ADD = "MESSAGE_REACTION_ADD"


def clock() -> datetime:
    return p.START


@pytest.fixture
def writer(database: Database) -> Iterator[LakeWriter]:
    opened = LakeWriter(database)
    yield opened
    opened.close()


@asynccontextmanager
async def capturing(
    database: Database, writer: Any, **options: Any
) -> AsyncIterator[tuple[Capture, Any]]:
    """A capture that runs, and a wire into it."""
    capture = Capture(database, writer, clock=clock, retry=0.01, **options)
    wire: Any = p.Wire()
    capture.install(wire)
    await capture.start()
    try:
        yield capture, wire
    finally:
        await capture.stop()


def rows(database: Database, guild_id: int = p.GUILD) -> list[StoredEvent]:
    with database.transaction(guild_id) as conn:
        return lake.read(conn, guild_id, 0, 1000)


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"tallystick_{name}_total", labels) or 0


# The real client in a simulated Discord.


@asynccontextmanager
async def simulated(database: Database, writer: LakeWriter) -> AsyncIterator[tuple[Any, Capture]]:
    bot = Tallystick(Services(database, writer), shard_count=1)
    capture = Capture(database, writer, clock=clock)
    capture.install(bot)
    await capture.start()
    async with simcord.run(bot) as env:
        yield env, capture
    await capture.stop()


async def test_a_day_in_a_guild(database: Database, writer: LakeWriter) -> None:
    """The lake holds exactly what happened, in order, with its category."""
    async with simulated(database, writer) as (env, capture):
        guild = env.create_guild("Guild A")
        category = guild.create_category("Talk")
        channel = guild.create_text_channel("general", category=category)
        lounge, stage = (guild.create_voice_channel(name) for name in ("lounge", "stage"))
        alice = guild.add_member(env.create_user("alice"))
        bob = guild.add_member(env.create_user("bob"))
        await env.settle()
        first = await alice.send(channel, "hello")
        second = await bob.send(channel, "hi", reply_to=first)
        await bob.react(first, p.EMOJI)
        await bob.unreact(first, p.EMOJI)
        await bob.react(first, p.EMOJI)
        env.backend.clear_reactions(channel.id, first.id)
        await alice.edit(first, "hello there")
        await alice.join_voice(lounge)
        await alice.set_voice(self_mute=True)
        await alice.join_voice(stage, self_mute=True)
        await alice.leave_voice()
        env.backend.edit_member(guild.id, bob.id, {"nick": "Bobby"})
        thread = env.backend.create_thread(channel.id, "plans", alice.id, type=11)
        await alice.delete(first)
        env.backend.bulk_delete_messages(channel.id, [second.id])
        guild.remove_member(bob)
        await env.settle()
        env.backend.remove_guild(guild.id)
        await env.settle()
        await capture.drain()

    found = rows(database, guild.id)
    kinds = [row.event_type for row in found]
    assert kinds == [
        "rule_version",
        "guild_join",
        "member_join",
        "member_join",
        "message_create",
        "message_create",
        "reaction_add",
        "reaction_remove",
        "reaction_add",
        "reaction_clear",
        "message_edit",
        "voice_join",
        "voice_state",
        "voice_move",
        "voice_leave",
        "member_update",
        "thread_create",
        "message_create",  # Discord's own: a thread was started
        "message_delete",
        "message_delete",
        "member_leave",
        "guild_leave",
    ]
    events: list[Any] = [decode(row) for row in found]
    assert events[5].reply_to == first.id
    assert events[16].thread_id == thread.id
    assert events[17].message_type == 18
    spoken = [e for e in events if "message" in e.event_type or "reaction" in e.event_type]
    assert {e.category_id for e in spoken} == {category.id}
    assert {e.user_id for e in events if e.event_type == "voice_move"} == {alice.id}


async def test_a_message_that_no_cache_holds_and_a_message_in_a_thread(
    database: Database, writer: LakeWriter
) -> None:
    async with simulated(database, writer) as (env, capture):
        guild = env.create_guild("Guild A")
        category = guild.create_category("Talk")
        channel = guild.create_text_channel("general", category=category)
        alice = guild.add_member(env.create_user("alice"))
        await env.settle()
        thread = env.backend.create_thread(channel.id, "plans", alice.id, type=11)
        await env.settle()
        inside = env.backend.create_message(thread.id, alice.id, "in here")
        env.backend.emit("MESSAGE_DELETE", p.deletion(5) | {"guild_id": str(guild.id)})
        await env.settle()
        await capture.drain()
    by_key: dict[str, Any] = {row.source_id: decode(row) for row in rows(database, guild.id)}
    assert by_key[f"{inside.id}:message_create"].category_id == category.id
    assert "5:message_delete" in by_key


async def test_bots_are_known_by_the_client_where_the_payload_does_not_tell(
    database: Database, writer: LakeWriter
) -> None:
    async with simulated(database, writer) as (env, capture):
        guild = env.create_guild("Guild A")
        channel = guild.create_text_channel("general")
        robot = guild.add_member(env.create_user("robot", bot=True))
        await env.settle()
        thread = env.backend.create_thread(channel.id, "plans", robot.id, type=11)
        await env.settle()
        await capture.drain()
    by_key: dict[str, Any] = {row.source_id: decode(row) for row in rows(database, guild.id)}
    assert by_key[f"{thread.id}:thread_create"].is_bot


async def test_a_direct_message_goes_to_stream_zero(database: Database, writer: LakeWriter) -> None:
    async with simulated(database, writer) as (env, capture):
        guild = env.create_guild("Guild A")
        alice = guild.add_member(env.create_user("alice"))
        await env.settle()
        await alice.send_dm("psst")
        await capture.drain()
    assert [row.event_type for row in rows(database, 0)] == ["message_create"]


async def test_an_import_of_what_was_captured_live_adds_nothing(
    database: Database, writer: LakeWriter, tmp_path: Path
) -> None:
    async with simulated(database, writer) as (env, capture):
        guild = env.create_guild("Guild A")
        channel = guild.create_text_channel("general")
        alice, bob = (guild.add_member(env.create_user(name)) for name in ("alice", "bob"))
        await env.settle()
        first = await alice.send(channel, "hello")
        second = await bob.send(channel, "hi", reply_to=first)
        await bob.react(first, p.EMOJI)
        await alice.edit(first, "hello there")
        await env.settle()
        await capture.drain()
    live = rows(database, guild.id)
    (edited_at,) = [decode(r).occurred_at for r in live if r.event_type == "message_edit"]
    told = x.message(
        id=str(first.id),
        author=x.user(alice.id),
        timestampEdited=edited_at.isoformat(),
        reactions=[x.reaction(p.EMOJI, users=(bob.id,))],
    )
    answer = x.message(
        id=str(second.id),
        author=x.user(bob.id),
        type="Reply",
        reference={"messageId": str(first.id), "channelId": str(channel.id)},
    )
    path = x.write(
        tmp_path, "again.json", x.export(told, answer, guild=guild.id, id=str(channel.id))
    )
    summary = importer.run(database, [path])
    assert not summary.new and not summary.conflict and not summary.skipped
    assert sum(summary.duplicate.values()) == 4
    assert rows(database, guild.id) == live


async def test_the_real_client_goes_on_after_a_payload_that_cannot_be_read(
    database: Database, writer: LakeWriter
) -> None:
    """discord.py takes an id of any size; the lake does not."""
    async with simulated(database, writer) as (env, capture):
        guild = env.create_guild("Guild A")
        channel = guild.create_text_channel("general")
        alice = guild.add_member(env.create_user("alice"))
        await env.settle()
        env.backend.emit("MESSAGE_DELETE", p.deletion(2**64) | {"guild_id": str(guild.id)})
        await alice.send(channel, "hello")
        await capture.drain()
    assert rows(database, guild.id)[-1].event_type == "message_create"
    with database.transaction(ALL_GUILDS) as conn:
        ((guild_id, name, problems, _),) = quarantine.recent(conn, 10)
    assert (guild_id, name) == (guild.id, "MESSAGE_DELETE")
    assert problems == [{"loc": ["id"], "type": "less_than"}]


# When something goes wrong.


async def test_a_payload_that_cannot_be_read_is_kept_by_its_shape_and_still_parsed(
    database: Database, writer: LakeWriter
) -> None:
    before = counted("payloads_quarantined", event_name="MESSAGE_CREATE")
    async with capturing(database, writer) as (capture, wire):
        with capture_logs() as logs:
            wire.send("MESSAGE_CREATE", p.message(content="secret", type="secret"))
            wire.send("MESSAGE_CREATE", p.message())
            await capture.drain()
    assert wire.parsed == ["MESSAGE_CREATE", "MESSAGE_CREATE"]
    assert len(rows(database)) == 1
    assert counted("payloads_quarantined", event_name="MESSAGE_CREATE") == before + 1
    with database.transaction(ALL_GUILDS) as conn:
        ((guild_id, name, problems, received_at),) = quarantine.recent(conn, 10)
    assert (guild_id, name, received_at) == (p.GUILD, "MESSAGE_CREATE", p.START)
    assert problems == [{"loc": ["type"], "type": "int_parsing"}]
    assert [line["event"] for line in logs] == ["payload_quarantined"]
    assert "secret" not in str(logs)


async def test_the_quarantine_does_not_grow_without_end(
    database: Database, writer: LakeWriter
) -> None:
    async with capturing(database, writer) as (capture, wire):
        for _ in range(MOST_QUARANTINED + 20):
            wire.send("THREAD_CREATE", {})
        await capture.drain()
    with database.transaction(ALL_GUILDS) as conn:
        assert len(quarantine.recent(conn, 1000)) == MOST_QUARANTINED


async def test_what_tells_nothing_is_counted(database: Database, writer: LakeWriter) -> None:
    reasons = ["not_an_edit", "thread_not_new", "redelivered"]
    before = {reason: counted("payloads_ignored", reason=reason) for reason in reasons}
    async with capturing(database, writer) as (capture, wire):
        wire.send("MESSAGE_UPDATE", p.message())
        wire.send("THREAD_CREATE", p.thread(newly_created=False))
        wire.send("VOICE_STATE_UPDATE", p.voice(None))
        await capture.drain()
    assert {r: counted("payloads_ignored", reason=r) - before[r] for r in reasons} == dict.fromkeys(
        reasons, 1
    )
    assert rows(database) == []


async def test_when_the_queue_is_full_payloads_are_lost_loudly_and_still_parsed(
    database: Database, writer: LakeWriter
) -> None:
    before = counted("lost", reason="queue_full")
    async with capturing(database, writer, capacity=2) as (capture, wire):
        wire.guilds = [SimpleNamespace(id=p.GUILD)]
        with capture_logs() as logs:
            for number in range(5):  # the consumer does not come to its turn in between
                wire.send("MESSAGE_CREATE", p.message(p.MESSAGE + number))
        await capture.drain()
    assert len(wire.parsed) == 5
    kinds = [row.event_type for row in rows(database)]
    assert kinds == ["message_create", "message_create", "gap_recorded"]
    assert counted("lost", reason="queue_full") == before + 3
    assert logs == [{"event": "queue_full", "log_level": "error", "payloads": 2}]


async def test_a_conflict_is_logged_and_what_was_seen_is_numbered_anew(
    database: Database, writer: LakeWriter
) -> None:
    """Another process has told voice change 1, without our knowing, differently."""
    before = counted("events_conflicting", event_type="voice_join")
    async with capturing(database, writer) as (capture, wire):
        async with capturing(database, writer) as (other, hidden):
            hidden.send("VOICE_STATE_UPDATE", p.voice(61))
            await other.drain()
        with capture_logs() as logs:
            wire.send("VOICE_STATE_UPDATE", p.voice(62))
            await capture.drain()
        wire.send("VOICE_STATE_UPDATE", p.voice(63))
        await capture.drain()
    kinds = [row.event_type for row in rows(database)]
    assert kinds == ["voice_join", "voice_move", "voice_move"]
    assert counted("events_conflicting", event_type="voice_join") == before + 1
    source_id = f"{p.ALICE}:voice:0000000001"
    assert [(line["guild"], line["source_id"]) for line in logs] == [(p.GUILD, source_id)]


class Unsteady:
    """A writer in front of the real one that does as told, once for each thing told."""

    def __init__(self, writer: LakeWriter, *told: Exception) -> None:
        self.writer = writer
        self.told = list(told)

    def offer_all(self, events: Sequence[Event]) -> "list[Future[Result]]":
        if not self.told:
            return self.writer.offer_all(events)
        error = self.told.pop(0)
        if isinstance(error, QueueFull):
            raise error
        alone = 1 if isinstance(error, RowTooLarge) else len(events)
        failed = [Future[Result]() for _ in events[:alone]]
        for future in failed:
            future.set_exception(error)
        return [*failed, *(self.writer.offer_all(events[alone:]) if events[alone:] else [])]


async def test_while_the_database_is_away_nothing_is_lost(
    database: Database, writer: LakeWriter
) -> None:
    away = [DatabaseUnreachable("away")] * 6
    async with capturing(database, Unsteady(writer, *away)) as (capture, wire):
        wire.send(ADD, p.reaction())
        wire.send("MESSAGE_REACTION_REMOVE", p.reaction())
        wire.send(ADD, p.reaction())
        await capture.drain()
    assert [row.source_id[-1] for row in rows(database)] == ["1", "2", "3"]


async def test_while_a_sequence_cannot_be_read_it_waits(
    database: Database, writer: LakeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = [True, True]

    def transaction(*guilds: int | str, small: bool = False) -> Any:
        if p.GUILD in guilds and away:
            away.pop()
            raise DatabaseUnreachable("away")
        return Database.transaction(database, *guilds, small=small)

    async with capturing(database, writer) as (capture, wire):
        wire.send("MESSAGE_CREATE", p.message())
        await capture.drain()
    async with capturing(database, writer) as (capture, wire):
        monkeypatch.setattr(database, "transaction", transaction)
        wire.send(ADD, p.reaction())
        wire.send(ADD, p.reaction())
        wire.send("MESSAGE_DELETE", p.deletion())
        await capture.drain()
    assert not away
    kinds = [row.event_type for row in rows(database)]
    assert kinds == ["message_create", "reaction_add", "message_delete"]


async def test_an_event_that_the_lake_refuses_is_lost_loudly_and_alone(
    database: Database, writer: LakeWriter
) -> None:
    before = counted("lost", reason="not_written")
    refusing = Unsteady(writer, RowTooLarge("too large"), QueueFull("full"))
    async with capturing(database, refusing) as (capture, wire):
        wire.send(ADD, p.reaction())
        wire.send(ADD, p.reaction(p.BOB))
        await capture.drain()
        wire.send(ADD, p.reaction())
        await capture.drain()
    assert [row.user_id for row in rows(database)] == [p.BOB, p.ALICE]
    assert counted("lost", reason="not_written") == before + 1


async def test_our_own_mistake_does_not_keep_discord_py_from_its_work(
    database: Database, writer: LakeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistake(*_: Any) -> None:
        raise RuntimeError("secret")

    async with capturing(database, writer) as (capture, wire):
        with capture_logs() as logs, monkeypatch.context() as patch:
            patch.setattr("bot.gateway.capture.arrival", mistake)
            wire.send("MESSAGE_CREATE", p.message())
        with capture_logs() as more, monkeypatch.context() as patch:
            patch.setattr("bot.gateway.sequencer.Sequencer.number", mistake)
            wire.send(ADD, p.reaction())
            await capture.drain()
        wire.send("MESSAGE_CREATE", p.message())
        await capture.drain()
    assert wire.parsed == ["MESSAGE_CREATE", ADD, "MESSAGE_CREATE"]
    assert [row.event_type for row in rows(database)] == ["message_create"]
    assert [line["error"] for line in logs + more] == ["RuntimeError", "RuntimeError"]
    assert "secret" not in str(logs + more)


async def test_stopping_waits_for_what_came_in_but_not_for_ever(
    database: Database, writer: LakeWriter
) -> None:
    async with capturing(database, writer) as (capture, wire):
        for number in range(2000):
            wire.send("MESSAGE_CREATE", p.message(p.MESSAGE + number))
        await capture.stop()
        with database.transaction(p.GUILD) as conn:
            assert lake.heads(conn) == {p.GUILD: 2000}
    dead = Unsteady(writer, *[DatabaseUnreachable("away")] * 1000)
    async with capturing(database, dead) as (capture, wire):
        wire.send("MESSAGE_DELETE", p.deletion())
        with capture_logs() as logs:
            await capture.stop()
    lost = [line["payloads"] for line in logs if line["event"] == "stopped_early"]
    assert lost == [1]  # its spool was in memory only


async def test_ready_moves_the_beginning_of_the_hand_over(
    database: Database, writer: LakeWriter
) -> None:
    """What the other process wrote between our start and our connecting is not told again."""
    async with capturing(database, writer) as (capture, wire):
        async with capturing(database, writer) as (other, hidden):
            hidden.send("VOICE_STATE_UPDATE", p.voice(61))
            await other.drain()
        wire.send("READY", {"guilds": [{"id": str(p.GUILD), "unavailable": True}], "shard": [0, 1]})
        wire.send("VOICE_STATE_UPDATE", p.voice(62))
        await capture.drain()
    kinds = Counter(row.event_type for row in rows(database))
    assert kinds == {"voice_join": 1, "voice_move": 1}
