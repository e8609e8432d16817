"""A new level brings coins, and a badge at some levels: once a member and level, ever."""

from collections.abc import Sequence

from bot.automation import Automation
from bot.economy.acts import balances_of
from events.badges import BadgeEarned
from events.decisions.claims import after
from events.decisions.levels import rewards
from events.engine.event import Event
from events.ledger import COINS, wallet
from projections.engine.ruling import rules_at
from sql.pool import Connection
from sql.reads import fetch


def follow(conn: Connection, guild_id: int, seen: int, up_to: int) -> Sequence[Event]:
    """The rewards for every level that was reached by the events after ``seen``, at the rate
    that was in force when it was reached."""
    ups = fetch(conn, "profiles", "level_ups", guild=guild_id, after=seen, up_to=up_to)
    if not ups:
        return []
    facts: list[Event] = []
    held = dict(balances_of(conn, guild_id, {up["user_id"] for up in ups}))
    for up in ups:
        purse = wallet(up["user_id"]), COINS
        rules = rules_at(conn, guild_id, up["position"])
        for level in range(up["level_from"] + 1, up["level_to"] + 1):
            reached = rewards(
                guild_id,
                up["user_id"],
                level,
                at=up["occurred_at"],
                position=up["position"],
                coins=rules.number("level_coins"),
                balance=held.get(purse, 0),
            )
            facts += reached
            held = after(held, reached)
    retired = {
        row["badge"]
        for row in fetch(conn, "badge_kinds", "kinds", guild=guild_id)
        if row["retired"]
    }
    return [f for f in facts if not (isinstance(f, BadgeEarned) and f.badge in retired)]


AUTOMATION = Automation("automation:level_rewards", ("accounts", "badge_kinds", "profiles"), follow)
