"""Guilds that we are added to and removed from. An outage is neither."""

from collections.abc import Iterator
from typing import Any

from pydantic import AwareDatetime, Field

from bot.gateway.numbered.guilds import GuildArrived, GuildGone
from bot.gateway.payload import Payload
from bot.gateway.seen import Arrival, RollCall, Seen, Unavailable
from bot.gateway.translate.scheduled_events import ACTIVE, ScheduledEvent, standing
from bot.gateway.translate.voice import VoiceState, state_of
from events.engine.event import Count, Snowflake
from events.engine.snowflake import to_ms
from events.guilds import GuildJoined
from events.settings import first_contact


class _Reachable(Payload):
    id: Snowflake
    unavailable: bool = False


class _Guild(Payload):
    id: Snowflake
    name: str
    owner_id: Snowflake
    joined_at: AwareDatetime
    member_count: Count = 0
    voice_states: list[dict[str, Any]] = Field(default_factory=list)
    guild_scheduled_events: list[ScheduledEvent] = Field(default_factory=list)


def guild_create(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """GUILD_CREATE, sent for every guild at each connect: the same ``joined_at``, the same facts.
    A guild that is new begins with the newest rules. Scheduled events may have begun meanwhile."""
    reachable = _Reachable.model_validate(data)
    if reachable.unavailable:
        yield Unavailable(reachable.id, arrival.at)
        return
    guild = _Guild.model_validate(data)
    fact = GuildJoined(
        guild_id=guild.id,
        source_id=f"{guild.id}:guild_join:{to_ms(guild.joined_at)}",
        occurred_at=guild.joined_at,
        name=guild.name,
        owner_id=guild.owner_id,
        member_count=guild.member_count,
    )
    yield first_contact(guild.id, guild.joined_at)
    yield GuildArrived(guild_id=guild.id, fact=fact)
    yield RollCall(
        guild_id=guild.id,
        joined_at=guild.joined_at,
        at=arrival.at,
        present=tuple(state_of(_of(guild, state), arrival) for state in guild.voice_states),
    )
    for event in guild.guild_scheduled_events:
        if event.status == ACTIVE:
            yield standing(event, arrival)


def _of(guild: _Guild, state: dict[str, Any]) -> VoiceState:
    """A voice state among a guild's, which does not say whose it is."""
    return VoiceState.model_validate(state | {"guild_id": guild.id})


def guild_delete(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """GUILD_DELETE."""
    guild = _Reachable.model_validate(data)
    if guild.unavailable:
        yield Unavailable(guild.id, arrival.at)
        return
    yield GuildGone(guild_id=guild.id, at=arrival.at)


TRANSLATORS = {"GUILD_CREATE": guild_create, "GUILD_DELETE": guild_delete}
