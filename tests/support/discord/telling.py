"""What all that people do has in common: there is a world, and the bot is told."""

from tests.support.discord.models import Channel, Guild, Member, Message, Payload, User
from tests.support.discord.world import World

Who = Member | User


class Telling:
    """The part of the loopback Discord that speaks to the bot."""

    world: World

    def tell(self, name: str, guild: Guild | None, data: Payload) -> None:
        """Dispatch to every session that it concerns."""
        self.world.emit(name, guild, data)


def user_of(who: Who) -> User:
    """The user that a member is."""
    return who.user if isinstance(who, Member) else who


def guild_of(channel: Channel) -> Guild:
    """The server of a channel that has one."""
    assert channel.guild is not None
    return channel.guild


def within(guild: Guild | None) -> Payload:
    """The server, in a payload."""
    return {} if guild is None else {"guild_id": str(guild.id)}


def at(message: Message) -> Payload:
    """Which message, in a payload."""
    where = {"channel_id": str(message.channel.id), "message_id": str(message.id)}
    return where | within(message.channel.guild)
