"""Posts one message, unless it is there already.

Discord knows a nonce for some minutes: the same message sent twice within those is one. After them
its place is searched for it first; where that cannot be done, it is not sent again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import discord

from bot.failures import Failure, failure_of

NONCE_KNOWN: Final = timedelta(minutes=1)
"""How long Discord surely knows a nonce."""
SEARCHED: Final = 500
"""Messages of a place among which one is looked for."""
NEAR: Final = 50
"""Messages after an interaction among which the reply to it is looked for."""
SKEW: Final = timedelta(minutes=5)
"""By how much our clock may be ahead of Discord's."""
GONE: Final = Failure("refused", "the channel is no more, or is not shown to me")
LEFT: Final = Failure("impossible", "the member is no more")
UNKNOWN: Final = Failure("unanswered", "no answer, the members are not known yet")
UNSURE: Final = Failure("impossible", "it may have got there, and I may not look")


@dataclass(frozen=True, slots=True)
class Post:
    """A message: what is sent, how Discord and we know it again, since when it may be there, and
    the interaction whose message it answers and ends."""

    embed: discord.Embed
    mark: str
    nonce: str
    mentioned: Sequence[int] = ()
    content: str | None = None
    in_doubt_since: datetime | None = None
    began_id: int | None = None
    ended: discord.Embed | None = None
    """What the message that it answers is to show from now on."""


@dataclass(slots=True)
class Outcome:
    """Why a message is not there (None: it is), and since when it may be."""

    failure: Failure | None = None
    in_doubt_since: datetime | None = None


def nonce(guild_id: int, batch: int) -> str:
    """What Discord knows a message by, of at most 25 characters: made of its first event's place in
    the log, so that it is the same however often it is sent."""
    return hashlib.sha256(f"{guild_id}:{batch}".encode()).hexdigest()[:24]


async def post(
    guild: discord.Guild, channel_id: int | None, user_id: int | None, what: Post, now: datetime
) -> Outcome:
    """Send a message to a channel or, without one, to a member. Raises nothing of Discord's."""
    outcome = Outcome(in_doubt_since=what.in_doubt_since)

    async def act() -> None:
        place = await _place(guild, channel_id, user_id)
        if isinstance(place, Failure):
            outcome.failure = place
        else:
            outcome.failure = await _post(guild, place, what, now, outcome)

    failure = await failure_of(act)
    outcome.failure = failure or outcome.failure
    return outcome


async def _post(
    guild: discord.Guild,
    place: discord.abc.Messageable,
    what: Post,
    now: datetime,
    outcome: Outcome,
) -> Failure | None:
    """Send it, unless it is there; tells on the way what ``outcome`` would be."""
    looks = _may_look(guild, place)
    if what.in_doubt_since is not None:
        if looks and await _is_there(guild, place, what, what.in_doubt_since):
            return None
        if not looks and now - what.in_doubt_since > NONCE_KNOWN:
            return UNSURE
    shown = await _shown(guild, place, what.began_id) if looks and what.began_id else None
    if shown is not None and shown.components:
        await shown.edit(embed=what.ended, view=None)
    outcome.in_doubt_since = what.in_doubt_since or now

    async def send() -> None:
        await place.send(
            content=what.content,
            embed=what.embed,
            nonce=what.nonce,
            reference=shown.to_reference(fail_if_not_exists=False) if shown else None,  # type: ignore[arg-type]
            allowed_mentions=discord.AllowedMentions(
                everyone=False,
                roles=False,
                replied_user=False,
                users=[discord.Object(user_id) for user_id in what.mentioned],
            ),
        )

    failure = await failure_of(send)
    if failure is None or failure.kind != "unanswered":
        outcome.in_doubt_since = None
    return failure


async def _place(
    guild: discord.Guild, channel_id: int | None, user_id: int | None
) -> discord.abc.Messageable | Failure:
    if channel_id is not None:
        channel = guild.get_channel_or_thread(channel_id)
        return channel if isinstance(channel, discord.abc.Messageable) else GONE
    member = guild.get_member(user_id or 0)
    if member is None:
        return LEFT if guild.chunked else UNKNOWN
    return await member.create_dm()


def _may_look(guild: discord.Guild, place: discord.abc.Messageable) -> bool:
    """Whether we may read what was written there."""
    if isinstance(place, discord.abc.GuildChannel | discord.Thread):
        return place.permissions_for(guild.me).read_message_history
    return True


async def _is_there(
    guild: discord.Guild, place: discord.abc.Messageable, what: Post, since: datetime
) -> bool:
    """Whether a message that was tried before has got there after all: its footer names its
    place in the log."""
    async for one in place.history(limit=SEARCHED, after=since - SKEW):
        marks = [embed.footer.text or "" for embed in one.embeds]
        if one.author.id == guild.me.id and any(what.mark in mark for mark in marks):
            return True
    return False


async def _shown(
    guild: discord.Guild, place: discord.abc.Messageable, began_id: int
) -> discord.Message | None:
    """Our reply to the interaction with which it began: among the first messages after it."""
    async for message in place.history(limit=NEAR, after=discord.Object(began_id)):
        asked = message.interaction_metadata
        if message.author.id == guild.me.id and asked is not None and asked.id == began_id:
            return message
    return None


def marked(embed: discord.Embed, batch: int, told: str | None) -> tuple[discord.Embed, str]:
    """The embed with its place in the log in its footer, and that mark."""
    mark = f"#{batch} in the server's log"
    words = [word for word in (embed.footer.text, mark, told) if word]
    embed.set_footer(text=" \N{MIDDLE DOT} ".join(words))
    return embed, mark
