"""How a fold of the profiles gives points: the rows that it moves, and the line that says why."""

from datetime import datetime
from typing import Any

from events.engine.event import Event
from events.engine.snowflake import to_ms
from events.reactions import ReactionAdded
from projections.engine.read_model import WorkingSet
from projections.points import boosts, pipeline
from projections.points.levels import curve_of
from projections.points.pacing import Pacing
from projections.points.pipeline import USUAL, Award, Deed
from projections.points.rates import Rates, rates_of
from projections.points.rows import (
    ACTIVITY,
    DAYS,
    PACING,
    PROFILES,
    STATS,
    Activity,
    Profile,
    Stats,
)
from projections.points.voice import Presence

LIFETIME = 0
"""The season number of the row that counts everything."""

RECEIVED = "reaction_received"


def profile_of(to: WorkingSet, user_id: int | None) -> Profile:
    """The member's profile, made if need be; it will be written."""
    profile = to.get(PROFILES, user_id) or Profile(user_id or 0)
    to.put(PROFILES, profile)
    return profile


def stats_of(
    to: WorkingSet, user_id: int, event: Event | None, written: datetime | None = None
) -> list[Stats]:
    """The rows that ``event`` counts in: lifetime, and the season it belongs to (or, for what is
    about something ``written`` before, that one); lifetime alone for no event."""
    season = None if event is None else to.rules.season_of(written or event.occurred_at)
    rows = []
    for number in (LIFETIME,) if season is None else (LIFETIME, season):
        row = to.get(STATS, user_id, number) or Stats(user_id, number)
        to.put(STATS, row)
        rows.append(row)
    return rows


def count_today(to: WorkingSet, user_id: int, event: Event, **more: int) -> None:
    """Count on the guild's own day of ``event``."""
    to.add(DAYS, (user_id, to.rules.seasons.day_of(event.occurred_at)), **more)


def days_of(profile: Profile) -> dict[str, Any]:
    """What limits know of the member's days, to be changed in place."""
    if profile.days is None:
        profile.days = {}
    return profile.days


def pacing_of(to: WorkingSet, user_id: int, event: Event) -> Pacing:
    """When the member was last rewarded, by event time; an import is a sequence of its own, so it
    neither meets the cool-down of what is live nor causes one. It will be written."""
    sequence: str = getattr(event, "import_id", None) or ""
    pacing = to.get(PACING, user_id, sequence) or Pacing(user_id, sequence)
    to.put(PACING, pacing)
    return pacing


def repeats(rates: Rates, event: Event, giver: Profile, receiver: Profile) -> int | None:
    """How often this pair was rewarded before on the day; None when that is enough."""
    return pipeline.repeats(rates, days_of(giver), to_ms(event.occurred_at), receiver.user_id)


def award(
    to: WorkingSet,
    profile: Profile,
    stats: list[Stats],
    event: Event,
    source: str,
    *,
    times: int = 1,
    quality: int = USUAL,
    partner: Profile | None = None,
    repeat: int = 0,
    presence: Presence | None = None,
) -> Award | None:
    """What the guild's rules give for ``source``, ``times`` over; where is that of the event, or
    of ``presence``."""
    rates = to.rules.derived(rates_of)
    rate = rates.sources.get(source)
    if rate is None:
        return None
    place = event if presence is None else presence
    deed = Deed(
        source,
        profile.user_id,
        to_ms(event.occurred_at),
        event.source_id,
        days_of(profile),
        times,
        quality,
        place,
        profile.roles,
        None if partner is None else partner.user_id,
        repeat,
        source == RECEIVED
        and rates.burst_reactors > 0
        and isinstance(event, ReactionAdded)
        and event.import_id is None,
    )
    if profile.boosts:
        deed.boosts = boosts.percents(profile.boosts, event)
    if rates.excludes and pipeline.excluded(rates, deed):
        return None
    if source == "message" or rate.cooldown:
        key = source
        if source == "message" and not rates.one_cooldown:
            key = str(event.channel_id or 0)
        if not pacing_of(to, profile.user_id, event).reward(key, deed.now, rate.cooldown):
            return None
    given = pipeline.award(rates, rate, deed)
    if given is not None:
        gain(to, profile, stats, event, source, given, place.channel_id)
    return given


def gain(
    to: WorkingSet,
    profile: Profile,
    stats: list[Stats],
    event: Event,
    source: str,
    given: Award,
    channel_id: int | None = None,
    written: datetime | None = None,
    *,
    daily: bool = True,
) -> None:
    """Move the member's points and write the line that says why; on the boards of days (unless
    not ``daily``) they count on that of the event, or of what it is about, which was ``written``
    before."""
    before = profile.level
    profile.xp += given.xp
    profile.stars += given.stars
    profile.xp_at = to.position
    profile.level = curve_of(to.rules).level_of(profile.xp - profile.prestige_xp)
    for row in stats:
        row.xp += given.xp
        row.stars += given.stars
        row.xp_at = row.stars_at = to.position
    if daily:
        day = to.rules.seasons.day_of(written or event.occurred_at)
        to.add(DAYS, (profile.user_id, day), xp=given.xp, stars=given.stars)
    to.write(
        ACTIVITY,
        Activity(
            position=to.position,
            line=to.next_line(ACTIVITY),
            user_id=profile.user_id,
            source=source,
            xp=given.xp,
            stars=given.stars,
            level_from=before,
            level_to=profile.level,
            channel_id=channel_id or event.channel_id,
            occurred_at=event.occurred_at,
            factors=given.factors,
        ),
    )
