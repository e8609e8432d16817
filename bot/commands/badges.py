"""``/badges``: what a member was given, by whom and what for, in pages."""

from collections.abc import Sequence
from typing import Final

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.handle import Call, look_up
from bot.paging import buttons, last_page, pager
from bot.recognition import badges as shelf
from sql.pool import Connection
from sql.reads import Row, fetch

PAGE: Final = 8
READS: Final = ["badge_kinds", "badges"]


@app_commands.command(name="badges")
@app_commands.guild_only()
@app_commands.describe(member="Whose badges; yours if you leave it out")
async def badges(interaction: Interaction, member: discord.Member | None = None) -> None:
    """The badges of a member, and who gave them"""
    await _show(interaction, (member or interaction.user).id, 0, update=False)


async def _show(interaction: Interaction, user_id: int, page: int, *, update: bool) -> None:
    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id

        def load(conn: Connection) -> list[Row]:
            slice_ = {"limit": PAGE, "offset": page * PAGE}
            return fetch(conn, "badges", "awards_of_member", guild=guild_id, user=user_id, **slice_)

        found = await services.work(look_up, services.database, guild_id, reads=READS, show=load)
        last = last_page(found[0]["awards"] if found else 0, PAGE)
        turns = buttons("badges", [str(user_id)], page, max(last, page))
        return Reply(sheet(user_id, found, page, last), turns, update=update)

    await answer(interaction, work)


def sheet(user_id: int, rows: Sequence[Row], page: int, last: int) -> discord.Embed:
    """One page of a member's badges."""
    if not rows:
        nothing = "No badges here." if page else "No badges yet."
        return look.note(f"<@{user_id}>\n\n{nothing}", title="Badges")
    embed = look.note(
        "\n".join([f"<@{user_id}>", "", *map(line, rows)]),
        title="Badges",
        colour=shelf.COLOURS[max(map(shelf.rarity_of, rows), key=list(shelf.COLOURS).index)],
    )
    count = look.count(rows[0]["awards"], "badge")
    parts = [f"Page {page + 1} of {last + 1}", count, "# is the place in this server's log"]
    embed.set_footer(text=" \N{MIDDLE DOT} ".join(parts))
    return embed


def line(row: Row) -> str:
    """One award: what, how rare, from whom, when and what for."""
    name = shelf.shown(row["badge"], row["name"], row["emoji"])
    if row["awarded_by"] is None:
        how = "earned"
    else:
        how = f"{'passed on' if row['parent'] else 'given'} by <@{row['awarded_by']}>"
    reason = f"\n> {discord.utils.escape_markdown(row['reason'])}" if row["reason"] else ""
    return (
        f"**{name}** ({shelf.rarity_of(row)}) {how} {look.ago(row['earned_at'])} "
        f"`#{row['award']}`{reason}"
    )


@pager("badges")
async def turned(interaction: Interaction, arguments: list[str], page: int) -> None:
    """Another page."""
    (user_id,) = arguments
    if user_id.isdecimal() and len(user_id) < 20:
        await _show(interaction, int(user_id), page, update=True)


COMMANDS: Commands = [badges]
