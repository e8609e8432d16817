"""``board`` and ``why``: what members see, for operators."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import typer

from bot import look
from bot.cli.context import MOST, NotFound, guild_word, one_guild
from bot.cli.output import Json, complain, names, say, show, show_one
from bot.handle import look_up
from bot.points import boards, periods, reasons
from bot.points.boards import BOARDS
from bot.points.periods import EVER, NAMED, Period
from bot.points.reasons import NUMBERS, Explanation
from events.engine.errors import Refused
from sql import checkpoints
from sql.pool import Connection, Database
from sql.reads import fetch, fetch_one

T = TypeVar("T")
Count = Annotated[int, typer.Option("-n", help="Lines a page.", min=1, max=1000)]
Page = Annotated[int, typer.Option(help="Which page.", min=1)]
BOARD_USAGE = f"[GUILD] [{'|'.join(BOARDS)}]"
WHY_USAGE = f"[GUILD] MEMBER [{'|'.join(NUMBERS)}]"
BoardWords = Annotated[
    list[str] | None,
    typer.Argument(
        metavar=BOARD_USAGE,
        help="The guild's id, which may be left out when there is only one; what to rank by.",
    ),
]
WhyWords = Annotated[
    list[str],
    typer.Argument(
        metavar=WHY_USAGE,
        help="The guild's id, which may be left out when there is only one; the member's id or "
        "exact name; which number.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(board)
    app.command()(why)


def board(
    words: BoardWords = None,
    season: Annotated[int, typer.Option(help="A season's number; 0 is all time.", min=0)] = 0,
    period: Annotated[str, typer.Option(help=f"A time by name: {', '.join(NAMED)}.")] = EVER,
    since: Annotated[str | None, typer.Option(help="The first day: 2026-07-01.")] = None,
    until: Annotated[str | None, typer.Option(help="The last day; today without it.")] = None,
    count: Count = 10,
    page: Page = 1,
    as_json: Json = False,
) -> None:
    """Who has most, as /leaderboard shows it: ever, in a season, or in days of the guild's own.

    Example: python -m bot board 1361128823194761274 stars -n 5 --period lastweek

    Exit codes: 0 fine, 2 there is no such guild, board, season or time.
    """
    rest = list(words or [])
    what = rest.pop() if rest and rest[-1] in BOARDS else "xp"
    guild = guild_word(rest, BOARD_USAGE)
    if [bool(season), period != EVER, bool(since or until)].count(True) > 1:
        raise NotFound("Give one of --season, --period, and --since with --until.")

    with one_guild(guild) as (opened, guild_id):

        def load(conn: Connection) -> tuple[boards.Page, Period]:
            word = f"s{season}" if season else period
            span = _span(conn, guild_id, word, since, until)
            if what == "coins" and span.word != EVER:
                raise NotFound("Coins have no season and no days: they are what a member holds.")
            offset = (page - 1) * count
            return boards.page(conn, guild_id, what, limit=count, offset=offset, time=span), span

        found, span = _read(opened, guild_id, ["seasons", *boards.read_models_of(what)], load)
    title = (
        f"{BOARDS[what]} of guild {guild_id}, {span.title} ({look.count(found.members, 'member')})"
    )
    records = [asdict(place) for place in found.places]
    show(records, as_json=as_json, title=title, empty="Nobody stands here.")


def why(words: WhyWords, count: Count = 10, page: Page = 1, as_json: Json = False) -> None:
    """Where a member's number comes from: totals by source, then the facts, newest first.

    Example: python -m bot why 1361128823194761274 user61 stars

    Exit codes: 0 fine, 1 the facts do not add up to the number, 2 no such guild or member.
    """
    rest = list(words)
    what = rest.pop() if len(rest) > 1 and rest[-1] in NUMBERS else "xp"
    member = rest.pop()
    guild = guild_word(rest, WHY_USAGE)
    with one_guild(guild) as (opened, guild_id):

        def load(conn: Connection) -> tuple[int, Explanation]:
            user_id = _member(conn, guild_id, member)
            return user_id, reasons.explain(
                conn, guild_id, user_id, what, limit=count, offset=(page - 1) * count
            )

        user_id, found = _read(opened, guild_id, reasons.READS, load)
    _print(guild_id, user_id, what, found, as_json=as_json)
    if sum(t.amount for t in found.totals) != found.number:
        raise typer.Exit(1)


def _print(guild_id: int, user_id: int, what: str, found: Explanation, *, as_json: bool) -> None:
    total = sum(t.amount for t in found.totals)
    totals: list[dict[str, Any]] = [asdict(t) for t in found.totals]
    facts = [asdict(reason) for reason in found.page]
    if as_json:
        who = {"guild": guild_id, "member": user_id, "what": what}
        sums = {"number": found.number, "sum": total, "totals": totals}
        more = {"facts": found.facts, "page": facts, "unpaid": [asdict(u) for u in found.unpaid]}
        show_one(who | sums | more, as_json=True, title="")
        return
    title = f"{NUMBERS[what]} of member {user_id} in guild {guild_id}"
    show(totals, as_json=False, title=title, empty="Nothing yet.")
    show(facts, as_json=False, title="Newest first", empty="No facts on this page.")
    for one in found.unpaid:
        say(f"Not paid: voice while the bot was blind from {one.began} to {one.ended}.")
    relation = "=" if total == found.number else "is not"
    say(f"{total:,} {relation} {found.number:,}, the number shown.")


def _read(
    database: Database, guild_id: int, reads: Sequence[str], load: Callable[[Connection], T]
) -> T:
    """What members would be shown now; says so when events wait that are not counted in it."""

    def loaded(conn: Connection) -> tuple[T, int]:
        return load(conn), max(place.lag for place in checkpoints.lag(conn, reads))

    found, behind = look_up(database, guild_id, reads=reads, show=loaded)
    if behind:
        complain(f"{behind:,} events are not counted yet. See: python -m bot lag")
    return found


def _span(
    conn: Connection, guild_id: int, word: str, since: str | None, until: str | None
) -> Period:
    """The time that is meant. Raises NotFound when there is none."""
    now = datetime.now(UTC)
    try:
        if since is not None:
            return periods.between(conn, guild_id, since, until, now)
        if until is not None:
            raise NotFound("Say from which day on as well: --since 2026-07-01.")
        return periods.period(conn, guild_id, word, now)
    except Refused as refused:
        raise NotFound(str(refused)) from refused


def _member(conn: Connection, guild_id: int, wanted: str) -> int:
    """The member that is meant, by id or name. Raises NotFound when nobody is, or several are."""
    by_id = int(wanted) if wanted.isdecimal() else MOST
    if by_id < MOST and fetch_one(conn, "profiles", "profile", guild=guild_id, user=by_id):
        return by_id
    rows = fetch(conn, "profiles", "called", guild=guild_id, name=wanted)
    found = [int(row["user_id"]) for row in rows]
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFound(f"Several members are called {wanted!r}; give the id: {names(found)}")
    raise NotFound(
        f"Nobody in guild {guild_id} is called {wanted!r} or has that id. "
        f"Try: python -m bot board {guild_id}"
    )
