"""Checkpoints and dead letters: where each read model of each guild stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import args_row

from sql.arrays import array
from sql.pool import Connection, in_flight
from sql.statements import query

_FILE = "queries/checkpoints.sql"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One read model of one guild: the last position it has taken in."""

    name: str
    position: int
    stopped: bool
    build: str | None = None
    """Of which build the tables are that it is about."""


Names = Sequence[str] | Mapping[str, str | None]
"""Names of read models and automations, with the builds that are meant or without."""


@dataclass(frozen=True, slots=True)
class Lag:
    """How far one read model of one guild is behind its stream; ``seconds`` since the oldest
    event it has not taken in was recorded (None when there is none)."""

    guild_id: int
    name: str
    position: int
    head: int
    lag: int
    stopped: bool
    seconds: int | None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """The event at which a read model of a guild stopped."""

    guild_id: int
    name: str
    position: int
    error: str
    attempts: int
    failed_at: datetime
    since: datetime
    event_type: str | None
    """Of the event at ``position``; None when it is not there."""
    needs_type: str | None
    """What a release must know to go on by itself; None when an operator is to mend it."""


def lagging(conn: Connection, names: Names, limit: int, *, reads: Names = ()) -> list[int]:
    """Guilds with something to do for ``names``, the furthest behind first; without those in which
    one of ``reads``, which it takes for that, stands still. Tables of another build than is given
    are not looked at."""
    own, needed = _with_builds(names), _with_builds(reads)
    parameters = {
        "names": list(own),
        "builds": list(own.values()),
        "limit": limit,
        "reads": list(needed),
        "read_builds": list(needed.values()),
    }
    rows = conn.execute(query(_FILE, "lagging"), parameters)
    return [guild for (guild,) in rows.fetchall()]


def _with_builds(names: Names) -> Mapping[str, str | None]:
    return names if isinstance(names, Mapping) else dict.fromkeys(names)


def take(conn: Connection, guild_id: int, names: Sequence[str], *, wait: bool) -> list[Checkpoint]:
    """Hold the guild's checkpoints of ``names`` to the end of the transaction.

    With ``wait`` all of them, after whoever has them; without it those that are free.
    """
    parameters = {"guild": guild_id, "names": sorted(names)}
    statement = query(_FILE, "lock" if wait else "claim")
    with conn.cursor(row_factory=args_row(Checkpoint)) as cursor:
        found = cursor.execute(statement, parameters).fetchall()
        if len(found) < len(names) and (_open(conn, guild_id, names, wait=wait) or wait):
            found = cursor.execute(statement, parameters).fetchall()
    return found


def _open(conn: Connection, guild_id: int, names: Sequence[str], *, wait: bool) -> bool:
    """Make those of the guild's checkpoints that are missing, after the swaps of their read models;
    whether there were any. Without ``wait`` they are left to whoever is making them already."""
    parameters: dict[str, Any] = {"guild": guild_id, "names": sorted(names)}
    known = {name for (name,) in conn.execute(query(_FILE, "known"), parameters).fetchall()}
    parameters["names"] = missing = [name for name in sorted(names) if name not in known]
    if not missing:
        return False
    turn = "take_opening" if wait else "try_opening"
    row = conn.execute(query(_FILE, turn), {"guild": guild_id}).fetchone()
    if row is not None and row[0] is False:
        return False
    conn.execute(query(_FILE, "before_opening"), parameters)
    builds: dict[str, str] = dict(conn.execute(query(_FILE, "builds"), parameters).fetchall())
    parameters["builds"] = [builds.get(name) for name in missing]
    return conn.execute(query(_FILE, "open"), parameters).rowcount > 0


def take_all(
    conn: Connection, wanted: Mapping[int, Sequence[str]], *, wait: bool
) -> dict[tuple[int, str], Checkpoint]:
    """Hold the checkpoints of these names in these guilds to the end of the transaction, after
    whoever has them; without ``wait`` those that are free. By guild and name."""
    pairs = [(guild_id, name) for guild_id, names in wanted.items() for name in names]
    parameters = {
        "guilds": array("bigint", [guild_id for guild_id, _ in pairs]),
        "names": array("text", [name for _, name in pairs]),
    }
    rows = conn.execute(query(_FILE, "lock_all" if wait else "claim_all"), parameters).fetchall()
    found = {(guild_id, name): Checkpoint(name, *place) for guild_id, name, *place in rows}
    missing = {guild_id for guild_id, name in pairs if (guild_id, name) not in found}
    for guild_id in missing if wait else ():
        opened = take(conn, guild_id, wanted[guild_id], wait=True)
        found |= {(guild_id, place.name): place for place in opened}
    return found


def take_everywhere(conn: Connection, name: str) -> None:
    """Hold one read model's checkpoints of every guild, and let nobody make one for a new guild."""
    conn.execute(query(_FILE, "nobody_opens"), {"name": name})
    guilds = conn.execute(query(_FILE, "guilds_of"), {"name": name}).fetchall()
    with in_flight(conn):
        for (guild_id,) in guilds:
            conn.execute(query(_FILE, "lock"), {"guild": guild_id, "names": [name]})


def advance(conn: Connection, positions: Mapping[tuple[int, str], int]) -> None:
    """Write where these read models of these guilds (by guild and name) are now, and forget
    letters they have passed."""
    parameters = {
        "guilds": array("bigint", [guild_id for guild_id, _ in positions]),
        "names": array("text", [name for _, name in positions]),
        "positions": array("bigint", list(positions.values())),
    }
    conn.execute(query(_FILE, "advance"), parameters)


def stop(
    conn: Connection,
    guild_id: int,
    name: str,
    position: int,
    error: str,
    *,
    needs: tuple[str, int] | None = None,
) -> None:
    """Stop one read model of one guild before ``position``, with the reason; ``needs`` is the event
    type and schema version that a release must know to go on by itself."""
    parameters = {"guild": guild_id, "name": name, "position": position, "error": error}
    parameters |= dict(zip(("type", "version"), needs or (None, None), strict=True))
    conn.execute(query(_FILE, "stop"), parameters)
    conn.execute(query(_FILE, "park"), parameters)


def resume(conn: Connection, name: str, guild_id: int | None = None) -> list[int]:
    """Let a stopped read model go on (in one guild or in all); the guilds in which it had."""
    rows = conn.execute(query(_FILE, "resume"), {"name": name, "guild": guild_id})
    return [guild for (guild,) in rows.fetchall()]


def resume_readable(
    conn: Connection, known: Mapping[str, int], guild_id: int | None = None
) -> set[tuple[int, str]]:
    """Let those go on (in one guild or in all) that waited for a release that knows these versions
    of event types; the guilds and names."""
    parameters = {"types": list(known), "versions": list(known.values()), "guild": guild_id}
    return set(conn.execute(query(_FILE, "resume_readable"), parameters).fetchall())


def dead_letters(conn: Connection) -> list[DeadLetter]:
    """Everything that waits for a mend."""
    with conn.cursor(row_factory=args_row(DeadLetter)) as cursor:
        return cursor.execute(query(_FILE, "dead_letters")).fetchall()


def lag(conn: Connection, names: Sequence[str]) -> list[Lag]:
    """Every guild and read model, the furthest behind first."""
    with conn.cursor(row_factory=args_row(Lag)) as cursor:
        return cursor.execute(query(_FILE, "lag"), {"names": list(names)}).fetchall()


def place(conn: Connection, name: str, positions: Mapping[int, int], build: str) -> None:
    """Put one read model's checkpoints where its rebuilt tables are, in these guilds, and note of
    which build those are."""
    parameters = {
        "name": name,
        "build": build,
        "guilds": list(positions),
        "positions": list(positions.values()),
    }
    conn.execute(query(_FILE, "set_all"), parameters)
    conn.execute(query(_FILE, "forget_dead_letters"), parameters)
