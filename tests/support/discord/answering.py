"""HTTP: how a request becomes an answer. Faults come first, then limits, then what is asked."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from tests.support.discord import rest_bot, rest_guilds, rest_interactions, rest_messages
from tests.support.discord.faults import (
    Fails,
    LostAnswer,
    OfRequest,
    RateLimited,
    Silent,
    Slow,
)
from tests.support.discord.gateway import Socket
from tests.support.discord.limits import INVALID, WINDOW, Limits, rounded
from tests.support.discord.rest import ROUTES, Call, Refusal, Request

if TYPE_CHECKING:
    from tests.support.discord.server import Loopback

AREAS: Final = (rest_bot, rest_guilds, rest_interactions, rest_messages)
"""The modules that declare the routes."""
PREFIX: Final = "/api/v10"
_OPEN: Final = ("/interactions/", "/webhooks/", "/gateway")
"""What is asked without a token of the bot."""
_SAYS: Final = {400: "Bad Request", 403: "Missing Permissions", 404: "Not Found"}


class Answering:
    """The web application of one loopback Discord."""

    def __init__(self, discord: "Loopback") -> None:
        """Nobody is connected and nothing was asked."""
        self.sockets: set[Socket] = set()
        self._discord = discord
        self._invalid: deque[datetime] = deque()
        self._limits = Limits(discord.terms.speed)

    def app(self) -> web.Application:
        """One that can be served once."""
        app = web.Application(client_max_size=1 << 26)
        app.router.add_get("/gateway", self._gateway)
        for (method, path), handler in ROUTES.items():
            app.router.add_route(method, PREFIX + path, self._serving(method, path, handler))
        app.router.add_route("*", "/{anything:.*}", self._unknown)
        return app

    @property
    def invalid_requests(self) -> int:
        """Answers of the last ten minutes that Discord counts against the bot."""
        while self._invalid and self._discord.clock() - self._invalid[0] > WINDOW:
            self._invalid.popleft()
        return len(self._invalid)

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        refused = self._discord.faults.of_connection()
        if refused is not None:
            return web.Response(status=refused.status)
        ws = web.WebSocketResponse(compress=False, max_msg_size=0)
        await ws.prepare(request)
        socket = Socket(self._discord, ws, request)
        self.sockets.add(socket)
        try:
            await socket.run()
        finally:
            self.sockets.discard(socket)
        return ws

    async def _unknown(self, request: web.Request) -> web.Response:
        """What Discord may know and we do not: seen by whoever looks at the violations."""
        self._discord.violated("unknown_route", f"{request.method} {request.path}")
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
                self._discord.clock(),
                self._guild_of(ids),
                files,
            )
            self._discord.requests.append(one)
            try:
                return await self._answered(request, one, Call(self._discord, ids, one), handler)
            finally:
                self._discord.moved()

        return serve

    async def _answered(
        self, request: web.Request, one: Request, call: Call, handler: Callable[[Call], Any]
    ) -> web.StreamResponse:
        """The answer to ``one``: faults first, then limits, then what the handler says."""
        fault = self._discord.faults.of_request(f"{one.method} {one.path}", one.guild_id)
        if isinstance(fault, Silent):
            await asyncio.sleep(fault.wait)
            return _cut(request)
        status, told, headers = self._before(request, one, fault)
        if told is None:
            status, told = self._handled(call, handler)
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
                self._discord.violated("shut_out", f"{self.invalid_requests} invalid requests")

    def _before(
        self, request: web.Request, one: Request, fault: OfRequest | None
    ) -> tuple[int, Any, dict[str, str]]:
        """An answer that is given without a look at what is asked for, if there is one."""
        now = asyncio.get_running_loop().time()
        wait = self._limits.everything(one.method, one.route, now)
        if wait:
            self._discord.violated("global_limit", f"{one.method} {one.path}")
            return _limited(wait, "global", {})
        bucket = self._limits.bucket(one.method, one.route, _place(request.match_info))
        room = bucket.take(now)
        headers = bucket.headers(now)
        match fault:
            case RateLimited(scope="cloudflare"):
                return 429, "error code: 1015", {"Retry-After": str(fault.retry_after)}
            case RateLimited():
                return _limited(fault.retry_after, fault.scope, headers)
            case Fails():
                told = {"message": fault.message or _SAYS.get(fault.status, ""), "code": fault.code}
                return fault.status, told, headers
        if not room:
            self._discord.violated("route_limit", f"{one.method} {one.path}")
            return _limited(bucket.ends - now, "user", headers)
        known = request.headers.get("Authorization") == f"Bot {self._discord.token}"
        if not known and not one.route.startswith(_OPEN):
            return 401, {"message": "401: Unauthorized", "code": 0}, headers
        return 200, None, headers

    def _handled(self, call: Call, handler: Callable[[Call], Any]) -> tuple[int, Any]:
        try:
            told = handler(call)
        except Refusal as refusal:
            if refusal.status == 400:
                self._discord.violated("bad_request", f"{call.request.path}: {refusal.message}")
            return refusal.status, {"message": refusal.message, "code": refusal.code}
        return (204, "") if told is None else (200, told)

    def _guild_of(self, ids: Mapping[str, str]) -> int | None:
        """The server that a request is about."""
        if "guild" in ids:
            return int(ids["guild"])
        channel = (
            self._discord.world.channels.get(int(ids["channel"])) if "channel" in ids else None
        )
        if "token" in ids:
            asked = self._discord.interactions.by_token(ids["token"])
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


def _place(ids: Mapping[str, str]) -> str:
    """What, of the path, buckets are kept apart by."""
    return "+".join(ids.get(name, "") for name in ("channel", "guild", "interaction", "token"))


def _limited(wait: float, scope: str, headers: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
    """429; without ``Via`` it would be Cloudflare's, which bans."""
    wait = rounded(max(wait, 0.001))
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
    """JSON, with the content type spelled as Discord does; a text is Cloudflare's."""
    if status == 204:
        return web.Response(status=204, headers=headers)
    if isinstance(told, str):
        return web.Response(status=status, text=told, headers=headers)
    body = json.dumps(told).encode()
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)


def _cut(request: web.Request) -> web.StreamResponse:
    """No answer: the connection is gone."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
