"""Time in voice counts while a member hears and is in company.

In company means: at least two humans in the same channel who are not deafened, by themselves or by
a moderator, and the channel is not the one where Discord puts those who are away. Every change in a
channel settles the time of everybody in it, so that each second is judged by who was there in that
second.
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
    category_id: int | None
    idle: bool
    """Deafened, or in the channel for those who are away: neither earns nor is company."""
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
        humans = sum(not (p.is_bot or p.idle) for p in inside)
        for presence in inside:
            seconds = max(0, int((event.occurred_at - presence.since).total_seconds()))
            counts = humans > 1 and not presence.is_bot and not presence.idle
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
        category_id=event.category_id,
        idle=event.self_deaf or event.deaf or event.afk,
        is_bot=is_bot,
        since=event.occurred_at if before is None else max(before.since, event.occurred_at),
    )


def _channels(everybody: Iterable[Presence], event: VoiceEvent) -> list[int]:
    """The channel the member was in, by what we know, and the one the event is about."""
    known = {p.channel_id for p in everybody if p.user_id == event.user_id}
    return sorted(filter(None, known | {event.channel_id}))
