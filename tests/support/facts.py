"""Short ways to make events in tests; ids are distinct by default, times go forward."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from events.calendars import CalendarSet
from events.engine.snowflake import to_ms
from events.messages import MessageCreated
from events.multipliers import ChannelGrouped, MultiplierSet
from events.reactions import ReactionAdded
from events.seasons import Place, SeasonEnded, SeasonStarted
from events.settings import SettingChanged
from events.voice import VoiceJoined, VoiceLeft, VoiceMoved, VoiceStateChanged

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
GUILD = 1001
V = TypeVar("V", VoiceJoined, VoiceLeft, VoiceMoved, VoiceStateChanged)


def at(seconds: float) -> datetime:
    """So many seconds after the start of the tests' world."""
    return START + timedelta(seconds=seconds)


def message(
    number: int, *, user: int = 2001, channel: int = 3001, seconds: float = 0, **more: Any
) -> MessageCreated:
    """Message ``number`` by ``user`` in ``channel``."""
    return MessageCreated(
        guild_id=more.pop("guild", GUILD),
        source_id=f"{number}:message_create",
        user_id=user,
        channel_id=channel,
        occurred_at=at(seconds),
        message_id=number,
        name=more.pop("name", f"user{user}"),
        **more,
    )


def reaction(
    message_id: int,
    *,
    user: int,
    author: int | None,
    ordinal: int = 1,
    seconds: float = 0,
    **more: Any,
) -> ReactionAdded:
    """``user`` reacts to a message of ``author`` in channel 3001."""
    emoji = more.pop("emoji", "tada")
    return ReactionAdded(
        guild_id=GUILD,
        source_id=f"{message_id}:reaction:{emoji}:{user}:{ordinal}",
        user_id=user,
        target_id=author,
        channel_id=3001,
        occurred_at=at(seconds),
        message_id=message_id,
        emoji=emoji,
        ordinal=ordinal,
        **more,
    )


def voice(cls: type[V], ordinal: int, *, user: int, channel: int, seconds: float, **more: Any) -> V:
    """The ``ordinal``-th change of ``user``'s voice state."""
    return cls(
        guild_id=GUILD,
        source_id=f"{user}:voice:{ordinal:010d}",
        user_id=user,
        channel_id=channel,
        occurred_at=at(seconds),
        ordinal=ordinal,
        session_id=f"session of {user}",
        **more,
    )


def setting(
    key: str, value: int | str | None, *, revision: int = 1, seconds: float = 0, guild: int = GUILD
) -> SettingChanged:
    """The admin 2099 sets ``key``."""
    return SettingChanged(
        guild_id=guild,
        source_id=f"rule:setting:{key}:{revision}",
        user_id=2099,
        occurred_at=at(seconds),
        key=key,
        value=value,
        previous=None,
        revision=revision,
        interaction_id=9000 + revision,
    )


def multiplier(what: str, source: str, percent: int | None, *, revision: int = 1) -> MultiplierSet:
    """The admin 2099 says what XP for ``source`` counts in ``what``."""
    return MultiplierSet(
        guild_id=GUILD,
        source_id=f"rule:multiplier:{what}:{source}:{revision}",
        user_id=2099,
        occurred_at=at(0),
        what=what,
        source=source,
        percent=percent,
        previous=None,
        revision=revision,
        interaction_id=9500 + revision,
    )


def grouped(channel: int, group: str | None, *, revision: int = 1) -> ChannelGrouped:
    """The admin 2099 puts a channel into a group."""
    return ChannelGrouped(
        guild_id=GUILD,
        source_id=f"rule:channel_group:{channel}:{revision}",
        user_id=2099,
        channel_id=channel,
        occurred_at=at(0),
        group=group,
        previous=None,
        revision=revision,
        interaction_id=9700 + revision,
    )


def season(
    number: int, *, starts: float, ends: float, seconds: float = 0, ahead: Sequence[float] = ()
) -> SeasonStarted:
    """Season ``number`` opens; its span, and those to come, are given in seconds after START."""
    return SeasonStarted(
        guild_id=GUILD,
        source_id=f"rule:season:{number}:start",
        occurred_at=at(seconds),
        number=number,
        name=f"Season {number}",
        starts_ms=to_ms(at(starts)),
        ends_ms=to_ms(at(ends)),
        ahead=[to_ms(at(border)) for border in ahead],
    )


def season_end(
    number: int, *, seconds: float, standing: Sequence[tuple[int, int, int]] = ()
) -> SeasonEnded:
    """Season ``number`` is closed; its standing is given as (rank, member, number)."""
    return SeasonEnded(
        guild_id=GUILD,
        source_id=f"rule:season:{number}:end",
        occurred_at=at(seconds),
        number=number,
        name=f"Season {number}",
        starts_ms=to_ms(at(0)),
        ends_ms=to_ms(at(seconds)),
        board="xp",
        standing=[Place(rank=r, user_id=who, number=n) for r, who, n in standing],
        ranked=len(standing),
    )


def calendar(zone: str, offsets: list[int], *, seconds: float = 0) -> CalendarSet:
    """The admin 2099 has the guild live by a clock with these offsets, weeks from Sunday."""
    return CalendarSet(
        guild_id=GUILD,
        source_id="rule:calendar:1",
        user_id=2099,
        occurred_at=at(seconds),
        zone=zone,
        week_start=6,
        offsets=offsets,
        ahead=[],
        previous_zone="UTC",
        previous_week_start=0,
        revision=1,
        interaction_id=9901,
    )
