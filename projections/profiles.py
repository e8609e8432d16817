"""Profiles, statistics and the reason for each point: three tables, one fold.

XP, stars and statistics are written together with the line in ``activity_log`` that explains
them, so the number shown is always the sum of its reasons. The rates come from the guild's
settings (``events/areas``); how an award is made of them is in ``projections/points/pipeline.py``.
"""

from events.badges import BadgeEarned, BadgeGiven
from events.boosts import BoostStarted
from events.engine.catalogue import event_types
from events.engine.event import Event
from events.engine.snowflake import created_at, to_ms
from events.gaps import GapRecorded
from events.interactions import InteractionUsed
from events.members import MemberJoined, MemberLeft, MemberUpdated
from events.messages import MessageCreated, MessageDeleted
from events.points import CarriesPoints
from events.polls import PollVoted
from events.prestige import PrestigeTaken
from events.reactions import ReactionAdded, ReactionsTallied
from events.scheduled_events import ScheduledEventEnded, ScheduledEventStarted
from events.threads import ThreadCreated
from events.voice import VoiceJoined, VoiceLeft, VoiceMoved, VoiceStateChanged
from events.xp_decay import XpDecayed, XpRestored
from projections.engine.read_model import ReadModel, WorkingSet
from projections.points import boosts, pipeline, voice
from projections.points.active import blind, seen
from projections.points.awarding import (
    RECEIVED,
    award,
    count_today,
    days_of,
    gain,
    pacing_of,
    profile_of,
    repeats,
    stats_of,
)
from projections.points.pipeline import USUAL, Award, Deed
from projections.points.quality import quality
from projections.points.rates import Rates, rates_of
from projections.points.rows import (
    ACTIVITY,
    BLIND_DAYS,
    DAYS,
    PACING,
    PRESENCE,
    PROFILES,
    ROOMS,
    STATS,
    Profile,
)
from projections.points.voice import Presence, Room

REWARDED_MESSAGES = frozenset({0, 19, 20})
"""Discord's types for what a member writes: default, reply, answer to a slash command."""

SERVER_BOOSTS = frozenset({8, 9, 10, 11})
"""Discord's types for what it writes itself when a member boosts the server."""


READ_MODEL = ReadModel(
    "profiles",
    version=12,
    tables=(PRESENCE, PROFILES, STATS, DAYS, ACTIVITY, PACING, ROOMS, BLIND_DAYS),
)


@READ_MODEL.also_about(
    VoiceJoined,
    VoiceLeft,
    VoiceMoved,
    VoiceStateChanged,
    ScheduledEventStarted,
    ScheduledEventEnded,
)
def occupants(to: WorkingSet) -> list[int]:
    """Whoever is in voice may be rewarded when somebody else comes or goes."""
    return [presence.user_id for presence in to.all(PRESENCE)]


@READ_MODEL.on(MessageCreated)
def message(event: MessageCreated, to: WorkingSet) -> None:
    """A message counts; it is rewarded unless the member was rewarded here a moment ago."""
    profile = profile_of(to, event.user_id)
    profile.is_bot = event.is_bot
    if _is_newest_of(profile, event):
        profile.name, profile.avatar = event.name, event.avatar
    if event.import_id is None:
        profile.present = True
    if event.message_type not in REWARDED_MESSAGES:
        if event.message_type in SERVER_BOOSTS:
            award(to, profile, stats_of(to, profile.user_id, event), event, "server_boost")
        return
    seen(to, profile, event)
    stats = stats_of(to, profile.user_id, event)
    for row in stats:
        row.messages += 1
        row.messages_at = to.position
    count_today(to, profile.user_id, event, messages=1)
    if event.is_bot:
        return
    rates = to.rules.derived(rates_of)
    worth = USUAL if event.emoji is None else quality(event, rates.quality)
    gains = [award(to, profile, stats, event, "message", quality=worth)]
    if event.target_id is not None and event.target_id != event.user_id:
        gains.append(_answered(event, to, rates, profile))
    if event.import_id is None and any(gains):
        brought = [n for gain in gains for n in ((gain.xp, gain.stars) if gain else (0, 0))]
        pacing_of(to, profile.user_id, event).brought(event.message_id, brought)


def _answered(event: MessageCreated, to: WorkingSet, rates: Rates, author: Profile) -> Award | None:
    """The member whose message was answered gains, as often as the pair may."""
    target = profile_of(to, event.target_id)
    repeat = None if target.is_bot else repeats(rates, event, author, target)
    if repeat is None:
        return None
    stats = stats_of(to, target.user_id, event)
    return award(to, target, stats, event, "reply_received", partner=author, repeat=repeat)


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
            profile = profile_of(to, user_id)
            held = max(0, profile.xp), max(0, profile.stars)
            taken = Award(-min(xp, held[0]), -min(stars, held[1]), factors)
            written = created_at(event.message_id)
            stats = stats_of(to, user_id, event, written=written)
            gain(to, profile, stats, event, "message_deleted", taken, written=written)


def _is_newest_of(profile: Profile, event: MessageCreated) -> bool:
    """Whether the member goes by the name in ``event`` now: an import tells of old names too."""
    if event.import_id is None or profile.name is None or profile.last_seen is None:
        return True
    return event.occurred_at >= profile.last_seen


@READ_MODEL.on(ReactionAdded)
def reaction(event: ReactionAdded, to: WorkingSet) -> None:
    """The first time a member reacts to somebody else's message with an emoji, both gain."""
    giver = profile_of(to, event.user_id)
    giver.is_bot = giver.is_bot or event.is_bot
    if event.ordinal != 1 or giver.is_bot or event.user_id == event.target_id:
        return
    if event.import_id is None:
        seen(to, giver, event)
    rates, target = to.rules.derived(rates_of), None
    repeat: int | None = 0
    if event.target_id is not None:
        target = profile_of(to, event.target_id)
        repeat = repeats(rates, event, giver, target)
    stats = stats_of(to, giver.user_id, event)
    for row in stats:
        row.reactions_given += 1
    if repeat is not None:
        award(to, giver, stats, event, "reaction_given", partner=target, repeat=repeat)
    if target is not None:
        _received(event, to, target, giver, repeat)


@READ_MODEL.on(ReactionsTallied)
def tally(event: ReactionsTallied, to: WorkingSet) -> None:
    """Reactions whose givers an export does not name count for the receiver only."""
    if event.target_id is not None and event.count > 0:
        _received(event, to, profile_of(to, event.target_id), None, 0, event.count)


def _received(
    event: Event,
    to: WorkingSet,
    receiver: Profile,
    giver: Profile | None,
    repeat: int | None,
    count: int = 1,
) -> None:
    stats = stats_of(to, receiver.user_id, event)
    for row in stats:
        row.reactions_received += count
    if not receiver.is_bot and repeat is not None:
        award(
            to,
            receiver,
            stats,
            event,
            RECEIVED,
            times=count,
            partner=giver,
            repeat=repeat,
        )


@READ_MODEL.on(ThreadCreated)
def thread(event: ThreadCreated, to: WorkingSet) -> None:
    """Opening a thread or a forum post."""
    profile = profile_of(to, event.user_id)
    seen(to, profile, event)
    stats = stats_of(to, profile.user_id, event)
    for row in stats:
        row.threads += 1
    if not (event.is_bot or profile.is_bot):
        award(to, profile, stats, event, "forum_post" if event.forum else "thread")


@READ_MODEL.on(PollVoted)
def voted(event: PollVoted, to: WorkingSet) -> None:
    """The first thing that a member does in a poll, if that is a vote."""
    profile = profile_of(to, event.user_id)
    seen(to, profile, event)
    if event.ordinal == 1 and not (event.is_bot or profile.is_bot):
        award(to, profile, stats_of(to, profile.user_id, event), event, "poll_vote")


@READ_MODEL.on(VoiceJoined, VoiceLeft, VoiceMoved, VoiceStateChanged)
def voice_changed(event: voice.VoiceEvent, to: WorkingSet) -> None:
    """Settle the time of everybody in the channels concerned, then take the change in."""
    own = profile_of(to, event.user_id)
    own.is_bot = own.is_bot or event.is_bot
    seen(to, own, event)
    _settle(event, to, voice.channels_of(to.all(PRESENCE), event))
    to.put(PRESENCE, voice.after(to.get(PRESENCE, event.user_id), event, is_bot=own.is_bot))


@READ_MODEL.on(ScheduledEventStarted, ScheduledEventEnded)
def gathered(event: ScheduledEventStarted | ScheduledEventEnded, to: WorkingSet) -> None:
    """A scheduled event begins or ends in a voice channel: from here on whoever is there comes to
    it, or no longer does."""
    if event.channel_id is None:
        return
    _settle(event, to, [event.channel_id])
    gathering = to.position if isinstance(event, ScheduledEventStarted) else None
    to.put(ROOMS, Room(event.channel_id, gathering))


def _settle(event: Event, to: WorkingSet, channels: list[int]) -> None:
    enough = 60 * to.rules.number("attendance_minutes")
    for presence, together, there in voice.settle(to.all(PRESENCE), channels, event.occurred_at):
        to.put(PRESENCE, presence)
        if together:
            _in_company(event, to, profile_of(to, presence.user_id), presence, together)
        room = to.get(ROOMS, presence.channel_id) if there else None
        gathering = None if room is None else room.gathering
        if gathering is not None and presence.attend(gathering, there, enough):
            profile = profile_of(to, presence.user_id)
            stats = stats_of(to, profile.user_id, event)
            award(to, profile, stats, event, "event_attendance", presence=presence)


def _in_company(
    event: Event, to: WorkingSet, profile: Profile, presence: Presence, seconds: int
) -> None:
    stats = stats_of(to, profile.user_id, event)
    for row in stats:
        row.voice_seconds += seconds
        row.voice_at = to.position
    count_today(to, profile.user_id, event, voice_seconds=seconds)
    period = 60 * to.rules.number("voice_minutes")
    periods, profile.voice_carry = divmod(profile.voice_carry + seconds, period)
    if periods:
        award(to, profile, stats, event, "voice", times=periods, presence=presence)


@READ_MODEL.on(BoostStarted)
def boosted(event: BoostStarted, to: WorkingSet) -> None:
    """From now on, and for a time, the member earns more."""
    profile = profile_of(to, event.user_id)
    known = profile.boosts or {}
    profile.boosts = {**known, event.what: boosts.newest(known.get(event.what), event)}


@READ_MODEL.on(*(cls for cls in event_types().values() if issubclass(cls, CarriesPoints)))
def carried(event: CarriesPoints, to: WorkingSet) -> None:
    """A fact says itself how many points somebody gets: by hand, for a badge, for a quest."""
    if event.receiver is None:
        return
    profile = profile_of(to, event.receiver)
    source = event.points_source
    given = Award(event.xp, event.stars, event.points_factors())
    rate = to.rules.derived(rates_of).carried.get(source)
    if rate is not None:
        deed = Deed(source, profile.user_id, to_ms(event.occurred_at), "", days_of(profile))
        given = pipeline.carried(to.rules.derived(rates_of), rate, deed, given)
    if given.xp or given.stars:
        gain(to, profile, stats_of(to, profile.user_id, event), event, source, given)


@READ_MODEL.on(BadgeEarned, BadgeGiven)
def badge(event: BadgeEarned | BadgeGiven, to: WorkingSet) -> None:
    """A badge is worth the same however it came: earned, given, or passed on."""
    given_to = event.target_id if isinstance(event, BadgeGiven) else event.user_id
    if given_to is None or "badge" not in to.rules.derived(rates_of).sources:
        return
    profile = profile_of(to, given_to)
    if not profile.is_bot:
        award(to, profile, stats_of(to, profile.user_id, event), event, "badge")


@READ_MODEL.on(XpDecayed, XpRestored)
def faded(event: XpDecayed | XpRestored, to: WorkingSet) -> None:
    """XP fades while a member is away, or is given back: the lifetime's; no season's, no day's."""
    for share in event.shares:
        profile = profile_of(to, share.user_id)
        there = max(0, profile.xp - profile.prestige_xp)
        xp = -min(share.xp, there) if isinstance(event, XpDecayed) else share.xp
        stats, given = stats_of(to, profile.user_id, None), Award(xp, 0, event.factors())
        gain(to, profile, stats, event, event.event_type, given, daily=False)


@READ_MODEL.on(PrestigeTaken)
def prestige(event: PrestigeTaken, to: WorkingSet) -> None:
    """The level begins again; what was earned stays."""
    profile = profile_of(to, event.user_id)
    profile.prestige, profile.prestige_xp = event.count, profile.xp
    factors = {"prestige": event.count, "level": event.level}
    gain(to, profile, [], event, event.event_type, Award(0, 0, factors), daily=False)


@READ_MODEL.on(MemberJoined, MemberUpdated)
def known(event: MemberJoined | MemberUpdated, to: WorkingSet) -> None:
    """Discord told us who somebody is."""
    profile = profile_of(to, event.user_id)
    nick = event.nick if isinstance(event, MemberUpdated) else None
    profile.name, profile.avatar, profile.is_bot = nick or event.name, event.avatar, event.is_bot
    profile.present = True
    profile.roles = (event.roles or None) if isinstance(event, MemberUpdated) else None


@READ_MODEL.on(MemberLeft)
def left(event: MemberLeft, to: WorkingSet) -> None:
    """Somebody left: nothing is lost, but boards do not show them."""
    profile_of(to, event.user_id).present = False


@READ_MODEL.on(InteractionUsed)
def interacted(event: InteractionUsed, to: WorkingSet) -> None:
    """Using a command is being here."""
    seen(to, profile_of(to, event.user_id), event)


@READ_MODEL.on(GapRecorded)
def blinded(event: GapRecorded, to: WorkingSet) -> None:
    """Nobody is to blame for what was not seen then."""
    blind(to, event)
