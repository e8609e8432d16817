"""Levels, badges, ranks and seasons bring roles, and cost them: who is to have which now.

Only those are looked at whom something new concerns: their level, their badges, their place, or
that they came. A change of a rule (a reward, a curve, a season) concerns everybody.
"""

from collections.abc import Iterable, Sequence

from bot.automation import Automation
from bot.points import role_rewards
from events.decisions.role_rewards import Reward
from events.engine.catalogue import decode, event_types
from events.engine.event import Event
from events.members import MemberJoined
from sql import lake
from sql.pool import Connection
from sql.reads import fetch


def follow(conn: Connection, guild_id: int, after: int, up_to: int) -> Sequence[Event]:
    """What changes by the events after ``after``."""
    known = role_rewards.rewards(conn, guild_id)
    has_changed = lake.newest_rule(conn, guild_id).position > after
    if not known and not has_changed:
        return []
    users = None if has_changed else _concerned(conn, guild_id, known, after, up_to)
    if users is not None and not users:
        return []
    at = lake.read(conn, guild_id, up_to - 1, 1)[0].occurred_at
    return role_rewards.decide(conn, guild_id, known, at, users)


def _concerned(
    conn: Connection, guild_id: int, known: Iterable[Reward], after: int, up_to: int
) -> set[int]:
    span = {"guild": guild_id, "after": after, "up_to": up_to}
    users = {row["user_id"] for row in fetch(conn, "role_rewards", "risen", **span)}
    badges = [name for name in event_types() if name.startswith("badge_")]
    for row in lake.of_types(conn, guild_id, after, up_to, [MemberJoined.event_type, *badges]):
        users.update(decode(row).members())
    return users | role_rewards.ranked(conn, guild_id, known)


AUTOMATION = Automation("automation:role_rewards", role_rewards.READS, follow)
