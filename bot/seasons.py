"""Seasons roll over by themselves: each guild's newest season is looked at under its lock."""

from datetime import datetime

from bot.handle import Fact, act
from events.decisions.seasons import Newest, roll
from events.engine.catalogue import decode
from events.engine.event import Event
from projections.engine.rules import RULE_PREFIX, Rules
from sql import lake
from sql.pool import ALL_GUILDS, Connection, Database
from sql.reads import fetch_one

DIRECT_MESSAGES = 0


def roll_all(database: Database, now: datetime) -> list[Fact]:
    """Close and open what is due in every guild; returns the facts that are new."""
    with database.transaction(ALL_GUILDS) as conn:
        guilds = [guild_id for guild_id in lake.heads(conn) if guild_id != DIRECT_MESSAGES]
    return [fact for guild_id in guilds for fact in roll_one(database, guild_id, now)]


def roll_one(database: Database, guild_id: int, now: datetime) -> list[Fact]:
    """The same for one guild."""

    def decide(conn: Connection) -> list[Event]:
        row = fetch_one(conn, "seasons", "newest", guild=guild_id)
        newest = (
            Newest(row["number"], row["ends_at"], is_open=row["ended_at"] is None) if row else None
        )
        rules = Rules.of(map(decode, lake.with_prefix(conn, guild_id, RULE_PREFIX)))
        return roll(guild_id, newest, rules.number("season_months"), now)

    return act(database, guild_id, reads=["seasons"], decide=decide)
