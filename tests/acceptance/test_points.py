"""/points and /why: an admin says what counts where, members see what came of it."""

from bot import look
from events.decisions.gaps import gap
from events.voice import VoiceLeft
from projections.points.pipeline import SENTENCE
from sql import lake
from sql.pool import Database
from tests.support.facts import at, message
from tests.support.simulator import text, world


async def test_a_category_and_a_role_multiply_and_why_tells_it(database: Database) -> None:
    async with world(database) as w:
        arts = w.guild.create_category("Arts")
        await w.env.settle()
        shown = await w.admin.slash(
            w.channel, "points multiply", percent=150, source="message", category=arts
        )
        assert "as usual" in text(shown) and "1.50 times" in text(shown)
        first = await w.admin.click(shown.response, label="Confirm")
        assert "Changed" in text(first) and "in this server's log" in text(first)
        refused = await w.admin.slash(
            w.channel, "points multiply", percent=150, source="message", category=arts
        )
        assert "counts 150 % already" in text(refused)
        neither = await w.admin.slash(w.channel, "points multiply", percent=150)
        assert "Name one of the three" in text(neither)
        by_role = await w.admin.slash(w.channel, "points multiply", percent=50, role=w.role)
        await w.admin.click(by_role.response, label="Confirm")
        rules = text(await w.admin.slash(w.channel, "points rules"))
        assert SENTENCE in rules and f"<#{arts.id}>, message: **1.50 times**" in rules
        assert f"<@&{w.role.id}>, everything: **0.50 times**" in rules

        told = message(501, user=w.alice.id, channel=77, category_id=arts.id, guild=w.guild.id)
        with database.transaction(w.guild.id) as conn:
            lake.append(conn, [told])
        why = text(await w.alice.slash(w.channel, "why"))
        assert "Why 22 XP?" in why and "15 \N{MULTIPLICATION SIGN} 1.50 here" in why


async def test_whoever_was_slower_is_refused(database: Database) -> None:
    async with world(database) as w:
        old = await w.admin.slash(w.channel, "points multiply", percent=50, role=w.role)
        new = await w.admin.slash(w.channel, "points multiply", percent=70, role=w.role)
        assert "Changed" in text(await w.admin.click(new.response, label="Confirm"))
        assert "changed meanwhile" in text(await w.admin.click(old.response, label="Confirm"))


async def test_a_group_takes_channels_out_of_their_category(database: Database) -> None:
    async with world(database) as w:
        unknown = await w.admin.slash(w.channel, "points multiply", percent=200, group="Art")
        assert "no channel in that group" in text(unknown)
        shown = await w.admin.slash(w.channel, "points group", channel=w.channel, name="Art")
        await w.admin.click(shown.response, label="Confirm")
        shown = await w.admin.slash(w.channel, "points multiply", percent=200, group="Art")
        await w.admin.click(shown.response, label="Confirm")
        choices = await w.admin.autocomplete(w.channel, "points group", "name", "a")
        assert [choice["value"] for choice in choices] == ["Art"]
        rules = text(await w.admin.slash(w.channel, "points rules"))
        assert f"**Art**: <#{w.channel.id}>" in rules
        await w.alice.send(w.channel, "hello")
        await w.capture.drain()
        assert "Why 30 XP?" in text(await w.alice.slash(w.channel, "why"))


async def test_nothing_is_rewarded_where_an_admin_says_so(database: Database) -> None:
    async with world(database) as w:
        shown = await w.admin.slash(w.channel, "points exclude", channel=w.channel)
        assert "earns no points" in text(shown)
        await w.admin.click(shown.response, label="Confirm")
        await w.alice.send(w.channel, "hello")
        await w.capture.drain()
        assert "nothing to explain" in text(await w.alice.slash(w.channel, "why"))
        again = await w.admin.slash(w.channel, "points exclude", channel=w.channel)
        assert "on the list already" in text(again)
        back = await w.admin.slash(w.channel, "points exclude", channel=w.channel, excluded=False)
        await w.admin.click(back.response, label="Confirm")
        neither = await w.admin.slash(w.channel, "points exclude")
        assert "Name one of the two" in text(neither)
        role = await w.admin.slash(w.channel, "points exclude", role=w.role)
        await w.admin.click(role.response, label="Confirm")
        rules = text(await w.admin.slash(w.channel, "points rules"))
        assert f"Without points: <@&{w.role.id}>" in rules


async def test_a_deleted_message_is_taken_back_in_sight(database: Database) -> None:
    async with world(database) as w:
        sent = await w.alice.send(w.channel, "hello")
        await w.alice.delete(sent)
        await w.capture.drain()
        why = text(await w.alice.slash(w.channel, "why"))
        assert "Why 0 XP?" in why and "\N{MINUS SIGN}15" in why and "Messages deleted" in why


async def test_why_says_what_voice_was_not_paid_because_the_bot_was_blind(
    database: Database,
) -> None:
    async with world(database) as w:
        began, ended = at(60), at(3660)
        facts = [
            VoiceLeft(
                guild_id=w.guild.id,
                source_id=f"{w.alice.id}:voice:0000000002",
                user_id=w.alice.id,
                channel_id=77,
                occurred_at=began,
                ordinal=2,
                session_id="s",
                unseen=True,
            ),
            gap(w.guild.id, began, ended, "session"),
            gap(w.guild.id, at(9000), at(9600), "outage"),
        ]
        with database.transaction(w.guild.id) as conn:
            lake.append(conn, facts)
        lines = f"Not paid: Voice in <#77>: the bot was blind {look.window(began, ended)}"
        assert text(await w.alice.slash(w.channel, "why")).endswith(lines)
        await w.alice.send(w.channel, "hello")
        await w.capture.drain()
        assert text(await w.alice.slash(w.channel, "why")).endswith(lines)
        assert "Not paid" not in text(await w.bob.slash(w.channel, "why"))
        assert "Not paid" not in text(await w.alice.slash(w.channel, "why", number="coins"))
