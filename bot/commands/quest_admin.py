"""``/quest-admin``: admins write quests, open and close them, and approve what members did."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Final

import discord
from discord import app_commands

from bot import confirm, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.buttons import Press, pressed
from bot.confirm import Confirmed, confirmed
from bot.economy.holdings import coin_of
from bot.forms import Form, open_filled_in, submitted
from bot.handle import Call, Fact, handle, look_up, recorded
from bot.recognition import badges, quest_desk, quest_form, quests
from bot.recognition.quests import READS
from events.decisions.asked import Asked
from events.decisions.quest_turns import MAX_REASON
from events.decisions.quests import MAX_ID, MAX_NAME, Quest, check_id, key, open_up
from events.decisions.quests import close as decide_close
from events.decisions.quests import define as decide_define
from events.engine.errors import Refused
from events.quests import QuestDefined, Scope
from sql.pool import Connection

QuestName = app_commands.Range[str, 1, 100]
Shown = tuple[Quest, discord.Embed, quests.Standing]

group = app_commands.Group(
    name="quest-admin",
    description="Quests: written, opened, approved, closed (admins)",
    guild_only=True,
    default_permissions=discord.Permissions(manage_guild=True),
)


@group.command(name="create")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(
    quest="Its id: lower-case letters, digits and hyphens",
    scope="Each member for themselves, or everybody together",
)
async def create(
    interaction: Interaction,
    quest: app_commands.Range[str, 1, MAX_ID],
    scope: Scope = "personal",
) -> None:
    """Write a new quest in a form; nobody sees it before you open it"""
    name = quest.replace("-", " ").strip().capitalize()[:MAX_NAME]
    wanted = Quest(quest.strip().lower(), name, "messages", 50, scope=scope)

    def fill_in(known: Sequence[Quest]) -> Form:
        check_id(wanted.quest)
        if any(one.quest == wanted.quest for one in known):
            raise Refused("There is such a quest. Change it with /quest-admin edit.")
        return quest_form.form(wanted, new=True)

    await open_filled_in(interaction, ["quests"], quests.quests, fill_in)


@group.command(name="edit")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(quest="Which one")
async def edit(interaction: Interaction, quest: QuestName) -> None:
    """Change a quest in a form; who has taken it on keeps the terms they took it on by"""

    def fill_in(known: Sequence[Quest]) -> Form:
        typed = quest.strip().lower()
        for one in known:
            if typed in (one.quest, one.name.lower()):
                return quest_form.form(one, new=False)
        raise Refused("There is no such quest. Pick one from the list.")

    await open_filled_in(interaction, ["quests"], quests.quests, fill_in)


@submitted("quest")
async def filled_in(
    interaction: Interaction, arguments: list[str], written: dict[str, str]
) -> None:
    """An admin hands the form in."""
    quest, revision = arguments
    allowed = interaction.permissions.manage_guild

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked
        if not allowed:
            raise Refused(look.NOT_ALLOWED)

        def decide(conn: Connection) -> Sequence[QuestDefined]:
            known = quests.quests(conn, asked.guild_id)
            blank = Quest(quest, "", "custom", 1)
            now = next((one for one in known if one.quest == quest), blank)
            wanted = quest_form.read(now, written, asked.at)
            givable = quests.givable(conn, asked.guild_id)
            based_on = int(revision)
            return [decide_define(asked, wanted, known=known, badges=givable, based_on=based_on)]

        return await _defined(services, call, decide)

    await answer(interaction, work, private=True)


async def _defined(
    services: Services,
    call: Call,
    decide: Callable[[Connection], Sequence[QuestDefined]],
    *,
    update: bool = False,
) -> Reply:
    """Record a change of a quest and show it as it is now."""

    def show(conn: Connection, facts: list[Fact]) -> Shown:
        fact = facts[0].event
        assert isinstance(fact, QuestDefined)
        return _shown(conn, fact.guild_id, fact.quest, "")

    done = await services.work(
        handle, services.database, call, reads=READS, decide=decide, show=show
    )
    quest, embed, how = done.shown
    position = done.facts[0].position
    embed.title = {
        "draft": "Quest written: nobody sees it yet",
        "open": "Quest open",
        "closed": "Quest closed",
    }[quest.state]
    footer = f"#{position} in this server's log"
    if quest.state == "open" and how.at_it:
        footer += f"{quests.DOT}{look.count(how.at_it, 'member')} keep the terms they had"
    embed.set_footer(text=footer)
    view = _open_button(quest) if quest.state != "open" else None
    return Reply(embed, view, private=True, update=update, position=position, recorded=True)


def _shown(conn: Connection, guild_id: int, quest: str, heading: str) -> Shown:
    """A quest as members see it, and how it stands."""
    one = quests.pick(conn, guild_id, quest, drafts=True)
    coin, kinds = coin_of(conn, guild_id), badges.kinds(conn, guild_id)
    how = quests.standing(conn, guild_id).get(one.quest, quests.Standing())
    return one, quests.card(one, heading, coin, kinds), how


def _open_button(quest: Quest) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    style = discord.ButtonStyle.success
    view.add_item(Press("questopen", [quest.quest], label="Open it for members", style=style))
    return view


@group.command(name="open")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(quest="Which one")
async def open_quest(interaction: Interaction, quest: QuestName) -> None:
    """Open a quest for members, for the first time or once more"""
    await _ask_open(interaction, quest)


@pressed("questopen")
async def open_pressed(interaction: Interaction, arguments: list[str]) -> None:
    """The same by the button below what was written."""
    await _ask_open(interaction, arguments[0])


async def _ask_open(interaction: Interaction, quest: str) -> None:
    """Show the quest as members would see it, and ask."""
    allowed = interaction.permissions.manage_guild

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked
        if not allowed:
            raise Refused(look.NOT_ALLOWED)

        def show(conn: Connection) -> Shown:
            shown = _shown(conn, asked.guild_id, quest, "Open this quest?")
            _open(conn, asked, shown[0], shown[0].revision)  # what stands against it is said now
            return shown

        one, embed, _ = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=show
        )
        arguments = [one.quest, str(one.revision)]
        view = confirm.buttons("questopen", asked.interaction_id, arguments)
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


def _open(conn: Connection, asked: Asked, quest: Quest, based_on: int) -> QuestDefined:
    """The opening as a fact. Raises Refused."""
    givable = quests.givable(conn, asked.guild_id)
    return open_up(asked, quest, badges=givable, based_on=based_on)


@confirmed("questopen")
async def sure_open(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    await _sure(interaction, sure, _open)


@group.command(name="close")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(quest="Which one")
async def close(interaction: Interaction, quest: QuestName) -> None:
    """Close a quest: nobody takes it on any more, and who is at it gets nothing"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def show(conn: Connection) -> Shown:
            shown = _shown(conn, asked.guild_id, quest, "Close this quest?")
            decide_close(asked, shown[0])  # what stands against it is said now
            return shown

        one, embed, how = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=show
        )
        lost = (
            f"What everybody has done, {quests.progress(one.count, one)}, would be lost."
            if one.together
            else f"{look.count(how.at_it, 'member')} would be at it no more, and get nothing."
        )
        embed.add_field(name="What would happen", value=lost, inline=False)
        arguments = [one.quest, str(one.revision)]
        view = confirm.buttons("questclose", asked.interaction_id, arguments)
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


def _close(conn: Connection, asked: Asked, quest: Quest, based_on: int) -> QuestDefined:
    """The closing as a fact. Raises Refused; also when the quest is another than was shown."""
    if quest.state == "open" and quest.revision != based_on:
        raise Refused(
            "Somebody has changed that quest since. Look at it again before you close it."
        )
    return decide_close(asked, quest)


@confirmed("questclose")
async def sure_closed(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    await _sure(interaction, sure, _close)


async def _sure(
    interaction: Interaction,
    sure: Confirmed,
    change: Callable[[Connection, Asked, Quest, int], QuestDefined],
) -> None:
    """Open or close what was shown; another click on the same question changes nothing more."""
    quest, revision = sure.arguments

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def decide(conn: Connection) -> Sequence[QuestDefined]:
            before = recorded(conn, asked.guild_id, key(quest, int(revision) + 1))
            if isinstance(before, QuestDefined) and before.interaction_id == asked.interaction_id:
                return [before]
            one = quests.pick(conn, asked.guild_id, quest, drafts=True)
            return [change(conn, asked, one, int(revision))]

        return await _defined(services, call, decide, update=True)

    await answer(interaction, work, private=True)


@group.command(name="board")
@app_commands.checks.has_permissions(manage_guild=True)
async def board(interaction: Interaction) -> None:
    """Every quest, and what members have done that waits for approval"""
    await quest_desk.board(interaction, 0, update=False)


@group.command(name="approve")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(member="Whose work", quest="For which quest")
async def approve(interaction: Interaction, member: discord.User, quest: QuestName) -> None:
    """Approve what a member has done for a quest: they get what it brings"""
    await quest_desk.ask_approve(interaction, quest_desk.named(member.id, quest))


@group.command(name="reject")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(member="Whose work", quest="For which quest", reason="What is missing")
async def reject(
    interaction: Interaction,
    member: discord.User,
    quest: QuestName,
    reason: app_commands.Range[str, 1, MAX_REASON] | None = None,
) -> None:
    """Send what a member has done back to them: they may try again"""
    await quest_desk.ask_reject(interaction, quest_desk.named(member.id, quest), reason)


edit.autocomplete("quest")(quests.all_choices)
open_quest.autocomplete("quest")(quests.all_choices)
close.autocomplete("quest")(quests.all_choices)
approve.autocomplete("quest")(quests.all_choices)
reject.autocomplete("quest")(quests.all_choices)

COMMANDS: Final[Commands] = [group]
