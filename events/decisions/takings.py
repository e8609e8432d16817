"""How much of what members paid into the shop is destroyed, so that buying takes coins out of the
world: what can be claimed back no more, and is older than the days that the shop keeps its takings.
"""

from datetime import datetime

from events.ledger import COINS, MAX_AMOUNT, SHOP, SINK, move
from events.shop import TakingsBurned


def burn_key(now: datetime, currency: str = COINS) -> str:
    """The key of the burning on the UTC day of ``now``."""
    return f"{now.date().isoformat()}:{TakingsBurned.event_type}:{currency}"


def burn(
    guild_id: int, now: datetime, *, till: int, kept: int, keep_days: int, currency: str = COINS
) -> TakingsBurned | None:
    """The shop holds ``till`` of a currency and has to keep ``kept``: the rest goes into the sink,
    as far as one transaction may move it (what is beyond goes the next day). None when there is
    no rest."""
    amount = min(till - kept, MAX_AMOUNT)
    if amount <= 0:
        return None
    return TakingsBurned(
        guild_id=guild_id,
        source_id=burn_key(now, currency),
        occurred_at=now,
        till=till,
        kept=kept,
        keep_days=keep_days,
        amount=amount,
        postings=move(amount, source=SHOP, to=SINK, currency=currency),
    )
