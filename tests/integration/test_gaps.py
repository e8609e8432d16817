"""Gaps: noticed by whoever sees a guild again, and recorded once, before what comes after."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from bot.gateway.capture import Capture
from bot.gateway.gaps import ALIVE, SECONDS, Gaps
from bot.gateway.seen import Connected, RollCall, ShardSeen, Watched
from bot.handle import look_up
from events.engine.snowflake import to_ms
from projections.engine import worker
from sql import lake, sight
from sql.arrays import array
from sql.pool import ALL_GUILDS, Database
from sql.reads import Row, fetch
from sql.writer import LakeWriter
from tests.unit.gateway import payloads as p

HOUR = 3600


class Bot:
    """One process on a wire, with a clock that is set by hand."""

    def __init__(self, database: Database, writer: LakeWriter) -> None:
        self.now = 0.0
        self.capture = Capture(database, writer, clock=self._clock)
        self.wire = p.Wire()
        self.wire.ws.open = True
        client: Any = self.wire
        self.capture.install(client)

    def _clock(self) -> datetime:
        return p.at(self.now)

    def _send(self, name: str, data: Any) -> None:
        self.wire.send(name, data, (self.wire.ws.sequence or 0) + 1)

    async def connects(self, now: float, session: str, *guilds: int) -> None:
        """READY, and the guilds come in (that of the payloads if none is said)."""
        self.now = now
        self.wire.ws.session_id, self.wire.ws.sequence = session, None
        known = [{"id": str(guild), "unavailable": True} for guild in guilds or (p.GUILD,)]
        self._send("READY", {"guilds": known, "shard": [0, 1]})
        for guild in known:
            await self.sees(now, "GUILD_CREATE", p.guild(id=guild["id"]))

    async def sees(self, now: float, name: str, data: Any) -> None:
        self.now = now
        self._send(name, data)
        await self.capture.drain()

    async def notes(self, now: float, *, ended: bool = False) -> None:
        self.now = now
        self.capture.note(ended=ended)
        await self.capture.drain()


@asynccontextmanager
async def started(
    database: Database, *, stops: bool = False, slow: bool = False
) -> AsyncIterator[Bot]:
    """A process; one that ``stops`` does so in good order, others just die. One that is ``slow``
    only hears what it is told, until its capture is started."""
    writer = LakeWriter(database)
    bot = Bot(database, writer)
    if not slow:
        await bot.capture.start()
    try:
        yield bot
    finally:
        if stops:
            bot.capture.note(ended=True)
        await bot.capture.stop()
        writer.close()


def gaps(database: Database, guild: int = p.GUILD) -> list[tuple[float, float, str]]:
    """Begin and end (in seconds after the start) and cause of each gap on record."""

    def load(conn: Any) -> Sequence[Row]:
        span = {"start": -1, "end": 2**63 - 1, "least": 0}
        return fetch(conn, "gaps", "between", guild=guild, **span)

    worker.drain(database)
    start = to_ms(p.START)
    return [
        ((row["began_ms"] - start) / 1000, (row["ended_ms"] - start) / 1000, row["cause"])
        for row in look_up(database, guild, reads=["gaps"], show=load)
    ]


def kinds(database: Database) -> list[str]:
    with database.transaction(p.GUILD) as conn:
        return [row.event_type for row in lake.read(conn, p.GUILD, 0, 1000)]


async def test_the_first_start_is_no_gap(database: Database) -> None:
    async with started(database) as bot:
        await bot.connects(100, "a")
        await bot.notes(105)
        await bot.notes(110)
    assert gaps(database) == []


async def test_who_comes_back_records_how_long_nobody_saw_each_guild(database: Database) -> None:
    other = p.GUILD + 1
    async with started(database) as bot:
        await bot.connects(100, "a", p.GUILD, other)
        await bot.notes(105)
    async with started(database) as bot:
        await bot.connects(9 * HOUR, "b", p.GUILD, other)
        await bot.sees(9 * HOUR, "MESSAGE_CREATE", p.message())
    for guild in (p.GUILD, other):
        assert gaps(database, guild) == [(105, 9 * HOUR, "outage")]
    assert kinds(database)[-2:] == ["gap_recorded", "message_create"]


async def test_a_first_life_too_short_for_a_note_is_missed_all_the_same(database: Database) -> None:
    async with started(database) as bot:
        await bot.connects(100, "a")
    async with started(database) as bot:
        await bot.connects(160, "b")
    assert gaps(database) == [(100, 160, "outage")]


def test_a_guild_that_comes_in_by_way_of_the_spool_of_a_dead_process_was_missed(
    database: Database,
) -> None:
    """One process got the session, spooled what came in it and died; the next one drains that."""
    one, other, next_one = (Gaps(database, name) for name in ("one", "other", "next"))
    one.connected(Connected((p.GUILD,), p.at(100), 0, 1, None))
    one.arrived(RollCall(p.GUILD, p.at(0), p.at(100), ()))
    other.connected(Connected((p.GUILD,), p.at(160), 0, 1, None))
    next_one.arrived(RollCall(p.GUILD, p.at(0), p.at(161), ()))
    assert [gap[:2] for gap in gaps(database)] == [(100, 161)]


async def test_a_guild_that_took_us_in_meanwhile_was_missed_since_then(database: Database) -> None:
    async with started(database) as bot:
        await bot.connects(0, "a", p.GUILD + 1)
        await bot.notes(5)
    async with started(database) as bot:
        bot.now = 9 * HOUR
        bot._send("READY", {"guilds": [{"id": str(p.GUILD)}], "shard": [0, 1]})
        await bot.sees(9 * HOUR, "GUILD_CREATE", p.guild(8 * HOUR))
    assert gaps(database) == [(8 * HOUR, 9 * HOUR, "outage")]


async def test_a_session_that_is_lost_was_seen_until_the_last_dispatch(database: Database) -> None:
    """Even what was noted since is taken back: the connection may have been dead already."""
    async with started(database) as bot:
        await bot.connects(0, "a")
        await bot.sees(20, "MESSAGE_CREATE", p.message())
        await bot.notes(25)
        bot.wire.ws.open = False
        await bot.connects(31, "b")
    assert gaps(database) == [(25, 31, "session")]


async def test_a_resumed_session_has_no_gap(database: Database) -> None:
    async with started(database) as bot:
        await bot.connects(0, "a")
        await bot.notes(5)
        bot.wire.ws.open = False
        await bot.sees(60, "MESSAGE_CREATE", p.message())
        await bot.notes(65)
    assert gaps(database) == []


async def test_who_dies_before_the_first_note_leaves_no_hole(database: Database) -> None:
    """The next gap follows the one on record, though nobody noted anything between them."""
    async with started(database) as bot:
        await bot.connects(0, "a")
        await bot.notes(5)
    for now in (HOUR, 2 * HOUR):
        async with started(database) as bot:
            await bot.connects(now, "b")
    assert gaps(database) == [(5, HOUR, "outage"), (HOUR, 2 * HOUR, "outage")]


async def test_ten_that_come_back_together_record_it_once(database: Database) -> None:
    async with started(database) as bot:
        await bot.connects(0, "a")
        await bot.notes(5)
    async with AsyncExitStack() as stack:
        bots = [await stack.enter_async_context(started(database)) for _ in range(10)]
        for number, bot in enumerate(bots):
            await bot.connects(HOUR + number / 10, f"b{number}")
        for bot in bots:
            await bot.notes(HOUR + 3)
    assert gaps(database) == [(5, HOUR, "outage")]


async def test_in_a_rolling_deploy_there_is_no_gap(database: Database) -> None:
    async with started(database, stops=True) as new:
        async with started(database, stops=True) as old:
            await old.connects(0, "a")
            await old.notes(100)
            await new.connects(101, "b")
            await new.notes(103)
            await old.notes(105)
        await new.notes(108)
    with database.transaction(0) as conn:
        assert {(note.seen_at, note.ended) for note in sight.notes(conn)} == {
            (p.at(105), True),
            (p.at(108), True),
        }
    assert gaps(database) == []


async def test_what_another_process_saw_after_the_roll_was_called_is_told_once(
    database: Database,
) -> None:
    """bug: who was muted or left while the next process came in did so twice."""
    there = [p.voice(61, p.ALICE), p.voice(61, p.BOB)]
    muted, left = p.voice(61, p.ALICE, self_mute=True), p.voice(None, p.BOB)
    async with started(database, stops=True) as old:
        await old.connects(0, "a")
        for state in there:
            await old.sees(5, "VOICE_STATE_UPDATE", state)
        await old.notes(9)
        async with started(database, slow=True) as new:
            new.now = 10
            new.wire.send("READY", {"guilds": [{"id": str(p.GUILD)}], "shard": [0, 1]})
            new.wire.send("GUILD_CREATE", p.guild(voice_states=there))
            for state in (muted, left):
                await old.sees(11, "VOICE_STATE_UPDATE", state)
            new.now = 11.1
            for state in (muted, left):
                new.wire.send("VOICE_STATE_UPDATE", state)
            await new.capture.start()
            await new.capture.drain()
    voice = [kind for kind in kinds(database) if kind.startswith("voice_")]
    assert voice == ["voice_join", "voice_join", "voice_state", "voice_leave"]


async def test_one_who_noted_a_moment_ago_and_is_dead_left_a_gap(database: Database) -> None:
    """It is in doubt until the dead one would have noted again; meanwhile we note nothing."""
    async with started(database) as bot:
        await bot.connects(0, "a")
        await bot.notes(100)
    decided = 101 + ALIVE.total_seconds()
    async with started(database) as bot:
        await bot.connects(101, "b")
        await bot.notes(101 + SECONDS)
        assert gaps(database) == []
        with database.transaction(0) as conn:
            assert [note.seen_at for note in sight.notes(conn)] == [p.at(100)]
        await bot.notes(decided)
        assert gaps(database) == [(100, 101, "outage")]
    with database.transaction(0) as conn:
        assert len(sight.notes(conn)) == 2


def test_what_was_in_doubt_when_a_process_died_is_decided_by_the_next(database: Database) -> None:
    """bug: its spool told that it was at work, and not that it did not know since when."""
    one, other, next_one = (Gaps(database, name) for name in ("one", "other", "next"))
    one.connected(Connected((p.GUILD,), p.at(100), 0, 1, None))
    one.arrived(RollCall(p.GUILD, p.at(0), p.at(100), ()))
    other.connected(Connected((p.GUILD,), p.at(103), 0, 1, None))
    other.arrived(RollCall(p.GUILD, p.at(0), p.at(103), ()))
    assert gaps(database) == []
    next_one.noted(Watched((ShardSeen(0, 1, p.at(106)),), p.at(106), ended=False), p.at(110))
    next_one.connected(Connected((p.GUILD,), p.at(111), 0, 1, None))
    next_one.arrived(RollCall(p.GUILD, p.at(0), p.at(111), ()))
    assert [gap[:2] for gap in gaps(database)] == [(100, 111)]


async def test_one_who_stopped_in_good_order_leaves_no_doubt(database: Database) -> None:
    async with started(database, stops=True) as bot:
        await bot.connects(0, "a")
        await bot.notes(100)
    async with started(database) as bot:
        await bot.connects(101, "b")
    assert gaps(database) == [(100, 101, "outage")]


async def test_a_guild_that_discord_is_without_is_missed_until_it_is_back(
    database: Database,
) -> None:
    """Whoever is there then says so, and it is no leaving."""
    gone = {"id": str(p.GUILD), "unavailable": True}
    async with started(database) as bot:
        await bot.connects(0, "a")
        await bot.sees(50, "GUILD_DELETE", gone)
        await bot.notes(100)
    async with started(database) as bot:
        bot.now = 150
        bot._send("READY", {"guilds": [gone], "shard": [0, 1]})
        await bot.notes(155)
        await bot.notes(400)
        await bot.sees(401, "GUILD_CREATE", p.guild())
        await bot.notes(402)
    assert gaps(database) == [(49.999, 401, "unavailable")]
    assert "guild_leave" not in kinds(database)


async def test_a_guild_that_does_not_come_in_stays_unseen(database: Database) -> None:
    """The shard is connected and noted; the guild comes an hour later, in another process."""
    async with started(database) as bot:
        await bot.connects(0, "a")
        await bot.notes(5)
    async with started(database) as bot:
        bot.now = 100
        bot._send("READY", {"guilds": [{"id": str(p.GUILD)}], "shard": [0, 1]})
        await bot.notes(105)
    async with started(database) as bot:
        await bot.connects(HOUR, "c")
    assert gaps(database) == [(5, HOUR, "unavailable")]


async def skipped(bot: Bot, began: float, ended: float) -> None:
    """Discord leaves out one dispatch between these moments."""
    bot.wire.guilds = [type("Guild", (), {"id": p.GUILD})]
    await bot.connects(0, "a")
    await bot.sees(began, "MESSAGE_CREATE", p.message())
    bot.wire.ws.sequence += 1
    await bot.sees(ended, "MESSAGE_CREATE", p.message(p.MESSAGE + 1))


async def test_what_discord_skipped_is_a_gap_of_that_shard(database: Database) -> None:
    async with started(database) as bot:
        await skipped(bot, 10, 20)
        await bot.notes(20)
        assert gaps(database) == []
        await bot.notes(25)
        await bot.notes(30)
    assert gaps(database) == [(10, 20, "dispatch")]


async def test_what_discord_skipped_within_a_millisecond_is_a_gap_too(database: Database) -> None:
    """bug: it had no length, and so was never recorded, nor fetched."""
    async with started(database) as bot:
        await skipped(bot, 10, 10)
        await bot.notes(15)
    assert gaps(database) == [(10, 10.001, "dispatch")]


async def test_while_the_database_is_away_nothing_is_missed_and_nobody_is_blamed(
    database: Database,
) -> None:
    """Notes come late then, out of the spool."""
    async with started(database) as bot:
        await bot.connects(0, "a")
        await bot.notes(5)
        await bot.notes(5 + 299)
        assert gaps(database) == []
        await bot.notes(HOUR)
        await bot.notes(HOUR + 2)
    assert gaps(database) == [(304, HOUR, "database")]
    with database.transaction(ALL_GUILDS) as conn:
        assert fetch(conn, "gaps", "open", guilds=array("bigint", [p.GUILD])) == []


async def test_notes_that_have_become_useless_are_taken_away(database: Database) -> None:
    async with started(database) as bot:
        await bot.connects(0, "a")
        await bot.notes(5)
    async with started(database) as bot:
        await bot.connects(timedelta(days=3).total_seconds(), "b")
        await bot.notes(timedelta(days=3).total_seconds() + 1)
    with database.transaction(0) as conn:
        assert [note.seen_at for note in sight.notes(conn)] == [p.at(3 * 24 * HOUR + 1)]
