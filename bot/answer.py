"""The one way from an interaction to its answer: acknowledged in time, recorded, logged once.

Work runs in a thread, because the database side is synchronous. If it takes longer than
``PATIENCE`` the interaction is deferred, so Discord's three seconds hold whatever the database
does. Every end has one shape for the member and one log line for the operator.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import structlog
from discord import app_commands
from structlog.contextvars import bound_contextvars

from bot import look, metrics, old_numbers, tracing
from bot.crowd import Crowd, Crowded
from bot.delivery import Delivery, Interaction, Reply
from bot.handle import Call, Unrecorded, was_done
from bot.interactions import call_of
from bot.recognition.avatars import Avatars
from events.engine.errors import CannotRead, Refused
from projections.engine.advance import OtherRelease, ReadModelStopped
from sql.errors import ConnectionBroke, DatabaseError
from sql.lake import Result
from sql.patience import at_most, limit_now
from sql.pool import Database
from sql.writer import LakeWriter

__all__ = ["Commands", "Interaction", "Reply", "Services", "Work", "answer", "record"]

PATIENCE: Final = 1.5
"""Seconds before an interaction is deferred; Discord allows three."""

LIMIT: Final = 2.5
"""Seconds that an interaction has for all that it asks of the database."""
GLANCE: Final = 1.0
"""Seconds for what is looked up while somebody types."""
LONG: Final = 60.0
"""Seconds for what an admin has confirmed, which may be about every member."""

_AWAY: Final = (
    "The records cannot be reached right now. Nothing was changed; please try again in a minute."
)
_STANDS_STILL: Final = (
    "A part of this server's records stands still until whoever runs me has mended it, and this "
    "needs it. Nothing was changed; everything else goes on. Admins see more with /doctor."
)
_UPDATING: Final = (
    "I am being updated, and this needs a part of the records that is not ready yet. Nothing was "
    "changed; please try again in a minute."
)
_CROWDED: Final = (
    "More is asked of me right now than I can do at a time. Nothing was changed; please try again "
    "in a minute."
)
_LOOK_FIRST: Final = "Look whether it was done (/transactions, /inventory) before you repeat it."
_UNSURE: Final = f"The records were lost from sight just now. {_LOOK_FIRST}"

CONFIRMED: ContextVar[bool] = ContextVar("confirmed", default=False)
"""Whether this is what an admin has been shown in advance and has confirmed."""
PREVIEW: ContextVar[int | None] = ContextVar("preview", default=None)
"""The interaction that asked for the preview which this one confirms."""

log = structlog.get_logger("tallystick.interaction")
T = TypeVar("T")
Commands = Sequence[app_commands.Command[Any, Any, Any] | app_commands.Group]
"""What a module of ``bot/commands`` declares as ``COMMANDS``."""


@dataclass(frozen=True, slots=True)
class Services:
    """What commands work with; made by the runtime, apart from the Discord client."""

    database: Database
    writer: LakeWriter
    patience: float = PATIENCE
    limit: float = LIMIT
    moment: float = GLANCE
    avatars: Avatars = field(default_factory=Avatars)
    under_way: "set[asyncio.Task[Any]]" = field(default_factory=set)
    """Interactions that wait for their answer."""
    crowd: Crowd = field(default_factory=Crowd)

    async def work(self, function: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """Run database work in a thread, within the limit of whoever asks for it."""
        with nullcontext() if limit_now() else self.limited(long=False):
            return await self.crowd.work(function, *arguments, **named)

    async def glance(self, function: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """The same for what is looked up while somebody types: it has a moment."""
        with at_most(self.moment, judges=False):
            return await self.crowd.glance(function, *arguments, **named)

    def limited(self, *, long: bool) -> AbstractContextManager[None]:
        """A block that has only so much time for the database. ``long``: more of it, as long as
        the database answers at all."""
        if long:
            return at_most(max(self.limit, LONG), each=4 * self.limit)
        return at_most(self.limit)

    async def finish(self, patience: float) -> None:
        """Wait until nobody waits for an answer, for at most so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while self.under_way:
                    await asyncio.wait(self.under_way)


Work = Callable[[Services, Call], Awaitable[Reply]]


async def answer(interaction: Interaction, work: Work, *, private: bool = False) -> None:
    """Do ``work`` for ``interaction`` and answer it. ``private`` decides whether a deferred answer
    is shown to the member alone, which Discord wants to know at the time of deferring.

    When the database takes longer than it is given, nothing is changed, and the answer says so.
    """
    call = call_of(interaction, preview=PREVIEW.get())
    asked = call.asked
    with (
        bound_contextvars(**_who(call)),  # whatever is logged meanwhile says of which it is
        tracing.command(asked.guild_id, asked.interaction_id, kind=call.kind, name=call.name),
        _under_way(interaction.client.services),
    ):
        await _answer(interaction, call, work, private=private)


@contextmanager
def _under_way(services: Services) -> Iterator[None]:
    """Let whoever stops the bot know of what goes on in the block."""
    task = asyncio.current_task()
    assert task is not None
    services.under_way.add(task)
    try:
        yield
    finally:
        services.under_way.discard(task)


async def _answer(interaction: Interaction, call: Call, work: Work, *, private: bool) -> None:
    services: Services = interaction.client.services
    with services.limited(long=CONFIRMED.get()):
        task = asyncio.ensure_future(_outcome(services, call, work))
    done, _ = await asyncio.wait({task}, timeout=services.patience)
    delivery = Delivery(interaction, private=private)
    if not done:
        with tracing.span("defer"):
            await delivery.defer()
    reply = await task
    with tracing.span("reply"):
        await delivery.bring(reply)


async def _outcome(services: Services, call: Call, work: Work) -> Reply:
    """Every way the work can end, as a reply; logs the one line and records what is not yet."""
    try:
        with services.crowd.admitted(), old_numbers.noticed() as since:
            reply = await work(services, call)
    except Crowded as error:
        _line(call, "crowded", error=str(error))
        return Reply(look.failure(_CROWDED), private=True)
    except Refused as refused:
        _line(call, "refused")  # the sentence may quote what was typed: it is not logged
        return Reply(look.refusal(str(refused)), private=True)
    except Unrecorded as error:
        _line(call, "collided")
        return Reply(look.failure(str(error)), private=True)
    except ConnectionBroke as error:
        _line(call, "unavailable", error=str(error))
        return Reply(look.failure(_UNSURE if error.unsure else _AWAY), private=True)
    except OtherRelease as error:
        _line(call, "updating", error=str(error))
        return Reply(look.failure(_UPDATING), private=True)
    except (ReadModelStopped, CannotRead) as error:
        _line(call, "stands_still", error=str(error))
        return Reply(look.failure(_STANDS_STILL), private=True)
    except DatabaseError as error:
        _line(call, "unavailable", error=str(error))
        return Reply(look.failure(_AWAY), private=True)
    except Exception:  # a bug: the member gets a number to quote, the log gets the trace
        log.exception("interaction", **_ended(call, "error"))
        return Reply(look.failure(await _mistake(services, call)), private=True)
    for embed in filter(None, (reply.embed, reply.plain)):
        old_numbers.tell(embed, since)
    _line(call, "ok", position=reply.position)
    if not reply.recorded:
        record(services, call)
    return reply


async def _mistake(services: Services, call: Call) -> str:
    """Our mistake, in words that say whether the member's wish was carried out before it."""
    number = f"tell an admin this number: `{call.asked.interaction_id}`"
    try:
        done = await services.work(was_done, services.database, call)
    except DatabaseError:
        return f"That was our mistake. {_LOOK_FIRST} If it happens again, {number}"
    if done:
        return f"It was done, but telling you how it ended went wrong. Please {number}"
    record(services, call, failed=True)
    return f"That was our mistake, and nothing was changed. If it happens again, {number}"


def record(services: Services, call: Call, *, failed: bool = False) -> None:
    """Record an interaction that caused no fact; the answer does not wait for it. One that cannot
    be recorded is counted as lost."""
    try:
        future = services.writer.offer(call.used(failed=failed))
    except DatabaseError:
        metrics.LOST.labels("interaction").inc()
    else:
        future.add_done_callback(_count_loss)


def _count_loss(future: "Future[Result]") -> None:
    if future.exception() is not None:
        metrics.LOST.labels("interaction").inc()


def _who(call: Call) -> dict[str, Any]:
    return {
        "guild": call.asked.guild_id,
        "member": call.asked.user_id,
        "kind": call.kind,
        "name": call.name,
        "interaction": call.asked.interaction_id,
    }


def _line(call: Call, outcome: str, **more: Any) -> None:
    log.info("interaction", **_ended(call, outcome), **more)


def _ended(call: Call, outcome: str) -> dict[str, Any]:
    """Count how it ended; what there is to say of it."""
    ms = call.used().duration_ms
    metrics.INTERACTIONS.labels(call.kind, outcome).observe(ms / 1000)
    return {"outcome": outcome, "ms": ms}
