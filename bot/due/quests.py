"""A quest whose deadline has come is closed; whose own time for one is over is at it no more."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.recognition import quests
from bot.schedule import Due
from events.decisions.quest_turns import end
from events.decisions.quests import run_out
from events.engine.event import Event
from sql.pool import Connection
from sql.reads import fetch


def where(conn: Connection, now: datetime) -> Iterable[int]:
    """The guilds with such a quest, or such a member."""
    return [row["guild_id"] for row in fetch(conn, "quests", "where_run_out", now=now)]


def decide(conn: Connection, guild_id: int, now: datetime) -> Sequence[Event]:
    """All of them. What everybody has reached in time is not over: it is rewarded first."""
    facts: list[Event] = [
        end(guild_id, turn, "expired", turn.ends_at or now)
        for turn in quests.run_out(conn, guild_id, now)
    ]
    for quest in quests.quests(conn, guild_id):
        ends_at = quest.ends_at
        if quest.state != "open" or quest.reached_at is not None or ends_at is None:
            continue
        if ends_at <= now:
            facts.append(run_out(guild_id, quest, ends_at))
    return facts


DUE = Due("quests", ("quests",), where, decide)
