"""The sessions of the gateway: who is told what, what is kept for a RESUME, who may identify."""

import asyncio
import uuid
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.support.discord import payloads
from tests.support.discord.faults import Delay, Drop, Duplicate, OfSocket, Reorder
from tests.support.discord.intents import seen_with
from tests.support.discord.models import Guild, Payload

if TYPE_CHECKING:
    from tests.support.discord.gateway import Socket
    from tests.support.discord.server import Loopback

KEPT: Final = 10_000
"""Dispatches of a session that can be replayed."""
UNTOUCHED: Final = frozenset({"READY", "RESUMED"})
"""Dispatches that no fault strikes."""


@dataclass(frozen=True)
class Terms:
    """How Discord treats the bot. Times are in seconds."""

    shards: int = 1
    """How many shards it recommends."""
    heartbeat: float = 0.05
    """Between two of a client's heartbeats, which also say what it has taken in."""
    resumable: float = 60.0
    """How long a session outlives its connection."""
    identifies: int = 1000
    """A day's IDENTIFYs."""
    max_concurrency: int = 1
    identify_every: float = 0.02
    """Between two IDENTIFYs of the same rate limit key; 5 in Discord."""
    speed: float = 50.0
    """How much faster than Discord's the windows of REST's rate limits pass."""
    privileged: frozenset[str] = frozenset({"members"})
    """The intents that are ticked in the developer portal."""


class Session:
    """What one shard of one client is told."""

    def __init__(self, discord: "Loopback", shard: tuple[int, int], intents: int) -> None:
        """``shard`` is its number and how many there are."""
        self._discord = discord
        self.id = uuid.uuid4().hex
        self.shard = shard
        self.intents = intents
        self.sequence = 0
        self.socket: Socket | None = None
        self.left_at: float | None = None
        self._kept: deque[Payload] = deque(maxlen=KEPT)
        self._held: list[tuple[str, Payload]] = []
        self._late = 0

    @property
    def complete(self) -> bool:
        """Whether nothing is held back that is still to be told."""
        return not self._held and not self._late

    def concerns(self, guild: Guild | None) -> bool:
        """Whether this shard hears of ``guild``; the first one hears of direct messages."""
        number, count = self.shard
        return (guild.id >> 22) % count == number if guild else number == 0

    def dispatch(self, name: str, data: Payload, guild: Guild | None = None) -> None:
        """Tell it, or keep it for when the client is back."""
        seen = seen_with(self.intents, name, data, self._discord.world.bot.id)
        if seen is None:
            return
        guild_id = guild.id if guild else None
        fault = None
        if name not in UNTOUCHED:
            fault = self._discord.faults.of_dispatch(name, guild_id, self.shard[0])
        match fault:
            case Drop():
                self.sequence += 1
            case Duplicate():
                self._send(name, seen)
                if fault.renumbered:
                    self._send(name, seen)
                elif self.socket is not None:
                    self.socket.send(self._kept[-1])
            case Reorder() | Delay():
                self._hold(name, seen, fault)
                return
            case OfSocket():
                if self.socket is not None:
                    self.socket.strike(fault)
                self._send(name, seen)
            case _:
                self._send(name, seen)
        self._release()

    def replay(self, sequence: int) -> bool:
        """Send again what came after ``sequence``; whether all of it was still there."""
        assert self.socket is not None
        oldest = self._kept[0]["s"] if self._kept else self.sequence + 1
        if sequence > self.sequence or sequence + 1 < oldest:
            return False
        for frame in self._kept:
            if frame["s"] > sequence:
                self.socket.send(frame)
        return True

    def _send(self, name: str, data: Payload) -> None:
        self.sequence += 1
        frame = {"op": 0, "t": name, "s": self.sequence, "d": data}
        self._kept.append(frame)
        if self.socket is not None:
            self.socket.send(frame)

    def _hold(self, name: str, data: Payload, fault: Reorder | Delay) -> None:
        loop = asyncio.get_running_loop()
        if isinstance(fault, Delay):
            self._late += 1
            loop.call_later(fault.by, self._send_late, name, data)
        else:
            self._held.append((name, data))
            loop.call_later(fault.patience, self._release)

    def _send_late(self, name: str, data: Payload) -> None:
        self._late -= 1
        self._send(name, data)
        self._discord.moved()

    def _release(self) -> None:
        held, self._held = self._held, []
        for name, data in held:
            self._send(name, data)
        if held:
            self._discord.moved()


class Sessions:
    """All sessions, of all clients."""

    def __init__(self, discord: "Loopback", terms: Terms) -> None:
        """None yet."""
        self._discord = discord
        self._terms = terms
        self._sessions: dict[str, Session] = {}
        self._identified: dict[int, float] = defaultdict(lambda: float("-inf"))
        self.identifies = 0
        """How many there were."""
        self.resumes = 0

    @property
    def left(self) -> int:
        """IDENTIFYs that are left today."""
        return max(0, self._terms.identifies - self.identifies)

    @property
    def connected(self) -> list[Session]:
        """Those with a client."""
        return [one for one in self._alive() if one.socket is not None]

    async def all_heard(self) -> bool:
        """Whether there are clients and all have taken in all they were told. A session without a
        client counts unless another one is connected for its shard."""
        sessions = list(self._alive())
        there = [(one, one.socket) for one in sessions if one.socket is not None]
        shards = {one.shard for one, _ in there}
        if not there or any(one.shard not in shards for one in sessions):
            return False
        if not all(one.complete for one, _ in there):
            return False
        return all(await asyncio.gather(*(socket.heard() for _, socket in there)))

    def may_identify(self, shard: int) -> bool:
        """Count an IDENTIFY, and whether it comes late enough after the one before it."""
        key, now = shard % self._terms.max_concurrency, self._now()
        too_soon = now - self._identified[key] < self._terms.identify_every
        self._identified[key] = now
        self.identifies += 1
        if too_soon:
            self._discord.violated("identify_too_soon", f"shard {shard}")
        if self.identifies > self._terms.identifies:
            self._discord.violated("identify_limit", f"{self.identifies} today")
        return not too_soon and self.identifies <= self._terms.identifies

    def begin(self, socket: "Socket", shard: tuple[int, int], intents: int) -> Session:
        """A new session: READY, then every server of the shard."""
        session = Session(self._discord, shard, intents)
        self._sessions[session.id] = session
        session.socket = socket
        world = self._discord.world
        guilds = [
            guild
            for guild in world.guilds.values()
            if session.concerns(guild) and world.bot.id in guild.members
        ]
        ready = {
            "v": 10,
            "user": payloads.user(world.bot),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self._discord.gateway_url,
            "shard": list(shard),
            "application": {"id": str(world.bot.id), "flags": 0},
        }
        session.dispatch("READY", ready)
        for guild in guilds:
            if guild.available:
                session.dispatch("GUILD_CREATE", payloads.guild_create(guild), guild)
        self._discord.moved()
        return session

    def resume(self, socket: "Socket", session_id: str, sequence: int) -> Session | None:
        """The session with what it missed, or None if it cannot be resumed."""
        session = next((one for one in self._alive() if one.id == session_id), None)
        if session is None:
            return None
        if session.socket is not None:
            session.socket.cut()
        session.socket = socket
        if not session.replay(sequence):
            self.forget(session)
            return None
        self.resumes += 1
        session.left_at = None
        session.dispatch("RESUMED", {})
        self._discord.moved()
        return session

    def leave(self, session: Session, socket: "Socket", code: int | None) -> None:
        """The connection is gone; the client that closed it with 1000 or 1001 will not be back."""
        if session.socket is not socket:
            return
        session.socket = None
        session.left_at = self._now()
        self._discord.moved()
        if code in (1000, 1001):
            self.forget(session)

    def forget(self, session: Session) -> None:
        """It cannot be resumed any more."""
        session.socket = None
        self._sessions.pop(session.id, None)
        self._discord.moved()

    def expire(self) -> None:
        """Forget every session that has no connection."""
        for session in list(self._alive()):
            if session.socket is None:
                self.forget(session)

    def dispatch(self, name: str, guild: Guild | None, data: Payload) -> None:
        """Tell every session that it concerns."""
        bot_id = self._discord.world.bot.id
        told = guild is None or (guild.available and bot_id in guild.members)
        if not told and name != "GUILD_DELETE":
            return
        for session in self._alive():
            if session.concerns(guild):
                session.dispatch(name, data, guild)

    def strike(self, fault: OfSocket) -> None:
        """Do to the connections what ``fault`` says."""
        for session in self.connected:
            if fault.shard in (None, session.shard[0]) and session.socket is not None:
                session.socket.strike(fault)

    def _alive(self) -> Iterator[Session]:
        for session in list(self._sessions.values()):
            gone = session.left_at is not None and session.socket is None
            if gone and self._now() - (session.left_at or 0) > self._terms.resumable:
                self.forget(session)
            else:
                yield session

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
