"""What people do, and what happens to servers: each changes what there is and tells the bot."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.support.discord import payloads
from tests.support.discord.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    FORM,
    Asked,
    Interactions,
    command_data,
    component_data,
    form_data,
    menu_data,
)
from tests.support.discord.models import (
    FORUM,
    LOADING,
    THREAD,
    Channel,
    Guild,
    Member,
    Message,
    Payload,
    Poll,
    Role,
    ScheduledEvent,
    User,
    Voice,
)
from tests.support.discord.world import World
from tests.support.discord.writing import attached

THUMB = "\N{THUMBS UP SIGN}"
BOOSTED = 8
"""The type of the message in which Discord thanks for a boost."""
Who = Member | User


class Acts:
    """The part of :class:`Loopback` that is played by people."""

    world: World
    interactions: Interactions
    commands: list[Payload]

    def is_heard(self, guild: Guild | None) -> bool:
        """Whether a client is connected that hears of ``guild``."""
        raise NotImplementedError

    def tell(self, name: str, guild: Guild | None, data: Payload) -> None:
        """Dispatch to every session that it concerns."""
        self.world.emit(name, guild, data)

    # Messages

    def says(self, who: Who, channel: Channel, content: str = "hello", **more: Any) -> Message:
        """``who`` writes; ``more`` is fields of the message, as ``reference`` for a reply."""
        if more.get("reference") is not None:
            more = {"type": 19, "mentions": [more["reference"].author]} | more
        message = self.world.add_message(channel, _user(who), content=content, **more)
        self.tell("MESSAGE_CREATE", channel.guild, payloads.told_message(message))
        return message

    def edits(self, message: Message, content: str) -> None:
        """Its author writes it anew."""
        self.rewrite(message, {"content": content})

    def rewrite(self, message: Message, body: Payload) -> None:
        """Change what ``body`` names; an edit, unless only the bot's thinking is over."""
        if "content" in body:
            message.content = body["content"] or ""
        for part in ("embeds", "components"):
            if part in body:
                setattr(message, part, body[part] or [])
        if "attachments" in body:
            message.attachments = attached(self.world, body)
        if message.flags & LOADING:
            message.flags &= ~LOADING
        else:
            message.edited_at = self.world.clock()
        if not message.private:
            self.tell("MESSAGE_UPDATE", message.channel.guild, payloads.told_message(message))

    def deletes(self, *messages: Message) -> None:
        """One message, or several at once."""
        channel = messages[0].channel
        for message in messages:
            channel.messages.pop(message.id, None)
        where = {"channel_id": str(channel.id)} | _in(channel.guild)
        if len(messages) == 1:
            self.tell("MESSAGE_DELETE", channel.guild, where | {"id": str(messages[0].id)})
        else:
            ids = [str(message.id) for message in messages]
            self.tell("MESSAGE_DELETE_BULK", channel.guild, where | {"ids": ids})

    # Reactions and polls

    def reacts(self, who: Who, message: Message, emoji: str = THUMB) -> None:
        """``who`` gives a reaction."""
        given = message.reactions.setdefault(emoji, [])
        if who.id not in given:
            given.append(who.id)
            self._reaction("MESSAGE_REACTION_ADD", who, message, emoji)

    def unreacts(self, who: Who, message: Message, emoji: str = THUMB) -> None:
        """``who`` takes a reaction back."""
        given = message.reactions.get(emoji, [])
        if who.id in given:
            given.remove(who.id)
            if not given:
                del message.reactions[emoji]
            self._reaction("MESSAGE_REACTION_REMOVE", who, message, emoji)

    def clears(self, message: Message, emoji: str | None = None) -> None:
        """A moderator removes all reactions, or all of one emoji."""
        where = _at(message)
        if emoji is None:
            message.reactions.clear()
            self.tell("MESSAGE_REACTION_REMOVE_ALL", message.channel.guild, where)
        else:
            message.reactions.pop(emoji, None)
            where["emoji"] = payloads.emoji(emoji)
            self.tell("MESSAGE_REACTION_REMOVE_EMOJI", message.channel.guild, where)

    def _reaction(self, name: str, who: Who, message: Message, emoji: str) -> None:
        guild = message.channel.guild
        told = _at(message) | {
            "user_id": str(who.id),
            "emoji": payloads.emoji(emoji),
            "burst": False,
            "type": 0,
        }
        if name.endswith("ADD") and message.webhook_id is None:
            told["message_author_id"] = str(message.author.id)
        if name.endswith("ADD") and guild is not None:
            told["member"] = payloads.member(guild.members[who.id])
        self.tell(name, guild, told)

    def asks(
        self, who: Who, channel: Channel, question: str, *answers: str, multiple: bool = False
    ) -> Message:
        """``who`` begins a poll."""
        ends_at = self.world.clock() + timedelta(days=1)
        poll = Poll(question, dict(enumerate(answers, 1)), multiple, ends_at)
        return self.says(who, channel, "", poll=poll)

    def votes(self, who: Who, message: Message, answer: int = 1) -> None:
        """``who`` gives an answer to the poll in ``message``."""
        assert message.poll is not None
        message.poll.votes.setdefault(answer, []).append(who.id)
        self._vote("MESSAGE_POLL_VOTE_ADD", who, message, answer)

    def unvotes(self, who: Who, message: Message, answer: int = 1) -> None:
        """``who`` takes an answer back."""
        assert message.poll is not None
        message.poll.votes[answer].remove(who.id)
        self._vote("MESSAGE_POLL_VOTE_REMOVE", who, message, answer)

    def _vote(self, name: str, who: Who, message: Message, answer: int) -> None:
        told = _at(message) | {"user_id": str(who.id), "answer_id": answer}
        self.tell(name, message.channel.guild, told)

    # Threads

    def opens(
        self, who: Who, parent: Channel, name: str = "a thread", on: Message | None = None
    ) -> Channel:
        """``who`` opens a thread, ``on`` a message or by itself; in a forum it is a post, whose
        first message has the thread's id."""
        guild = _guild(parent)
        thread_id = self.world.new_id() if on is None else on.id
        thread = Channel(thread_id, guild, name, THREAD, parent, _user(who), self.world.clock())
        self.world.channels[thread_id] = guild.threads[thread_id] = thread
        self.tell("THREAD_CREATE", guild, payloads.channel(thread) | {"newly_created": True})
        if parent.type == FORUM:
            self.says(who, thread, name, id=thread_id)
        return thread

    def archives(self, thread: Channel, *, archived: bool = True) -> None:
        """A thread goes to sleep, or wakes."""
        thread.archived = archived
        self.tell("THREAD_UPDATE", thread.guild, payloads.channel(thread))

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
            "GUILD_MEMBER_REMOVE", who.guild, _in(who.guild) | {"user": payloads.user(who.user)}
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
        self.tell("GUILD_MEMBER_UPDATE", who.guild, _in(who.guild) | payloads.member(who))

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

    # Servers

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

    # Interactions

    def command(self, who: Member, channel: Channel, path: str, **options: Any) -> Asked:
        """``who`` uses a slash command, like ``badge give``."""
        data = command_data(self.commands, path, options)
        return self._ask(COMMAND, who, channel, data | {"guild_id": str(who.guild.id)})

    def completes(
        self, who: Member, channel: Channel, path: str, option: str, text: str, **others: Any
    ) -> Asked:
        """``who`` writes ``text`` into an option of a slash command and waits for suggestions."""
        data = command_data(self.commands, path, {**others, option: text})
        leaf = data
        while leaf["options"] and "options" in leaf["options"][-1]:
            leaf = leaf["options"][-1]
        next(one for one in leaf["options"] if one["name"] == option)["focused"] = True
        data["guild_id"] = str(who.guild.id)
        return self._ask(AUTOCOMPLETE, who, channel, data)

    def menu(self, who: Member, channel: Channel, name: str, target: Member | Message) -> Asked:
        """``who`` uses a command in the menu of a member or a message."""
        data = menu_data(self.commands, name, target)
        return self._ask(COMMAND, who, channel, data | {"guild_id": str(who.guild.id)})

    def press(
        self,
        who: Member,
        message: Message,
        custom_id: str,
        *values: str | Member | Role | Channel,
    ) -> Asked:
        """``who`` presses a button, or picks ``values`` in a menu."""
        data = component_data(message, custom_id, values)
        return self._ask(COMPONENT, who, message.channel, data, message)

    def submits(
        self,
        who: Member,
        channel: Channel,
        custom_id: str,
        fields: dict[str, str],
        message: Message | None = None,
    ) -> Asked:
        """``who`` hands in a form, which was opened from ``message`` if that is given."""
        return self._ask(FORM, who, channel, form_data(custom_id, fields), message)

    def _ask(
        self,
        type: int,
        who: Member,
        channel: Channel,
        data: Payload,
        message: Message | None = None,
    ) -> Asked:
        asked, told = self.interactions.ask(type, who, channel, data, message)
        self.tell("INTERACTION_CREATE", channel.guild, told)
        asked.delivered = self.is_heard(channel.guild)
        return asked


def _user(who: Who) -> User:
    return who.user if isinstance(who, Member) else who


def _guild(channel: Channel) -> Guild:
    assert channel.guild is not None
    return channel.guild


def _in(guild: Guild | None) -> Payload:
    return {} if guild is None else {"guild_id": str(guild.id)}


def _at(message: Message) -> Payload:
    where = {"channel_id": str(message.channel.id), "message_id": str(message.id)}
    return where | _in(message.channel.guild)
