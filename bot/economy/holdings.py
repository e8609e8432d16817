"""What a member owns, as the commands about money need it."""

from collections.abc import Mapping, Sequence

from events.currency import Coin
from events.decisions.bank import BankTerms, Held
from events.decisions.currency import Currencies
from events.ledger import COINS, bank, wallet
from projections.engine.rules import Rules
from projections.engine.ruling import rules_now
from sql.pool import Connection
from sql.reads import fetch, fetch_one

READS = ["accounts", "bank_tiers"]


def coin_of(conn: Connection, guild_id: int) -> Coin:
    """What the guild calls its coins, and how it shows them."""
    return rules_now(conn, guild_id).coin


def currencies_of(conn: Connection, guild_id: int) -> Currencies:
    """The currencies that the guild has or had."""
    return rules_now(conn, guild_id).currencies


def terms_of(rules: Rules) -> BankTerms:
    """The guild's terms for banks."""
    return BankTerms(
        rules.number("bank_capacity"),
        rules.number("bank_tier_capacity"),
        rules.number("bank_tier_price"),
    )


def holdings(conn: Connection, guild_id: int, user_id: int) -> Held:
    """What a member has in wallet and bank, and the bank's tier; reads READS."""
    tier = fetch_one(conn, "bank_tiers", "tier", guild=guild_id, user=user_id)
    return Held(
        balance_of(conn, guild_id, wallet(user_id)),
        balance_of(conn, guild_id, bank(user_id)),
        tier["tier"] if tier else 0,
    )


def balance_of(conn: Connection, guild_id: int, account: str, currency: str = COINS) -> int:
    """What an account holds now, of coins if nothing else is asked for."""
    row = fetch_one(conn, "accounts", "balance", guild=guild_id, account=account, currency=currency)
    return row["balance"] if row else 0


def carried(conn: Connection, guild_id: int, user_id: int) -> dict[str, int]:
    """Everything in a member's wallet, by currency: money, things and debts."""
    rows = fetch(conn, "accounts", "held", guild=guild_id, account=wallet(user_id))
    return {row["currency"]: row["balance"] for row in rows}


def others_among(has: Mapping[str, int], known: Currencies) -> list[tuple[Coin, int]]:
    """The guild's currencies beside the coins that there is something of, and how much."""
    others = (coin for coin in known.known.values() if coin.currency != COINS)
    return [(coin, has[coin.currency]) for coin in others if coin.currency in has]


def wallets_of(
    conn: Connection, guild_id: int, members: Sequence[int], currency: str = COINS
) -> list[int]:
    """What each of these members carries, in their order."""
    accounts = [wallet(member) for member in members]
    rows = fetch(conn, "accounts", "balances", guild=guild_id, accounts=accounts, currency=currency)
    held = {row["account"]: row["balance"] for row in rows}
    return [held.get(account, 0) for account in accounts]


def balance_after(
    conn: Connection, guild_id: int, account: str, position: int, currency: str = COINS
) -> int:
    """What an account held right after an event, however long ago that was: of coins if nothing
    else is asked for."""
    row = fetch_one(
        conn,
        "accounts",
        "balance_after",
        guild=guild_id,
        account=account,
        currency=currency,
        position=position,
    )
    return row["balance"] if row else 0
