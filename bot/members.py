"""Somebody a command is about, by Discord's word and by the profiles."""

import discord

from events.decisions.economy import Member
from sql.pool import Connection
from sql.reads import fetch_one


def receiver(conn: Connection, guild_id: int, user: discord.User | discord.Member) -> Member:
    """``user`` as a receiver: Discord hands over a member when they are in the server; for
    somebody it does not, the profile says whether they have left."""
    if isinstance(user, discord.Member):
        return Member(user.id, user.bot, present=True)
    row = fetch_one(conn, "profiles", "profile", guild=guild_id, user=user.id)
    return Member(user.id, user.bot, present=False if row is None else row["present"])


def reads_about(user: discord.User | discord.Member) -> list[str]:
    """The read models that :func:`receiver` looks at for ``user``."""
    return [] if isinstance(user, discord.Member) else ["profiles"]


def known_receiver(
    conn: Connection, guild: discord.Guild | None, guild_id: int, user_id: int
) -> Member:
    """Somebody of whom only the id is at hand, as a receiver: Discord's cache knows who is in the
    server; for others the profile says."""
    member = guild.get_member(user_id) if guild is not None else None
    if member is not None:
        return receiver(conn, guild_id, member)
    row = fetch_one(conn, "profiles", "profile", guild=guild_id, user=user_id)
    if row is None:
        return Member(user_id, is_bot=False, present=False)
    return Member(user_id, row["is_bot"], row["present"])
