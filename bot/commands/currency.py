"""``/currency``: what this server calls its coins, and the emoji that it shows them with."""

import dataclasses

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.handle import Call, Fact, handle
from events.currency import COIN, Coin, CurrencyNamed
from events.decisions.asked import Asked
from events.decisions.currency import name_currency
from events.engine.event import Event
from projections.engine.advance import rules_now
from sql.pool import Connection

MAX_NAME = 32
MAX_EMOJI = 64

currency = app_commands.Group(
    name="currency",
    description="What this server calls its coins (admins)",
    guild_only=True,
    default_permissions=discord.Permissions(manage_guild=True),
)


@currency.command(name="set")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(
    name="One of them, like: shell", plural="Several of them, like: shells", emoji="Their emoji"
)
async def set_(
    interaction: Interaction,
    name: app_commands.Range[str, 1, MAX_NAME] | None = None,
    plural: app_commands.Range[str, 1, MAX_NAME] | None = None,
    emoji: app_commands.Range[str, 1, MAX_EMOJI] | None = None,
) -> None:
    """Choose the name or the emoji of the coins; what you leave out stays as it is"""
    given = {"name": name, "plural": plural, "emoji": emoji}
    chosen = {key: text.strip() for key, text in given.items() if text is not None}
    await _change(interaction, chosen)


@currency.command(name="reset")
@app_commands.checks.has_permissions(manage_guild=True)
async def reset(interaction: Interaction) -> None:
    """Call the coins coins again"""
    await _change(interaction, dataclasses.asdict(COIN))


async def _change(interaction: Interaction, chosen: dict[str, str]) -> None:
    async def work(services: Services, call: Call) -> Reply:
        done = await services.work(
            handle,
            services.database,
            call,
            reads=["settings"],
            decide=lambda conn: [_decide(conn, call.asked, chosen)],
            show=_nothing_more,
        )
        fact = done.facts[0].event
        assert isinstance(fact, CurrencyNamed)
        embed = look.note(sample(fact.coin), colour=look.GREEN, title="The coins have a new look")
        embed.set_footer(text=f"#{done.facts[0].position} in this server's log")
        return Reply(embed, private=True, position=done.facts[0].position, recorded=True)

    await answer(interaction, work, private=True)


def _decide(conn: Connection, asked: Asked, chosen: dict[str, str]) -> Event:
    rules = rules_now(conn, asked.guild_id)
    wanted = dataclasses.replace(rules.coin, **chosen)
    return name_currency(asked, wanted, current=rules.coin, revision=rules.coin_revision)


def sample(coin: Coin) -> str:
    """How amounts look with it."""
    return f"{look.money(1234, coin)}\n{coin.words(1)}, {coin.words(1234)}"


def _nothing_more(conn: Connection, facts: list[Fact]) -> None:
    """The reply shows the fact itself."""


COMMANDS: Commands = [currency]
