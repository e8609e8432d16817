"""Profiles, statistics and the reason for each point: three tables, one fold.

XP, stars and statistics are written together with the line in ``activity_log`` that explains
them, so the number shown is always the sum of its reasons. The rates come from the guild's
settings (``events/areas``); how an award is made of them is in ``projections/points/pipeline.py``.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from events.boosts import BoostStarted
from events.engine.catalogue import event_types
from events.engine.event import Event
from events.engine.snowflake import created_at, to_ms
from events.interactions import InteractionUsed
from events.members import MemberJoined, MemberLeft, MemberUpdated
from events.messages import MessageCreated, MessageDeleted
from events.points import CarriesPoints
from events.reactions import ReactionAdded, ReactionsTallied
from events.threads import ThreadCreated
from events.voice import VoiceJoined, VoiceLeft, VoiceMoved, VoiceStateChanged
from projections.engine.read_model import ReadModel, WorkingSet
from projections.points import boosts, pipeline, voice
from projections.points.levels import curve_of
from projections.points.pacing import Pacing
from projections.points.pipeline import USUAL, Award, Deed
from projections.points.quality import quality
from projections.points.rates import Rates, rates_of
from projections.points.voice import Presence
from sql.rows import Table

LIFETIME = 0
"""The season number of the row that counts everything."""

REWARDED_MESSAGES = frozenset({0, 19, 20})
"""Discord's types for what a member writes: default, reply, answer to a slash command."""

RECEIVED = "reaction_received"

SERVER_BOOSTS = frozenset({8, 9, 10, 11})
"""Discord's types for what it writes itself when a member boosts the server."""


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


PROFILES = Table("profiles", Profile, "state", key=("user_id",), member="user_id")
STATS = Table("user_stats", Stats, "state", key=("user_id", "season"), member="user_id")
ACTIVITY = Table("activity_log", Activity, "journal", key=("position", "line"))
PACING = Table("pacing", Pacing, "state", key=("user_id", "sequence"), member="user_id")
PRESENCE = Table(
    "voice_presence", Presence, "state", key=("user_id",), member="user_id", also="channel_id"
)

READ_MODEL = ReadModel("profiles", version=5, tables=(PRESENCE, PROFILES, STATS, ACTIVITY, PACING))


@READ_MODEL.also_about(VoiceJoined, VoiceLeft, VoiceMoved, VoiceStateChanged)
def occupants(to: WorkingSet) -> list[int]:
    """Whoever is in voice may be rewarded when somebody else comes or goes."""
    return [presence.user_id for presence in to.all(PRESENCE)]


@READ_MODEL.on(MessageCreated)
def message(event: MessageCreated, to: WorkingSet) -> None:
    """A message counts; it is rewarded unless the member was rewarded here a moment ago."""
    profile = _profile(to, event.user_id)
    profile.is_bot = event.is_bot
    if _is_newest_of(profile, event):
        profile.name, profile.avatar = event.name, event.avatar
    if event.import_id is None:
        profile.present = True
    if event.message_type not in REWARDED_MESSAGES:
        if event.message_type in SERVER_BOOSTS:
            _award(to, profile, _stats(to, profile.user_id, event), event, "server_boost")
        return
    _seen(profile, event)
    stats = _stats(to, profile.user_id, event)
    for row in stats:
        row.messages += 1
        row.messages_at = to.position
    if event.is_bot:
        return
    rates = to.rules.derived(rates_of)
    worth = USUAL if event.emoji is None else quality(event, rates.quality)
    gains = [_award(to, profile, stats, event, "message", quality=worth)]
    if event.target_id is not None and event.target_id != event.user_id:
        gains.append(_answered(event, to, rates, profile))
    if event.import_id is None and any(gains):
        brought = [n for gain in gains for n in ((gain.xp, gain.stars) if gain else (0, 0))]
        _pacing(to, profile.user_id, event).brought(event.message_id, brought)


def _answered(event: MessageCreated, to: WorkingSet, rates: Rates, author: Profile) -> Award | None:
    """The member whose message was answered gains, as often as the pair may."""
    target = _profile(to, event.target_id)
    repeat = None if target.is_bot else _repeat(rates, event, author, target)
    if repeat is None:
        return None
    stats = _stats(to, target.user_id, event)
    return _award(to, target, stats, event, "reply_received", partner=author, repeat=repeat)


@READ_MODEL.on(MessageDeleted)
def deleted(event: MessageDeleted, to: WorkingSet) -> None:
    """What the message brought is taken back, in the season in which it was written."""
    pacing = to.get(PACING, event.target_id, "")
    gains = None if pacing is None else pacing.take_back(event.message_id)
    if pacing is None or gains is None:
        return
    to.put(PACING, pacing)
    factors = {"message": event.message_id}
    for user_id, xp, stars in zip(
        (event.target_id, event.answered_id), gains[::2], gains[1::2], strict=False
    ):
        if user_id is not None and (xp or stars):
            profile = _profile(to, user_id)
            taken = Award(-min(xp, profile.xp), -min(stars, profile.stars), factors)
            stats = _stats(to, user_id, event, written=created_at(event.message_id))
            _gain(to, profile, stats, event, "message_deleted", taken)


def _is_newest_of(profile: Profile, event: MessageCreated) -> bool:
    """Whether the member goes by the name in ``event`` now: an import tells of old names too."""
    if event.import_id is None or profile.name is None or profile.last_seen is None:
        return True
    return event.occurred_at >= profile.last_seen


@READ_MODEL.on(ReactionAdded)
def reaction(event: ReactionAdded, to: WorkingSet) -> None:
    """The first time a member reacts to somebody else's message with an emoji, both gain."""
    giver = _profile(to, event.user_id)
    giver.is_bot = giver.is_bot or event.is_bot
    if event.ordinal != 1 or giver.is_bot or event.user_id == event.target_id:
        return
    if event.import_id is None:
        _seen(giver, event)
    rates, target = to.rules.derived(rates_of), None
    repeat: int | None = 0
    if event.target_id is not None:
        target = _profile(to, event.target_id)
        repeat = _repeat(rates, event, giver, target)
    stats = _stats(to, giver.user_id, event)
    for row in stats:
        row.reactions_given += 1
    if repeat is not None:
        _award(to, giver, stats, event, "reaction_given", partner=target, repeat=repeat)
    if target is not None:
        _received(event, to, target, giver, repeat)


@READ_MODEL.on(ReactionsTallied)
def tally(event: ReactionsTallied, to: WorkingSet) -> None:
    """Reactions whose givers an export does not name count for the receiver only."""
    if event.target_id is not None and event.count > 0:
        _received(event, to, _profile(to, event.target_id), None, 0, event.count)


def _received(
    event: Event,
    to: WorkingSet,
    receiver: Profile,
    giver: Profile | None,
    repeat: int | None,
    count: int = 1,
) -> None:
    stats = _stats(to, receiver.user_id, event)
    for row in stats:
        row.reactions_received += count
    if not receiver.is_bot and repeat is not None:
        _award(
            to,
            receiver,
            stats,
            event,
            RECEIVED,
            times=count,
            partner=giver,
            repeat=repeat,
        )


def _repeat(rates: Rates, event: Event, giver: Profile, receiver: Profile) -> int | None:
    """How often this pair was rewarded before on the day; None when that is enough."""
    return pipeline.repeats(rates, _days(giver), to_ms(event.occurred_at), receiver.user_id)


@READ_MODEL.on(ThreadCreated)
def thread(event: ThreadCreated, to: WorkingSet) -> None:
    """Opening a thread or a forum post."""
    profile = _profile(to, event.user_id)
    _seen(profile, event)
    stats = _stats(to, profile.user_id, event)
    for row in stats:
        row.threads += 1
    if not (event.is_bot or profile.is_bot):
        _award(to, profile, stats, event, "forum_post" if event.forum else "thread")


@READ_MODEL.on(VoiceJoined, VoiceLeft, VoiceMoved, VoiceStateChanged)
def voice_changed(event: voice.VoiceEvent, to: WorkingSet) -> None:
    """Settle the time of everybody in the channels concerned, then take the change in."""
    own = _profile(to, event.user_id)
    own.is_bot = own.is_bot or event.is_bot
    _seen(own, event)
    for presence, seconds in voice.settle(to.all(PRESENCE), event):
        to.put(PRESENCE, presence)
        if seconds:
            _in_company(event, to, _profile(to, presence.user_id), presence, seconds)
    to.put(PRESENCE, voice.after(to.get(PRESENCE, event.user_id), event, is_bot=own.is_bot))


def _in_company(
    event: Event, to: WorkingSet, profile: Profile, presence: Presence, seconds: int
) -> None:
    stats = _stats(to, profile.user_id, event)
    for row in stats:
        row.voice_seconds += seconds
        row.voice_at = to.position
    period = 60 * to.rules.number("voice_minutes")
    periods, profile.voice_carry = divmod(profile.voice_carry + seconds, period)
    if periods:
        _award(to, profile, stats, event, "voice", times=periods, presence=presence)


@READ_MODEL.on(BoostStarted)
def boosted(event: BoostStarted, to: WorkingSet) -> None:
    """From now on, and for a time, the member earns more."""
    profile = _profile(to, event.user_id)
    known = profile.boosts or {}
    profile.boosts = {**known, event.what: boosts.newest(known.get(event.what), event)}


@READ_MODEL.on(*(cls for cls in event_types().values() if issubclass(cls, CarriesPoints)))
def carried(event: CarriesPoints, to: WorkingSet) -> None:
    """A fact says itself how many points somebody gets: by hand, for a badge, for a quest."""
    if event.receiver is None:
        return
    profile = _profile(to, event.receiver)
    source = event.points_source
    award = Award(event.xp, event.stars, event.points_factors())
    rate = to.rules.derived(rates_of).carried.get(source)
    if rate is not None:
        deed = Deed(source, profile.user_id, to_ms(event.occurred_at), "", _days(profile))
        award = pipeline.carried(to.rules.derived(rates_of), rate, deed, award)
    if award.xp or award.stars:
        _gain(to, profile, _stats(to, profile.user_id, event), event, source, award)


@READ_MODEL.on(MemberJoined, MemberUpdated)
def known(event: MemberJoined | MemberUpdated, to: WorkingSet) -> None:
    """Discord told us who somebody is."""
    profile = _profile(to, event.user_id)
    nick = event.nick if isinstance(event, MemberUpdated) else None
    profile.name, profile.avatar, profile.is_bot = nick or event.name, event.avatar, event.is_bot
    profile.present = True
    profile.roles = (event.roles or None) if isinstance(event, MemberUpdated) else None


@READ_MODEL.on(MemberLeft)
def left(event: MemberLeft, to: WorkingSet) -> None:
    """Somebody left: nothing is lost, but boards do not show them."""
    _profile(to, event.user_id).present = False


@READ_MODEL.on(InteractionUsed)
def interacted(event: InteractionUsed, to: WorkingSet) -> None:
    """Using a command is being here."""
    _seen(_profile(to, event.user_id), event)


def _profile(to: WorkingSet, user_id: int | None) -> Profile:
    """The member's profile, made if need be; it will be written."""
    profile = to.get(PROFILES, user_id) or Profile(user_id or 0)
    to.put(PROFILES, profile)
    return profile


def _stats(
    to: WorkingSet, user_id: int, event: Event, written: datetime | None = None
) -> list[Stats]:
    """The rows that ``event`` counts in: lifetime, and the season it belongs to (or, for what is
    about something ``written`` before, that one)."""
    season = to.rules.season_of(written or event.occurred_at)
    rows = []
    for number in (LIFETIME,) if season is None else (LIFETIME, season):
        row = to.get(STATS, user_id, number) or Stats(user_id, number)
        to.put(STATS, row)
        rows.append(row)
    return rows


def _seen(profile: Profile, event: Event) -> None:
    """The member did something: last seen, and the streak of active days (UTC)."""
    if profile.last_seen is None or event.occurred_at > profile.last_seen:
        profile.last_seen = event.occurred_at
    today, last = event.occurred_at.date(), profile.active_on
    if last is not None and today <= last:
        return
    profile.streak = profile.streak + 1 if last and (today - last).days == 1 else 1
    profile.longest_streak = max(profile.longest_streak, profile.streak)
    profile.active_on = today


def _days(profile: Profile) -> dict[str, Any]:
    """What limits know of the member's days, to be changed in place."""
    if profile.days is None:
        profile.days = {}
    return profile.days


def _pacing(to: WorkingSet, user_id: int, event: Event) -> Pacing:
    """When the member was last rewarded, by event time; an import is a sequence of its own, so it
    neither meets the cool-down of what is live nor causes one. It will be written."""
    sequence: str = getattr(event, "import_id", None) or ""
    pacing = to.get(PACING, user_id, sequence) or Pacing(user_id, sequence)
    to.put(PACING, pacing)
    return pacing


def _award(
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
        _days(profile),
        times,
        quality,
        place,
        profile.roles,
        None if partner is None else partner.user_id,
        repeat,
        isinstance(event, ReactionAdded) and event.import_id is None and source == RECEIVED,
    )
    if profile.boosts:
        deed.boosts = boosts.percents(profile.boosts, event)
    if rates.excludes and pipeline.excluded(rates, deed):
        return None
    if source == "message" or rate.cooldown:
        key = str(event.channel_id or 0) if source == "message" else source
        if not _pacing(to, profile.user_id, event).reward(key, deed.now, rate.cooldown):
            return None
    award = pipeline.award(rates, rate, deed)
    if award is not None:
        _gain(to, profile, stats, event, source, award, place.channel_id)
    return award


def _gain(
    to: WorkingSet,
    profile: Profile,
    stats: list[Stats],
    event: Event,
    source: str,
    award: Award,
    channel_id: int | None = None,
) -> None:
    """Move the member's points and write the line that says why."""
    before = profile.level
    profile.xp += award.xp
    profile.stars += award.stars
    profile.xp_at = to.position
    profile.level = curve_of(to.rules).level_of(profile.xp)
    for row in stats:
        row.xp += award.xp
        row.stars += award.stars
        row.xp_at = row.stars_at = to.position
    to.write(
        ACTIVITY,
        Activity(
            position=to.position,
            line=to.next_line(ACTIVITY),
            user_id=profile.user_id,
            source=source,
            xp=award.xp,
            stars=award.stars,
            level_from=before,
            level_to=profile.level,
            channel_id=channel_id or event.channel_id,
            occurred_at=event.occurred_at,
            factors=award.factors,
        ),
    )
