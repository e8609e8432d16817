"""``board`` and ``why``: what members see, for operators."""

from dataclasses import asdict
from typing import Annotated, Literal

import typer

from bot import boards, reasons
from bot.cli.context import NotFound, one_guild
from bot.cli.output import Json, say, show
from bot.handle import look_up
from sql.pool import Connection
from sql.reads import fetch

Board = Literal["xp", "stars", "messages", "voice", "coins"]
Number = Literal["xp", "stars", "coins"]
GuildId = Annotated[int, typer.Argument(help="The guild's id.", min=0)]
Count = Annotated[int, typer.Option("-n", help="Lines a page.", min=1, max=1000)]
Page = Annotated[int, typer.Option(help="Which page.", min=1)]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(board)
    app.command()(why)


def board(
    guild: GuildId,
    what: Annotated[Board, typer.Argument(help="What to rank by.")] = "xp",
    season: Annotated[int, typer.Option(help="A season's number; 0 is all time.", min=0)] = 0,
    count: Count = 10,
    page: Page = 1,
    as_json: Json = False,
) -> None:
    """Who has most, as /leaderboard shows it.

    Example: python -m bot board 1361128823194761274 stars -n 5

    Exit codes: 0 fine, 2 there is no such guild or board.
    """
    with one_guild(guild) as (opened, guild_id):
        found = look_up(
            opened,
            guild_id,
            reads=boards.read_models_of(what),
            show=lambda conn: boards.page(
                conn, guild_id, what, limit=count, offset=(page - 1) * count, season=season
            ),
        )
    records = [asdict(place) for place in found.places]
    title = f"{boards.BOARDS[what]} of guild {guild_id} ({found.members} members)"
    show(records, as_json=as_json, title=title, empty="Nobody stands here.")


def why(
    guild: GuildId,
    member: Annotated[str, typer.Argument(help="The member's id, or their exact name.")],
    what: Annotated[Number, typer.Argument(help="Which number.")] = "xp",
    count: Count = 10,
    page: Page = 1,
    as_json: Json = False,
) -> None:
    """Where a member's number comes from: totals by source, then the facts, newest first.

    Example: python -m bot why 1361128823194761274 user61 stars

    Exit codes: 0 fine, 1 the facts do not add up to the number, 2 no such guild or member.
    """
    with one_guild(guild) as (opened, guild_id):

        def load(conn: Connection) -> reasons.Explanation:
            user_id = _member(conn, guild_id, member)
            return reasons.explain(
                conn, guild_id, user_id, what, limit=count, offset=(page - 1) * count
            )

        found = look_up(opened, guild_id, reads=["accounts", "profiles"], show=load)
    total = sum(t.amount for t in found.totals)
    facts = [asdict(reason) for reason in found.page]
    if as_json:
        record = {"number": found.number, "sum": total, "facts": found.facts, "page": facts}
        record["totals"] = [asdict(t) for t in found.totals]
        show([record], as_json=True, title="", empty="")
    else:
        show([asdict(t) for t in found.totals], as_json=False, title="In all", empty="Nothing.")
        show(facts, as_json=False, title="Newest first", empty="No facts on this page.")
        relation = "=" if total == found.number else "is not"
        say(f"{total:,} {relation} {found.number:,}, the number shown.")
    if total != found.number:
        raise typer.Exit(1)


def _member(conn: Connection, guild_id: int, wanted: str) -> int:
    """The member that is meant. Raises NotFound when nobody is, or several are."""
    rows = fetch(conn, "profiles", "called", guild=guild_id, name=wanted)
    if wanted.isdecimal() and len(wanted) < 20:
        return int(wanted)
    if len(rows) == 1:
        return int(rows[0]["user_id"])
    ids = ", ".join(str(row["user_id"]) for row in rows)
    raise NotFound(
        f"Several members are called {wanted!r}; give the id: {ids}"
        if rows
        else f"Nobody in guild {guild_id} is called {wanted!r}. Try: python -m bot board {guild_id}"
    )
