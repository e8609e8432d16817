"""From what people do in Discord to what they are told by a command, through real sockets."""

from datetime import UTC, datetime, timedelta

from sql.pool import Database
from tests.support.connected import connected
from tests.support.discord import Loopback
from tests.support.discord.models import Channel, Member
from tests.support.meeting import community

MANAGE_GUILD = 1 << 5


class Clock:
    """The time, which passes when it is told to; the same for Discord and for capture."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **how: float) -> None:
        self.now += timedelta(**how)


async def why(discord: Loopback, who: Member, channel: Channel) -> str:
    """Where a member's XP comes from."""
    return (await discord.command(who, channel, "why").reply()).text


async def test_a_vote_in_a_poll_brings_points_once(database: Database) -> None:
    async with Loopback.started() as discord:
        _, channel, alice, bob = community(discord)
        async with connected(discord, database) as bot:
            poll = discord.asks(bob, channel, "Tea?", "yes", "no", multiple=True)
            discord.votes(alice, poll, 1)
            discord.votes(alice, poll, 2)
            discord.unvotes(alice, poll, 1)
            discord.votes(alice, poll, 1)
            assert bot.client.is_ready()
            await discord.heard()
            await bot.capture.drain()
            told = await why(discord, alice, channel)
        assert "**+3** Votes in polls (1)" in told
        assert "**= 3** XP" in told


async def test_who_comes_to_a_scheduled_event_has_points_for_it(database: Database) -> None:
    clock = Clock()
    async with Loopback.started(clock=clock) as discord:
        guild, channel, alice, bob = community(discord)
        room = guild.add_voice_channel("Room")
        async with connected(discord, database) as bot:
            evening = discord.announces(alice, "an evening", room)
            discord.enters(alice, room)
            discord.stands(evening, 2)
            discord.enters(bob, room)
            await discord.heard()
            clock.passes(minutes=11)
            discord.leaves(bob)
            discord.stands(evening, 3)
            await discord.heard()
            await bot.capture.drain()
            for member in (alice, bob):
                assert "Scheduled events" in await why(discord, member, channel)


async def test_a_boost_of_the_server_brings_points(database: Database) -> None:
    async with Loopback.started() as discord:
        _, channel, alice, _ = community(discord)
        async with connected(discord, database) as bot:
            discord.boosts(alice, channel)
            await discord.heard()
            await bot.capture.drain()
            told = await why(discord, alice, channel)
        assert "Boosts of the server" in told
        assert "+200" in told


async def test_commands_are_told_to_discord_once(database: Database) -> None:
    async with Loopback.started() as discord:
        community(discord)
        for _ in range(2):
            async with connected(discord, database):
                await discord.heard()
        synced = discord.asked("PUT", "/applications/{application}/commands")
        assert [one.status for one in synced] == [200]
        assert len(discord.commands) == len(synced[0].body)


async def test_menus_forms_and_suggestions_work(database: Database) -> None:
    async with Loopback.started() as discord:
        guild, channel, alice, _ = community(discord)
        admin = guild.add_member("admin", [guild.add_role("Admins", MANAGE_GUILD)])
        async with connected(discord, database):
            refused = await discord.command(alice, channel, "settings show").reply()
            assert refused.private
            areas = await discord.command(admin, channel, "settings show").reply()
            one = discord.press(admin, areas, "setarea:all:pick", "awards")
            one = discord.press(admin, await one.reply(), "setkey:awards:pick", "award_most")
            sheet = await one.reply()
            opening = discord.press(admin, sheet, sheet.buttons["Change"])
            form = await opening.opened()
            (field,) = opening.fields
            filled = discord.submits(admin, channel, form["custom_id"], {field: "500"}, areas)
            assert "500" in (await filled.reply()).text
            asked = discord.completes(admin, channel, "settings set", "key", "award_m")
            assert [one["value"] for one in await asked.suggested()] == ["award_most"]
        assert channel.said == []
        assert discord.violations == []
