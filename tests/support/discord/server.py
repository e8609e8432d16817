"""The server: HTTP and WebSocket on one port, with a journal of what was asked."""

import asyncio
import inspect
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import discord as library
from aiohttp import web
from yarl import URL

from tests.support.discord import (
    rest_bot,
    rest_guilds,
    rest_interactions,
    rest_messages,
)
from tests.support.discord.acts import Acts
from tests.support.discord.faults import (
    Fails,
    Faults,
    LostAnswer,
    OfRequest,
    RateLimited,
    Silent,
    Slow,
)
from tests.support.discord.gateway import Socket
from tests.support.discord.interactions import Interactions
from tests.support.discord.limits import INVALID, WINDOW, Limits
from tests.support.discord.models import Guild, Payload, User
from tests.support.discord.rest import ROUTES, Call, Refusal, Request
from tests.support.discord.sessions import Sessions, Terms
from tests.support.discord.world import World
from tests.support.discord.writing import Nonces

AREAS: Final = (rest_bot, rest_guilds, rest_interactions, rest_messages)
"""The modules whose routes are served."""
PREFIX: Final = "/api/v10"
TOKEN: Final = "loopback"
_OPEN: Final = ("/interactions/", "/webhooks/", "/gateway")
"""What is asked without a token of the bot."""
_SAYS: Final = {400: "Bad Request", 403: "Missing Permissions", 404: "Not Found"}


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
        self._invalid: deque[datetime] = deque()
        self._limits = Limits(terms.speed)
        self._sockets: set[Socket] = set()
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
        while self._invalid and self.clock() - self._invalid[0] > WINDOW:
            self._invalid.popleft()
        return len(self._invalid)

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
            while not await self.sessions.all_heard():
                await self._moved.wait()

    async def start(self, port: int = 0) -> None:
        """Listen."""
        app = web.Application(client_max_size=1 << 26)
        app.router.add_get("/gateway", self._gateway)
        for area in AREAS:
            assert any(handler.__module__ == area.__name__ for handler in ROUTES.values())
        for (method, path), handler in ROUTES.items():
            app.router.add_route(method, PREFIX + path, self._serving(method, path, handler))
        app.router.add_route("*", "/{anything:.*}", self._unknown)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Cut every connection and listen no more."""
        for socket in list(self._sockets):
            socket.cut()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        refused = self.faults.of_connection()
        if refused is not None:
            return web.Response(status=refused.status)
        ws = web.WebSocketResponse(compress=False, max_msg_size=0)
        await ws.prepare(request)
        socket = Socket(self, ws, request)
        self._sockets.add(socket)
        try:
            await socket.run()
        finally:
            self._sockets.discard(socket)
        return ws

    async def _unknown(self, request: web.Request) -> web.Response:
        """What Discord may know and we do not: seen by whoever looks at the violations."""
        self.violated("unknown_route", f"{request.method} {request.path}")
        return _answer(404, {"message": "404: Not Found", "code": 0})

    def _serving(
        self, method: str, route: str, handler: Callable[[Call], Any]
    ) -> Callable[[web.Request], Any]:
        async def serve(request: web.Request) -> web.StreamResponse:
            ids = request.match_info
            body, files = await _body(request)
            one = Request(
                method,
                route,
                request.path.removeprefix(PREFIX),
                body,
                request.query,
                request.headers.get("X-Audit-Log-Reason"),
                self.clock(),
                self._guild_of(ids),
                files,
            )
            self.requests.append(one)
            try:
                return await self._answered(request, one, Call(self, ids, one), handler)
            finally:
                self.moved()

        return serve

    async def _answered(
        self, request: web.Request, one: Request, call: Call, handler: Callable[[Call], Any]
    ) -> web.StreamResponse:
        """The answer to ``one``: faults first, then limits, then what the handler says."""
        fault = self.faults.of_request(f"{one.method} {one.path}", one.guild_id)
        if isinstance(fault, Silent):
            await asyncio.sleep(fault.wait)
            return _cut(request)
        status, told, headers = self._before(request, one, fault)
        if told is None:
            status, told = await self._handled(call, handler)
        if isinstance(fault, LostAnswer):
            one.answer = told
            return _cut(request)
        if isinstance(fault, Slow):
            await asyncio.sleep(fault.by)
        one.status, one.answer = status, told
        one.scope = headers.get("X-RateLimit-Scope", "")
        self._count(one)
        return _answer(status, told, headers)

    def _count(self, one: Request) -> None:
        """Count an answer that Discord holds against the bot."""
        if one.status in (401, 403, 429) and one.scope != "shared":
            self._invalid.append(one.at)
            if self.invalid_requests > INVALID:
                self.violated("shut_out", f"{self.invalid_requests} invalid requests")

    def _before(
        self, request: web.Request, one: Request, fault: OfRequest | None
    ) -> tuple[int, Any, dict[str, str]]:
        """An answer that is given without a look at what is asked for, if there is one."""
        now = asyncio.get_running_loop().time()
        wait = self._limits.everything(one.method, one.route, now)
        if wait:
            self.violated("global_limit", f"{one.method} {one.path}")
            return _limited(wait, "global", {})
        bucket = self._limits.bucket(one.method, one.route, _place(request.match_info))
        room = bucket.take(now)
        headers = bucket.headers(now)
        match fault:
            case RateLimited():
                return _limited(fault.retry_after, fault.scope, headers)
            case Fails():
                told = {"message": fault.message or _SAYS.get(fault.status, ""), "code": fault.code}
                return fault.status, told, headers
        if not room:
            self.violated("route_limit", f"{one.method} {one.path}")
            return _limited(bucket.ends - now, "user", headers)
        known = request.headers.get("Authorization") == f"Bot {self.token}"
        if not known and not one.route.startswith(_OPEN):
            return 401, {"message": "401: Unauthorized", "code": 0}, headers
        return 200, None, headers

    async def _handled(self, call: Call, handler: Callable[[Call], Any]) -> tuple[int, Any]:
        try:
            told = handler(call)
            if inspect.isawaitable(told):
                told = await told
        except Refusal as refusal:
            if refusal.status == 400:
                self.violated("bad_request", f"{call.request.path}: {refusal.message}")
            return refusal.status, {"message": refusal.message, "code": refusal.code}
        return (204, "") if told is None else (200, told)

    def _guild_of(self, ids: Any) -> int | None:
        """The server that a request is about."""
        if "guild" in ids:
            return int(ids["guild"])
        channel = self.world.channels.get(int(ids["channel"])) if "channel" in ids else None
        if "token" in ids:
            asked = self.interactions.by_token(ids["token"])
            channel = asked.channel if asked is not None else None
        return channel.guild.id if channel is not None and channel.guild is not None else None


async def _body(request: web.Request) -> tuple[Any, int]:
    """What was sent as JSON, and how many files came with it."""
    if not request.content_type.startswith("multipart/"):
        text = await request.text()
        return (json.loads(text) if text else None), 0
    form = await request.post()
    files = sum(key.startswith("files") for key in form)
    return json.loads(str(form.get("payload_json", "null"))), files


def _place(ids: Any) -> str:
    """What, of the path, buckets are kept apart by."""
    return "+".join(ids.get(name, "") for name in ("channel", "guild", "interaction", "token"))


def _limited(wait: float, scope: str, headers: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
    """429; what comes without ``Via`` would be Cloudflare's, which bans."""
    wait = round(max(wait, 0.001), 3)
    told = {
        "message": "You are being rate limited.",
        "retry_after": wait,
        "global": scope == "global",
    }
    more = {"Via": "1.1 google", "Retry-After": str(wait), "X-RateLimit-Scope": scope}
    if scope == "global":
        more["X-RateLimit-Global"] = "true"
    return 429, told, headers | more


def _answer(status: int, told: Any, headers: dict[str, str] | None = None) -> web.Response:
    """JSON, with the content type spelled as Discord does."""
    if status == 204:
        return web.Response(status=204, headers=headers)
    body = json.dumps(told).encode()
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)


def _cut(request: web.Request) -> web.StreamResponse:
    """No answer: the connection is gone."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


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
