"""``/games``: the pay tables, one's own bets, a draw made again, leaving the games."""

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.economy import games as shared
from bot.handle import Call, Fact, handle, look_up
from events.currency import Coin
from events.decisions import chance, games, wagers
from events.decisions.chance import Limits
from events.decisions.games import GAMES
from events.engine.catalogue import decode
from events.engine.errors import Refused
from events.engine.event import Event
from events.games import ChancePlayed, GamesChosen, WagerPlayed
from sql import lake
from sql.pool import Connection
from sql.reads import Row, fetch

MOST = 2**53
"""The largest whole number that Discord lets a member type."""

group = app_commands.Group(
    name="games", description="Chance games: rules, odds and your own bets", guild_only=True
)


@group.command(name="list")
async def list_(interaction: Interaction) -> None:
    """Every game's pay table, its exact chances and the house edge"""

    async def work(services: Services, call: Call) -> Reply:
        found, done, _ = await _look(services, call, call.asked.user_id)
        state = "on" if found.enabled else "off: an admin can set `games_enabled` to 1"
        embed = look.note(
            f"Games are **{state}**. At most {look.money(found.max_stake, found.coin)} on a bet.\n"
            "Wagers between members have no house edge.",
            title="Games",
        )
        for game in GAMES.values():
            embed.add_field(
                name=f"{game.title} (/{game.key})", value=shared.pay_table(game), inline=False
            )
        embed.set_footer(
            text=f"{shared.allowed(found, done)} \N{MIDDLE DOT} payouts are cut to whole coins"
        )
        return Reply(embed, private=True)

    await answer(interaction, work, private=True)


@group.command(name="stats")
@app_commands.describe(member="Whose; yours if you leave it out")
async def stats(interaction: Interaction, member: discord.Member | None = None) -> None:
    """What was staked and won, today and in all"""
    who = (member or interaction.user).id

    async def work(services: Services, call: Call) -> Reply:
        found, done, rows = await _look(services, call, who)
        embed = look.note(f"<@{who}>", title="Bets")
        embed.add_field(name="Today (UTC)", value=_tally(done, found.coin), inline=False)
        for row in rows:
            embed.add_field(name=_title(row["game"]), value=_tally(row, found.coin), inline=False)
        embed.set_footer(text=shared.allowed(found, done))
        return Reply(embed, private=True)

    await answer(interaction, work, private=True)


@group.command(name="check")
@app_commands.describe(number="The bet's place in this server's log: the # below the result")
async def check(interaction: Interaction, number: app_commands.Range[int, 1, MOST]) -> None:
    """Draw a bet again from its recorded seed, before your eyes"""

    async def work(services: Services, call: Call) -> Reply:
        event = await services.work(
            look_up,
            services.database,
            call.asked.guild_id,
            reads=[],
            show=lambda conn: _bet_at(conn, call.asked.guild_id, number),
        )
        return Reply(checked(event), private=True, position=number)

    await answer(interaction, work, private=True)


@group.command(name="optout")
async def optout(interaction: Interaction) -> None:
    """Leave all games: nobody can challenge you, and you cannot bet"""
    await _choose(interaction, out=True)


@group.command(name="optin")
async def optin(interaction: Interaction) -> None:
    """Come back to the games"""
    await _choose(interaction, out=False)


async def _choose(interaction: Interaction, *, out: bool) -> None:
    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def decide(conn: Connection) -> list[GamesChosen]:
            is_out = shared.opted_out(conn, asked.guild_id, asked.user_id)
            return [chance.choose(asked, out=out, is_out=is_out)]

        done = await services.work(
            handle, services.database, call, reads=["wagers"], decide=decide, show=_nothing_more
        )
        text = (
            "You have left the games: you can neither bet nor be challenged. "
            "`/games optin` brings you back."
            if out
            else "Welcome back: you can bet and be challenged again."
        )
        embed = look.note(text, colour=look.GREEN)
        return Reply(embed, private=True, position=done.position, recorded=True)

    await answer(interaction, work, private=True)


async def _look(services: Services, call: Call, who: int) -> tuple[Limits, Row, list[Row]]:
    """The guild's limits; what a member bet today, and on each game in all."""
    asked = call.asked
    found: tuple[Limits, Row, list[Row]] = await services.work(
        look_up,
        services.database,
        asked.guild_id,
        reads=shared.READS,
        show=lambda conn: (
            shared.limits(conn, asked.guild_id),
            shared.today(conn, asked.guild_id, who, asked.at),
            fetch(conn, "chance_stats", "games", guild=asked.guild_id, user=who),
        ),
    )
    return found


def _bet_at(conn: Connection, guild_id: int, position: int) -> ChancePlayed | WagerPlayed:
    """The bet at this place in the guild's stream. Raises Refused when there is none."""
    page = lake.read(conn, guild_id, position - 1, 1)
    event: Event | None = decode(page[0]) if page and page[0].position == position else None
    if not isinstance(event, ChancePlayed | WagerPlayed):
        raise Refused(f"#{position} is no bet. The number stands below each result, after the #.")
    return event


def checked(event: ChancePlayed | WagerPlayed) -> discord.Embed:
    """What was recorded, and whether the seed gives the same again."""
    if isinstance(event, WagerPlayed):
        true = wagers.drawn_again(event)
        what = f"A wager of {look.number(event.stake)}: draw {event.roll} of 2, won by "
        what += f"<@{event.winner_id}>"
    else:
        true = games.drawn_again(event)
        what = f"{_title(event.game)}, version {event.rules}: {look.number(event.stake)} on "
        what += f"{event.choice}\n{shared.faces(event.roll)} pays {look.number(event.payout)}"
    verdict = (
        "Drawn again from the seed: **the same**."
        if true
        else "Drawn again from the seed: **not the same**. Please tell an admin."
    )
    return look.note(
        f"{what}\nSeed `{event.seed}`\n{verdict}",
        colour=look.GREEN if true else look.RED,
        title="Drawn again",
    )


def _title(key: str) -> str:
    return GAMES[key].title if key in GAMES else "Wagers"


def _tally(row: Row, coin: Coin) -> str:
    gain = row["won"] - row["staked"]
    return (
        f"{look.count(row['bets'], 'bet')}, staked {look.number(row['staked'])}, "
        f"came back {look.number(row['won'])}: **{look.signed(gain)}** {coin.emoji}"
    )


def _nothing_more(conn: Connection, facts: list[Fact]) -> None:
    """The reply shows the fact itself."""


COMMANDS: Commands = [group]
