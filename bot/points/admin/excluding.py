"""``/points exclude``: channels, threads, categories and roles without points. What is listed is a
setting, so ``/settings`` shows who changed it and takes it back."""

import dataclasses
from typing import Final

import discord
from discord import app_commands

from bot import confirm, look
from bot.answer import Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.handle import Call, look_up
from bot.points.admin import points
from bot.settings_admin import desk
from events.decisions.asked import Asked
from events.decisions.multipliers import listed
from events.engine.errors import Refused
from events.settings import SettingChanged
from projections.engine.ruling import rules_now
from sql.pool import Connection

KEYS: Final = {
    "channel": "no_xp_channels",
    "category": "no_xp_categories",
    "role": "no_xp_roles",
}


@points.command(name="exclude")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.rename(of_role="role")
@app_commands.describe(
    channel="A channel (with its threads), a thread, or a category where nothing is rewarded",
    of_role="A role whose members earn nothing",
    excluded="Leave it out to exclude it; false to reward it again",
)
async def exclude(
    interaction: Interaction,
    channel: app_commands.AppCommandChannel | app_commands.AppCommandThread | None = None,
    of_role: discord.Role | None = None,
    excluded: bool = True,
) -> None:
    """Let nothing be rewarded in a channel, thread or category, or for a role"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked
        kind, one = _named(channel, of_role)

        def preview(conn: Connection) -> tuple[SettingChanged, str]:
            change = _decide(conn, asked, kind, one, excluded, None)
            return change, desk.words(conn, change)

        change, words = await services.work(
            look_up, services.database, asked.guild_id, reads=desk.READS, show=preview
        )
        what = "earns no points" if excluded else "earns points again"
        mention = f"<@&{one}>" if kind == "role" else f"<#{one}>"
        embed = look.note(f"{mention} {what}.\n{words}", title="Change where points are made?")
        embed.set_footer(text="It applies to what happens from now on")
        arguments = [kind, str(one), "on" if excluded else "off", str(change.revision - 1)]
        return Reply(
            embed, confirm.buttons("exclude", asked.interaction_id, arguments), private=True
        )

    await answer(interaction, work, private=True)


@confirmed("exclude")
async def act(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    kind, one, on, seen = sure.arguments

    async def work(services: Services, call: Call) -> Reply:
        own = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)
        return await desk.changed(
            services,
            call,
            KEYS[kind],
            lambda conn: [_decide(conn, own, kind, int(one), on == "on", int(seen))],
        )

    await desk.guarded(interaction, work)


def _named(
    channel: app_commands.AppCommandChannel | app_commands.AppCommandThread | None,
    of_role: discord.Role | None,
) -> tuple[str, int]:
    """What is to be excluded. Raises Refused unless it is one thing."""
    if of_role is not None and channel is None:
        return "role", of_role.id
    if channel is None or of_role is not None:
        raise Refused("Name one of the two: a channel, thread or category, or a role.")
    is_category = channel.type is discord.ChannelType.category
    return "category" if is_category else "channel", channel.id


def _decide(
    conn: Connection, asked: Asked, kind: str, one: int, excluded: bool, seen: int | None
) -> SettingChanged:
    key = KEYS[kind]
    stands = rules_now(conn, asked.guild_id).standing(key)
    newest = desk.made_by(conn, asked, key, stands.revision)
    if newest is not None:
        return newest
    value = listed(str(stands.in_force), one, on=excluded)
    return desk.decide_change(conn, asked, key, value, seen)
