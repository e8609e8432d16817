"""``/settings history``: who changed what, when, from what, to what; each can be undone."""

from discord import app_commands

from bot import look
from bot.answer import Interaction, Reply, Services
from bot.buttons import pressed
from bot.handle import Call, look_up, recorded
from bot.paging import buttons, last_page, pager
from bot.settings_admin import desk, settings, sheets
from bot.settings_admin.changing import keys
from events.decisions.settings import setting_of, undo_setting
from events.engine.errors import Refused
from events.engine.event import Event
from events.settings import SettingChanged
from projections.engine.ruling import rules_now
from sql.pool import Connection

PAGE = 12
ALL = "all"


@settings.command(name="history")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(key="Of which rule; leave it out for all")
async def history(
    interaction: Interaction, key: app_commands.Range[str, 1, 100] | None = None
) -> None:
    """Who changed which rule, when, from what, to what"""
    await _show(interaction, key, 0, update=False)


history.autocomplete("key")(keys)


@pressed("sethistory")
async def wanted(interaction: Interaction, arguments: list[str]) -> None:
    """The changes, from the menu."""
    await _show(interaction, None, 0, update=True)


@pager("sethistory")
async def turned(interaction: Interaction, arguments: list[str], number: int) -> None:
    """Another page of the changes."""
    key = arguments[0]
    await _show(interaction, None if key == ALL else key, number, update=True)


async def _show(interaction: Interaction, key: str | None, number: int, *, update: bool) -> None:
    async def work(services: Services, call: Call) -> Reply:
        if key is not None:
            setting_of(key)
        rows = await services.work(
            look_up,
            services.database,
            call.asked.guild_id,
            reads=desk.READS,
            show=lambda conn: desk.changes_of(
                conn, call.asked.guild_id, key, limit=PAGE, offset=number * PAGE
            ),
        )
        last = last_page(rows[0]["lines"] if rows else 0, PAGE)
        lines = "\n".join(map(sheets.change_line, rows))
        embed = look.note(lines or "Nothing was changed.", title="What was changed")
        embed.set_footer(
            text=f"Page {number + 1} of {last + 1}{sheets.DOT}/settings undo takes one back"
        )
        view = buttons("sethistory", [key or ALL], number, last)
        return Reply(embed, view, private=True, update=update)

    await desk.guarded(interaction, work)


@settings.command(name="undo")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(key="Which rule's newest change")
async def undo(interaction: Interaction, key: app_commands.Range[str, 1, 100]) -> None:
    """Take back the newest change of a rule: it is what it was before"""
    await _undo(interaction, key, None)


undo.autocomplete("key")(keys)


@pressed("setundo")
async def undo_pressed(interaction: Interaction, arguments: list[str]) -> None:
    """Take back the change that the button was shown with."""
    key, seen = arguments
    await _undo(interaction, key, int(seen))


async def _undo(interaction: Interaction, key: str, revision: int | None) -> None:
    async def work(services: Services, call: Call) -> Reply:
        def decide(conn: Connection) -> list[Event]:
            setting_of(key)
            stands = rules_now(conn, call.asked.guild_id).standing(key)
            number = stands.revision if revision is None else revision
            change = recorded(conn, call.asked.guild_id, f"rule:setting:{key}:{number}")
            if not isinstance(change, SettingChanged):
                raise Refused("Nobody has changed that, so there is nothing to undo.")
            return [undo_setting(call.asked, change, stands)]

        return await desk.changed(services, call, key, decide, update=revision is not None)

    await desk.guarded(interaction, work)
