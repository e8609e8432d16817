"""The admin log: a line for each event and currency, an undo beside what it undoes."""

from events.economy import CoinsAwarded
from events.economy_acts import EconomyReset, EconomyUndone
from events.ledger import MINT, SINK, TREASURY, Posting, bank, debt, move, wallet
from events.upkeep import TaxTaken
from tests.support.facts import GUILD, at
from tests.support.given import given

ANN, BEN, ADMIN = 2001, 2002, 2099
COLUMNS = "position line act event_type actor_id target_id currency amount members reason"


def test_acts_are_lines_with_what_the_members_gained() -> None:
    granted = CoinsAwarded(
        guild_id=GUILD,
        source_id="81:coin_award:1",
        user_id=ADMIN,
        occurred_at=at(1),
        amount=30,
        reason="a raid",
        postings=[
            Posting(account=MINT, amount=-60),
            Posting(account=wallet(ANN), amount=30),
            Posting(account=wallet(BEN), amount=30),
        ],
    )
    undone = EconomyUndone(
        guild_id=GUILD,
        source_id="81:coin_award:1:undone",
        user_id=ADMIN,
        occurred_at=at(2),
        undoes="81:coin_award:1",
        way="debt",
        reason="by mistake",
        skipped=[],
        interaction_id=82,
        postings=[
            *move(40, source=wallet(ANN), to=MINT),
            *move(20, source=MINT, to=wallet(BEN), currency=debt("coins")),
        ],
    )
    emptied = EconomyReset(
        guild_id=GUILD,
        source_id="83:economy_reset",
        user_id=ADMIN,
        target_id=BEN,
        occurred_at=at(3),
        reason="cheating",
        postings=[
            *move(5, source=wallet(BEN), to=SINK),
            *move(7, source=bank(BEN), to=SINK),
        ],
    )
    taxed = TaxTaken(
        guild_id=GUILD,
        source_id="2026-W02:tax:0",
        occurred_at=at(4),
        period="2026-W02",
        chunk=0,
        rate=100,
        free=10,
        postings=move(3, source=wallet(ANN), to=TREASURY),
    )
    nobody = taxed.model_copy(update={"source_id": "2026-W03:tax:0", "postings": []})
    given("admin_log", granted, undone, emptied, taxed, nobody).then(
        "admin_log",
        COLUMNS,
        (1, 1, "81:coin_award", "coin_award", ADMIN, None, "coins", 60, 2, "a raid"),
        (2, 1, "81:coin_award", "economy_undo", ADMIN, None, "coins", -40, 1, "by mistake"),
        (2, 2, "81:coin_award", "economy_undo", ADMIN, None, "debt:coins", 20, 1, "by mistake"),
        (3, 1, "83:economy_reset", "economy_reset", ADMIN, BEN, "coins", -12, 1, "cheating"),
        (4, 1, "2026-W02:tax", "tax", None, None, "coins", -3, 1, None),
        (5, 1, "2026-W03:tax", "tax", None, None, "coins", 0, 0, None),
    )
