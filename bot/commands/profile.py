"""``/profile``: who a member is in this server, in numbers."""

from datetime import datetime

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.handle import Call, look_up
from bot.points import levels
from bot.points.reasons import NUMBERS
from bot.recognition import badges
from bot.recognition.pictured import pictured
from bot.recognition.pictures.rank_card import draw
from bot.recognition.profile_cards import READS, Known, card, in_words, load
from events.engine.snowflake import from_ms

FILE = "rank-card.png"


@app_commands.command(name="profile")
@app_commands.guild_only()
@app_commands.describe(member="Whose profile; yours if you leave it out")
async def profile(interaction: Interaction, member: discord.Member | None = None) -> None:
    """Level, XP, stars, coins, streak and badges of a member"""
    who = member or interaction.user

    async def work(services: Services, call: Call) -> Reply:
        known = await services.work(
            look_up,
            services.database,
            call.asked.guild_id,
            reads=READS,
            show=lambda conn: load(conn, call.asked.guild_id, who.id),
        )
        embed = sheet(who.display_name, who.display_avatar.url, known, call.asked.at)
        if known.row is None:
            return Reply(embed)
        return await pictured(
            interaction,
            services,
            embed,
            name=FILE,
            alt=in_words(who.display_name, known),
            of=[who],
            draw=lambda people: draw(card(known, people[0])),
        )

    await answer(interaction, work)


def sheet(name: str, avatar_url: str, found: Known, now: datetime) -> discord.Embed:
    """The profile as an embed; somebody nothing is known of gets an invitation instead."""
    known = found.row
    embed = discord.Embed(colour=look.GOLD)
    embed.set_author(name=name, icon_url=avatar_url)
    if known is None:
        embed.description = "Nothing here yet. Write a message, react, or join voice to begin."
        return embed
    level, xp = known["level"], known["xp"]
    prestige = f" \N{MIDDLE DOT} Prestige {known['prestige']}" if known["prestige"] else ""
    embed.title = f"Level {level}{prestige}"
    embed.description = levels.in_words(found.curve, level, xp, known["level_xp"])
    if found.place is not None:
        embed.add_field(name="Rank", value=f"#{found.place} of {found.of}")
    embed.add_field(name="Stars", value=f"{look.STAR} {look.number(known['stars'])}")
    coins = f"{found.coin.emoji} {look.number(found.coins)}"
    embed.add_field(name=found.coin.title, value=coins)
    for coin, amount in found.others:
        embed.add_field(name=coin.title, value=f"{coin.emoji} {look.number(amount)}")
    embed.add_field(name="Messages", value=look.number(known["messages"]))
    embed.add_field(
        name="Reactions",
        value=f"{look.number(known['reactions_given'])} given, "
        f"{look.number(known['reactions_received'])} received",
    )
    embed.add_field(name="Voice", value=look.duration(known["voice_seconds"]))
    streak = look.count(known["streak"], "day")
    embed.add_field(name="Streak", value=f"{streak} (best {known['longest_streak']})")
    boosts = [
        f"{NUMBERS[what]} {percent} % until {discord.utils.format_dt(from_ms(ends), 't')}"
        for what, (percent, _, ends) in (known["boosts"] or {}).items()
        if from_ms(ends) > now
    ]
    if boosts:
        embed.add_field(name="Boosts", value="\n".join(boosts))
    if found.badges:
        names = [badges.shown(row["badge"], row["name"], row["emoji"]) for row in found.badges]
        embed.add_field(name="Badges", value=badges.listed(names))
    if found.github:
        embed.add_field(name="GitHub", value=look.github(found.github))
    if known["last_seen"] is not None:
        embed.add_field(name="Last seen", value=look.ago(known["last_seen"]))
    embed.set_footer(text="Ask /why to see where each point came from")
    return embed


COMMANDS: Commands = [profile]
