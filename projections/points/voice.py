"""Time in voice counts while a member is in company and not self-deafened.

In company means: at least one other human in the same channel. Every change in a channel settles
the time of everybody in it, so that each second is judged by who was there in that second.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.voice import VoiceJoined, VoiceLeft, VoiceMoved, VoiceStateChanged

VoiceEvent = VoiceJoined | VoiceLeft | VoiceMoved | VoiceStateChanged


@dataclass(slots=True)
class Presence:
    """Where a member is in voice (None: nowhere), and since when that is not yet counted."""

    user_id: int
    channel_id: int | None
    self_deaf: bool
    is_bot: bool
    since: datetime


def settle(everybody: Iterable[Presence], event: VoiceEvent) -> Iterator[tuple[Presence, int]]:
    """Each presence in the channels that ``event`` touches, with the whole seconds it has earned
    since it was last settled; ``since`` is moved on by as much, so that no fraction is lost.
    Members come in the order of their ids, so that a replay writes the same lines whatever order
    rows were loaded in."""
    everybody = sorted(everybody, key=lambda presence: presence.user_id)
    for channel_id in _channels(everybody, event):
        inside = [p for p in everybody if p.channel_id == channel_id]
        humans = sum(not p.is_bot for p in inside)
        for presence in inside:
            seconds = max(0, int((event.occurred_at - presence.since).total_seconds()))
            counts = humans > 1 and not presence.is_bot and not presence.self_deaf
            if counts:
                presence.since += timedelta(seconds=seconds)
            else:
                presence.since, seconds = max(presence.since, event.occurred_at), 0
            yield presence, seconds


def after(before: Presence | None, event: VoiceEvent, *, is_bot: bool) -> Presence:
    """The member's presence once ``event`` has happened."""
    return Presence(
        user_id=event.user_id or 0,
        channel_id=None if isinstance(event, VoiceLeft) else event.channel_id or None,
        self_deaf=event.self_deaf,
        is_bot=is_bot,
        since=event.occurred_at if before is None else max(before.since, event.occurred_at),
    )


def _channels(everybody: Iterable[Presence], event: VoiceEvent) -> list[int]:
    """The channel the member was in, by what we know, and the one the event is about."""
    known = {p.channel_id for p in everybody if p.user_id == event.user_id}
    return sorted(filter(None, known | {event.channel_id}))
