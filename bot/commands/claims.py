"""``/daily`` and ``/weekly``: coins for coming by, once in each day and week of one's calendar."""

from datetime import datetime

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.economy.holdings import coin_of
from bot.economy.standing import READS, standing
from bot.handle import Call, Fact, handle
from events.claims import DailyClaimed, WeeklyClaimed
from events.currency import Coin
from events.decisions.streaks import LADDER, claim_daily, claim_weekly, day_of, monday_of
from events.decisions.zones import DAY, DEFAULT, WEEK, midnight
from events.engine.event import Event
from projections.engine.ruling import rules_now
from sql.pool import Connection

Claimed = DailyClaimed | WeeklyClaimed


@app_commands.command(name="daily")
@app_commands.guild_only()
async def daily(interaction: Interaction) -> None:
    """Take today's coins; days in a row make it more"""

    async def work(services: Services, call: Call) -> Reply:
        return await services.work(claim, services, call, DailyClaimed)

    await answer(interaction, work)


@app_commands.command(name="weekly")
@app_commands.guild_only()
async def weekly(interaction: Interaction) -> None:
    """Take this week's coins; long streaks make it more"""

    async def work(services: Services, call: Call) -> Reply:
        return await services.work(claim, services, call, WeeklyClaimed)

    await answer(interaction, work)


def claim(services: Services, call: Call, what: type[Claimed]) -> Reply:
    """Take the coins of the day or of the week, and say so."""
    asked = call.asked

    def decide(conn: Connection) -> list[Event]:
        rules = rules_now(conn, asked.guild_id)
        has = standing(conn, asked.guild_id, asked.user_id, asked.at)
        if what is DailyClaimed:
            return [claim_daily(asked, has, rules.number("daily_coins"))]
        return [claim_weekly(asked, has, rules.number("weekly_coins"))]

    done = handle(services.database, call, reads=READS, decide=decide, show=_coin)
    claimed = done.facts[0].event
    assert isinstance(claimed, Claimed)
    if isinstance(claimed, DailyClaimed):
        embed = daily_receipt(claimed, done.shown)
    else:
        embed = weekly_receipt(claimed, done.shown)
    hint = "; set yours with /timezone set" if claimed.zone == DEFAULT else ""
    embed.set_footer(text=f"Your calendar runs by {claimed.zone}{hint}")
    return Reply(embed, position=done.facts[0].position, recorded=True)


def daily_receipt(claimed: DailyClaimed, coin: Coin) -> discord.Embed:
    """What was paid and by which factors, how the streak stands, and when to come again."""
    next_day = midnight(DAY.after(day_of(claimed.day)), claimed.zone)
    ahead = [(days, times) for days, times in reversed(LADDER) if days > claimed.streak]
    goal = [
        f"`{look.bar(claimed.streak, days)}` day {days} brings {_x(t)}" for days, t in ahead[:1]
    ]
    lines = [
        _paid(claimed.amount, claimed.base, claimed.ladder, coin),
        f"{look.count(claimed.streak, 'day')} in a row",
        *goal,
        *_made_up_for(claimed.frozen, claimed.forgiven),
        *_lost(claimed, "day", claimed.missed),
    ]
    return _receipt("Daily coins", lines, next_day)


def weekly_receipt(claimed: WeeklyClaimed, coin: Coin) -> discord.Embed:
    """As :func:`daily_receipt`, for a week."""
    next_week = midnight(WEEK.after(monday_of(claimed.week)), claimed.zone)
    lines = [
        _paid(claimed.amount, claimed.base, claimed.multiplier, coin),
        f"{look.count(claimed.streak, 'week')} in a row",
        *_made_up_for(0, claimed.forgiven),
        *_lost(claimed, "week", claimed.missed),
    ]
    return _receipt("Weekly coins", lines, next_week)


def _receipt(title: str, lines: list[str], next_at: datetime) -> discord.Embed:
    lines.append(f"The next are ready {look.ago(next_at)}.")
    return look.note("\n".join(lines), title=title, colour=look.GREEN)


def _paid(amount: int, base: int, times: int, coin: Coin) -> str:
    factors = "" if times == 100 else f" ({look.number(base)} {_x(times)})"
    return f"**{look.signed(amount)}** {coin.emoji}{factors}"


def _x(hundredths: int) -> str:
    return f"\N{MULTIPLICATION SIGN}{look.hundredths(hundredths)}"


def _made_up_for(frozen: int, forgiven: int) -> list[str]:
    lines = []
    if frozen:
        tokens = look.count(frozen, "freeze token")
        lines.append(f"\N{SNOWFLAKE} {tokens} used up for what you missed: your streak goes on.")
    if forgiven:
        lines.append("\N{ROBOT FACE} The bot was down, which costs you nothing of your streak.")
    return lines


def _lost(claimed: Claimed, span: str, missed: int) -> list[str]:
    if claimed.streak > claimed.previous_streak:
        return []
    before = look.count(claimed.previous_streak, span)
    return [
        f"\N{BROKEN HEART} Your streak of {before} ended: you missed {look.count(missed, span)}."
    ]


def _coin(conn: Connection, facts: list[Fact]) -> Coin:
    """The reply shows the fact itself, in the guild's own coins."""
    return coin_of(conn, facts[0].event.guild_id)


COMMANDS: Commands = [daily, weekly]
