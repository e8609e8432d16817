"""``/settings show``: choose an area, then a setting."""

from discord import app_commands

from bot.answer import Interaction, Reply, Services
from bot.handle import Call
from bot.menus import picked
from bot.settings_admin import desk, settings, sheets
from events.engine.errors import Refused
from events.settings import AREAS, SETTINGS
from sql.pool import Connection


@settings.command(name="show")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(area="Which area; leave it out for a menu of all")
@app_commands.choices(
    area=[app_commands.Choice(name=one.title, value=name) for name, one in AREAS.items()]
)
async def show(interaction: Interaction, area: str | None = None) -> None:
    """Every rule of this server, by area, and who changed it"""
    await _area(interaction, area, update=False)


@picked("setarea")
async def area_picked(interaction: Interaction, arguments: list[str], chosen: list[str]) -> None:
    """Show an area."""
    await _area(interaction, chosen[0] if chosen else None, update=True)


async def _area(interaction: Interaction, name: str | None, *, update: bool) -> None:
    async def work(services: Services, call: Call) -> Reply:
        def sheet(conn: Connection) -> desk.Sheet:
            found = desk.load(conn, call.asked.guild_id)
            if name is None:
                return sheets.areas(found)
            if name not in AREAS:
                raise Refused("There is no such area any more. Use /settings show.")
            return sheets.area(found, name)

        return await desk.look_at(services, call, sheet, update=update)

    await desk.guarded(interaction, work)


@picked("setkey")
async def key_picked(interaction: Interaction, arguments: list[str], chosen: list[str]) -> None:
    """Show one setting."""
    key = chosen[0] if chosen and chosen[0] in SETTINGS else ""

    async def work(services: Services, call: Call) -> Reply:
        return await desk.look_at(
            services,
            call,
            lambda conn: desk.setting_sheet(conn, call.asked.guild_id, key),
            update=True,
        )

    await desk.guarded(interaction, work)
