"""What people do with messages: write, react, vote in polls, open threads."""

from datetime import timedelta
from typing import Any

from tests.support.discord import payloads
from tests.support.discord.models import (
    FORUM,
    LOADING,
    THREAD,
    Channel,
    Message,
    Payload,
    Poll,
)
from tests.support.discord.telling import Telling, Who, at, guild_of, user_of, within
from tests.support.discord.writing import attached

THUMB = "\N{THUMBS UP SIGN}"


class MessageActs(Telling):
    """Each changes what there is and tells the bot."""

    # Messages

    def says(self, who: Who, channel: Channel, content: str = "hello", **more: Any) -> Message:
        """``who`` writes; ``more`` is fields of the message, as ``reference`` for a reply."""
        if more.get("reference") is not None:
            more = {"type": 19, "mentions": [more["reference"].author]} | more
        message = self.world.add_message(channel, user_of(who), content=content, **more)
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
        where = {"channel_id": str(channel.id)} | within(channel.guild)
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
        where = at(message)
        if emoji is None:
            message.reactions.clear()
            self.tell("MESSAGE_REACTION_REMOVE_ALL", message.channel.guild, where)
        else:
            message.reactions.pop(emoji, None)
            where["emoji"] = payloads.emoji(emoji)
            self.tell("MESSAGE_REACTION_REMOVE_EMOJI", message.channel.guild, where)

    def _reaction(self, name: str, who: Who, message: Message, emoji: str) -> None:
        guild = message.channel.guild
        told = at(message) | {
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
        told = at(message) | {"user_id": str(who.id), "answer_id": answer}
        self.tell(name, message.channel.guild, told)

    # Threads

    def opens(
        self, who: Who, parent: Channel, name: str = "a thread", on: Message | None = None
    ) -> Channel:
        """``who`` opens a thread, ``on`` a message or by itself; in a forum it is a post, whose
        first message has the thread's id."""
        guild = guild_of(parent)
        thread_id = self.world.new_id() if on is None else on.id
        thread = Channel(thread_id, guild, name, THREAD, parent, user_of(who), self.world.clock())
        self.world.channels[thread_id] = guild.threads[thread_id] = thread
        self.tell("THREAD_CREATE", guild, payloads.channel(thread) | {"newly_created": True})
        if parent.type == FORUM:
            self.says(who, thread, name, id=thread_id)
        return thread

    def archives(self, thread: Channel, *, archived: bool = True) -> None:
        """A thread goes to sleep, or wakes."""
        thread.archived, thread.turned_at = archived, self.world.clock()
        self.tell("THREAD_UPDATE", thread.guild, payloads.channel(thread))
