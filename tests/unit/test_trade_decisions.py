"""What may be traded: the fact that comes of it, or the sentence that says why not."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from events.decisions import trades
from events.decisions.asked import Asked
from events.decisions.economy import Member
from events.decisions.trades import Trade
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from events.ledger import MAX_AMOUNT, MAX_BALANCE, Posting
from events.trades import TradeConfirmed, TradeEnded, TradeOpened, TradeSettled
from tests.support.facts import GUILD, at

ANN, BEN, CAT, TRADE = 2001, 2002, 2003, 8001
SWORD = "item:sword"
OPEN = Trade(TRADE, ANN, BEN, {"coins": 70}, {SWORD: 1}, 4, None, "open", at(3600))
FIRST = replace(OPEN, confirmed_by=ANN)


def asked(user: int = ANN, seconds: float = 30) -> Asked:
    return Asked(GUILD, snowflake_at(at(seconds), 7), user, 3001)


def member(user: int = BEN, *, is_bot: bool = False, present: bool = True) -> Member:
    return Member(user, is_bot, present)


def lines(postings: list[Posting]) -> list[tuple[str, str, int]]:
    return [(p.account, p.currency, p.amount) for p in postings]


def confirm(
    trade: Trade,
    user: int,
    version: int = 4,
    *,
    seconds: float = 30,
    present: bool = True,
    has: int = 100,
    other_has: int = 100,
) -> TradeConfirmed | TradeSettled:
    return trades.confirm(
        asked(user, seconds),
        trade,
        version,
        member(BEN if user == ANN else ANN, present=present),
        carried={"coins": has, SWORD: has},
        partner_carried={"coins": other_has, SWORD: other_has},
    )


def test_a_trade_is_opened_for_as_long_as_the_guild_wants() -> None:
    (opened,) = trades.open_trade(asked(), member(), None, 90)
    assert isinstance(opened, TradeOpened)
    assert (opened.trade_id, opened.user_id, opened.target_id) == (
        asked().interaction_id,
        ANN,
        BEN,
    )
    assert opened.expires_ms == int(at(30 + 90 * 60).timestamp() * 1000)


def test_one_that_has_run_out_is_closed_before_the_next_is_opened() -> None:
    closed, opened = trades.open_trade(asked(seconds=3600), member(), FIRST, 90)
    assert closed == trades.expire(GUILD, FIRST)
    assert isinstance(opened, TradeOpened)


@pytest.mark.parametrize(
    ("partner", "earlier", "sentence"),
    [
        (member(ANN), None, "cannot trade with yourself"),
        (member(is_bot=True), None, "Bots have nothing"),
        (member(present=False), None, "has left"),
        (member(), OPEN, "a trade open already"),
    ],
)
def test_what_cannot_be_opened(partner: Member, earlier: Trade | None, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        trades.open_trade(asked(), partner, earlier, 60)


def test_a_change_is_a_new_version_and_gives_back_what_was_put_up() -> None:
    fact = trades.change(asked(BEN), FIRST, member(ANN), "item:bow", 2, carried=2)
    assert (fact.currency, fact.quantity, fact.before, fact.version) == ("item:bow", 2, 0, 5)
    assert lines(fact.postings) == [
        ("escrow:8001", "coins", -70),
        ("wallet:2001", "coins", 70),
    ]
    assert trades.change(asked(), OPEN, member(), "coins", 0, carried=0).postings == []


def test_who_changes_what_they_put_up_may_offer_it_again() -> None:
    assert trades.change(asked(), FIRST, member(), "coins", 75, carried=5).quantity == 75
    with pytest.raises(Refused, match="You have 5 of that, so 70 are missing"):
        trades.change(asked(), OPEN, member(), "coins", 75, carried=5)


@pytest.mark.parametrize(
    ("trade", "user", "currency", "quantity", "sentence"),
    [
        (OPEN, ANN, "coins", -1, "0 or more"),
        (OPEN, ANN, "coins", MAX_AMOUNT + 1, "at most 1,000,000,000,000"),
        (OPEN, ANN, "coins", 2**63, "at most 1,000,000,000,000"),
        (OPEN, ANN, "coins", 70, "what you offer already"),
        (OPEN, ANN, "item:bow", 0, "what you offer already"),
        (OPEN, ANN, "coins", 101, "1 are missing"),
        (OPEN, CAT, "coins", 5, "between two others"),
        (replace(OPEN, state="settled"), ANN, "coins", 5, "is done"),
        (replace(OPEN, state="cancelled"), ANN, "coins", 5, "called off"),
        (replace(OPEN, state="expired"), ANN, "coins", 5, "has run out"),
        (replace(OPEN, expires_at=at(30)), ANN, "coins", 5, "has run out"),
        (
            replace(OPEN, proposer_offer={f"item:{n}": 1 for n in range(10)}),
            ANN,
            "coins",
            5,
            "at most 10 different",
        ),
    ],
)
def test_what_cannot_be_offered(
    trade: Trade, user: int, currency: str, quantity: int, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        trades.change(asked(user), trade, member(), currency, quantity, carried=100)


def test_the_first_puts_up_what_they_offer() -> None:
    fact = confirm(OPEN, BEN)
    assert isinstance(fact, TradeConfirmed)
    assert fact.source_id == "8001:trade_confirm:4:2002"
    assert lines(fact.postings) == [("wallet:2002", SWORD, -1), ("escrow:8001", SWORD, 1)]


def test_the_second_settles_everything_at_once() -> None:
    fact = confirm(FIRST, BEN)
    assert isinstance(fact, TradeSettled)
    assert fact.source_id == "8001:trade_end"
    assert lines(fact.postings) == [
        ("wallet:2002", SWORD, -1),
        ("wallet:2001", SWORD, 1),
        ("escrow:8001", "coins", -70),
        ("wallet:2002", "coins", 70),
    ]


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda: confirm(OPEN, ANN, 3), "changed since you saw"),
        (lambda: confirm(FIRST, ANN), "You have confirmed already"),
        (lambda: confirm(OPEN, ANN, has=69), "You offer 70 .* only 69"),
        (lambda: confirm(OPEN, ANN, present=False), "has left"),
        (lambda: confirm(OPEN, CAT), "between two others"),
        (lambda: confirm(OPEN, ANN, seconds=3600), "has run out"),
        (lambda: confirm(OPEN, ANN, has=MAX_BALANCE), "Your wallet can hold"),
        (lambda: confirm(OPEN, ANN, other_has=MAX_BALANCE - 69), "Their wallet can hold"),
        (lambda: confirm(replace(OPEN, proposer_offer={}, partner_offer={}), ANN), "Nothing is"),
    ],
)
def test_what_cannot_be_confirmed(act: Callable[[], object], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        act()


def test_whoever_ends_it_the_key_is_the_same_and_everything_goes_back() -> None:
    called_off = trades.cancel(asked(BEN, seconds=4000), FIRST)
    ran_out = trades.expire(GUILD, FIRST)
    assert isinstance(called_off, TradeEnded)
    assert (called_off.outcome, ran_out.outcome) == ("cancelled", "expired")
    assert called_off.source_id == ran_out.source_id == FIRST.end_id
    assert ran_out.occurred_at == FIRST.expires_at
    for fact in (called_off, ran_out):
        assert lines(fact.postings) == [("escrow:8001", "coins", -70), ("wallet:2001", "coins", 70)]
    with pytest.raises(Refused, match="between two others"):
        trades.cancel(asked(CAT), OPEN)
    with pytest.raises(Refused, match="called off"):
        trades.cancel(asked(), replace(OPEN, state="cancelled"))
