"""A process that captures while the database is away and comes back, and is killed on the way.

Each life is a process of its own, killed with -9 by itself just before or just after one of the
moments in which something becomes durable: a page into the spool, what it has become, a batch into
the lake, a page out of the spool.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from random import Random
from typing import Any, Final

from bot.gateway.capture import Capture
from bot.gateway.spool import Spool, open_spool
from sql import lake
from sql.errors import DatabaseUnreachable
from sql.pool import Connection, Database
from sql.writer import LakeWriter
from tests.unit.gateway import payloads as p

Dispatch = tuple[str, Any]
Page = list[Dispatch]

DURABLE: Final = ((Spool, "append"), (Spool, "replace"), (Spool, "remove"), (lake, "record"))
"""Where something becomes durable."""

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True)
class Life:
    """What a process does: capture ``pages``, the first of which come while the database is
    ``away``; die at moment ``dies`` (there are two for each time that something becomes durable,
    before it and after it), or live on until all of it is in the lake."""

    pages: list[Page]
    away: int
    dies: int | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a life ended: pages that were captured for certain, and moments that were lived."""

    captured: int
    moments: int


class Coming(Database):
    """A database that can be away."""

    away = False

    @contextmanager
    def transaction(self, *guilds: int | str, small: bool = False) -> Iterator[Connection]:
        """As the base does, if it is there."""
        if self.away:
            raise DatabaseUnreachable("away")
        with super().transaction(*guilds, small=small) as conn:
            yield conn


def live(dsn: str, folder: Path, life: Life) -> Ended:
    """Live it in a process of its own."""
    ours, theirs = context.Pipe()
    process = context.Process(target=_live, args=(dsn, folder, life, theirs))
    process.start()
    theirs.close()
    captured = moments = 0
    try:
        while True:
            captured, moments = ours.recv()
    except EOFError:
        process.join()
    expected = 0 if life.dies is None or moments < life.dies else -signal.SIGKILL
    assert process.exitcode == expected, f"it ended with {process.exitcode}"
    return Ended(captured, moments)


def _live(dsn: str, folder: Path, life: Life, tell: Pipe) -> None:
    captured = moments = 0
    lock = threading.Lock()

    def moment() -> None:
        nonlocal moments
        with lock:
            moments += 1
            tell.send((captured, moments))
            if moments == life.dies:
                os.kill(os.getpid(), signal.SIGKILL)

    def on_page(number: int) -> None:
        nonlocal captured
        with lock:
            captured = number
            tell.send((captured, moments))

    for owner, name in DURABLE:
        setattr(owner, name, _between(getattr(owner, name), moment))
    asyncio.run(_capture(dsn, folder, life, on_page))


def _between(function: Callable[..., Any], moment: Callable[[], None]) -> Callable[..., Any]:
    def durable(*arguments: Any, **named: Any) -> Any:
        moment()
        result = function(*arguments, **named)
        moment()
        return result

    return durable


async def _capture(dsn: str, folder: Path, life: Life, on_page: Callable[[int], None]) -> None:
    """Page after page; the next comes when the last is on disk, wherever."""
    database = Coming(dsn)
    with database, open_spool(folder) as spool:
        database.away = life.away > 0
        writer = LakeWriter(database)
        capture = Capture(
            database, writer, spool, folder=folder, clock=lambda: p.START, retry=0.001
        )
        wire: Any = p.Wire()
        capture.install(wire)
        await capture.start()
        for number, page in enumerate(life.pages):
            database.away = number < life.away
            for name, data in page:
                wire.send(name, data)
            await capture.taken()
            on_page(number + 1)
        database.away = False
        await capture.drain()
        await capture.stop()
        writer.close()


def story(dice: Random, pages: int) -> list[Page]:
    """Pages of what happens in a guild; the first of each page is a message of its own, by which
    a page that was in hand when its process died can be told from one that was lost."""
    return [_page(dice, number) for number in range(pages)]


def _page(dice: Random, number: int) -> Page:
    beginning = ("MESSAGE_CREATE", p.message(first_of(number)))
    return [beginning, *(dice.choice(_HAPPENINGS)(dice) for _ in range(dice.randint(1, 6)))]


def first_of(page: int) -> int:
    """The id of the message with which a page begins."""
    return p.MESSAGE + 1000 * (page + 1)


def _member(dice: Random) -> int:
    return dice.choice((p.ALICE, p.BOB))


_HAPPENINGS: Final[tuple[Callable[[Random], Dispatch], ...]] = (
    lambda dice: ("MESSAGE_REACTION_ADD", p.reaction(_member(dice))),
    lambda dice: ("MESSAGE_REACTION_REMOVE", p.reaction(_member(dice))),
    lambda dice: ("MESSAGE_REACTION_REMOVE_ALL", p.deletion() | {"message_id": str(p.MESSAGE)}),
    lambda dice: ("VOICE_STATE_UPDATE", p.voice(dice.choice((None, 61, 62)), _member(dice))),
    lambda dice: ("GUILD_MEMBER_UPDATE", p.updated(nick=dice.choice(("Al", "Bo", None)))),
    lambda dice: ("MESSAGE_POLL_VOTE_ADD", p.vote(dice.randint(1, 2))),
    lambda dice: ("MESSAGE_POLL_VOTE_REMOVE", p.vote(dice.randint(1, 2))),
)
