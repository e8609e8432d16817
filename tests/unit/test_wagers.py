"""Wagers: who may offer, answer and end one, and what being played moves."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.decisions import wagers
from events.decisions.asked import Asked
from events.decisions.chance import Bettor, Limits
from events.decisions.economy import Member
from events.decisions.wagers import Offer
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at, to_ms
from events.games import End, WagerClosed, WagerPlayed
from tests.support.facts import GUILD, at

ANN, BEN, CAT = 2001, 2002, 2003
LIMITS = Limits(enabled=True, max_stake=500, daily_staked=2000, daily_bets=20, wager_minutes=30)
ANNS, BENS = Bettor(ANN, 900), Bettor(BEN, 700)


def asked(user: int, seconds: int) -> Asked:
    return Asked(GUILD, snowflake_at(at(seconds), seconds), user, 3001)


OFFERED = asked(ANN, 10)
OFFER = Offer(GUILD, OFFERED.interaction_id, ANN, BEN, 100, at(10) + timedelta(minutes=30))


def offer(stake: int = 100, **more: Any) -> Offer:
    opponent = more.pop("opponent", Member(BEN, is_bot=False, present=True))
    fields: dict[str, Any] = {
        "own": ANNS,
        "limits": LIMITS,
        "opponent_opted_out": False,
        "open_offers": 0,
    } | more
    return Offer.of(wagers.offer(OFFERED, opponent, stake, **fields))


def accept(who: Asked, seed: int = 3, **more: Any) -> WagerPlayed | WagerClosed:
    fields: dict[str, Any] = {
        "own": BENS,
        "challenger": ANNS,
        "challenger_present": True,
        "limits": LIMITS,
    } | more
    return wagers.accept(who, OFFER, seed=seed, **fields)


def test_an_offer_names_both_the_stake_and_its_end() -> None:
    assert offer() == OFFER


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"limits": replace(LIMITS, enabled=False)}, "switched off"),
        ({"opponent": Member(ANN, is_bot=False, present=True)}, "against yourself"),
        ({"opponent": Member(9, is_bot=True, present=True)}, "Bots do not wager"),
        ({"opponent": Member(9, is_bot=False, present=False)}, "has left this server"),
        ({"opponent_opted_out": True}, "wants no games"),
        ({"open_offers": 5}, "5 wagers open"),
        ({"stake": 0}, "at least 1"),
        ({"stake": 501}, "at most 500"),
        ({"own": replace(ANNS, balance=99)}, "1 are missing"),
        ({"own": replace(ANNS, bets=20)}, "20 bets today"),
        ({"own": replace(ANNS, staked=1950)}, "at most 50 are left"),
        ({"own": replace(ANNS, opted_out=True)}, "have left the games"),
    ],
)
def test_what_cannot_be_offered(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        offer(**change)


@given(st.integers(0, 2**63 - 1))
def test_both_stakes_go_through_escrow_to_the_one_the_seed_names(seed: int) -> None:
    event = accept(asked(BEN, 20), seed)
    assert isinstance(event, WagerPlayed)
    winner = f"wallet:{(ANN, BEN)[event.roll]}"
    held = f"escrow:{OFFER.wager_id}"
    assert [(p.account, p.amount) for p in event.postings] == [
        (f"wallet:{ANN}", -100),
        (held, 100),
        (f"wallet:{BEN}", -100),
        (held, 100),
        (held, -200),
        (winner, 200),
    ]
    assert wagers.drawn_again(event)
    assert not wagers.drawn_again(event.model_copy(update={"roll": 1 - event.roll}))
    assert not wagers.drawn_again(event.model_copy(update={"payout": 201}))
    assert event.source_id == OFFER.end_id == f"{OFFER.wager_id}:wager_end"


def test_either_side_can_win() -> None:
    won = {accept(asked(BEN, 20), seed).winner_id for seed in range(20)}  # type: ignore[union-attr]
    assert won == {ANN, BEN}


@pytest.mark.parametrize(
    ("who", "change", "sentence"),
    [
        (ANN, {}, f"for <@{BEN}> to answer"),
        (CAT, {}, f"for <@{BEN}> to answer"),
        (BEN, {"limits": replace(LIMITS, enabled=False)}, "switched off"),
        (BEN, {"limits": replace(LIMITS, max_stake=99)}, "at most 99"),
        (BEN, {"own": replace(BENS, balance=1)}, "99 are missing"),
        (BEN, {"own": replace(BENS, bets=20)}, "20 bets today"),
        (BEN, {"own": replace(BENS, opted_out=True)}, "have left the games"),
        (BEN, {"challenger_present": False}, f"<@{ANN}> has left this server"),
        (BEN, {"challenger": replace(ANNS, balance=99)}, f"<@{ANN}> cannot play this any more"),
        (BEN, {"challenger": replace(ANNS, opted_out=True)}, f"<@{ANN}> cannot play"),
    ],
)
def test_who_cannot_accept(who: int, change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        accept(asked(who, 20), **change)


@pytest.mark.parametrize(("who", "end"), [(BEN, "declined"), (ANN, "cancelled")])
def test_the_opponent_declines_and_the_challenger_takes_back(who: int, end: End) -> None:
    fact = wagers.refuse(asked(who, 20), OFFER, end)
    assert (fact.end, fact.user_id, fact.source_id) == (end, who, OFFER.end_id)
    for other in {ANN, BEN, CAT} - {who}:
        with pytest.raises(Refused, match=f"for <@{who}> to"):
            wagers.refuse(asked(other, 20), OFFER, end)


def test_a_late_answer_of_any_kind_is_the_same_fact_as_the_end_by_itself() -> None:
    late = 10 + 30 * 60
    ended = wagers.expire(OFFER)
    assert accept(asked(BEN, late)) == ended
    assert wagers.refuse(asked(BEN, late), OFFER, "declined") == ended
    assert wagers.refuse(asked(ANN, late + 5), OFFER, "cancelled") == ended
    assert isinstance(accept(asked(BEN, late - 1)), WagerPlayed)
    assert (ended.end, ended.user_id, to_ms(ended.occurred_at)) == (
        "expired",
        None,
        to_ms(OFFER.expires_at),
    )
