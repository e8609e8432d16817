"""Which roles we can and may give, and the giving itself."""

from collections.abc import Iterable
from typing import Final

import discord

from events.decisions.roles import Roles

OBSTACLES: Final = {
    "permission": "I need the permission to manage roles: give it to my role.",
    "deleted": "The role is no more. Remove what it was for, or make it for another role.",
    "managed": "The role belongs to a bot, to boosters or to everybody: pick another one.",
    "above": "The role stands above mine: drag mine above it in the server's settings, Roles.",
    "powerful": "The role has a moderator's permissions now, and I do not give those: take them "
    "from it, or pick another one.",
}
"""Why a role cannot be given or taken, and what an admin can do."""


def obstacle(guild: discord.Guild, role_id: int, *, wanted: bool = True) -> str | None:
    """What keeps us from giving a role (or from taking it): a key of :data:`OBSTACLES`.

    Roles with the permissions of a moderator are not given, so that nobody comes by those through
    a shop or by talking much."""
    role = guild.get_role(role_id)
    if role is None:
        return "deleted"
    if role.managed or role.is_default():
        return "managed"
    if not guild.me.guild_permissions.manage_roles:
        return "permission"
    if not role.is_assignable():
        return "above"
    if wanted and role.permissions.value & discord.Permissions.elevated().value:
        return "powerful"
    return None


def givable(guild: discord.Guild | None) -> frozenset[int]:
    """The roles that we can and may give."""
    if guild is None:
        return frozenset()
    return frozenset(role.id for role in guild.roles if obstacle(guild, role.id) is None)


def roles_of(guild: discord.Guild | None, user: discord.User | discord.Member) -> Roles:
    """What Discord says of a member's roles, and of ours."""
    has = frozenset(role.id for role in user.roles) if isinstance(user, discord.Member) else ()
    return Roles(frozenset(has), givable(guild))


async def change(
    member: discord.Member, give: Iterable[int], take: Iterable[int], reason: str
) -> None:
    """Give and take roles in one request, the highest first. One role is changed by itself; more
    are told as the whole list. Raises what discord.py raises."""
    more, less = _ordered(member.guild, give), _ordered(member.guild, take)
    if len(more) + len(less) == 1:
        for role in more:
            await member.add_roles(role, reason=reason)
        for role in less:
            await member.remove_roles(role, reason=reason)
    else:
        kept = [role for role in member.roles[1:] if role not in less]
        await member.edit(roles=[*kept, *more], reason=reason)


def _ordered(guild: discord.Guild, role_ids: Iterable[int]) -> list[discord.Role]:
    found = [role for role_id in set(role_ids) if (role := guild.get_role(role_id)) is not None]
    return sorted(found, reverse=True)
