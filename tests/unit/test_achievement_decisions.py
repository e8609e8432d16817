"""What may be offered, given and taken back: the fact that comes of it, or why not."""

from dataclasses import replace

import pytest

from events.decisions.achievements import (
    MAX_TEMPLATES,
    Held,
    Reached,
    Template,
    award_key,
    define,
    give,
    reach,
    revoke,
)
from events.decisions.asked import Asked
from events.decisions.economy import Member
from events.decisions.goals import GOALS
from events.engine.catalogue import event_types
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from events.ledger import MAX_BALANCE
from tests.support.facts import GUILD, at

ADMIN, ANN = 2099, 2001
ASKED = Asked(GUILD, snowflake_at(at(30), 7), ADMIN, 3001)
MEMBER = Member(ANN, is_bot=False, present=True)
TALKER = Template(
    "talker", "Talker", "messages", 100, revision=4, series="talk", tier=2, xp=50, coins=20
)
FIRST = Template("greeter", "Greeter", "messages", 10, series="talk")
OWL = Template("owl", "Owl", "custom", 1, scope="season")


def test_a_template_is_defined_on_what_the_admin_saw() -> None:
    wanted = replace(TALKER, threshold=200, image_url="https://example.org/a.png?b=1")
    fact = define(ASKED, wanted, known=[TALKER, FIRST], based_on=4)
    assert (fact.source_id, fact.revision) == ("rule:achievement:talker:5", 5)
    assert (fact.goal, fact.threshold, fact.series, fact.tier) == ("messages", 200, "talk", 2)
    assert (fact.xp, fact.coins, fact.image_url) == (50, 20, "https://example.org/a.png?b=1")


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (replace(TALKER, achievement="Talker"), "lower-case letters, digits and hyphens"),
        (replace(TALKER, achievement="a" * 25), "at most 24"),
        (replace(TALKER, achievement="a:b"), "lower-case letters, digits and hyphens"),
        (replace(TALKER, achievement="--"), "lower-case letters, digits and hyphens"),
        (replace(TALKER, name=" "), "needs a name"),
        (replace(TALKER, name="\u200b"), "needs a name"),
        (replace(TALKER, name="a\nb"), "of one line"),
        (replace(TALKER, name="a" * 51), "at most 50 letters"),
        (replace(TALKER, name="gREETER"), "Another achievement has that name"),
        (replace(TALKER, emoji="a" * 61), "one emoji"),
        (replace(TALKER, description="a" * 201), "at most 200 letters"),
        (replace(TALKER, image_url="http://example.org/a.png"), "begins with https://"),
        (replace(TALKER, image_url="https://"), "begins with https://"),
        (replace(TALKER, image_url="https://a.org/ b"), "begins with https://"),
        (replace(TALKER, image_url="https://a.org/" + "b" * 200), "at most 200 letters"),
        (replace(TALKER, goal="money"), "no such goal. Pick one of: messages, "),
        (replace(TALKER, threshold=0), "a whole number from 1 to 1,000,000,000"),
        (replace(TALKER, threshold=-5), "a whole number from 1 to"),
        (replace(TALKER, goal="level", threshold=1_001), "Level: ask for .* to 1,000"),
        (replace(TALKER, goal="level", threshold=5, scope="season"), "cannot be counted by season"),
        (replace(TALKER, goal="days-here", scope="season"), "cannot be counted by season"),
        (replace(TALKER, xp=-1), "A reward is"),
        (replace(TALKER, coins=1_000_001), "A reward is"),
        (replace(TALKER, tier=0), "A tier is a whole number from 1 to 100"),
        (replace(TALKER, series=None), "Name the series"),
        (replace(TALKER, series="two words"), "A series is named"),
        (replace(TALKER, tier=1), "Tier 1 of that series is `greeter`"),
        (replace(TALKER, threshold=10), "A higher tier asks for more"),
        (TALKER, "like that already"),
    ],
)
def test_what_an_achievement_cannot_be(wanted: Template, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        define(ASKED, wanted, known=[TALKER, FIRST], based_on=4)


def test_what_is_retired_stands_in_nobodys_way() -> None:
    gone = replace(FIRST, retired=True)
    define(ASKED, replace(TALKER, tier=1, name="Greeter"), known=[TALKER, gone], based_on=4)
    fact = define(ASKED, replace(FIRST, retired=True), known=[TALKER, FIRST], based_on=1)
    assert fact.retired
    with pytest.raises(Refused, match="Another achievement has that name"):
        define(ASKED, FIRST, known=[replace(TALKER, name="Greeter"), gone], based_on=2)


def test_steps_of_one_series_may_ask_for_different_things() -> None:
    wanted = replace(TALKER, goal="level", threshold=5)
    assert define(ASKED, wanted, known=[FIRST], based_on=4).goal == "level"


def test_a_server_has_so_many_and_no_more() -> None:
    known = [Template(f"a-{n}", f"A {n}", "xp", 5) for n in range(MAX_TEMPLATES)]
    with pytest.raises(Refused, match="at most 250 achievements"):
        define(ASKED, OWL, known=known, based_on=0)
    define(ASKED, replace(known[0], threshold=6), known=known, based_on=1)


def test_every_goal_is_measured_by_something_that_is_recorded() -> None:
    for goal in GOALS.values():
        if goal.kind == "count":
            assert goal.measure in event_types()
    assert len(GOALS) <= 25  # as many as Discord has room for in a list


def test_what_is_reached_is_a_fact_with_the_time_of_the_event() -> None:
    fact = reach(GUILD, TALKER, Reached(ANN, 0, 77, at(9)), "look_back")
    assert (fact.source_id, fact.user_id, fact.occurred_at) == (
        "2001:achievement:talker",
        ANN,
        at(9),
    )
    assert (fact.cause_position, fact.way, fact.revision, fact.xp) == (77, "look_back", 4, 50)
    assert [(p.account, p.amount) for p in fact.postings] == [("mint", -20), ("wallet:2001", 20)]
    season = reach(GUILD, replace(TALKER, coins=0), Reached(ANN, 3, 77, at(9)), "live")
    assert (season.source_id, season.postings) == ("2001:achievement:talker:3", [])


def test_a_wallet_gets_what_it_has_room_for() -> None:
    full = reach(GUILD, TALKER, Reached(ANN, 0, 77, at(9)), "live", balance=MAX_BALANCE - 5)
    assert (full.coins, full.unpaid, full.postings[1].amount) == (5, 15, 5)
    hand = give(ASKED, TALKER, MEMBER, None, season=None, had=[], balance=MAX_BALANCE)
    assert (hand.coins, hand.unpaid, hand.postings, hand.xp) == (0, 20, [], 50)


def test_an_admin_gives_what_is_offered() -> None:
    fact = give(ASKED, TALKER, MEMBER, "for the raid", season=3, had=[])
    assert fact.source_id == award_key(ANN, "talker", 0)
    assert (fact.user_id, fact.target_id, fact.way, fact.reason) == (
        ADMIN,
        ANN,
        "hand",
        "for the raid",
    )
    assert (fact.xp, fact.coins, fact.cause_position, fact.receiver) == (50, 20, None, ANN)
    assert give(ASKED, OWL, MEMBER, None, season=3, had=[]).source_id == award_key(ANN, "owl", 3)


def test_what_was_taken_back_is_given_anew_but_pays_once() -> None:
    had = [Held(40, ANN, "talker", 0, revoked=True)]
    fact = give(ASKED, TALKER, MEMBER, None, season=None, had=had)
    assert fact.source_id == f"2001:achievement:talker:again:{ASKED.interaction_id}"
    assert (fact.xp, fact.coins, fact.postings) == (0, 0, [])


@pytest.mark.parametrize(
    ("template", "receiver", "season", "had", "sentence"),
    [
        (replace(TALKER, retired=True), MEMBER, 3, [], "is retired"),
        (TALKER, replace(MEMBER, is_bot=True), 3, [], "Bots"),
        (TALKER, replace(MEMBER, present=False), 3, [], "has left"),
        (OWL, MEMBER, None, [], "no season is open"),
        (TALKER, MEMBER, 3, [Held(4, ANN, "talker", 0, False)], "has this achievement already"),
        (OWL, MEMBER, 3, [Held(4, ANN, "owl", 3, False)], "has this achievement already"),
    ],
)
def test_what_cannot_be_given(
    template: Template, receiver: Member, season: int | None, had: list[Held], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        give(ASKED, template, receiver, None, season=season, had=had)


def test_another_season_is_another_award() -> None:
    had = [Held(4, ANN, "owl", 2, False), Held(5, ANN, "talker", 0, False)]
    assert give(ASKED, OWL, MEMBER, None, season=3, had=had).season == 3


def test_an_award_is_taken_back_once() -> None:
    fact = revoke(ASKED, Held(40, ANN, "talker", 0, revoked=False))
    assert (fact.source_id, fact.target_id, fact.award) == ("40:achievement_revoked", ANN, 40)
    with pytest.raises(Refused, match="already"):
        revoke(ASKED, Held(40, ANN, "talker", 0, revoked=True))
