"""``/economy grant`` and ``take``: a member, or everybody in a role; previewed, confirmed, once."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zlib import crc32

import discord
from discord import app_commands

from bot import confirm, look
from bot.answer import Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.economy import currencies
from bot.economy.acts import balances_of, changes, events_of, in_words, reason_required
from bot.economy.admin import economy
from bot.economy.holdings import currencies_of
from bot.handle import Call, handle, look_up
from events.currency import Coin
from events.decisions.asked import Asked
from events.decisions.currency import Currencies
from events.decisions.economy_acts import NO_REASON, adjust, check_reason
from events.economy import CoinsAwarded
from events.engine.errors import Refused
from events.ledger import MAX_AMOUNT, LedgerEvent
from sql.pool import Connection

READS = ["accounts"]
Who = discord.Member | discord.Role
Amount = app_commands.Range[int, 1, MAX_AMOUNT]
Why = app_commands.Range[str, 1, 150]


@dataclass(frozen=True, slots=True)
class Target:
    """Whom an act is about, and what tells whether that is still so at the click."""

    mention: str
    members: tuple[int, ...]
    is_role: bool

    @property
    def check(self) -> str:
        """A short number for exactly these members."""
        return str(crc32(repr(self.members).encode()))


def target_of(who: Who | None) -> Target:
    """A member or the members of a role, bots left out. Raises Refused for a bot."""
    if isinstance(who, discord.Role):
        members = tuple(sorted(member.id for member in who.members if not member.bot))
        return Target(who.mention, members, is_role=True)
    if who is None:
        raise Refused("That member or role is no longer here, so nothing was changed.")
    if who.bot:
        raise Refused("Bots take no part in the numbers. Pick a member.")
    return Target(who.mention, (who.id,), is_role=False)


@economy.command(name="grant")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(
    to="A member, or a role for everybody who has it",
    amount="How much each gets, newly made",
    currency=currencies.WORD,
    reason="Why; members can read it",
)
async def grant(
    interaction: Interaction,
    to: Who,
    amount: Amount,
    currency: currencies.Which | None = None,
    reason: Why = NO_REASON,
) -> None:
    """Give new money to a member or to everybody in a role"""
    await _preview(interaction, to, amount, currency, reason)


@economy.command(name="take")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(
    of="A member, or a role for everybody who has it",
    amount="How much each loses; of a role, at most what each has",
    currency=currencies.WORD,
    reason="Why; members can read it",
)
async def take(
    interaction: Interaction,
    of: Who,
    amount: Amount,
    currency: currencies.Which | None = None,
    reason: Why = NO_REASON,
) -> None:
    """Take money from a member or from everybody in a role"""
    await _preview(interaction, of, -amount, currency, reason)


grant.autocomplete("currency")(currencies.in_use)
take.autocomplete("currency")(currencies.every)


async def _preview(
    interaction: Interaction, who: Who, amount: int, currency: str | None, reason: str
) -> None:
    async def work(services: Services, call: Call) -> Reply:
        asked, target = call.asked, target_of(who)

        def show(conn: Connection) -> tuple[Sequence[LedgerEvent], Currencies]:
            facts = _decide(conn, asked, target, amount, currency, reason)
            return facts, currencies_of(conn, asked.guild_id)

        facts, known = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=show
        )
        coin = known.meant(currency)
        embed = look.note(
            f"{target.mention}: {look.signed(amount)} {coin.emoji} each",
            title="Grant: please confirm" if amount > 0 else "Take: please confirm",
        )
        embed.add_field(name="Reason", value=reason)
        _add_changes(embed, facts, coin, known)
        kind = "r" if target.is_role else "m"
        arguments = [kind, str(who.id), str(amount), target.check, coin.currency]
        view = confirm.buttons("adjust", asked.interaction_id, arguments)
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


@confirmed("adjust")
async def act(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    kind, who_id, amount, check, currency = sure.arguments
    reason = sure.reason or NO_REASON
    guild = interaction.guild
    who: Who | None = None
    if guild is not None:
        who = guild.get_role(int(who_id)) if kind == "r" else guild.get_member(int(who_id))

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def decide(conn: Connection) -> Sequence[LedgerEvent]:
            return decide_once(
                conn, asked, lambda: target_of(who), check, int(amount), currency, reason
            )

        done = await services.work(
            handle,
            services.database,
            call,
            reads=READS,
            decide=decide,
            show=lambda conn, _: currencies_of(conn, asked.guild_id),
        )
        facts = [fact.event for fact in done.facts if isinstance(fact.event, CoinsAwarded)]
        embed = look.note(
            f"By <@{facts[0].user_id}>: {facts[0].reason}",
            colour=look.GREEN,
            title="Granted" if int(amount) > 0 else "Taken",
        )
        _add_changes(embed, facts, done.shown.of(currency), done.shown)
        position = done.facts[0].position
        embed.set_footer(
            text=f"#{position} in this server's log \N{MIDDLE DOT} /undo takes it back"
        )
        return Reply(embed, update=True, position=position, recorded=True)

    await answer(interaction, work, private=True)


def decide_once(
    conn: Connection,
    asked: Asked,
    target_now: Callable[[], Target],
    check: str,
    amount: int,
    currency: str,
    reason: str,
) -> Sequence[LedgerEvent]:
    """The act as facts; what an earlier click recorded is not decided again, whoever has come or
    gone since. Raises Refused."""
    before = events_of(conn, asked.guild_id, asked.source_id(CoinsAwarded.event_type))
    if before:
        return before
    target = target_now()
    if target.check != check:
        raise Refused("Others have that role now than when you asked. Ask once more.")
    return _decide(conn, asked, target, amount, currency, reason)


def _decide(
    conn: Connection,
    asked: Asked,
    target: Target,
    amount: int,
    currency: str | None,
    reason: str,
) -> Sequence[CoinsAwarded]:
    check_reason(reason, required=reason_required(conn, asked.guild_id))
    known = currencies_of(conn, asked.guild_id)
    balances = balances_of(conn, asked.guild_id, target.members)
    return adjust(
        asked,
        target.members,
        amount,
        reason,
        balances=balances,
        is_role=target.is_role,
        coin=known.usable(currency) if amount > 0 else known.meant(currency),
    )


def _add_changes(
    embed: discord.Embed, facts: Sequence[LedgerEvent], coin: Coin, known: Currencies
) -> None:
    moved = changes(facts)
    total = sum(sum(sums.values()) for _, sums in moved)
    embed.add_field(
        name=f"{look.count(len(moved), 'member')}, {look.signed(total)} {coin.plural} in all",
        value=in_words(moved, known),
        inline=False,
    )
