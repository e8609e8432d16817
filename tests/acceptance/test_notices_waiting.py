"""What Discord does not take waits, is asked for less and less, and is told when it can be."""

import discord

from sql.pool import Database
from tests.acceptance.test_notices import a_while, award, here, posts, prefer, unsent, words
from tests.support.simulator import text, world

REFUSED = {"status": 403, "code": 50013, "message": "Missing Permissions"}


async def test_what_does_not_work_holds_up_nothing_and_is_kept_for_days(
    database: Database,
) -> None:
    async with world(database) as w:
        other = w.guild.create_text_channel("levels")
        await here(w, level_up_channel=str(other.id))
        await award(w, w.alice, 500)
        path = f"/channels/{other.id}/messages"
        w.env.inject_error("POST", path, **REFUSED, times=1000)
        await a_while(w)
        assert [words(p) for p in posts(w, w.channel)] == [f"<@{w.alice.id}> was awarded 500 XP."]
        sick = text(await w.admin.slash(w.channel, "doctor"))
        assert "1 notice in" in sick and "code 50013" in sick and "I tried 1 time" in sick
        assert "I may not write there" in sick
        for _ in range(20):
            await a_while(w, 3600)
        asked = len(posts(w, other))
        assert asked <= 5 + 4  # five refusals in a row, then after pauses of 5 minutes to a day
        await award(w, w.bob, 500)
        await a_while(w)
        shown = await w.admin.slash(w.channel, "doctor")
        assert f"Writing in <#{other.id}>: failed {asked} times in a row" in text(shown)
        assert "Meanwhile 2 notices wait" in text(shown)
        assert len(posts(w, other)) == asked
        await w.admin.click(shown.response, label="Try again now")
        await a_while(w)
        assert len(posts(w, other)) == asked + 1


async def test_what_waited_is_told_when_discord_lets_us(database: Database) -> None:
    async with world(database) as w:
        await here(w, award_channel="")
        await award(w, w.alice, 500)
        w.env.inject_error("POST", f"/channels/{w.channel.id}/messages", **REFUSED, times=5)
        for _ in range(5):
            await a_while(w, 600)
        await award(w, w.bob, 500)
        await a_while(w, 60)
        assert len(posts(w)) == 5 and unsent(w) == 2
        guild = w.bot.get_guild(w.guild.id)
        assert guild is not None
        channel = guild.get_channel(w.channel.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.set_permissions(guild.me, manage_messages=False)
        await w.env.settle()
        await a_while(w)  # the permissions have changed: one is tried before its time
        assert len(posts(w)) == 6 and unsent(w) == 1
        await a_while(w, 60)
        assert len(posts(w)) == 7 and unsent(w) == 0
        assert "All is well" in text(await w.admin.slash(w.channel, "doctor"))


async def test_what_waited_for_long_is_not_told_any_more(database: Database) -> None:
    async with world(database) as w:
        await here(w, award_channel="")
        await award(w, w.alice, 500)
        w.env.inject_error("POST", "/channels/*/messages", **REFUSED, times=1000)
        for _ in range(21):
            await a_while(w, 86_400)
        assert len(posts(w)) <= 5
        assert unsent(w) == 0


async def test_who_takes_no_direct_messages_is_hardly_asked_again(database: Database) -> None:
    async with world(database) as w:
        await here(w, award_channel="")
        await prefer(w, w.alice, "level_up", "dm")
        await award(w, w.alice, 500)
        closed = {"status": 403, "code": 50007, "message": "Cannot send messages to this user"}
        w.env.inject_error("POST", "/channels/*/messages", **closed, times=1000)
        await a_while(w)
        for _ in range(60):
            await award(w, w.alice, 500)
            await a_while(w, 3600)
        assert len(posts(w)) <= 8
        sick = text(await w.admin.slash(w.channel, "doctor"))
        assert f"Direct messages to <@{w.alice.id}>: failed" in sick
        assert "They take no direct messages" in sick


async def test_the_doctor_says_when_discord_refuses_so_much_that_effects_hold_back(
    database: Database,
) -> None:
    async with world(database) as w:
        w.bot.invalid_requests.answered(401, shared=False, banned=False, own_token=True)
        sick = text(await w.admin.slash(w.channel, "doctor"))
        assert "Discord turned down 1 request of mine in ten minutes" in sick
        assert "I hold back news and roles" in sick
