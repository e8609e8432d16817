"""``/profile``: who a member is in this server, in numbers."""

from datetime import datetime

import discord
from discord import app_commands

from bot import badges, holdings, levels, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.handle import Call, look_up
from bot.reasons import NUMBERS
from bot.standing import preferences_of
from events.engine.snowflake import from_ms
from events.ledger import wallet
from sql.pool import Connection
from sql.reads import Row, fetch, fetch_one

READS = ["accounts", "badge_kinds", "badges", "preferences", "profiles"]


@app_commands.command(name="profile")
@app_commands.guild_only()
@app_commands.describe(member="Whose profile; yours if you leave it out")
async def profile(interaction: Interaction, member: discord.Member | None = None) -> None:
    """Level, XP, stars, coins, streak and badges of a member"""
    who = member or interaction.user

    async def work(services: Services, call: Call) -> Reply:
        found = await services.work(
            look_up,
            services.database,
            call.asked.guild_id,
            reads=READS,
            show=lambda conn: load(conn, call.asked.guild_id, who.id),
        )
        return Reply(card(who.display_name, who.display_avatar.url, found, call.asked.at))

    await answer(interaction, work)


def load(conn: Connection, guild_id: int, user_id: int) -> Row:
    """Everything the card shows of one member."""
    where = {"guild": guild_id, "user": user_id}
    return {
        "profile": fetch_one(conn, "profiles", "profile", **where),
        "rank": fetch_one(conn, "profiles", "rank", **where),
        "coins": holdings.balance_of(conn, guild_id, wallet(user_id)),
        "curve": levels.curve_now(conn, guild_id),
        "coin": holdings.coin_of(conn, guild_id),
        "github": preferences_of(conn, guild_id, user_id).github,
        "badges": [
            badges.shown(row["badge"], row["name"], row["emoji"])
            for row in fetch(conn, "badges", "of_member", **where)
        ],
    }


def card(name: str, avatar_url: str, found: Row, now: datetime) -> discord.Embed:
    """The profile as an embed; somebody nothing is known of gets an invitation instead."""
    known: Row | None = found["profile"]
    embed = discord.Embed(colour=look.GOLD)
    embed.set_author(name=name, icon_url=avatar_url)
    if known is None:
        embed.description = "Nothing here yet. Write a message, react, or join voice to begin."
        return embed
    level, xp = known["level"], known["xp"]
    prestige = f" \N{MIDDLE DOT} Prestige {known['prestige']}" if known["prestige"] else ""
    embed.title = f"Level {level}{prestige}"
    embed.description = levels.in_words(found["curve"], level, xp, known["level_xp"])
    place = found["rank"]
    if xp > 0 and known["present"] and not known["is_bot"] and place["members"]:
        embed.add_field(name="Rank", value=f"#{place['rank']} of {place['members']}")
    embed.add_field(name="Stars", value=f"{look.STAR} {look.number(known['stars'])}")
    coins = f"{found['coin'].emoji} {look.number(found['coins'])}"
    embed.add_field(name=found["coin"].title, value=coins)
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
    if found["badges"]:
        embed.add_field(name="Badges", value=badges.listed(found["badges"]))
    if found["github"]:
        embed.add_field(name="GitHub", value=look.github(found["github"]))
    if known["last_seen"] is not None:
        embed.add_field(name="Last seen", value=look.ago(known["last_seen"]))
    embed.set_footer(text="Ask /why to see where each point came from")
    return embed


COMMANDS: Commands = [profile]
