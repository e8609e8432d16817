"""``/settings``: the rules of this server, shown and changed; each change is previewed."""

import dataclasses

import discord
from discord import app_commands

from bot import confirm, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.handle import Call, Fact, handle, look_up, recorded
from bot.paging import buttons, last_page, pager
from events.decisions.asked import Asked
from events.decisions.settings import change_setting, setting_of
from events.settings import SETTINGS, SettingChanged
from projections.engine.advance import rules_now
from sql.pool import Connection
from sql.reads import Row, fetch

READS = ["settings"]
MAX_CHOICES = 25
PAGE = 20
WANTED = "New value"

settings = app_commands.Group(
    name="settings",
    description="The rules of this server (admins)",
    guild_only=True,
    default_permissions=discord.Permissions(manage_guild=True),
)


@settings.command(name="show")
@app_commands.checks.has_permissions(manage_guild=True)
async def show(interaction: Interaction) -> None:
    """Every rule of this server and who changed it"""
    await _show(interaction, 0, update=False)


async def _show(interaction: Interaction, number: int, *, update: bool) -> None:
    async def work(services: Services, call: Call) -> Reply:
        rows = await services.work(
            look_up,
            services.database,
            call.asked.guild_id,
            reads=READS,
            show=lambda conn: load(conn, call.asked.guild_id),
        )
        keys = list(SETTINGS)[number * PAGE : (number + 1) * PAGE]
        last = last_page(len(SETTINGS), PAGE)
        lines = [_line(key, rows.get(key)) for key in keys]
        embed = look.note("\n".join(lines) or "No more rules.", title="Settings")
        embed.set_footer(
            text=f"Page {number + 1} of {last + 1} \N{MIDDLE DOT} change one with /settings set; "
            "past events keep the rules they met"
        )
        view = buttons("settings", ["all"], number, last)
        return Reply(embed, view, private=True, update=update)

    await answer(interaction, work, private=True)


@pager("settings")
async def turned(interaction: Interaction, arguments: list[str], number: int) -> None:
    """Another page of the rules."""
    if interaction.permissions.manage_guild:
        await _show(interaction, number, update=True)


@settings.command(name="set")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(key="Which rule", value="The new value; leave it out for the default")
async def set_(interaction: Interaction, key: str, value: str | None = None) -> None:
    """Change a rule from now on, or put it back to its default"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked
        change = await services.work(
            look_up,
            services.database,
            asked.guild_id,
            reads=READS,
            show=lambda conn: _decide(conn, asked, key, value),
        )
        embed = look.note(_words(change), title="Change this rule?")
        if change.value is not None:
            shown = SETTINGS[key].shown(change.value)
            embed.add_field(name=WANTED, value=shown)
        embed.set_footer(text="It applies to what happens from now on")
        seen = str(change.revision - 1)
        view = confirm.buttons("settings", asked.interaction_id, [key, seen])
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


@set_.autocomplete("key")
async def keys(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The rules whose key or description contains what was typed."""
    typed = current.lower()
    return [
        app_commands.Choice(name=f"{s.description} ({s.key})"[:100], value=s.key)
        for s in SETTINGS.values()
        if typed in s.key or typed in s.description.lower()
    ][:MAX_CHOICES]


@confirmed("settings")
async def act(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    key, seen = sure.arguments
    fields = sure.preview.fields if sure.preview else []
    value = fields[0].value if fields else None

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)
        done = await services.work(
            handle,
            services.database,
            call,
            reads=READS,
            decide=lambda conn: [_decide(conn, asked, key, value, int(seen))],
            show=_nothing_more,
        )
        change = done.facts[0].event
        assert isinstance(change, SettingChanged)
        embed = look.note(_words(change), colour=look.GREEN, title="Changed")
        embed.set_footer(text=f"#{done.facts[0].position} in this server's log")
        return Reply(embed, update=True, position=done.facts[0].position, recorded=True)

    await answer(interaction, work, private=True)


def load(conn: Connection, guild_id: int) -> dict[str, Row]:
    """What the guild has set, by key."""
    return {row["key"]: row for row in fetch(conn, "settings", "settings", guild=guild_id)}


def _decide(
    conn: Connection, asked: Asked, key: str, typed: str | None, seen: int | None = None
) -> SettingChanged:
    """The change as a fact. A second click on the same preview finds the change it made."""
    setting = setting_of(key)
    stands = rules_now(conn, asked.guild_id).standing(key)
    newest = recorded(conn, asked.guild_id, f"rule:setting:{key}:{stands.revision}")
    if isinstance(newest, SettingChanged) and newest.interaction_id == asked.interaction_id:
        return newest
    value = None if typed is None else setting.parse(typed)
    return change_setting(asked, key, value, stands, seen=seen)


def _words(change: SettingChanged) -> str:
    setting = SETTINGS[change.key]
    before = setting.default if change.previous is None else change.previous
    after = setting.default if change.value is None else change.value
    return (
        f"**{setting.description}** (`{change.key}`)\n"
        f"{setting.shown(before)} \N{RIGHTWARDS ARROW} **{setting.shown(after)}**"
    )


def _line(key: str, row: Row | None) -> str:
    setting = SETTINGS[key]
    if row is None or row["value"] is None:
        return f"`{key}` **{setting.shown(setting.default)}** {setting.description}"
    return (
        f"`{key}` **{setting.shown(row['value'])}** {setting.description} "
        f"(<@{row['changed_by']}> {look.ago(row['changed_at'])})"
    )


def _nothing_more(conn: Connection, facts: list[Fact]) -> None:
    """The reply shows the fact itself."""


COMMANDS: Commands = [settings]
