"""Changing a setting: by the controls of its sheet, in a form, or with ``/settings set``."""

import dataclasses
from typing import Any

import discord
from discord import app_commands

from bot import autocomplete, confirm, look
from bot.answer import Interaction, Reply, Services
from bot.buttons import pressed
from bot.confirm import Confirmed, confirmed
from bot.forms import Form, opening, submitted
from bot.handle import Call, look_up
from bot.menus import picked
from bot.settings_admin import desk, settings
from events.decisions.settings import Standing, setting_of
from events.engine.setting import Choice, Flag, Number, Value
from events.settings import SETTINGS
from projections.engine.ruling import rules_now
from sql.pool import Connection

MAX_CHOICE = 100
"""Characters of a choice: a longer one would be cut, and then be another value."""
WANTED = "New value"
MAX_TYPED = 1000


@settings.command(name="set")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(key="Which rule", value="The new value; leave it out for the default")
async def set_(
    interaction: Interaction,
    key: app_commands.Range[str, 1, 100],
    value: app_commands.Range[str, 1, MAX_TYPED] | None = None,
) -> None:
    """Change a rule from now on, or put it back to its default"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def preview(conn: Connection) -> tuple[str, Value | None, int]:
            setting = setting_of(key)
            wanted = None if value is None else setting.parse(value)
            change = desk.decide_change(conn, asked, key, wanted, None)
            return desk.words(conn, change), wanted, change.revision - 1

        words, wanted, seen = await services.work(
            look_up, services.database, asked.guild_id, reads=desk.READS, show=preview
        )
        what = f"**{SETTINGS[key].description}** (`{key}`)\n{words}"
        embed = look.note(what, title="Change this rule?")
        if wanted is not None:
            setting = SETTINGS[key]
            embed.add_field(name=WANTED, value=setting.shown(wanted)[:1024])
            if setting.means(wanted):
                embed.add_field(name="That means", value=setting.means(wanted), inline=False)
        embed.set_footer(text="It applies to what happens from now on")
        view = confirm.buttons("settings", asked.interaction_id, [key, str(seen)])
        return Reply(embed, view, private=True)

    await desk.guarded(interaction, work)


@set_.autocomplete("key")
async def keys(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The rules whose key or description contains what was typed."""
    known = [(f"{one.description} ({one.key})", one.key) for one in SETTINGS.values()]
    return autocomplete.matching(current, known)


@set_.autocomplete("value")
async def values(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """What the chosen rule can be, where that can be listed; its default elsewhere."""
    setting = SETTINGS.get(str(interaction.namespace.key))
    if setting is None:
        return []
    listed: list[Value] = [setting.default]
    if isinstance(setting, Choice):
        listed = list(setting.choices)
    elif isinstance(setting, Flag):
        listed = [1, 0]
    elif isinstance(setting, Number):
        listed = [setting.default, setting.low, setting.high]
    shown = list(dict.fromkeys(setting.shown(value) for value in listed))
    fitting = [text for text in shown if len(text) <= autocomplete.LONGEST]
    return autocomplete.matching(current, zip(fitting, fitting, strict=True))


@confirmed("settings")
async def act(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    key, seen = sure.arguments
    fields = sure.preview.fields if sure.preview else []
    typed = next((field.value for field in fields if field.name == WANTED), None)

    async def work(services: Services, call: Call) -> Reply:
        own = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def decide(conn: Connection) -> list[Any]:
            value = None if typed is None else setting_of(key).parse(typed)
            return [desk.decide_change(conn, own, key, value, int(seen))]

        return await desk.changed(services, call, key, decide)

    await desk.guarded(interaction, work)


@pressed("setto")
async def switched(interaction: Interaction, arguments: list[str]) -> None:
    """On or off."""
    key, seen, word = arguments
    await _change(interaction, key, seen, word)


@picked("setpick")
async def chosen(interaction: Interaction, arguments: list[str], values: list[str]) -> None:
    """One of the ways there are, or channels and roles by their ids."""
    key, seen = arguments
    await _change(interaction, key, seen, " ".join(values))


@pressed("setdefault")
async def put_back(interaction: Interaction, arguments: list[str]) -> None:
    """Back to the default."""
    key, seen = arguments
    await _change(interaction, key, seen, None)


@submitted("setform")
async def written(interaction: Interaction, arguments: list[str], written: dict[str, str]) -> None:
    """A value was typed into the form."""
    key, seen = arguments
    await _change(interaction, key, seen, written.get("value", ""))


async def _change(interaction: Interaction, key: str, seen: str, typed: str | None) -> None:
    """Set a key that was seen after so many changes to what was typed or chosen."""

    def read() -> Value | None:
        return None if typed is None else setting_of(key).parse(typed)

    async def work(services: Services, call: Call) -> Reply:
        return await desk.change(services, call, key, read, int(seen))

    await desk.guarded(interaction, work)


@pressed("setform")
async def form_wanted(interaction: Interaction, arguments: list[str]) -> None:
    """Open the form with what is in force."""
    key, seen = arguments

    async def work(services: Services, call: Call) -> Reply:
        def stands(conn: Connection) -> Standing:
            setting_of(key)
            return rules_now(conn, call.asked.guild_id).standing(key)

        found = await services.work(
            look_up, services.database, call.asked.guild_id, reads=desk.READS, show=stands
        )
        return opening(_form(key, seen, found))

    await desk.guarded(interaction, work)


def _form(key: str, seen: str, stands: Standing) -> Form:
    setting = SETTINGS[key]
    is_named = isinstance(setting, Choice) and stands.in_force in setting.choices
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id="value",
        default="" if is_named else setting.shown(stands.in_force),
        placeholder=setting.range()[:100],
        max_length=MAX_TYPED,
        required=False,
    )
    return Form("setform", [key, seen], setting.description[:45], [(key[:45], field)])
