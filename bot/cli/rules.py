"""``settings``: the rules of a guild, for operators: shown, and changed by events."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from bot.cli.context import one_guild
from bot.cli.output import Json, Record, say, show
from bot.handle import act, look_up
from events.decisions.asked import Asked
from events.decisions.presets import apply_preset
from events.decisions.settings import change_setting, setting_of
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.settings import AREAS, SETTINGS, SettingChanged
from projections.engine.rules import Rules
from projections.engine.ruling import rules_now
from sql.pool import Connection

READS = ["settings"]
NOBODY = 0
"""An operator has no id of Discord's; what they change names nobody."""

One = Annotated[
    int | None, typer.Option("--guild", help="The guild's id; needed if there are more.", min=0)
]
Key = Annotated[str, typer.Argument(help="The setting's key, as settings show lists it.")]
Value = Annotated[
    str | None, typer.Argument(help="The new value, as in Discord; without it, the default.")
]
Name = Annotated[str, typer.Argument(help="The preset's name.")]
Decide = Callable[[Asked, Rules], Sequence[SettingChanged]]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="The rules of a guild.", no_args_is_help=True)
    group.command("show")(show_settings)
    group.command("set")(set_setting)
    group.command("preset")(preset)
    app.add_typer(group, name="settings")


def show_settings(guild: One = None, as_json: Json = False) -> None:
    """Every rule of a guild: its value, its default, what it is.

    Example: python -m bot settings show --guild 1361128823194761274

    Exit codes: 0 fine, 2 there is no such guild.
    """
    with one_guild(guild) as (opened, guild_id):
        rules = look_up(opened, guild_id, reads=READS, show=lambda conn: rules_now(conn, guild_id))
    show(_records(rules), as_json=as_json, title=f"Rules of guild {guild_id}", empty="None.")


def set_setting(key: Key, value: Value = None, guild: One = None) -> None:
    """Change a rule from now on; without a value, back to its default.

    Example: python -m bot settings set message_cooldown 60

    Exit codes: 0 fine, 2 there is no such guild or setting, or the value does not fit.
    """
    setting = setting_of(key)
    wanted = None if value is None else setting.parse(value)
    _change(guild, lambda asked, rules: [change_setting(asked, key, wanted, rules.standing(key))])


def preset(name: Name, guild: One = None) -> None:
    """Take over the level curve and the rates of another bot: mee6, arcane, lurkr ...

    Example: python -m bot settings preset mee6

    Exit codes: 0 fine, 2 there is no such guild or preset, or nothing to change.
    """
    _change(guild, lambda asked, rules: apply_preset(asked, name, rules.standing))


def _change(guild: int | None, decide: Decide) -> None:
    """Record what ``decide`` comes to under the guild's lock, and say what it is."""
    with one_guild(guild) as (opened, guild_id):
        asked = Asked(guild_id, snowflake_at(datetime.now(UTC)), NOBODY, None)

        def under_lock(conn: Connection) -> list[Event]:
            changes = decide(asked, rules_now(conn, guild_id))
            return [change.model_copy(update={"user_id": None}) for change in changes]

        facts = act(opened, guild_id, reads=READS, decide=under_lock)
    for fact in facts:
        if isinstance(fact.event, SettingChanged):
            say(f"#{fact.position} {_words(fact.event)}")


def _words(change: SettingChanged) -> str:
    setting = SETTINGS[change.key]
    before, after = (
        "default" if value is None else setting.shown(value)
        for value in (change.previous, change.value)
    )
    return f"{change.key}: {before} -> {after}"


def _records(rules: Rules) -> list[Record]:
    return [
        {
            "area": area.title,
            "key": one.key,
            "value": one.shown(rules.value(one.key)),
            "default": one.shown(rules.standing(one.key).default),
            "what it is": one.description,
        }
        for area in AREAS.values()
        for one in area.settings
    ]
