"""Transactions as a file: one line a posting, times in UTC, nothing a spreadsheet would run."""

import csv
import io
from datetime import timedelta, timezone

from bot.commands.why import WORDS
from bot.economy.transactions import KINDS, Moved, as_csv
from tests.support.facts import at


def called(currency: str) -> str:
    return {"coins": "shells"}.get(currency, currency)


CEST = timezone(timedelta(hours=2))
PAID = Moved(12, 1, "payment", "wallet:2001", "coins", -30, 470, 2002, at(0.25).astimezone(CEST))
PUT = Moved(9, 2, "bank_deposit", "bank:2001", "coins", 500, 500, None, at(-60))


def test_each_posting_is_a_line() -> None:
    assert as_csv([PAID, PUT], called).decode().splitlines() == [
        "position,line,time,kind,account,currency,amount,balance,counterpart",
        "12,1,2026-01-05T12:00:00.250+00:00,payment,wallet,shells,-30,470,2002",
        "9,2,2026-01-05T11:59:00.000+00:00,bank_deposit,bank,shells,500,500,",
    ]


def test_a_name_with_a_comma_stays_in_its_column() -> None:
    odd = Moved(1, 1, "coin_award", "wallet:2001", 'item:a,"b"', 1, 1, None, at(0))
    rows = list(csv.reader(io.StringIO(as_csv([odd], called).decode())))
    assert rows[1][5] == 'item:a,"b"' and len(rows[1]) == 9


def test_kinds_are_those_that_move_money() -> None:
    assert {"payment", "bank_deposit", "coin_award"} <= KINDS
    assert "message_create" not in KINDS


def test_every_kind_has_a_name() -> None:
    assert sorted(KINDS - WORDS.keys()) == []
