"""``/settings version``: the rule version in force, and adopting a newer one."""

import dataclasses

from discord import app_commands

from bot import confirm, look
from bot.answer import Interaction, Reply, Services
from bot.confirm import Confirmed, confirmed
from bot.handle import Call, Fact, handle, look_up, recorded
from bot.settings_admin import desk, settings, sheets
from events.decisions.asked import Asked
from events.decisions.settings import adopt
from events.engine.event import Event
from events.settings import NEWEST_VERSION, SETTINGS, RulesAdopted
from projections.engine.rules import Rules
from projections.engine.ruling import rules_now
from sql.pool import Connection

MOST_LINES = 20


@settings.command(name="version")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(version="Which to adopt; leave it out for the newest")
async def version(
    interaction: Interaction, version: app_commands.Range[int, 1, 10**6] | None = None
) -> None:
    """Which version of the rules this server goes by, and adopting another one"""
    wanted = NEWEST_VERSION if version is None else version

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked
        rules = await services.work(
            look_up,
            services.database,
            asked.guild_id,
            reads=desk.READS,
            show=lambda conn: rules_now(conn, asked.guild_id),
        )
        if version is None and rules.version == NEWEST_VERSION:
            text = f"This server goes by rule version **{rules.version}**, which is the newest."
            return Reply(look.note(text, title="Rule version"), private=True)
        adopt(asked, wanted, adopted=rules.version, revision=rules.version_revision)
        embed = look.note(
            f"Rule version {rules.version} \N{RIGHTWARDS ARROW} **{wanted}**\n"
            + changes(rules, wanted),
            title="Adopt this rule version?",
        )
        embed.set_footer(text="What happened so far keeps the rules it met")
        seen = str(rules.version_revision)
        view = confirm.buttons("setversion", asked.interaction_id, [str(wanted), seen])
        return Reply(embed, view, private=True)

    await desk.guarded(interaction, work)


def changes(rules: Rules, wanted: int) -> str:
    """Which defaults would change, of those settings that the server has not chosen itself."""
    lines = []
    for key, setting in SETTINGS.items():
        stands, after = rules.standing(key), setting.default_in(wanted)
        if stands.chosen is None and stands.default != after:
            before = setting.shown(stands.default)
            lines.append(
                f"`{key}` {before} \N{RIGHTWARDS ARROW} **{setting.shown(after)}** "
                f"{setting.description}"
            )
    more = len(lines) - MOST_LINES
    shown = [*lines[:MOST_LINES], f"and {look.count(more, 'setting')} more"][: MOST_LINES + 1]
    return "\n".join(shown if more > 0 else lines) or "No default changes."


@confirmed("setversion")
async def act(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    wanted, seen = map(int, sure.arguments)

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def decide(conn: Connection) -> list[Event]:
            return [_decide(conn, asked, wanted, seen)]

        def show(conn: Connection, facts: list[Fact]) -> int:
            return rules_now(conn, asked.guild_id).version

        done = await services.work(
            handle, services.database, call, reads=desk.READS, decide=decide, show=show
        )
        position = done.facts[0].position
        text = f"This server goes by rule version **{done.shown}** now."
        embed = look.note(text, title="Adopted", colour=look.GREEN)
        embed.set_footer(text=f"#{position} in this server's log{sheets.DOT}/settings history")
        return Reply(embed, update=True, position=position, recorded=True)

    await desk.guarded(interaction, work)


def _decide(conn: Connection, asked: Asked, wanted: int, seen: int) -> Event:
    """The adoption; a second click on the same preview finds the one it made."""
    before = recorded(conn, asked.guild_id, f"rule:version:{seen + 1}")
    if isinstance(before, RulesAdopted) and before.version == wanted:
        return before
    rules = rules_now(conn, asked.guild_id)
    revision = rules.version_revision
    return adopt(asked, wanted, adopted=rules.version, revision=revision, seen=seen)
