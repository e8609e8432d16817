"""``/pay``: coins from one member to another, once; large payments are confirmed first."""

import dataclasses

import discord
from discord import app_commands

from bot import confirm, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.economy import currencies, holdings
from bot.handle import Call, Outcome, Show, handle, recorded
from bot.members import known_receiver, reads_about, receiver
from events.currency import Coin
from events.decisions import economy
from events.decisions.asked import Asked
from events.decisions.economy import Member
from events.economy import PaymentMade
from events.engine.event import Event
from events.ledger import COINS, MAX_AMOUNT
from projections.engine.ruling import rules_now
from sql.pool import Connection

READS = ["accounts"]


class _Large(Exception):
    """The payment could be made, but it is so large that the member is asked first."""

    def __init__(self, coin: Coin) -> None:
        super().__init__()
        self.coin = coin


@app_commands.command(name="pay")
@app_commands.guild_only()
@app_commands.describe(member="Who gets it", amount="How many", currency=currencies.WORD)
async def pay(
    interaction: Interaction,
    member: discord.User,
    amount: app_commands.Range[int, 1, MAX_AMOUNT],
    currency: currencies.Which | None = None,
) -> None:
    """Give some of your money to another member"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def decide(conn: Connection) -> list[Event]:
            rules = rules_now(conn, asked.guild_id)
            coin = rules.currencies.usable(currency)
            payee = receiver(conn, asked.guild_id, member)
            made = payment(conn, asked, payee, amount, coin)
            if amount > rules.number("pay_confirm_above"):
                raise _Large(coin)  # nothing is recorded of it yet
            return [made]

        try:
            done = await services.work(
                handle,
                services.database,
                call,
                reads=["accounts", *reads_about(member)],
                decide=decide,
                show=_after(call, currency),
            )
        except _Large as large:
            return _preview(asked, member.id, amount, large.coin)
        if not done.facts:  # delivered again after it was asked about
            return _preview(asked, member.id, amount, done.shown)
        return _receipt(done, update=False)

    await answer(interaction, work)


pay.autocomplete("currency")(currencies.in_use)


def _preview(asked: Asked, payee_id: int, amount: int, coin: Coin) -> Reply:
    embed = look.note(
        f"Pay <@{payee_id}> {look.money(amount, coin)}?", title="A large payment: please confirm"
    )
    arguments = [str(asked.user_id), str(payee_id), str(amount), coin.currency]
    return Reply(embed, confirm.buttons("pay", asked.interaction_id, arguments))


@confirmed("pay", by_asker=True)
async def act(interaction: Interaction, sure: Confirmed) -> None:
    """The payer has confirmed."""
    payee_id, amount, currency = int(sure.arguments[1]), int(sure.arguments[2]), sure.arguments[3]

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def decide(conn: Connection) -> list[Event]:
            payee = known_receiver(conn, interaction.guild, asked.guild_id, payee_id)
            return [as_confirmed(conn, asked, payee, amount, currency)]

        done = await services.work(
            handle, services.database, call, reads=READS, decide=decide, show=_after(call, currency)
        )
        return _receipt(done, update=True)

    await answer(interaction, work)


def as_confirmed(
    conn: Connection, asked: Asked, payee: Member, amount: int, currency: str = COINS
) -> Event:
    """The payment that ``asked`` was about; one that an earlier click made is not made again."""
    before = recorded(conn, asked.guild_id, asked.source_id(PaymentMade.event_type))
    if before is not None:
        return before
    coin = holdings.currencies_of(conn, asked.guild_id).usable(currency)
    return payment(conn, asked, payee, amount, coin)


def payment(conn: Connection, asked: Asked, payee: Member, amount: int, coin: Coin) -> PaymentMade:
    """The payment, decided on what both carry now. Raises Refused."""
    both = (asked.user_id, payee.user_id)
    has, payee_has = holdings.wallets_of(conn, asked.guild_id, both, coin.currency)
    return economy.pay(asked, payee, amount, balance=has, payee_balance=payee_has, coin=coin)


def _after(call: Call, currency: str | None) -> Show[Coin]:
    """What that is called which was paid."""
    return lambda conn, _: holdings.currencies_of(conn, call.asked.guild_id).meant(currency)


def _receipt(done: Outcome[Coin], *, update: bool) -> Reply:
    made, coin = done.facts[0].event, done.shown
    assert isinstance(made, PaymentMade)
    embed = look.note(
        f"<@{made.user_id}> paid <@{made.target_id}> {look.money(made.amount, coin)}",
        colour=look.GREEN,
    )
    embed.set_footer(text=f"{coin.words(made.left)} left")
    return Reply(embed, update=update, position=done.position, recorded=True)


COMMANDS: Commands = [pay]
