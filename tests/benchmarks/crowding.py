"""A bot in ten thousand servers: what they cost in memory, and how soon an event is on disk then.

In a process of its own, since memory cannot be told apart otherwise. The servers come from payloads
like Discord's through the real client; so do the events, through capture to the lake.
"""

import asyncio
import gc
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, cast

import discord

from bot.answer import Services
from bot.client import Tallystick
from bot.gateway.capture import Capture
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.messages import MessageCreated
from sql.lake import Result
from sql.pool import Database
from sql.writer import LakeWriter
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.history import START, Draft
from tests.benchmarks.stage import Stage, append

GUILDS: Final = 10_000
PEOPLED: Final = 1_000
"""Of them so many are given members, to see what one costs."""
MEMBERS: Final = 200
CHANNELS: Final = 25
ROLES: Final = 15
A_SECOND: Final = 1_000
SECONDS: Final = 20
TICK: Final = 0.01
PAGE: Final = 4096
FIRST: Final = 1_000_000_000_000_000_000
"""The first server's id."""
SHARDS: Final = 10

Payload = dict[str, Any]


@dataclass(slots=True)
class Found:
    """What was measured: bytes of a server and of a member, bytes in all, seconds until each
    message was on disk."""

    guild: float = 0
    member: float = 0
    all: float = 0
    waits: list[float] = field(default_factory=list)


def crowd(stage: Stage) -> Iterator[Figure]:
    """Ten thousand servers in the client's cache and a thousand events a second."""
    guild = Figure("a server in the cache", "KiB", 60, at_most=True)
    member = Figure("a member in the cache", "bytes")
    memory = Figure("10,000 servers, no members", "MiB", 800, at_most=True)
    half = Figure("1,000 events/s, on disk p50", "ms", 50, at_most=True)
    slowest = Figure("1,000 events/s, on disk p99", "ms", 250, at_most=True)
    for _ in range(stage.rounds):
        with stage.database() as database, ProcessPoolExecutor(1, get_context("spawn")) as other:
            work = other.submit(_measure, database.dsn, stage.shorter)
            found = work.result()
        guild.add(found.guild / 1024)
        member.add(found.member)
        memory.add(found.all / 1024**2)
        half.add(1000 * percentile(found.waits, 50))
        slowest.add(1000 * percentile(found.waits, 99))
    yield from (guild, member, memory, half, slowest)


def _measure(dsn: str, shorter: int) -> Found:
    return asyncio.run(_crowd(dsn, shorter))


async def _crowd(dsn: str, shorter: int) -> Found:
    found, guilds = Found(), GUILDS // shorter
    with Database(dsn) as database:
        writer = Watched(database)
        client = Tallystick(
            Services(database, writer), shard_count=SHARDS, chunk_guilds_at_startup=False
        )
        await client._async_setup_hook()
        client._connection.user = discord.ClientUser(
            state=client._connection, data=cast(Any, _user(1))
        )
        empty = _memory()
        await _let_in(client, (_guild(FIRST + n) for n in range(guilds)))
        found.guild = (_memory() - empty) / guilds
        found.all = _memory()
        peopled, before = PEOPLED // shorter, _memory()
        people = (_guild(FIRST + guilds + n, MEMBERS) for n in range(peopled))
        await _let_in(client, people)
        cost = _memory() - before - peopled * found.guild
        found.member = cost / (peopled * MEMBERS)
        await _capture(client, database, writer, guilds, SECONDS // min(shorter, 4))
        found.waits = writer.waits()
        await client.close()
        await asyncio.to_thread(writer.close)
    return found


async def _let_in(client: Tallystick, guilds: Iterable[Payload]) -> None:
    """Tell the client of servers, as Discord does when it connects."""
    for number, guild in enumerate(guilds):
        client._connection.parsers["GUILD_CREATE"](guild)
        if number % 100 == 0:
            await asyncio.sleep(0)


async def _capture(
    client: Tallystick, database: Database, writer: "Watched", guilds: int, seconds: int
) -> None:
    """Let things happen at a steady rate, and wait until all of them are on disk."""
    append(database, (_beginning(FIRST + n) for n in range(guilds)))
    capture = Capture(database, writer)
    capture.install(client)
    await capture.start()
    gc.collect()
    gc.freeze()
    doings = _doings(random.Random(1), guilds)
    started, told = time.perf_counter(), 0
    while told < A_SECOND * seconds:
        due = int((time.perf_counter() - started) * A_SECOND)
        for name, payload in (next(doings) for _ in range(due - told)):
            if name == "MESSAGE_CREATE":
                writer.sent[f"{payload['id']}:message_create"] = time.perf_counter()
            client._connection.parsers[name](payload)
        told = max(told, due)
        await asyncio.sleep(TICK)
    await capture.stop()


def _beginning(guild_id: int) -> Draft:
    """One event, so that there is a past in which to look for what may have been before."""
    return MessageCreated, {
        "guild_id": guild_id,
        "source_id": "1:message_create",
        "user_id": 1,
        "channel_id": 1,
        "occurred_at": START,
        "message_id": 1,
        "name": "Somebody",
    }


class Watched(LakeWriter):
    """The writer, with a look at when each message is on disk."""

    def __init__(self, database: Database) -> None:
        """Nothing was sent yet."""
        super().__init__(database)
        self.sent: dict[str, float] = {}
        self._written: dict[str, float] = {}

    def offer_all(self, events: Sequence[Event]) -> "list[Future[Result]]":
        """As the writer does, and note when each is done."""
        offered = super().offer_all(events)
        for event, future in zip(events, offered, strict=True):
            if event.source_id in self.sent:
                future.add_done_callback(partial(self._note, event.source_id))
        return offered

    def waits(self) -> list[float]:
        """The seconds of each message; fails when one is not on disk."""
        assert self.sent.keys() == self._written.keys()
        return [self._written[key] - sent for key, sent in self.sent.items()]

    def _note(self, key: str, _: object) -> None:
        self._written[key] = time.perf_counter()


def _memory() -> int:
    """Bytes of this process that are in memory."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def _guild(guild_id: int, members: int = 0) -> Payload:
    """A server as Discord tells of it."""
    return {
        "id": str(guild_id),
        "name": f"A community called {guild_id}",
        "icon": f"{guild_id:032x}",
        "owner_id": str(guild_id + 1),
        "afk_timeout": 300,
        "verification_level": 1,
        "default_message_notifications": 1,
        "explicit_content_filter": 2,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "features": ["COMMUNITY", "NEWS"],
        "unavailable": False,
        "large": False,
        "joined_at": "2026-01-01T00:00:00.000000+00:00",
        "member_count": max(100, members),
        "roles": [_role(guild_id, n) for n in range(ROLES)],
        "channels": [_channel(guild_id, n) for n in range(CHANNELS)],
        "members": [_member(guild_id, n) for n in range(members)],
        "emojis": [],
        "stickers": [],
        "threads": [],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def _role(guild_id: int, number: int) -> Payload:
    return {
        "id": str(guild_id + number * 10),  # the first is @everyone, whose id is the server's
        "name": f"Role {number}",
        "color": 0x3498DB,
        "hoist": False,
        "position": number,
        "permissions": "1071698660929",
        "managed": False,
        "mentionable": True,
        "flags": 0,
    }


def _channel(guild_id: int, number: int) -> Payload:
    parent = None if number < 5 else str(_place(guild_id, number % 5))
    return {
        "id": str(_place(guild_id, number)),
        "type": 4 if number < 5 else 2 if number % 5 == 0 else 0,
        "name": f"channel-{number}",
        "position": number,
        "parent_id": parent,
        "topic": "What this is about",
        "nsfw": False,
        "rate_limit_per_user": 0,
        "bitrate": 64000,
        "user_limit": 0,
        "last_message_id": str(guild_id + number),
        "permission_overwrites": [
            {"id": str(guild_id), "type": 0, "allow": "1024", "deny": "2048"},
        ],
    }


def _place(guild_id: int, number: int) -> int:
    return guild_id * 2 + number


def _user(user_id: int) -> Payload:
    return {
        "id": str(user_id),
        "username": f"somebody{user_id}",
        "discriminator": "0",
        "global_name": f"Somebody {user_id}",
        "avatar": f"{user_id:032x}",
        "public_flags": 64,
    }


def _member(guild_id: int, number: int) -> Payload:
    return {
        "user": _user(guild_id * 3 + number),
        "nick": None,
        "avatar": None,
        "roles": [str(guild_id + n * 10) for n in range(1, 4)],
        "joined_at": "2026-01-01T00:00:00.000000+00:00",
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
    }


def _doings(dice: random.Random, guilds: int) -> Iterator[tuple[str, Payload]]:
    """What goes on in all servers: mostly messages, some reactions, now and then voice."""
    for number in count(1):
        guild = FIRST + dice.randrange(guilds)
        kind = dice.random()
        if kind < 0.7:
            yield "MESSAGE_CREATE", _message(guild, snowflake_at(START, number), dice)
        elif kind < 0.9:
            yield "MESSAGE_REACTION_ADD", _reaction(guild, snowflake_at(START, number), dice)
        else:
            yield "VOICE_STATE_UPDATE", _voice(guild, dice)


def _message(guild: int, message_id: int, dice: random.Random) -> Payload:
    member = _member(guild, dice.randrange(100))
    return {
        "id": str(message_id),
        "channel_id": str(_place(guild, 6)),
        "guild_id": str(guild),
        "author": member.pop("user"),
        "member": member,
        "content": "",
        "timestamp": START.isoformat(),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
    }


def _reaction(guild: int, message_id: int, dice: random.Random) -> Payload:
    member = _member(guild, dice.randrange(100))
    return {
        "user_id": member["user"]["id"],
        "member": member,
        "channel_id": str(_place(guild, 6)),
        "message_id": str(message_id),
        "message_author_id": str(guild * 3),
        "guild_id": str(guild),
        "emoji": {"id": None, "name": "\N{THUMBS UP SIGN}"},
        "burst": False,
        "type": 0,
    }


def _voice(guild: int, dice: random.Random) -> Payload:
    member = _member(guild, dice.randrange(100))
    inside = dice.random() < 0.5
    return {
        "guild_id": str(guild),
        "channel_id": str(_place(guild, 10)) if inside else None,
        "user_id": member["user"]["id"],
        "member": member,
        "session_id": "0123456789abcdef",
        "deaf": False,
        "mute": False,
        "self_deaf": False,
        "self_mute": dice.random() < 0.5,
        "self_video": False,
        "suppress": False,
        "request_to_speak_timestamp": None,
    }
