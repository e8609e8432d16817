"""What goes wrong: each kind of bad weather, drawn from the seed, for a moment."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Final

import psycopg

from tests.simulation.storm.stage import Stage
from tests.support import postgres
from tests.support.discord import faults
from tests.support.dooms import KINDS, Doom

Mishap = Callable[[Stage, Random], Awaitable[None]]
LATEST: Final = {"step": 2500, "word": 400, "statement": 60}
"""About as many moments as a bot has in some seconds of traffic."""
DOOMED_SECONDS: Final = 3.0


async def database_killed(stage: Stage, dice: Random) -> None:
    """The database dies by -9 and comes back after a while."""
    async with stage.database_in_use:
        await asyncio.to_thread(postgres.kill, stage.server)
        await asyncio.sleep(dice.uniform(0, 2))
        await asyncio.to_thread(postgres.revive, stage.server)


async def database_cut(stage: Stage, dice: Random) -> None:
    """Every connection to the database ends."""
    async with stage.database_in_use:
        await asyncio.to_thread(postgres.cut, stage.server, stage.url)


async def database_frozen(stage: Stage, dice: Random) -> None:
    """The database takes what it is told and says nothing for a while."""
    async with stage.database_in_use:
        postgres.freeze(stage.server)
        try:
            await asyncio.sleep(dice.uniform(0.2, 3))
        finally:
            postgres.thaw(stage.server)


async def database_locked(stage: Stage, dice: Random) -> None:
    """Somebody holds a lock on the log for a while."""
    async with stage.database_in_use, await psycopg.AsyncConnection.connect(stage.url) as conn:
        await conn.execute("lock table event_lake in exclusive mode")
        await asyncio.sleep(dice.uniform(0.2, 2))


async def bot_killed(stage: Stage, dice: Random) -> None:
    """The bot dies by -9 and is started again."""
    async with stage.bot_in_use:
        stage.bot.kill()
        await asyncio.sleep(dice.uniform(0, 1))
        await stage.start(stage.bot)


async def bot_doomed(stage: Stage, dice: Random) -> None:
    """The bot dies at a chosen moment of its work, and is started again."""
    async with stage.bot_in_use:
        stage.bot.kill()
        await stage.start(stage.bot, _doom(dice))
        stage.bot.arm()
        await stage.bot.dead(DOOMED_SECONDS)
        stage.bot.kill()
        await stage.start(stage.bot)


async def bot_stopped(stage: Stage, dice: Random) -> None:
    """The bot is stopped as an operator does it, and started again."""
    async with stage.bot_in_use:
        await asyncio.to_thread(stage.bot.stop)
        stage.bot.kill()
        await stage.start(stage.bot)


async def bot_replaced(stage: Stage, dice: Random) -> None:
    """A rolling deploy: the next bot is at work before the last one is stopped."""
    async with stage.bot_in_use:
        before, successor = stage.bot, stage.successor()
        await stage.start(successor)
        stage.bots.append(successor)
        await asyncio.sleep(dice.uniform(0, 1))
        await asyncio.to_thread(before.stop)
        before.kill()
        stage.bots.remove(before)
        stage.past.append(before)


async def helper_killed(stage: Stage, dice: Random) -> None:
    """The worker or the scheduler dies by -9, if they run by themselves."""
    if stage.helpers:
        program = dice.choice(stage.helpers)
        program.kill()
        await stage.start(program, _doom(dice, "word"))
        program.arm()
        await program.dead(1)
        program.kill()
        await stage.start(program)


async def connection_lost(stage: Stage, dice: Random) -> None:
    """The connection to the gateway ends in one of the ways in which it does."""
    codes = (1001, 4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009)
    stage.discord.faults.add(
        dice.choice(
            [
                faults.Cut(),
                faults.Close(code=dice.choice(codes)),
                faults.Invalidate(resumable=dice.random() < 0.5),
                faults.Reconnect(),
            ]
        )
    )
    if dice.random() < 0.3:
        stage.discord.faults.add(faults.Refuse(times=2))
    if dice.random() < 0.3:
        stage.discord.sessions.expire()
    await asyncio.sleep(0.5)


async def dispatches_twisted(stage: Stage, dice: Random) -> None:
    """Dispatches come twice, or out of order."""
    stage.discord.faults.add(
        dice.choice(
            [
                faults.Duplicate(times=20, chance=0.5),
                faults.Duplicate(times=20, chance=0.5, renumbered=True, event="MESSAGE_CREATE"),
                faults.Reorder(times=10, chance=0.3, event="MESSAGE_[CUD]*"),
                faults.Delay(times=10, chance=0.3, event="MESSAGE_[CUD]*", by=0.3),
            ]
        )
    )
    await asyncio.sleep(0.5)


async def dispatch_skipped(stage: Stage, dice: Random) -> None:
    """Discord leaves something out; no server's GUILD_CREATE, before which a client knows nothing
    of it and cannot ask for it either."""
    what = dice.choice(["MESSAGE_*", "GUILD_MEMBER_*", "VOICE_STATE_UPDATE", "THREAD_*"])
    stage.discord.faults.add(faults.Drop(event=what, times=dice.randint(1, 5), chance=0.3))
    await asyncio.sleep(0.5)


async def requests_refused(stage: Stage, dice: Random) -> None:
    """Discord's REST answers late, wrongly, not at all or to nobody."""
    many = dice.randint(1, 12)
    stage.discord.faults.add(
        dice.choice(
            [
                faults.RateLimited(times=many, scope=dice.choice(["user", "shared", "global"])),
                faults.Fails(times=many, status=dice.choice([500, 502, 503])),
                faults.LostAnswer(times=many, chance=0.5),
                faults.Slow(times=many, by=dice.uniform(0.1, 1)),
                faults.Silent(times=2, wait=1.0),
            ]
        )
    )
    await asyncio.sleep(0.5)


async def guild_away(stage: Stage, dice: Random) -> None:
    """Discord is without a server for a moment."""
    guild = dice.choice(stage.town.quarters).guild
    if guild.available:
        stage.discord.fails(guild)
        await asyncio.sleep(dice.uniform(0.1, 1))
        stage.discord.recovers(guild)


def _doom(dice: Random, kind: str | None = None) -> Doom:
    chosen = next(one for one in KINDS if one == kind) if kind else dice.choice(KINDS)
    return Doom(chosen, dice.randint(1, LATEST[chosen]), after=dice.random() < 0.5)


MISHAPS: Final[dict[Mishap, int]] = {
    database_killed: 4,
    database_cut: 3,
    database_frozen: 2,
    database_locked: 2,
    bot_killed: 3,
    bot_doomed: 3,
    bot_stopped: 1,
    bot_replaced: 2,
    helper_killed: 2,
    connection_lost: 4,
    dispatches_twisted: 3,
    dispatch_skipped: 2,
    requests_refused: 4,
    guild_away: 2,
}
"""How often each comes."""
MOST: Final = 3
"""Mishaps that one front brings."""


async def front(stage: Stage, dice: Random) -> None:
    """Some mishaps, one after another."""
    for _ in range(dice.randint(1, MOST)):
        await asyncio.sleep(dice.uniform(0, 0.7))
        (mishap,) = dice.choices(list(MISHAPS), list(MISHAPS.values()))
        with stage.trouble(mishap.__name__):
            await mishap(stage, dice)
