"""Voice states: observations, since Discord tells what is, not what changed."""

from collections.abc import Iterator
from typing import Any

from bot.gateway.numbered.voice import VoiceSeen
from bot.gateway.payload import Payload, User
from bot.gateway.seen import Arrival, Seen
from events.engine.event import Label, Snowflake


class _Member(Payload):
    user: User | None = None


class VoiceState(Payload):
    """How a member stands in voice."""

    guild_id: Snowflake
    channel_id: Snowflake | None
    user_id: Snowflake
    session_id: Label
    member: _Member | None = None
    self_mute: bool = False
    self_deaf: bool = False
    mute: bool = False
    deaf: bool = False


def voice_state_update(data: Any, arrival: Arrival) -> Iterator[Seen]:
    """VOICE_STATE_UPDATE; camera, streaming and stage requests are not looked at."""
    yield state_of(VoiceState.model_validate(data), arrival)


def state_of(state: VoiceState, arrival: Arrival) -> VoiceSeen:
    """What a voice state tells."""
    user = state.member.user if state.member else None
    channel_id = state.channel_id
    return VoiceSeen(
        guild_id=state.guild_id,
        user_id=state.user_id,
        channel_id=channel_id,
        at=arrival.at,
        session_id=state.session_id,
        self_mute=state.self_mute,
        self_deaf=state.self_deaf,
        mute=state.mute,
        deaf=state.deaf,
        afk=channel_id is not None and channel_id == arrival.afk_of(state.guild_id),
        is_bot=user.bot if user else arrival.is_bot(state.user_id),
        category_id=channel_id and arrival.category_of(state.guild_id, channel_id),
    )


TRANSLATORS = {"VOICE_STATE_UPDATE": voice_state_update}
