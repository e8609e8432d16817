"""``/recap`` through the real client: a year, a season, the place, and that /why agrees."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image

from bot.commands.recap import FILE
from bot.recognition import recaps
from bot.recognition.pictures import recap_card
from bot.recognition.pictures.canvas import GOLD
from bot.recognition.recaps import Recap
from events.engine.event import Event
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql import lake
from sql.pool import Database
from tests.support.facts import START, message, reaction, season, season_end
from tests.support.simulator import World, text, world
from tests.support.wealth import gift

DAY = 86_400
NEW_YEAR = (datetime(2026, 1, 1, tzinfo=UTC) - START).total_seconds()
"""In seconds after START."""


def write(w: World, *events: Event) -> None:
    mine = [event.model_copy(update={"guild_id": w.guild.id}) for event in events]
    with w.database.transaction(w.guild.id) as conn:
        lake.append(conn, mine)
    worker.drain(w.database)


def talk(first: int, user: int, count: int, *, seconds: float, **more: Any) -> list[Event]:
    """Messages far enough from each other for each to be rewarded."""
    return [
        message(first + n, user=user, channel=3001, seconds=seconds + 120 * n, **more)
        for n in range(count)
    ]


def loaded(w: World, member: Any, *, year: int | None = None, number: int | None = None) -> Recap:
    with w.database.transaction(w.guild.id) as conn:
        now = datetime(2026, 6, 1, tzinfo=UTC)
        span = recaps.span_of(conn, w.guild.id, now, year, number)
        return recaps.load(conn, w.guild.id, member.id, span)


async def test_a_year_has_its_numbers_and_no_other_years(database: Database) -> None:
    async with world(database) as w:
        write(
            w,
            *talk(501, w.alice.id, 2, seconds=NEW_YEAR - DAY),
            *talk(601, w.bob.id, 9, seconds=NEW_YEAR - DAY),
            *talk(701, w.alice.id, 4, seconds=NEW_YEAR + 3 * DAY),
            *talk(801, w.alice.id, 6, seconds=NEW_YEAR + 40 * DAY),
            reaction(601, user=w.alice.id, author=w.bob.id, seconds=NEW_YEAR + 5),
            reaction(701, user=w.bob.id, author=w.alice.id, seconds=NEW_YEAR + 3 * DAY + 9),
            gift(w.guild.id, w.alice.id, 500),
        )
        shown = await w.alice.slash(w.channel, "recap", year=2026)
        words = text(shown)
        assert "2026: a recap" in words and "Messages: 10\n" in words
        assert "Reactions: 1\n1 received" in words
        assert "Coins earned: 500\n0 spent" in words
        assert "Best day: 10 February\n" in words and "Place by XP: #1\n#2 in 2025" in words
        before = text(await w.bob.slash(w.channel, "recap", member=w.alice, year=2025))
        assert "Messages: 2\n" in before and "Coins earned: 0" in before
        assert "Place by XP: #2\nnone in 2024" in before
        none = text(await w.bob.slash(w.channel, "recap", year=2024))
        assert f"Nothing is known of <@{w.bob.id}> in 2024" in none
        refused = text(await w.bob.slash(w.channel, "recap", year=2027))
        assert "2027 has not begun" in refused

        (file,) = shown.response.attachments
        assert file.filename == FILE
        image = Image.open(io.BytesIO(w.env.backend.cdn.get(file.url))).convert("RGB")
        assert image.size == (recap_card.WIDTH, recap_card.HEIGHT)
        floor = recap_card.CHART[3]
        heights = [
            sum(
                image.getpixel(((left + right) // 2, y)) == GOLD
                for y in range(recap_card.CHART[1], floor)
            )
            for left, right in recap_card.columns(12)
        ]
        xp = dict(enumerate(gained for _, gained in loaded(w, w.alice, year=2026).bars))
        whole = floor - recap_card.CHART[1]
        assert heights[1] == whole and heights[2:] == [0] * 10
        assert abs(heights[0] - whole * xp[0] / xp[1]) <= 1


async def test_a_season_has_its_own_numbers_and_the_place_in_the_one_before(
    database: Database,
) -> None:
    async with world(database) as w:
        write(
            w,
            season(1, starts=0, ends=10 * DAY),
            *talk(501, w.alice.id, 5, seconds=DAY),
            *talk(601, w.bob.id, 3, seconds=DAY),
            season_end(1, seconds=10 * DAY),
            season(2, starts=10 * DAY, ends=20 * DAY, seconds=10 * DAY),
            *talk(701, w.bob.id, 4, seconds=11 * DAY),
            *talk(801, w.alice.id, 1, seconds=11 * DAY),
        )
        words = text(await w.bob.slash(w.channel, "recap", season=2))
        assert "Season 2: a recap" in words and "Messages: 4\n" in words
        assert "Place by XP: #1\n#2 in season 1" in words
        first = text(await w.bob.slash(w.channel, "recap", season=1))
        assert "Messages: 3\n" in first and "Place by XP: #2\nnone in season 0" in first
        assert len(loaded(w, w.bob, number=2).bars) == 11  # it begins and ends at noon
        refused = text(await w.bob.slash(w.channel, "recap", season=3))
        assert "no season 3" in refused
        both = text(await w.bob.slash(w.channel, "recap", season=1, year=2026))
        assert "leave one of them out" in both


async def test_why_has_each_point_and_coin_of_a_recap(database: Database) -> None:
    async with world(database) as w:
        write(
            w,
            *talk(501, w.alice.id, 30, seconds=NEW_YEAR - DAY),
            *talk(601, w.alice.id, 40, seconds=NEW_YEAR + DAY),
            gift(w.guild.id, w.alice.id, 500),
        )
        await w.alice.slash(w.channel, "pay", member=w.bob, amount=45)
        worker.drain(database)
        years = [loaded(w, w.alice, year=year) for year in (2025, 2026)]
        profile = text(await w.alice.slash(w.channel, "profile"))
        sums = {
            name: sum(year.numbers[name] for year in years)
            for name in ("xp", "stars", "messages", "earned", "spent")
        }
        why = text(await w.alice.slash(w.channel, "why"))
        assert f"Why {sums['xp']:,} XP?" in why and f"{sums['xp']:,} XP" in profile
        assert f"Messages: {sums['messages']}" in profile
        assert f"Why {sums['stars']} Stars?" in text(
            await w.alice.slash(w.channel, "why", number="stars")
        )
        coins = text(await w.alice.slash(w.channel, "why", number="coins"))
        assert f"Why {sums['earned'] - sums['spent']} Coins?" in coins
        assert sums["spent"] == 45
        gained = [year.levels for year in years]
        assert all(gained) and f"Level {sum(gained)}\n" in profile
        assert f"+{gained[1]} level" in text(await w.alice.slash(w.channel, "recap", year=2026))
    models = [named(name) for name in ("recaps", "profiles")]
    assert not verify(database.dsn, models, processes=1).differences


async def test_who_is_hidden_has_no_place_and_badges_are_shown(database: Database) -> None:
    async with world(database) as w:
        write(w, *talk(501, w.alice.id, 5, seconds=NEW_YEAR + DAY))
        await w.admin.slash(w.channel, "badge define", badge="star", name="Star", given_by="admins")
        asked = await w.admin.slash(w.channel, "badge give", member=w.alice, badge="star")
        await w.admin.click(asked.response, label="Confirm")
        preferences = await w.alice.slash(w.channel, "preferences")
        await w.alice.click(preferences.response, label="Hide me from boards")
        words = text(await w.bob.slash(w.channel, "recap", member=w.alice))
        assert "Place by XP: none" in words and "Star" in words.split("Badges:")[1]


def test_a_long_season_has_a_bar_a_week() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for days, expected in ((1, 1), (31, 31), (32, 5), (217, 31), (218, 5)):
        span = recaps.Span("S", start, start + timedelta(days=days), (100, 99 + days), "", 1)
        found = recaps.bars(span, {100: 3, 99 + days: 4, 100 + days // 2: -9})
        assert len(found) == expected
        assert all(value >= 0 for _, value in found)
