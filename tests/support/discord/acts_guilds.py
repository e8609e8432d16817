"""What happens in servers and to them: voice, members, scheduled events, outages."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.support.discord import payloads
from tests.support.discord.acts_messages import MessageActs
from tests.support.discord.models import (
    Channel,
    Guild,
    Member,
    Role,
    ScheduledEvent,
    User,
    Voice,
)
from tests.support.discord.telling import within

BOOSTED = 8
"""The type of the message in which Discord thanks for a boost."""


class GuildActs(MessageActs):
    """Each changes what there is and tells the bot."""

    # Voice

    def enters(self, who: Member, room: Channel, **how: bool) -> Voice:
        """``who`` comes into a voice channel, or moves there; ``how`` is ``self_mute`` ..."""
        voice = who.guild.voices.get(who.id)
        if voice is None:
            voice = who.guild.voices[who.id] = Voice(who, room, secrets.token_hex(16))
        voice.channel = room
        return self.turns(who, **how)

    def turns(self, who: Member, **how: bool) -> Voice:
        """``who`` is muted, deafened or not any more."""
        voice = who.guild.voices[who.id]
        for part, value in how.items():
            setattr(voice, part, value)
        self.tell("VOICE_STATE_UPDATE", who.guild, payloads.told_voice(voice))
        return voice

    def leaves(self, who: Member) -> None:
        """``who`` leaves voice."""
        voice = who.guild.voices.pop(who.id)
        voice.channel = None
        self.tell("VOICE_STATE_UPDATE", who.guild, payloads.told_voice(voice))

    # Members

    def joins(self, guild: Guild, who: User | str, roles: Sequence[Role] = ()) -> Member:
        """``who`` joins a server."""
        return guild.add_member(who, roles)

    def parts(self, who: Member) -> None:
        """``who`` leaves the server, and voice before it."""
        if who.id in who.guild.voices:
            self.leaves(who)
        del who.guild.members[who.id]
        self.tell(
            "GUILD_MEMBER_REMOVE", who.guild, within(who.guild) | {"user": payloads.user(who.user)}
        )

    def renames(self, who: Member, nick: str | None) -> None:
        """``who`` takes another nickname."""
        who.nick = nick
        self.updated(who)

    def given(self, who: Member, *roles: Role) -> None:
        """An admin gives roles."""
        who.roles |= {role.id for role in roles}
        self.updated(who)

    def taken(self, who: Member, *roles: Role) -> None:
        """An admin takes roles away."""
        who.roles -= {role.id for role in roles}
        self.updated(who)

    def boosts(self, who: Member, channel: Channel | None = None, *, on: bool = True) -> None:
        """``who`` begins or ends to boost the server; Discord says it in ``channel``."""
        who.premium_since = self.world.clock() if on else None
        self.updated(who)
        self.tell("GUILD_UPDATE", who.guild, payloads.guild(who.guild))
        if on and channel is not None:
            self.says(who, channel, "", type=BOOSTED)

    def updated(self, who: Member) -> None:
        """Tell how a member is now."""
        self.tell("GUILD_MEMBER_UPDATE", who.guild, within(who.guild) | payloads.member(who))

    # Scheduled events

    def announces(
        self,
        who: Member,
        name: str = "an evening",
        room: Channel | None = None,
        starts_at: datetime | None = None,
    ) -> ScheduledEvent:
        """``who`` announces an event, in a voice channel or elsewhere."""
        starts_at = starts_at or self.world.clock() + timedelta(hours=1)
        event = ScheduledEvent(self.world.new_id(), who.guild, name, who.user, room, starts_at)
        who.guild.events[event.id] = event
        self.tell("GUILD_SCHEDULED_EVENT_CREATE", who.guild, payloads.scheduled_event(event))
        return event

    def stands(self, event: ScheduledEvent, status: int) -> None:
        """An event begins (2), is over (3) or canceled (4)."""
        event.status = status
        if status > 2:
            event.guild.events.pop(event.id, None)
        self.tell("GUILD_SCHEDULED_EVENT_UPDATE", event.guild, payloads.scheduled_event(event))

    def calls_off(self, event: ScheduledEvent) -> None:
        """Whoever announced an event deletes it."""
        event.guild.events.pop(event.id, None)
        told = payloads.scheduled_event(event)
        self.tell("GUILD_SCHEDULED_EVENT_DELETE", event.guild, told)

    # Servers

    def removes(self, guild: Guild, one: Channel | Role) -> None:
        """An admin deletes a channel or a role."""
        if isinstance(one, Channel):
            del guild.channels[one.id], self.world.channels[one.id]
            self.tell("CHANNEL_DELETE", guild, payloads.channel(one))
            return
        del guild.roles[one.id]
        for member in guild.members.values():
            member.roles.discard(one.id)
        self.tell("GUILD_ROLE_DELETE", guild, within(guild) | {"role_id": str(one.id)})

    def fails(self, guild: Guild) -> None:
        """Discord loses a server for a while; nothing that happens in it is told."""
        guild.available = False
        self.tell("GUILD_DELETE", guild, {"id": str(guild.id), "unavailable": True})

    def recovers(self, guild: Guild) -> None:
        """The server is back."""
        guild.available = True
        self.tell("GUILD_CREATE", guild, payloads.guild_create(guild))

    def expels(self, guild: Guild) -> None:
        """The bot is removed from a server."""
        del guild.members[self.world.bot.id]
        self.tell("GUILD_DELETE", guild, {"id": str(guild.id)})
