"""Effects hold back long before Discord would shut us out."""

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import REGISTRY

from bot.invalid_requests import WINDOW, InvalidRequests


class Clock:
    """Seconds that stand still until they are moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def refuse(requests: InvalidRequests, status: int, times: int = 1, **more: bool) -> None:
    how = {"shared": False, "banned": False, "own_token": True} | more
    for _ in range(times):
        requests.answered(status, **how)


@pytest.mark.parametrize("status", [403, 429])
def test_so_many_within_ten_minutes_hold_effects_back(status: int) -> None:
    clock = Clock()
    requests = InvalidRequests(clock, most=10)
    refuse(requests, status, 9)
    assert requests.allow_effects()
    refuse(requests, status)
    assert not requests.allow_effects() and requests.lately() == 10
    clock.now += WINDOW
    assert requests.allow_effects() and requests.lately() == 0


def test_what_works_what_breaks_and_shared_limits_do_not_count() -> None:
    requests = InvalidRequests(Clock(), most=1)
    for status in (200, 204, 400, 404, 500, 502):
        refuse(requests, status)
    refuse(requests, 429, shared=True)
    assert requests.allow_effects() and requests.lately() == 0


def test_a_token_that_is_not_accepted_holds_effects_back_at_once() -> None:
    clock = Clock()
    requests = InvalidRequests(clock)
    refuse(requests, 401, own_token=False)  # the token of an interaction that is over
    assert requests.allow_effects()
    refuse(requests, 401)
    assert not requests.allow_effects()
    clock.now += WINDOW
    assert requests.allow_effects()


def test_being_shut_out_holds_effects_back_at_once() -> None:
    requests = InvalidRequests(Clock())
    refuse(requests, 429, banned=True)
    assert not requests.allow_effects()


async def test_every_answer_of_a_session_is_seen() -> None:
    def counted(status: int) -> float:
        labels = {"status": str(status)}
        return REGISTRY.get_sample_value("tallystick_invalid_requests_total", labels) or 0

    async def say(request: web.Request) -> web.Response:
        status = int(request.query["status"])
        shared = {"X-RateLimit-Scope": request.query.get("scope", "user"), "Via": "1.1 google"}
        return web.Response(status=status, headers=shared)

    app = web.Application()
    app.router.add_get("/{path:.*}", say)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    _, port = runner.addresses[0]
    requests, before = InvalidRequests(Clock(), most=3), counted(403)
    try:
        async with aiohttp.ClientSession(trace_configs=[requests.trace()]) as session:
            for path in (
                "api/v10/channels/1/messages?status=403",
                "api/v10/channels/1/messages?status=429",
                "api/v10/channels/1/messages?status=429&scope=shared",
                "api/v10/channels/1/messages?status=200",
                "avatars/1/2.png?status=403",
            ):
                await session.get(f"http://127.0.0.1:{port}/{path}")
            assert (requests.lately(), requests.allow_effects()) == (2, True)
            await session.get(f"http://127.0.0.1:{port}/api/v10/webhooks/1/2?status=401")
            assert (requests.lately(), requests.allow_effects()) == (3, False)
            assert counted(403) == before + 1
    finally:
        await runner.cleanup()
