"""``/coinflip``, ``/dice``, ``/slots``: a game against the house, played again with a button."""

import secrets
from typing import Final, Literal

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.buttons import Press, pressed
from bot.economy import games as shared
from bot.economy import holdings
from bot.handle import Call, Fact, handle, recorded
from events.currency import Coin
from events.decisions import chance
from events.decisions.asked import Asked
from events.decisions.chance import Bet
from events.decisions.draws import SEED_BITS
from events.decisions.games import GAMES, house_edge
from events.engine.errors import Refused
from events.engine.event import Event
from events.games import ChancePlayed
from events.ledger import wallet
from sql.pool import Connection

MOST: Final = 1_000_000_000
"""The most that Discord lets a member type; the guild's own limit is below it."""
Stake = app_commands.Range[int, 1, MOST]


@app_commands.command(name="coinflip")
@app_commands.guild_only()
@app_commands.describe(stake="Coins to stake", side="Your side; the house wins on the edge")
async def coinflip(interaction: Interaction, stake: Stake, side: Literal["heads", "tails"]) -> None:
    """Flip a coin: your side pays twice the stake (house edge 2 %)"""
    await _play(interaction, "coinflip", side, stake)


@app_commands.command(name="dice")
@app_commands.guild_only()
@app_commands.describe(stake="Coins to stake", bet="What two dice will show")
@app_commands.choices(
    bet=[
        app_commands.Choice(name=f"{line.title} pays {line.multiplier / 100:g}x", value=line.choice)
        for line in GAMES["dice"].pays
    ]
)
async def dice(interaction: Interaction, stake: Stake, bet: str) -> None:
    """Roll two dice (house edge 4.17 to 5 %)"""
    await _play(interaction, "dice", bet, stake)


@app_commands.command(name="slots")
@app_commands.guild_only()
@app_commands.describe(stake="Coins to stake")
async def slots(interaction: Interaction, stake: Stake) -> None:
    """Spin three reels (house edge 4.1 %)"""
    await _play(interaction, "slots", "spin", stake)


@pressed("playagain")
async def again(interaction: Interaction, arguments: list[str]) -> None:
    """The same bet once more. A button plays once: pressed twice, it shows the same bet twice, and
    the one under that bet plays the next."""
    key, choice, stake, player, before = arguments
    if key not in GAMES or not stake.isdecimal() or not 0 < int(stake) <= MOST:
        return
    if player != str(interaction.user.id):
        await answer(interaction, _not_yours)
        return
    await _play(interaction, key, choice, int(stake), again_after=int(before))


async def _not_yours(services: Services, call: Call) -> Reply:
    raise Refused("This is somebody else's game. Start your own with `/games list`.")


async def _play(
    interaction: Interaction, key: str, choice: str, stake: int, *, again_after: int | None = None
) -> None:
    """One bet; ``again_after`` is the place in the log of the bet whose button was pressed."""
    seed = secrets.randbits(SEED_BITS)
    bet = Bet(GAMES[key], choice, stake, again_after)

    async def work(services: Services, call: Call) -> Reply:
        done = await services.work(
            handle,
            services.database,
            call,
            reads=shared.READS,
            decide=lambda conn: [decided(conn, call.asked, bet, seed)],
            show=_standing,
        )
        event = done.facts[0].event
        assert isinstance(event, ChancePlayed)
        view = discord.ui.View(timeout=None)
        position = done.facts[0].position
        arguments = [event.game, event.choice, str(event.stake), str(event.user_id), str(position)]
        view.add_item(Press("playagain", arguments, label=f"Again for {event.stake:,}"))
        embed = sheet(event, *done.shown, position=position)
        update = again_after is not None
        return Reply(embed, view, update=update, position=position, recorded=True)

    await answer(interaction, work)


def decided(conn: Connection, asked: Asked, bet: Bet, seed: int) -> Event:
    """The bet, drawn from ``seed``; one that an earlier press of its button made is not made again.
    Raises Refused."""
    if bet.again_after is not None:
        before = recorded(conn, asked.guild_id, chance.again_key(bet.again_after))
        if before is not None:
            return before
    own = shared.bettor(conn, asked.guild_id, asked.user_id, asked.at)
    return chance.play(asked, bet, own=own, limits=shared.limits(conn, asked.guild_id), seed=seed)


def _standing(conn: Connection, facts: list[Fact]) -> tuple[int, str, Coin]:
    """What the member had right after the bet, what they may still do today, and in which coin."""
    event = facts[0].event
    user_id = event.user_id or 0
    done = shared.today(conn, event.guild_id, user_id, event.occurred_at)
    found = shared.limits(conn, event.guild_id)
    had = holdings.balance_after(conn, event.guild_id, wallet(user_id), facts[0].position)
    return had, shared.allowed(found, done), found.coin


def sheet(
    event: ChancePlayed, balance: int, left: str, coin: Coin, *, position: int
) -> discord.Embed:
    """The bet, its roll, and how to check it."""
    game = GAMES[event.game]
    gain = event.payout - event.stake
    word = "You win" if gain > 0 else "You get your stake back" if gain == 0 else "The house wins"
    embed = look.note(
        f"# {shared.faces(event.roll)}\n**{word}** {look.signed(gain)} {coin.emoji}",
        colour=look.GREEN if gain > 0 else look.GREY,
        title=f"{game.title}: {look.number(event.stake)} on {event.choice}",
    )
    embed.add_field(
        name="Paid",
        value=f"{look.number(event.payout)} ({shared.times(event.multiplier)})",
    )
    embed.add_field(name="Wallet", value=look.number(balance))
    edge = shared.percent(house_edge(game, event.choice, event.stake))
    embed.add_field(name="House edge", value=edge)
    embed.set_footer(
        text=f"{left} \N{MIDDLE DOT} seed {event.seed} \N{MIDDLE DOT} #{position} in this "
        "server's log: /games check draws it again"
    )
    return embed


COMMANDS: Commands = [coinflip, dice, slots]
