"""Counts the requests that Discord turns away, and says when to hold back.

Discord shuts out an address from which 10,000 requests with the answer 401, 403 or 429 come within
ten minutes (a 429 of a limit that others share does not count). Every answer of its interface is
seen here, whoever asked. Long before that many, effects hold back: what they do can wait. Answers
to members go on. After a 401 our token is not accepted, and after a 429 that does not come from
Discord itself we are shut out already: then effects hold back at once.
"""

import time
from collections import deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import Final

import aiohttp
import structlog

from bot import metrics

WINDOW: Final = 600.0
"""Seconds over which Discord counts."""
MOST: Final = 1_000
"""Invalid requests of this process within the window at which effects hold back: a tenth of what
Discord allows an address, which several processes may share."""
INVALID: Final = frozenset({401, 403, 429})

log = structlog.get_logger("tallystick.invalid_requests")


class InvalidRequests:
    """What one process was refused lately; ``clock`` tells seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST) -> None:
        """Nothing was refused yet."""
        self._clock, self._most = clock, most
        self._at: deque[float] = deque(maxlen=10_000)
        self._shut_until = 0.0
        self._held = False

    def trace(self) -> aiohttp.TraceConfig:
        """What shows this counter every answer of an HTTP session."""
        config = aiohttp.TraceConfig()
        config.on_request_end.append(self._ended)
        return config

    def lately(self) -> int:
        """How many requests were invalid within the last ten minutes."""
        since = self._clock() - WINDOW
        while self._at and self._at[0] <= since:
            self._at.popleft()
        return len(self._at)

    def allow_effects(self) -> bool:
        """Whether what can wait may be done now."""
        held = self._clock() < self._shut_until or self.lately() >= self._most
        if held != self._held:
            self._held = held
            if held:
                log.warning("effects_hold_back", invalid=self.lately())
            else:
                log.warning("effects_go_on", invalid=self.lately())
        return not held

    def answered(self, status: int, *, shared: bool, banned: bool, own_token: bool) -> None:
        """One request was answered: whether its limit is shared with others, whether the answer
        comes from Discord's outer wall, whether it was sent with the bot's own token."""
        if status not in INVALID or (status == 429 and shared):
            return
        now = self._clock()
        self._at.append(now)
        metrics.INVALID_REQUESTS.labels(str(status)).inc()
        if (status == 401 and own_token) or banned:
            self._shut_until = now + WINDOW
            log.error("shut_out", status=status)

    async def _ended(
        self,
        session: aiohttp.ClientSession,
        context: SimpleNamespace,
        ended: aiohttp.TraceRequestEndParams,
    ) -> None:
        if ended.url.path.startswith("/api/"):  # not the pictures, and not the gateway
            headers, status = ended.response.headers, ended.response.status
            self.answered(
                status,
                shared=headers.get("X-RateLimit-Scope") == "shared",
                banned=status == 429 and "Via" not in headers,
                own_token="Authorization" in ended.headers,
            )
