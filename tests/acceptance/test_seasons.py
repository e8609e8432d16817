"""Seasons and boards as members see them, through the real client."""

from datetime import timedelta

from events.preferences import BoardHidden
from projections.engine import worker
from sql.pool import Database
from tests.support.facts import calendar
from tests.support.rolling import roll_over, season_messages, utc, write
from tests.support.simulator import World, text, world

ANN, BEN, CARA = 91, 92, 93


async def ask(w: World, name: str, **options: object) -> str:
    return text(await w.bob.slash(w.channel, name, **options))


def rolled(w: World, database: Database) -> None:
    """Two seasons are over, and a third one is running, with somebody else first in each."""
    guild = w.guild.id
    roll_over(database, utc(2026, 1, 2))
    write(database, *season_messages(ANN, BEN, first=1000, at=utc(2026, 1, 7), guild=guild))
    roll_over(database, utc(2026, 4, 1))
    write(database, *season_messages(BEN, ANN, first=2000, at=utc(2026, 4, 7), guild=guild))
    roll_over(database, utc(2026, 7, 1))
    write(database, *season_messages(CARA, ANN, BEN, first=3000, at=utc(2026, 7, 7), guild=guild))
    worker.drain(database)


async def test_seasons_are_listed_with_their_winners(database: Database) -> None:
    async with world(database) as w:
        assert "No season has begun yet" in await ask(w, "season list")
        rolled(w, database)
        first, second, third = (await ask(w, "season list")).splitlines()[1:4]
        assert "July to September 2026" in first and "ends" in first
        assert "April to June 2026" in second and f"<@{BEN}>" in second
        assert "January to March 2026" in third and f"<@{ANN}>" in third


async def test_any_season_s_standing_is_posted_again(database: Database) -> None:
    async with world(database) as w:
        assert "No season is running" in await ask(w, "season standings")
        rolled(w, database)
        old = await w.bob.slash(w.channel, "season standings", season=1)
        assert "January to March 2026: XP" in text(old) and "Final standing" in text(old)
        assert text(old).index("user91") < text(old).index("user92") and "user93" not in text(old)
        assert not old.response.ephemeral
        now = await ask(w, "season standings")
        assert "July to September 2026" in now and "As it stands" in now
        assert now.index("user93") < now.index("user91")
        assert "There is no season 9" in await ask(w, "season standings", season=9)


async def test_who_hides_later_is_left_out_of_what_is_posted_again(database: Database) -> None:
    async with world(database) as w:
        rolled(w, database)
        hidden = BoardHidden(
            guild_id=w.guild.id,
            source_id="7:board_hidden",
            user_id=ANN,
            occurred_at=w.env.now(),
            hidden=True,
        )
        write(database, hidden)
        old = await ask(w, "season standings", season=1)
        assert "user91" not in old and "user92" in old
        assert f"<@{ANN}>" not in await ask(w, "season list")


async def test_a_leaderboard_of_any_time(database: Database) -> None:
    async with world(database) as w:
        rolled(w, database)
        past = await ask(w, "leaderboard", season=2)
        assert "April to June 2026" in past and past.index("user92") < past.index("user91")
        span = {"since": "2026-04-01", "until": "2026-07-31"}
        both = await ask(w, "leaderboard", board="messages", **span)
        assert "1 April 2026 to 31 July 2026" in both and "3 messages" in both
        assert both.index("user91") < both.index("user93")  # 1 + 2 and 3: the smaller id first
        await w.env.advance_time((utc(2026, 7, 7, 12) - w.env.now()).total_seconds())
        today = await ask(w, "leaderboard", board="messages", period="day")
        assert "today (7 July 2026)" in today and "user93" in today
        assert "Nobody stands here" in await ask(w, "leaderboard", period="lastweek")


async def test_the_day_is_the_guilds_own(database: Database) -> None:
    async with world(database) as w:
        rolled(w, database)
        zone = calendar("Pacific/Kiritimati", [0, 14 * 3600])
        write(database, zone.model_copy(update={"guild_id": w.guild.id}))
        await w.env.advance_time((utc(2026, 7, 7, 12) - w.env.now()).total_seconds())
        assert "8 July 2026" in await ask(w, "leaderboard", period="day")


async def test_a_board_is_asked_for_one_time(database: Database) -> None:
    async with world(database) as w:
        several = await ask(w, "leaderboard", period="week", season=1)
        assert "Ask for one time" in several
        assert "Say from which day on" in await ask(w, "leaderboard", until="2026-01-01")
        assert "is no date" in await ask(w, "leaderboard", since="last year")
        assert "no days" in await ask(w, "leaderboard", board="coins", period="week")
        assert "There is no season 4" in await ask(w, "leaderboard", season=4)


async def test_turning_a_page_after_midnight_stays_in_the_same_board(database: Database) -> None:
    async with world(database) as w:
        members = range(100, 115)
        now = w.env.now()
        write(database, *season_messages(*members, first=9000, at=now, guild=w.guild.id))
        shown = await w.bob.slash(w.channel, "leaderboard", board="messages", period="day")
        assert "today (1 January 2026)" in text(shown)
        await w.env.advance_time(timedelta(days=1).total_seconds())
        custom_id = shown.response.components[0]["components"][1]["custom_id"]
        turned = await w.bob.click(shown.response, custom_id=custom_id)
        assert "1 January 2026" in text(turned) and "Page 2 of 2" in text(turned)
