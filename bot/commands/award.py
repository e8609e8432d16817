"""``/award``: an admin gives (or takes) coins, XP or stars; previewed, confirmed, done once."""

import dataclasses

import discord
from discord import app_commands

from bot import confirm, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.economy import holdings
from bot.economy.acts import reason_required
from bot.handle import Call, Fact, handle, look_up, recorded
from bot.members import receiver
from events.currency import Coin
from events.decisions import economy, points
from events.decisions.asked import Asked
from events.decisions.economy import Member
from events.decisions.economy_acts import NO_REASON, check_reason
from events.economy import CoinsAwarded
from events.engine.event import Event
from events.ledger import MAX_AMOUNT, wallet
from events.points import PointsAwarded
from projections.engine.ruling import rules_now
from sql.pool import Connection
from sql.reads import fetch_one

READS = ["accounts", "profiles"]
KINDS = {"coins": "Coins", "xp": "XP", "stars": "Stars"}


@app_commands.command(name="award")
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(
    member="Who gets it",
    kind="What to give",
    amount="How much; below zero takes it away",
    reason="Why; members can read it with /why",
)
@app_commands.choices(
    kind=[app_commands.Choice(name=title, value=key) for key, title in KINDS.items()]
)
async def award(
    interaction: Interaction,
    member: discord.Member,
    kind: str,
    amount: app_commands.Range[int, -MAX_AMOUNT, MAX_AMOUNT],
    reason: app_commands.Range[str, 1, 150] = NO_REASON,
) -> None:
    """Give a member coins, XP or stars by hand (admins)"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked
        has, coin = await services.work(
            look_up,
            services.database,
            asked.guild_id,
            reads=READS,
            show=lambda conn: _check(conn, asked, member, kind, amount, reason),
        )
        embed = look.note(
            f"<@{member.id}> would get **{look.signed(amount)} {_title(kind, coin)}** "
            f"and have {look.number(has + amount)} instead of {look.number(has)}.",
            title="Award: please confirm",
        )
        embed.add_field(name="Reason", value=reason)
        view = confirm.buttons("award", asked.interaction_id, [str(member.id), kind, str(amount)])
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


@confirmed("award")
async def act(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    user_id, kind, amount = sure.arguments
    reason = sure.reason or NO_REASON
    guild = interaction.guild
    user = guild.get_member(int(user_id)) if guild else None

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def decide(conn: Connection) -> list[Event]:
            who = (
                receiver(conn, asked.guild_id, user)
                if user
                else Member(int(user_id), is_bot=False, present=False)
            )
            return [_decide(conn, asked, who, kind, int(amount), reason)]

        done = await services.work(
            handle, services.database, call, reads=READS, decide=decide, show=_coin
        )
        fact = done.facts[0].event
        embed = look.note(
            f"<@{fact.target_id}> got **{look.signed(int(amount))} {_title(kind, done.shown)}** "
            f"from <@{fact.user_id}>.",
            colour=look.GREEN,
            title="Awarded",
        )
        embed.set_footer(text=f"#{done.facts[0].position} in this server's log")
        return Reply(embed, update=True, position=done.facts[0].position, recorded=True)

    await answer(interaction, work, private=True)


def _decide(
    conn: Connection, asked: Asked, who: Member, kind: str, amount: int, reason: str
) -> Event:
    """The award as a fact; one that an earlier click recorded is not decided again."""
    cls = CoinsAwarded if kind == "coins" else PointsAwarded
    before = recorded(conn, asked.guild_id, asked.source_id(cls.event_type))
    if before is not None:
        return before
    has = holding(conn, asked.guild_id, who.user_id, kind)
    if kind == "coins":
        check_reason(reason, required=reason_required(conn, asked.guild_id))
        coin = holdings.coin_of(conn, asked.guild_id)
        return economy.award_coins(asked, who, amount, reason, balance=has, coin=coin)
    rules = rules_now(conn, asked.guild_id)
    most = rules.number("award_most") if rules.flag("award_on") else 0
    return points.award_points(asked, who, kind, amount, reason, has=has, most=most)


def _check(
    conn: Connection, asked: Asked, member: discord.Member, kind: str, amount: int, reason: str
) -> tuple[int, Coin]:
    """Refuse now what would be refused at the click; returns what the member has, and what coins
    are called."""
    who = receiver(conn, asked.guild_id, member)
    _decide(conn, asked, who, kind, amount, reason)
    coin = holdings.coin_of(conn, asked.guild_id)
    return holding(conn, asked.guild_id, member.id, kind), coin


def holding(conn: Connection, guild_id: int, user_id: int, kind: str) -> int:
    """What a member has of ``kind`` (coins, xp or stars)."""
    if kind == "coins":
        return holdings.balance_of(conn, guild_id, wallet(user_id))
    row = fetch_one(conn, "profiles", "profile", guild=guild_id, user=user_id)
    return int(row[kind]) if row else 0


def _title(kind: str, coin: Coin) -> str:
    return coin.title if kind == "coins" else KINDS[kind]


def _coin(conn: Connection, facts: list[Fact]) -> Coin:
    """The reply shows the fact itself, in the guild's own coins."""
    return holdings.coin_of(conn, facts[0].event.guild_id)


COMMANDS: Commands = [award]
