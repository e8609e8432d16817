"""What there is on Discord's side: servers, channels, people and messages, as they really are.

Nothing here speaks; :mod:`acts` changes it and tells the bot, :mod:`payloads` says it in Discord's
words, and tests may look at it directly.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.discord.world import World

Payload = dict[str, Any]
TEXT, DIRECT, VOICE, CATEGORY, THREAD, FORUM = 0, 1, 2, 4, 11, 15
"""Discord's numbers of the types of channel."""
EVERYTHING = (1 << 53) - 1
"""All permissions there are."""
ORDINARY = 0b1101100110001101111001000001
"""What ``@everyone`` may do in a new server: read, write, react, join voice ..."""
EPHEMERAL, LOADING = 64, 128
"""Flags of a message: only one member sees it; the bot is still thinking."""


@dataclass(eq=False)
class User:
    """A person or a bot."""

    id: int
    name: str
    bot: bool = False
    avatar: str | None = None
    takes_direct_messages: bool = True


@dataclass(eq=False)
class Role:
    """A role of a server; the one that has the server's id is everyone's."""

    id: int
    name: str
    permissions: int = 0
    position: int = 1
    managed: bool = False


@dataclass(eq=False)
class Member:
    """A user in a server."""

    guild: "Guild"
    user: User
    joined_at: datetime
    roles: set[int] = field(default_factory=set)
    nick: str | None = None
    premium_since: datetime | None = None

    @property
    def id(self) -> int:
        """The user's id."""
        return self.user.id

    @property
    def permissions(self) -> int:
        """What the member may do in the server."""
        if self.guild.owner_id == self.id:
            return EVERYTHING
        allowed = 0
        for role_id in (self.guild.id, *self.roles):
            allowed |= self.guild.roles[role_id].permissions
        return EVERYTHING if allowed & 8 else allowed


@dataclass(eq=False)
class Poll:
    """A poll; ``votes`` are the ids of those who gave each answer."""

    question: str
    answers: dict[int, str]
    multiple: bool
    ends_at: datetime
    votes: dict[int, list[int]] = field(default_factory=dict)
    finished: bool = False


@dataclass(eq=False)
class Message:
    """A message; ``reactions`` are the ids of those who gave each emoji, in order."""

    id: int
    channel: "Channel"
    author: User
    at: datetime
    content: str = ""
    type: int = 0
    flags: int = 0
    edited_at: datetime | None = None
    embeds: list[Payload] = field(default_factory=list)
    components: list[Payload] = field(default_factory=list)
    attachments: list[Payload] = field(default_factory=list)
    mentions: list[User] = field(default_factory=list)
    reactions: dict[str, list[int]] = field(default_factory=dict)
    reference: "Message | None" = None
    nonce: str | None = None
    poll: Poll | None = None
    webhook_id: int | None = None
    interaction: Payload | None = None

    @property
    def private(self) -> bool:
        """Whether only one member sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def text(self) -> str:
        """All the words that are to be read in it, a line each."""
        words = [self.content]
        for embed in self.embeds:
            words += [embed.get("title") or "", embed.get("description") or ""]
            words += [f"{one['name']}: {one['value']}" for one in embed.get("fields", [])]
            words.append(embed.get("footer", {}).get("text") or "")
        return "\n".join(word for word in words if word)

    @property
    def buttons(self) -> dict[str, str]:
        """The custom id of each button, by its label."""
        return {
            one.get("label") or one.get("emoji", {}).get("name", ""): one["custom_id"]
            for row in self.components
            for one in row.get("components", [])
            if one["type"] == 2 and "custom_id" in one
        }


@dataclass(eq=False)
class Channel:
    """A channel of a server, a thread, or what two people say to each other."""

    id: int
    guild: "Guild | None"
    name: str
    type: int = TEXT
    parent: "Channel | None" = None
    owner: User | None = None
    at: datetime | None = None
    archived: bool = False
    turned_at: datetime | None = None
    """When it was archived last, or opened again."""
    recipients: list[User] = field(default_factory=list)
    messages: dict[int, Message] = field(default_factory=dict)

    @property
    def said(self) -> list[str]:
        """The text of every message, in order."""
        return [message.text for message in self.messages.values()]


@dataclass(eq=False)
class Voice:
    """How a member stands in voice."""

    member: Member
    channel: Channel | None
    session_id: str
    self_mute: bool = False
    self_deaf: bool = False
    mute: bool = False
    deaf: bool = False


@dataclass(eq=False)
class ScheduledEvent:
    """An event that a server has announced: 1 scheduled, 2 active, 3 completed, 4 canceled."""

    id: int
    guild: "Guild"
    name: str
    creator: User
    channel: Channel | None
    starts_at: datetime
    status: int = 1


@dataclass(eq=False)
class Guild:
    """A server. What is added to it is told to the bot, if that is there to hear it."""

    id: int
    name: str
    owner_id: int
    joined_at: datetime
    world: "World"
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    voices: dict[int, Voice] = field(default_factory=dict)
    events: dict[int, ScheduledEvent] = field(default_factory=dict)
    afk: Channel | None = None
    available: bool = True

    @property
    def boosts(self) -> int:
        """How many members boost it."""
        return sum(member.premium_since is not None for member in self.members.values())

    def add_text_channel(self, name: str, parent: Channel | None = None) -> Channel:
        """A new text channel, in a category if ``parent`` is one."""
        return self.world.add_channel(self, name, TEXT, parent)

    def add_voice_channel(self, name: str, parent: Channel | None = None) -> Channel:
        """A new voice channel."""
        return self.world.add_channel(self, name, VOICE, parent)

    def add_category(self, name: str) -> Channel:
        """A new category."""
        return self.world.add_channel(self, name, CATEGORY, None)

    def add_forum(self, name: str, parent: Channel | None = None) -> Channel:
        """A new forum."""
        return self.world.add_channel(self, name, FORUM, parent)

    def add_role(self, name: str, permissions: int = 0) -> Role:
        """A new role, above those that there are but below the bot's own."""
        return self.world.add_role(self, name, permissions)

    def add_member(self, who: User | str, roles: Sequence[Role] = (), **more: Any) -> Member:
        """``who`` joins: a user, or the name of a new one."""
        return self.world.add_member(self, who, roles, **more)
