"""What members and admins see when they use the commands, through the real client."""

import pytest

from bot import schedule
from bot.due import seasons
from events.engine.catalogue import decode
from events.interactions import InteractionUsed
from projections.engine import worker
from sql import lake
from sql.pool import Database
from tests.support.facts import at, message
from tests.support.simulator import World, text, world


async def award(w: World, amount: int, kind: str = "coins") -> None:
    preview = await w.admin.slash(w.channel, "award", member=w.alice, kind=kind, amount=amount)
    await w.admin.click(preview.response, label="Confirm")


async def test_an_admin_awards_coins_and_a_member_pays_with_them(database: Database) -> None:
    async with world(database) as w:
        preview = await w.admin.slash(
            w.channel, "award", member=w.alice, kind="coins", amount=500, reason="hello"
        )
        assert preview.ephemeral
        assert "would get **+500 Coins**" in text(preview)
        done = await w.admin.click(preview.response, label="Confirm")
        assert "got **+500 Coins**" in text(done)

        paid = await w.alice.slash(w.channel, "pay", member=w.bob, amount=120)
        assert "paid" in text(paid) and "380 coins left" in text(paid)
        refused = await w.alice.slash(w.channel, "pay", member=w.bob, amount=1000)
        assert refused.ephemeral and "620 are missing" in text(refused)

        why = await w.bob.slash(w.channel, "why", number="coins")
        assert "Why 120 Coins?" in text(why)
        board = await w.bob.slash(w.channel, "leaderboard", board="coins")
        assert text(board).index("alice") < text(board).index("bob")
        profile = await w.bob.slash(w.channel, "profile")
        assert "120" in text(profile)


async def test_a_double_click_on_confirm_awards_once(database: Database) -> None:
    async with world(database) as w:
        preview = await w.admin.slash(
            w.channel, "award", member=w.alice, kind="coins", amount=500, reason="hello"
        )
        buttons = preview.response.components[0]["components"]
        confirm = next(b["custom_id"] for b in buttons if b["label"] == "Confirm")
        message_before = preview.response
        await w.admin.click(message_before, custom_id=confirm)
        await w.env.restart_bot(_another(w))
        why = await w.alice.slash(w.channel, "why", number="coins")
        assert "Why 500 Coins?" in text(why)


def _another(w: World) -> object:
    return type(w.bot)(w.bot.services, shard_count=1)


async def test_a_cancelled_award_changes_nothing(database: Database) -> None:
    async with world(database) as w:
        preview = await w.admin.slash(
            w.channel, "award", member=w.alice, kind="xp", amount=500, reason="hello"
        )
        done = await w.admin.click(preview.response, label="Cancel")
        assert "Nothing was changed" in text(done)
        why = await w.alice.slash(w.channel, "why")
        assert "none yet" in text(why)


async def test_a_member_may_not_award_or_change_settings(database: Database) -> None:
    async with world(database) as w:
        for name, options in (
            ("award", {"member": w.alice, "kind": "coins", "amount": 5}),
            ("settings set", {"key": "message_xp", "value": "5"}),
        ):
            assert name.split()[0] not in [
                c.split()[0] for c in w.alice.available_commands(w.channel)
            ], (name, options)


async def test_settings_are_previewed_changed_and_shown(database: Database) -> None:
    async with world(database) as w:
        choices = await w.admin.autocomplete(w.channel, "settings set", "key", "for /")
        assert [c["value"] for c in choices] == ["daily_coins", "weekly_coins"]
        preview = await w.admin.slash(w.channel, "settings set", key="daily_coins", value="40")
        assert "1,000 coins \N{RIGHTWARDS ARROW} **40 coins**" in text(preview)
        done = await w.admin.click(preview.response, label="Confirm")
        assert "Changed" in text(done)
        shown = await w.admin.slash(w.channel, "settings show", area="activities")
        assert "`daily_coins` **40 coins**" in text(shown)
        refused = await w.admin.slash(w.channel, "settings set", key="daily_coins", value="4000000")
        assert "from 0 to 1,000,000" in text(refused)
        refused = await w.admin.slash(w.channel, "settings set", key="nonsense", value="1")
        assert "no setting with that key" in text(refused)


async def test_a_board_turns_its_pages_even_after_a_restart(database: Database) -> None:
    async with world(database) as w:
        events = [message(n, user=9000 + n, guild=w.guild.id) for n in range(1, 24)]
        with database.transaction(w.guild.id) as conn:
            lake.append(conn, events)
        worker.drain(database)
        board = await w.bob.slash(w.channel, "leaderboard", board="messages")
        assert "Page 1 of 3" in text(board) and "23 members" in text(board)
        await w.env.restart_bot(_another(w))
        buttons = board.response.components[0]["components"]
        turned = await w.bob.click(board.response, custom_id=buttons[1]["custom_id"])
        assert turned.acknowledged
        shown = w.channel.last_message.embeds[0]
        assert "Page 2 of 3" in (shown.footer.text or "")
        assert "user9011" in (shown.description or "")


async def test_ties_share_a_rank_and_the_earlier_achiever_stands_first(database: Database) -> None:
    async with world(database) as w:
        events = [
            message(1, user=91, guild=w.guild.id),
            message(2, user=92, guild=w.guild.id),
            message(3, user=90, guild=w.guild.id),
            message(4, user=90, guild=w.guild.id, seconds=60),
            message(5, user=93, guild=w.guild.id, is_bot=True),
        ]
        with database.transaction(w.guild.id) as conn:
            lake.append(conn, events)
        board = text(await w.bob.slash(w.channel, "leaderboard"))
        lines = [line for line in board.splitlines() if "XP" in line][1:]
        assert ["user90" in lines[0], "user91" in lines[1], "user92" in lines[2]] == [True] * 3
        assert lines[1].split()[0] == lines[2].split()[0] == "\N{SECOND PLACE MEDAL}"
        assert "user93" not in board


async def test_every_use_is_recorded_without_free_text(database: Database) -> None:
    async with world(database) as w:
        await w.admin.slash(
            w.channel, "award", member=w.alice, kind="xp", amount=7, reason="a private thing"
        )
        await w.bob.slash(w.channel, "profile", member=w.alice)
        w.bot.services.writer.close()
        with database.transaction(w.guild.id) as conn:
            rows = lake.read(conn, w.guild.id, 0, 100)
        uses = [e for e in map(decode, rows) if isinstance(e, InteractionUsed)]
        assert [(u.name, u.outcome) for u in uses] == [("award", "ok"), ("profile", "ok")]
        assert uses[0].options == {
            "member": w.alice.id,
            "kind": "xp",
            "amount": 7,
            "reason": None,
        }
        assert b"private" not in b"".join(row.payload for row in rows)


@pytest.mark.parametrize("number", ["xp", "stars"])
async def test_why_adds_up_to_the_number_shown(database: Database, number: str) -> None:
    async with world(database) as w:
        events = [
            message(n, user=w.alice.id, guild=w.guild.id, seconds=n * 20) for n in range(1, 30)
        ]
        with database.transaction(w.guild.id) as conn:
            lake.append(conn, events)
        await award(w, 77, "xp")
        shown = text(await w.alice.slash(w.channel, "why", number=number))
        title, total = shown.splitlines()[0], next(x for x in shown.splitlines() if "**= " in x)
        assert title.split()[1] == total.split("**")[1].removeprefix("= ")


async def test_a_board_of_the_running_season(database: Database) -> None:
    async with world(database) as w:
        refused = await w.bob.slash(w.channel, "leaderboard", board="xp", period="season")
        assert "No season is running" in text(refused)
        schedule.run_in(database, w.guild.id, at(0), seasons.DUE)
        events = [
            message(1, user=91, guild=w.guild.id, seconds=-90 * 86400),
            message(2, user=92, guild=w.guild.id, seconds=10),
        ]
        with database.transaction(w.guild.id) as conn:
            lake.append(conn, events)
        board = text(await w.bob.slash(w.channel, "leaderboard", board="xp", period="season"))
        assert "January to March 2026" in board
        assert "user92" in board and "user91" not in board
        assert "user91" in text(await w.bob.slash(w.channel, "leaderboard", board="xp"))
