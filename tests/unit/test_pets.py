"""What can be done with a pet, what is refused, and how it fares with time."""

from dataclasses import replace

import pytest

from events.currency import COIN
from events.decisions import pets
from events.decisions.asked import Asked
from events.decisions.pets import Pet
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from tests.support.facts import GUILD, at

ANN, PET = 2001, 8001
HOUR = 3600
ASKED = Asked(GUILD, snowflake_at(at(100 * HOUR), 7), ANN, 3001)
REX = Pet(
    PET, "dog", "Rex", hunger=50, mood=60, experience=40, as_of=at(100 * HOUR), played_at=None
)


def test_with_time_a_pet_gets_hungry_and_sad() -> None:
    content = replace(REX, hunger=0, mood=100, as_of=at(0))
    fares = [content.at(at(hours * HOUR)) for hours in (0, 12, 18, 24, 48, 72, 999)]
    assert [p.hunger for p in fares] == [0, 16, 25, 33, 66, 100, 100]
    assert [p.mood for p in fares] == [100, 75, 63, 50, 0, 0, 0]
    assert [p.as_of for p in fares][:2] == [at(0), at(12 * HOUR)]
    assert content.at(at(-5)) == content  # an event that comes late makes nobody younger


def test_a_meal_costs_coins_and_stills_hunger() -> None:
    fact = pets.feed(ASKED, replace(REX, as_of=at(64 * HOUR)), cost=25, balance=25, coin=COIN)
    assert fact.source_id == f"{ASKED.interaction_id}:pet_fed"
    assert (fact.user_id, fact.pet_id, fact.cost, fact.occurred_at) == (ANN, PET, 25, ASKED.at)
    assert (fact.hunger_before, fact.hunger, fact.mood, fact.experience) == (100, 60, 0, 10)
    assert [(p.account, p.currency, p.amount) for p in fact.postings] == [
        ("wallet:2001", "coins", -25),
        ("sink", "coins", 25),
    ]


def test_a_small_hunger_is_stilled_by_a_meal_that_may_cost_nothing() -> None:
    fact = pets.feed(ASKED, replace(REX, hunger=10), cost=0, balance=0, coin=COIN)
    assert (fact.hunger_before, fact.hunger, fact.postings) == (10, 0, [])


def test_what_a_pet_does_not_eat() -> None:
    # 7 more of 100 in 72 hours is 5 hours, 2 minutes and 24 seconds
    when = int(at(105 * HOUR + 144).timestamp())
    with pytest.raises(Refused) as refused:
        pets.feed(ASKED, replace(REX, hunger=3), cost=25, balance=99, coin=COIN)
    assert str(refused.value) == f"Rex is not hungry. Come back <t:{when}:R>."
    assert replace(REX, hunger=3).at(at(105 * HOUR + 144)).hunger == 10
    with pytest.raises(Refused, match="costs 25 coins and you have 1 coin, so 24 are missing"):
        pets.feed(ASKED, REX, cost=25, balance=1, coin=COIN)


def test_a_game_cheers_a_pet_up_and_makes_it_hungry() -> None:
    fact = pets.play(ASKED, REX, wait_minutes=60)
    assert fact.source_id == f"{ASKED.interaction_id}:pet_played"
    assert (fact.hunger, fact.mood_before, fact.mood, fact.experience) == (55, 60, 90, 5)
    assert (fact.user_id, fact.pet_id, fact.wait_minutes) == (ANN, PET, 60)
    happy = pets.play(ASKED, replace(REX, mood=95, hunger=80), wait_minutes=60)
    assert (happy.mood, happy.hunger) == (100, 85)


@pytest.mark.parametrize(("minutes_ago", "plays"), [(59, False), (60, True)])
def test_a_pet_rests_between_games(minutes_ago: int, plays: bool) -> None:
    tired = replace(REX, played_at=at(100 * HOUR - minutes_ago * 60))
    if plays:
        assert pets.play(ASKED, tired, wait_minutes=60)
        return
    when = int(at(100 * HOUR + 60).timestamp())
    with pytest.raises(Refused) as refused:
        pets.play(ASKED, tired, wait_minutes=60)
    assert str(refused.value) == f"Rex is tired. Play again <t:{when}:R>."


def test_a_hungry_pet_does_not_play() -> None:
    with pytest.raises(Refused, match="too hungry to play"):
        pets.play(ASKED, replace(REX, hunger=81), wait_minutes=60)


def test_a_pet_is_renamed() -> None:
    fact = pets.rename(ASKED, REX, "  King\n Rex ")
    assert fact.source_id == f"{ASKED.interaction_id}:pet_renamed"
    assert (fact.user_id, fact.pet_id, fact.name, fact.previous) == (ANN, PET, "King Rex", "Rex")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("  ", "1 to 32 letters"), ("x" * 33, "1 to 32 letters"), (" Rex", "called Rex already")],
)
def test_what_a_pet_is_not_called(name: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        pets.rename(ASKED, REX, name)


def test_levels_need_more_and_more() -> None:
    found = [pets.level_of(e) for e in (0, 49, 50, 149, 150, 299, 300, 25 * 99 * 100)]
    assert found == [1, 1, 2, 2, 3, 3, 4, 100]
    assert [pets.experience_for(level) for level in (1, 2, 3, 4)] == [0, 50, 150, 300]
    assert replace(REX, experience=149).level == 2


@pytest.mark.parametrize(
    ("item", "species"),
    [
        ("pet-fox-7", "fox"),
        (pets.item_of("owl", 2**63 - 1), "owl"),
        ("pet-fox", None),
        ("pet-fox-x", None),
        ("pet-unicorn-7", None),
        ("fox-7", None),
    ],
)
def test_a_pet_is_told_from_other_things(item: str, species: str | None) -> None:
    assert pets.species_of(item) == species
