"""What ``/settings`` looks like: areas, an area, one setting; and the controls below each.

Whatever a control would change carries the key and how often it had been changed when it was
shown, so that what somebody else did meanwhile is never overwritten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot import look
from bot.buttons import Press
from bot.menus import Pick, PickThings
from events.decisions.settings import Standing
from events.engine.setting import (
    Categories,
    Channels,
    Choice,
    Flag,
    Roles,
    Setting,
    Value,
    ids_in,
)
from events.settings import AREAS, NEWEST_VERSION, SETTINGS
from projections.engine.rules import Rules
from projections.points.pipeline import SENTENCE
from sql.reads import Row

DOT: Final = " \N{MIDDLE DOT} "
NEWEST: Final = 5
"""Changes that are shown with a setting."""
MAX_OPTIONS: Final = 25


@dataclass(frozen=True, slots=True)
class Shown:
    """What a sheet shows of a server: its rules, and who set what when, by key."""

    rules: Rules
    rows: dict[str, Row]


def area_of(key: str) -> str:
    """The area that declares a key."""
    return next(name for name, area in AREAS.items() if SETTINGS[key] in area.settings)


def areas(found: Shown) -> tuple[discord.Embed, discord.ui.View]:
    """Every area and what is set in it."""
    embed = look.note("Choose an area below.", title="Settings")
    for area in AREAS.values():
        own = [s for s in area.settings if found.rules.standing(s.key).chosen is not None]
        embed.description = f"{embed.description}\n**{area.title}**{DOT}{area.description}"
        if own:
            embed.description += f" ({len(own)} of {len(area.settings)} set)"
    embed.add_field(name="How points are made", value=SENTENCE, inline=False)
    version = found.rules.version
    newer = f", {NEWEST_VERSION} is out: /settings version" if version < NEWEST_VERSION else ""
    embed.set_footer(text=f"Rule version {version}{newer}{DOT}what happened keeps the rules it met")
    view = discord.ui.View(timeout=None)
    view.add_item(_area_menu(None))
    view.add_item(Press("sethistory", ["all"], label="What was changed"))
    return embed, view


def area(found: Shown, name: str) -> tuple[discord.Embed, discord.ui.View]:
    """The settings of an area."""
    one = AREAS[name]
    lines = [_line(found, setting) for setting in one.settings]
    embed = look.note("\n".join(lines)[:4096], title=one.title)
    embed.set_footer(text="Choose a setting below to change it")
    view = discord.ui.View(timeout=None)
    view.add_item(_setting_menu(found, name, None))
    view.add_item(_area_menu(name))
    return embed, view


def setting(
    found: Shown, key: str, changes: Sequence[Row]
) -> tuple[discord.Embed, discord.ui.View]:
    """One setting: what it is, what it may be, who changed it, and how to change it."""
    one, stands = SETTINGS[key], found.rules.standing(key)
    embed = look.note(
        f"**{one.description}**\nNow **{one.shown(stands.in_force)}**", title=f"`{key}`"
    )
    embed.add_field(name="Default", value=one.shown(stands.default)[:1024])
    means = one.means(stands.in_force)
    if means:
        embed.add_field(name="That means", value=_sentence(means)[:1024], inline=False)
    embed.add_field(name="What it can be", value=_sentence(one.range())[:1024], inline=False)
    if changes:
        lines = "\n".join(change_line(row, with_key=False) for row in changes[:NEWEST])
        embed.add_field(name="Changes", value=lines[:1024], inline=False)
    view = discord.ui.View(timeout=None)
    seen = str(stands.revision)
    for item in _controls(one, stands, seen):
        view.add_item(item)
    if stands.chosen is not None:
        view.add_item(Press("setdefault", [key, seen], label="Back to the default"))
    if changes and changes[0]["newest"]:
        view.add_item(Press("setundo", [key, seen], label="Undo the last change"))
    view.add_item(_setting_menu(found, area_of(key), key))
    view.add_item(_area_menu(area_of(key)))
    return embed, view


def change_line(row: Row, *, with_key: bool = True) -> str:
    """Who changed what, when, from what, to what."""
    one = SETTINGS.get(row["key"])
    before, after = (_value(one, row[column]) for column in ("previous", "value"))
    nobody = "an operator" if row["key"] in SETTINGS else "at the start"
    by = f"<@{row['changed_by']}>" if row["changed_by"] else nobody
    key = f"`{row['key']}` " if with_key else ""
    arrow = "\N{RIGHTWARDS ARROW}"
    when = look.ago(row["occurred_at"])
    return f"{key}{before} {arrow} **{after}** {by} {when} `#{row['position']}`"


def _value(setting: Setting | None, value: Value | None) -> str:
    if value is None:
        return "default"
    shown = str(value) if setting is None else setting.shown(value)
    return shown if len(shown) <= 80 else f"{shown[:79]}\N{HORIZONTAL ELLIPSIS}"


def _line(found: Shown, setting: Setting) -> str:
    value = found.rules.value(setting.key)
    shown = _value(setting, value)
    row = found.rows.get(setting.key)
    by = ""
    if row is not None and row["value"] is not None and row["changed_by"]:
        by = f" (<@{row['changed_by']}> {look.ago(row['changed_at'])})"
    return f"`{setting.key}` **{shown}** {setting.description}{by}"


def _controls(setting: Setting, stands: Standing, seen: str) -> list[discord.ui.DynamicItem[Any]]:
    """How a setting of this kind is changed."""
    key = setting.key
    if isinstance(setting, Flag):
        return [
            Press("setto", [key, seen, word], label=word.capitalize(), disabled=is_on == now)
            for now in [stands.in_force == 1]
            for word, is_on in (("on", True), ("off", False))
        ]
    if isinstance(setting, Choice):
        options = [
            discord.SelectOption(label=title[:100], value=word, default=word == stands.in_force)
            for word, title in setting.choices.items()
        ]
        menu = Pick("setpick", [key, seen], options[:MAX_OPTIONS], placeholder="Choose one")
        own = [Press("setform", [key, seen], label="Write your own")] if setting.own else []
        return [menu, *own]
    if isinstance(setting, Channels | Categories | Roles):
        return [PickThings.of("setpick", [key, seen], _things(setting, stands.in_force))]
    return [
        Press("setform", [key, seen], label="Change", style=discord.ButtonStyle.primary),
    ]


def _things(
    setting: Channels | Categories | Roles, value: Value
) -> discord.ui.ChannelSelect[Any] | discord.ui.RoleSelect[Any]:
    """Discord's own menu of channels, categories or roles, with those that are listed."""
    ids = sorted(ids_in(str(value)))
    if isinstance(setting, Roles):
        roles = [discord.SelectDefaultValue.from_role(discord.Object(one)) for one in ids]
        return discord.ui.RoleSelect(
            min_values=0, max_values=setting.most, default_values=roles, placeholder="None"
        )
    channels = [discord.SelectDefaultValue.from_channel(discord.Object(one)) for one in ids]
    kinds = [discord.ChannelType.category] if isinstance(setting, Categories) else []
    return discord.ui.ChannelSelect(
        min_values=0,
        max_values=setting.most,
        default_values=channels,
        channel_types=kinds,
        placeholder="None",
    )


def _area_menu(chosen: str | None) -> Pick:
    options = [
        discord.SelectOption(
            label=one.title, value=name, description=one.description, default=name == chosen
        )
        for name, one in AREAS.items()
    ]
    return Pick("setarea", ["all"], options, placeholder="Another area" if chosen else "An area")


def _setting_menu(found: Shown, name: str, chosen: str | None) -> Pick:
    options = [
        discord.SelectOption(
            label=one.description[:100],
            value=one.key,
            description=_value(one, found.rules.value(one.key)),
            default=one.key == chosen,
        )
        for one in AREAS[name].settings
    ]
    return Pick("setkey", [name], options, placeholder="A setting")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
