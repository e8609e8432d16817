"""Roles as rewards: read for deciding who is to have which, under the guild's lock."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from events.decisions.role_rewards import Grant, Reward, Standing, settle
from events.engine.catalogue import decode
from events.engine.event import Event
from events.seasons import SeasonEnded
from sql import lake
from sql.pool import Connection
from sql.reads import Row, fetch

READS: Final = ("badge_kinds", "badges", "preferences", "profiles", "role_rewards")


SEASON_PREFIX: Final = "rule:season:"


def rewards(conn: Connection, guild_id: int) -> list[Reward]:
    """The rewards in force."""
    return [reward_of(row) for row in fetch(conn, "role_rewards", "rewards", guild=guild_id)]


def reward_of(row: Row) -> Reward:
    """A reward as its row tells it."""
    return Reward(
        row["ground"],
        row["need"],
        row["badge"],
        row["role_id"],
        keep=row["keep"],
        replace=row["replace"],
        revision=row["revision"],
    )


def revision_of(conn: Connection, guild_id: int, name: str) -> int:
    """How often a reward of this name has been changed, whether it is one now or not."""
    found = fetch(conn, "role_rewards", "newest", guild=guild_id, reward=name)
    return found[0]["revision"] if found else 0


def standings(
    conn: Connection, guild_id: int, given: Sequence[Reward], users: Collection[int] | None = None
) -> list[Standing]:
    """Where these members (or all) stand who are here, as far as these rewards look at it."""
    ranks = _ranks(conn, guild_id, given)
    places = _places(conn, guild_id) if any(one.ground == "season" for one in given) else {}
    wanted = None if users is None else list(users)
    return [
        Standing(
            row["user_id"],
            row["level"],
            frozenset(row["badges"]),
            ranks.get(row["user_id"]),
            places.get(row["user_id"]),
        )
        for row in fetch(conn, "role_rewards", "standings", guild=guild_id, users=wanted)
    ]


def ranked(conn: Connection, guild_id: int, given: Iterable[Reward]) -> set[int]:
    """Whoever stands where a place on the board earns a role, or has one for that."""
    ranks = _ranks(conn, guild_id, given)
    if not ranks:
        return set()
    holders = fetch(conn, "role_rewards", "ranked", guild=guild_id)
    return {*ranks, *(row["user_id"] for row in holders)}


def decide(
    conn: Connection,
    guild_id: int,
    given: Sequence[Reward],
    at: datetime,
    users: Collection[int] | None = None,
) -> list[Event]:
    """What is earned, forfeited and released now, for these members or for all."""
    wanted = None if users is None else list(users)
    rows = fetch(conn, "role_rewards", "grants", guild=guild_id, users=wanted)
    grants = [Grant(**row) for row in rows]
    if not given and not any(grant.open for grant in grants):
        return []
    return settle(guild_id, given, standings(conn, guild_id, given, users), grants, at=at)


def _ranks(conn: Connection, guild_id: int, given: Iterable[Reward]) -> dict[int, int]:
    """The first places of the XP board, as far as a reward looks."""
    last = max((one.need for one in given if one.ground == "rank"), default=0)
    if not last:
        return {}
    found = fetch(conn, "role_rewards", "ranks", guild=guild_id, last=last)
    return {row["user_id"]: row["rank"] for row in found}


def _places(conn: Connection, guild_id: int) -> dict[int, int]:
    """The final standing of the season that was closed last."""
    rows = lake.with_prefix(conn, guild_id, SEASON_PREFIX)
    ended = [event for row in rows if isinstance(event := decode(row), SeasonEnded)]
    return {place.user_id: place.rank for place in ended[-1].standing} if ended else {}
