"""Gaps: when nobody saw a guild, and who says so.

A process sees a guild from its GUILD_CREATE in a session until that session is lost or Discord is
without the guild. Every few seconds it notes until when it has seen its shards; the note goes
through capture's queue like everything that was seen, so what stands before it is on disk when it
is written. When a guild comes in anew, it was unseen since the newest note of anybody about its
shard, or since Discord was without it: that is recorded, before anything that comes after.

Processes overlap in a rolling deploy. Where another one noted a moment ago that it sees the shard,
it may still do so: then whether there was a gap is decided by its next notes. Our own are not
written before that, and the guild stays in ``unseen``, so that whoever comes after us finds the
question open.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from bot import metrics
from bot.gateway.seen import Connected, Missed, RollCall, Unavailable, Watched
from bot.gateway.steps import Step
from events.decisions.gaps import gap
from events.engine.catalogue import decode
from events.engine.snowflake import from_ms, to_ms
from events.gaps import FORGIVES_MS, Cause, GapRecorded
from sql import lake, sight
from sql.errors import DatabaseUnreachable
from sql.pool import ALL_GUILDS, Connection, Database
from sql.sight import Note

SECONDS: Final = 2.0
"""Between two notes of a process."""
ALIVE: Final = timedelta(seconds=3 * SECONDS)
"""Whose last note is no older may be at work."""
TICK: Final = timedelta(milliseconds=1)
LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
KEPT: Final = timedelta(days=1)
"""How long a note is kept after a newer one about its shard."""

log = structlog.get_logger("tallystick.gaps")


@dataclass(frozen=True, slots=True)
class _Unseen:
    """Nobody has seen the guild since then, for all we know; ``doubtful``: another may have."""

    since: datetime
    cause: Cause
    doubtful: bool


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A gap, unless another process saw the guild at its end."""

    since: datetime
    until: datetime
    cause: Cause


class Gaps:
    """What one process knows of gaps; not for use by two threads at once."""

    def __init__(self, database: Database, process: str, alive: timedelta = ALIVE) -> None:
        """``process`` tells this process from all others, also from earlier ones."""
        self._database = database
        self._process = process
        self._alive = alive
        self._awaited: dict[int, _Unseen] = {}
        """Guilds whose shard has a new session, until they come in."""
        self._accompanied: set[int] = set()
        """Guilds that another process saw as well when our session began, or a moment before."""
        self._doubts: dict[int, _Doubt] = {}
        self._arrived: dict[int, datetime] = {}
        """When each guild came in last."""
        self._noted: dict[int, datetime] = {}
        """Until when we have noted to have seen each shard."""
        self._answered_at: datetime | None = None
        """When the database took a note last."""

    def connected(self, step: Connected) -> None:
        """A shard has a new session: until when was each of its guilds seen? Where nobody has ever
        seen any, they are from now on, and that is noted at once: this life may be a short one."""
        notes = self._notes(step)
        if not any(note.covers(guild_id) for guild_id in step.guilds for note in notes):
            first = Note(self._process, step.shard_id, step.shard_count, step.at, ended=False)
            with self._database.transaction(0) as conn:
                sight.note(conn, [first], tidy_before=step.at - KEPT)
        cause: Cause = "outage" if step.lost_at is None else "session"
        for guild_id in filter(None, step.guilds):
            about = [note for note in notes if note.covers(guild_id)]
            self._accompanied.discard(guild_id)
            if any(self._is_at_work(note, step.at) for note in about):
                self._accompanied.add(guild_id)
            since = max((note.seen_at for note in about), default=step.at)
            if since < step.at:
                doubtful = any(self._may_see(note, step.at) for note in about)
                known = self._awaited.get(guild_id)
                if known is None or since < known.since:
                    self._awaited[guild_id] = _Unseen(since, cause, doubtful)
        awaited = {guild_id: unseen.since for guild_id, unseen in self._awaited.items()}
        if awaited:  # they may come in by way of the spool, in a process that does not know of it
            with self._database.transaction(ALL_GUILDS) as conn:
                sight.unseen(conn, awaited)

    def arrived(self, call: RollCall) -> datetime | None:
        """A guild is seen again (or for the first time): record the gap that there was. Returns
        until when it was seen before, if that is known."""
        guild_id = call.guild_id
        with self._database.transaction(guild_id) as conn:
            lake.lock(conn, [guild_id])
            away = sight.unseen_since(conn, guild_id)
            unseen = self._awaited.get(guild_id)
            if away is not None and (unseen is None or away < unseen.since):
                unseen = _Unseen(away, "unavailable", doubtful=False)
            doubtful = False
            if unseen is not None:
                since = _recorded_until(conn, guild_id, max(unseen.since, call.joined_at))
                doubtful = unseen.doubtful or (
                    call.at - since <= self._alive and since != unseen.since
                )
                if doubtful:
                    self._doubts[guild_id] = _Doubt(since, call.at, unseen.cause)
                else:
                    _record(conn, guild_id, since, call.at, unseen.cause)
                unseen = replace(unseen, since=since)
            if away is not None and not doubtful:  # whoever comes after us may have to decide
                sight.seen_again(conn, guild_id)
        self._awaited.pop(guild_id, None)
        self._arrived[guild_id] = call.at
        return None if unseen is None else unseen.since

    def is_accompanied(self, guild_id: int) -> bool:
        """Whether another process may have seen what came after our session began before us."""
        return guild_id in self._accompanied

    def went(self, step: Unavailable) -> None:
        """Discord is without the guild: an outage of its own, which began before it was told. What
        was in doubt until now is over as well."""
        doubt = self._doubts.get(step.guild_id)
        with self._database.transaction(step.guild_id) as conn:
            if doubt is not None:
                _decide(conn, step.guild_id, doubt, seen=False)
            sight.unseen(conn, {step.guild_id: step.at - TICK})
        self._doubts.pop(step.guild_id, None)

    def missed(self, step: Missed) -> None:
        """Something was lost on the way to us while we were connected, if only for a moment."""
        until = max(step.ended, step.began + TICK)
        for guild_id in filter(None, step.guilds):
            with self._database.transaction(guild_id) as conn:
                lake.lock(conn, [guild_id])
                since = _recorded_until(conn, guild_id, step.began)
                _record(conn, guild_id, since, until, step.cause)

    def noted(self, step: Watched, now: datetime) -> None:
        """Everything of these shards is on disk until a moment ago: remember that, as soon as
        nothing before it is in doubt."""
        self._forgive(step, now)
        self._settle(step.at)
        if self._doubts or not step.shards:
            return
        written = [
            Note(self._process, shard.shard_id, shard.shard_count, shard.seen_at, step.ended)
            for shard in step.shards
        ]
        away = {
            guild_id: unseen.since
            for guild_id, unseen in self._awaited.items()
            if any(note.covers(guild_id) for note in written)
        }
        with self._database.transaction(ALL_GUILDS) as conn:
            if away:
                sight.unseen(conn, away)
            sight.note(conn, written, tidy_before=step.at - KEPT)
        self._noted |= {note.shard_id: note.seen_at for note in written}
        for guild_id in away:
            del self._awaited[guild_id]

    def news(self, step: Step) -> Step | None:
        """What is news in a ``step`` that another process took before it died: only what it tells
        of guilds that nobody has seen since then. None when that is nothing."""
        match step:
            case RollCall() | Unavailable():
                return step if self._unseen_after([step.guild_id], step.at) else None
            case Connected():
                guilds = self._unseen_after(step.guilds, step.at)
                return replace(step, guilds=guilds) if guilds else None
            case Missed():
                guilds = self._unseen_after(step.guilds, step.ended)
                return replace(step, guilds=guilds) if guilds else None
            case Watched():
                newer = tuple(s for s in step.shards if s.seen_at > self._noted_until(s.shard_id))
                return replace(step, shards=newer) if newer else None
        return step

    def _noted_until(self, shard_id: int) -> datetime:
        return self._noted.get(shard_id, LONG_AGO)

    def _unseen_after(self, guilds: Iterable[int], at: datetime) -> tuple[int, ...]:
        notes = [note for note in self._read() if note.seen_at > at]
        return tuple(
            guild_id
            for guild_id in guilds
            if self._arrived.get(guild_id, LONG_AGO) <= at
            and not any(note.covers(guild_id) for note in notes)
        )

    def _forgive(self, step: Watched, now: datetime) -> None:
        """When the database has answered nothing for a while, no command was possible either."""
        before, self._answered_at = self._answered_at, now
        if before is None or now - before < timedelta(milliseconds=FORGIVES_MS):
            return
        try:
            with self._database.transaction(ALL_GUILDS) as conn:
                known = sorted(lake.heads(conn))
            for shard in step.shards:
                guilds = guilds_of(known, shard.shard_id, shard.shard_count)
                self.missed(Missed(guilds, before, now, "database"))
        except DatabaseUnreachable:
            self._answered_at = before
            raise

    def _settle(self, now: datetime) -> None:
        """Decide what was in doubt, as far as the others' notes tell by now."""
        if not self._doubts:
            return
        others = [note for note in self._read() if note.process != self._process]
        for guild_id, doubt in list(self._doubts.items()):
            seen = any(n.covers(guild_id) and n.seen_at >= doubt.until for n in others)
            if not seen and now < doubt.until + self._alive:
                continue
            with self._database.transaction(guild_id) as conn:
                _decide(conn, guild_id, doubt, seen=seen)
            del self._doubts[guild_id]

    def _notes(self, step: Connected) -> list[Note]:
        """All notes, ours put right first: what we saw ends where the session was lost."""
        if step.lost_at is not None:
            lost = Note(self._process, step.shard_id, step.shard_count, step.lost_at, ended=False)
            with self._database.transaction(0) as conn:
                sight.note(conn, [lost], tidy_before=step.at - KEPT)
        return self._read()

    def _read(self) -> list[Note]:
        with self._database.transaction(0) as conn:
            return sight.notes(conn)

    def _may_see(self, note: Note, at: datetime) -> bool:
        return self._is_at_work(note, at) and note.seen_at < at

    def _is_at_work(self, note: Note, at: datetime) -> bool:
        other = note.process != self._process and not note.ended
        return other and at - self._alive <= note.seen_at


def _decide(conn: Connection, guild_id: int, doubt: _Doubt, *, seen: bool) -> None:
    """There was a gap, unless another process has ``seen`` the guild at its end."""
    if not seen:
        lake.lock(conn, [guild_id])
        since = _recorded_until(conn, guild_id, doubt.since)
        _record(conn, guild_id, since, doubt.until, doubt.cause)
    sight.seen_again(conn, guild_id)


def _recorded_until(conn: Connection, guild_id: int, since: datetime) -> datetime:
    """The end of the gaps on record that begin at ``since`` and follow one another; ``since`` when
    there is none."""
    while True:
        row = lake.stored_under(conn, guild_id, f"gap:{to_ms(since)}")
        if row is None:
            return since
        recorded = decode(row)
        assert isinstance(recorded, GapRecorded)
        since = from_ms(recorded.ended_ms)


def _record(
    conn: Connection, guild_id: int, since: datetime, until: datetime, cause: Cause
) -> None:
    if to_ms(since) < to_ms(until):
        lake.append(conn, [gap(guild_id, since, until, cause)])
        metrics.GAPS.labels(cause).inc()
        log.info("gap", guild=guild_id, since=since.isoformat(), cause=cause)


def guilds_of(guilds: Iterable[int], shard_id: int, shard_count: int) -> tuple[int, ...]:
    """Those of ``guilds`` that belong to a shard, by Discord's formula."""
    return tuple(guild for guild in guilds if (guild >> 22) % shard_count == shard_id)
