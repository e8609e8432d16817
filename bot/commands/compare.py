"""``/compare``: two members side by side, in words and as a picture."""

from collections.abc import Sequence
from typing import Final

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.handle import Call, look_up
from bot.recognition.pictured import pictured
from bot.recognition.pictures import versus
from bot.recognition.pictures.versus import Line
from bot.recognition.profile_cards import READS, Known, load
from events.engine.errors import Refused
from sql.pool import Connection

FILE: Final = "compared.png"
Both = tuple[Known, Known]


@app_commands.command(name="compare")
@app_commands.guild_only()
@app_commands.describe(member="Whom to compare", other="With whom; with you if you leave it out")
async def compare(
    interaction: Interaction, member: discord.Member, other: discord.Member | None = None
) -> None:
    """Two members side by side"""
    pair = (interaction.user, member) if other is None else (member, other)

    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id

        def show(conn: Connection) -> Both:
            return load(conn, guild_id, pair[0].id), load(conn, guild_id, pair[1].id)

        if pair[0].id == pair[1].id:
            raise Refused("It takes two: pick somebody else to compare with.")
        both = await services.work(look_up, services.database, guild_id, reads=READS, show=show)
        found = lines(both)
        embed = sheet(pair[0].id, pair[1].id, both, found)
        names = f"{pair[0].display_name} and {pair[1].display_name}"
        numbers = "; ".join(f"{line.title} {' and '.join(line.shown)}" for line in found)
        return await pictured(
            interaction,
            services,
            embed,
            name=FILE,
            alt=f"{names} side by side. {numbers}",
            of=pair,
            draw=lambda people: versus.draw(people, found),
        )

    await answer(interaction, work)


def lines(both: Both) -> list[Line]:
    """What is compared: the numbers that profiles show."""
    coin = both[0].coin
    return [
        _line("Level", [known.number("level") for known in both]),
        _line("XP", [known.number("xp") for known in both]),
        _line("Stars", [known.number("stars") for known in both]),
        _line(coin.title, [known.coins for known in both]),
        _line("Messages", [known.number("messages") for known in both]),
        _line("Reactions given", [known.number("reactions_given") for known in both]),
        _line("Reactions received", [known.number("reactions_received") for known in both]),
        _line("Voice", [known.number("voice_seconds") for known in both], duration=True),
        _line("Longest streak", [known.number("longest_streak") for known in both]),
        _line("Badges", [len(known.badges) for known in both]),
    ]


def _line(title: str, numbers: Sequence[int], *, duration: bool = False) -> Line:
    one, other = numbers
    show = look.duration if duration else look.number
    return Line(title, (one, other), (show(one), show(other)))


def sheet(one: int, other: int, both: Both, found: Sequence[Line]) -> discord.Embed:
    """Both as an embed: a line for each number, whoever has more in bold."""
    ranks = ["none" if known.place is None else f"#{known.place}" for known in both]
    rows = [f"Rank: {ranks[0]} \N{MIDDLE DOT} {ranks[1]}"]
    for line in found:
        most, least = max(line.numbers), min(line.numbers)
        sides = [
            f"**{shown}**" if number == most != least else shown
            for number, shown in zip(line.numbers, line.shown, strict=True)
        ]
        rows.append(f"{line.title}: {sides[0]} \N{MIDDLE DOT} {sides[1]}")
    head = f"<@{one}> \N{MIDDLE DOT} <@{other}>"
    embed = look.note("\n".join([head, "", *rows]), title="Side by side")
    embed.set_footer(text="Ask /why to see where each point came from")
    return embed


COMMANDS: Commands = [compare]
