"""Prestige and decay in the profiles: the level begins again or sinks, the totals are explained."""

from typing import Any

from events.points import PointsAwarded
from events.prestige import PrestigeTaken
from events.xp_decay import XpDecayed, XpRestored, XpShare
from tests.support.facts import GUILD, at, season
from tests.support.given import given

ANN, BEN, ADMIN = 2001, 2002, 2099
LINES = "position line user_id source xp level_from level_to"


def awarded(number: int, xp: int, *, to: int = ANN) -> PointsAwarded:
    return PointsAwarded(
        guild_id=GUILD,
        source_id=f"{number}:point_award",
        user_id=ADMIN,
        target_id=to,
        occurred_at=at(number),
        xp=xp,
        reason="test",
    )


def taken(count: int, level: int) -> PrestigeTaken:
    return PrestigeTaken(
        guild_id=GUILD,
        source_id=f"{ANN}:prestige:{count}",
        user_id=ANN,
        occurred_at=at(50),
        count=count,
        level=level,
    )


def decayed(*shares: tuple[int, int]) -> XpDecayed:
    return XpDecayed(
        guild_id=GUILD,
        source_id="2026-W02:xp_decay:0",
        occurred_at=at(60),
        period="2026-W02",
        chunk=0,
        rate=500,
        idle_days=30,
        floor=0,
        shares=[XpShare(user_id=user, xp=xp) for user, xp in shares],
    )


def restored(decay: XpDecayed) -> XpRestored:
    return XpRestored(
        guild_id=GUILD,
        source_id=f"{decay.source_id}:undone",
        user_id=ADMIN,
        occurred_at=at(70),
        undoes=decay.source_id,
        reason="a mistake",
        interaction_id=9001,
        shares=decay.shares,
    )


def test_the_level_begins_again_and_nothing_is_lost() -> None:
    told = [season(1, starts=0, ends=900), awarded(1, 300), taken(1, 2), awarded(3, 124)]
    given("profiles", *told, awarded(4, 1)).then(
        "activity_log",
        f"{LINES} factors",
        (2, 1, ANN, "award", 300, 0, 2, {"by": ADMIN, "reason": "test"}),
        (3, 1, ANN, "prestige", 0, 2, 0, {"prestige": 1, "level": 2}),
        (4, 1, ANN, "award", 124, 0, 0, {"by": ADMIN, "reason": "test"}),
        (5, 1, ANN, "award", 1, 0, 1, {"by": ADMIN, "reason": "test"}),
    ).then("profiles", "user_id xp level prestige prestige_xp", (ANN, 425, 1, 1, 300)).then(
        "user_stats", "season xp", (0, 425), (1, 425)
    )


def test_a_second_prestige_counts_from_there() -> None:
    told: list[Any] = [awarded(1, 300), taken(1, 2), awarded(3, 281), taken(2, 2), awarded(5, 125)]
    given("profiles", *told).then("profiles", "xp level prestige prestige_xp", (706, 1, 2, 581))


def test_xp_fades_from_the_lifetime_and_is_given_back() -> None:
    fading = decayed((ANN, 200), (BEN, 1))
    told = [season(1, starts=0, ends=900), awarded(1, 300), awarded(2, 130, to=BEN), fading]
    factors = {"rate": 500, "idle_days": 30}
    after = given("profiles", *told)
    after.then("profiles", "user_id xp level", (ANN, 100, 0), (BEN, 129, 1))
    after.then(
        "user_stats",
        "user_id season xp",
        (ANN, 0, 100),
        (ANN, 1, 300),
        (BEN, 0, 129),
        (BEN, 1, 130),
    )
    assert after.rows("activity_log", f"{LINES} factors")[2:] == [
        (4, 1, ANN, "xp_decay", -200, 2, 0, factors),
        (4, 2, BEN, "xp_decay", -1, 1, 1, factors),
    ]
    after.then("member_days", "user_id xp", (ANN, 300), (BEN, 130))
    undone = given("profiles", *told, restored(fading))
    undone.then("member_days", "user_id xp", (ANN, 300), (BEN, 130))
    undone.then("profiles", "user_id xp level", (ANN, 300, 2), (BEN, 130, 1))
    assert undone.rows("activity_log", f"{LINES} factors")[4] == (
        5,
        1,
        ANN,
        "xp_restore",
        200,
        0,
        2,
        {"by": ADMIN, "reason": "a mistake"},
    )


def test_what_a_prestige_put_aside_does_not_fade() -> None:
    told = [awarded(1, 300), taken(1, 2), awarded(3, 10), decayed((ANN, 200), (BEN, 5))]
    given("profiles", *told).then("profiles", "user_id xp level", (ANN, 300, 0), (BEN, 0, 0))
