"""The rows of profiles: who a member is, what they did, why each point, and what rules remember."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from projections.points.pacing import Pacing
from projections.points.voice import Presence, Room
from sql.rows import Table


@dataclass(slots=True)
class Profile:
    """What a guild knows of a member. ``xp_at`` is the position that brought the XP to this."""

    user_id: int
    name: str | None = None
    avatar: str | None = None
    is_bot: bool = False
    present: bool = True
    xp: int = 0
    xp_at: int = 0
    stars: int = 0
    level: int = 0
    last_seen: datetime | None = None
    streak: int = 0
    longest_streak: int = 0
    active_on: date | None = None
    voice_carry: int = 0
    boosts: dict[str, Any] | None = None
    days: dict[str, Any] | None = None
    """What was earned lately, as far as a limit looks at it: ``projections/points/today.py``."""
    roles: list[int] | None = None
    bridged: list[int] | None = None
    """Days in the streak (date ordinals) on which the bot was blind and the member perhaps away."""
    prestige: int = 0
    prestige_xp: int = 0
    """The XP there was at the last prestige: what came since counts for the level."""


@dataclass(slots=True)
class Stats:
    """What a member did in a season (or ever, in season 0); ``*_at`` are positions, for ties."""

    user_id: int
    season: int
    messages: int = 0
    messages_at: int = 0
    reactions_given: int = 0
    reactions_received: int = 0
    threads: int = 0
    voice_seconds: int = 0
    voice_at: int = 0
    xp: int = 0
    xp_at: int = 0
    stars: int = 0
    stars_at: int = 0


@dataclass(slots=True)
class Day:
    """What a member did and got on one of the guild's days, counted from 1970-01-01 by the clock
    that was in force; time in voice counts on the day on which it was added up."""

    user_id: int
    day: int
    xp: int
    stars: int
    messages: int
    voice_seconds: int


@dataclass(slots=True)
class Activity:
    """One award and why: ``factors`` are the numbers that made it."""

    position: int
    line: int
    user_id: int
    source: str
    xp: int
    stars: int
    level_from: int
    level_to: int
    channel_id: int | None
    occurred_at: datetime
    factors: dict[str, Any]


@dataclass(slots=True)
class BlindDay:
    """A day (UTC) on which the bot was blind for a while."""

    day: date


PROFILES = Table("profiles", Profile, "state", key=("user_id",), member="user_id")
STATS = Table("user_stats", Stats, "state", key=("user_id", "season"), member="user_id")
DAYS = Table("member_days", Day, "tally", key=("user_id", "day"))
ACTIVITY = Table("activity_log", Activity, "journal", key=("position", "line"))
PACING = Table("pacing", Pacing, "state", key=("user_id", "sequence"), member="user_id")
PRESENCE = Table(
    "voice_presence", Presence, "state", key=("user_id",), member="user_id", also="channel_id"
)
BLIND_DAYS = Table("blind_days", BlindDay, "state", key=("day",))
ROOMS = Table("voice_rooms", Room, "state", key=("channel_id",))
