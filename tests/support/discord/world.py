"""Everything on Discord's side, and how it comes to be there."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from events.engine.snowflake import snowflake_at
from tests.support.discord import payloads
from tests.support.discord.models import (
    DIRECT,
    EVERYTHING,
    ORDINARY,
    Channel,
    Guild,
    Member,
    Message,
    Payload,
    Role,
    User,
)

FOUNDED: Final = snowflake_at(datetime(2020, 1, 1, tzinfo=UTC))
"""Servers are this old, one millisecond apart, so that they spread evenly over shards."""
ADMINISTRATOR: Final = 8

Emit = Callable[[str, Guild | None, Payload], None]
"""The name of a dispatch, the server that it is of, and what it says."""


class World:
    """All of it, and the ids that are given in it: each larger than those before."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """An empty Discord with one application in it, the bot."""
        self.clock = clock
        self.emit: Emit = lambda name, guild, data: None
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self._newest = 0
        self.bot = self.add_user("Tallystick", bot=True)

    def new_id(self) -> int:
        """An id of this moment."""
        self._newest = max(snowflake_at(self.clock()), self._newest + 1)
        return self._newest

    def add_user(self, name: str, *, bot: bool = False, avatar: str | None = None) -> User:
        """A new user, in no server yet."""
        user = User(self.new_id(), name, bot, avatar)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, guild_id: int | None = None) -> Guild:
        """A new server with an owner; the bot is in it and may do what it asks for."""
        guild_id = guild_id or FOUNDED + (len(self.guilds) << 22)
        owner = self.add_user(f"owner of {name}")
        guild = Guild(guild_id, name, owner.id, self.clock(), self)
        guild.roles[guild_id] = Role(guild_id, "@everyone", ORDINARY, 0)
        ours = Role(self.new_id(), self.bot.name, EVERYTHING & ~ADMINISTRATOR, 1000, managed=True)
        guild.roles[ours.id] = ours
        guild.members[owner.id] = Member(guild, owner, guild.joined_at)
        guild.members[self.bot.id] = Member(guild, self.bot, guild.joined_at, {ours.id})
        self.guilds[guild_id] = guild
        told = payloads.guild_create(guild)
        del told["unavailable"]  # by which a server that is new is known from one that is back
        self.emit("GUILD_CREATE", guild, told)
        return guild

    def add_channel(self, guild: Guild, name: str, type: int, parent: Channel | None) -> Channel:
        """A new channel."""
        channel = Channel(self.new_id(), guild, name, type, parent, at=self.clock())
        self.channels[channel.id] = guild.channels[channel.id] = channel
        self.emit("CHANNEL_CREATE", guild, payloads.channel(channel))
        return channel

    def add_role(self, guild: Guild, name: str, permissions: int) -> Role:
        """A new role, below the bot's own."""
        role = Role(self.new_id(), name, permissions, len(guild.roles))
        guild.roles[role.id] = role
        told = {"guild_id": str(guild.id), "role": payloads.role(role)}
        self.emit("GUILD_ROLE_CREATE", guild, told)
        return role

    def add_member(
        self, guild: Guild, who: User | str, roles: Sequence[Role], *, bot: bool = False
    ) -> Member:
        """``who`` joins: a user, or the name of a new one."""
        user = self.add_user(who, bot=bot) if isinstance(who, str) else who
        member = Member(guild, user, self.clock(), {role.id for role in roles})
        guild.members[user.id] = member
        told = payloads.member(member) | {"guild_id": str(guild.id)}
        self.emit("GUILD_MEMBER_ADD", guild, told)
        return member

    def direct_channel(self, user: User) -> Channel:
        """Where the bot and ``user`` talk alone."""
        for channel in self.channels.values():
            if channel.type == DIRECT and user in channel.recipients:
                return channel
        channel = Channel(self.new_id(), None, "", DIRECT, recipients=[user])
        self.channels[channel.id] = channel
        return channel

    def add_message(self, channel: Channel, author: User, **more: Any) -> Message:
        """A new message, of which nobody is told yet."""
        message_id = more.pop("id", None) or self.new_id()
        message = Message(message_id, channel, author, self.clock(), **more)
        if not message.private:
            channel.messages[message.id] = message
        return message
