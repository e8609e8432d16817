"""The inflation view: how unequal, how fast, how much; and the picture of it."""

import io
from datetime import date, timedelta

import pytest
from PIL import Image

from bot.economy.admin.chart import ceiling, draw, short
from bot.economy.admin.inflation import Week, gini, spreads
from bot.recognition.pictures.canvas import GOLD, GREEN, RED

MONDAY = date(2026, 1, 5)
ANN, BEN, CAT = 2001, 2002, 2003


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([], 0),
        ([7], 0),
        ([5, 5, 5, 5], 0),
        ([1, 2, 3, 4], 250),
        ([1, 1, 1, 97], 720),
    ],
)
def test_gini_is_zero_for_evenly_and_grows_with_inequality(
    amounts: list[int], expected: int
) -> None:
    assert gini(amounts) == expected


def test_what_members_had_is_what_they_have_less_what_came_since() -> None:
    mondays = [MONDAY, MONDAY + timedelta(weeks=1), MONDAY + timedelta(weeks=2)]
    changes = [
        {"week": mondays[1], "owner_id": ANN, "amount": -30},
        {"week": mondays[1], "owner_id": BEN, "amount": 20},
        {"week": mondays[2], "owner_id": BEN, "amount": 5},
    ]
    assert spreads(mondays, {ANN: 10, BEN: 25, CAT: 0}, changes) == [
        {ANN: 40},
        {ANN: 10, BEN: 20},
        {ANN: 10, BEN: 25},
    ]


def week(number: int, minted: int, burned: int, moved: int, supply: int) -> Week:
    monday = MONDAY + timedelta(weeks=number)
    return Week(monday, minted, burned, moved, supply, gini=0, holders=1, top=())


def test_velocity_and_growth_are_whole_hundredths() -> None:
    grown = week(1, 150, 50, 330, 1_100)
    assert (grown.velocity, grown.growth) == (30, 1_000)
    shrunk = week(2, 0, 100, 0, 900)
    assert (shrunk.velocity, shrunk.growth) == (0, -1_000)
    empty = week(0, 0, 0, 0, 0)
    assert (empty.velocity, empty.growth) == (0, 0)


def test_scales_end_at_round_numbers() -> None:
    assert [ceiling(n) for n in (0, 1, 3, 5, 6, 101, 2_000)] == [1, 1, 5, 5, 10, 200, 2_000]
    assert [short(n) for n in (0, 999, 1_000, 12_345, 5 * 10**6, 10**15)] == [
        "0",
        "999",
        "1k",
        "12.3k",
        "5M",
        "1000T",
    ]


def colours(weeks: list[Week]) -> set[object]:
    image = Image.open(io.BytesIO(draw(weeks, "Money")))
    assert (image.format, image.size) == ("PNG", (900, 420))
    plot = image.crop((82, 60, 818, 369))
    return {colour for _, colour in plot.getcolors(2**20) or []}


def test_the_chart_has_bars_for_what_was_made_and_destroyed_and_a_line() -> None:
    empty = colours([week(n, 0, 0, 0, 0) for n in range(12)])
    assert GREEN not in empty and RED not in empty
    full = colours([week(n, n, 2 * n, 0, 10 * n) for n in range(12)])
    assert {GREEN, RED, GOLD} <= full
