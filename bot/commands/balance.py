"""``/balance``: what a member has in wallet and bank, in all, and their place among the rich."""

from dataclasses import dataclass

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.economy import holdings
from bot.handle import Call, look_up
from events.currency import Coin
from events.decisions.bank import Held
from events.ledger import COINS, debt
from projections.engine.ruling import rules_now
from sql.pool import Connection
from sql.reads import Row, fetch_one

READS = [*holdings.READS, "net_worth", "preferences", "profiles"]


Money = tuple[Coin, int]
"""A currency and so much of it."""


@dataclass(frozen=True, slots=True)
class Purse:
    """Everything that the embed shows."""

    held: Held
    capacity: int
    price: int
    place: Row | None
    coin: Coin
    owed: list[Money]
    others: list[Money]
    """What the wallet holds of other currencies."""


@app_commands.command(name="balance")
@app_commands.guild_only()
@app_commands.describe(member="Whose; yours if you leave it out")
async def balance(interaction: Interaction, member: discord.Member | None = None) -> None:
    """Wallet, bank and net worth of a member"""
    who = member or interaction.user

    async def work(services: Services, call: Call) -> Reply:
        found = await services.work(
            look_up,
            services.database,
            call.asked.guild_id,
            reads=READS,
            show=lambda conn: load(conn, call.asked.guild_id, who.id),
        )
        return Reply(card(who.display_name, who.display_avatar.url, found))

    await answer(interaction, work)


def load(conn: Connection, guild_id: int, user_id: int) -> Purse:
    """What the embed shows of one member."""
    rules = rules_now(conn, guild_id)
    terms, held = holdings.terms_of(rules), holdings.holdings(conn, guild_id, user_id)
    place = fetch_one(conn, "net_worth", "rank", guild=guild_id, user=user_id, currency=COINS)
    has = holdings.carried(conn, guild_id, user_id)
    known = rules.currencies.known.values()
    owed = [(coin, has[debt(coin.currency)]) for coin in known if debt(coin.currency) in has]
    others = holdings.others_among(has, rules.currencies)
    capacity, price = terms.capacity(held.tier), terms.price(held.tier)
    return Purse(held, capacity, price, place, rules.coin, owed, others)


def card(name: str, avatar_url: str, purse: Purse) -> discord.Embed:
    """The balance as an embed."""
    held, coin = purse.held, purse.coin
    embed = look.note(
        f"Bank `{look.bar(held.bank, purse.capacity)}` "
        f"{look.number(held.bank)} of {look.number(purse.capacity)}"
    )
    embed.set_author(name=name, icon_url=avatar_url)
    embed.add_field(name="Wallet", value=look.money(held.wallet, coin))
    embed.add_field(name="Bank", value=look.money(held.bank, coin))
    embed.add_field(name="Net worth", value=look.money(held.wallet + held.bank, coin))
    for title, sums in (("Also in the wallet", purse.others), ("Owed", purse.owed)):
        if sums:
            lines = [look.money(amount, other) for other, amount in sums]
            embed.add_field(name=title, value="\n".join(lines))
    if purse.place is not None:
        value = f"#{purse.place['rank']} of {look.number(purse.place['members'])}"
        embed.add_field(name="Rank", value=value)
    embed.add_field(name="Bank tier", value=look.number(held.tier))
    embed.set_footer(
        text=f"The next bank tier costs {coin.words(purse.price)}: /bank upgrade"
        " \N{MIDDLE DOT} every move: /transactions"
    )
    return embed


COMMANDS: Commands = [balance]
