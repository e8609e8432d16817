"""What interest, tax, levy and decay come to: in whole coins, each share rounded down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from events.decisions.claims import Balances, against, chunks, claim
from events.ledger import COINS, MAX_BALANCE, MINT, NOBODY, SINK, TREASURY, Posting, owner
from events.upkeep import InterestPaid, LevyTaken, TaxTaken, Upkeep, WalletsDecayed

U = TypeVar("U", bound=Upkeep)
WHOLE = 10_000
"""A rate of so much is all of it: rates are in hundredths of a percent."""
STEP = 4
"""The levy's rate rises wherever there is so many times as much."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A member's wallet or bank and what it holds."""

    account: str
    balance: int


def share(balance: int, rate: int) -> int:
    """``rate`` of a balance in whole coins: rounded down, the rest stays where it is."""
    return max(0, balance) * rate // WHOLE


def progressive(held: int, rate: int, free: int) -> int:
    """What the levy takes of ``held`` coins: nothing of the first ``free``, ``rate`` of what lies
    between those and STEP times as much, twice the rate of what lies between that and STEP times
    as much again, and so on, up to everything."""
    taken, low, step = 0, max(1, free), 1
    while held > low:
        taken += share(min(held, STEP * low) - low, min(WHOLE, step * rate))
        low, step = STEP * low, step + 1
    return taken


def week_start(now: datetime) -> datetime:
    """Monday midnight (UTC) before ``now``."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=now.weekday())


def period_of(now: datetime) -> str:
    """The week of ``now``, as 2026-W07."""
    year, week, _ = now.isocalendar()
    return f"{year}-W{week:02d}"


def interest(
    guild_id: int, at: datetime, banks: Sequence[Holding], *, rate: int
) -> list[InterestPaid]:
    """Each bank earns new coins; one that could not hold them earns nothing."""
    shares = _shares(banks, lambda balance: share(balance, rate))
    paid = [p for p, b in shares if b + p.amount <= MAX_BALANCE]
    return _in_chunks(InterestPaid, guild_id, at, paid, MINT, rate=rate)


def tax(
    guild_id: int, at: datetime, wallets: Sequence[Holding], *, rate: int, free: int
) -> list[TaxTaken]:
    """Each wallet pays the treasury of what it holds beyond ``free``."""
    shares = _shares(wallets, lambda balance: -share(balance - free, rate))
    return _in_chunks(
        TaxTaken, guild_id, at, [p for p, _ in shares], TREASURY, rate=rate, free=free
    )


def levy(
    guild_id: int, at: datetime, balances: Balances, *, rate: int, free: int
) -> list[LevyTaken]:
    """Each member loses to the sink of what they hold in all, out of the wallet first."""
    held: dict[int, int] = {}
    for (account, currency), balance in balances.items():
        if currency == COINS and owner(account) != NOBODY:
            held[owner(account)] = held.get(owner(account), 0) + balance
    postings = [
        posting
        for member_id, coins in sorted(held.items())
        for posting in claim(balances, member_id, progressive(coins, rate, free))
    ]
    return _in_chunks(LevyTaken, guild_id, at, postings, SINK, rate=rate, free=free)


def decay(
    guild_id: int, at: datetime, idle: Sequence[Holding], *, rate: int, idle_days: int
) -> list[WalletsDecayed]:
    """Each of the ``idle`` wallets loses to the sink."""
    shares = _shares(idle, lambda balance: -share(balance, rate))
    return _in_chunks(
        WalletsDecayed,
        guild_id,
        at,
        [p for p, _ in shares],
        SINK,
        rate=rate,
        idle_days=idle_days,
    )


def _shares(holdings: Sequence[Holding], of: Callable[[int], int]) -> list[tuple[Posting, int]]:
    """What each holding gains or loses, and what it holds; those that do neither are left out."""
    return [
        (Posting(account=holding.account, amount=amount), holding.balance)
        for holding in holdings
        if (amount := of(holding.balance))
    ]


def _in_chunks(
    cls: type[U], guild_id: int, at: datetime, postings: list[Posting], hub: str, **terms: int
) -> list[U]:
    period = period_of(at)
    return [
        cls(
            guild_id=guild_id,
            source_id=f"{period}:{cls.event_type}:{number}",
            occurred_at=at,
            period=period,
            chunk=number,
            postings=against(part, hub),
            **terms,
        )
        for number, part in enumerate(chunks(postings))
    ]
