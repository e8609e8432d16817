"""What keeps effects from being carried out in a guild, each with what to do about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import discord

from bot import look
from bot.effects import roles
from bot.effects.giving import OBSTACLES, obstacle
from sql import checkpoints, effects
from sql.effects import Problem
from sql.pool import Connection
from sql.reads import Row, fetch

READS: Final = ("lent_roles", "role_rewards")
SUBJECTS: Final = {roles.EFFECT: "The roles of <@{}>"}
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
    """What the records say: roles that are wanted, acts that failed, read models that stopped."""

    roles: Sequence[int]
    problems: Sequence[Problem]
    stopped: Sequence[str]


def load(conn: Connection, guild_id: int) -> Kept:
    """Everything that is looked at, from the database."""
    rewards = fetch(conn, "role_rewards", "rewards", guild=guild_id)
    wanted = [row for row in fetch(conn, "role_rewards", "open", guild=guild_id) if row["wanted"]]
    letters = checkpoints.dead_letters(conn)
    return Kept(
        _distinct([*rewards, *wanted]),
        effects.problems(conn, guild_id),
        [letter.name for letter in letters if letter.guild_id == guild_id],
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
    for name in kept.stopped:
        found.append(
            Trouble(
                f"`{name}` stands still",
                "Numbers that come from it are not moved on. Whoever runs me sees the reason with "
                "`python -m bot projections list`.",
            )
        )
    return found


def _distinct(rows: Iterable[Row]) -> list[int]:
    return list(dict.fromkeys(row["role_id"] for row in rows))
