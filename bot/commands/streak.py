"""``/streak``: how a member's daily and weekly streaks stand, and what they are worth."""

from dataclasses import dataclass

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.economy.standing import READS, standing, streaks_of
from bot.handle import Call, look_up
from events.decisions.calendar import Claim, opens_at
from events.decisions.streaks import Standing, Streak, daily_streak, multiplier, weekly_streak
from events.decisions.zones import DAY, WEEK, Span
from sql.pool import Connection
from sql.reads import Row


@dataclass(frozen=True, slots=True)
class Found:
    """What the sheet shows: the row of the read model, and how things stand now."""

    row: Row | None
    has: Standing
    daily: Streak
    weekly: Streak


@app_commands.command(name="streak")
@app_commands.guild_only()
@app_commands.describe(member="Whose streaks; yours if you leave it out")
async def streak(interaction: Interaction, member: discord.Member | None = None) -> None:
    """Daily and weekly streaks, the longest ones, and the multiplier"""
    who = member or interaction.user

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def show(conn: Connection) -> Found:
            has = standing(conn, asked.guild_id, who.id, asked.at)
            row = streaks_of(conn, asked.guild_id, who.id)
            return Found(row, has, daily_streak(has, asked.at), weekly_streak(has, asked.at))

        found = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=show
        )
        embed = sheet(found)
        embed.set_author(name=who.display_name, icon_url=who.display_avatar.url)
        return Reply(embed)

    await answer(interaction, work)


def sheet(found: Found) -> discord.Embed:
    """The streaks as an embed; somebody who never claimed is told how to begin."""
    embed = discord.Embed(title="Streaks", colour=look.GOLD)
    row, has = found.row, found.has
    embed.set_footer(text=f"The calendar runs by {has.zone} \N{MIDDLE DOT} /timezone set")
    if row is None:
        embed.description = "No streak yet. Begin one with `/daily` or `/weekly`."
        return embed
    times = multiplier(found.daily.length, found.weekly.length)
    embed.description = (
        f"Streak multiplier **\N{MULTIPLICATION SIGN}{look.hundredths(times)}**\n"
        f"`{look.bar(times - 100, 400)}` of \N{MULTIPLICATION SIGN}5.00, paid by `/weekly`"
    )
    _field(embed, DAY, has, has.daily, found.daily, row["daily_longest"])
    _field(embed, WEEK, has, has.weekly, found.weekly, row["weekly_longest"])
    held = look.count(has.tokens, "freeze token")
    needed = f"; {found.daily.frozen} needed at the next `/daily`" if found.daily.frozen else ""
    embed.add_field(name="Freeze tokens", value=f"{held}{needed}", inline=False)
    return embed


def _field(
    embed: discord.Embed,
    span: Span,
    has: Standing,
    last: Claim | None,
    now: Streak,
    longest: int,
) -> None:
    lines = [f"**{look.count(now.length, span.name)}** now", f"longest {longest}"]
    if last is not None:
        if now.length < last.streak:
            lines.append(f"\N{BROKEN HEART} {look.count(last.streak, span.name)} were lost")
        elif now.missed.forgiven:
            missed = look.count(now.missed.forgiven, span.name)
            lines.append(f"\N{ROBOT FACE} {missed} forgiven: the bot was down")
        lines.append(f"next {look.ago(opens_at(span, last, has.zone))}")
    embed.add_field(name="Daily" if span is DAY else "Weekly", value="\n".join(lines))


COMMANDS: Commands = [streak]
