"""``/settings preset``: the curve and the rates of another bot, or ours, in one go."""

import dataclasses

from discord import app_commands

from bot import confirm, look
from bot.answer import Interaction, Reply, Services
from bot.confirm import Confirmed, confirmed
from bot.handle import Call, Fact, handle, look_up, recorded
from bot.settings_admin import desk, settings, sheets
from events.decisions.asked import Asked
from events.decisions.presets import PRESETS, apply_preset, revisions
from events.settings import SETTINGS, SettingChanged
from projections.engine.ruling import rules_now
from sql.pool import Connection


@settings.command(name="preset")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(name="Whose rules")
@app_commands.choices(
    name=[app_commands.Choice(name=one.title, value=name) for name, one in PRESETS.items()]
)
async def preset(interaction: Interaction, name: str) -> None:
    """Take over the level curve and the rates of another bot, or go back to ours"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def preview(conn: Connection) -> tuple[str, int]:
            rules = rules_now(conn, asked.guild_id)
            changes = apply_preset(asked, name, rules.standing)
            return _lines(conn, changes), revisions(name, rules.standing)

        lines, seen = await services.work(
            look_up, services.database, asked.guild_id, reads=desk.READS, show=preview
        )
        embed = look.note(lines, title=f"Take over the rules of {PRESETS[name].title}?")
        embed.set_footer(text="They apply to what happens from now on; XP that was earned stays")
        view = confirm.buttons("setpreset", asked.interaction_id, [name, str(seen)])
        return Reply(embed, view, private=True)

    await desk.guarded(interaction, work)


@confirmed("setpreset")
async def act(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    name, seen = sure.arguments[0], int(sure.arguments[1])

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def show(conn: Connection, facts: list[Fact]) -> str:
            return _lines(conn, [f.event for f in facts if isinstance(f.event, SettingChanged)])

        done = await services.work(
            handle,
            services.database,
            call,
            reads=desk.READS,
            decide=lambda conn: decide(conn, asked, name, seen),
            show=show,
        )
        position = done.facts[0].position
        embed = look.note(done.shown, title="Taken over", colour=look.GREEN)
        embed.set_footer(
            text=f"From #{position} in this server's log on{sheets.DOT}undo any of it "
            "with /settings undo"
        )
        return Reply(embed, update=True, position=position, recorded=True)

    await desk.guarded(interaction, work)


def decide(conn: Connection, asked: Asked, name: str, seen: int) -> list[SettingChanged]:
    """The changes; a second click on the same preview finds those it made."""
    standing = rules_now(conn, asked.guild_id).standing
    newest = [
        recorded(conn, asked.guild_id, f"rule:setting:{key}:{standing(key).revision}")
        for key in PRESETS[name].values
    ]
    mine = [
        fact
        for fact in newest
        if isinstance(fact, SettingChanged) and fact.interaction_id == asked.interaction_id
    ]
    return mine or apply_preset(asked, name, standing, seen=seen)


def _lines(conn: Connection, changes: list[SettingChanged]) -> str:
    return "\n".join(
        f"{SETTINGS[change.key].description} (`{change.key}`) {desk.words(conn, change)}"
        for change in changes
    )[:4096]
