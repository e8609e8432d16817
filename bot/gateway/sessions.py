"""Where each shard stands in its session: replays, skipped dispatches, proofs of sight.

Every dispatch of a session has a number. The client's table of parsers is asked once for each, also
for those that nobody parses, and so the numbers are seen to be without a hole. discord.py keeps the
newest number on the shard's websocket; where there is none (in the simulator), nothing is said.

What comes behind a hole waits for it, so that what was overtaken (a message by its deletion) is
taken in the order in which it happened; what has not come after :data:`LATE` was skipped.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, Final

import discord

from bot.gateway.gaps import guilds_of
from bot.gateway.seen import Connected, Missed, ShardSeen
from bot.gateway.steps import Step

LATE: Final = timedelta(seconds=2)
"""How long a number that was skipped may take to come after all."""
SILENT: Final = 60.0
"""Seconds without a sound, heartbeats included, after which a connection may be dead."""
MOST_SKIPPED: Final = 10_000
MOST_HELD: Final = 1_000

Parser = Callable[[Any], Any]


@dataclass(slots=True)
class _Hole:
    """Numbers that have not come: between which moments, and since when the first is missed."""

    numbers: set[int]
    began: datetime
    ended: datetime
    noticed: datetime


@dataclass(slots=True)
class _Shard:
    """One shard's session: the number of its newest dispatch, of the last one, whether that is
    still to be looked at, and when it was last certain that nothing was missed."""

    shard_id: int
    shard_count: int
    session: str
    newest: int
    last: int
    fresh: bool
    proof: datetime
    hole: _Hole | None = None
    held: list[tuple[int, tuple[Step, ...]]] = field(default_factory=list)
    """What came behind a hole, by number."""

    def follow(self, number: int, at: datetime) -> None:
        """The number on the websocket is this now."""
        if number == self.last:
            return
        self.last = number
        if number > self.newest:
            self._skip(range(self.newest + 1, number), at)
            self.newest, self.fresh = number, True
        else:
            self.fresh = self._fill(number)
        self.proof = max(self.proof, at)

    def release(self) -> tuple[Step, ...]:
        """What was held, in order; nothing is held any more."""
        held, self.held = sorted(self.held, key=itemgetter(0)), []
        return tuple(step for _, steps in held for step in steps)

    def _skip(self, numbers: range, at: datetime) -> None:
        if not numbers:
            return
        if self.hole is None:
            self.hole = _Hole(set(), self.proof, at, at)
        self.hole.numbers.update(numbers[: MOST_SKIPPED - len(self.hole.numbers)])
        self.hole.ended = at

    def _fill(self, number: int) -> bool:
        """Whether this number was missed; it has come after all."""
        if self.hole is None or number not in self.hole.numbers:
            return False
        self.hole.numbers.discard(number)
        if not self.hole.numbers:
            self.hole = None
        return True


class Parsers(dict[str, Parser]):
    """A client's parsers by the name of the dispatch; ``look`` is called before each is handed
    out, also when there is none."""

    def __init__(self, parsers: dict[str, Parser], look: Callable[[], None]) -> None:
        """Hand out ``parsers``, and what is put in later in their place."""
        super().__init__(parsers)
        self._others = parsers
        self._look = look

    def __getitem__(self, name: str) -> Parser:
        """The parser; called by discord.py for each dispatch."""
        self._look()
        return super().__getitem__(name)

    def __missing__(self, name: str) -> Parser:
        """Whatever the client's own table says to a name that it does not know."""
        return self._others[name]


class Sessions:
    """The sessions of one client."""

    def __init__(self, client: discord.Client, clock: Callable[[], datetime]) -> None:
        """Nothing has been seen of any session."""
        self._client = client
        self._clock = clock
        self._shards: dict[int, _Shard] = {}

    def began(self, ready: Any) -> Connected:
        """A shard's new session, from READY."""
        at = self._clock()
        shard_id, shard_count = (int(number) for number in ready.get("shard") or (0, 1))
        before = self._shards.get(shard_id)
        websocket = self._websocket(shard_id=shard_id)
        number = getattr(websocket, "sequence", None) or 0
        session = str(getattr(websocket, "session_id", None))
        self._shards[shard_id] = _Shard(shard_id, shard_count, session, number, number, True, at)
        guilds = tuple(int(guild["id"]) for guild in ready["guilds"])
        return Connected(
            guilds=(*guilds, 0) if shard_id == 0 else guilds,
            at=at,
            shard_id=shard_id,
            shard_count=shard_count,
            lost_at=None if before is None else before.proof,
        )

    def look(self) -> None:
        """Some shard is given a dispatch: follow all of them."""
        at = self._clock()
        for shard in self._shards.values():
            websocket = self._websocket(shard_id=shard.shard_id)
            if getattr(websocket, "session_id", None) == shard.session:
                shard.follow(websocket.sequence or shard.last, at)

    def is_replay(self, guild_id: int | None) -> bool:
        """Whether the payload now being parsed (of a guild, or of direct messages) came before."""
        shard = self._shard(guild_id)
        if shard is None:
            return False
        replay, shard.fresh = not shard.fresh, False
        return replay

    def in_order(self, guild_id: int | None, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """What is to be taken now that the payload being parsed tells ``steps``: nothing while
        something before it has not come, and then all that waited."""
        shard = self._shard(guild_id)
        if shard is None or (shard.hole is None and not shard.held):
            return steps
        shard.held.append((shard.last, steps))
        waiting = shard.hole is not None and len(shard.held) < MOST_HELD
        return () if waiting else shard.release()

    def _shard(self, guild_id: int | None) -> _Shard | None:
        """The shard that tells of a guild, up to date; one whose READY we did not see begins here.
        None without a websocket."""
        websocket = self._websocket(guild_id)
        number = getattr(websocket, "sequence", None)
        if number is None or websocket.session_id is None:
            return None
        shard_id, session = websocket.shard_id or 0, str(websocket.session_id)
        shard = self._shards.get(shard_id)
        if shard is None or shard.session != session:
            count = getattr(self._client, "shard_count", None) or 1
            shard = _Shard(shard_id, count, session, number, number, True, self._clock())
            self._shards[shard_id] = shard
        shard.follow(number, self._clock())
        return shard

    def seen(self) -> tuple[ShardSeen, ...]:
        """Until when we have seen what each shard was told: until now, while its connection is
        open and Discord is heard on it."""
        now = self._clock()
        for shard in self._shards.values():
            websocket = self._websocket(shard_id=shard.shard_id)
            heard = _silence(websocket)
            if heard is not None:
                shard.proof = max(shard.proof, now - timedelta(seconds=heard))
        return tuple(
            ShardSeen(shard.shard_id, shard.shard_count, self._until(shard, now))
            for shard in self._shards.values()
        )

    def overdue(self, guilds: Iterable[int], *, ended: bool = False) -> Iterator[Step]:
        """What Discord skipped and has not brought after all, each told once, and what waited for
        it; with ``ended`` nothing is waited for any more."""
        now, known = self._clock(), tuple(guilds)
        for shard in self._shards.values():
            hole = shard.hole
            if hole is not None and (ended or now - hole.noticed >= LATE):
                shard.hole = None
                of_shard = guilds_of(known, shard.shard_id, shard.shard_count)
                yield Missed(of_shard, hole.began, hole.ended, "dispatch")
            if shard.hole is None:
                yield from shard.release()

    def _until(self, shard: _Shard, now: datetime) -> datetime:
        if shard.hole is not None:
            return shard.hole.began
        websocket = self._websocket(shard_id=shard.shard_id)
        heard = _silence(websocket)
        return now if heard is not None and heard < SILENT else shard.proof

    def _websocket(self, guild_id: int | None = None, *, shard_id: int = 0) -> Any:
        try:
            if guild_id is None:
                return self._client._get_websocket(shard_id=shard_id)
            return self._client._get_websocket(guild_id)
        except (AttributeError, KeyError, TypeError):
            return None  # not connected through a websocket


def _silence(websocket: Any) -> float | None:
    """For how many seconds an open connection has been silent; None when it is closed."""
    if websocket is None or not getattr(websocket, "open", False):
        return None
    keep_alive = getattr(websocket, "_keep_alive", None)
    return 0.0 if keep_alive is None else time.perf_counter() - keep_alive._last_recv
