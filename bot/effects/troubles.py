"""What keeps effects from being carried out in a guild, each with what to do about it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import discord

from bot import look
from bot.effects import roles
from bot.effects.giving import OBSTACLES, obstacle
from bot.effects.notices import CLOSED
from events.decisions.notices import PREFERENCE
from projections.engine.ruling import rules_now
from sql import checkpoints, effects, notices
from sql.effects import Problem
from sql.pool import Connection
from sql.reads import Row, fetch

READS: Final = ("lent_roles", "role_rewards")
SUBJECTS: Final = {roles.EFFECT: "The roles of <@{}>"}
NEEDED: Final = ("view_channel", "send_messages", "embed_links", "read_message_history")
ADVICE: Final = {
    CLOSED: "They take no direct messages from me; they can choose another way in /preferences. ",
    "status 403, code 50001": "I cannot see that channel: let me, or pick another one. ",
    "status 403, code 50013": "I may not write there: let me, or pick another channel. ",
}
"""What to do, by what Discord said."""
REFUSED: Final = (
    "Discord refused it ({problem}). See that my role stands above the roles I give and that "
    "I have the permission for it."
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that does not work, and what an admin can do."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What the records say: roles that are wanted, acts that failed, read models that
    stopped, channels that notices go to, messages that did not get there."""

    roles: Sequence[int]
    problems: Sequence[Problem]
    stopped: Sequence[str]
    channels: Sequence[int]
    notices: Sequence[notices.Row]


def load(conn: Connection, guild_id: int) -> Kept:
    """Everything that is looked at, from the database."""
    rewards = fetch(conn, "role_rewards", "rewards", guild=guild_id)
    wanted = [row for row in fetch(conn, "role_rewards", "open", guild=guild_id) if row["wanted"]]
    letters = checkpoints.dead_letters(conn)
    rules = rules_now(conn, guild_id)
    listed = [rules.ids(f"{kind}_channel") for kind in PREFERENCE]
    return Kept(
        _distinct([*rewards, *wanted]),
        effects.problems(conn, guild_id),
        [letter.name for letter in letters if letter.guild_id == guild_id],
        sorted({channel for channels in listed for channel in channels}),
        notices.troubled(conn, guild_id),
    )


def troubles(guild: discord.Guild, kept: Kept) -> list[Trouble]:
    """All that is wrong now."""
    found = []
    for role_id in kept.roles:
        why = obstacle(guild, role_id)
        if why is not None:
            found.append(Trouble(f"<@&{role_id}> cannot be given", OBSTACLES[why]))
    for one in kept.problems:
        tries = look.count(one.attempts, "time")
        what = SUBJECTS.get(one.effect, one.effect + " {}").format(one.subject)
        what += f": failed {tries} since {look.ago(one.first_at)}"
        again = f" I try again {look.ago(one.retry_at)}."
        found.append(Trouble(what, REFUSED.format(problem=one.problem) + again))
    found += [one for channel in kept.channels for one in _channel(guild, channel)]
    found += map(_notice, kept.notices)
    for name in kept.stopped:
        found.append(
            Trouble(
                f"`{name}` stands still",
                "Numbers that come from it are not moved on. Whoever runs me sees the reason with "
                "`python -m bot projections list`.",
            )
        )
    return found


def _channel(guild: discord.Guild, channel_id: int) -> Iterator[Trouble]:
    """Whether notices get into a channel."""
    channel = guild.get_channel_or_thread(channel_id)
    what = f"Notices for <#{channel_id}>"
    if channel is None:
        yield Trouble(what, "The channel is no more: pick another one with /settings.")
        return
    may = channel.permissions_for(guild.me)
    missing = [name for name in NEEDED if not getattr(may, name)]
    if missing:
        words = ", ".join(missing).replace("_", " ")
        yield Trouble(what, f"There I need the permission to {words}.")


def _notice(row: notices.Row) -> Trouble:
    """One message that did not get there."""
    where = f"in <#{row['channel_id']}>" if row["channel_id"] else f"to <@{row['user_id']}>"
    what = f"{look.count(row['notices'], 'notice')} {where}: {row['problem']}"
    advice = ADVICE.get(row["problem"], "")
    tries = look.count(row["attempts"], "time")
    if row["given_up"]:
        return Trouble(what, f"{advice}I tried {tries} and gave up. Mend it, then try again.")
    return Trouble(what, f"{advice}I tried {tries} and try again {look.ago(row['retry_at'])}.")


def _distinct(rows: Iterable[Row]) -> list[int]:
    return list(dict.fromkeys(row["role_id"] for row in rows))
