"""One connection to the gateway: hello, identify or resume, heartbeats, requests for members."""

import asyncio
import json
import zlib
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from aiohttp import WSMsgType, web

from tests.support.discord import payloads
from tests.support.discord.faults import Close, Invalidate, OfSocket, Reconnect
from tests.support.discord.intents import PRIVILEGED
from tests.support.discord.models import Payload
from tests.support.discord.sessions import Session

if TYPE_CHECKING:
    from tests.support.discord.server import Loopback

HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = (
    1, 2, 3, 4, 6, 7, 8, 9, 10, 11,
)  # fmt: skip
CHUNK: Final = 1000
"""Members that are told at once."""
MOST: Final = 120
"""What a client may send in a minute."""
NO_RESUME: Final = frozenset({4007, 4009})
"""Close codes after which there is no session to resume."""


class Socket:
    """A client's connection. What is sent is queued, so that nothing here waits for a client."""

    def __init__(
        self, discord: "Loopback", ws: web.WebSocketResponse, request: web.Request
    ) -> None:
        """``request`` is the one that the connection was made with."""
        self._discord = discord
        self._ws = ws
        self._request = request
        self._outbox: asyncio.Queue[Payload | int] = asyncio.Queue()
        self._deflate = zlib.compressobj() if "compress" in request.query else None
        self._session: Session | None = None
        self._received_at: deque[float] = deque(maxlen=MOST)
        self._told = 0
        self._heard: dict[asyncio.Future[bool], int] = {}

    async def run(self) -> None:
        """Until it is closed by either side."""
        writer = asyncio.create_task(self._write())
        self.send(_frame(HELLO, {"heartbeat_interval": self._discord.terms.heartbeat * 1000}))
        try:
            async for message in self._ws:
                if message.type is WSMsgType.TEXT:
                    self._received(json.loads(message.data))
        finally:
            writer.cancel()
            for waiting in self._heard:
                if not waiting.done():
                    waiting.set_result(False)
            self._heard.clear()
            with suppress(asyncio.CancelledError, ConnectionError):
                await writer
            if self._session is not None:
                code = self._ws.close_code if self._ws.close_code != 1006 else None
                self._discord.sessions.leave(self._session, self, code)

    def send(self, frame: Payload) -> None:
        """Queue ``frame``."""
        self._told = frame["s"] or self._told
        self._outbox.put_nowait(frame)

    def heard(self) -> "asyncio.Future[bool]":
        """Whether all that has been sent was taken in, as a heartbeat says, before the connection
        ended."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._heard[future] = self._told
        return future

    def close(self, code: int) -> None:
        """Close it when everything that is queued has been sent."""
        self._outbox.put_nowait(code)

    def cut(self) -> None:
        """Gone without a word."""
        if self._request.transport is not None:
            self._request.transport.abort()

    def strike(self, fault: OfSocket) -> None:
        """What goes wrong with it."""
        forgotten = False
        match fault:
            case Close():
                self.close(fault.code)
                forgotten = fault.code in NO_RESUME
            case Invalidate():
                self.send(_frame(INVALID, fault.resumable))
                forgotten = not fault.resumable
            case Reconnect():
                self.send(_frame(RECONNECT, None))
            case _:
                self.cut()
        if self._session is not None:
            self._session.socket = None
            self._session.left_at = asyncio.get_running_loop().time()
            if forgotten:
                self._discord.sessions.forget(self._session)

    async def _write(self) -> None:
        while True:
            frame = await self._outbox.get()
            if isinstance(frame, int):
                await self._ws.close(code=frame)
                return
            text = json.dumps(frame, separators=(",", ":"))
            if self._deflate is None:
                await self._ws.send_str(text)
            else:
                packed = self._deflate.compress(text.encode())
                await self._ws.send_bytes(packed + self._deflate.flush(zlib.Z_SYNC_FLUSH))

    def _received(self, frame: Payload) -> None:
        if frame["op"] != HEARTBEAT:
            self._count()
        match frame["op"]:
            case op if op == HEARTBEAT:
                self._heartbeat(frame["d"] or 0)
            case op if op == IDENTIFY:
                self._identify(frame["d"])
            case op if op == RESUME:
                self._resume(frame["d"])
            case op if op == MEMBERS:
                self._members(frame["d"])
            case op if op not in (PRESENCE, VOICE):
                self.close(4001)

    def _count(self) -> None:
        """Close the connection of a client that sends too much. Heartbeats are not counted, since
        they come faster here than Discord asks for them."""
        now = asyncio.get_running_loop().time()
        if len(self._received_at) == MOST and now - self._received_at[0] < 60:
            self._discord.violated("gateway_limit", f"{MOST} in a minute")
            self.close(4008)
        self._received_at.append(now)

    def _heartbeat(self, sequence: int) -> None:
        for waiting in [one for one, told in self._heard.items() if told <= sequence]:
            del self._heard[waiting]
            if not waiting.done():
                waiting.set_result(True)
        shard = self._session.shard[0] if self._session else 0
        if not self._discord.faults.of_heartbeat(shard):
            self.send(_frame(ACK, None))

    def _identify(self, asked: Payload) -> None:
        discord = self._discord
        number, count = asked.get("shard", [0, 1])
        missing = [
            name
            for name, intent in PRIVILEGED.items()
            if asked["intents"] & intent and name not in discord.terms.privileged
        ]
        if asked["token"] != discord.token:
            self.close(4004)
        elif not 0 <= number < count:
            self.close(4010)
        elif missing:
            self.close(4014)
        elif not discord.sessions.may_identify(number):
            self.send(_frame(INVALID, False))
        else:
            self._session = discord.sessions.begin(self, (number, count), asked["intents"])

    def _resume(self, asked: Payload) -> None:
        if asked["token"] != self._discord.token:
            self.close(4004)
            return
        session_id, sequence = str(asked["session_id"]), int(asked["seq"] or 0)
        self._session = self._discord.sessions.resume(self, session_id, sequence)
        if self._session is None:
            self.send(_frame(INVALID, False))

    def _members(self, asked: Payload) -> None:
        """Tell who the members of a server are, in pieces."""
        guild = self._discord.world.guilds.get(int(asked["guild_id"]))
        if guild is None or self._session is None or not self._session.concerns(guild):
            return
        found = list(guild.members.values())
        if "user_ids" in asked:
            wanted = {int(user_id) for user_id in asked["user_ids"]}
            found = [member for member in found if member.id in wanted]
        elif asked.get("query"):
            found = [member for member in found if member.user.name.startswith(asked["query"])]
        found = found[: asked["limit"]] if asked.get("limit") else found
        pieces = [found[n : n + CHUNK] for n in range(0, len(found), CHUNK)] or [[]]
        for index, piece in enumerate(pieces):
            told: Payload = {
                "guild_id": str(guild.id),
                "members": [payloads.member(member) for member in piece],
                "chunk_index": index,
                "chunk_count": len(pieces),
            }
            if "nonce" in asked:
                told["nonce"] = asked["nonce"]
            self._session.dispatch("GUILD_MEMBERS_CHUNK", told, guild)


def _frame(op: int, data: Any) -> Payload:
    return {"op": op, "t": None, "s": None, "d": data}
