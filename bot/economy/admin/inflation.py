"""How much money there is, week by week: made, destroyed, how fast it moves, who has it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from events.decisions.upkeep import week_start
from sql.pool import Connection
from sql.reads import Row, fetch

WEEKS: Final = 12
TOP: Final = 5
READS: Final = ("accounts", "money_supply")


@dataclass(frozen=True, slots=True)
class Week:
    """One week (by its Monday, UTC) of a currency. ``supply``, ``gini``, ``holders`` and ``top``
    are as they were at its end, or are now."""

    monday: date
    minted: int
    burned: int
    moved: int
    supply: int
    gini: int
    """How unequally it is spread over those who have any: 0 for evenly, 1000 for all to one."""
    holders: int
    top: tuple[tuple[int, int], ...]
    """The richest members and what they had in wallet and bank together."""

    @property
    def velocity(self) -> int:
        """What moved, in hundredths of the supply."""
        return self.moved * 100 // self.supply if self.supply > 0 else 0

    @property
    def growth(self) -> int:
        """How much the supply grew, in hundredths of a percent of what it was before."""
        grown = self.minted - self.burned
        before = self.supply - grown
        return grown * 10_000 // before if before > 0 else 0


def weeks(conn: Connection, guild_id: int, currency: str, now: datetime) -> list[Week]:
    """The newest weeks of a currency, this one last."""
    this = week_start(now).date()
    mondays = [this - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    what = {"guild": guild_id, "currency": currency}
    flows = fetch(conn, "money_supply", "by_week", **what, limit=WEEKS)
    since = datetime.combine(mondays[0], time(), UTC)
    changes = fetch(conn, "accounts", "changes_by_week", **what, since=since)
    holders = fetch(conn, "accounts", "holders", **what)
    now_held = {row["owner_id"]: row["balance"] for row in holders}
    return _joined(mondays, flows, spreads(mondays, now_held, changes))


def spreads(
    mondays: Sequence[date], now_held: dict[int, int], changes: Sequence[Row]
) -> list[dict[int, int]]:
    """What each member had at the end of each week: what they have now, less what came since."""
    by_week: dict[date, Counter[int]] = defaultdict(Counter)
    for row in changes:
        by_week[row["week"]][row["owner_id"]] += row["amount"]
    held, found = Counter(now_held), []
    for monday in reversed(mondays):
        found.append({member: amount for member, amount in held.items() if amount > 0})
        held.subtract(by_week[monday])
    return found[::-1]


def _joined(
    mondays: Sequence[date], flows: Sequence[Row], held: Sequence[dict[int, int]]
) -> list[Week]:
    """Flows and spreads by week; one without flows has the supply of the week before."""
    by_week = {row["week"]: row for row in flows}
    earlier = [row for row in flows if row["week"] < mondays[0]]
    supply = max(earlier, key=lambda row: row["week"])["supply"] if earlier else 0
    found = []
    for monday, spread in zip(mondays, held, strict=True):
        row = by_week.get(monday) or {"minted": 0, "burned": 0, "moved": 0, "supply": supply}
        supply = row["supply"]
        richest = sorted(spread.items(), key=lambda item: (-item[1], item[0]))[:TOP]
        found.append(
            Week(
                monday,
                row["minted"],
                row["burned"],
                row["moved"],
                supply,
                gini(spread.values()),
                len(spread),
                tuple(richest),
            )
        )
    return found


def gini(amounts: Collection[int]) -> int:
    """The Gini coefficient of positive amounts, in thousandths, rounded down."""
    count, total = len(amounts), sum(amounts)
    if not total:
        return 0
    weighted = sum(place * amount for place, amount in enumerate(sorted(amounts), start=1))
    return (2 * weighted - (count + 1) * total) * 1000 // (count * total)
