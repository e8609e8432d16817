"""What is said under an answer that rests on a part of the records that stands still: as of when
it is. Who looks something up finds out on the way, without asking for it.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Final

import discord

from bot import look
from sql import checkpoints
from sql.pool import Connection

MOST_TEXT: Final = 4096
"""Characters of an embed's text that Discord takes."""
MOST: Final = 6000
"""Characters of an embed that Discord takes in all."""

_SINCE: ContextVar["list[datetime] | None"] = ContextVar("old_since", default=None)


@contextmanager
def noticed() -> Iterator[list[datetime]]:
    """A block of which is known afterwards since when what was looked up in it stands still."""
    since: list[datetime] = []
    token = _SINCE.set(since)
    try:
        yield since
    finally:
        _SINCE.reset(token)


def notice(conn: Connection, stopped: Collection[str]) -> None:
    """Take down that these read models of the transaction's guild stand still."""
    since = _SINCE.get()
    if since is not None and stopped:
        since += [one.since for one in checkpoints.dead_letters(conn) if one.name in stopped]


def tell(embed: discord.Embed, since: Collection[datetime]) -> None:
    """Say so in a small line of the embed, if there is anything to say and room for it."""
    if not since:
        return
    line = f"-# As of {look.ago(min(since))}: a part of this server's records stands still."
    text = f"{embed.description}\n{line}" if embed.description else line
    if len(text) <= MOST_TEXT and len(embed) + len(line) < MOST:
        embed.description = text
