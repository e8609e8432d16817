"""``/settings decay``: what the next run of XP decay would take, and from whom."""

from datetime import timedelta

import discord
from discord import app_commands

from bot import look
from bot.answer import Interaction, Reply, Services
from bot.handle import Call, look_up
from bot.points import xp_decay, xp_undo
from bot.settings_admin import desk, settings, sheets
from events.decisions.upkeep import week_start
from events.decisions.xp_decay import Terms
from projections.engine.ruling import rules_now
from sql.pool import Connection


@settings.command(name="decay")
@app_commands.checks.has_permissions(manage_guild=True)
async def decay(interaction: Interaction) -> None:
    """What the next decay of XP would take from members who are away; it changes nothing"""

    async def work(services: Services, call: Call) -> Reply:
        guild_id, now = call.asked.guild_id, call.asked.at

        def show(conn: Connection) -> discord.Embed:
            terms = xp_decay.terms_of(rules_now(conn, guild_id))
            embed = look.note(_words(terms), title="XP decay")
            embed.set_footer(text=f"Rules: /settings show, Levels{sheets.DOT}undo a run with /undo")
            if terms.rate:
                facts = xp_decay.preview(conn, guild_id, now)
                members = sum(len(fact.shares) for fact in facts)
                embed.add_field(
                    name=f"If it were now: {look.count(members, 'member')}",
                    value=xp_undo.in_words(facts, -1),
                    inline=False,
                )
                monday = week_start(now) + timedelta(days=7)
                is_due = guild_id in xp_decay.waiting(conn, now, guild_id)
                when = "Within minutes" if is_due else discord.utils.format_dt(monday, "f")
                embed.add_field(name="Next run", value=when)
            return embed

        embed = await services.work(
            look_up, services.database, guild_id, reads=list(xp_decay.READS), show=show
        )
        return Reply(embed, private=True)

    await desk.guarded(interaction, work)


def _words(terms: Terms) -> str:
    if not terms.rate:
        return "Off. Set `xp_decay_weekly` to have XP fade while members are away."
    return (
        f"**{look.hundredths(terms.rate)} %** a week of the XP that counts for the level, of "
        f"members unseen for {look.count(terms.idle_days, 'day')}, down to "
        f"{look.number(terms.floor)} XP. Every share is rounded down; seasons lose nothing."
    )
