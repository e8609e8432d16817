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


def test_many_lines_are_written_in_pieces_that_each_balance(database: Database) -> None:
    """Three lines an event, so that a piece of a round number of lines would cut one in two."""
    lines = [
        LedgerEntry(position, line, account, "coins", amount, 9, 0, "payment", None, at(0))
        for position in range(1, rows.PIECE + 1)
        for line, (account, amount) in enumerate((("wallet:1", -3), ("shop", 2), ("fees", 1)))
    ]
    with database.transaction(GUILD) as conn:
        rows.write(conn, ENTRIES, GUILD, lines)
        assert rows.count(conn, ENTRIES, GUILD) == 3 * rows.PIECE
    lines[-1].amount = 2
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="are off by 1 coins"),
        database.transaction(7) as conn,
    ):
        rows.write(conn, ENTRIES, 7, lines)
