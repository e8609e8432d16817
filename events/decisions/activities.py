"""May this activity be done now, and what does it come to?"""

from datetime import datetime

from events.activities import RULES, Activity, ActivityDone
from events.currency import COIN, Coin
from events.decisions.amounts import check_room
from events.decisions.asked import Asked
from events.decisions.draws import between, draw
from events.engine.errors import Refused
from events.ledger import MINT, SINK, Posting, move, wallet


def do_activity(
    asked: Asked,
    activity: Activity,
    *,
    seed: int,
    percent: int,
    balance: int,
    ready_at: datetime | None,
    coin: Coin = COIN,
) -> ActivityDone:
    """``asked.user_id``, with ``balance`` coins, does ``activity``; ``percent`` is the guild's
    ``activity_percent`` and ``ready_at`` the end of the member's cool-down, if there is one.

    Raises Refused while activities are switched off, in the cool-down, and for a full wallet.
    """
    if percent == 0:
        raise Refused(
            "Activities pay nothing in this server. An admin can change that: "
            "`/settings set key:activity_percent`."
        )
    if ready_at is not None and asked.at < ready_at:
        seconds = -int(-ready_at.timestamp() // 1)
        raise Refused(f"You need a rest first. `/{activity.id}` is open again <t:{seconds}:R>.")
    check_room(balance, activity.high * percent // 100, "Your wallet", coin)
    won = draw(seed, 0, 100) < activity.chance
    low, high = (activity.low, activity.high) if won else (activity.fine_low, activity.fine_high)
    drawn = between(seed, 1, low, high)
    amount = drawn * percent // 100 if won else min(balance, drawn * percent // 100)
    mine = wallet(asked.user_id)
    return ActivityDone(
        **asked.envelope,
        source_id=asked.source_id(ActivityDone.event_type),
        activity=activity.id,
        seed=seed,
        won=won,
        drawn=drawn,
        percent=percent,
        amount=amount,
        telling=draw(seed, 2, len(activity.won if won else activity.lost)),
        cooldown=activity.cooldown,
        rules=RULES,
        postings=_moved(amount, MINT if won else mine, mine if won else SINK),
    )


def _moved(amount: int, source: str, to: str) -> list[Posting]:
    return move(amount, source=source, to=to) if amount else []
