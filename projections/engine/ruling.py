"""The rules of a guild, found in its stream and remembered for as long as they are in force.

The stream says where its newest rule stands and what the chain's digest was there. A digest names
one history and no other, so what is remembered under it is never stale, in whichever database.
"""

from functools import lru_cache

from events.engine.catalogue import readable
from events.engine.event import RULE_PREFIX
from projections.engine.rules import LostRules, Rules
from sql import lake
from sql.pool import Connection
from sql.seal import NewestRule

REMEMBERED = 10_000
"""Guilds, about: each with the rules that were in force last."""


def rules_now(conn: Connection, guild_id: int) -> Rules:
    """The rules in force at the head of a guild's stream: for deciding, under its lock."""
    return _rules_by(conn, guild_id, lake.newest_rule(conn, guild_id))


def rules_at(conn: Connection, guild_id: int, position: int) -> Rules:
    """The rules in force after the event at ``position``."""
    newest = lake.newest_rule(conn, guild_id)
    if newest.position <= position:
        return _rules_by(conn, guild_id, newest)
    return _read(conn, guild_id, position)


def _rules_by(conn: Connection, guild_id: int, newest: NewestRule) -> Rules:
    memory = _memory(newest.digest)
    if memory:
        return memory[0]
    rules = _read(conn, guild_id, newest.position) if newest.position else Rules()
    if not isinstance(rules, LostRules):  # those are found once the row is put back
        memory.append(rules)
    return rules


@lru_cache(REMEMBERED)
def _memory(digest: bytes) -> list[Rules]:
    """Where the rules are kept that were in force from the rule with this digest on."""
    return []


def _read(conn: Connection, guild_id: int, up_to: int) -> Rules:
    return Rules.of(map(readable, lake.with_prefix(conn, guild_id, RULE_PREFIX, up_to)))
