"""The cool-down's memory: what is forgotten can no longer matter."""

from hypothesis import example
from hypothesis import given as with_any
from hypothesis import strategies as st

from events.engine.setting import Number
from events.engine.snowflake import to_ms
from events.settings import SETTINGS
from projections.points.pacing import REMEMBERED_MS, Pacing
from tests.support.facts import at, message
from tests.support.given import given

ANN = 2001
HOUR, DAY = 3600, 86400
HOURS = (-24, -13, -1, 0, 1, 13, 30, 60)


def rewarded(*seconds: float) -> list[int]:
    return [to_ms(at(s)) for s in seconds]


def test_two_of_the_longest_cool_downs_are_remembered() -> None:
    cooldown = SETTINGS["message_cooldown"]
    assert isinstance(cooldown, Number)
    assert 2 * 1000 * cooldown.high == REMEMBERED_MS


def test_channels_rewarded_long_before_the_newest_are_forgotten() -> None:
    told = [message(500 + n, channel=3001 + n, seconds=n * DAY) for n in range(30)]
    (pacing,) = given("profiles", *told).rows("pacing", "user_id sequence rewarded")
    kept = dict(zip(("3028", "3029", "3030"), rewarded(27 * DAY, 28 * DAY, 29 * DAY), strict=True))
    assert pacing == (ANN, "", kept)


def test_a_message_that_comes_a_day_late_still_meets_the_cool_down() -> None:
    folded = given(
        "profiles",
        message(501, channel=3001, seconds=0),
        message(502, channel=3002, seconds=1.5 * DAY),
        message(503, channel=3001, seconds=29),
        message(504, channel=3001, seconds=-29),
    )
    folded.then("activity_log", "position", (1,), (2,))


def test_one_that_comes_after_all_is_forgotten_is_rewarded_and_is_remembered_itself() -> None:
    folded = given(
        "profiles",
        message(501, channel=3001, seconds=0),
        message(502, channel=3002, seconds=2 * DAY + 1),
        message(503, channel=3001, seconds=20),
        message(504, channel=3001, seconds=40),
        message(505, channel=3002, seconds=2 * DAY + 2),
    )
    folded.then("activity_log", "position", (1,), (2,), (3,))


def test_an_import_of_earlier_years_is_paced_as_well() -> None:
    years = 1000 * DAY
    seconds = (0, 10, 20, 40)
    newer = [
        message(400 + n, channel=3001, seconds=years + s, import_id="dce:a")
        for n, s in enumerate(seconds)
    ]
    older = [
        message(500 + n, channel=3002 + n % 2, seconds=s, import_id="dce:a")
        for n, s in enumerate((0, 1, 20, 21, 40, 41))
    ]
    folded = given("profiles", *newer, *older)
    folded.then("activity_log", "position", (1,), (4,), (5,), (6,), (9,), (10,))


@with_any(
    told=st.lists(st.tuples(st.integers(1, 3), st.sampled_from(HOURS))),
    cooldown=st.sampled_from((0, 30, HOUR, DAY)),
)
@example(told=[(1, 0), (2, 30), (1, -24)], cooldown=DAY)
def test_within_a_day_nothing_differs_from_a_memory_of_everything(
    told: list[tuple[int, int]], cooldown: int
) -> None:
    pacing, everything, newest = Pacing(ANN, ""), dict[int, int](), 0
    for channel, later in told:
        hour = newest + later
        last = everything.get(channel)
        free = last is None or abs(hour - last) * HOUR >= cooldown
        assert pacing.reward(str(channel), 1000 * hour * HOUR, cooldown) == free
        if free:
            everything[channel] = max(hour, everything.get(channel, hour))
            newest = max(everything.values())
