"""Discord's rate limits: buckets by route and place, one for everything, and their headers."""

import hashlib
import math
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

PER_SECOND: Final = 50
"""Requests that one bot may send a second in all."""
INVALID: Final = 10_000
"""Answers of 401, 403 and 429 in ``WINDOW`` after which Discord shuts the bot out."""
WINDOW: Final = timedelta(minutes=10)
_USUAL: Final = (10, 1.0)
_LIMITS: Final = {
    ("POST", "/channels/{channel}/messages"): (5, 5.0),
    ("PATCH", "/channels/{channel}/messages/{message}"): (5, 5.0),
    ("GET", "/channels/{channel}/messages"): (5, 5.0),
    ("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me"): (1, 0.25),
    ("PUT", "/guilds/{guild}/members/{user}/roles/{role}"): (10, 10.0),
    ("DELETE", "/guilds/{guild}/members/{user}/roles/{role}"): (10, 10.0),
    ("PATCH", "/guilds/{guild}/members/{user}"): (10, 10.0),
    ("GET", "/guilds/{guild}/members"): (10, 10.0),
    ("POST", "/users/@me/channels"): (10, 10.0),
    ("GET", "/gateway/bot"): (2, 5.0),
    ("PUT", "/applications/{application}/commands"): (2, 60.0),
}
"""Requests in so many seconds, where it is not as usual."""
_UNLIMITED: Final = ("/interactions/", "/webhooks/")


@dataclass
class Bucket:
    """Requests of one kind to one place."""

    name: str
    limit: int
    window: float
    left: int = 0
    ends: float = -math.inf

    def take(self, now: float) -> bool:
        """Count a request; whether there was room for it."""
        if now >= self.ends:
            self.left, self.ends = self.limit, now + self.window
        self.left -= 1
        return self.left >= 0

    def headers(self, now: float) -> dict[str, str]:
        """What Discord tells of the bucket."""
        after = rounded(max(0.0, self.ends - now))
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.left)),
            "X-RateLimit-Reset": f"{time.time() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": self.name,
        }


class Limits:
    """All buckets."""

    def __init__(self, speed: float) -> None:
        """``speed`` is how much faster than Discord's the windows pass."""
        self._speed = speed
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._all = Bucket("global", PER_SECOND, 1.0 / speed)

    def everything(self, method: str, route: str, now: float) -> float:
        """Count a request among all; seconds to wait, 0 if there is room."""
        if route.startswith(_UNLIMITED) or self._all.take(now):
            return 0.0
        return max(self._all.ends - now, 0.001)

    def bucket(self, method: str, route: str, place: str) -> Bucket:
        """The bucket of ``method route`` at ``place`` (a channel, a server, an interaction)."""
        name = hashlib.sha256(f"{method} {route}".encode()).hexdigest()[:16]
        if (name, place) not in self._buckets:
            limit, window = _LIMITS.get((method, route), _USUAL)
            self._buckets[name, place] = Bucket(name, limit, window / self._speed)
        return self._buckets[name, place]


def rounded(seconds: float) -> float:
    """Up to whole milliseconds: who waits so long has waited long enough."""
    return math.ceil(seconds * 1000) / 1000
