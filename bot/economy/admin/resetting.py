"""``/economy reset``: a member's wallet, bank and debts to nothing; previewed, confirmed, once."""

import dataclasses

import discord
from discord import app_commands

from bot import confirm, look
from bot.answer import Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.economy.acts import balances_of, changes, in_words, reason_required
from bot.economy.admin import economy
from bot.economy.admin.adjusting import READS, Why
from bot.economy.holdings import currencies_of
from bot.handle import Call, handle, look_up, recorded
from events.decisions.asked import Asked
from events.decisions.currency import Currencies
from events.decisions.economy_acts import NO_REASON, check_reason
from events.decisions.economy_acts import reset as decide_reset
from events.economy_acts import EconomyReset
from events.engine.event import Event
from sql.pool import Connection


@economy.command(name="reset")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(member="Whose coins and debts", reason="Why; members can read it")
async def reset(interaction: Interaction, member: discord.User, reason: Why = NO_REASON) -> None:
    """Empty a member's wallet and bank and forget what they owe; things stay"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def show(conn: Connection) -> tuple[EconomyReset, Currencies]:
            return _decide(conn, asked, member.id, reason), currencies_of(conn, asked.guild_id)

        fact, known = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=show
        )
        embed = look.note(in_words(changes([fact]), known), title="Reset: please confirm")
        embed.add_field(name="Reason", value=reason)
        view = confirm.buttons("reset", asked.interaction_id, [str(member.id)])
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


@confirmed("reset")
async def act(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    member_id = int(sure.arguments[0])
    reason = sure.reason or NO_REASON

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def decide(conn: Connection) -> list[Event]:
            before = recorded(conn, asked.guild_id, asked.source_id(EconomyReset.event_type))
            return [before or _decide(conn, asked, member_id, reason)]

        done = await services.work(
            handle,
            services.database,
            call,
            reads=READS,
            decide=decide,
            show=lambda conn, _: currencies_of(conn, asked.guild_id),
        )
        fact, position = done.facts[0].event, done.facts[0].position
        assert isinstance(fact, EconomyReset)
        embed = look.note(in_words(changes([fact]), done.shown), colour=look.GREEN, title="Reset")
        embed.add_field(name="Reason", value=fact.reason)
        embed.set_footer(
            text=f"#{position} in this server's log \N{MIDDLE DOT} /undo takes it back"
        )
        return Reply(embed, update=True, position=position, recorded=True)

    await answer(interaction, work, private=True)


def _decide(conn: Connection, asked: Asked, member_id: int, reason: str) -> EconomyReset:
    check_reason(reason, required=reason_required(conn, asked.guild_id))
    balances = balances_of(conn, asked.guild_id, [member_id])
    return decide_reset(asked, member_id, reason, balances=balances)
