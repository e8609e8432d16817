"""What ends by itself is told once in the channel where it began, whatever restarts between."""

from datetime import timedelta

import discord
import pytest

from bot import schedule
from bot.due import auctions, trades, wagers
from bot.effects import endings, posting
from bot.effects.notices import Notices
from sql import checkpoints
from sql.pool import ALL_GUILDS, Database
from tests.acceptance.test_economy_auctions import sheet, started
from tests.acceptance.test_economy_games import award, set_to
from tests.acceptance.test_economy_trades import opened
from tests.support.simulator import World, world


async def told(w: World) -> int:
    """How many messages one round of a process that has just started adds to the channel."""
    before = len(w.channel.history())
    assert await Notices(w.bot, w.database, w.env.now).once()
    await w.env.settle()
    return len(w.channel.history()) - before


async def over(w: World) -> int:
    """Two days go by for the scheduler; how many facts came of it."""
    late = w.env.now() + timedelta(days=2)
    return len(schedule.run_due(w.database, late, [auctions.DUE, trades.DUE, wagers.DUE]))


async def test_each_ending_is_told_once_where_it_began(database: Database) -> None:
    async with world(database) as w:
        assert await told(w) == 0
        await set_to(w, "games_enabled", 1)
        for member in (w.alice, w.bob):
            await award(w, member, 100)
        message = await started(w)
        await w.bob.click(message, label="Bid 50")
        for number in range(3):
            await w.alice.send(w.channel, f"talk {number}")
        assert await told(w) == 0
        assert await over(w) == 1
        assert await told(w) == 1
        assert sheet(w).startswith("Sold") and "Price: **50**" in sheet(w)
        assert f"to <@{w.bob.id}>" in sheet(w)
        assert w.channel.last_message.reference.message_id == message.id
        (first,) = [one for one in w.channel.history() if one.id == message.id]
        assert first.embeds[0].title == "Sold" and not first.components
        assert await told(w) == 0

        await w.alice.slash(w.channel, "wager", member=w.bob, amount=60)
        assert await over(w) == 1
        assert await told(w) == 1
        assert "Nobody answered in time." in sheet(w)

        await opened(w)
        assert await over(w) == 1
        assert await told(w) == 1
        assert sheet(w).startswith("Trade ran out") and "went back" in sheet(w)
        assert await told(w) == 0


async def test_what_a_member_ended_is_not_told_again(database: Database) -> None:
    async with world(database) as w:
        await told(w)
        message = await started(w, buyout=90)
        await w.bob.click(message, label="Buy now for 90")
        assert sheet(w).startswith("Sold")
        await opened(w)
        await w.alice.click(w.channel.last_message, label="Cancel")
        assert await told(w) == 0


async def test_a_wager_that_a_late_press_finds_run_out_is_told_on_its_message_alone(
    database: Database,
) -> None:
    async with world(database) as w:
        await told(w)
        await set_to(w, "games_enabled", 1)
        for member in (w.alice, w.bob):
            await award(w, member, 100)
        offered = await w.alice.slash(w.channel, "wager", member=w.bob, amount=60)
        await w.env.advance_time(2 * 86_400)
        await w.bob.click(offered.response, label="Accept")
        assert "Nobody answered in time." in sheet(w)
        assert await over(w) == 0
        assert await told(w) == 0


async def test_a_log_that_was_never_followed_or_grew_at_once_holds_no_news(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(database) as w:
        await started(w)
        assert await over(w) == 1
        assert await told(w) == 0
        await opened(w)
        assert await over(w) == 1
        monkeypatch.setattr(endings, "FAR", 0)
        assert await told(w) == 0
        with database.transaction(ALL_GUILDS) as conn:
            assert w.guild.id not in checkpoints.lagging(conn, [endings.NAME], 9)


async def test_where_discord_does_not_let_us_the_end_is_told_later(database: Database) -> None:
    async with world(database) as w:
        await told(w)
        await started(w)
        assert await over(w) == 1
        refused = {"status": 403, "code": 50013, "message": "Missing Permissions"}
        w.env.inject_error("POST", "/channels/*/messages", **refused)
        assert await told(w) == 0
        await w.env.advance_time(60)
        assert await told(w) == 1
        await opened(w)
        assert await over(w) == 1
        assert await told(w) == 1
        assert await told(w) == 0


async def test_an_end_that_got_there_without_our_knowing_is_not_told_again(
    database: Database,
) -> None:
    async with world(database) as w:
        await told(w)
        await started(w)
        assert await over(w) == 1
        assert await told(w) == 1
        with database.transaction(w.guild.id) as conn:  # as if killed before it was written down
            conn.execute(b"update notices set sent_at = null")
        await w.env.advance_time(3600)
        assert await told(w) == 0
        with database.transaction(w.guild.id) as conn:
            (kept,) = conn.execute(b"select count(*) from notices where sent_at is null").fetchall()
        assert kept == (0,)


async def test_where_older_messages_cannot_be_read_the_end_is_told_all_the_same(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(database) as w:
        await told(w)
        await started(w)
        assert await over(w) == 1
        monkeypatch.setattr(posting, "NEAR", 0)
        assert await told(w) == 1
        assert sheet(w).startswith("Not sold") and w.channel.last_message.reference is None


async def test_nothing_is_told_while_discord_is_away(database: Database) -> None:
    async with world(database) as w:
        await told(w)
        await started(w)
        assert await over(w) == 1
        nobody = discord.Client(intents=discord.Intents.none())
        assert not await Notices(nobody, database, w.env.now).once()
        assert await told(w) == 1
