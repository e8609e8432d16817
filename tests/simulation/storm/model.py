"""What must be so when everything is quiet again: Discord's truth against what the program made.

The bot may not know what no one can know: what happened and was undone while it was blind, inside
a gap that it has itself recorded. Each excuse stands here with its reason; there are no others.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot import look
from bot.gateway.gaps import SECONDS
from events.engine.snowflake import to_ms
from events.gaps import GapRecorded
from events.members import MemberJoined, MemberLeft, MemberUpdated
from events.messages import MessageCreated
from events.reactions import ReactionAdded, ReactionRemoved, ReactionsCleared
from events.voice import VoiceJoined, VoiceLeft, VoiceMoved, VoiceStateChanged
from tests.simulation.books import Books
from tests.simulation.storm.town import Happening, Quarter, Town
from tests.simulation.truth import Lie, check_act
from tests.support.discord.interactions import Asked

LATE_MS: Final = 2500
"""By so much a busy machine may hear of something after it happened."""
PUNCTUAL_MS: Final = 1500
"""By so much a stay in voice may be longer for who hears of it late."""
UNSURE: Final = "Look whether it was done"


@dataclass(frozen=True, slots=True)
class Gap:
    """A window in which the bot was blind."""

    began_ms: int
    ended_ms: int
    cause: str

    def holds(self, at_ms: int) -> bool:
        """Whether it was blind then; the bot's clock is read a moment after Discord's."""
        return self.began_ms - LATE_MS <= at_ms <= self.ended_ms + LATE_MS


class Model:
    """One town's truth, and the books of its servers."""

    def __init__(
        self,
        town: Town,
        books: dict[int, Books],
        in_voice: dict[int, dict[int, int]],
        *,
        stalled_ms: int,
        overlapping: bool,
    ) -> None:
        """``books`` are of all guilds, at rest; ``in_voice`` how many seconds in voice each member
        of each guild has been paid for; ``stalled_ms`` how long the machine stood still at most:
        who comes and goes in voice is told when it is heard of. ``overlapping``: two bots were at
        work for a moment, and each was asked the same. One that cannot reach the records says so,
        whatever the other has done."""
        self.town = town
        self.stalled_ms = stalled_ms
        self.overlapping = overlapping
        self.in_voice = in_voice
        self.books = books
        self.gaps = {guild_id: list(_gaps(own)) for guild_id, own in books.items()}

    def skipped(self, guild_id: int, at_ms: int) -> bool:
        """Whether Discord left something out then, in a session that went on."""
        return any(gap.cause == "dispatch" and gap.holds(at_ms) for gap in self.gaps[guild_id])

    def seen(self, guild_id: int, began_ms: int, ended_ms: int) -> int:
        """How many milliseconds of a span may have been seen."""
        left = ended_ms - began_ms
        for gap in self.gaps.get(guild_id, []):  # it begins with the last note, not with the end
            blind_ms = gap.began_ms + round(1000 * SECONDS)
            left -= max(0, min(ended_ms, gap.ended_ms) - max(began_ms, blind_ms))
        return left

    def faults(self) -> Iterator[str]:
        """Everything that is not as it must be."""
        for quarter in self.town.quarters:
            name = quarter.guild.name
            own = self.books.get(quarter.guild.id, Books())
            for check in (_told, _invented, _reactions, _voices, _stays, _members, _effects):
                yield from (f"{name}: {fault}" for fault in check(self, quarter, own))
        for asked in self.town.asked:
            own = self.books.get(asked.member.guild.id, Books())
            yield from (f"{asked.name} {asked.id}: {fault}" for fault in _answer(self, asked, own))


def _gaps(own: Books) -> Iterator[Gap]:
    for event in own.events.values():
        if isinstance(event, GapRecorded):
            yield Gap(event.began_ms, event.ended_ms, event.cause)


def _told(model: Model, quarter: Quarter, own: Books) -> Iterator[str]:
    """What Discord tells once is in the log (once, as its key is unique there)."""
    for one in model.town.happened:
        if one.guild_id != quarter.guild.id or own.position_of.keys() & _keys(model, one):
            continue
        if not _excused(model, quarter, one):
            yield f"lost: {one.key} of {one.at_ms}; gaps {model.gaps[one.guild_id]}"


def _keys(model: Model, one: Happening) -> set[str]:
    """Under which keys it may stand: of two bots the next may not have heard of the join when it
    hears of the leave, which then ends a membership of which nothing is known."""
    user_id, kind, *_ = one.key.split(":")
    unknown = {f"{user_id}:{kind}:0"} if model.overlapping and kind == "member_leave" else set()
    return {one.key} | unknown


def _excused(model: Model, quarter: Quarter, one: Happening) -> bool:
    """Only what happened inside a gap, and only if Discord does not tell of it afterwards: that a
    message was deleted, how it read between two edits, who came and went, and a message itself that
    was deleted before its history was fetched."""
    gaps = [gap for gap in model.gaps[one.guild_id] if gap.holds(one.at_ms)]
    if not gaps:
        return False
    kind = one.key.split(":")[1]
    if kind == "thread_create":
        return False
    if kind == "member_join":
        return int(one.key.split(":")[0]) not in quarter.guild.members
    if one.message is None:
        return True
    gone = one.message.id not in one.message.channel.messages
    if kind == "message_edit":
        newest = one.message.edited_at is not None and one.key.endswith(
            str(to_ms(one.message.edited_at))
        )
        return gone or not newest
    return gone


def _invented(model: Model, quarter: Quarter, own: Books) -> Iterator[str]:
    """There is no message in the log that nobody wrote."""
    known = set(model.town.said)
    for channel in (*quarter.guild.channels.values(), *quarter.guild.threads.values()):
        known |= set(channel.messages)
    for event in own.events.values():
        if isinstance(event, MessageCreated) and event.message_id not in known:
            yield f"nobody wrote {event.source_id}"


def _reactions(model: Model, quarter: Quarter, own: Books) -> Iterator[str]:
    """Who reacts to what is as in Discord, and no reaction was counted more often than given."""
    shown: dict[tuple[int, str, int], bool] = {}
    given: Counter[tuple[int, str, int]] = Counter()
    for event in own.events.values():
        match event:
            case ReactionAdded() | ReactionRemoved():
                key = event.message_id, event.emoji, event.user_id or 0
                shown[key] = isinstance(event, ReactionAdded)
                given[key] += shown[key]
            case ReactionsCleared():
                for key in shown:
                    if key[0] == event.message_id and event.emoji in (None, key[1]):
                        shown[key] = False
    for message in quarter.messages:
        for key, toggles in model.town.toggled.items():
            if key[0] != message.id:
                continue
            on = toggles[-1][1]
            if shown.get(key, False) != on:
                yield f"reaction {key} is {'on' if on else 'off'} in Discord: {toggles}"
            if given[key] > sum(was_on for _, was_on in toggles):
                yield f"reaction {key} was counted {given[key]} times: {toggles}"


def _voices(model: Model, quarter: Quarter, own: Books) -> Iterator[str]:
    """Whoever is in voice is where they are in Discord. Who is there cannot be asked for: one whose
    coming or going was skipped in a session that went on is known again when they next move."""
    known: dict[int, int | None] = {}
    told: dict[int, list[str]] = defaultdict(list)
    for event in own.events.values():
        match event:
            case VoiceJoined() | VoiceMoved() | VoiceStateChanged():
                known[event.user_id or 0] = event.channel_id
            case VoiceLeft():
                known.pop(event.user_id or 0, None)
            case _:
                continue
        told[event.user_id or 0].append(f"{event.source_id} at {to_ms(event.occurred_at)}")
    real = {u: v.channel.id for u, v in quarter.guild.voices.items() if v.channel is not None}
    guild_id = quarter.guild.id
    for user_id in known.keys() | real.keys():
        skipped = model.skipped(guild_id, model.town.moved.get((guild_id, user_id), 0))
        if known.get(user_id) != real.get(user_id) and not skipped:
            yield (
                f"{user_id} is in voice channel {real.get(user_id)}, the log says "
                f"{known.get(user_id)}: {told[user_id]}; really {_spent(model, guild_id, user_id)};"
                f" gaps {model.gaps[guild_id]}"
            )


def _spent(model: Model, guild_id: int, user_id: int) -> list[tuple[int, int | None]]:
    """From when to when a member was in voice."""
    return [
        (stay.entered_ms, stay.left_ms)
        for stay in model.town.stays
        if (stay.guild_id, stay.user_id) == (guild_id, user_id)
    ]


def _stays(model: Model, quarter: Quarter, own: Books) -> Iterator[str]:
    """No time in voice is counted that was not spent there, and none is paid that fell into a
    gap."""
    real: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for stay in model.town.stays:
        if stay.guild_id == quarter.guild.id:
            real[stay.user_id].append((stay.entered_ms, stay.left_ms or model.town.now_ms()))
    began: dict[int, int] = {}
    for event in own.events.values():
        at_ms, user_id = to_ms(event.occurred_at), event.user_id or 0
        if isinstance(event, VoiceJoined):
            began[user_id] = at_ms
        elif isinstance(event, VoiceLeft) and user_id in began:
            span = began.pop(user_id), at_ms
            late = LATE_MS + model.stalled_ms
            if not any(
                model.seen(quarter.guild.id, span[0], a) <= late
                and model.seen(quarter.guild.id, b, span[1]) <= late
                for a, b in real[user_id]
            ):  # what falls into a gap is paid to nobody
                yield f"{user_id} is said to be in voice {span}, but was {real[user_id]}"
    for user_id, paid in model.in_voice.get(quarter.guild.id, {}).items():
        seen = sum(model.seen(quarter.guild.id, *span) for span in real[user_id])
        if 1000 * paid > seen + (PUNCTUAL_MS + model.stalled_ms) * len(real[user_id]):
            yield f"{user_id} is paid for {paid} s in voice, of {seen} ms: {real[user_id]}"


def _members(model: Model, quarter: Quarter, own: Books) -> Iterator[str]:
    """Who is a member, and with which roles, is as in Discord where anything was said of it."""
    here: dict[int, bool] = {}
    roles: dict[int, set[int]] = {}
    for event in own.events.values():
        match event:
            case MemberJoined():
                here[event.user_id or 0] = True
                roles.pop(event.user_id or 0, None)
            case MemberLeft():
                here[event.user_id or 0] = False
            case MemberUpdated():
                roles[event.user_id or 0] = set(event.roles)
    members = quarter.guild.members
    for user_id, is_here in here.items():
        if is_here != (user_id in members):
            yield f"member {user_id} is {'here' if is_here else 'gone'} by the log only"
    for user_id, known in roles.items():
        if user_id in members and known != members[user_id].roles:
            yield f"member {user_id} has {members[user_id].roles}, the log says {known}"


def _effects(model: Model, quarter: Quarter, own: Books) -> Iterator[str]:
    """Each notice is told once."""
    told = Counter(
        embed["footer"]["text"]
        for message in quarter.news.messages.values()
        for embed in message.embeds
    )
    yield from (f"told {times} times: {what}" for what, times in told.items() if times > 1)


def _answer(model: Model, asked: Asked, own: Books) -> Iterator[str]:
    """What was answered is so: success has its facts, a refusal has none, and what was not answered
    is done whole or not at all."""
    facts = own.caused(asked.id)
    used = own.used.get(asked.id)
    if asked.shown is None or not asked.shown.embeds:
        return
    shown, colour = asked.shown, asked.shown.embeds[0].get("color")
    if colour == look.RED.value:
        if facts and UNSURE not in shown.text and not model.overlapping:
            yield f"it was done ({facts}), the member was told: {shown.text}"
        return
    if used is None and asked.name in RECORDED:
        yield f"answered but not recorded: {shown.text}"
    if colour == look.GREY.value and facts:
        yield f"refused, but done ({facts}): {shown.text}"
    try:
        check_act(asked.history[-1], facts, own, own.head)
    except Lie as lie:
        yield f"a lie: {lie}"


RECORDED: Final = ("daily", "weekly", "pay", "bank deposit", "bank withdraw")
"""Commands that act at once: their interaction is recorded in the same transaction."""
