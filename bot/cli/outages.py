"""``outage``: spans in which the bot was down, for which no member loses a streak."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from bot.cli.context import database, guild_of, moment
from bot.cli.output import Json, say, show
from bot.handle import act, look_up
from events.decisions.outages import record_outage
from events.engine.snowflake import from_ms
from events.outages import OutageRecorded
from sql import lake
from sql.pool import ALL_GUILDS, Connection, Database
from sql.reads import Row, fetch

READS = ["outages"]
From = Annotated[str, typer.Option("--from", help="When it began: 2026-06-01T10:00+02:00.")]
To = Annotated[str, typer.Option("--to", help="When the bot was back, in the same form.")]
One = Annotated[int | None, typer.Option("--guild", help="One guild's id; all without it.", min=0)]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="When the bot was down.", no_args_is_help=True)
    group.command()(record)
    group.command("list")(list_outages)
    app.add_typer(group, name="outage")


def record(began: From, ended: To, guild: One = None) -> None:
    """Record that the bot was down: streaks forgive the days that it touches. Safe to run twice.

    Example: python -m bot outage record --from 2026-06-01T10:00Z --to 2026-06-01T13:30Z

    Exit codes: 0 fine, 2 the times cannot be used or there is no such guild.
    """
    start, end, now = moment(began), moment(ended), datetime.now(UTC)
    with database() as opened:
        facts = [record_outage(one, start, end, now=now) for one in _guilds(opened, guild)]
        new = sum(_recorded(opened, fact) for fact in facts)
    say(f"Recorded in {new} guilds. Where it was known already, nothing was changed.")


def list_outages(guild: One = None, as_json: Json = False) -> None:
    """The outages on record, oldest first.

    Example: python -m bot outage list --guild 1361128823194761274

    Exit codes: 0 fine, 2 there is no such guild.
    """
    with database() as opened:
        records = [record for one in _guilds(opened, guild) for record in _of(opened, one)]
    show(records, as_json=as_json, title="Outages", empty="None on record.")


def _recorded(opened: Database, fact: OutageRecorded) -> int:
    """Record it; 1 if it was not known, 0 if it was."""
    return len(act(opened, fact.guild_id, reads=READS, decide=lambda conn: [fact]))


def _of(opened: Database, guild_id: int) -> list[Row]:
    def load(conn: Connection) -> list[Row]:
        return fetch(conn, "outages", "between", guild=guild_id, start=-1, end=2**63 - 1)

    return [
        {
            "guild": guild_id,
            "began": from_ms(row["began_ms"]).isoformat(),
            "ended": from_ms(row["ended_ms"]).isoformat(),
        }
        for row in look_up(opened, guild_id, reads=READS, show=load)
    ]


def _guilds(opened: Database, guild: int | None) -> list[int]:
    with opened.transaction(ALL_GUILDS) as conn:
        if guild is not None:
            return [guild_of(conn, guild)]
        return sorted(known for known in lake.heads(conn) if known)
