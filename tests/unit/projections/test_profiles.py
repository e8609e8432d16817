"""Profiles: who gets what for what, when not, and why; every id is told apart from every other."""

from datetime import timedelta

import pytest

from events.decisions.gaps import gap
from events.interactions import InteractionUsed
from events.members import MemberJoined, MemberLeft, MemberUpdated
from events.points import PointsAwarded
from events.reactions import ReactionsTallied
from events.threads import ThreadCreated
from events.voice import VoiceJoined, VoiceLeft
from tests.support.facts import (
    GUILD,
    START,
    at,
    message,
    reaction,
    season,
    season_end,
    setting,
    voice,
)
from tests.support.given import given

ANN, BEN, CAT, BOT = 2001, 2002, 2003, 2666
HOUR, DAY = 3600, 86400


def thread(number: int, *, user: int = ANN, seconds: float = 0, **more: bool) -> ThreadCreated:
    return ThreadCreated(
        guild_id=GUILD,
        source_id=f"{number}:thread_create",
        user_id=user,
        channel_id=3001,
        thread_id=number,
        occurred_at=at(seconds),
        **more,
    )


def award(number: int, *, to: int, xp: int = 0, stars: int = 0) -> PointsAwarded:
    return PointsAwarded(
        guild_id=GUILD,
        source_id=f"{number}:point_award",
        user_id=2099,
        target_id=to,
        channel_id=3009,
        occurred_at=at(0),
        xp=xp,
        stars=stars,
        reason="for helping",
    )


def test_a_message_a_reaction_and_a_thread() -> None:
    folded = given(
        "profiles",
        message(501, user=ANN, channel=3001, seconds=1, name="Ann", avatar="a1"),
        reaction(501, user=BEN, author=ANN, seconds=2),
        thread(503, user=CAT, seconds=3),
    )
    folded.then(
        "profiles",
        "user_id name avatar is_bot present xp xp_at stars level last_seen streak active_on",
        (ANN, "Ann", "a1", False, True, 15 + 8, 2, 1 + 2, 0, at(1), 1, START.date()),
        (BEN, None, None, False, True, 5, 2, 1, 0, at(2), 1, START.date()),
        (CAT, None, None, False, True, 20, 3, 2, 0, at(3), 1, START.date()),
    )
    folded.then(
        "user_stats",
        "user_id season messages messages_at reactions_given reactions_received threads xp stars",
        (ANN, 0, 1, 1, 0, 1, 0, 23, 3),
        (BEN, 0, 0, 0, 1, 0, 0, 5, 1),
        (CAT, 0, 0, 0, 0, 0, 1, 20, 2),
    )
    folded.then(
        "activity_log",
        "position line user_id source xp stars level_from level_to channel_id occurred_at factors",
        (1, 1, ANN, "message", 15, 1, 0, 0, 3001, at(1), {"xp": 15, "stars": 1, "times": 1}),
        (2, 1, BEN, "reaction_given", 5, 1, 0, 0, 3001, at(2), {"xp": 5, "stars": 1, "times": 1}),
        (
            2,
            2,
            ANN,
            "reaction_received",
            8,
            2,
            0,
            0,
            3001,
            at(2),
            {"xp": 8, "stars": 2, "times": 1},
        ),
        (3, 1, CAT, "thread", 20, 2, 0, 0, 3001, at(3), {"xp": 20, "stars": 2, "times": 1}),
    )


# Messages


@pytest.mark.parametrize(("apart", "rewarded"), [(29.999, 1), (30, 2), (30.001, 2), (0, 1)])
def test_the_cool_down_ends_after_exactly_30_seconds(apart: float, rewarded: int) -> None:
    folded = given("profiles", message(501, seconds=0), message(502, seconds=apart))
    assert folded.of("profiles", ANN, "xp") == 15 * rewarded
    assert folded.of("user_stats", ANN, "messages") == 2  # counted in any case


def test_an_unrewarded_message_does_not_lengthen_the_cool_down() -> None:
    told = [message(500 + n, seconds=n * 10) for n in range(7)]  # 0, 10, 20 ... 60
    assert given("profiles", *told).rows("activity_log", "occurred_at") == [
        (at(0),),
        (at(30),),
        (at(60),),
    ]


def test_the_cool_down_is_per_member_and_per_channel() -> None:
    folded = given(
        "profiles",
        message(501, user=ANN, channel=3001, seconds=0),
        message(502, user=ANN, channel=3002, seconds=1),
        message(503, user=BEN, channel=3001, seconds=2),
        message(504, user=ANN, channel=3001, seconds=3),
    )
    assert folded.of("profiles", ANN, "xp") == 30
    assert folded.of("profiles", BEN, "xp") == 15


def test_the_cool_down_goes_by_event_time_whatever_the_order_of_arrival() -> None:
    folded = given("profiles", message(501, seconds=60), message(502, seconds=45))
    assert folded.of("profiles", ANN, "xp") == 15
    folded = given("profiles", message(501, seconds=60), message(502, seconds=20))
    assert folded.of("profiles", ANN, "xp") == 30


def test_an_import_and_live_messages_do_not_meet_in_the_cool_down() -> None:
    folded = given(
        "profiles",
        message(501, seconds=100),
        message(401, seconds=90, import_id="dce:a"),  # neither stopped by the live one
        message(402, seconds=95, import_id="dce:a"),  # but by its own
        message(403, seconds=96, import_id="dce:b"),
        message(502, seconds=110),  # nor fooling it
        message(503, seconds=130),
    )
    assert folded.rows("activity_log", "position") == [(1,), (2,), (4,), (6,)]


@pytest.mark.parametrize(
    ("message_type", "counts"), [(0, 1), (19, 1), (20, 1), (7, 0), (18, 0), (12, 0)]
)
def test_what_discord_writes_by_itself_is_no_message_of_the_member(
    message_type: int, counts: int
) -> None:
    folded = given("profiles", message(501, message_type=message_type), message(502, user=BEN))
    assert folded.of("profiles", ANN, "xp") == 15 * counts
    assert folded.of("profiles", ANN, "name") == "user2001"  # known all the same


def test_a_bots_message_is_counted_and_gives_nothing() -> None:
    folded = given("profiles", message(501, user=BOT, is_bot=True))
    folded.then("profiles", "user_id is_bot xp stars", (BOT, True, 0, 0))
    folded.then("activity_log", "position")


def test_an_import_does_not_bring_an_old_name_back() -> None:
    folded = given(
        "profiles",
        message(501, seconds=500, name="Ann today", avatar="new"),
        message(401, seconds=-500, name="Ann of old", avatar="old", import_id="dce:a"),
    )
    folded.then("profiles", "user_id name avatar", (ANN, "Ann today", "new"))


def test_the_newest_name_of_an_import_stands() -> None:
    folded = given(
        "profiles",
        voice(VoiceJoined, 1, user=ANN, channel=3101, seconds=900),
        message(401, seconds=1, name="first", import_id="dce:a"),
        message(402, seconds=2, name="second", import_id="dce:a"),
    )
    assert folded.of("profiles", ANN, "name") == "first"  # better than none
    imported = [
        message(401, seconds=1, name="first", import_id="dce:a"),
        message(403, seconds=3, name="third", import_id="dce:a"),
        message(402, seconds=2, name="second", import_id="dce:a"),  # another channel's file
    ]
    assert given("profiles", *imported).of("profiles", ANN, "name") == "third"


# Reactions


def test_ones_own_reaction_gives_nothing() -> None:
    folded = given("profiles", message(501), reaction(501, user=ANN, author=ANN, seconds=1))
    folded.then("activity_log", "position", (1,))
    assert folded.of("user_stats", ANN, "reactions_given") == 0
    assert folded.of("user_stats", ANN, "reactions_received") == 0


def test_a_reaction_taken_back_and_added_again_gives_nothing_more() -> None:
    folded = given(
        "profiles",
        reaction(501, user=BEN, author=ANN),
        reaction(501, user=BEN, author=ANN, ordinal=3, seconds=9),
    )
    folded.then("profiles", "user_id xp", (ANN, 8), (BEN, 5))
    assert folded.of("user_stats", BEN, "reactions_given") == 1


def test_each_emoji_is_a_reaction_of_its_own() -> None:
    folded = given(
        "profiles",
        reaction(501, user=BEN, author=ANN, emoji="tada"),
        reaction(501, user=BEN, author=ANN, emoji="872"),
    )
    folded.then("profiles", "user_id xp stars", (ANN, 8 + 4, 4), (BEN, 5 + 2, 2))


def test_a_reaction_to_nobody_known_counts_for_the_giver() -> None:
    given("profiles", reaction(501, user=BEN, author=None)).then("profiles", "user_id xp", (BEN, 5))


def test_a_bots_reaction_gives_nobody_anything() -> None:
    folded = given("profiles", reaction(501, user=BOT, author=ANN, is_bot=True))
    folded.then("profiles", "user_id is_bot xp", (BOT, True, 0))


def test_a_member_known_as_a_bot_stays_one_when_discord_does_not_say_so() -> None:
    folded = given(
        "profiles",
        message(501, user=BOT, is_bot=True),
        reaction(502, user=BOT, author=ANN, seconds=1),
        thread(503, user=BOT, seconds=2),
        voice(VoiceJoined, 1, user=BOT, channel=3101, seconds=3),
        voice(VoiceJoined, 1, user=BEN, channel=3101, seconds=3),
        voice(VoiceLeft, 2, user=BEN, channel=3101, seconds=3 + HOUR),
    )
    folded.then("activity_log", "position")


def test_a_reaction_to_a_bot_counts_for_the_giver_only() -> None:
    folded = given(
        "profiles",
        message(501, user=BOT, is_bot=True),
        reaction(501, user=BEN, author=BOT, seconds=1),
    )
    folded.then("profiles", "user_id xp", (BEN, 5), (BOT, 0))


def tallied(number: int, *, author: int | None, count: int) -> ReactionsTallied:
    return ReactionsTallied(
        guild_id=GUILD,
        source_id=f"{number}:reaction_tally:tada",
        target_id=author,
        channel_id=3001,
        occurred_at=at(5),
        message_id=number,
        emoji="tada",
        count=count,
        import_id="dce:a",
    )


def test_reactions_without_givers_count_for_the_receiver_only() -> None:
    folded = given(
        "profiles",
        tallied(501, author=ANN, count=3),
        tallied(502, author=None, count=7),
        tallied(503, author=BEN, count=0),
    )
    folded.then("profiles", "user_id xp stars last_seen", (ANN, 24, 6, None))
    folded.then("user_stats", "user_id reactions_given reactions_received", (ANN, 0, 3))
    folded.then(
        "activity_log",
        "user_id source xp stars factors",
        (ANN, "reaction_received", 24, 6, {"xp": 8, "stars": 2, "times": 3}),
    )


# Threads and awards


def test_a_bots_thread_gives_nothing() -> None:
    folded = given("profiles", thread(503, user=BOT, is_bot=True))
    assert folded.of("profiles", BOT, "xp") == 0
    assert folded.of("user_stats", BOT, "threads") == 1


def test_points_by_hand_go_both_ways_and_say_by_whom() -> None:
    folded = given(
        "profiles",
        award(601, to=ANN, xp=130),
        award(602, to=ANN, xp=-10, stars=4),
        award(603, to=BEN),
    )
    folded.then("profiles", "user_id xp stars level xp_at", (ANN, 120, 4, 0, 2), (BEN, 0, 0, 0, 0))
    factors = {"by": 2099, "reason": "for helping"}
    folded.then(
        "activity_log",
        "position user_id source xp stars level_from level_to factors",
        (1, ANN, "award", 130, 0, 0, 1, factors),
        (2, ANN, "award", -10, 4, 1, 0, factors),
    )


@pytest.mark.parametrize(
    ("xp", "level"), [(124, 0), (125, 1), (280, 1), (281, 2), (1882, 7), (2477, 7)]
)
def test_the_level_follows_the_xp(xp: int, level: int) -> None:
    assert given("profiles", award(601, to=ANN, xp=xp)).of("profiles", ANN, "level") == level


def test_the_line_of_a_level_up_tells_both_levels() -> None:
    given("profiles", award(601, to=ANN, xp=120), message(501)).then(
        "activity_log", "position level_from level_to", (1, 0, 0), (2, 0, 1)
    )


# Days, seasons, members


def test_no_streak_is_broken_by_a_gap_and_what_is_told_late_counts_in_it() -> None:
    """Day 0, blind on days 1 and 2, back on day 3; then day 1 turns out to have been active."""
    events = [
        message(501, seconds=0),
        gap(GUILD, at(DAY), at(3 * DAY - 400), "outage"),
        message(504, seconds=3 * DAY),
        message(502, seconds=DAY + 5),
        message(503, seconds=DAY + 6),
        message(505, seconds=4 * DAY),
        message(506, seconds=6 * DAY),
        message(507, seconds=2 * DAY),
    ]
    seen = [given("profiles", *events[: n + 1]) for n in (0, 2, 3, 4, 5, 6, 7)]
    assert [f.of("profiles", ANN, "streak") for f in seen] == [1, 2, 3, 3, 4, 1, 1]
    assert seen[4].of("profiles", ANN, "bridged") == [(START + timedelta(days=2)).toordinal()]
    assert seen[5].of("profiles", ANN, "bridged") is None


def test_a_restart_forgives_no_day() -> None:
    short = gap(GUILD, at(DAY), at(DAY + 299), "outage")
    folded = given("profiles", message(501), short, message(502, seconds=2 * DAY))
    assert folded.of("profiles", ANN, "streak") == 1


def test_a_streak_is_days_in_a_row() -> None:
    days = [0, 1, 2, 2, 4, 5, 3]
    told = [message(500 + n, seconds=day * DAY + n) for n, day in enumerate(days)]
    seen = [given("profiles", *told[: n + 1]) for n in range(len(told))]
    assert [f.of("profiles", ANN, "streak") for f in seen] == [1, 2, 3, 3, 1, 2, 2]
    assert [f.of("profiles", ANN, "longest_streak") for f in seen] == [1, 2, 3, 3, 3, 3, 3]
    assert seen[-1].of("profiles", ANN, "active_on") == START.date() + timedelta(days=5)
    assert seen[-1].of("profiles", ANN, "last_seen") == at(5 * DAY + 5)


def test_a_day_ends_at_midnight_utc() -> None:
    midnight = 12 * HOUR  # the tests' world begins at noon
    folded = given(
        "profiles", message(501, seconds=midnight - 0.001), message(502, seconds=midnight)
    )
    assert folded.of("profiles", ANN, "streak") == 2


def test_a_season_counts_what_happens_while_it_is_open_and_the_lifetime_everything() -> None:
    folded = given(
        "profiles",
        message(501, seconds=-100),
        season(1, starts=0, ends=1000, ahead=[1000, 2000]),
        message(502, seconds=-50),  # before its first instant, told late
        message(503, seconds=0),
        message(504, seconds=500),
        season_end(1, seconds=1000),
        message(505, seconds=1100),
        season(2, starts=1000, ends=2000, seconds=1200),
        message(506, seconds=1300),
        message(507, seconds=900),  # of a season that is closed
    )
    folded.then(
        "user_stats",
        "user_id season messages messages_at xp xp_at stars stars_at",
        (ANN, 0, 7, 10, 105, 10, 7, 10),
        (ANN, 1, 2, 5, 30, 5, 2, 5),
        (ANN, 2, 2, 9, 30, 9, 2, 9),
    )
    assert folded.of("profiles", ANN, "xp") == 105


def joined(user: int, *, seconds: float, name: str) -> MemberJoined:
    return MemberJoined(
        guild_id=GUILD,
        source_id=f"{user}:member_join:{seconds}",
        user_id=user,
        occurred_at=at(seconds),
        name=name,
    )


def left(user: int, *, seconds: float) -> MemberLeft:
    return MemberLeft(
        guild_id=GUILD,
        source_id=f"{user}:member_leave:{seconds}",
        user_id=user,
        occurred_at=at(seconds),
    )


def test_who_leaves_keeps_everything_and_is_marked() -> None:
    told = [joined(ANN, seconds=0, name="Ann"), message(501, seconds=1), left(ANN, seconds=2)]
    folded = given("profiles", *told)
    folded.then("profiles", "user_id name present xp", (ANN, "user2001", False, 15))
    again = given("profiles", *told, joined(ANN, seconds=9, name="Ann again"))
    again.then("profiles", "user_id name present xp", (ANN, "Ann again", True, 15))


def test_an_old_message_does_not_bring_a_member_back_and_a_live_one_does() -> None:
    gone = [joined(ANN, seconds=0, name="Ann"), left(ANN, seconds=2)]
    imported = message(401, seconds=1, import_id="dce:a")
    assert not given("profiles", *gone, imported).of("profiles", ANN, "present")
    assert given("profiles", *gone, message(501, seconds=3)).of("profiles", ANN, "present")


def test_the_nickname_is_the_name() -> None:
    def updated(ordinal: int, nick: str | None) -> MemberUpdated:
        return MemberUpdated(
            guild_id=GUILD,
            source_id=f"{ANN}:member_update:{ordinal:010d}",
            user_id=ANN,
            occurred_at=at(ordinal),
            ordinal=ordinal,
            name="Ann",
            nick=nick,
            avatar="a9",
            roles=[],
        )

    assert given("profiles", updated(1, "Annie")).of("profiles", ANN, "name") == "Annie"
    folded = given("profiles", updated(1, "Annie"), updated(2, None))
    folded.then("profiles", "user_id name avatar last_seen", (ANN, "Ann", "a9", None))


def test_using_a_command_is_being_here() -> None:
    used = InteractionUsed(
        guild_id=GUILD,
        source_id="701:interaction",
        user_id=ANN,
        occurred_at=at(44),
        interaction_id=701,
        kind="slash",
        name="profile",
        options={},
        outcome="ok",
        duration_ms=3,
    )
    given("profiles", used).then("profiles", "user_id last_seen streak xp", (ANN, at(44), 1, 0))


def test_a_setting_applies_from_its_position_on() -> None:
    folded = given(
        "profiles",
        message(501, seconds=0),
        setting("message_xp", 40),
        message(502, seconds=60),
        setting("message_cooldown", 5),
        message(503, seconds=66),
        setting("message_xp", None, revision=2),
        setting("message_stars", 0),
        message(504, seconds=72),
        setting("message_xp", 0, revision=3),
        message(505, seconds=99),
        setting("voice_minutes", 1),
    )
    folded.then(
        "activity_log",
        "position xp stars",
        (1, 15, 1),
        (3, 40, 1),
        (5, 40, 1),
        (8, 15, 0),
    )
    assert folded.of("user_stats", ANN, "messages") == 5


def test_the_number_shown_is_the_sum_of_its_reasons() -> None:
    folded = given(
        "profiles",
        *(message(500 + n, user=(ANN, BEN)[n % 2], seconds=n * 20) for n in range(12)),
        *(reaction(500 + n, user=CAT, author=(ANN, BEN)[n % 2]) for n in range(5)),
        award(601, to=ANN, xp=1000, stars=-2),
    )
    for column in ("xp", "stars"):
        reasons: dict[int, int] = {}
        for user, amount in folded.rows("activity_log", f"user_id {column}"):
            reasons[user] = reasons.get(user, 0) + amount
        assert folded.rows("profiles", f"user_id {column}") == sorted(reasons.items())
