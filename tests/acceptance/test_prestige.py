"""``/prestige``, and XP that fades: previewed, run once a week, undone with ``/undo``."""

from datetime import timedelta

from bot import schedule
from bot.due import xp_decay
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql import lake
from sql.pool import Database
from tests.support.facts import message, setting
from tests.support.simulator import World, text, world


async def award(w: World, amount: int) -> None:
    preview = await w.admin.slash(w.channel, "award", member=w.alice, kind="xp", amount=amount)
    await w.admin.click(preview.response, label="Confirm")


async def test_a_member_begins_again_and_keeps_everything(database: Database) -> None:
    async with world(database) as w:
        with database.transaction(w.guild.id) as conn:
            lake.append(conn, [setting("prestige_level", 2, guild=w.guild.id)])
        refused = await w.alice.slash(w.channel, "prestige")
        assert refused.ephemeral and "begins at level 2 and you are at level 0" in text(refused)
        await award(w, 300)
        preview = await w.alice.slash(w.channel, "prestige")
        twice = await w.alice.slash(w.channel, "prestige")
        assert "You give up **level 2**" in text(preview) and "**prestige 1**" in text(preview)
        done = await w.alice.click(preview.response, label="Confirm")
        assert "begins again, with **prestige 1**" in text(done)
        again = await w.alice.click(twice.response, label="Confirm")
        assert "begins again, with **prestige 1**" in text(again)
        card = text(await w.bob.slash(w.channel, "profile", member=w.alice))
        assert "Level 0 \N{MIDDLE DOT} Prestige 1" in card
        assert "300 XP, 125 to level 1" in card
        why = text(await w.alice.slash(w.channel, "why", number="xp"))
        assert "Why 300 XP?" in why and "prestige 1, level 2 given up" in why
        board = text(await w.bob.slash(w.channel, "leaderboard"))
        assert "300 XP" in board
        worker.drain(database)
        assert verify(database.dsn, [named("profiles")], processes=1).differences == []


async def test_xp_fades_once_a_week_as_previewed_and_is_given_back(database: Database) -> None:
    async with world(database) as w:
        off = text(await w.admin.slash(w.channel, "settings decay"))
        assert "Off." in off
        with database.transaction(w.guild.id) as conn:
            lake.append(
                conn,
                [
                    setting("xp_decay_weekly", 1000, guild=w.guild.id),
                    setting("message_xp", 500, guild=w.guild.id),
                    message(1, user=w.alice.id, guild=w.guild.id),
                ],
            )
        soon = text(await w.admin.slash(w.channel, "settings decay"))
        assert "**10.00 %** a week" in soon
        later = w.env.now() + timedelta(days=60)
        await w.env.advance_time(60 * 86_400)
        preview = text(await w.admin.slash(w.channel, "settings decay"))
        assert "If it were now: 1 member" in preview
        assert f"<@{w.alice.id}> **\N{MINUS SIGN}50 XP**" in preview and "Within minutes" in preview
        facts = schedule.run_in(database, w.guild.id, later, xp_decay.DUE)
        assert len(facts) == 1
        assert schedule.run_in(database, w.guild.id, later, xp_decay.DUE) == []
        why = text(await w.alice.slash(w.channel, "why", number="xp"))
        assert "Why 450 XP?" in why and "Decay while away" in why
        (act,) = await w.admin.autocomplete(w.channel, "undo", "act", "xp")
        ask = await w.admin.slash(w.channel, "undo", act=act["value"], reason="too soon")
        twice = await w.admin.slash(w.channel, "undo", act=act["value"])
        assert f"<@{w.alice.id}> **+50 XP**" in text(ask)
        done = await w.admin.click(ask.response, label="Confirm")
        assert "Undone" in text(done) and "too soon" in text(done)
        late = await w.admin.click(twice.response, label="Confirm")
        assert "An act is undone once" in text(late)
        why = text(await w.alice.slash(w.channel, "why", number="xp"))
        assert "Why 500 XP?" in why and "Decay undone" in why
        assert await w.admin.autocomplete(w.channel, "undo", "act", "xp") == []
        gone = await w.admin.slash(w.channel, "undo", act="2020-W01:xp_decay")
        assert "no such act" in text(gone)
