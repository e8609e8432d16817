"""``season``: what was, what is, and what the next rollover would do."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import typer

from bot import schedule
from bot.cli.context import Guild, NotFound, moment, one_guild
from bot.cli.output import Json, Record, say, show, show_one
from bot.due.seasons import DUE
from bot.handle import look_up
from bot.seasons import reading as seasons
from bot.seasons.preview import Rollover, rollovers
from sql.pool import Connection
from sql.reads import Row, fetch

At = Annotated[
    str | None, typer.Option(help="As of another time: 2026-06-01T10:00+02:00; now without it.")
]
Count = Annotated[int, typer.Option("-n", help="How many at most.", min=1, max=10_000)]

FAR: Final = timedelta(days=3653)
"""Ten years. Rollovers are looked at one by one; those of a thousand years would take minutes."""


def register(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Seasons and their rollover.", no_args_is_help=True)
    group.command("list")(list_seasons)
    group.command()(roll)
    group.command()(preview)
    app.add_typer(group, name="season")


def list_seasons(guild: Guild = None, count: Count = 100, as_json: Json = False) -> None:
    """The seasons of a guild, what is planned first, then the newest.

    Example: python -m bot season list 1361128823194761274

    Exit codes: 0 fine, 2 there is no such guild.
    """

    with one_guild(guild) as (opened, guild_id):

        def load(conn: Connection) -> tuple[list[Row], list[Row]]:
            return (
                fetch(conn, "seasons", "plans", guild=guild_id),
                fetch(conn, "seasons", "list", guild=guild_id, limit=count, offset=0),
            )

        plans, found = look_up(opened, guild_id, reads=["seasons"], show=load)
    records = [_record(row, "planned") for row in reversed(plans)]
    records += [_record(row, "closed" if row["ended_at"] else "running") for row in found]
    title = f"Seasons of guild {guild_id}"
    show(records, as_json=as_json, title=title, empty="There is none yet.")


def roll(guild: Guild = None, as_json: Json = False) -> None:
    """Close what is over and open what follows, as the scheduler does. Safe to run at any time.

    Example: python -m bot season roll 1361128823194761274

    Exit codes: 0 fine, 2 there is no such guild.
    """
    with one_guild(guild) as (opened, guild_id):
        facts = schedule.run_in(opened, guild_id, datetime.now(UTC), DUE)
    records: list[Record] = [
        {
            "position": fact.position,
            "event": fact.event.event_type,
            "at": fact.event.occurred_at,
            "key": fact.event.source_id,
        }
        for fact in facts
    ]
    show(records, as_json=as_json, title="Recorded", empty="Nothing is due.")


def preview(guild: Guild = None, at: At = None, as_json: Json = False) -> None:
    """What rolling over would do; changes nothing. If nothing is due, what would happen if the
    running season ended as it stands.

    Example: python -m bot season preview 1361128823194761274

    Exit codes: 0 fine, 2 there is no such guild, or no such time.
    """
    now = datetime.now(UTC) if at is None else _within_reach(moment(at))
    with one_guild(guild) as (opened, guild_id):
        found = look_up(
            opened,
            guild_id,
            reads=seasons.READS,
            show=lambda conn: rollovers(conn, guild_id, now),
        )
    if as_json:
        show([one.as_record() for one in found], as_json=True, title="", empty="")
        return
    for one in found:
        _print(one)
    if not found:
        say("No season is running and none is to come.")


def _within_reach(at: datetime) -> datetime:
    if abs(at - datetime.now(UTC)) > FAR:
        raise NotFound(f"{at:%Y-%m-%d} is too far away. Pick a time within ten years.")
    return at


def _print(one: Rollover) -> None:
    record = one.as_record()
    places = record.pop("places")
    show_one(record, as_json=False, title="Due" if one.due else "Not due yet")
    if one.closes is not None:
        show(places, as_json=False, title="Final standing", empty="Nobody stands in it.")


def _record(row: Row, state: str) -> Record:
    return {
        "number": row.get("number"),
        "name": row["name"],
        "state": state,
        "starts": row["starts_at"],
        "ends": row["ends_at"],
        "ranked": row.get("members"),
        "first": row.get("winners") or [],
    }
