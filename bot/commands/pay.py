"""``/pay``: coins from one member to another, once."""

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.handle import Call, Fact, handle
from bot.members import receiver
from events.decisions import economy
from events.economy import PaymentMade
from events.ledger import COINS, MAX_AMOUNT, wallet
from sql.pool import Connection
from sql.reads import fetch_one

READS = ["accounts", "profiles"]


@app_commands.command(name="pay")
@app_commands.guild_only()
@app_commands.describe(member="Who gets the coins", amount="How many coins")
async def pay(
    interaction: Interaction,
    member: discord.User,
    amount: app_commands.Range[int, 1, MAX_AMOUNT],
) -> None:
    """Give some of your coins to another member"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def decide(conn: Connection) -> list[PaymentMade]:
            payee = receiver(conn, asked.guild_id, member)
            return [
                economy.pay(
                    asked, payee, amount, balance=balance(conn, asked.guild_id, asked.user_id)
                )
            ]

        done = await services.work(
            handle, services.database, call, reads=READS, decide=decide, show=balance_after
        )
        payment = done.facts[0].event
        assert isinstance(payment, PaymentMade)
        embed = look.note(
            f"<@{payment.user_id}> paid <@{payment.target_id}> "
            f"**{look.number(payment.amount)}** {look.COIN}",
            colour=look.GREEN,
        )
        embed.set_footer(text=f"{look.number(done.shown)} coins left")
        return Reply(embed, position=done.position, recorded=True)

    await answer(interaction, work)


def balance(conn: Connection, guild_id: int, user_id: int) -> int:
    """What a member's wallet holds now."""
    row = fetch_one(
        conn, "accounts", "balance", guild=guild_id, account=wallet(user_id), currency=COINS
    )
    return row["balance"] if row else 0


def balance_after(conn: Connection, facts: list[Fact]) -> int:
    """What the payer's wallet held right after the payment, however long ago that was."""
    fact = facts[0]
    row = fetch_one(
        conn,
        "accounts",
        "balance_after",
        guild=fact.event.guild_id,
        account=wallet(fact.event.user_id or 0),
        currency=COINS,
        position=fact.position,
    )
    return row["balance"] if row else 0


COMMANDS: Commands = [pay]
