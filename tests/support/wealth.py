"""Members who have something: coins and things straight out of the mint."""

import itertools

from events.economy import CoinsAwarded
from events.ledger import MINT, NOBODY, escrow, move, wallet
from projections.engine import worker
from sql import lake
from sql.pool import Database
from sql.reads import fetch
from tests.support.facts import at

_numbers = itertools.count(1)


def gift(guild: int, member: int, amount: int, currency: str = "coins") -> CoinsAwarded:
    """So much of a currency for a member."""
    return CoinsAwarded(
        guild_id=guild,
        source_id=f"gift {next(_numbers)}:coin_award",
        user_id=NOBODY,
        target_id=member,
        occurred_at=at(0),
        amount=amount,
        reason="a gift",
        postings=move(amount, source=MINT, to=wallet(member), currency=currency),
    )


def give(database: Database, guild: int, member: int, **goods: int) -> None:
    """Coins (``coins=5``) and things (``sword=1``) for a member."""
    gifts = [
        gift(guild, member, amount, name if name == "coins" else f"item:{name}")
        for name, amount in goods.items()
    ]
    with database.transaction(guild) as conn:
        lake.append(conn, gifts)


def carried(database: Database, guild: int, member: int) -> dict[str, int]:
    """What a member carries, by the names that :func:`give` takes."""
    return _held(database, guild, wallet(member))


def in_escrow(database: Database, guild: int, holder: int) -> dict[str, int]:
    """What is held for a trade or an auction."""
    return _held(database, guild, escrow(holder))


def _held(database: Database, guild: int, account: str) -> dict[str, int]:
    worker.drain(database)
    with database.transaction(guild) as conn:
        rows = fetch(conn, "accounts", "held", guild=guild, account=account)
    return {row["currency"].removeprefix("item:"): row["balance"] for row in rows}


def lost(database: Database, guild: int) -> dict[str, int]:
    """Every currency that was made or lost on the way: there should be none."""
    with database.transaction(guild) as conn:
        rows = fetch(conn, "accounts", "sums", guild=guild)
    return {row["currency"]: row["sum"] for row in rows if row["sum"]}
