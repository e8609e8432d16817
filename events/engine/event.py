"""The base of every event: who, where, when, and a payload that is the rest of the fields.

An event is validated once, when it enters (``SomeEvent(...)``). A row of the lake is trusted: it
is rebuilt without validation by :func:`events.engine.catalogue.decode`, which is what makes a
replay cheap.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Self

import orjson
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

ENVELOPE = ("guild_id", "source_id", "user_id", "channel_id", "target_id", "occurred_at")
"""The fields that are columns of their own in the lake; all others are the payload."""

RULE_PREFIX = "rule:"
"""The source ids of what a guild has decided begin with this: rules are found by it."""

_set = object.__setattr__
MAX_LABEL = 200
_BIGINT = 2**63

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
"""Brings a payload from one schema version to the next; gets its own copy of the dict."""


def _to_milliseconds(moment: datetime) -> datetime:
    if moment.tzinfo is UTC and moment.microsecond % 1000 == 0:
        return moment
    try:
        utc = moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("lies outside the calendar in UTC") from error
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def _clean_label(text: str) -> str:
    """PostgreSQL stores neither NUL nor a lone surrogate, so neither may enter an event."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\x00", "")[:MAX_LABEL]


Snowflake = Annotated[int, Field(ge=0, lt=_BIGINT)]
"""A Discord id, or 0 for the stream of direct messages."""

Count = Annotated[int, Field(ge=0, lt=_BIGINT)]
"""A whole number, zero or more."""

Amount = Annotated[int, Field(gt=-_BIGINT, lt=_BIGINT)]
"""A signed whole number that fits a bigint."""

Moment = Annotated[AwareDatetime, AfterValidator(_to_milliseconds)]
"""A point in time, kept in UTC and cut to Discord's own precision, the millisecond."""

Label = Annotated[str, AfterValidator(_clean_label)]
"""A short name given by Discord or by us (never message text); cut to 200 characters."""


class Event(BaseModel):
    """One immutable past fact of one guild.

    Fields of the envelope:

    * ``guild_id``: whose stream; 0 for direct messages.
    * ``source_id``: the idempotency key, unique in the stream, made of Discord's own ids.
    * ``user_id``: who did it; ``channel_id``: where; ``target_id``: to whom or to what.
    * ``occurred_at``: when, by Discord's clock wherever Discord tells it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event_type: ClassVar[str]
    """The stable stored name."""

    schema_version: ClassVar[int] = 1
    """Raised with every change of the payload's shape, together with an upcast."""

    upcasts: ClassVar[Mapping[int, Upcast]] = {}
    """``{1: f}`` brings a stored payload of version 1 to version 2, and so on."""

    restated: ClassVar[frozenset[str]] = frozenset()
    """Fields in which two observers of the same fact may honestly differ (a name since changed,
    an arrival time): a second telling that differs only here is a duplicate, not a conflict."""

    guild_id: Snowflake
    source_id: Annotated[str, Field(max_length=MAX_LABEL, pattern=r"^[^\x00]+$")]
    user_id: Snowflake | None = None
    channel_id: Snowflake | None = None
    target_id: Snowflake | None = None
    occurred_at: Moment

    def payload(self) -> dict[str, Any]:
        """All fields outside the envelope, as plain values."""
        fields = self.__dict__.copy()
        for name in ENVELOPE:
            del fields[name]
        return fields

    def payload_json(self) -> bytes:
        """The payload as canonical JSON (sorted keys, UTF-8): what is stored and what is hashed."""
        return orjson.dumps(self.payload(), default=_plain, option=orjson.OPT_SORT_KEYS)

    def members(self) -> tuple[int, ...]:
        """The members whose rows this event may move; a fold finds exactly these loaded."""
        return tuple([m for m in (self.user_id, self.target_id) if m is not None])

    @classmethod
    def trusted(cls, fields: dict[str, Any]) -> Self:
        """An event from a row of the lake, without validation. ``fields`` must be complete."""
        event = cls.__new__(cls)
        _set(event, "__dict__", fields)
        _set(event, "__pydantic_fields_set__", set(fields))
        _set(event, "__pydantic_extra__", None)
        _set(event, "__pydantic_private__", None)
        return event


def _plain(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"an event payload cannot hold a {type(value).__name__}")
