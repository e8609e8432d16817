"""What keeps effects from being carried out in a guild, each with what to do about it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import discord

from bot import look
from bot.effects import roles
from bot.effects.breakers import OPENS_AT, ROLES, way_to
from bot.effects.giving import OBSTACLES, obstacle
from bot.invalid_requests import InvalidRequests
from events.decisions.notices import PREFERENCE
from projections.engine.rules import LostRules
from projections.engine.ruling import rules_now
from sql import breakers, checkpoints, effects, notices
from sql.breakers import Breaker
from sql.checkpoints import DeadLetter
from sql.effects import Problem
from sql.pool import Connection
from sql.reads import Row, fetch

READS: Final = ("lent_roles", "role_rewards")
SUBJECTS: Final = {roles.EFFECT: "The roles of <@{}>"}
NEEDED: Final = ("view_channel", "send_messages", "embed_links", "read_message_history")
ADVICE: Final = {
    "status 403, code 50007": "They take no direct messages from me; they can choose another way "
    "in /preferences.",
    "status 403, code 50001": "I cannot see that channel: let me, or pick another one.",
    "status 403, code 50013": "I may not write there: let me, or pick another channel.",
    "status 403, code 60003": "The server wants two-factor authentication of whoever runs me.",
}
"""What to do, by what Discord said."""
REFUSED_ROLES: Final = (
    "See that my role stands above the roles I give and that I have the permission for it."
)
REFUSED: Final = f"Discord refused it ({{problem}}). {REFUSED_ROLES}"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that does not work, and what an admin can do."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What the records say: ways that are shut and what waits, roles that are wanted, acts that
    failed, read models that stopped, channels that notices go to, messages that did not get
    there."""

    shut: Sequence[Breaker]
    waiting: Sequence[notices.Row]
    roles: Sequence[int]
    problems: Sequence[Problem]
    stopped: Sequence[DeadLetter]
    channels: Sequence[int]
    notices: Sequence[notices.Row]


def load(conn: Connection, guild_id: int) -> Kept:
    """Everything that is looked at, from the database."""
    rewards = fetch(conn, "role_rewards", "rewards", guild=guild_id)
    wanted = [row for row in fetch(conn, "role_rewards", "open", guild=guild_id) if row["wanted"]]
    letters = checkpoints.dead_letters(conn)
    rules = rules_now(conn, guild_id)
    kinds = () if isinstance(rules, LostRules) else PREFERENCE
    listed = [rules.ids(f"{kind}_channel") for kind in kinds]
    shut = breakers.load(conn, guild_id).values()
    return Kept(
        [one for one in shut if one.failures >= OPENS_AT],
        notices.waiting(conn, guild_id),
        _distinct([*rewards, *wanted]),
        effects.problems(conn, guild_id),
        [letter for letter in letters if letter.guild_id == guild_id],
        sorted({channel for channels in listed for channel in channels}),
        notices.troubled(conn, guild_id),
    )


def troubles(guild: discord.Guild, kept: Kept, requests: InvalidRequests) -> list[Trouble]:
    """All that is wrong now."""
    found = []
    if not requests.allow_effects():
        found.append(
            Trouble(
                f"Discord turned down {look.count(requests.lately(), 'request')} of mine in ten "
                "minutes, in all servers",
                "Until it is fewer I hold back news and roles; nothing is lost.",
            )
        )
    found += [_shut(one, kept.waiting) for one in kept.shut]
    shut = {one.way for one in kept.shut}
    for role_id in kept.roles:
        why = obstacle(guild, role_id)
        if why is not None:
            found.append(Trouble(f"<@&{role_id}> cannot be given", OBSTACLES[why]))
    for one in kept.problems if ROLES not in shut else ():
        tries = look.count(one.attempts, "time")
        what = SUBJECTS.get(one.effect, one.effect + " {}").format(one.subject)
        what += f": failed {tries} since {look.ago(one.first_at)}"
        again = f" I try again {look.ago(one.retry_at)}."
        found.append(Trouble(what, REFUSED.format(problem=one.problem) + again))
    found += [one for channel in kept.channels for one in _channel(guild, channel)]
    found += [_notice(row) for row in kept.notices if row["given_up"] or _way(row) not in shut]
    found += map(_standstill, kept.stopped)
    return found


def _standstill(letter: DeadLetter) -> Trouble:
    """A read model (or what follows from events by itself) that has stopped."""
    where = f"before event #{letter.position}"
    what = f"What `{letter.name}` tells stands still since {look.ago(letter.since)}, {where}"
    if letter.needs_type is not None:
        return Trouble(what, "A newer version of me goes on by itself as soon as it is at work.")
    return Trouble(
        what,
        "Nothing is lost: it goes on from there once it is mended. Whoever runs me sees the reason "
        "with `python -m bot projections list`.",
    )


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


def _shut(one: Breaker, waiting: Sequence[notices.Row]) -> Trouble:
    """What does not work at all, so that it is put off as a whole."""
    kind, _, number = one.way.partition(":")
    doing = {
        "channel": f"Writing in <#{number}>",
        "dm": f"Direct messages to <@{number}>",
        ROLES: "Giving and taking roles",
    }[kind]
    what = f"{doing}: failed {look.count(one.failures, 'time')} in a row since "
    what += f"{look.ago(one.first_at)} ({one.problem})"
    remedy = REFUSED_ROLES if kind == ROLES and one.problem.startswith("status") else ""
    remedy = ADVICE.get(one.problem, "") if kind != ROLES else remedy
    parts = [remedy, f"I try again {look.ago(one.retry_at)}, or when what I may do there changes."]
    held = sum(row["notices"] for row in waiting if _way(row) == one.way)
    if held:
        parts.append(f"Meanwhile {look.count(held, 'notice')} wait, for three days at most.")
    return Trouble(what, " ".join(part for part in parts if part))


def _way(row: notices.Row) -> str:
    return way_to(row["channel_id"], row["reader_id"])


def _notice(row: notices.Row) -> Trouble:
    """One message that did not get there."""
    where = f"in <#{row['channel_id']}>" if row["channel_id"] else f"to <@{row['reader_id']}>"
    what = f"{look.count(row['notices'], 'notice')} {where}: {row['problem']}"
    parts = [ADVICE.get(row["problem"], "")]
    tries = look.count(row["attempts"], "time")
    if row["given_up"]:
        parts.append(f"I tried {tries} and gave up. Mend it, then try again.")
    else:
        parts.append(f"I tried {tries} and try again {look.ago(row['retry_at'])}.")
    return Trouble(what, " ".join(part for part in parts if part))


def _distinct(rows: Iterable[Row]) -> list[int]:
    return list(dict.fromkeys(row["role_id"] for row in rows))
