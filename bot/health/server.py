"""The port at which this process is looked at: ``/livez``, ``/readyz`` and ``/metrics``."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.health.findings import Finding
from bot.health.sight import Sight, is_wrong
from bot.logs import hide
from events.engine.errors import TallystickError


class PortTaken(TallystickError):
    """The address and port for health and metrics cannot be used."""


@asynccontextmanager
async def served(sight: Sight, host: str, port: int) -> AsyncIterator[str]:
    """Answer at ``host`` and ``port`` (0: any that is free) for the length of the block; the
    address. Raises PortTaken."""
    runner = web.AppRunner(_application(sight), access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise PortTaken(
                f"Health and metrics cannot be served at {host}:{port} ({error.strerror}). Set "
                "TALLYSTICK_HEALTH_PORT to another port, or to 0 for none."
            ) from error
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _application(sight: Sight) -> web.Application:
    async def alive(request: web.Request) -> web.Response:
        return _told("alive", sight.alive())

    async def ready(request: web.Request) -> web.Response:
        return _told("ready", await sight.ready())

    async def metrics(request: web.Request) -> web.Response:
        return web.Response(
            body=await sight.metrics(), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    application = web.Application()
    application.add_routes(
        [web.get("/livez", alive), web.get("/readyz", ready), web.get("/metrics", metrics)]
    )
    return application


def _told(word: str, findings: Sequence[Finding]) -> web.Response:
    """200 or 503, and each finding."""
    wrong = is_wrong(findings)
    checks = [asdict(finding) | {"detail": hide(finding.detail)} for finding in findings]
    return web.json_response({word: not wrong, "checks": checks}, status=503 if wrong else 200)
