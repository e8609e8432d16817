"""The ledger's last line of defence: the database itself."""

import psycopg
import pytest

from projections.accounts import ENTRIES, LedgerEntry
from sql import rows
from sql.pool import Database
from tests.support.facts import GUILD, at


def test_postings_that_do_not_balance_are_refused_by_the_database_too(database: Database) -> None:
    """As if a fold had lost a leg: a line alone cannot be written."""
    lost = LedgerEntry(1, 1, "mint", "coins", -5, -5, 0, "payment", None, at(0))
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="position 1 are off by -5 coins"),
        database.transaction(GUILD) as conn,
    ):
        rows.write(conn, ENTRIES, GUILD, [lost])
