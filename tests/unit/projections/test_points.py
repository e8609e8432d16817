"""The rules of points, one example each: what is drawn, multiplied, limited and taken back."""

from datetime import timedelta
from typing import Any

import pytest

from events.boosts import BoostStarted
from events.engine.snowflake import snowflake_at, to_ms
from events.members import MemberUpdated
from events.messages import MessageDeleted
from events.multipliers import ANY, category, group, role
from events.points import PointsAwarded
from events.reactions import ReactionsTallied
from events.threads import ThreadCreated
from tests.support.facts import (
    GUILD,
    START,
    at,
    grouped,
    message,
    multiplier,
    reaction,
    season,
    season_end,
    setting,
)
from tests.support.given import given

ANN, BEN, CAT = 2001, 2002, 2003
MINUTE, HOUR, DAY = 60, 3600, 86400
PLAIN = {"xp": 15, "stars": 1, "times": 1}


def deleted(number: int, *, author: int | None, seconds: float, **more: Any) -> MessageDeleted:
    return MessageDeleted(
        guild_id=GUILD,
        source_id=f"{number}:message_delete",
        target_id=author,
        channel_id=3001,
        message_id=number,
        occurred_at=at(seconds),
        **more,
    )


def has_roles(user: int, *roles: int, ordinal: int = 1) -> MemberUpdated:
    return MemberUpdated(
        guild_id=GUILD,
        source_id=f"{user}:member_update:{ordinal:010d}",
        user_id=user,
        occurred_at=at(0),
        ordinal=ordinal,
        name=f"user{user}",
        roles=list(roles),
    )


# What is drawn


def test_xp_is_drawn_from_the_range_and_the_draw_is_of_the_message() -> None:
    told = [message(500 + n, user=2100 + n, seconds=n) for n in range(400)]
    rule = setting("message_xp_high", 25)
    drawn = given("profiles", rule, *told).rows("activity_log", "xp")
    assert {xp for (xp,) in drawn} == set(range(15, 26))
    assert given("profiles", rule, *told).rows("activity_log", "xp") == drawn
    assert given("profiles", rule, *told[200:]).rows("activity_log", "xp") == drawn[200:]


def test_a_range_whose_end_lies_below_its_beginning_is_no_range() -> None:
    folded = given("profiles", setting("message_xp_high", 9), message(501), message(502, user=BEN))
    folded.then("profiles", "user_id xp", (ANN, 15), (BEN, 15))


def test_a_source_that_is_switched_off_gives_nothing_and_counts() -> None:
    folded = given("profiles", setting("message_on", 0), message(501))
    folded.then("profiles", "user_id xp stars", (ANN, 0, 0))
    assert folded.of("user_stats", ANN, "messages") == 1


def test_a_cool_down_of_any_source_goes_by_event_time() -> None:
    told = [
        ThreadCreated(
            guild_id=GUILD,
            source_id=f"{number}:thread_create",
            user_id=ANN,
            channel_id=channel,
            thread_id=number,
            occurred_at=at(seconds),
        )
        for number, channel, seconds in ((601, 3001, 0), (602, 3002, 99), (603, 3001, 100))
    ]
    folded = given("profiles", setting("thread_cooldown", 100), *told)
    folded.then("activity_log", "position", (2,), (4,))


def test_the_cool_down_of_messages_may_be_one_for_all_channels() -> None:
    told = [message(501, channel=3001), message(502, channel=3002, seconds=29)]
    folded = given("profiles", setting("message_one_cooldown", 1), *told)
    folded.then("activity_log", "position", (2,))


# Forum posts, replies, boosts of the server


def test_a_forum_post_is_a_source_of_its_own() -> None:
    post = ThreadCreated(
        guild_id=GUILD,
        source_id="601:thread_create",
        user_id=ANN,
        channel_id=3001,
        thread_id=601,
        occurred_at=at(0),
        forum=True,
    )
    folded = given("profiles", setting("forum_post_xp", 33), post)
    folded.then("activity_log", "source xp stars", ("forum_post", 33, 2))


def test_who_is_answered_gains_but_not_from_themselves_or_as_a_bot() -> None:
    folded = given(
        "profiles",
        message(501, user=CAT, is_bot=True),
        message(502, user=BEN, target_id=ANN, seconds=1),
        message(503, user=ANN, target_id=ANN, seconds=2),
        message(504, user=ANN, target_id=CAT, channel=3002, seconds=3),
    )
    folded.then(
        "activity_log",
        "position user_id source xp",
        (2, BEN, "message", 15),
        (2, ANN, "reply_received", 3),
        (3, ANN, "message", 15),
        (4, ANN, "message", 15),
    )


@pytest.mark.parametrize("message_type", [8, 9, 10, 11])
def test_boosting_the_server_brings_points_and_is_no_message(message_type: int) -> None:
    folded = given("profiles", message(501, message_type=message_type))
    folded.then("activity_log", "user_id source xp stars", (ANN, "server_boost", 200, 20))
    assert folded.of("user_stats", ANN, "messages") == 0


# Quality


@pytest.mark.parametrize(
    ("make", "xp", "percent"),
    [
        ({"length": 200}, 100, None),
        ({"length": 201}, 120, 120),
        ({"length": 500}, 120, 120),
        ({"length": 501}, 150, 150),
        ({"code": True}, 140, 140),
        ({"link": True}, 125, 125),
        ({"attachments": 3}, 110, 110),
        ({"emoji": 5}, 100, None),
        ({"emoji": 6}, 50, 50),
        ({"length": 600, "code": True, "link": True, "attachments": 1}, 288, 288),
    ],
)
def test_the_make_of_a_message_multiplies(make: dict[str, Any], xp: int, percent: int) -> None:
    seen = {"code": False, "link": False, "emoji": 0} | make
    folded = given("profiles", setting("message_xp", 100), message(501, **seen))
    assert folded.of("profiles", ANN, "xp") == xp
    assert folded.rows("activity_log", "factors")[0][0].get("quality") == percent


def test_nobody_looks_at_quality_where_messages_may_not_be_read() -> None:
    assert given("profiles", message(501, length=900)).of("profiles", ANN, "xp") == 15


def test_no_message_counts_less_than_a_tenth() -> None:
    folded = given(
        "profiles",
        setting("message_xp", 100),
        setting("quality_emoji", 10),
        setting("quality_code", 10),
        message(501, code=True, link=False, emoji=9),
    )
    assert folded.of("profiles", ANN, "xp") == 10


# Places and roles


def test_a_category_multiplies_a_source_or_all_of_them() -> None:
    folded = given(
        "profiles",
        multiplier(category(41), "message", 150),
        multiplier(category(41), ANY, 300),
        message(501, category_id=41),
        reaction(501, user=BEN, author=CAT, category_id=41),
        message(502, user=CAT, category_id=42),
    )
    folded.then("profiles", "user_id xp", (ANN, 22), (BEN, 15), (CAT, 24 + 15))
    assert folded.rows("activity_log", "factors")[0] == (PLAIN | {"category": 150},)


def test_a_group_takes_a_channel_and_its_threads_out_of_their_category() -> None:
    folded = given(
        "profiles",
        multiplier(category(41), ANY, 300),
        multiplier(group("Art"), ANY, 200),
        grouped(3001, "Art"),
        message(501, category_id=41),
        message(502, user=BEN, channel=3777, parent_id=3001, category_id=41),
        message(503, user=CAT, channel=3778, parent_id=3002, category_id=41),
    )
    folded.then("profiles", "user_id xp", (ANN, 30), (BEN, 30), (CAT, 45))


def test_a_multiplier_that_is_taken_away_is_as_if_it_had_never_been() -> None:
    folded = given(
        "profiles",
        multiplier(category(41), ANY, 300),
        grouped(3001, "Art"),
        multiplier(category(41), ANY, None, revision=2),
        grouped(3001, None, revision=2),
        message(501, category_id=41),
    )
    folded.then("activity_log", "xp factors", (15, PLAIN))


def test_the_largest_multiplier_of_a_members_roles_counts() -> None:
    folded = given(
        "profiles",
        multiplier(role(61), ANY, 110),
        multiplier(role(62), "message", 120),
        has_roles(ANN, 61, 62, 63),
        has_roles(BEN, 63),
        message(501, user=ANN),
        message(502, user=BEN),
        has_roles(ANN, 61, ordinal=2),
        message(503, user=ANN, seconds=60),
    )
    folded.then("activity_log", "user_id xp", (ANN, 18), (BEN, 15), (ANN, 16))


def test_a_role_may_count_less() -> None:
    folded = given(
        "profiles", multiplier(role(61), ANY, 40), has_roles(ANN, 61, 62), message(501, user=ANN)
    )
    assert folded.of("profiles", ANN, "xp") == 6


def test_all_factors_are_rounded_down_once() -> None:
    folded = given(
        "profiles",
        setting("message_xp", 7),
        multiplier(category(41), ANY, 150),
        multiplier(role(61), ANY, 150),
        has_roles(ANN, 61),
        message(501, category_id=41, code=True, link=False, emoji=0),
    )
    assert folded.of("profiles", ANN, "xp") == 22  # 7 x 1.4 x 1.5 x 1.5 = 22.05; by steps 20


@pytest.mark.parametrize(
    ("key", "value"),
    [("no_xp_channels", "3001"), ("no_xp_categories", "41"), ("no_xp_roles", "60,61")],
)
def test_there_are_places_and_roles_without_points(key: str, value: str) -> None:
    folded = given(
        "profiles",
        setting(key, value),
        has_roles(ANN, 61),
        message(501, user=ANN, channel=3001, category_id=41),
        message(502, user=ANN, channel=3777, parent_id=3001, category_id=41, seconds=1),
        message(503, user=BEN, channel=3002, category_id=42, seconds=2),
    )
    folded.then("activity_log", "user_id xp", (BEN, 15))
    assert folded.of("user_stats", ANN, "messages") == 2


def test_a_thread_alone_may_be_without_points() -> None:
    folded = given(
        "profiles",
        setting("no_xp_channels", "3777"),
        message(501, channel=3777, parent_id=3001),
        message(502, channel=3778, parent_id=3001, seconds=1),
    )
    folded.then("activity_log", "channel_id xp", (3778, 15))


def test_counted_reactions_in_a_thread_are_where_its_channel_is() -> None:
    tallies = [
        ReactionsTallied(
            guild_id=GUILD,
            source_id=f"{number}:reaction_tally:tada",
            target_id=ANN,
            channel_id=3770 + number,
            parent_id=parent,
            occurred_at=at(number),
            message_id=number,
            emoji="tada",
            count=2,
            import_id="dce:1",
        )
        for number, parent in ((501, 3001), (502, 3002))
    ]
    folded = given("profiles", setting("no_xp_channels", "3001"), *tallies)
    folded.then("activity_log", "channel_id xp", (4272, 16))


# Against gaming


def test_a_pair_is_rewarded_three_times_a_day_and_less_each_time() -> None:
    told = [reaction(500 + n, user=BEN, author=ANN, seconds=n) for n in range(5)]
    next_day = reaction(510, user=BEN, author=ANN, seconds=DAY)
    folded = given("profiles", *told, next_day)
    gains = [(5, 8), (2, 4), (1, 2), (5, 8)]
    folded.then("profiles", "user_id xp stars", (ANN, 22, 8), (BEN, 13, 4))
    assert folded.rows("activity_log", "xp") == [(xp,) for pair in gains for xp in pair]
    assert folded.of("user_stats", ANN, "reactions_received") == 6  # counted in any case
    assert folded.rows("activity_log", "factors")[3] == (
        {"xp": 8, "stars": 2, "times": 1, "repeat": 1},
    )


def test_a_pair_has_a_direction_and_answers_count_in_it() -> None:
    folded = given(
        "profiles",
        setting("pair_day_limit", 1),
        message(501, user=BEN, target_id=ANN),
        reaction(502, user=BEN, author=ANN, seconds=1),
        reaction(503, user=ANN, author=BEN, seconds=2),
    )
    folded.then("profiles", "user_id xp", (ANN, 3 + 5), (BEN, 15 + 8))


def test_a_burst_of_reactions_brings_five_xp_more_and_no_further() -> None:
    told = [reaction(501, user=3000 + n, author=ANN, seconds=n) for n in range(15)]
    later = reaction(501, user=3020, author=ANN, seconds=5 * MINUTE)
    folded = given("profiles", *told, later)
    assert folded.of("profiles", ANN, "xp") == 10 * 8 + 5 + 8
    mine = [row[1:] for row in folded.rows("activity_log", "user_id xp stars") if row[0] == ANN]
    assert mine == [(8, 2)] * 10 + [(5, 2), (8, 2)]
    assert folded.of("profiles", 3014, "xp") == 5  # who reacts is no part of it


def test_the_limit_for_bursts_can_be_switched_off() -> None:
    told = [reaction(501, user=3000 + n, author=ANN, seconds=n) for n in range(15)]
    unlimited = given("profiles", setting("burst_reactors", 0), *told)
    assert unlimited.of("profiles", ANN, "xp") == 15 * 8


def test_an_import_does_not_know_when_reactions_were_given_so_it_has_no_bursts() -> None:
    told = [reaction(501, user=3000 + n, author=ANN, import_id="dce:1") for n in range(15)]
    assert given("profiles", *told).of("profiles", ANN, "xp") == 15 * 8


def test_xp_tapers_after_so_much_in_a_day() -> None:
    folded = given(
        "profiles",
        setting("taper_after", 40),
        setting("taper_percent", 30),
        *(message(500 + n, seconds=n * MINUTE) for n in range(4)),
        message(510, seconds=DAY),
    )
    # 15, 15, 10 whole and 5 at 30 %, 15 at 30 %
    assert folded.rows("activity_log", "xp") == [(15,), (15,), (11,), (4,), (15,)]
    assert folded.rows("activity_log", "factors")[2] == (PLAIN | {"taper": 11},)


def test_caps_of_an_hour_and_of_a_day_and_of_everything() -> None:
    told = [message(500 + n, seconds=n * 20 * MINUTE) for n in range(9)]
    by_hour = given("profiles", setting("message_hour_cap", 40), *told)
    assert by_hour.rows("activity_log", "xp") == [(15,), (15,), (10,)] * 3
    assert by_hour.rows("activity_log", "factors")[2] == (PLAIN | {"hour_cap": 10},)
    by_day = given("profiles", setting("message_day_cap", 50), *told)
    assert by_day.rows("activity_log", "xp") == [(15,), (15,), (15,), (5,)]
    assert by_day.rows("activity_log", "factors")[3] == (PLAIN | {"source_cap": 5},)
    mixed = given(
        "profiles",
        setting("day_cap", 18),
        message(501),
        reaction(502, user=ANN, author=BEN, seconds=1),
        message(503, seconds=60),
    )
    mixed.then("activity_log", "user_id xp stars", (ANN, 15, 1), (ANN, 3, 1), (BEN, 8, 2))


def test_a_boost_multiplies_what_the_caps_have_left() -> None:
    boost = BoostStarted(
        guild_id=GUILD,
        source_id="701:boost_started",
        user_id=ANN,
        occurred_at=at(0),
        what="xp",
        percent=150,
        starts_ms=to_ms(at(0)),
        ends_ms=to_ms(at(HOUR)),
    )
    folded = given("profiles", setting("message_hour_cap", 7), boost, message(501))
    folded.then("activity_log", "xp", (10,))


def test_an_account_must_be_old_enough_on_both_sides() -> None:
    young, old = (snowflake_at(START - timedelta(days=days)) for days in (6.9, 7))
    folded = given(
        "profiles",
        setting("account_days", 7),
        message(501, user=young),
        message(502, user=old),
        reaction(502, user=young, author=old, seconds=1),
    )
    folded.then("activity_log", "user_id xp", (old, 15))


def test_a_deleted_message_takes_back_what_it_brought() -> None:
    folded = given(
        "profiles",
        message(501, user=ANN),
        message(502, user=BEN, target_id=ANN, seconds=1),
        deleted(502, author=BEN, answered_id=ANN, seconds=9),
        deleted(501, author=ANN, seconds=10),
        message(503, user=ANN, seconds=40),
    )
    folded.then("profiles", "user_id xp stars level", (ANN, 15, 1, 0), (BEN, 0, 0, 0))
    folded.then("user_stats", "user_id messages xp stars", (ANN, 2, 15, 1), (BEN, 1, 0, 0))
    folded.then(
        "activity_log",
        "position line user_id source xp stars factors",
        (1, 1, ANN, "message", 15, 1, PLAIN),
        (2, 1, BEN, "message", 15, 1, PLAIN),
        (2, 2, ANN, "reply_received", 3, 0, {"xp": 3, "stars": 0, "times": 1}),
        (3, 1, BEN, "message_deleted", -15, -1, {"message": 502}),
        (3, 2, ANN, "message_deleted", -3, 0, {"message": 502}),
        (4, 1, ANN, "message_deleted", -15, -1, {"message": 501}),
        (5, 1, ANN, "message", 15, 1, PLAIN),
    )


def test_no_more_is_taken_back_than_there_is() -> None:
    fine = PointsAwarded(
        guild_id=GUILD,
        source_id="701:point_award",
        user_id=2099,
        target_id=ANN,
        occurred_at=at(1),
        xp=-20,
        stars=-3,
        reason="a fine",
    )
    folded = given("profiles", message(501), fine, deleted(501, author=ANN, seconds=2))
    folded.then("profiles", "xp stars", (-5, -2))
    assert folded.rows("activity_log", "source xp")[-1] == ("message_deleted", 0)


def test_only_what_brought_something_and_is_known_is_taken_back() -> None:
    folded = given(
        "profiles",
        message(501),
        message(502, seconds=1),  # in the cool-down
        deleted(502, author=ANN, seconds=2),
        deleted(666, author=ANN, seconds=3),
        deleted(667, author=None, seconds=4),
    )
    folded.then("profiles", "user_id xp", (ANN, 15))


def test_points_are_taken_back_in_the_season_of_the_message() -> None:
    written = snowflake_at(at(10))
    folded = given(
        "profiles",
        season(1, starts=0, ends=1000),
        message(written, seconds=10),
        season_end(1, seconds=1000),
        season(2, starts=1000, ends=2000, seconds=1000),
        message(snowflake_at(at(1100)), seconds=1100),
        deleted(written, author=ANN, seconds=1200),
    )
    folded.then("user_stats", "season xp", (0, 15), (1, 15), (2, 15))


def test_the_newest_rewarded_messages_are_remembered_and_the_old_forgotten() -> None:
    told = [message(500 + n, seconds=n * 31) for n in range(200)]
    (recent,) = given("profiles", *told).rows("pacing", "recent")
    assert 20 <= len(recent[0]) <= 40
    assert min(map(int, recent[0])) == 700 - len(recent[0])


def test_what_is_remembered_of_days_is_little() -> None:
    told = [message(500 + n, seconds=n * DAY) for n in range(30)]
    imported = [message(400 + n, seconds=-n * DAY, import_id="dce:1") for n in range(100, 110)]
    days = given("profiles", *told, *imported).of("profiles", ANN, "days")
    today = to_ms(at(0)) // (1000 * DAY)
    assert sorted(days) == [str(today - 109), str(today + 28), str(today + 29)]
