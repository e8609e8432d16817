"""Each line of the table in ``bot/gateway/sequencer.py``, through capture and on a real lake.

The last test goes further: discord.py's own websocket replays after a RESUME.
"""

import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord.gateway import DiscordWebSocket
from prometheus_client import REGISTRY

from bot.gateway.capture import Capture
from events.engine.catalogue import StoredEvent
from events.engine.snowflake import to_ms
from sql import lake
from sql.pool import Database
from sql.writer import LakeWriter
from tests.unit.gateway import payloads as p

ADD, REMOVE = "MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"
VOICE = "VOICE_STATE_UPDATE"


@dataclass
class Process:
    """One running process: a wire into its capture, and what the lake holds after it."""

    wire: p.Wire
    capture: Capture
    database: Database

    async def see(self, *dispatches: tuple[str, Any], sequence: int | None = None) -> None:
        for number, (name, data) in enumerate(dispatches):
            self.wire.send(name, data, None if sequence is None else sequence + number)
        await self.capture.drain()

    @property
    def rows(self) -> list[StoredEvent]:
        with self.database.transaction(p.GUILD) as conn:
            return lake.read(conn, p.GUILD, 0, 1000)

    @property
    def keys(self) -> list[str]:
        return [row.source_id for row in self.rows]

    @property
    def kinds(self) -> list[str]:
        return [row.event_type for row in self.rows]


@asynccontextmanager
async def running(database: Database, clock: Callable[[], datetime]) -> AsyncIterator[Process]:
    writer = LakeWriter(database)
    capture = Capture(database, writer, clock=clock)
    wire: Any = p.Wire()
    capture.install(wire)
    await capture.start()
    try:
        yield Process(wire, capture, database)
    finally:
        await capture.stop()
        writer.close()


@pytest.fixture
async def process(database: Database) -> AsyncIterator[Process]:
    async with running(database, lambda: p.START) as one:
        yield one


async def test_a_message_delivered_twice_is_one_fact(process: Process) -> None:
    await process.see(("MESSAGE_CREATE", p.message()))
    await process.see(("MESSAGE_CREATE", p.message()), ("MESSAGE_CREATE", p.message(p.MESSAGE + 1)))
    assert process.keys == [f"{p.MESSAGE}:message_create", f"{p.MESSAGE + 1}:message_create"]


async def test_each_edit_is_a_fact_and_a_refresh_is_none(process: Process) -> None:
    first, second = (p.message(edited_timestamp=p.at(s).isoformat()) for s in (1, 2))
    refreshed = first | {"embeds": [{"type": "link"}]}
    for data in (p.message(), first, refreshed, second):
        await process.see(("MESSAGE_UPDATE", data))
    assert process.keys == [f"{p.MESSAGE}:message_edit:{to_ms(p.at(s))}" for s in (1, 2)]


async def test_a_message_deleted_alone_and_in_bulk_is_one_fact(process: Process) -> None:
    bulk = p.deletion() | {"ids": [str(p.MESSAGE), "5"]}
    await process.see(("MESSAGE_DELETE", p.deletion()), ("MESSAGE_DELETE_BULK", bulk))
    assert process.keys == [f"{p.MESSAGE}:message_delete", "5:message_delete"]


async def test_a_deletion_names_whom_the_message_may_have_brought_something(
    process: Process,
) -> None:
    answered = p.message(98, author=p.user(p.BOB))
    data = p.message(type=19, referenced_message=answered)
    await process.see(("MESSAGE_CREATE", data), ("MESSAGE_DELETE", p.deletion()))
    await process.see(("MESSAGE_CREATE", data | {"id": str(p.MESSAGE + 1)}))
    await process.see(("MESSAGE_DELETE", p.deletion(p.MESSAGE + 1)))
    await process.see(("MESSAGE_DELETE", p.deletion(p.MESSAGE + 2)))
    deletions = [row for row in process.rows if row.event_type == "message_delete"]
    assert [row.target_id for row in deletions] == [p.ALICE, p.ALICE, None]
    assert [json.loads(row.payload)["answered_id"] for row in deletions] == [p.BOB, p.BOB, None]


async def test_a_thread_from_a_message_shares_its_snowflake(process: Process) -> None:
    await process.see(
        ("MESSAGE_CREATE", p.message()),
        ("THREAD_CREATE", p.thread(p.MESSAGE)),
        ("THREAD_CREATE", p.thread(p.MESSAGE)),
    )
    assert process.keys == [f"{p.MESSAGE}:message_create", f"{p.MESSAGE}:thread_create"]


async def test_a_reaction_removed_and_added_again_is_a_new_fact(process: Process) -> None:
    for name in (ADD, ADD, REMOVE, REMOVE, ADD):
        await process.see((name, p.reaction()))
    assert process.keys == [f"{p.MESSAGE}:reaction:{p.EMOJI}:{p.ALICE}:{n}" for n in (1, 2, 3)]
    assert process.kinds == ["reaction_add", "reaction_remove", "reaction_add"]


async def test_a_removal_seen_first_has_the_ordinal_two(process: Process) -> None:
    await process.see((REMOVE, p.reaction()), (ADD, p.reaction()))
    assert [key[-2:] for key in process.keys] == [":2", ":3"]


async def test_a_clear_counts_again_only_when_something_was_switched_on(process: Process) -> None:
    clear = ("MESSAGE_REACTION_REMOVE_ALL", p.reaction())
    one = ("MESSAGE_REACTION_REMOVE_EMOJI", p.reaction())
    await process.see((ADD, p.reaction()), clear, clear, one, (ADD, p.reaction()), one, clear)
    assert [key.partition(":")[2] for key in process.keys] == [
        f"reaction:{p.EMOJI}:{p.ALICE}:1",
        "reaction_clear:1",
        f"reaction:{p.EMOJI}:{p.ALICE}:3",
        f"reaction_clear:{p.EMOJI}:1",
    ]


async def test_everything_that_a_member_does_in_a_poll_is_numbered(process: Process) -> None:
    on, off = "MESSAGE_POLL_VOTE_ADD", "MESSAGE_POLL_VOTE_REMOVE"
    await process.see((on, p.vote(1)), (on, p.vote(1)), (on, p.vote(2)), (off, p.vote(1)))
    await process.see((off, p.vote(1)), (on, p.vote(1)), (off, p.vote(3)))
    await process.see((off, p.vote(1, user_id=p.BOB)), (on, p.vote(1, user_id=p.BOB)))
    assert process.keys == [
        *(f"{p.MESSAGE}:poll_vote:{p.ALICE}:{n}" for n in (1, 2, 3, 4)),
        *(f"{p.MESSAGE}:poll_vote:{p.BOB}:{n}" for n in (1, 2)),
    ]
    assert process.kinds == [
        *("poll_vote", "poll_vote", "poll_vote_withdrawn", "poll_vote"),
        *("poll_vote_withdrawn", "poll_vote"),
    ]


async def test_a_scheduled_event_begins_and_ends_once_each_time(process: Process) -> None:
    update = "GUILD_SCHEDULED_EVENT_UPDATE"
    await process.see(("GUILD_SCHEDULED_EVENT_CREATE", p.scheduled(1)))
    await process.see((update, p.scheduled(2)), (update, p.scheduled(2)), (update, p.scheduled(3)))
    await process.see((update, p.scheduled(1)), (update, p.scheduled(2)))  # it recurs
    await process.see(("GUILD_SCHEDULED_EVENT_DELETE", p.scheduled(2)))
    await process.see((update, p.scheduled(2, channel_id=None)))  # held elsewhere
    assert process.keys == [f"91:scheduled_event:{n:010}" for n in (1, 2, 3, 4)]
    assert process.kinds == ["scheduled_event_start", "scheduled_event_end"] * 2
    assert {row.channel_id for row in process.rows} == {61}


async def test_a_rejoin_in_the_same_voice_session_is_a_new_fact(process: Process) -> None:
    for state in (p.voice(61), p.voice(61), p.voice(None), p.voice(None), p.voice(61)):
        await process.see((VOICE, state))
    assert process.kinds == ["voice_join", "voice_leave", "voice_join"]
    assert process.keys == [f"{p.ALICE}:voice:{n:010}" for n in (1, 2, 3)]


async def test_two_moves_within_a_second_are_two_facts(process: Process) -> None:
    await process.see(*((VOICE, p.voice(channel)) for channel in (61, 62, 61)))
    assert process.kinds == ["voice_join", "voice_move", "voice_move"]
    assert len({row.occurred_at for row in process.rows}) == 1


async def test_a_member_who_comes_back_and_leaves_again_makes_four_facts(process: Process) -> None:
    leave = ("GUILD_MEMBER_REMOVE", p.left())
    for seconds in (1, 2):
        join = ("GUILD_MEMBER_ADD", p.joined(seconds=seconds))
        await process.see(join, join, leave, leave)
    assert process.keys == [
        f"{p.ALICE}:member_{what}:{to_ms(p.at(seconds))}"
        for seconds in (1, 2)
        for what in ("join", "leave")
    ]


async def test_a_member_update_is_a_fact_when_something_differs(process: Process) -> None:
    for data in (p.updated(), p.updated(deaf=True), p.updated(roles=["52"]), p.updated(nick="Al")):
        await process.see(("GUILD_MEMBER_UPDATE", data))
    assert process.keys == [f"{p.ALICE}:member_update:{n:010}" for n in (1, 2, 3)]


async def test_a_guild_left_and_joined_again_makes_three_facts(process: Process) -> None:
    gone, outage = {"id": str(p.GUILD)}, {"id": str(p.GUILD), "unavailable": True}
    await process.see(("GUILD_CREATE", p.guild(1)), ("GUILD_DELETE", outage))
    await process.see(("GUILD_CREATE", p.guild(1)), ("GUILD_DELETE", gone), ("GUILD_DELETE", gone))
    await process.see(("GUILD_CREATE", p.guild(2)))
    assert process.keys == [
        "rule:version:1",
        f"{p.GUILD}:guild_join:{to_ms(p.at(1))}",
        f"{p.GUILD}:guild_leave:{to_ms(p.at(1))}",
        f"{p.GUILD}:guild_join:{to_ms(p.at(2))}",
    ]


EVERYTHING: list[tuple[str, Any]] = [
    ("GUILD_CREATE", p.guild()),
    ("GUILD_MEMBER_ADD", p.joined()),
    ("GUILD_MEMBER_UPDATE", p.updated(nick="Al")),
    ("MESSAGE_CREATE", p.message()),
    ("MESSAGE_UPDATE", p.message(edited_timestamp=p.at(9).isoformat())),
    ("THREAD_CREATE", p.thread()),
    (ADD, p.reaction()),
    (REMOVE, p.reaction()),
    (ADD, p.reaction(p.BOB)),
    ("MESSAGE_REACTION_REMOVE_EMOJI", p.reaction()),
    (ADD, p.reaction()),
    ("MESSAGE_REACTION_REMOVE_ALL", p.reaction()),
    (VOICE, p.voice(61)),
    (VOICE, p.voice(61, self_deaf=True)),
    (VOICE, p.voice(62)),
    (VOICE, p.voice(None)),
    ("MESSAGE_DELETE", p.deletion()),
    ("MESSAGE_DELETE_BULK", p.deletion() | {"ids": ["5"]}),
    ("GUILD_MEMBER_REMOVE", p.left()),
    ("GUILD_DELETE", {"id": str(p.GUILD)}),
]
FACTS = len(EVERYTHING) + 1
"""A guild that is new brings two: that we joined, and the rules that it begins with."""


async def test_everything_delivered_twice_is_recorded_once(process: Process) -> None:
    for dispatch in EVERYTHING:
        await process.see(dispatch, dispatch)
    assert len(process.keys) == FACTS


@pytest.mark.parametrize(("connects", "ends"), [(0, 20), (7, 15), (10, 10), (13, 20)])
async def test_two_overlapping_processes_record_each_fact_once(
    database: Database, connects: int, ends: int
) -> None:
    """The new one connects in the midst of it and goes on alone where the old one ends."""
    ticks = itertools.count()
    ahead = connects + 3
    async with running(database, lambda: p.at(next(ticks) / 1000)) as old:
        await old.see(*EVERYTHING[:connects])
        async with running(database, lambda: p.at(next(ticks) / 1000)) as new:
            await new.see(*EVERYTHING[connects:ahead])
            await old.see(*EVERYTHING[connects:ends])
            await new.see(*EVERYTHING[ahead:])
            assert len(new.keys) == FACTS


async def test_what_another_process_has_numbered_otherwise_is_numbered_once_more(
    database: Database,
) -> None:
    """The other one calls the roll, and is gone: what we see next has numbers that are taken."""
    muted = (VOICE, p.voice(61, self_mute=True))
    deaf = (VOICE, p.voice(61, self_mute=True, self_deaf=True))
    async with running(database, lambda: p.START) as old:
        await old.see((VOICE, p.voice(61)))
        async with running(database, lambda: p.START) as new:
            there = {key: value for key, value in p.voice(61).items() if key != "guild_id"}
            await new.see(("GUILD_CREATE", p.guild(voice_states=[there])))
        await old.see(muted, deaf)
        await old.see(deaf)
        voice = [row for row in old.rows if row.event_type.startswith("voice")]
    kinds = ["voice_join", "voice_leave", "voice_join", "voice_state"]
    assert [row.event_type for row in voice] == kinds
    assert json.loads(voice[-1].payload)["self_deaf"]


async def test_what_is_replayed_after_resume_is_dropped(database: Database) -> None:
    """Told in order: add, remove. Told again after the RESUME, both would be new changes."""
    client = discord.AutoShardedClient(intents=discord.Intents.none(), shard_count=1)
    writer = LakeWriter(database)
    capture = Capture(database, writer, clock=lambda: p.START)
    capture.install(client)
    await capture.start()
    socket = _websocket(client)
    before = _replayed()
    told = [_dispatch(2, ADD, p.reaction()), _dispatch(3, REMOVE, p.reaction())]
    for text in [*told, *told, _dispatch(4, ADD, p.reaction())]:
        await socket.received_message(text)
    socket.session_id = "another session, which counts from the beginning"
    await socket.received_message(_dispatch(1, REMOVE, p.reaction()))
    await capture.stop()
    writer.close()
    with database.transaction(p.GUILD) as conn:
        rows = lake.read(conn, p.GUILD, 0, 100)
    assert [row.source_id[-1] for row in rows] == ["1", "2", "3", "4"]
    assert _replayed() == before + 2


def _replayed() -> float:
    return (
        REGISTRY.get_sample_value("tallystick_payloads_ignored_total", {"reason": "replayed"}) or 0
    )


def _dispatch(sequence: int, name: str, data: Any) -> str:
    return json.dumps({"op": 0, "s": sequence, "t": name, "d": data})


def _websocket(client: discord.AutoShardedClient) -> DiscordWebSocket:
    """discord.py's own, without a network, as the client's only shard."""
    nowhere: Any = SimpleNamespace()
    ws = DiscordWebSocket(nowhere, loop=nowhere)
    ws._discord_parsers = client._connection.parsers
    ws._dispatch = lambda *_: None
    ws.shard_id = 0
    ws.session_id = "one session"
    client.__dict__["_AutoShardedClient__shards"][0] = SimpleNamespace(ws=ws)
    return ws
