"""What an admin may do: the fact that comes of it, or the sentence that says why not."""

import pytest

from events.decisions.asked import Asked
from events.decisions.economy import Member, award_coins, pay
from events.decisions.levels import BADGE_LEVELS, rewards
from events.decisions.points import award_points
from events.decisions.settings import Standing, change_setting
from events.economy import LevelReached
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.ledger import MAX_AMOUNT, MAX_BALANCE
from events.settings import SETTINGS
from tests.support.facts import GUILD, at

ADMIN, BEN = 2099, 2002
ASKED = Asked(GUILD, snowflake_at(at(30), 7), ADMIN, 3001)
MEMBER = Member(BEN, is_bot=False, present=True)
BOT = Member(2666, is_bot=True, present=True)
GONE = Member(2003, is_bot=False, present=False)


def envelope(event: Event) -> tuple[object, ...]:
    return event.guild_id, event.source_id, event.user_id, event.target_id, event.occurred_at


@pytest.mark.parametrize(("amount", "other"), [(40, "mint"), (-40, "sink")])
def test_coins_come_from_the_mint_and_go_to_the_sink(amount: int, other: str) -> None:
    fact = award_coins(ASKED, MEMBER, amount, "for helping", balance=40)
    source_id = f"{ASKED.interaction_id}:coin_award"
    assert envelope(fact) == (GUILD, source_id, ADMIN, BEN, at(30))
    assert [(p.account, p.currency, p.amount) for p in fact.postings] == [
        (other, "coins", -amount),
        ("wallet:2002", "coins", amount),
    ]


@pytest.mark.parametrize(("kind", "xp", "stars"), [("xp", -3, 0), ("stars", 0, -3)])
def test_points_are_of_one_kind(kind: str, xp: int, stars: int) -> None:
    fact = award_points(ASKED, MEMBER, kind, -3, "a mistake", has=3, most=3)
    assert (fact.xp, fact.stars, fact.reason) == (xp, stars, "a mistake")
    assert envelope(fact) == (GUILD, f"{ASKED.interaction_id}:point_award", ADMIN, BEN, at(30))


@pytest.mark.parametrize(
    ("receiver", "amount", "sentence"),
    [
        (BOT, 5, "Bots take no part"),
        (MEMBER, 0, "An award of 0 changes nothing"),
        (MEMBER, 10**12 + 1, "at most 1,000,000,000,000"),
        (MEMBER, -(10**12) - 1, "at most 1,000,000,000,000"),
        (MEMBER, -41, "(has|carries) 40 .*at most those"),
    ],
)
def test_what_cannot_be_awarded(receiver: Member, amount: int, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        award_coins(ASKED, receiver, amount, "", balance=40)
    with pytest.raises(Refused, match=sentence):
        award_points(ASKED, receiver, "xp", amount, "", has=40, most=10**12)


@pytest.mark.parametrize(
    ("amount", "most", "sentence"),
    [(51, 50, "at most 50 xp"), (-51, 50, "at most 50 xp"), (1, 0, "not given by hand")],
)
def test_a_server_says_how_many_points_are_given_by_hand(
    amount: int, most: int, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        award_points(ASKED, MEMBER, "xp", amount, "", has=90, most=most)
    assert award_points(ASKED, MEMBER, "xp", 50, "", has=90, most=50).xp == 50


def test_who_has_left_can_still_be_given_something() -> None:
    assert award_coins(ASKED, GONE, 10**12, "", balance=0).amount == 10**12


def test_a_changed_setting_says_from_what_to_what_and_which_change_it_is() -> None:
    fact = change_setting(ASKED, "message_xp", 40, Standing(None, 0, 15))
    again = change_setting(ASKED, "message_xp", None, Standing(40, 1, 15))
    assert envelope(fact) == (GUILD, "rule:setting:message_xp:1", ADMIN, None, at(30))
    assert (fact.previous, fact.value, fact.revision) == (None, 40, 1)
    assert (again.source_id, again.previous, again.value) == ("rule:setting:message_xp:2", 40, None)
    assert fact.interaction_id == again.interaction_id == ASKED.interaction_id


@pytest.mark.parametrize(
    ("key", "value", "current", "sentence"),
    [
        ("nothing", 1, None, "no setting with that key"),
        ("message_xp", 1001, None, "XP for a message: pick a number from 0 to 1,000 XP"),
        ("message_xp", -1, None, "from 0 to 1,000"),
        ("message_xp", 15, None, "XP for a message is 15 XP already"),
        ("message_xp", None, None, "is 15 XP already"),
        ("message_xp", None, 15, "is 15 XP already"),
        ("message_xp", 40, 40, "is 40 XP already"),
    ],
)
def test_what_cannot_be_set(
    key: str, value: int | None, current: int | None, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        change_setting(ASKED, key, value, Standing(current, 3, 15))


def test_every_setting_has_a_default_that_could_be_set() -> None:
    for key, setting in SETTINGS.items():
        assert setting.key == key
        assert setting.fits(setting.default)
        assert all(map(setting.fits, setting.since.values()))


@pytest.mark.parametrize("level", [1, 2, 5])
def test_a_level_pays_its_number_times_the_rate_and_some_bring_a_badge(level: int) -> None:
    paid, *badges = rewards(GUILD, BEN, level, at=at(9), position=77, coins=50)
    assert isinstance(paid, LevelReached)
    assert (paid.source_id, paid.reward) == (f"{BEN}:level_reached:{level}", 50 * level)
    assert [(p.account, p.amount) for p in paid.postings] == [
        ("mint", -50 * level),
        ("wallet:2002", 50 * level),
    ]
    assert [b.source_id for b in badges] == [
        f"{BEN}:badge_earned:level-{n}" for n in BADGE_LEVELS if n == level
    ]


@pytest.mark.parametrize(
    ("balance", "paid", "unpaid"),
    [(MAX_BALANCE - 150, 150, 0), (MAX_BALANCE - 149, 149, 1), (MAX_BALANCE, 0, 150)],
)
def test_a_level_pays_no_more_than_the_wallet_has_room_for(
    balance: int, paid: int, unpaid: int
) -> None:
    fact = rewards(GUILD, BEN, 3, at=at(9), position=77, coins=50, balance=balance)[0]
    assert isinstance(fact, LevelReached)
    assert (fact.reward, fact.unpaid) == (paid, unpaid)
    assert [p.amount for p in fact.postings] == ([-paid, paid] if paid else [])


@pytest.mark.parametrize(
    ("payee", "amount", "sentence"),
    [
        (Member(ADMIN, is_bot=False, present=True), 5, "cannot pay yourself"),
        (BOT, 5, "Bots have no wallet"),
        (GONE, 5, "has left this server"),
        (MEMBER, 0, "Pay at least 1 coin"),
        (MEMBER, -5, "Pay at least 1 coin"),
        (MEMBER, 101, "You carry 100 coins, so 1 are missing"),
        (MEMBER, MAX_AMOUNT + 1, "moves at most 1,000,000,000,000 coins"),
        (MEMBER, 2**63, "moves at most 1,000,000,000,000 coins"),
    ],
)
def test_what_cannot_be_paid(payee: Member, amount: int, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        pay(ASKED, payee, amount, balance=100, payee_balance=0)


def test_a_full_wallet_takes_no_more() -> None:
    with pytest.raises(Refused, match="wallet"):
        pay(ASKED, MEMBER, 5, balance=100, payee_balance=MAX_BALANCE - 4)
    pay(ASKED, MEMBER, 4, balance=100, payee_balance=MAX_BALANCE - 4)
