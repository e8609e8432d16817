"""Whether Discord lets us do something in a guild: one circuit breaker for each such way.

A way is what an act needs: to write in a channel, to manage roles, to write to a member directly.
After :data:`OPENS_AT` failures in a row, of whatever acts, the way is shut: nothing is tried there
until a pause is over, then one act, and after each further failure the pause is longer. Refusals
(403) are paused from five minutes to a day, what is not answered (5xx, time-outs) from half a
minute to a quarter of an hour. The first success opens the way again; so does, for one try, any
change of what we may do there, and an admin with ``/doctor``. Failures are kept in the database.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import discord

from bot import metrics
from bot.backoff import Dice, pause
from bot.failures import Failure, failure_of
from sql import breakers
from sql.breakers import Breaker
from sql.pool import Connection

ROLES: Final = "roles"
OPENS_AT: Final = 5
REFUSED: Final = (timedelta(minutes=5), timedelta(days=1), 4)
"""The first pause after refusals, the longest, and by what they grow."""
UNANSWERED: Final = (timedelta(seconds=30), timedelta(minutes=15), 2)
CLOSED: Final = 50007
"""Discord's code for a member who takes no direct messages from us: asking more often is no use."""


def way_to(channel_id: int | None, user_id: int | None) -> str:
    """To write in a channel or, without one, to a member directly."""
    return f"dm:{user_id or 0}" if channel_id is None else f"channel:{channel_id}"


def standing(guild: discord.Guild, way: str) -> str:
    """What decides, as far as Discord has told us, whether it lets us: only its changes count."""
    what, _, number = way.partition(":")
    me = guild.me
    if what == "channel":
        channel = guild.get_channel_or_thread(int(number))
        return "" if channel is None else str(channel.permissions_for(me).value)
    if what == ROLES:
        return f"{me.guild_permissions.value}:{me.top_role.position}:{guild.mfa_level.value}"
    return ""


class Gate:
    """One way in one guild, for a round of an effect: lets so many through as may fail."""

    def __init__(self, way: str, standing: str, kept: Breaker | None, now: datetime) -> None:
        """As it was ``kept`` when it last failed."""
        self.way, self._standing, self._is_kept = way, standing, kept is not None
        self._failures = kept.failures if kept else 0
        self._left = OPENS_AT - self._failures
        self._last: Failure | None = None
        self._worked = False
        if kept is not None and self._left <= 0:
            changed = kept.standing != standing
            self._failures = OPENS_AT - 1 if changed else self._failures
            self._left = 1 if changed or kept.retry_at <= now else 0

    def enter(self) -> bool:
        """Whether one more act may be tried now; if so, it counts as tried."""
        if self._left <= 0:
            return False
        self._left -= 1
        return True

    def note(self, failure: Failure | None) -> None:
        """How an act ended that was let through. One that was impossible says nothing of the way,
        but that Discord answers."""
        if failure is None or failure.kind == "impossible":
            self._failures, self._left = 0, OPENS_AT
            self._last, self._worked = None, True
        else:
            closed = failure.code == CLOSED
            self._failures = max(self._failures + 1, OPENS_AT if closed else 0)
            self._left = 0 if closed else min(self._left, OPENS_AT - self._failures)
            self._last = failure

    def save(self, conn: Connection, guild_id: int, now: datetime, dice: Dice) -> None:
        """Keep what is new since it was loaded."""
        if self._last is not None:
            over = self._failures - OPENS_AT + 1
            first, most, growth = REFUSED if self._last.kind == "refused" else UNANSWERED
            wait = pause(over, first, most, dice, growth=growth) if over > 0 else timedelta()
            if over == 1:
                metrics.BREAKERS_OPENED.labels(self.way.partition(":")[0]).inc()
            kept = Breaker(
                self.way, self._standing, self._failures, self._last.problem, now, now + wait
            )
            breakers.keep(conn, guild_id, kept, now)
            self._is_kept = True
        elif self._worked and self._is_kept:
            breakers.close(conn, guild_id, self.way)
            self._is_kept = False
        self._last, self._worked = None, False


class Gates:
    """All ways of one guild, for a round of an effect."""

    def __init__(self, guild: discord.Guild, kept: Mapping[str, Breaker], now: datetime) -> None:
        """As they were ``kept``."""
        self._guild, self._kept, self._now = guild, kept, now
        self._gates: dict[str, Gate] = {}

    def of(self, way: str) -> Gate:
        """The gate of one way."""
        if way not in self._gates:
            state = standing(self._guild, way)
            self._gates[way] = Gate(way, state, self._kept.get(way), self._now)
        return self._gates[way]

    def save(self, conn: Connection, now: datetime, dice: Dice) -> None:
        """Keep what is new."""
        for gate in self._gates.values():
            gate.save(conn, self._guild.id, now, dice)


async def attempt(gate: Gate, act: Callable[[], Awaitable[Any]]) -> Failure | None:
    """Do something that ``gate`` has let through; why it was not done, or None."""
    failure = await failure_of(act)
    gate.note(failure)
    return failure
