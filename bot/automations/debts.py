"""A member who owes coins and has some pays: at once, whatever they came from."""

from collections.abc import Sequence

from bot.automation import Automation
from bot.economy.acts import balances_of
from events.decisions.economy_acts import collect
from events.engine.event import Event
from sql import lake
from sql.pool import Connection
from sql.reads import fetch


def follow(conn: Connection, guild_id: int, after: int, up_to: int) -> Sequence[Event]:
    """What is collected now; a debt that nothing can be paid of waits for the next event."""
    debts = fetch(conn, "accounts", "debts", guild=guild_id)
    if not debts:
        return []
    balances = balances_of(conn, guild_id, {row["owner_id"] for row in debts})
    at = lake.read(conn, guild_id, up_to - 1, 1)[0].occurred_at
    collected = [
        collect(
            guild_id, row["owner_id"], row["currency"], row["balance_at"], at=at, balances=balances
        )
        for row in debts
    ]
    return [fact for fact in collected if fact is not None]


AUTOMATION = Automation("automation:debts", ("accounts",), follow)
