"""The server: everything of one Discord in one place, on one port."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import discord as library
from aiohttp import web
from yarl import URL

from tests.support.discord.acts import Acts
from tests.support.discord.answering import PREFIX, Answering
from tests.support.discord.faults import Faults
from tests.support.discord.interactions import Interactions
from tests.support.discord.models import Guild, Payload, User
from tests.support.discord.rest import Request
from tests.support.discord.sessions import Sessions, Terms
from tests.support.discord.world import World
from tests.support.discord.writing import Nonces

TOKEN: Final = "loopback"


@dataclass(frozen=True)
class Violation:
    """Something that a bot must not do; ``kind`` is a fixed word."""

    kind: str
    what: str


class Loopback(Acts):
    """A Discord of our own. Not for use from another thread than the one that serves it."""

    def __init__(
        self,
        *,
        terms: Terms | None = None,
        clock: Callable[[], datetime] | None = None,
        seed: int = 0,
    ) -> None:
        """Nothing listens before :meth:`start`."""
        self.terms = terms = terms or Terms()
        self.clock = clock or (lambda: datetime.now(UTC))
        self.token = TOKEN
        self.world = World(self.clock)
        self.faults = Faults(seed)
        self.sessions = Sessions(self, terms)
        self.interactions = Interactions(self.world, self.until)
        self.nonces = Nonces(self.clock)
        self.commands: list[Payload] = []
        self.requests: list[Request] = []
        self._violations: list[Violation] = []
        self._answering = Answering(self)
        self._runner: web.AppRunner | None = None
        self._moved = asyncio.Event()
        self.port = 0
        self.world.emit = self.sessions.dispatch
        self.faults.strike_sockets = self.sessions.strike

    @classmethod
    @asynccontextmanager
    async def started(cls, *, port: int = 0, **more: Any) -> "AsyncIterator[Loopback]":
        """One that listens on ``port`` (0: any that is free), until the end of the block."""
        server = cls(**more)
        await server.start(port)
        try:
            yield server
        finally:
            await server.stop()

    @property
    def url(self) -> str:
        """The address, without a path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def gateway_url(self) -> str:
        """The gateway's."""
        return f"ws://127.0.0.1:{self.port}/gateway"

    @property
    def guilds(self) -> dict[int, Guild]:
        """Every server."""
        return self.world.guilds

    @property
    def violations(self) -> list[Violation]:
        """What the bot has done that it must not do, and what it has not answered in time."""
        late = [Violation("acknowledged_late", one.name) for one in self.interactions.late]
        return [*self._violations, *late]

    @property
    def invalid_requests(self) -> int:
        """Answers of the last ten minutes that Discord counts against the bot; too many, and it is
        shut out."""
        return self._answering.invalid_requests

    def add_guild(self, name: str, guild_id: int | None = None) -> Guild:
        """A new server with the bot in it."""
        return self.world.add_guild(name, guild_id)

    def add_user(self, name: str, *, bot: bool = False) -> User:
        """A user who is in no server yet."""
        return self.world.add_user(name, bot=bot)

    def is_heard(self, guild: Guild | None) -> bool:
        """Whether a client is connected that hears of ``guild``."""
        return any(one.concerns(guild) for one in self.sessions.connected)

    def violated(self, kind: str, what: str) -> None:
        """Keep what the bot must not do."""
        self._violations.append(Violation(kind, what))
        self.moved()

    def asked(self, method: str, route: str) -> list[Request]:
        """The requests of one kind, like ``POST`` and ``/channels/{channel}/messages``."""
        return [one for one in self.requests if (one.method, one.route) == (method, route)]

    def moved(self) -> None:
        """Something is not as it was: wake whoever waits."""
        self._moved.set()
        self._moved = asyncio.Event()

    async def until(self, so: Callable[[], bool], timeout: float | None = 10.0) -> None:
        """Wait until ``so``, looked at whenever the bot has done something. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while not so():
                await self._moved.wait()

    async def heard(self, timeout: float = 10.0) -> None:
        """Wait until a client is connected, and every session that has not ended has a client that
        has taken in everything it was told. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while True:
                moved = self._moved
                if await self.sessions.all_heard():
                    return
                await moved.wait()

    async def start(self, port: int = 0) -> None:
        """Listen."""
        self._runner = web.AppRunner(self._answering.app(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Cut every connection and listen no more."""
        for socket in list(self._answering.sockets):
            socket.cut()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None


@contextmanager
def redirected(url: str) -> Iterator[None]:
    """Clients that are started meanwhile talk to ``url`` instead of Discord."""
    route, gateway = library.http.Route, library.gateway.DiscordWebSocket
    before = route.BASE, gateway.DEFAULT_GATEWAY
    route.BASE = url + PREFIX
    gateway.DEFAULT_GATEWAY = URL(url.replace("http", "ws", 1) + "/gateway")
    try:
        yield
    finally:
        route.BASE, gateway.DEFAULT_GATEWAY = before
