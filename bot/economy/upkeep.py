"""What happens to coins by itself every week: interest on banks, tax on wallets, a levy on what
members hold in all, decay of idle wallets. Each is off while its rate is 0, and runs once a week
from the Monday (UTC) after its rate was set, or after there were the first coins.

A week on which no scheduler was awake at all is not made up for.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.handle import is_recorded
from bot.schedule import Due
from events.decisions import upkeep
from events.decisions.upkeep import Holding, period_of, week_start
from events.ledger import COINS
from events.settings import SETTINGS
from events.upkeep import Upkeep
from projections.engine.rules import Rules
from projections.engine.ruling import rules_now
from sql.pool import Connection
from sql.reads import fetch

READS: Final = ("accounts", "profiles", "settings")

Shares = Callable[[Connection, int, Rules, datetime], Sequence[Upkeep]]


@dataclass(frozen=True, slots=True)
class Run:
    """One kind of upkeep: the event type, the setting with its rate, and what it comes to."""

    name: str
    rate: str
    shares: Shares


def _interest(conn: Connection, guild_id: int, rules: Rules, at: datetime) -> Sequence[Upkeep]:
    banks = _holdings(conn, guild_id, "bank:")
    return upkeep.interest(guild_id, at, banks, rate=rules.number("interest_weekly"))


def _tax(conn: Connection, guild_id: int, rules: Rules, at: datetime) -> Sequence[Upkeep]:
    wallets = _holdings(conn, guild_id, "wallet:")
    rate, free = rules.number("tax_weekly"), rules.number("tax_free")
    return upkeep.tax(guild_id, at, wallets, rate=rate, free=free)


def _levy(conn: Connection, guild_id: int, rules: Rules, at: datetime) -> Sequence[Upkeep]:
    balances = {
        (holding.account, COINS): holding.balance
        for kind in ("wallet:", "bank:")
        for holding in _holdings(conn, guild_id, kind)
    }
    rate, free = rules.number("levy_weekly"), rules.number("levy_free")
    return upkeep.levy(guild_id, at, balances, rate=rate, free=free)


def _decay(conn: Connection, guild_id: int, rules: Rules, at: datetime) -> Sequence[Upkeep]:
    days = rules.number("decay_idle_days")
    before = at - timedelta(days=days)
    rows = fetch(conn, "accounts", "idle_wallets", guild=guild_id, currency=COINS, before=before)
    idle = [Holding(**row) for row in rows]
    return upkeep.decay(guild_id, at, idle, rate=rules.number("decay_weekly"), idle_days=days)


def _holdings(conn: Connection, guild_id: int, kind: str) -> list[Holding]:
    rows = fetch(conn, "accounts", "holdings", guild=guild_id, currency=COINS, kind=kind)
    return [Holding(**row) for row in rows]


INTEREST: Final = Run("interest", "interest_weekly", _interest)
TAX: Final = Run("tax", "tax_weekly", _tax)
LEVY: Final = Run("levy", "levy_weekly", _levy)
DECAY: Final = Run("decay", "decay_weekly", _decay)
RUNS: Final = (INTEREST, TAX, LEVY, DECAY)


def preview(conn: Connection, guild_id: int, run: Run, at: datetime) -> Sequence[Upkeep]:
    """What a run would do now; nothing while it is off."""
    rules = rules_now(conn, guild_id)
    return run.shares(conn, guild_id, rules, at) if rules.number(run.rate) else []


def is_due(conn: Connection, guild_id: int, run: Run, now: datetime) -> bool:
    """Whether this week's run is still to come: its rate has stood since before the week began,
    so that every run could be looked at beforehand, and nothing of it is recorded."""
    return guild_id in _waiting(conn, run, now, guild_id)


def due(run: Run) -> Due:
    """The run as something that the scheduler does."""

    def where(conn: Connection, now: datetime) -> Iterable[int]:
        return _waiting(conn, run, now)

    def decide(conn: Connection, guild_id: int, now: datetime) -> Sequence[Upkeep]:
        return preview(conn, guild_id, run, now) if is_due(conn, guild_id, run, now) else []

    return Due(run.name, READS, where, decide)


def _waiting(conn: Connection, run: Run, now: datetime, guild_id: int | None = None) -> list[int]:
    """The guilds (or the one) in which this week's run is still to come."""
    since = {"key": run.rate, "before": week_start(now), "guild": guild_id}
    rows = fetch(conn, "settings", "in_force_since", **since)
    if SETTINGS[run.rate].default:
        rows += fetch(conn, "settings", "default_since", **since)
    first = f"{period_of(now)}:{run.name}:0"
    return [r["guild_id"] for r in rows if not is_recorded(conn, r["guild_id"], first)]
