"""What is worth telling of an event, and how a template is filled in."""

from datetime import timedelta

import pytest

from events.achievements import AchievementEarned, Way
from events.badges import BadgeEarned, BadgeGiven
from events.decisions.notices import Amounts, Fact, Named, worth_telling
from events.economy import CoinsAwarded, LevelReached
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.setting import Channels, Template
from events.ledger import MINT, move, wallet
from events.points import PointsAwarded
from events.seasons import Place, SeasonEnded
from events.settings import SETTINGS
from tests.support.facts import GUILD, at, message

ANN, BEN, ADMIN = 2001, 2002, 2099
NOW = at(100)


def level(number: int, *, user: int = ANN, cause: int = 7, seconds: float = 60) -> LevelReached:
    return LevelReached(
        guild_id=GUILD,
        source_id=f"{user}:level_reached:{number}",
        user_id=user,
        occurred_at=at(seconds),
        level=number,
        reward=25 * number,
        unpaid=0,
        cause_position=cause,
        postings=move(25 * number, source=MINT, to=wallet(user)),
    )


def badge(name: str, *, seconds: float = 60) -> BadgeEarned:
    return BadgeEarned(
        guild_id=GUILD,
        source_id=f"{ANN}:badge_earned:{name}",
        user_id=ANN,
        occurred_at=at(seconds),
        badge=name,
        cause_position=7,
    )


def points(xp: int, stars: int) -> PointsAwarded:
    return PointsAwarded(
        guild_id=GUILD,
        source_id=f"{xp}{stars}:point_award",
        user_id=ADMIN,
        target_id=BEN,
        occurred_at=at(60),
        xp=xp,
        stars=stars,
        reason="secret",
    )


def coins(amount: int, currency: str = "coins", target: int | None = BEN) -> CoinsAwarded:
    return CoinsAwarded(
        guild_id=GUILD,
        source_id=f"{amount}:coin_award",
        user_id=ADMIN,
        target_id=target,
        occurred_at=at(60),
        amount=amount,
        reason="secret",
        postings=move(amount, source=MINT, to=wallet(BEN), currency=currency),
    )


def achievement(way: Way, *, by: int | None = None) -> AchievementEarned:
    """For something that happened a year ago."""
    return AchievementEarned(
        guild_id=GUILD,
        source_id=f"{way}:achievement_earned",
        user_id=by or ANN,
        target_id=ANN if by else None,
        occurred_at=at(-365 * 86_400),
        achievement="talker",
        revision=1,
        season=0,
        way=way,
        coins=0,
        unpaid=0,
        cause_position=None if by else 7,
        reason=None,
        interaction_id=5 if by else None,
        postings=[],
    )


def season_end(*first: int) -> SeasonEnded:
    """One that should have been told long ago."""
    places = [Place(rank=n, user_id=user, number=99 - n) for n, user in enumerate(first, start=1)]
    return SeasonEnded(
        guild_id=GUILD,
        source_id="rule:season:4:end",
        occurred_at=at(-9 * 86_400),
        number=4,
        name="Spring",
        starts_ms=1,
        ends_ms=2,
        board="stars",
        standing=places,
        ranked=len(places),
    )


def given(*events: Event, imported: bool = False, least: int = 1) -> list[tuple[object, ...]]:
    facts = [Fact(place, event, imported) for place, event in enumerate(events, start=11)]
    said = worth_telling(facts, NOW, least=least)
    return [(one.position, one.kind, one.user_id, one.values) for one in said]


def test_each_kind_has_its_words() -> None:
    handed = BadgeGiven(
        guild_id=GUILD,
        source_id="9:badge_given",
        user_id=ADMIN,
        target_id=BEN,
        occurred_at=at(60),
        badge="bold",
        parent=None,
        reason=None,
    )
    coins_of_level = Amounts((("coins", 75),))
    assert given(level(3), badge("brave"), handed, points(5, 2), coins(40, "gems")) == [
        (
            11,
            "level_up",
            ANN,
            {"member": "<@2001>", "level": "3", "coins": coins_of_level},
        ),
        (12, "badge", ANN, {"member": "<@2001>", "badge": Named("badge", "brave")}),
        (13, "badge", BEN, {"member": "<@2002>", "badge": Named("badge", "bold")}),
        (14, "award", BEN, {"member": "<@2002>", "what": Amounts((("xp", 5), ("stars", 2)))}),
        (15, "award", BEN, {"member": "<@2002>", "what": Amounts((("gems", 40),))}),
    ]


def test_of_several_levels_at_once_the_highest_is_told_and_none_below_the_least() -> None:
    both = given(level(2), level(3), level(4, user=BEN), level(5, cause=8))
    assert [(one[0], one[2]) for one in both] == [(12, ANN), (13, BEN), (14, ANN)]
    assert [one[0] for one in given(level(2), level(9, cause=8), least=5)] == [12]


def test_a_badge_that_comes_with_a_level_is_not_told_apart() -> None:
    assert [one[1] for one in given(level(5), badge("level-5"))] == ["level_up"]


def test_an_achievement_found_by_looking_back_or_given_by_hand_is_news_though_it_is_old() -> None:
    talker = {"member": "<@2001>", "achievement": Named("achievement", "talker")}
    for found in (achievement("look_back"), achievement("hand", by=ADMIN)):
        assert given(found) == [(11, "achievement", ANN, talker)]
    assert given(achievement("import")) == given(achievement("live")) == []


def test_the_end_of_a_season_is_told_of_nobody_in_particular_with_its_first_places() -> None:
    (said,) = given(season_end(*range(2001, 2015)))
    assert said[:3] == (11, "season", None)
    told = said[3]
    assert isinstance(told, dict)
    assert told["season"] == "Spring" and told["places"].board == "stars"
    assert [place.user_id for place in told["places"].places] == list(range(2001, 2011))


def test_what_is_old_or_imported_or_takes_something_is_not_told() -> None:
    old = -timedelta(hours=6).total_seconds() + 99
    assert given(level(2, seconds=old)) == []
    assert len(given(level(2, seconds=old + 1))) == 1
    assert given(level(2), badge("brave"), imported=True) == []
    assert given(points(-5, 0), points(0, 0), coins(0), message(1)) == []
    assert given(coins(5, target=None)) == []


@pytest.mark.parametrize(
    "text",
    ["{member} rose", "{level}{level}", "no place at all", "**{member}** has `{coins}`"],
)
def test_a_template_with_known_places_is_taken(text: str) -> None:
    assert SETTINGS["level_up_text"].parse(text) == text


@pytest.mark.parametrize(
    "text",
    ["{badge} of others", "{member", "member}", "{}", "{{member}}", "{member.name}", "", "x" * 301],
)
def test_a_template_with_anything_else_in_braces_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"in braces only \{member\} \{level\} \{coins\}"):
        SETTINGS["level_up_text"].parse(text)


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    template = SETTINGS["level_up_text"]
    assert isinstance(template, Template)
    values = {"member": "{level}", "level": "3"}
    assert template.fill("{member}: {level}, {level}", values) == "{level}: 3, 3"


def test_a_notice_goes_to_one_channel() -> None:
    one = SETTINGS["level_up_channel"]
    assert isinstance(one, Channels)
    assert one.parse("<#31>") == "31"
    with pytest.raises(Refused, match="mention up to 1 of them"):
        one.parse("<#31> <#32>")
