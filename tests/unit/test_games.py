"""The games' pay tables: what they promise is what they pay, and the house always has its edge."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import chance as command
from bot.economy.games import pay_table, percent
from events.decisions import chance, games
from events.decisions.asked import Asked
from events.decisions.chance import Bettor, Limits
from events.decisions.games import ALL, COINFLIP, DICE, GAMES, SLOTS, Game
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.games import ChancePlayed
from tests.support.facts import GUILD, at

ANN = 2001
ASKED = Asked(GUILD, snowflake_at(at(60), 9), ANN, 3001)
LIMITS = Limits(enabled=True, max_stake=500, daily_staked=2000, daily_bets=20, wager_minutes=60)
RICH = Bettor(ANN, 10_000)
BETS = [(game, choice) for game in ALL for choice in game.choices]
bets = st.sampled_from(BETS)
seeds = st.integers(0, 2**63 - 1)


def play(
    game: Game = COINFLIP, choice: str = "heads", stake: int = 100, seed: int = 5, **more: Any
) -> ChancePlayed:
    fields: dict[str, Any] = {"own": RICH, "limits": LIMITS} | more
    return chance.play(ASKED, chance.Bet(game, choice, stake), seed=seed, **fields)


@pytest.mark.parametrize(
    ("game", "choice", "expected"),
    [
        (COINFLIP, "heads", Fraction(98, 100)),
        (COINFLIP, "tails", Fraction(98, 100)),
        (DICE, "under", Fraction(15, 36) * Fraction(23, 10)),
        (DICE, "seven", Fraction(6, 36) * Fraction(57, 10)),
        (DICE, "over", Fraction(15, 36) * Fraction(23, 10)),
        (DICE, "double", Fraction(6, 36) * Fraction(57, 10)),
        (
            SLOTS,
            "spin",
            Fraction(2**3 * 150 + 3**3 * 50 + 4**3 * 20 + 5**3 * 10 + 6**3 * 5, 20**3)
            + Fraction(3 * 6 * 6 * 14, 20**3),
        ),
    ],
    ids=lambda value: getattr(value, "key", str(value)),
)
def test_the_expected_return_is_what_a_calculation_by_hand_gives(
    game: Game, choice: str, expected: Fraction
) -> None:
    assert games.expected_return(game, choice) == expected
    assert games.house_edge(game, choice) == 1 - expected
    assert f"`{choice}`: house edge **{percent(1 - expected)}**" in pay_table(game)


@given(bets, st.integers(1, 10**9))
def test_no_bet_of_any_size_has_an_expected_return_of_one_or_more(
    bet: tuple[Game, str], stake: int
) -> None:
    assert 0 < games.expected_return(*bet, stake) < 1
    assert games.expected_return(*bet, stake) <= games.expected_return(*bet)


@pytest.mark.parametrize(("game", "choice"), BETS, ids=lambda value: getattr(value, "key", value))
def test_many_games_give_back_what_was_promised(game: Game, choice: str) -> None:
    plays = 20_000
    back = sum(games.spin(game, choice, seed).multiplier for seed in range(plays))
    promised = float(games.expected_return(game, choice))
    square = sum(
        float(chance) * (line.multiplier / 100) ** 2
        for line, chance in games.chances(game, choice).values()
    )
    deviation = ((square - promised**2) / plays) ** 0.5
    assert abs(back / plays / 100 - promised) < 3 * deviation


def test_the_edges_in_the_commands_descriptions_are_those_of_the_pay_tables() -> None:
    edges = {
        key: sorted({float(100 * games.house_edge(game, choice)) for choice in game.choices})
        for key, game in GAMES.items()
    }
    shown = {
        "coinflip": f"(house edge {edges['coinflip'][0]:g} %)",
        "dice": f"(house edge {edges['dice'][0]:.2f} to {edges['dice'][-1]:g} %)",
        "slots": f"(house edge {edges['slots'][0]:g} %)",
    }
    for one in command.COMMANDS:
        assert one.description.endswith(shown[one.name])


@given(bets, seeds, st.integers(1, 500))
def test_every_bet_can_be_drawn_again_and_pays_what_it_says(
    bet: tuple[Game, str], seed: int, stake: int
) -> None:
    game, choice = bet
    event = play(game, choice, stake, seed)
    assert games.drawn_again(event)
    assert event.payout == stake * event.multiplier // 100
    gains = Counter({p.account: p.amount for p in event.postings})
    assert gains[f"wallet:{ANN}"] == event.payout - stake
    assert gains["sink"] >= 0 >= gains["mint"]


@given(bets, seeds)
def test_a_bet_that_was_tampered_with_is_found_out(bet: tuple[Game, str], seed: int) -> None:
    event = play(*bet, 100, seed)
    changed: list[dict[str, Any]] = [
        {"roll": [*event.roll, "heads"]},
        {"multiplier": event.multiplier + 1},
        {"payout": event.payout + 1},
        {"rules": event.rules + 99},
        {"game": "roulette"},
    ]
    for change in changed:
        assert not games.drawn_again(event.model_copy(update=change))


def test_a_bet_says_everything_that_decided_it() -> None:
    seed = next(s for s in range(99) if games.spin(COINFLIP, "heads", s).multiplier)
    event: Event = play(seed=seed)
    assert event.source_id == f"{ASKED.interaction_id}:chance_played"
    assert event.payload() | {"postings": None} == {
        "stake": 100,
        "game": "coinflip",
        "choice": "heads",
        "rules": 1,
        "seed": seed,
        "roll": ["heads"],
        "multiplier": 200,
        "payout": 200,
        "postings": None,
    }


def test_a_stake_that_comes_back_moves_nothing() -> None:
    seed = next(s for s in range(999) if games.spin(SLOTS, "spin", s).multiplier == 100)
    event = play(SLOTS, "spin", 70, seed)
    assert (event.payout, event.postings) == (70, [])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"limits": replace(LIMITS, enabled=False)}, "switched off.*games_enabled 1"),
        ({"choice": "edge"}, "Pick one of: heads, tails"),
        ({"stake": 0}, "at least 1 coin"),
        ({"stake": -4}, "at least 1 coin"),
        ({"stake": 501}, "at most 500 coins on one bet"),
        ({"stake": 2**63}, "at most 500 coins on one bet"),
        ({"own": replace(RICH, opted_out=True)}, "/games optin"),
        ({"own": replace(RICH, bets=20)}, "20 bets today and this server allows 20 a day"),
        (
            {"own": replace(RICH, staked=1901)},
            "allows stakes of 2,000.*staked 1,901, so at most 99 are left",
        ),
        ({"own": replace(RICH, staked=9000)}, "at most 0 are left"),
        ({"own": replace(RICH, balance=99)}, "carry 99 coins, so 1 are missing"),
        ({"own": replace(RICH, balance=10**15)}, "Your wallet"),
    ],
)
def test_what_is_refused(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        play(**change)


def test_the_last_bet_and_the_last_coin_that_are_allowed_can_be_played() -> None:
    own = Bettor(ANN, 100, bets=19, staked=1900)
    assert play(own=own).stake == 100


@pytest.mark.parametrize("out", [True, False])
def test_leaving_and_coming_back_are_facts_once(out: bool) -> None:
    fact = chance.choose(ASKED, out=out, is_out=not out)
    assert (fact.source_id, fact.user_id, fact.out) == (
        f"{ASKED.interaction_id}:games_choice",
        ANN,
        out,
    )
    with pytest.raises(Refused, match="already"):
        chance.choose(ASKED, out=out, is_out=out)
