"""What commands share: the opened database, and the guild, member or read model they are about."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from bot import settings as environment
from bot.cli.output import names
from bot.database import open_database
from events.engine.errors import TallystickError
from projections.engine.read_model import ReadModel, named, read_models
from sql import lake
from sql.pool import ALL_GUILDS, Connection, Database

Guild = Annotated[
    int | None,
    typer.Argument(help="The guild's id; may be left out when there is only one.", min=0),
]


MOST = 2**63 - 1
"""No id and no position is larger."""


class NotFound(TallystickError):
    """Something was named that is not there; the text lists what is."""


@contextmanager
def database() -> Iterator[Database]:
    """The database of this process's settings, checked and ready."""
    with open_database(environment.load()) as opened:
        yield opened


def guild_of(conn: Connection, guild_id: int | None) -> int:
    """The guild that is meant. Raises NotFound with a list of those there are."""
    known = lake.heads(conn)
    if guild_id in known:
        return guild_id
    servers = [guild for guild in known if guild]
    if guild_id is None and len(servers) == 1:
        return servers[0]
    if not known:
        raise NotFound("There are no events yet. Import a history or run the bot first.")
    asked = "Which guild?" if guild_id is None else f"There is no guild {guild_id}."
    raise NotFound(f"{asked} There are: {names(sorted(known))}")


def guild_word(words: Sequence[str], usage: str) -> int | None:
    """The guild's id among the words of a command that are left over, if it was given.

    Raises NotFound with the command's ``usage`` when there is anything else among them.
    """
    wrong = [word for word in words if not word.isdecimal()] or words[1:]
    if wrong:
        raise NotFound(f"{wrong[0]!r} is not understood here. Give: {usage}")
    return int(words[0]) if words else None


@contextmanager
def one_guild(guild_id: int | None) -> Iterator[tuple[Database, int]]:
    """The opened database and the guild that is meant."""
    with database() as opened:
        with opened.transaction(ALL_GUILDS) as conn:
            found = guild_of(conn, guild_id)
        yield opened, found


def models_of(name: str | None, everything: bool) -> list[ReadModel]:
    """The read models that are meant: by their own or a table's name, or all.

    Raises NotFound with a list of those there are.
    """
    if everything and name:
        raise NotFound("Give a name or --all, not both.")
    if everything:
        return list(read_models().values())
    try:
        return [named(name or "")]
    except KeyError:
        asked = f"There is no read model {name!r}." if name else "Which read model?"
        raise NotFound(f"{asked} There are: {names(read_models())}; or give --all.") from None


def moment(text: str) -> datetime:
    """A point in time with its zone, in UTC. Raises NotFound for anything else."""
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise NotFound(f"{text!r} is no time with a zone. Write it like 2026-06-01T10:00Z.")
