"""What a new level brings: coins from the mint, and a badge at some levels."""

from datetime import datetime

from events.badges import BadgeEarned
from events.economy import LevelReached
from events.engine.event import Event
from events.ledger import MAX_BALANCE, MINT, move, wallet

BADGE_LEVELS = (1, 5, 10, 15, 20, 30, 40, 50)
"""Levels that are worth a badge, named ``level-5`` and so on."""


def rewards(
    guild_id: int,
    user_id: int,
    level: int,
    *,
    at: datetime,
    position: int,
    coins: int,
    balance: int = 0,
) -> list[Event]:
    """The facts that follow when ``user_id`` reaches ``level`` by the event at ``position``;
    ``coins`` is the guild's rate, which is multiplied by the level; a wallet with ``balance``
    gets as much of it as it has room for. Each has a key made of member
    and level, so it is recorded once however often it is decided."""
    whole = coins * level
    reward = max(0, min(whole, MAX_BALANCE - balance))
    facts: list[Event] = [
        LevelReached(
            guild_id=guild_id,
            source_id=f"{user_id}:{LevelReached.event_type}:{level}",
            user_id=user_id,
            occurred_at=at,
            level=level,
            reward=reward,
            unpaid=whole - reward,
            cause_position=position,
            postings=move(reward, source=MINT, to=wallet(user_id)) if reward else [],
        )
    ]
    if level in BADGE_LEVELS:
        badge = f"level-{level}"
        facts.append(
            BadgeEarned(
                guild_id=guild_id,
                source_id=f"{user_id}:{BadgeEarned.event_type}:{badge}",
                user_id=user_id,
                occurred_at=at,
                badge=badge,
                cause_position=position,
            )
        )
    return facts
