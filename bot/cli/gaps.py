"""``gap``: spans in which the bot was blind, for which no member loses a streak."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from bot.cli.context import database, guild_of, moment
from bot.cli.output import Json, say, show
from bot.handle import act, look_up
from events.decisions.gaps import record_gap
from events.engine.snowflake import from_ms
from events.gaps import GapRecorded
from sql import lake
from sql.pool import ALL_GUILDS, Connection, Database
from sql.reads import Row, fetch

READS = ["gaps"]
FETCHED = ("channels", "forbidden", "cut", "messages", "reactions", "people")
From = Annotated[str, typer.Option("--from", help="When it began: 2026-06-01T10:00+02:00.")]
To = Annotated[str, typer.Option("--to", help="When the bot was back, in the same form.")]
One = Annotated[int | None, typer.Option("--guild", help="One guild's id; all without it.", min=0)]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="When the bot was blind.", no_args_is_help=True)
    group.command()(record)
    group.command("list")(list_gaps)
    app.add_typer(group, name="gap")


def record(began: From, ended: To, guild: One = None) -> None:
    """Record that the bot was down: streaks forgive the days that it touches, and what Discord
    still knows of it is fetched. Safe to run twice.

    Example: python -m bot gap record --from 2026-06-01T10:00Z --to 2026-06-01T13:30Z

    Exit codes: 0 fine, 2 the times cannot be used or there is no such guild.
    """
    start, end, now = moment(began), moment(ended), datetime.now(UTC)
    with database() as opened:
        facts = [record_gap(one, start, end, now=now) for one in _guilds(opened, guild)]
        new = sum(_recorded(opened, fact) for fact in facts)
    say(f"Recorded in {new} guilds. Where it was known already, nothing was changed.")


def list_gaps(guild: One = None, as_json: Json = False) -> None:
    """The gaps on record, oldest first: when, why, and what has been fetched since.

    Example: python -m bot gap list --guild 1361128823194761274

    Exit codes: 0 fine, 2 there is no such guild.
    """
    with database() as opened:
        records = [record for one in _guilds(opened, guild) for record in _of(opened, one)]
    show(records, as_json=as_json, title="Gaps", empty="None on record.")


def _recorded(opened: Database, fact: GapRecorded) -> int:
    """Record it; 1 if it was not known, 0 if it was."""
    return len(act(opened, fact.guild_id, reads=READS, decide=lambda conn: [fact]))


def _of(opened: Database, guild_id: int) -> list[Row]:
    def load(conn: Connection) -> list[Row]:
        return fetch(conn, "gaps", "between", guild=guild_id, start=-1, end=2**63 - 1, least=0)

    return [
        {
            "guild": guild_id,
            "began": from_ms(row["began_ms"]).isoformat(),
            "ended": from_ms(row["ended_ms"]).isoformat(),
            "cause": row["cause"],
            "filled": row["filled_at"] > 0,
            **{name: row[name] for name in FETCHED},
        }
        for row in look_up(opened, guild_id, reads=READS, show=load)
    ]


def _guilds(opened: Database, guild: int | None) -> list[int]:
    with opened.transaction(ALL_GUILDS) as conn:
        if guild is not None:
            return [guild_of(conn, guild)]
        return sorted(known for known in lake.heads(conn) if known)
