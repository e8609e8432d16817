"""DiscordChatExporter's JSON, as far as events are made of it. Unknown keys are ignored.

Quirks of the format: ids are strings; the category of a thread is really its parent channel;
message types that the exporter does not know are written as numbers; a Unicode emoji has an empty
id; ``_contentLength`` and ``_attachmentCount`` stand in exports whose text was taken out.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from events.engine.event import Count, Snowflake

DIRECT_MESSAGES: Final = 0
"""The guild id of the exporter, and our stream, for direct messages."""

DEFAULT: Final = 0
THREAD_CREATED: Final = 18
REPLY: Final = 19
THREAD_STARTER: Final = 21

_TYPES: Final = {
    "Default": DEFAULT,
    "RecipientAdd": 1,
    "RecipientRemove": 2,
    "Call": 3,
    "ChannelNameChange": 4,
    "ChannelIconChange": 5,
    "ChannelPinnedMessage": 6,
    "GuildMemberJoin": 7,
    "ThreadCreated": THREAD_CREATED,
    "Reply": REPLY,
    "ThreadStarterMessage": THREAD_STARTER,
}
_THREADS: Final = frozenset(
    ("GuildNewsThread", "GuildPublicThread", "GuildPrivateThread", "10", "11", "12")
)
_DIRECT: Final = frozenset(("DirectTextChat", "DirectGroupTextChat", "1", "3"))
_NUMBER: Final = re.compile(r"[0-9]{1,4}")
_UNICODE_EMOJI: Final = re.compile(r"[^\x00-\x20:\ud800-\udfff]{1,64}")


def _none_if_no_id(value: object) -> object:
    return None if value in ("", "0", 0) else value


OptionalId = Annotated[Snowflake | None, BeforeValidator(_none_if_no_id)]
"""An id that may be missing: null, an empty string, or zero in older exports."""

Word = Annotated[str, BeforeValidator(str), StringConstraints(pattern=r"^[A-Za-z0-9]{1,40}$")]
"""A name from the exporter's own vocabulary, or a number."""

EditTime = Annotated[
    AwareDatetime,
    Field(ge=datetime(2015, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC)),
]
"""A time with an offset, within Discord's life."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Guild(_Part):
    """The community that was exported."""

    id: Snowflake
    name: str = ""


class Channel(_Part):
    """The channel or thread that the file is about."""

    id: Snowflake
    type: Word
    parent_id: OptionalId = Field(default=None, alias="categoryId")

    @property
    def is_thread(self) -> bool:
        """Whether this is a thread or a forum post."""
        return self.type in _THREADS

    @property
    def thread_of(self) -> int | None:
        """The channel that a thread hangs on; None outside threads."""
        return self.parent_id if self.is_thread else None

    @property
    def category_id(self) -> int | None:
        """Discord's category of the channel; unknown for a thread."""
        return None if self.is_thread else self.parent_id


class Head(_Part):
    """What stands before the messages."""

    guild: Guild
    channel: Channel

    @property
    def stream_id(self) -> int:
        """The stream that the events belong to."""
        return DIRECT_MESSAGES if self.channel.type in _DIRECT else self.guild.id


class User(_Part):
    """An author, or someone who reacted."""

    id: Snowflake
    name: str
    nickname: str | None = None
    is_bot: bool = Field(default=False, alias="isBot")
    avatar_url: str | None = Field(default=None, alias="avatarUrl")


class Emoji(_Part):
    """A custom emoji (by id) or a Unicode one (by itself)."""

    id: OptionalId = None
    name: str | None = None

    @property
    def key(self) -> str | None:
        """How source ids name the emoji; None when nothing usable is left of it."""
        if self.id:
            return str(self.id)
        return self.name if self.name and _UNICODE_EMOJI.fullmatch(self.name) else None


class Reaction(_Part):
    """How often one emoji was given, and by whom if the export was made with users."""

    emoji: Emoji
    count: Count
    users: list[User] = []


class Reference(_Part):
    """The message (or thread) that a message points at."""

    message_id: OptionalId = Field(default=None, alias="messageId")
    channel_id: OptionalId = Field(default=None, alias="channelId")


class Message(_Part):
    """One message. Its text is only ever measured."""

    id: Snowflake
    type: Word
    edited_at: EditTime | None = Field(default=None, alias="timestampEdited")
    author: User
    content: str = ""
    true_length: Count | None = Field(default=None, alias="_contentLength")
    attachments: list[object] = []
    attachment_count: Count | None = Field(default=None, alias="_attachmentCount")
    mentions: list[object] = []
    reactions: list[Reaction] = []
    reference: Reference | None = None

    @property
    def number(self) -> int | None:
        """Discord's number of the type; None for a name that we do not know."""
        if _NUMBER.fullmatch(self.type):
            return int(self.type)
        return _TYPES.get(self.type)

    @property
    def length(self) -> int:
        """How many characters of text there were."""
        return len(self.content) if self.true_length is None else self.true_length
