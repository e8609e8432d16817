"""``/timezone``: by which clock a member's days and weeks run."""

from datetime import datetime

from discord import app_commands

from bot import autocomplete, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.economy.standing import zone_of
from bot.handle import Call, Fact, handle
from events.decisions import zones
from events.decisions.preferences import set_timezone
from events.preferences import TimezoneSet
from sql.pool import Connection

READS = ["preferences"]

timezone = app_commands.Group(
    name="timezone", description="By which clock your days run", guild_only=True
)


@timezone.command(name="set")
@app_commands.describe(zone="Type the nearest big city and pick from the list")
async def set_(interaction: Interaction, zone: app_commands.Range[str, 1, 60]) -> None:
    """Choose your time zone: your days and weeks begin at its midnight"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked
        done = await services.work(
            handle,
            services.database,
            call,
            reads=READS,
            decide=lambda conn: [
                set_timezone(asked, zone, current=zone_of(conn, asked.guild_id, asked.user_id))
            ],
            show=_nothing_more,
        )
        fact = done.facts[0].event
        assert isinstance(fact, TimezoneSet)
        embed = look.note(_words(fact), title="Time zone set", colour=look.GREEN)
        embed.set_footer(text="What you have claimed stays claimed, and no streak is lost by it")
        return Reply(embed, private=True, position=done.facts[0].position, recorded=True)

    await answer(interaction, work, private=True)


@set_.autocomplete("zone")
async def matching(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The zones that match what was typed, each with the time it is there."""
    return [
        app_commands.Choice(name=f"{zone} ({_clock(zone, interaction.created_at)})", value=zone)
        for zone in zones.matching(current, autocomplete.MOST)
    ]


def _words(fact: TimezoneSet) -> str:
    return (
        f"{fact.previous} \N{RIGHTWARDS ARROW} **{fact.zone}**\n"
        f"It is {_clock(fact.zone, fact.occurred_at)} there; your days begin at its midnight."
    )


def _clock(zone: str, moment: datetime) -> str:
    return f"{zones.local(moment, zone):%a %H:%M}"


def _nothing_more(conn: Connection, facts: list[Fact]) -> None:
    """The reply shows the fact itself."""


COMMANDS: Commands = [timezone]
