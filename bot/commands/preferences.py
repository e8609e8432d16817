"""``/preferences``: what a member is told of and how, whether boards show them, their GitHub."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.buttons import Press, pressed
from bot.economy.standing import preferences_of
from bot.forms import Form, opening, submitted
from bot.handle import Call, Fact, handle, look_up
from bot.menus import Pick, picked
from events.decisions.asked import Asked
from events.decisions.locales import LOCALES
from events.decisions.preferences import (
    NOTICES,
    WAYS,
    Preferences,
    choose_locale,
    choose_way,
    hide,
    link_github,
)
from events.engine.event import Event
from events.preferences import Notice, Way
from sql.pool import Connection

READS: Final = ["preferences"]

TITLES: Final[dict[Notice, str]] = {
    "level_up": "A new level",
    "achievement": "Achievements and badges",
    "award": "Awards by admins",
}
WORDS: Final[dict[Way, str]] = {
    "channel": "in the server's channel for it",
    "dm": "in a direct message to me",
    "none": "not at all",
}

EXAMPLE: Final = 1_234_567

Choose = Callable[[Asked, Preferences], Event]


@app_commands.command(name="preferences")
@app_commands.guild_only()
async def preferences(interaction: Interaction) -> None:
    """What you are told of and how, whether boards show you, and who you are on GitHub"""

    async def work(services: Services, call: Call) -> Reply:
        found = await _current(services, call)
        return Reply(sheet(found), controls(found), private=True)

    await answer(interaction, work, private=True)


@picked("notice")
async def notice_picked(
    interaction: Interaction, arguments: list[str], chosen: Sequence[str]
) -> None:
    """How to be told of one kind of thing."""
    way = chosen[0] if chosen else ""
    await _choose(interaction, lambda asked, now: choose_way(asked, arguments[0], way, current=now))


@picked("locale")
async def locale_picked(
    interaction: Interaction, arguments: list[str], chosen: Sequence[str]
) -> None:
    """How to write numbers."""
    word = chosen[0] if chosen else ""
    await _choose(interaction, lambda asked, now: choose_locale(asked, word, current=now))


@pressed("hideme")
async def hide_pressed(interaction: Interaction, arguments: list[str]) -> None:
    """Off the boards, or on them again: the button says which, so two presses are not undone."""
    await _choose(interaction, lambda asked, now: hide(asked, arguments[0] == "yes", current=now))


@pressed("github")
async def github_pressed(interaction: Interaction, arguments: list[str]) -> None:
    """The form for a login, with the one that is linked."""

    async def work(services: Services, call: Call) -> Reply:
        now = await _current(services, call)
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="login", default=now.github, max_length=80, required=False
        )
        form = Form("github", [], "GitHub", [("Your login there (empty: none)", field)])
        return opening(form)

    await answer(interaction, work, private=True)


@submitted("github")
async def github_written(
    interaction: Interaction, arguments: list[str], written: dict[str, str]
) -> None:
    """The member has written their login."""
    login = written.get("login", "")
    await _choose(interaction, lambda asked, now: link_github(asked, login, current=now))


async def _choose(interaction: Interaction, choose: Choose) -> None:
    """Record a choice and show what is in force then."""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def decide(conn: Connection) -> list[Event]:
            return [choose(asked, preferences_of(conn, asked.guild_id, asked.user_id))]

        def show(conn: Connection, facts: list[Fact]) -> Preferences:
            return preferences_of(conn, asked.guild_id, asked.user_id)

        done = await services.work(
            handle, services.database, call, reads=READS, decide=decide, show=show
        )
        position = done.facts[0].position
        embed = sheet(done.shown)
        embed.set_footer(text=f"Changed \N{MIDDLE DOT} #{position} in this server's log")
        view = controls(done.shown)
        return Reply(embed, view, private=True, update=True, position=position, recorded=True)

    await answer(interaction, work, private=True)


async def _current(services: Services, call: Call) -> Preferences:
    asked = call.asked
    return await services.work(
        look_up,
        services.database,
        asked.guild_id,
        reads=READS,
        show=lambda conn: preferences_of(conn, asked.guild_id, asked.user_id),
    )


def sheet(found: Preferences) -> discord.Embed:
    """Everything a member prefers, as an embed."""
    told = [f"{TITLES[notice]}: **{WORDS[found.way(notice)]}**" for notice in NOTICES]
    embed = look.note("Tell me of\n" + "\n".join(told), title="Your preferences")
    boards = "You stand on no board." if found.hidden else "You stand on the boards."
    embed.add_field(name="Boards", value=boards)
    embed.add_field(name="Time zone", value=f"{found.zone}, change it with /timezone set")
    embed.add_field(name="Numbers", value=LOCALES[found.locale].number(EXAMPLE))
    embed.add_field(name="GitHub", value=look.github(found.github) if found.github else "None")
    embed.set_footer(text="Only you see this \N{MIDDLE DOT} it is for this server")
    return embed


def controls(found: Preferences) -> discord.ui.View:
    """A menu for each kind of notice, and buttons for the rest."""
    view = discord.ui.View(timeout=None)
    for notice in NOTICES:
        options = [
            discord.SelectOption(
                label=f"{TITLES[notice]}: {WORDS[way]}",
                value=way,
                default=way == found.way(notice),
            )
            for way in WAYS
        ]
        view.add_item(Pick("notice", [notice], options))
    languages = [
        discord.SelectOption(
            label=f"{one.name}: {one.number(EXAMPLE)}", value=word, default=word == found.locale
        )
        for word, one in LOCALES.items()
    ]
    view.add_item(Pick("locale", ["numbers"], languages))
    label = "Show me on boards" if found.hidden else "Hide me from boards"
    view.add_item(Press("hideme", ["no" if found.hidden else "yes"], label=label))
    view.add_item(Press("github", ["link"], label="GitHub"))
    return view


COMMANDS: Commands = [preferences]
