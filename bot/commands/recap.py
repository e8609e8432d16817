"""``/recap``: what a member's year or season came to, in words and as a picture."""

from typing import Final

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.handle import Call, look_up
from bot.recognition import badges, recaps
from bot.recognition.pictured import pictured
from bot.recognition.pictures.canvas import GREEN
from bot.recognition.pictures.people import Person
from bot.recognition.pictures.rank_card import Chip
from bot.recognition.pictures.recap_card import RecapCard, draw
from bot.recognition.profile_cards import chip
from bot.recognition.recaps import FIRST_YEAR, READS, Recap
from sql.pool import Connection

FILE: Final = "recap.png"
LAST_YEAR: Final = 9000
Tile = tuple[str, str, str]


@app_commands.command(name="recap")
@app_commands.guild_only()
@app_commands.describe(
    member="Whose; yours if you leave it out",
    year="Which year; this one if you leave it out",
    season="Or which season, by its number",
)
async def recap(
    interaction: Interaction,
    member: discord.Member | None = None,
    year: app_commands.Range[int, FIRST_YEAR, LAST_YEAR] | None = None,
    season: app_commands.Range[int, 1, 1_000_000] | None = None,
) -> None:
    """A member's year or season: what they did, earned and reached"""
    who = member or interaction.user

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def show(conn: Connection) -> Recap:
            span = recaps.span_of(conn, asked.guild_id, asked.at, year, season)
            return recaps.load(conn, asked.guild_id, who.id, span)

        found = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=show
        )
        if found.empty:
            return Reply(look.note(f"Nothing is known of <@{who.id}> in {found.span.title}."))
        shown = tiles(found)
        return await pictured(
            interaction,
            services,
            sheet(who, found, shown),
            name=FILE,
            alt=f"{who.display_name} in {found.span.title}. "
            + "; ".join(f"{title} {value} {small}".strip() for title, value, small in shown),
            of=[who],
            draw=lambda people: draw(card(people[0], found, shown)),
        )

    await answer(interaction, work)


def tiles(found: Recap) -> list[Tile]:
    """Each number with its title, and what is to be said beside it."""
    numbers = found.numbers
    levels = "" if not found.levels else f"{look.signed(found.levels)} {_levels(found.levels)}"
    day, gained = found.best or (None, 0)
    return [
        ("XP", look.number(numbers["xp"]), levels),
        ("Stars", look.number(numbers["stars"]), ""),
        ("Messages", look.number(numbers["messages"]), ""),
        (
            "Reactions",
            look.number(numbers["reactions_given"]),
            f"{look.number(numbers['reactions_received'])} received",
        ),
        ("Voice", look.duration(numbers["voice_seconds"]), ""),
        (
            f"{found.coin.title} earned",
            look.number(numbers["earned"]),
            f"{look.number(numbers['spent'])} spent",
        ),
        (
            "Best day",
            "none" if day is None else f"{day.day} {day:%B}",
            "" if day is None else f"{look.number(gained)} XP",
        ),
        _place(found),
    ]


def _levels(levels: int) -> str:
    return "level" if abs(levels) == 1 else "levels"


def _place(found: Recap) -> Tile:
    """Where they stand by XP, and what became of the place before."""
    now, before = found.places
    if now is None:
        return "Place by XP", "none", ""
    if before is None:
        return "Place by XP", f"#{look.number(now)}", f"none in {found.span.before}"
    return "Place by XP", f"#{look.number(now)}", f"#{look.number(before)} in {found.span.before}"


def sheet(who: discord.User | discord.Member, found: Recap, shown: list[Tile]) -> discord.Embed:
    """The recap as an embed."""
    embed = look.note(f"<@{who.id}>", title=f"{found.span.title}: a recap")
    embed.set_thumbnail(url=who.display_avatar.url)
    for title, value, small in shown:
        embed.add_field(name=title, value=f"{value}\n{small}" if small else value)
    if found.badges:
        names = [badges.shown(row["badge"], row["name"], row["emoji"]) for row in found.badges]
        embed.add_field(name="Badges", value=badges.listed(names), inline=False)
    if found.achievements:
        names = [discord.utils.escape_markdown(name) for name in found.achievements]
        embed.add_field(name="Achievements", value=badges.listed(names), inline=False)
    embed.set_footer(
        text="Days are those of this server's calendar \N{MIDDLE DOT} /why has each fact"
    )
    return embed


def card(who: Person, found: Recap, shown: list[Tile]) -> RecapCard:
    """The same as a picture."""
    honours = [chip(row) for row in reversed(found.badges)]
    honours += [Chip(name, GREEN) for name in reversed(found.achievements)]
    return RecapCard(who, found.span.title, shown, found.bars, honours)


COMMANDS: Commands = [recap]
