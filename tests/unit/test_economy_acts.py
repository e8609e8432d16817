"""Grants, resets, undoing and debts: the postings that come of them, or why not."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.decisions.asked import Asked
from events.decisions.claims import CHUNK, claim
from events.decisions.economy_acts import NO_REASON, adjust, check_reason, collect, reset
from events.decisions.undo import undo
from events.economy import CoinsAwarded
from events.economy_acts import EconomyUndone, Way, act_of
from events.engine.canonical import stored
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from events.ledger import MAX_AMOUNT, MAX_BALANCE, LedgerEvent, move
from events.upkeep import TaxTaken
from sql.seal import MAX_PAYLOAD
from tests.support.facts import GUILD, at

ADMIN, ANN, BEN, CAT = 2099, 2001, 2002, 2003
ASKED = Asked(GUILD, snowflake_at(at(30), 7), ADMIN, 3001)
LATER = Asked(GUILD, snowflake_at(at(60), 8), ADMIN, 3001)
RICH = {
    ("wallet:2001", "coins"): 40,
    ("bank:2001", "coins"): 25,
    ("wallet:2002", "coins"): 10,
    ("mint", "coins"): -75,
}
Line = tuple[str, str, int]


def lines(*events: LedgerEvent) -> list[Line]:
    return [(p.account, p.currency, p.amount) for event in events for p in event.postings]


def test_a_reason_is_wanted_where_the_server_says_so() -> None:
    check_reason(NO_REASON, required=False)
    check_reason("a raid", required=True)
    with pytest.raises(Refused, match="wants a reason"):
        check_reason(NO_REASON, required=True)


def test_a_grant_makes_coins_for_everybody_in_a_role() -> None:
    (fact,) = adjust(ASKED, [ANN, BEN], 30, "a raid", balances=RICH, is_role=True)
    assert (fact.source_id, fact.target_id) == (f"{ASKED.interaction_id}:coin_award", None)
    assert lines(fact) == [
        ("mint", "coins", -60),
        ("wallet:2001", "coins", 30),
        ("wallet:2002", "coins", 30),
    ]


def test_taking_goes_to_the_wallet_first_then_to_the_bank() -> None:
    (fact,) = adjust(ASKED, [ANN], -50, "a mistake", balances=RICH)
    assert fact.target_id == ANN
    assert lines(fact) == [
        ("sink", "coins", 50),
        ("wallet:2001", "coins", -40),
        ("bank:2001", "coins", -10),
    ]


def test_of_a_role_each_loses_at_most_what_they_have() -> None:
    (fact,) = adjust(ASKED, [ANN, BEN, CAT], -30, "a tax", balances=RICH, is_role=True)
    assert lines(fact) == [
        ("sink", "coins", 40),
        ("wallet:2001", "coins", -30),
        ("wallet:2002", "coins", -10),
    ]


def test_many_members_are_several_events_that_each_fit_the_lake() -> None:
    many = [10**18 + number for number in range(2 * CHUNK + 1)]
    facts = adjust(ASKED, many, 10**9, "x" * 150, balances={}, is_role=True)
    act = f"{ASKED.interaction_id}:coin_award"
    assert [fact.source_id for fact in facts] == [act, f"{act}:1", f"{act}:2"]
    assert [len(fact.postings) for fact in facts] == [CHUNK + 1, CHUNK + 1, 2]
    assert {act_of(fact.source_id) for fact in facts} == {act}
    half = {(f"{kind}:{m}", "coins"): 10**8 for m in many for kind in ("wallet", "bank")}
    undone = undo(LATER, facts, "debt", "y" * 150, balances=half)
    assert [fact.source_id for fact in undone] == [f"{fact.source_id}:undone" for fact in facts]
    assert all(len(stored(fact, 1).payload) <= MAX_PAYLOAD for fact in [*facts, *undone])


@pytest.mark.parametrize(
    ("members", "amount", "is_role", "sentence"),
    [
        ([], 5, True, "Nobody in that role"),
        ([ANN], 0, False, "0 changes nothing"),
        ([ANN, BEN], MAX_AMOUNT // 2 + 1, True, "at most 1,000,000,000,000 coins in all"),
        ([ANN], -66, False, "has 65 coins; at most those"),
        ([CAT], -5, True, "Nobody in that role has coins"),
        ([2004], 1, False, "The wallet can hold"),
    ],
)
def test_what_cannot_be_given_or_taken(
    members: list[int], amount: int, is_role: bool, sentence: str
) -> None:
    balances = {**RICH, ("wallet:2004", "coins"): MAX_BALANCE}
    with pytest.raises(Refused, match=sentence):
        adjust(ASKED, members, amount, "", balances=balances, is_role=is_role)


def test_a_reset_empties_wallet_bank_and_debts_but_leaves_things() -> None:
    balances = {**RICH, ("wallet:2001", "debt:coins"): 5, ("wallet:2001", "item:sword"): 1}
    fact = reset(ASKED, ANN, "cheating", balances=balances)
    assert sorted(lines(fact)) == [
        ("bank:2001", "coins", -25),
        ("sink", "coins", 25),
        ("sink", "coins", 40),
        ("sink", "debt:coins", 5),
        ("wallet:2001", "coins", -40),
        ("wallet:2001", "debt:coins", -5),
    ]
    with pytest.raises(Refused, match="has nothing"):
        reset(ASKED, CAT, "", balances=balances)


def granted() -> list[CoinsAwarded]:
    """Ann, Ben and Cat were given 50 each; Ann has 65 now, Ben 10 and Cat nothing."""
    return adjust(ASKED, [ANN, BEN, CAT], 50, "a raid", balances={}, is_role=True)


def undoing(way: Way) -> list[EconomyUndone]:
    return undo(LATER, granted(), way, "by mistake", balances=RICH)


def test_undoing_takes_what_is_there_and_the_rest_is_owed() -> None:
    (fact,) = undoing("debt")
    assert fact.source_id == fact.undoes + ":undone" == f"{ASKED.interaction_id}:coin_award:undone"
    assert (fact.user_id, fact.interaction_id) == (ADMIN, LATER.interaction_id)
    assert lines(fact) == [
        ("mint", "coins", 60),
        ("wallet:2001", "coins", -40),
        ("bank:2001", "coins", -10),
        ("wallet:2002", "coins", -10),
        ("mint", "debt:coins", -40),
        ("wallet:2002", "debt:coins", 40),
        ("mint", "debt:coins", -50),
        ("wallet:2003", "debt:coins", 50),
    ]


def test_undoing_leaves_those_alone_who_cannot_pay_back() -> None:
    (fact,) = undoing("skip")
    assert fact.skipped == [BEN, CAT]
    assert lines(fact) == [
        ("mint", "coins", 50),
        ("wallet:2001", "coins", -40),
        ("bank:2001", "coins", -10),
    ]


def test_undoing_stops_when_somebody_cannot_pay_back() -> None:
    with pytest.raises(Refused, match="2 members have spent 90 coins of it"):
        undoing("stop")


def test_what_was_taken_comes_back_to_where_it_was() -> None:
    taken = adjust(ASKED, [ANN], -50, "a mistake", balances=RICH)
    emptied = reset(ASKED, ANN, "", balances={**RICH, ("wallet:2001", "debt:coins"): 5})
    sink = {("sink", "coins"): 50}
    (fact,) = undo(LATER, taken, "stop", "", balances=sink)
    assert lines(fact) == [
        ("sink", "coins", -50),
        ("wallet:2001", "coins", 40),
        ("bank:2001", "coins", 10),
    ]
    (again,) = undo(
        LATER, [emptied], "stop", "", balances={("sink", "coins"): 65, ("sink", "debt:coins"): 5}
    )
    assert sorted(lines(again)) == [
        ("bank:2001", "coins", 25),
        ("sink", "coins", -65),
        ("sink", "debt:coins", -5),
        ("wallet:2001", "coins", 40),
        ("wallet:2001", "debt:coins", 5),
    ]


def test_the_treasury_must_have_what_it_gives_back() -> None:
    taxed = TaxTaken(
        guild_id=GUILD,
        source_id="2026-W02:tax:0",
        occurred_at=at(0),
        period="2026-W02",
        chunk=0,
        rate=1,
        free=0,
        postings=move(30, source="wallet:2001", to="treasury"),
    )
    with pytest.raises(Refused, match=r"treasury holds 20 coins .* give back 30"):
        undo(LATER, [taxed], "stop", "", balances={("treasury", "coins"): 20})
    full = {("treasury", "coins"): 30, ("wallet:2001", "coins"): MAX_BALANCE}
    with pytest.raises(Refused, match="A wallet holds at most"):
        undo(LATER, [taxed], "stop", "", balances=full)


def test_there_must_be_something_to_undo() -> None:
    with pytest.raises(Refused, match="nothing to undo"):
        undo(LATER, granted(), "skip", "", balances={})


def test_a_debt_is_collected_as_far_as_coins_go() -> None:
    balances = {
        ("wallet:2002", "debt:coins"): 40,
        ("wallet:2002", "coins"): 10,
        ("bank:2002", "coins"): 5,
    }
    fact = collect(GUILD, BEN, "debt:coins", 77, at=at(9), balances=balances)
    assert fact is not None
    assert (fact.source_id, fact.amount, fact.left) == (f"{BEN}:debt_collected:77", 15, 25)
    assert lines(fact) == [
        ("mint", "coins", 15),
        ("wallet:2002", "coins", -10),
        ("bank:2002", "coins", -5),
        ("wallet:2002", "debt:coins", -15),
        ("mint", "debt:coins", 15),
    ]
    poor = {("wallet:2002", "debt:coins"): 40}
    assert collect(GUILD, BEN, "debt:coins", 77, at=at(9), balances=poor) is None


def test_a_claim_begins_where_it_is_told() -> None:
    taken = claim(RICH, ANN, 30, first="bank:2001")
    assert [(p.account, p.amount) for p in taken] == [("bank:2001", -25), ("wallet:2001", -5)]


amounts = st.integers(0, 300)


@given(
    amount=st.integers(1, 200),
    before=st.lists(amounts, min_size=6, max_size=6),
    spent=st.lists(amounts, min_size=3, max_size=3),
)
def test_an_undone_grant_leaves_everybody_as_if_it_had_never_been(
    amount: int, before: list[int], spent: list[int]
) -> None:
    """Whatever was spent in between: what each has, less what they owe, is the same, the mint
    owes for what there is, and no other account is below zero."""
    purses = [(kind, m) for m in (ANN, BEN, CAT) for kind in ("wallet", "bank")]
    books = Counter({(f"{k}:{m}", "coins"): n for (k, m), n in zip(purses, before, strict=True)})
    books["mint", "coins"] = -sum(before)
    act = adjust(ASKED, [ANN, BEN, CAT], amount, "", balances=books, is_role=True)
    apply(books, act)
    for member, wish in zip((ANN, BEN, CAT), spent, strict=True):
        cost = min(wish, books[f"wallet:{member}", "coins"])
        books.update({(f"wallet:{member}", "coins"): -cost, ("shop", "coins"): cost})
    worth = {member: net(books, member) for member in (ANN, BEN, CAT)}
    apply(books, undo(LATER, act, "debt", "", balances=books))
    assert {m: net(books, m) for m in worth} == {m: had - amount for m, had in worth.items()}
    assert all(n >= 0 for (account, _), n in books.items() if account != "mint")
    assert sum(n for (_, currency), n in books.items() if currency == "coins") == 0
    while facts := [f for m in worth if (f := collect_all(books, m)) is not None]:
        apply(books, facts)
    assert {m: net(books, m) for m in worth} == {m: had - amount for m, had in worth.items()}


def collect_all(books: "Counter[tuple[str, str]]", member: int) -> LedgerEvent | None:
    return collect(GUILD, member, "debt:coins", 1, at=at(0), balances=books)


def apply(books: "Counter[tuple[str, str]]", facts: Sequence[LedgerEvent]) -> None:
    for account, currency, amount in lines(*facts):
        books[account, currency] += amount


def net(books: "Counter[tuple[str, str]]", member: int) -> int:
    purses = (f"wallet:{member}", f"bank:{member}")
    return sum(books[a, "coins"] for a in purses) - books[f"wallet:{member}", "debt:coins"]
