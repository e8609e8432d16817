"""``/bank``: put coins by, take them out again, and buy more room for them."""

import dataclasses
from collections.abc import Callable

import discord
from discord import app_commands

from bot import confirm, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.economy import holdings
from bot.economy.holdings import READS
from bot.handle import Call, Fact, handle, look_up, recorded
from events.bank import BankDeposited, BankUpgraded, BankWithdrawn
from events.currency import Coin
from events.decisions import bank as deciding
from events.decisions.asked import Asked
from events.engine.errors import Refused
from events.engine.event import Event
from events.ledger import bank as bank_account
from events.ledger import wallet
from projections.engine.rules import Rules
from projections.engine.ruling import rules_now
from sql.pool import Connection

Move = Callable[[Asked, str, deciding.Held, Rules], BankDeposited | BankWithdrawn]
Amount = app_commands.Range[str, 1, 30]

bank = app_commands.Group(
    name="bank", description="Put coins by and take them out again", guild_only=True
)


@bank.command(name="deposit")
@app_commands.describe(amount='How many coins, or "all"')
async def deposit(interaction: Interaction, amount: Amount) -> None:
    """Put coins from your wallet into the bank"""
    await _move(
        interaction,
        amount,
        lambda asked, text, held, rules: deciding.deposit(
            asked, text, held, holdings.terms_of(rules), rules.coin
        ),
    )


@bank.command(name="withdraw")
@app_commands.describe(amount='How many coins, or "all"')
async def withdraw(interaction: Interaction, amount: Amount) -> None:
    """Take coins out of the bank into your wallet"""
    await _move(
        interaction,
        amount,
        lambda asked, text, held, rules: deciding.withdraw(asked, text, held, rules.coin),
    )


async def _move(interaction: Interaction, text: str, move: Move) -> None:
    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def decide(conn: Connection) -> list[Event]:
            held = holdings.holdings(conn, asked.guild_id, asked.user_id)
            return [move(asked, text, held, rules_now(conn, asked.guild_id))]

        done = await services.work(
            handle, services.database, call, reads=READS, decide=decide, show=_after
        )
        fact = done.facts[0].event
        assert isinstance(fact, BankDeposited | BankWithdrawn)
        embed = receipt(fact, *done.shown)
        return Reply(embed, private=True, position=done.facts[0].position, recorded=True)

    await answer(interaction, work, private=True)


def _after(conn: Connection, facts: list[Fact]) -> tuple[int, int, Coin]:
    """What wallet and bank held right after, and what coins are called."""
    event, position = facts[0].event, facts[0].position
    member = event.user_id or 0
    accounts = wallet(member), bank_account(member)
    held = [holdings.balance_after(conn, event.guild_id, a, position) for a in accounts]
    return held[0], held[1], holdings.coin_of(conn, event.guild_id)


def receipt(
    fact: BankDeposited | BankWithdrawn, in_wallet: int, in_bank: int, coin: Coin
) -> discord.Embed:
    """What went where, and what is where now."""
    if isinstance(fact, BankDeposited):
        embed = look.note(
            f"You put {look.money(fact.amount, coin)} into the bank.\n"
            f"`{look.bar(in_bank, fact.capacity)}` "
            f"{look.number(in_bank)} of {look.number(fact.capacity)}",
            colour=look.GREEN,
        )
    else:
        text = f"You took {look.money(fact.amount, coin)} out of the bank."
        embed = look.note(text, colour=look.GREEN)
    embed.set_footer(
        text=f"Wallet {look.number(in_wallet)} \N{MIDDLE DOT} bank {look.number(in_bank)}"
    )
    return embed


@bank.command(name="upgrade")
async def upgrade(interaction: Interaction) -> None:
    """Buy more room in the bank; you see the price first"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def load(conn: Connection) -> tuple[BankUpgraded, Coin]:
            return _upgrade(conn, asked), holdings.coin_of(conn, asked.guild_id)

        offer, coin = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=load
        )
        embed = look.note(
            f"Tier {offer.tier} costs {look.money(offer.price, coin)} out of your wallet. "
            f"Your bank would then hold {look.money(offer.capacity, coin)}.",
            title="Upgrade your bank?",
        )
        arguments = [str(asked.user_id), str(offer.tier), str(offer.price)]
        view = confirm.buttons("bankupgrade", asked.interaction_id, arguments)
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


@confirmed("bankupgrade", by_asker=True)
async def buy(interaction: Interaction, sure: Confirmed) -> None:
    """The member has confirmed."""
    tier, price = int(sure.arguments[1]), int(sure.arguments[2])

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)
        done = await services.work(
            handle,
            services.database,
            call,
            reads=READS,
            decide=lambda conn: [as_offered(conn, asked, tier, price)],
            show=_after,
        )
        fact = done.facts[0].event
        assert isinstance(fact, BankUpgraded)
        in_wallet, in_bank, coin = done.shown
        embed = look.note(
            f"Your bank is tier {fact.tier} now and holds {look.money(fact.capacity, coin)}.\n"
            f"`{look.bar(in_bank, fact.capacity)}` "
            f"{look.number(in_bank)} of {look.number(fact.capacity)}",
            colour=look.GREEN,
            title="Upgraded",
        )
        embed.set_footer(text=f"{coin.words(in_wallet)} left in your wallet")
        return Reply(embed, update=True, position=done.facts[0].position, recorded=True)

    await answer(interaction, work, private=True)


def _upgrade(conn: Connection, asked: Asked) -> BankUpgraded:
    rules = rules_now(conn, asked.guild_id)
    held = holdings.holdings(conn, asked.guild_id, asked.user_id)
    return deciding.upgrade(asked, held, holdings.terms_of(rules), rules.coin)


def as_offered(conn: Connection, asked: Asked, tier: int, price: int) -> Event:
    """The upgrade that was confirmed; one that is bought already is not bought again."""
    before = recorded(conn, asked.guild_id, deciding.upgrade_key(asked.user_id, tier))
    if before is not None:
        return before
    offer = _upgrade(conn, asked)
    if (offer.tier, offer.price) != (tier, price):
        raise Refused("The price has changed since you asked. Ask again with /bank upgrade.")
    return offer


COMMANDS: Commands = [bank]
