"""What every part of ``/settings`` does: look up what is shown, change a key, show it again."""

from collections.abc import Callable
from typing import Final

import discord

from bot import look
from bot.answer import Interaction, Reply, Services, Work, answer
from bot.handle import Call, Fact, handle, look_up, recorded
from bot.settings_admin import sheets
from bot.settings_admin.sheets import Shown
from events.decisions.asked import Asked
from events.decisions.settings import change_setting, setting_of
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.setting import Value
from events.settings import SETTINGS, SettingChanged
from projections.engine.ruling import rules_now
from sql.pool import Connection
from sql.reads import Row, fetch

READS: Final = ["settings"]
Sheet = tuple[discord.Embed, discord.ui.View]
ReadValue = Callable[[], Value | None]
"""Makes a value of what was typed or chosen; may raise Refused."""


async def guarded(interaction: Interaction, work: Work) -> None:
    """Do ``work`` for whoever may manage the server: a menu outlives the permission."""
    may = interaction.permissions.manage_guild
    await answer(interaction, work if may else _forbidden, private=True)


async def _forbidden(services: Services, call: Call) -> Reply:
    raise Refused(look.NOT_ALLOWED)


def load(conn: Connection, guild_id: int) -> Shown:
    """The rules in force, and who set what."""
    rows = {row["key"]: row for row in fetch(conn, "settings", "settings", guild=guild_id)}
    return Shown(rules_now(conn, guild_id), rows)


def setting_sheet(conn: Connection, guild_id: int, key: str) -> Sheet:
    """The sheet of one setting. Raises Refused."""
    setting_of(key)
    changes = changes_of(conn, guild_id, key, limit=sheets.NEWEST)
    return sheets.setting(load(conn, guild_id), key, changes)


def changes_of(
    conn: Connection, guild_id: int, key: str | None, *, limit: int, offset: int = 0
) -> list[Row]:
    """Changes of a key, or of all, newest first."""
    page = {"limit": limit, "offset": offset}
    return fetch(conn, "settings", "changes", guild=guild_id, key=key, **page)


async def look_at(
    services: Services, call: Call, show: Callable[[Connection], Sheet], *, update: bool
) -> Reply:
    """A sheet, in a new message or in place of the one that the menu sits on."""
    embed, view = await services.work(
        look_up, services.database, call.asked.guild_id, reads=READS, show=show
    )
    return Reply(embed, view, private=True, update=update)


async def change(
    services: Services, call: Call, key: str, read: ReadValue, seen: int | None
) -> Reply:
    """Set a key, and show it as it is then, with who and what."""

    def decide(conn: Connection) -> list[Event]:
        return [decide_change(conn, call.asked, key, read(), seen)]

    return await changed(services, call, key, decide)


async def changed(
    services: Services,
    call: Call,
    key: str,
    decide: Callable[[Connection], list[Event]],
    *,
    update: bool = True,
) -> Reply:
    """Record a change of ``key`` and show its sheet, in place of what the button sits on."""

    def show(conn: Connection, facts: list[Fact]) -> Sheet:
        embed, view = setting_sheet(conn, call.asked.guild_id, key)
        fact = facts[0].event
        assert isinstance(fact, SettingChanged)
        embed.insert_field_at(0, name="Changed just now", value=words(conn, fact), inline=False)
        embed.colour = look.GREEN
        embed.set_footer(
            text=f"#{facts[0].position} in this server's log{sheets.DOT}"
            "it applies to what happens from now on"
        )
        return embed, view

    done = await services.work(
        handle, services.database, call, reads=READS, decide=decide, show=show
    )
    embed, view = done.shown
    position = done.facts[0].position
    return Reply(embed, view, private=True, update=update, position=position, recorded=True)


def decide_change(
    conn: Connection, asked: Asked, key: str, value: Value | None, seen: int | None
) -> SettingChanged:
    """The change as a fact. A second click on the same preview finds the change it made."""
    setting_of(key)
    stands = rules_now(conn, asked.guild_id).standing(key)
    newest = made_by(conn, asked, key, stands.revision)
    return change_setting(asked, key, value, stands, seen=seen) if newest is None else newest


def made_by(conn: Connection, asked: Asked, key: str, revision: int) -> SettingChanged | None:
    """The change number ``revision`` of a key, if that is what the same interaction has made."""
    newest = recorded(conn, asked.guild_id, f"rule:setting:{key}:{revision}")
    if isinstance(newest, SettingChanged) and newest.interaction_id == asked.interaction_id:
        return newest
    return None


def words(conn: Connection, change: SettingChanged) -> str:
    """From what to what."""
    setting = SETTINGS[change.key]
    default = setting.default_in(rules_now(conn, change.guild_id).version)
    before = default if change.previous is None else change.previous
    after = default if change.value is None else change.value
    return f"{setting.shown(before)} \N{RIGHTWARDS ARROW} **{setting.shown(after)}**"[:1024]
