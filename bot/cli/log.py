"""``log``: the event lake itself, and the proof that nobody has changed it."""

from typing import Annotated

import typer

from bot.cli.context import MOST, Guild, NotFound, database, guild_of, guild_word, one_guild
from bot.cli.output import Json, bar, say, show, show_one
from sql import chain, inspect, lake
from sql.pool import ALL_GUILDS

SHOW_USAGE = "[GUILD] POSITION"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Read the log and prove that it is untouched.", no_args_is_help=True)
    group.command()(tail)
    group.command("show")(show_event)
    group.command()(verify)
    group.command()(stats)
    app.add_typer(group, name="log")


def tail(
    guild: Guild = None,
    count: Annotated[int, typer.Option("-n", help="How many events.", min=1, max=10_000)] = 20,
    as_json: Json = False,
) -> None:
    """The newest events of a guild, newest first.

    Example: python -m bot log tail 1361128823194761274 -n 5

    Exit codes: 0 fine, 2 there is no such guild.
    """
    with one_guild(guild) as (opened, guild_id), opened.transaction(guild_id) as conn:
        records = inspect.tail(conn, guild_id, count)
    show(records, as_json=as_json, title=f"Log of guild {guild_id}", empty="No events.")


def show_event(
    words: Annotated[
        list[int],
        typer.Argument(
            metavar=SHOW_USAGE,
            help="The guild's id, which may be left out when there is only one; the event's place.",
            min=0,
            max=MOST,
        ),
    ],
    as_json: Json = False,
) -> None:
    """One event with everything that is stored of it.

    Example: python -m bot log show 1361128823194761274 17

    Exit codes: 0 fine, 2 there is no such guild or event.
    """
    *rest, position = words
    guild = guild_word(list(map(str, rest)), SHOW_USAGE)
    with one_guild(guild) as (opened, guild_id), opened.transaction(guild_id) as conn:
        record = inspect.show(conn, guild_id, position)
        head = lake.heads(conn)[guild_id]
    if record is None:
        raise NotFound(f"Guild {guild_id} has no event {position}; its log ends at {head}.")
    show_one(record, as_json=as_json, title=f"Event {position} of guild {guild_id}")


def verify(
    guild: Guild = None,
    everything: Annotated[bool, typer.Option("--all", help="Every guild.")] = False,
    as_json: Json = False,
) -> None:
    """Recompute the chain of digests and name every row that is not what was recorded.

    Example: python -m bot log verify --all

    Exit codes: 0 untouched, 1 faults were found, 2 there is no such guild.
    """
    if everything and guild is not None:
        raise NotFound("Give a guild or --all, not both.")
    records = []
    with database() as opened:
        with opened.transaction(ALL_GUILDS) as conn:
            guilds = lake.heads(conn)
            if guild is not None:
                guilds = {guild: guilds[guild_of(conn, guild)]}
        with bar("verifying", sum(guilds.values())) as advance:
            for guild_id, head in guilds.items():
                with opened.transaction(guild_id) as conn:
                    records += [
                        {"guild": f.guild_id, "position": f.position, "problem": f.problem}
                        for f in chain.faults(conn, guild_id)
                    ]
                advance(head)
    events = sum(guilds.values())
    fine = f"Untouched: {events:,} events in {len(guilds)} guilds, each link as it was recorded."
    show(records, as_json=as_json, title="Not as it was recorded", empty=fine)
    if records:
        if not as_json:
            say("Find out who wrote to the database; a backup holds what was recorded.")
        raise typer.Exit(1)


def stats(guild: Guild = None, as_json: Json = False) -> None:
    """How many events of each type a guild has, and their span of time.

    Example: python -m bot log stats 1361128823194761274

    Exit codes: 0 fine, 2 there is no such guild.
    """
    with one_guild(guild) as (opened, guild_id), opened.transaction(guild_id) as conn:
        records = inspect.stats(conn, guild_id)
    show(records, as_json=as_json, title=f"Events of guild {guild_id}", empty="No events.")
