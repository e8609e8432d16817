"""Time in voice counts while a member hears and is in company.

In company means: at least two humans in the same channel who are not deafened, by themselves or by
a moderator, and the channel is not the one where Discord puts those who are away. Every change in a
channel settles the time of everybody in it, so that each second is judged by who was there in that
second.

Who is in a channel while a scheduled event takes place there comes to it, with company or without.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.voice import VoiceJoined, VoiceLeft, VoiceMoved, VoiceStateChanged

VoiceEvent = VoiceJoined | VoiceLeft | VoiceMoved | VoiceStateChanged

REWARDED = -1
"""Seconds of a gathering for which the member has had the points."""


@dataclass(slots=True)
class Presence:
    """Where a member is in voice (None: nowhere), and since when that is not yet counted;
    ``gathering`` is the last scheduled event that they came to, and for how many seconds."""

    user_id: int
    channel_id: int | None
    category_id: int | None
    idle: bool
    """Deafened, or in the channel for those who are away: neither earns nor is company."""
    is_bot: bool
    since: datetime
    gathering: int | None = None
    gathering_seconds: int = 0

    def attend(self, gathering: int, seconds: int, enough: int) -> bool:
        """The member was there for ``seconds`` more; whether that makes ``enough`` now."""
        if self.gathering != gathering:
            self.gathering, self.gathering_seconds = gathering, 0
        if self.gathering_seconds == REWARDED:
            return False
        self.gathering_seconds += seconds
        if self.gathering_seconds < enough:
            return False
        self.gathering_seconds = REWARDED
        return True


@dataclass(slots=True)
class Room:
    """A voice channel; ``gathering`` is the position at which the scheduled event began that takes
    place there now."""

    channel_id: int
    gathering: int | None


def settle(
    everybody: Iterable[Presence], channels: Iterable[int], at: datetime
) -> Iterator[tuple[Presence, int, int]]:
    """Each presence in ``channels``, with the whole seconds since it was last settled: those in
    company, and those in which the member heard. ``since`` is moved on by as much, so that no
    fraction in company is lost. Members come in the order of their ids, so that a replay writes the
    same lines whatever order rows were loaded in."""
    everybody = sorted(everybody, key=lambda presence: presence.user_id)
    for channel_id in channels:
        inside = [p for p in everybody if p.channel_id == channel_id]
        humans = sum(not (p.is_bot or p.idle) for p in inside)
        for presence in inside:
            seconds = max(0, int((at - presence.since).total_seconds()))
            hears = not presence.is_bot and not presence.idle
            if hears and humans > 1:
                presence.since += timedelta(seconds=seconds)
                yield presence, seconds, seconds
            else:
                presence.since = max(presence.since, at)
                yield presence, 0, seconds if hears else 0


def after(before: Presence | None, event: VoiceEvent, *, is_bot: bool) -> Presence:
    """The member's presence once ``event`` has happened."""
    return Presence(
        user_id=event.user_id or 0,
        channel_id=None if isinstance(event, VoiceLeft) else event.channel_id or None,
        category_id=event.category_id,
        idle=event.self_deaf or event.deaf or event.afk,
        is_bot=is_bot,
        since=event.occurred_at if before is None else max(before.since, event.occurred_at),
        gathering=None if before is None else before.gathering,
        gathering_seconds=0 if before is None else before.gathering_seconds,
    )


def channels_of(everybody: Iterable[Presence], event: VoiceEvent) -> list[int]:
    """The channel the member was in, by what we know, and the one the event is about."""
    known = {p.channel_id for p in everybody if p.user_id == event.user_id}
    return sorted(filter(None, known | {event.channel_id}))
