"""Achievements for being on the server for so many days: given on the day."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.economy.acts import balances_of
from bot.recognition import achievements
from bot.schedule import Due
from events.achievements import LIFETIME, Way
from events.decisions.achievements import Reached, reach
from events.engine.event import Event
from events.ledger import COINS, wallet
from sql.pool import Connection
from sql.reads import fetch

GOAL = "days-here"
AT_A_TIME = 1_000


def where(conn: Connection, now: datetime) -> Iterable[int]:
    """The guilds that offer such a thing."""
    rows = fetch(conn, "achievement_templates", "guilds_with", goal=GOAL)
    return [row["guild_id"] for row in rows]


def decide(conn: Connection, guild_id: int, now: datetime) -> Sequence[Event]:
    """For everybody whose time has come; the rest in a minute when they are many."""
    facts: list[Event] = []
    held: dict[tuple[str, str], int] = {}
    for template in achievements.templates(conn, guild_id):
        if template.goal != GOAL or template.retired:
            continue
        needed = timedelta(days=template.threshold)
        rows = fetch(
            conn,
            "tenures",
            "due",
            guild=guild_id,
            achievement=template.achievement,
            before=now - needed,
            limit=AT_A_TIME,
        )
        for row in rows:
            who = Reached(row["user_id"], LIFETIME, row["position"], row["since"] + needed)
            before = template.changed_at is not None and who.at < template.changed_at
            way: Way = "look_back" if before else "live"
            purse = wallet(who.user_id), COINS
            if purse not in held:
                held |= balances_of(conn, guild_id, [who.user_id])
            fact = reach(guild_id, template, who, way, balance=held.get(purse, 0))
            held[purse] = held.get(purse, 0) + fact.coins
            facts.append(fact)
    return facts


DUE = Due("tenure", ("accounts", "achievement_templates", "achievements", "tenures"), where, decide)
